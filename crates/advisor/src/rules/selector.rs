//! How people name rules: by name, by code, by the beginning of a code, by group.

use super::{every, groups::GROUPS};
use crate::rule::Rule;

/// One rule or several, as named by a user.
#[derive(Clone, Copy, Debug)]
pub enum Selector {
    /// `ALL`.
    All,
    /// The rules whose codes begin so: `LRS1`, or the group `units`.
    Prefix(&'static str),
    /// One rule, by its name or its code.
    Rule(&'static Rule),
}

impl Selector {
    /// Reads a name, a code, the beginning of a code, the name of a group, or `ALL`. Case does not matter.
    pub fn parse(text: &str) -> Option<Self> {
        if text.eq_ignore_ascii_case("all") {
            return Some(Self::All);
        }
        let is_called = |rule: &&Rule| rule.name.eq_ignore_ascii_case(text) || rule.code.eq_ignore_ascii_case(text);
        if let Some(rule) = every().find(is_called) {
            return Some(Self::Rule(rule));
        }
        if let Some(group) = GROUPS.iter().find(|group| group.name.eq_ignore_ascii_case(text)) {
            return Some(Self::Prefix(group.prefix));
        }
        if text.eq_ignore_ascii_case("LRS") {
            return Some(Self::All);
        }
        // `LRS1` and `LRS10`, if there is such a rule.
        let beginning =
            |rule: &'static Rule| rule.code.get(..text.len()).filter(|code| code.eq_ignore_ascii_case(text));
        (text.len() > 3).then(|| every().find_map(beginning)).flatten().map(Self::Prefix)
    }

    /// Whether a rule is meant.
    pub fn matches(&self, rule: &Rule) -> bool {
        match self {
            Self::All => true,
            Self::Prefix(prefix) => rule.code.starts_with(prefix),
            Self::Rule(only) => only.code == rule.code,
        }
    }

    /// The longer, the fewer rules are meant: what is more exact wins over what is less.
    pub fn exactness(&self) -> usize {
        match self {
            Self::All => 0,
            Self::Prefix(prefix) => prefix.len(),
            Self::Rule(_) => usize::MAX,
        }
    }

    /// Everything that [`Selector::parse`] understands, save for beginnings of codes: for suggestions.
    pub fn known() -> impl Iterator<Item = &'static str> {
        let rules = every().flat_map(|rule| [rule.name, rule.code]);
        rules.chain(GROUPS.iter().map(|group| group.name)).chain(["ALL"])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn meant(text: &str) -> Option<Vec<&'static str>> {
        let selector = Selector::parse(text)?;
        Some(every().filter(|rule| selector.matches(rule)).map(|rule| rule.code).collect())
    }

    #[test]
    fn rules_have_many_names() {
        let one = Some(vec!["LRS301"]);
        for name in ["plateau-without-metric", "LRS301", "lrs301"] {
            assert_eq!(meant(name), one, "{name}");
        }
        let all: Vec<_> = every().map(|rule| rule.code).collect();
        assert_eq!(meant("ALL"), Some(all.clone()));
        assert_eq!(meant("LRS"), Some(all));
        let units = meant("units").unwrap();
        assert!(units.len() > 1 && units.iter().all(|code| code.starts_with("LRS1")));
        assert_eq!(meant("LRS1"), Some(units));
        for unknown in ["", "L", "LR", "LRS9999", "plateau_without_metric", "ü", "LRSü"] {
            assert_eq!(meant(unknown), None, "{unknown}");
        }
    }

    #[test]
    fn what_is_known_is_understood() {
        assert!(Selector::known().all(|name| Selector::parse(name).is_some()));
    }
}
