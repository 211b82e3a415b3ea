//! What the rules say about what is on screen.

use advisor::composed::{Composed, fixed};
use advisor::{Confidence, Severity, check};
use scheduler::{Resume, Schedule};

use crate::state::State;

/// What a rule says about one of the schedules.
#[derive(Clone, Debug, PartialEq)]
pub struct Remark {
    /// Which schedule.
    pub index: usize,
    /// The name of the rule.
    pub rule: &'static str,
    /// How bad.
    pub severity: Severity,
    /// What is wrong, and what to do, a sentence each.
    pub what: String,
    /// Why that is bad.
    pub why: String,
    /// What to do.
    pub help: String,
    /// The schedule with the fix, and what the fix does.
    pub fix: Option<(String, Schedule)>,
}

/// The run that is looked at must be short enough to be judged while somebody types.
const MOST_STEPS: usize = 2_000_000;

/// Judges every schedule in the run that is drawn. Only what follows from what is on screen; hints are left out. What is
/// wrong in further parameter groups alone, which have LRs of their own, is said of them.
pub fn judge(state: &State) -> Vec<Remark> {
    let run = state.drawn_run();
    if run.horizon.steps() > MOST_STEPS || run.horizon.steps() == 0 {
        return Vec::new();
    }
    let factors = state.group_factors();
    // What the run goes on with is what it ends with.
    let resumed = match &run.resume {
        Some((_, Resume::As(other))) => Some(&**other),
        _ => None,
    };
    let mut remarks: Vec<Remark> = Vec::new();
    for (index, named) in state.schedules.iter().enumerate() {
        let schedule = resumed.unwrap_or(&named.schedule);
        for (group, factor) in factors.iter().enumerate() {
            let lr = named.lr * factor;
            let composed = Composed { schedule, lr, optimizer: state.optimizer_class(), run: &run };
            let text = composed.text();
            let findings = check(&composed.plan()).into_iter().filter(|finding| finding.confidence > Confidence::Hint);
            for finding in findings {
                let is_it = |remark: &Remark| (remark.index, remark.rule) == (index, finding.rule.name);
                if group > 0 && remarks.iter().any(is_it) {
                    continue;
                }
                let fix = finding.fix.as_ref().filter(|_| resumed.is_none());
                let fix = fix.and_then(|fix| Some((fix.title.clone(), fixed(&text, fix)?.ok()?)));
                let what = if group > 0 { format!("In group {}, {}", group + 1, finding.what) } else { finding.what };
                remarks.push(Remark {
                    index,
                    rule: finding.rule.name,
                    severity: finding.severity,
                    what,
                    why: finding.why,
                    help: finding.help,
                    fix,
                });
            }
        }
    }
    remarks
}
