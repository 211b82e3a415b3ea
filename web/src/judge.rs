//! What the rules say about what is on screen.

use advisor::composed::{Composed, fixed};
use advisor::{Confidence, Severity, check};
use scheduler::Schedule;

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

/// Judges every schedule in the run that is drawn. Only what follows from what is on screen; hints are left out.
pub fn judge(state: &State) -> Vec<Remark> {
    let run = state.drawn_run();
    if run.horizon.steps() > MOST_STEPS || run.horizon.steps() == 0 {
        return Vec::new();
    }
    let schedules = state.schedules.iter().enumerate();
    let remarks = schedules.flat_map(|(index, named)| {
        let composed =
            Composed { schedule: &named.schedule, lr: named.lr, optimizer: state.optimizer_class(), run: &run };
        let text = composed.text();
        let findings = check(&composed.plan()).into_iter().filter(|finding| finding.confidence > Confidence::Hint);
        let remarks = findings.map(|finding| {
            let mended = finding.fix.as_ref().and_then(|fix| Some((fix.title.clone(), fixed(&text, fix)?.ok()?)));
            Remark {
                index,
                rule: finding.rule.name,
                severity: finding.severity,
                what: finding.what,
                why: finding.why,
                help: finding.help,
                fix: mended,
            }
        });
        remarks.collect::<Vec<_>>()
    });
    remarks.collect()
}
