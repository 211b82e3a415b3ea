//! Which rules are checked.

use std::collections::HashMap;

use advisor::Rule;
use advisor::rules::{Selector, every};

use super::Config;

/// The rules to check.
#[derive(Clone, Debug)]
pub struct Rules(HashMap<&'static str, Choice>);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Choice {
    Off,
    On,
    /// By its own name or code, which asks for its hints, too.
    Named,
}

impl Rules {
    /// From what was said, the last last: a `select` begins anew, other lists change what was before. In one layer the
    /// more exact name wins and, of equals, `ignore` does.
    pub fn new<'c>(layers: impl IntoIterator<Item = &'c Config>) -> Self {
        let mut choices: HashMap<&'static str, Choice> = every().map(|rule| (rule.code, Choice::On)).collect();
        for layer in layers {
            let read = |list: &Option<Vec<String>>| -> Vec<Selector> {
                list.iter().flatten().filter_map(|text| Selector::parse(text)).collect()
            };
            let (mut on, off) = (read(&layer.select), read(&layer.ignore));
            on.extend(read(&layer.extend_select));
            for rule in every() {
                let best = |list: &[Selector]| {
                    list.iter().filter(|selector| selector.matches(rule)).map(Selector::exactness).max()
                };
                let choice = match (best(&on), best(&off)) {
                    (None, None) if layer.select.is_some() => Choice::Off,
                    (None, None) => continue,
                    (on, off) if off >= on => Choice::Off,
                    (Some(usize::MAX), _) => Choice::Named,
                    _ => Choice::On,
                };
                choices.insert(rule.code, choice);
            }
        }
        Self(choices)
    }

    /// Whether a rule is checked.
    pub fn has(&self, rule: &Rule) -> bool {
        self.choice(rule) != Choice::Off
    }

    /// Whether a rule was asked for by its own name.
    pub fn is_named(&self, rule: &Rule) -> bool {
        self.choice(rule) == Choice::Named
    }

    fn choice(&self, rule: &Rule) -> Choice {
        self.0.get(rule.code).copied().unwrap_or(Choice::Off)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config(select: Option<&[&str]>, extend: &[&str], ignore: &[&str]) -> Config {
        let list = |names: &[&str]| Some(names.iter().map(|name| (*name).to_owned()).collect());
        Config { select: select.and_then(list), extend_select: list(extend), ignore: list(ignore), ..Config::default() }
    }

    fn codes(layers: &[Config]) -> Vec<&'static str> {
        let rules = Rules::new(layers);
        every().filter(|rule| rules.has(rule)).map(|rule| rule.code).collect()
    }

    #[test]
    fn the_more_exact_name_wins() {
        let all: Vec<&str> = every().map(|rule| rule.code).collect();
        assert_eq!(codes(&[]), all);
        assert_eq!(codes(&[config(Some(&["LRS301"]), &[], &["plateau"])]), ["LRS301"]);
        assert_eq!(codes(&[config(Some(&["LRS301"]), &[], &["plateau-without-metric"])]), [""; 0]);
        let without: Vec<&str> = all.iter().copied().filter(|code| *code != "LRS301").collect();
        assert_eq!(codes(&[config(None, &[], &["LRS301"])]), without);
        assert_eq!(codes(&[config(Some(&["ALL"]), &["source"], &["LRS301"])]), without);
    }

    #[test]
    fn later_layers_win() {
        let first = config(Some(&["plateau"]), &[], &["units"]);
        assert_eq!(codes(&[first.clone(), config(Some(&["LRS101"]), &[], &[])]), ["LRS101"]);
        let more = codes(&[first.clone(), config(None, &["LRS101"], &[])]);
        assert!(more.contains(&"LRS101") && more.contains(&"LRS301") && !more.contains(&"LRS102"));
        assert!(!codes(&[first, config(None, &[], &["LRS301"])]).contains(&"LRS301"));
    }

    #[test]
    fn a_rule_named_by_itself_is_known_as_such() {
        let rules = Rules::new(&[config(Some(&["units", "LRS301"]), &[], &[])]);
        let find = |code| advisor::rules::find(code).unwrap();
        assert!(rules.is_named(find("LRS301")) && !rules.is_named(find("LRS101")) && rules.has(find("LRS101")));
    }
}
