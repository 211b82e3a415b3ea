//! What is given to `transformers.TrainingArguments`, in code or in a config file.

pub mod plateau_without_evaluation;
pub mod removed_warmup_ratio;
pub mod scheduler_arguments_do_not_fit;
pub mod unknown_scheduler_type;
pub mod warmup_given_twice;
pub mod warmup_ignored_by_constant_schedule;
