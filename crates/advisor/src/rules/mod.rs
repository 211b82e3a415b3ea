//! The rules. Each file is one rule: its names, its documentation, its cases and its check.

use crate::rule::Rule;

mod groups;
mod selector;

mod accumulation_not_counted;
mod configured;
mod configured_lr_logged;
mod deprecated_epoch_argument;
mod epoch_schedule_stepped_per_batch;
mod get_lr_outside_step;
mod keras;
mod lambda_returns_absolute_lr;
mod large_batch_without_warmup;
mod last_epoch_without_initial_lr;
mod length_differs_from_run;
mod lightning;
mod long_run_at_constant_lr;
mod lr_computed_in_vain;
mod lr_expression_without_effect;
mod lr_finder_without_restore;
mod lr_not_logged;
mod lr_set_by_hand_under_scheduler;
mod lr_vanishes;
mod milestone_differs_from_warmup;
mod milestones_beyond_run;
mod minimum_above_lr;
mod mmengine;
mod more_steps_than_one_cycle;
mod one_cycle_in_long_run;
mod one_cycle_untuned;
mod one_cycle_with_other_schedule;
mod optimizer_replaced;
mod plateau_metric_of_training_data;
mod plateau_without_metric;
mod plateau_wrong_mode;
mod removed_verbose;
mod run;
mod same_lr_for_pretrained;
mod schedule_without_effect;
mod scheduler_created_in_loop;
mod scheduler_never_stepped;
mod scheduler_not_checkpointed;
mod scheduler_of_another_optimizer;
mod scheduler_step_before_optimizer_step;
mod scheduler_stepped_on_one_process;
mod scheduler_stepped_twice;
mod step_schedule_stepped_per_epoch;
mod t_max_ignores_warmup;
mod timm_epoch_off_by_one;
mod transformer_without_warmup;
mod transformers;
mod units;
mod unreadable_source;
mod unused_suppression;
mod warmup_by_waiting;
mod warmup_outlasts_run;
mod written;

pub use groups::{GROUPS, Group};
pub use lightning::optimizer_scheduler_pair::PAIR;
pub use lightning::scheduler_not_returned::NOT_RETURNED;
pub use selector::Selector;
pub use unreadable_source::RULE as UNREADABLE_SOURCE;
pub use unused_suppression::RULE as UNUSED_SUPPRESSION;

/// The rules about sources, which a front end reports: there is no plan to check.
pub static SOURCE: &[&Rule] = &[&UNREADABLE_SOURCE, &UNUSED_SUPPRESSION];

/// All rules over plans, by code.
pub static ALL: &[&Rule] = &[
    &epoch_schedule_stepped_per_batch::RULE,
    &step_schedule_stepped_per_epoch::RULE,
    &scheduler_step_before_optimizer_step::RULE,
    &scheduler_never_stepped::RULE,
    &scheduler_stepped_twice::RULE,
    &scheduler_created_in_loop::RULE,
    &scheduler_of_another_optimizer::RULE,
    &optimizer_replaced::RULE,
    &scheduler_stepped_on_one_process::RULE,
    &plateau_without_metric::RULE,
    &plateau_metric_of_training_data::RULE,
    &plateau_wrong_mode::RULE,
    &t_max_ignores_warmup::RULE,
    &length_differs_from_run::RULE,
    &milestones_beyond_run::RULE,
    &milestone_differs_from_warmup::RULE,
    &more_steps_than_one_cycle::RULE,
    &warmup_outlasts_run::RULE,
    &accumulation_not_counted::RULE,
    &lightning::option_outside_scheduler_dict::RULE,
    &lightning::plateau_without_monitor::RULE,
    &lightning::optimizer_scheduler_pair::RULE,
    &lightning::options_ignored_in_manual_optimization::RULE,
    &lightning::frequency_stretches_schedule::RULE,
    &lightning::manual_schedule_never_stepped::RULE,
    &lightning::scheduler_not_returned::RULE,
    &removed_verbose::RULE,
    &deprecated_epoch_argument::RULE,
    &get_lr_outside_step::RULE,
    &timm_epoch_off_by_one::RULE,
    &transformers::removed_warmup_ratio::RULE,
    &configured::warmup_longer_than_run::RULE,
    &transformers::warmup_given_twice::RULE,
    &transformers::warmup_ignored_by_constant_schedule::RULE,
    &transformers::unknown_scheduler_type::RULE,
    &transformers::scheduler_arguments_do_not_fit::RULE,
    &transformers::plateau_without_evaluation::RULE,
    &configured::floor_above_lr::RULE,
    &lr_vanishes::RULE,
    &schedule_without_effect::RULE,
    &minimum_above_lr::RULE,
    &lambda_returns_absolute_lr::RULE,
    &lr_expression_without_effect::RULE,
    &lr_computed_in_vain::RULE,
    &lr_set_by_hand_under_scheduler::RULE,
    &configured_lr_logged::RULE,
    &warmup_by_waiting::RULE,
    &one_cycle_with_other_schedule::RULE,
    &keras::decay_steps_in_epochs::RULE,
    &keras::callback_sets_scheduled_lr::RULE,
    &keras::piecewise_lengths_differ::RULE,
    &keras::plateau_cannot_act::RULE,
    &keras::early_stopping_before_plateau::RULE,
    &keras::plateau_wrong_mode::RULE,
    &mmengine::scheduler_range::RULE,
    &mmengine::range_in_wrong_unit::RULE,
    &scheduler_not_checkpointed::RULE,
    &last_epoch_without_initial_lr::RULE,
    &lr_finder_without_restore::RULE,
    &lr_not_logged::RULE,
    &transformer_without_warmup::RULE,
    &large_batch_without_warmup::RULE,
    &long_run_at_constant_lr::RULE,
    &same_lr_for_pretrained::RULE,
    &one_cycle_in_long_run::RULE,
    &one_cycle_untuned::RULE,
];

/// All rules there are, by code.
pub fn every() -> impl Iterator<Item = &'static Rule> {
    SOURCE.iter().chain(ALL).copied()
}

/// The rule of that name or code.
pub fn find(name_or_code: &str) -> Option<&'static Rule> {
    every().find(|rule| rule.name == name_or_code || rule.code.eq_ignore_ascii_case(name_or_code))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_codes_are_unique_and_found() {
        let all: Vec<&Rule> = every().collect();
        for (index, rule) in all.iter().enumerate() {
            assert!(all[..index].iter().all(|other| other.name != rule.name && other.code < rule.code));
            assert!(std::ptr::eq(find(rule.name).unwrap(), *rule));
            assert!(std::ptr::eq(find(&rule.code.to_lowercase()).unwrap(), *rule));
        }
        assert!(find("no-such-rule").is_none());
    }

    #[cfg(feature = "docs")]
    #[test]
    fn documentation_is_complete() {
        for rule in every() {
            let docs = &rule.docs;
            for text in [docs.what, docs.why, docs.example, docs.instead, docs.fine] {
                assert!(!text.trim().is_empty(), "{}", rule.name);
            }
        }
    }
}
