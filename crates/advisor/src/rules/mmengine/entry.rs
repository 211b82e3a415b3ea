//! An entry of `param_scheduler` with mmengine's defaults filled in.

use crate::plan::{Argument, ArgumentValue, Owner, Plan, Settings};

/// An entry: when it is active, and how it counts.
pub(super) struct Entry<'p> {
    pub settings: &'p Settings,
    pub by_epoch: bool,
    pub begin: f64,
    /// Where it ends, where that is given or follows from the run.
    pub end: Option<f64>,
}

/// How long the run is.
pub(super) struct Run<'p> {
    pub argument: &'p Argument,
    pub length: f64,
    pub by_epoch: bool,
}

/// The length of the run, where the config tells it.
pub(super) fn run(plan: &Plan) -> Option<Run<'_>> {
    let run = plan.settings_of(Owner::MmengineRun).next()?;
    ["max_epochs", "max_iters"].into_iter().find_map(|name| {
        let length = run.number(name)?.value?;
        Some(Run { argument: run.argument(name)?, length, by_epoch: name == "max_epochs" })
    })
}

/// The entries whose numbers are all known.
pub(super) fn entries(plan: &Plan) -> Vec<Entry<'_>> {
    let run = run(plan);
    let entry = |settings: &'_ Settings| -> Option<(bool, f64, Option<f64>)> {
        let by_epoch = match settings.argument("by_epoch") {
            None => true,
            Some(Argument { value: ArgumentValue::Truth(truth), .. }) => *truth,
            Some(_) => return None,
        };
        let begin = match settings.argument("begin") {
            None => 0.0,
            Some(_) => settings.number("begin")?.value?,
        };
        // Without an end, an entry goes on to the end of the run (`Runner._build_param_scheduler`).
        let end = match settings.argument("end") {
            None => run.as_ref().filter(|run| run.by_epoch == by_epoch).map(|run| run.length),
            Some(_) => Some(settings.number("end")?.value?),
        };
        Some((by_epoch, begin, end))
    };
    let all = plan.settings_of(Owner::MmengineScheduler).filter(|settings| settings.complete);
    all.filter_map(|settings| {
        let (by_epoch, begin, end) = entry(settings)?;
        Some(Entry { settings, by_epoch, begin, end })
    })
    .collect()
}

impl Entry<'_> {
    /// What it counts.
    pub fn unit(&self) -> &'static str {
        if self.by_epoch { "epochs" } else { "iterations" }
    }
}
