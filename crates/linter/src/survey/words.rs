//! Words of the code: what a script is about, told by the names in it.

use super::Survey;
use crate::names;

impl<'a> Survey<'a> {
    /// A word of the code.
    pub(super) fn word(&mut self, word: &'a str) {
        if !self.words.insert(word) {
            return;
        }
        let mut lower = word.to_ascii_lowercase();
        if names::speaks_of(&lower)(&["warmrestart", "warm_restart"]) {
            // Restarts warm nothing up.
            lower = lower.replace("warmrestart", "").replace("warm_restart", "");
        }
        let has = names::speaks_of(&lower);
        let words = &mut self.script.words;
        let factory = lower.starts_with("get_") && lower.ends_with("_with_warmup");
        // `noamp` switches mixed precision off.
        // The temperature of a teacher is warmed up by its own schedule.
        words.warmup |= !factory
            && !has(&["teacher"])
            && (has(&["warm", "rampup", "ramp_up"]) || has(&["noam"]) && !has(&["noamp"]));
        words.warmup_scheduler |= has(&["warm"]) && !factory && (has(&["sched"]) || lower.ends_with("lr"));
        words.frozen |= has(&["freeze", "frozen"]);
        // `pretrain` alone may be what the script does.
        let of_weights =
            ["path", "weight", "ckpt", "checkpoint", "load", "dir", "file", "state", "from_", "_from", "name"];
        words.pretrained |=
            has(&["pretrained", "finetun", "fine_tun", "fine-tun", "lora_", "peft", "load_weights_into"])
                || has(&["pretrain"]) && has(&of_weights)
                || lower == "load_from";
        words.reinforcement |= has(&["reward", "replay_buffer", "gymnasium", "policy_net"])
            || matches!(lower.as_str(), "gym" | "env" | "envs");
        words.physics |= has(&["pde", "pinn", "collocation", "physics"]) && !has(&["update", "spinning"]);
        words.adversarial |= has(&["discriminator", "netd", "net_d", "optimizer_d", "optimizerd", "opt_d"]);
        words.schedule |=
            has(&["sched", "anneal", "lr_decay", "decay_lr", "adjust_l", "adjust_opt", "set_lr", "lr_mult"])
                || has(&[
                    "update_lr",
                    "lr_step",
                    "step_lr",
                    "learning_rate_decay",
                    "change_lr",
                    "new_lr",
                    "cur_lr",
                    "lr_list",
                ]);
        words.validates |= matches!(word, "validation_data" | "validation_split")
            || lower.starts_with("val") && has(&["generator", "dataset", "_ds"]);
        words.initial_lr |= has(&["initial_lr"]);
        words.framework |= has(&["lightningmodule", "pytorch_lightning"]);
        self.names_trainer |= matches!(word, "Trainer" | "Learner");
        self.names_state |= is_whole_state(word);
    }
}

/// What accelerate calls the state of all that it has prepared.
pub(super) fn is_whole_state(word: &str) -> bool {
    matches!(word, "save_state" | "load_state")
}

/// A variable named after the LR: `lr`, `cur_lr`, `learning_rate`.
pub(super) fn is_lr_variable(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    name.split('_').any(|part| part == "lr" || part == "lrs") || name.contains("learning_rate") || name.ends_with("lr")
}

pub(super) fn is_lr_label(label: &str) -> bool {
    let label = label.to_ascii_lowercase();
    label.split(|c: char| !c.is_ascii_alphanumeric()).any(|part| part == "lr" || part == "lrs")
        || label.contains("learning_rate")
        || label.contains("learning rate")
}

/// Whether words of code speak of a run that is resumed.
pub(super) fn is_of_resuming(text: &str) -> bool {
    let text = text.to_ascii_lowercase();
    ["resum", "continue_train", "start_epoch", "from_epoch"].iter().any(|word| text.contains(word))
}
