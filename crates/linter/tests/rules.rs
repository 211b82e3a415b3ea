//! Every rule finds what its documentation and its cases show, and nothing in what they show to be right.

use advisor::{Confidence, Finding, Rule, Severity, rules};
use linter::configs::Language;

fn lint(source: &str) -> Vec<Finding> {
    let findings = match advisor::config_name(source).and_then(Language::of_file) {
        Some(language) => linter::lint_config(source, language),
        None => linter::lint_source(source),
    };
    findings.unwrap_or_else(|unreadable| panic!("{}\n{source}", unreadable.message))
}

/// What is reported, notes left out.
fn reported(source: &str) -> Vec<&'static str> {
    let findings = lint(source);
    findings.iter().filter(|finding| finding.severity > Severity::Info).map(|finding| finding.rule.name).collect()
}

fn check(rule: &Rule, source: &str, expected: &[&str], failures: &mut Vec<String>) {
    // A hint, and a note about the script as a whole, do not count in a snippet that is about something else.
    let of_interest = |finding: &&Finding| {
        finding.rule.name == rule.name || finding.confidence > Confidence::Hint && finding.severity > Severity::Info
    };
    let reported: Vec<&str> = lint(source).iter().filter(of_interest).map(|finding| finding.rule.name).collect();
    if reported != expected {
        failures.push(format!("{}: expected {expected:?}, got {reported:?} in\n{source}", rule.name));
    }
}

#[test]
fn cases_of_every_rule() {
    let mut failures = Vec::new();
    for rule in rules::ALL {
        for source in std::iter::once(&rule.docs.example).chain(rule.cases.fail) {
            check(rule, source, &[rule.name], &mut failures);
        }
        for source in std::iter::once(&rule.docs.instead).chain(rule.cases.pass) {
            check(rule, source, &[], &mut failures);
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n---\n"));
}

/// A metric that is taken for the epoch hides nothing: once it is gone the schedule still counts steps.
#[test]
fn two_mistakes_in_one_call() {
    let source = "
from torch.optim.lr_scheduler import OneCycleLR
import torch
opt = torch.optim.SGD(model.parameters(), lr=0.1)
sched = OneCycleLR(opt, max_lr=0.1, epochs=10, steps_per_epoch=len(train_loader))
for epoch in range(10):
    for batch in train_loader:
        opt.step()
    sched.step(val_loss)
";
    let names: Vec<&str> = lint(source).iter().map(|finding| finding.rule.name).collect();
    assert!(
        names.contains(&"step-schedule-stepped-per-epoch") && names.contains(&"deprecated-epoch-argument"),
        "{names:?}"
    );
}

#[test]
fn documentation_shows_the_lr() {
    let mut drawn = Vec::new();
    for rule in rules::ALL {
        let findings = lint(rule.docs.example);
        let own = findings.iter().find(|finding| finding.rule.name == rule.name).unwrap();
        let Some(effect) = own.effect.as_ref() else { continue };
        drawn.push(rule.code);
        assert_eq!(effect.written.len(), effect.intended.len(), "{}", rule.name);
        assert_ne!(effect.written, effect.intended, "{}", rule.name);
    }
    for code in ["LRS101", "LRS102", "LRS201", "LRS401", "LRS402", "LRS403", "LRS501", "LRS505", "LRS602", "LRS608"] {
        assert!(drawn.contains(&code), "{code} draws no curve: {drawn:?}");
    }
}

#[test]
fn nothing_written_is_nothing_found() {
    for source in ["", "\n", "# only a comment", "import torch", "x = 1\nx.step()\nscheduler.step()"] {
        assert!(reported(source).is_empty(), "{source}");
    }
}

#[test]
fn what_cannot_be_read_is_told_with_its_place() {
    let error = linter::lint_source("x = 1\ndef (\n").unwrap_err();
    assert!(error.message.starts_with("Syntax error: "), "{}", error.message);
    assert_eq!(error.at, 10);
    let deep = format!("x = {}1{}", "(".repeat(10_000), ")".repeat(10_000));
    assert!(linter::lint_source(&deep).unwrap_err().message.contains("1000 levels"));
}

/// The bound on nesting is low enough for the smallest stack that a thread usually has.
#[test]
fn the_deepest_nesting_allowed_needs_little_stack() {
    let small = std::thread::Builder::new().stack_size(2 * 1024 * 1024);
    let run = small.spawn(|| {
        for source in [
            format!("x = {}1{}", "(".repeat(480), ")".repeat(480)),
            format!("x = 1{}", " + 1".repeat(990)),
            format!("x = {}1", "-".repeat(990)),
            format!("x = f{}", ".g()".repeat(320)),
        ] {
            assert!(linter::lint_source(&source).unwrap().is_empty());
        }
    });
    run.unwrap().join().unwrap();
}

/// Loops that call each other, functions that call themselves: bounded.
#[test]
fn following_calls_ends() {
    let mut source = String::from("import torch\nlr_sched = 1\n");
    for level in 0..30 {
        source += &format!("def f{level}(x):\n    for i in range(10):\n        for j in range(10):\n");
        source += &format!("            f{}(x)\n            f{}(x)\n", (level + 1) % 30, (level + 7) % 30);
    }
    source += "f0(1)\n";
    assert!(linter::lint_source(&source).unwrap().is_empty());
}

/// A listing pasted without its imports.
#[test]
fn names_of_torch_are_known_without_imports() {
    let listing = "
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
warmup = LinearLR(optimizer, start_factor=0.01, total_iters=5)
cosine = lr_scheduler.CosineAnnealingLR(optimizer, T_max=100)
scheduler = SequentialLR(optimizer, [warmup, cosine], [5])
for epoch in range(100):
    for batch in train_loader:
        loss.backward()
        scheduler.step()
        optimizer.step()
";
    assert_eq!(reported(listing), ["epoch-schedule-stepped-per-batch", "scheduler-step-before-optimizer-step"]);
    // A class of that name that the file defines is its own.
    let own = "
class ReduceLROnPlateau:
    def step(self):
        pass
scheduler = ReduceLROnPlateau()
scheduler.step()
";
    assert!(reported(own).is_empty());
}

/// The rules about sources, which no plan is needed for.
#[test]
fn rules_about_sources() {
    let mut failures = Vec::new();
    let rule = &rules::UNUSED_SUPPRESSION;
    for source in std::iter::once(&rule.docs.example).chain(rule.cases.fail) {
        check(rule, source, &[rule.name], &mut failures);
    }
    for source in std::iter::once(&rule.docs.instead).chain(rule.cases.pass) {
        check(rule, source, &[], &mut failures);
    }
    assert!(failures.is_empty(), "{}", failures.join("\n---\n"));
    let rule = &rules::UNREADABLE_SOURCE;
    assert!(
        std::iter::once(&rule.docs.example).chain(rule.cases.fail).all(|source| linter::lint_source(source).is_err())
    );
    assert!(
        std::iter::once(&rule.docs.instead).chain(rule.cases.pass).all(|source| linter::lint_source(source).is_ok())
    );
}

/// What a walk passes over by its words alone never holds a finding.
#[test]
fn the_quick_look_passes_over_nothing() {
    let mut missed = Vec::new();
    for rule in rules::every().filter(|rule| rule.name != "unreadable-source") {
        for source in std::iter::once(&rule.docs.example).chain(rule.cases.fail) {
            let name = advisor::config_name(source).unwrap_or("train.py");
            if !linter::may_concern(name, source.as_bytes()) {
                missed.push(format!("{}:\n{source}", rule.name));
            }
        }
    }
    assert!(missed.is_empty(), "{}", missed.join("\n---\n"));
}

/// A call is left early from within a loop that is walked once for each of a few things.
#[test]
fn early_returns_from_unrolled_loops() {
    let source = "
def build(kind):
    for name in ['a', 'b']:
        x = name
        if kind == name:
            x = 1
            return x
        y = x
    return None
z = build(args.kind)
";
    assert!(linter::lint_source(source).unwrap().is_empty());
}
