//! Every rule as it is shown, and which of them are checked.

use crate::common::{folder, lrscope, seen};
use crate::{order, plateau, write};

#[test]
fn every_rule_as_it_is_shown() {
    for rule in advisor::rules::every() {
        let folder = folder(rule.name);
        let name = advisor::config_name(rule.docs.example).unwrap_or("train.py");
        write(&folder, &[(name, rule.docs.example)]);
        let arguments = ["lint", "--hints", "--select", rule.name, name];
        insta::assert_snapshot!(rule.name, seen(&lrscope(&folder, &arguments)));
    }
}

#[test]
fn rules_are_explained() {
    let folder = folder("explained");
    insta::assert_snapshot!("rule", seen(&lrscope(&folder, &["rule", "LRS301"])));
    insta::assert_snapshot!("rule_json", seen(&lrscope(&folder, &["rule", "LRS002", "--format", "json"])));
    insta::assert_snapshot!("rule_group", seen(&lrscope(&folder, &["rule", "source"])));
    insta::assert_snapshot!("rule_unknown", seen(&lrscope(&folder, &["rule", "plateau-without-metrics"])));
    let all = lrscope(&folder, &["rule", "--all", "--format", "json"]);
    let all: Vec<serde_json::Value> = serde_json::from_slice(&all.stdout).unwrap();
    assert_eq!(all.len(), advisor::rules::every().count());
    let list = String::from_utf8(lrscope(&folder, &["rule", "--all"]).stdout).unwrap();
    assert!(advisor::rules::every().all(|rule| list.contains(rule.code) && list.contains(rule.name)));
    assert_eq!(lrscope(&folder, &["rule"]).status.code(), Some(2));
}

/// Exit code and rules reported.
fn outcome(folder: &std::path::Path, arguments: &[&str]) -> (i32, Vec<String>) {
    let mut all = vec!["lint", "--format", "json"];
    all.extend(arguments);
    let output = lrscope(folder, &all);
    let found: Vec<serde_json::Value> = serde_json::from_slice(&output.stdout).unwrap();
    let rules = found.iter().map(|entry| entry["code"].as_str().unwrap().to_owned()).collect();
    (output.status.code().unwrap(), rules)
}

#[test]
fn rules_are_selected_and_ignored() {
    let folder = folder("selected");
    write(&folder, &[("a.py", order().docs.example), ("b.py", plateau().docs.example)]);
    let both = vec!["LRS201".to_owned(), "LRS301".to_owned()];
    let [order, plateau] = [both[..1].to_vec(), both[1..].to_vec()];
    for (arguments, expected) in [
        (&[][..], (1, &both)),
        (&["--select", "plateau"], (1, &plateau)),
        (&["--select", "LRS2,units"], (1, &order)),
        (&["--select", "units"], (0, &vec![])),
        (&["--select", "units", "--extend-select", "LRS301"], (1, &plateau)),
        (&["--ignore", "plateau-without-metric"], (1, &order)),
        (&["--select", "LRS301", "--ignore", "plateau"], (1, &plateau)),
        (&["--min-severity", "error"], (1, &plateau)),
        (&["--fail-on", "error", "a.py"], (0, &order)),
        (&["--fail-on", "error"], (1, &both)),
        (&["--fail-on", "never"], (0, &both)),
        (&["--exit-zero"], (0, &both)),
        (&["--select", "no-such-rule,plateau"], (2, &plateau)),
    ] {
        let (code, rules) = outcome(&folder, arguments);
        assert_eq!((code, &rules), expected, "{arguments:?}");
    }
}

#[test]
fn comments_silence_rules() {
    let folder = folder("comments");
    let silent =
        plateau().docs.example.replace("    scheduler.step()", "    scheduler.step()  # lrscope: ignore[LRS301] so");
    write(&folder, &[("a.py", &silent)]);
    assert_eq!(outcome(&folder, &[]), (0, vec![]));
    write(&folder, &[("a.py", "x = 1  # lrscope: ignore[LRS301] so\n")]);
    assert_eq!(outcome(&folder, &[]), (1, vec!["LRS002".to_owned()]));
    assert_eq!(outcome(&folder, &["--ignore", "unused-suppression"]), (0, vec![]));
}
