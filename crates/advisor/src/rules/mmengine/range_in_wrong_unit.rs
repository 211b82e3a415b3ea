//! A warmup in iterations that ends where the next scheduler begins in epochs.

use super::entry::entries;
use crate::effect::number;
use crate::finding::{Confidence, Finding, Severity};
use crate::plan::{ArgumentValue, Plan};
use crate::rule::{Rule, of_source};

/// The rule.
pub static RULE: Rule = Rule {
    name: "mmengine-range-in-wrong-unit",
    code: "LRS722",
    severity: Severity::Warning,
    confidence: Confidence::Likely,
    #[cfg(feature = "docs")]
    docs: crate::Docs {
        what: "A scheduler that counts iterations ends at the number at which the next one, that counts epochs, begins; or \
               one that counts iterations is to be converted to iterations.",
        why: "`begin` and `end` are in the unit that `by_epoch` says. A warmup to `end=5` with `by_epoch=False` is over after \
              five iterations, not five epochs. `convert_to_iter_based=True` is for numbers in epochs: with \
              `by_epoch=False` mmengine stops with an AssertionError.",
        example: "
param_scheduler = [
    dict(type='LinearLR', start_factor=0.01, by_epoch=False, begin=0, end=5),
    dict(type='CosineAnnealingLR', by_epoch=True, begin=5, end=100),
]
train_cfg = dict(by_epoch=True, max_epochs=100)
",
        instead: "
param_scheduler = [
    dict(type='LinearLR', start_factor=0.01, by_epoch=True, begin=0, end=5, convert_to_iter_based=True),
    dict(type='CosineAnnealingLR', by_epoch=True, begin=5, end=100),
]
train_cfg = dict(by_epoch=True, max_epochs=100)
",
        fine: "A warmup in iterations before a schedule that begins at epoch 0 is the usual way and not reported.",
    },
    #[cfg(feature = "cases")]
    cases: crate::Cases {
        fail: &["
param_scheduler = [
    dict(type='LinearLR', start_factor=0.01, by_epoch=False, end=500, convert_to_iter_based=True),
]
train_cfg = dict(by_epoch=True, max_epochs=100)
"],
        pass: &["
param_scheduler = [
    dict(type='LinearLR', start_factor=0.01, by_epoch=False, begin=0, end=500),
    dict(type='CosineAnnealingLR', by_epoch=True, begin=5, end=100),
]
train_cfg = dict(by_epoch=True, max_epochs=100)
"],
    },
    check: of_source(check),
};

fn check(plan: &Plan, findings: &mut Vec<Finding>) {
    let entries = entries(plan);
    for entry in &entries {
        let Some(convert) = entry.settings.argument("convert_to_iter_based") else { continue };
        if matches!(convert.value, ArgumentValue::Truth(true)) && !entry.by_epoch {
            let mut finding = RULE.finding(
                convert.span,
                "Only what counts epochs can be converted to iterations.".to_owned(),
                "mmengine stops with an AssertionError.",
                "Count epochs, with by_epoch=True, or leave the conversion out.",
            );
            (finding.severity, finding.confidence) = (Severity::Error, Confidence::Certain);
            findings.push(finding);
        }
    }
    for pair in entries.windows(2) {
        let [first, second] = pair else { continue };
        let (Some(end), Some(begin)) = (first.settings.argument("end"), second.settings.argument("begin")) else {
            continue;
        };
        if first.by_epoch || !second.by_epoch || first.end != Some(second.begin) || second.begin <= 0.0 {
            continue;
        }
        let mut finding = RULE.finding(
            end.span,
            format!("This ends after {} iterations, not epochs.", number(second.begin)),
            "`by_epoch=False` makes `begin` and `end` count iterations, and the next scheduler begins at that number of epochs.",
            "Write by_epoch=True, and convert_to_iter_based=True for a smooth warmup.",
        );
        finding.related.push((begin.span, "this counts epochs".to_owned()));
        findings.push(finding);
    }
}
