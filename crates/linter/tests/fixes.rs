//! Every fix of every rule: the result can be read, the finding is gone, and nothing new appears.

use advisor::{Applicability, Change, Finding, rules};
use linter::Document;

fn document(source: &str) -> Document {
    let name = advisor::config_name(source).unwrap_or("train.py");
    Document::read(name, source.as_bytes()).unwrap()
}

fn lint(source: &str) -> Vec<Finding> {
    let linted = linter::lint(&document(source)).unwrap_or_else(|problem| panic!("{}\n{source}", problem.message));
    linted.findings
}

/// Rules reported, in order.
fn reported(findings: &[Finding]) -> Vec<&'static str> {
    let mut names: Vec<&str> = findings.iter().map(|finding| finding.rule.name).collect();
    names.sort_unstable();
    names
}

#[test]
fn a_fix_removes_its_finding_and_adds_none() {
    let mut fixed = std::collections::BTreeMap::<&str, usize>::new();
    for rule in rules::ALL {
        for source in std::iter::once(&rule.docs.example).chain(rule.cases.fail) {
            let findings = lint(source);
            for (index, finding) in findings.iter().enumerate() {
                let Some(fix) = &finding.fix else { continue };
                let (text, count) = document(source).fixed([fix]);
                assert_eq!(count, 1, "{}: {fix:?} in\n{source}", rule.name);
                let mut others = findings.clone();
                others.remove(index);
                let (left, expected) = (reported(&lint(&text)), reported(&others));
                assert_eq!(left, expected, "{}: {} of\n{source}\nmakes\n{}", rule.name, fix.title, text);
                *fixed.entry(rule.name).or_default() += 1;
            }
        }
    }
    for (name, count) in [("scheduler-step-before-optimizer-step", 5), ("t-max-ignores-warmup", 1)] {
        assert!(fixed.get(name).is_some_and(|fixes| *fixes >= count), "{name}: {fixed:?}");
    }
}

/// All fixes at once, turn by turn as `lrscope lint --fix` does it, come to rest.
#[test]
fn fixing_ends() {
    for rule in rules::ALL {
        for source in std::iter::once(&rule.docs.example).chain(rule.cases.fail) {
            let mut text = (*source).to_owned();
            let mut turns = 0;
            loop {
                let findings = lint(&text);
                let (fixed, count) = document(&text).fixed(findings.iter().filter_map(|finding| finding.fix.as_ref()));
                if count == 0 {
                    break;
                }
                text = fixed;
                turns += 1;
                assert!(turns < 5, "{}:\n{source}\n{text}", rule.name);
            }
        }
    }
}

#[test]
fn unsafe_fixes_say_so() {
    for rule in rules::ALL {
        for finding in lint(rule.docs.example) {
            let Some(fix) = finding.fix else { continue };
            let moves = fix.changes.iter().any(|change| matches!(change, Change::MoveStatement { .. }));
            assert!(!(moves && fix.applicability == Applicability::Safe), "{}", rule.name);
        }
    }
}
