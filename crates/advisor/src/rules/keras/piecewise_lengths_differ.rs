//! A piecewise schedule with too many or too few values.

use crate::finding::{Confidence, Finding, Severity};
use crate::plan::{Argument, ArgumentValue, Owner, Plan};
use crate::rule::{Rule, of_source};

/// The rule.
pub static RULE: Rule = Rule {
    name: "keras-piecewise-lengths-differ",
    code: "LRS713",
    severity: Severity::Error,
    confidence: Confidence::Certain,
    #[cfg(feature = "docs")]
    docs: crate::Docs {
        what: "`PiecewiseConstantDecay` is not given one value more than boundaries.",
        why: "Two boundaries part the run into three pieces. Keras raises a ValueError: the length of boundaries should be 1 \
              less than the length of values.",
        example: "
import keras
schedule = keras.optimizers.schedules.PiecewiseConstantDecay(boundaries=[10000, 20000], values=[0.1, 0.01])
",
        instead: "
import keras
schedule = keras.optimizers.schedules.PiecewiseConstantDecay(boundaries=[10000, 20000], values=[0.1, 0.01, 0.001])
",
        fine: "Lists that are not written out are not counted.",
    },
    #[cfg(feature = "cases")]
    cases: crate::Cases {
        fail: &[],
        pass: &["
import keras
schedule = keras.optimizers.schedules.PiecewiseConstantDecay(boundaries=drops, values=[0.1, 0.01])
"],
    },
    check: of_source(check),
};

fn count(argument: &Argument) -> Option<usize> {
    match &argument.value {
        ArgumentValue::Numbers(numbers) => Some(numbers.len()),
        _ => None,
    }
}

fn check(plan: &Plan, findings: &mut Vec<Finding>) {
    for schedule in plan.settings_of(Owner::KerasSchedule) {
        let (Some(boundaries), Some(values)) = (schedule.argument("boundaries"), schedule.argument("values")) else {
            continue;
        };
        let (Some(cuts), Some(pieces)) = (count(boundaries), count(values)) else { continue };
        if pieces == cuts + 1 {
            continue;
        }
        let mut finding = RULE.finding(
            values.span,
            format!("{cuts} boundaries make {} pieces, and there are {pieces} values.", cuts + 1),
            "Keras raises a ValueError when the schedule is made.",
            format!("Give {} values: one for the time before the first boundary, and one after each.", cuts + 1),
        );
        finding.related.push((boundaries.span, "the boundaries".to_owned()));
        findings.push(finding);
    }
}
