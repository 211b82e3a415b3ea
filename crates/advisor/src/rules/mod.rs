//! The rules. Each file is one rule: its names, its documentation, its cases and its check.

use crate::rule::Rule;

mod epoch_schedule_stepped_per_batch;
mod plateau_without_metric;
mod scheduler_step_before_optimizer_step;
mod step_schedule_stepped_per_epoch;
mod t_max_ignores_warmup;
mod units;

/// All rules, by code.
pub static ALL: &[&Rule] = &[
    &epoch_schedule_stepped_per_batch::RULE,
    &step_schedule_stepped_per_epoch::RULE,
    &scheduler_step_before_optimizer_step::RULE,
    &plateau_without_metric::RULE,
    &t_max_ignores_warmup::RULE,
];

/// The rule of that name or code.
pub fn find(name_or_code: &str) -> Option<&'static Rule> {
    ALL.iter().copied().find(|rule| rule.name == name_or_code || rule.code.eq_ignore_ascii_case(name_or_code))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_codes_are_unique_and_found() {
        for (index, rule) in ALL.iter().enumerate() {
            assert!(ALL[..index].iter().all(|other| other.name != rule.name && other.code < rule.code));
            assert!(std::ptr::eq(find(rule.name).unwrap(), *rule));
            assert!(std::ptr::eq(find(&rule.code.to_lowercase()).unwrap(), *rule));
        }
        assert!(find("no-such-rule").is_none());
    }

    #[test]
    fn documentation_is_complete() {
        for rule in ALL {
            let docs = &rule.docs;
            for text in [docs.what, docs.why, docs.example, docs.instead, docs.fine] {
                assert!(!text.trim().is_empty(), "{}", rule.name);
            }
        }
    }
}
