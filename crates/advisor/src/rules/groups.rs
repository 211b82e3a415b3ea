//! Groups of rules: the hundreds of their codes.

/// A group of rules.
#[derive(Debug)]
pub struct Group {
    /// What the codes of its rules begin with.
    pub prefix: &'static str,
    /// Its name.
    pub name: &'static str,
    /// What its rules are about.
    pub about: &'static str,
}

/// All groups, by prefix.
pub static GROUPS: &[Group] = &[
    Group { prefix: "LRS0", name: "source", about: "the source itself: what cannot be read, comments that do nothing" },
    Group { prefix: "LRS1", name: "units", about: "epochs taken for steps, and steps for epochs" },
    Group { prefix: "LRS2", name: "order", about: "calls in the wrong place or order, too often or never" },
    Group { prefix: "LRS3", name: "plateau", about: "schedulers that watch a metric" },
    Group { prefix: "LRS4", name: "lengths", about: "schedules longer or shorter than the run or than each other" },
    Group { prefix: "LRS5", name: "api", about: "what a library has removed, deprecated or ignores" },
    Group { prefix: "LRS6", name: "values", about: "learning rates and factors that do not do what they seem to" },
    Group { prefix: "LRS7", name: "frameworks", about: "settings of trainers and configuration files" },
    Group { prefix: "LRS8", name: "state", about: "what a checkpoint must hold, and what a rebuilt scheduler forgets" },
    Group { prefix: "LRS9", name: "practice", about: "advice on how to choose and watch the learning rate" },
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::every;

    #[test]
    fn every_rule_is_in_one_group() {
        for rule in every() {
            let groups = GROUPS.iter().filter(|group| rule.code.starts_with(group.prefix));
            assert_eq!(groups.count(), 1, "{}", rule.code);
        }
    }
}
