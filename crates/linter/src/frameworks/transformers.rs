//! The Trainer of transformers, and of the libraries built on it.

use advisor::plan::Owner;

use super::Taker;

/// Libraries whose `...TrainingArguments` are those of transformers with additions.
const TRAINERS: [&str; 6] = ["transformers", "optimum", "sentence_transformers", "trl", "adapters", "unsloth"];
/// The training arguments of TRL, which are called something else.
const TRL_CONFIGS: [&str; 14] = [
    "SFTConfig",
    "DPOConfig",
    "KTOConfig",
    "ORPOConfig",
    "CPOConfig",
    "BCOConfig",
    "GRPOConfig",
    "RLOOConfig",
    "RewardConfig",
    "PRMConfig",
    "GKDConfig",
    "OnlineDPOConfig",
    "XPOConfig",
    "NashMDConfig",
];

/// Training arguments.
pub fn taker(library: &str, last: &str) -> Option<Taker> {
    let of_trainer = TRAINERS.contains(&library) && last.ends_with("TrainingArguments")
        || library == "trl" && TRL_CONFIGS.contains(&last);
    of_trainer.then_some(Taker { owner: Owner::TrainingArguments, parameters: &["output_dir"] })
}

/// `transformers.SchedulerType.COSINE` stands for `"cosine"`.
pub fn scheduler_type(qualified: &str) -> Option<String> {
    let (class, member) = qualified.rsplit_once('.')?;
    class.ends_with("SchedulerType").then(|| match member {
        "REDUCE_ON_PLATEAU" => "reduce_lr_on_plateau".to_owned(),
        member => member.to_ascii_lowercase(),
    })
}
