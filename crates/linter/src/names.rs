//! What names tell. Training code follows conventions (`num_epochs`, `train_loader`) that nobody enforces but nearly
//! everybody keeps; they count as evidence of a unit, never of a class.

use advisor::quantity::Unit;

/// The unit of a number, by its name.
pub fn unit_of(name: &str) -> Unit {
    let name = name.to_ascii_lowercase();
    let name = name.trim_matches('_');
    // Of Lightning's trainer.
    if name == "num_training_batches" {
        return Unit::StepsPerEpoch;
    }
    if name.contains("per_epoch") || name.contains("per_ep") {
        let is_count = ["step", "iter", "batch", "update"].iter().any(|word| name.contains(word));
        return if is_count { Unit::StepsPerEpoch } else { Unit::Unknown };
    }
    const EPOCHS: [&str; 14] = [
        "epochs",
        "num_epoch",
        "n_epoch",
        "nepoch",
        "nb_epoch",
        "max_epoch",
        "total_epoch",
        "end_epoch",
        "n_ep",
        "epoch_num",
        "epoch_count",
        "max_ep",
        "nepochs",
        "epoch_n",
    ];
    if name.ends_with("epochs") || EPOCHS.contains(&name) {
        return Unit::Epochs;
    }
    const STEPS: [&str; 23] = [
        "total_steps",
        "max_steps",
        "num_steps",
        "num_training_steps",
        "num_train_steps",
        "train_steps",
        "training_steps",
        "max_train_steps",
        "t_total",
        "total_iters",
        "max_iters",
        "num_iters",
        "max_iter",
        "total_iter",
        "num_iterations",
        "max_iterations",
        "max_iteration",
        "total_iteration",
        "total_iterations",
        "total_itrs",
        "num_train_optimization_steps",
        "total_batches",
        "estimated_stepping_batches",
    ];
    if STEPS.contains(&name) { Unit::Steps } else { Unit::Unknown }
}

/// The letters of a text in lower case, a bit for each: what a text lacks is in no part of it.
pub fn letters(text: &str) -> u32 {
    text.bytes().filter(u8::is_ascii_lowercase).fold(0, |all, letter| all | 1 << (letter - b'a'))
}

/// Whether a text in lower case speaks of one of these. Few have all the letters of what is looked for.
pub fn speaks_of(lower: &str) -> impl Fn(&[&str]) -> bool + '_ {
    let missing = !letters(lower);
    move |parts| parts.iter().any(|part| letters(part) & missing == 0 && lower.contains(part))
}

/// Whether something of this name yields batches.
pub fn is_loader(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    // `loaders` is a collection of them.
    name.ends_with("loader") || name.contains("loader_") && !name.contains("loaders") || name.ends_with("_dl")
}

/// Whether something of this name holds several loaders.
pub fn is_loaders(name: &str) -> bool {
    name.to_ascii_lowercase().ends_with("loaders")
}

/// Whether something of this name is an optimizer.
pub fn is_optimizer(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    let plain = name.trim_matches('_');
    !name.contains("sched")
        && (plain == "opt" || plain.starts_with("opt_") || plain.ends_with("_opt") || name.contains("optim"))
}

/// Whether something of this name, stepped without arguments, is an LR scheduler.
pub fn is_lr_scheduler(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    name.contains("lr_sched") || name.contains("lrsched") || matches!(name.trim_matches('_'), "scheduler" | "sched")
}

/// Whether something of this name is a scheduler of some kind, be it of noise.
pub fn is_some_scheduler(name: &str) -> bool {
    is_lr_scheduler(name) || name.to_ascii_lowercase().ends_with("scheduler")
}

/// Whether something of this name tells how well training goes: `val_loss`, `mean_iou`.
pub fn is_metric(name: &str) -> bool {
    const PARTS: [&str; 27] = [
        "acc",
        "accuracy",
        "metric",
        "metrics",
        "score",
        "f1",
        "auc",
        "iou",
        "miou",
        "map",
        "psnr",
        "ssim",
        "dice",
        "error",
        "perplexity",
        "ppl",
        "performance",
        "accuracies",
        "bleu",
        "rouge",
        "wer",
        "cer",
        "mae",
        "mse",
        "rmse",
        "mrr",
        "ndcg",
    ];
    let name = name.to_ascii_lowercase();
    name.contains("loss") || name.split('_').any(|part| PARTS.contains(&part))
}

/// Whether a class of that name is surely torch's: scripts write the others again for themselves.
pub fn is_only_of_torch(class: &str) -> bool {
    const CLASSES: [&str; 9] = [
        "StepLR",
        "MultiStepLR",
        "ExponentialLR",
        "CosineAnnealingLR",
        "CosineAnnealingWarmRestarts",
        "ReduceLROnPlateau",
        "OneCycleLR",
        "CyclicLR",
        "LambdaLR",
    ];
    CLASSES.contains(&class)
}

/// Whether an attribute of something out of sight is likely to change while training runs.
pub fn is_progress(name: &str) -> bool {
    const WORDS: [&str; 11] =
        ["step", "epoch", "iter", "count", "sync", "cur", "idx", "index", "boundary", "best", "loss"];
    let name = name.to_ascii_lowercase();
    unit_of(&name) == Unit::Unknown && WORDS.iter().any(|word| name.contains(word))
}

/// Whether a function of this name only writes down what it is given, shows it, or puts it back.
pub fn stores(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    [
        "save_",
        "load_",
        "resume_",
        "restart_",
        "restore_",
        "get_checkpoint",
        "make_checkpoint",
        "create_checkpoint",
        "plot_",
        "print_",
        "log_lr",
        "log_learning_rate",
    ]
    .iter()
    .any(|verb| name.starts_with(verb))
}

/// Whether a function of this name, given an optimizer, trains with it.
pub fn trains(name: &str) -> bool {
    const TELLING: [&str; 4] = ["train", "fit", "epoch", "run_"];
    name.chars().next().is_some_and(|first| first.is_ascii_lowercase())
        && {
            let name = name.to_ascii_lowercase();
            TELLING.iter().any(|word| name.contains(word))
        }
        && !prepares(name)
}

/// Whether a function of this name computes the gradients of one batch: `train_step`, `_run_batch` of PyTorch's tutorials.
pub fn trains_a_batch(name: &str) -> bool {
    let is_of_batch = ["step", "batch", "iter"].iter().any(|word| name.contains(word));
    name == "_run_batch" || name == "optimize_parameters" || name.contains("train_") && is_of_batch
}

/// Whether a function of this name tries out what has been trained: `test`, `eval_model`, `predict`.
pub fn evaluates(name: &str) -> bool {
    let name = name.trim_start_matches('_').to_ascii_lowercase();
    let verbs = ["test", "eval", "infer", "predict", "demo", "sample", "generate"];
    verbs.iter().any(|verb| name.starts_with(verb)) && !name.contains("train")
}

/// Whether a function of this name only prepares, reports or stores.
pub fn prepares(name: &str) -> bool {
    const WORDS: [&str; 23] = [
        "save",
        "load",
        "resume",
        "restore",
        "checkpoint",
        "print",
        "log",
        "adjust",
        "init",
        "prepare",
        "setup",
        "wrap",
        "scale",
        "build",
        "get",
        "make",
        "create",
        "find",
        "set",
        "warm",
        "sched",
        "eval",
        "trainer",
    ];
    let name = name.to_ascii_lowercase();
    name.split('_').any(|part| WORDS.contains(&part)) || name.ends_with("trainer")
}

/// Whether the last part of a class name is that of an optimizer.
pub fn is_optimizer_class(name: &str) -> bool {
    const FAMILIES: [&str; 16] = [
        "Adam",
        "SGD",
        "RMSprop",
        "Adagrad",
        "Adadelta",
        "Adamax",
        "LBFGS",
        "Rprop",
        "LAMB",
        "Lamb",
        "Lion",
        "Adafactor",
        "NAdam",
        "RAdam",
        "LARS",
        "Lookahead",
    ];
    FAMILIES.iter().any(|family| name.starts_with(family) || name.ends_with(family))
}

/// Whether a class of this name, built on an optimizer, is an LR scheduler.
pub fn is_scheduler_class(name: &str) -> bool {
    const KINDS: [&str; 6] = ["lr", "warmup", "cosine", "anneal", "poly", "decay"];
    let lower = name.to_ascii_lowercase();
    let is_kind = KINDS.iter().any(|kind| lower.contains(kind));
    // `CosineWithRestarts(optimizer, T_max=10)`.
    let is_curve = lower.contains("cosine") || lower.contains("anneal");
    name.ends_with("LR") || is_curve || is_kind && (lower.ends_with("scheduler") || lower.ends_with("schedule"))
}

/// What a name with dots in it ends in: `Adam` of `torch.optim.Adam`.
pub fn last_part(name: &str) -> &str {
    name.rsplit('.').next().unwrap_or(name)
}

/// Whether a name speaks of the LR: `adjust_lr`, `set_learning_rate`.
pub fn is_about_lr(name: &str) -> bool {
    // Asked of every call: without a copy in lower case.
    let has = |part: &[u8]| name.as_bytes().windows(part.len()).any(|at| at.eq_ignore_ascii_case(part));
    has(b"lr") || has(b"learning_rate")
}

/// Whether a function changes the LR, by its name: `adjust_learning_rate`.
pub fn changes_lr(name: &str) -> bool {
    ["adjust", "update", "decay", "change", "set"].iter().any(|verb| name.starts_with(verb)) && is_about_lr(name)
}

/// Whether a class that others are made of is one of a library that steps no scheduler kept in an attribute, by its path or its
/// own name.
pub fn is_base_of_library(path: &str) -> bool {
    const LIBRARIES: [&str; 9] =
        ["torch", "nn", "pytorch_lightning", "lightning", "pl", "transformers", "tensorflow", "keras", "abc"];
    const CLASSES: [&str; 5] = ["object", "Module", "LightningModule", "ABC", "Callback"];
    LIBRARIES.contains(&path.split('.').next().unwrap_or_default()) || CLASSES.contains(&last_part(path))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_by_name() {
        for name in ["epochs", "num_epochs", "NUM_EPOCHS", "warmup_epochs", "max_epoch"] {
            assert_eq!(unit_of(name), Unit::Epochs, "{name}");
        }
        for name in ["epoch", "start_epoch", "epoch_size", "lr"] {
            assert_eq!(unit_of(name), Unit::Unknown, "{name}");
        }
        assert_eq!(unit_of("steps_per_epoch"), Unit::StepsPerEpoch);
        assert_eq!(unit_of("num_training_steps"), Unit::Steps);
    }

    #[test]
    fn loaders_and_their_collections_differ() {
        assert!(is_loader("train_loader") && is_loader("trainloader") && is_loader("dataloader_train"));
        assert!(!is_loader("dataloaders") && is_loaders("dataloaders"));
    }

    #[test]
    fn optimizers_are_not_schedulers() {
        assert!(is_optimizer("optimizer") && is_optimizer("opt_g") && is_optimizer("D_optim"));
        assert!(!is_optimizer("options") && !is_optimizer("optim_scheduler") && !is_optimizer("model"));
    }
}
