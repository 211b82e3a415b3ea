//! mmengine's `param_scheduler`: each entry is active from `begin` to `end`, in epochs or iterations.
//!
//! As in `mmengine.optim.scheduler` and `Runner`, mmengine 0.10. An entry does what torch's class of the same kind does
//! that is built where the entry begins: both compute the next LR from the one in force.

use super::super::metrics::Metrics;
use super::super::{Stopped, Track};
use super::recorder::Recorder;
use super::told::Told;
use crate::effect::number;
use crate::plan::{Owner, Plan, Settings};
use scheduler::Schedule;

/// An entry of `param_scheduler`.
struct Entry {
    schedule: Schedule,
    by_epoch: bool,
    begin: f64,
    end: f64,
    /// How often it has been stepped; being built counts.
    count: f64,
    built: Option<usize>,
}

/// Goes through the run.
pub(super) fn run<'p>(plan: &'p Plan, told: &mut Told<'p, '_, '_>, _: &mut Metrics<'_>) -> Result<Track, Stopped> {
    let lr = told.needed("lr", "the LR of the optimizer");
    let accumulation = told.or("accumulative_counts", 1.0).max(1.0) as usize;
    let is_by_epoch = told.settings.argument("max_iters").is_none();
    let (epochs, batches, iterations) = if is_by_epoch {
        let epochs = told.needed("max_epochs", "epochs of the run");
        let batches = told.batches(None);
        (epochs, batches, epochs * batches)
    } else {
        let iterations = told.needed("max_iters", "");
        (0.0, iterations, iterations)
    };
    let length = Length { epochs, batches, iterations };
    let mut entries = Vec::new();
    for settings in plan.settings_of(Owner::MmengineScheduler) {
        // The momentum has schedulers, too.
        if !settings.class.contains("Momentum") {
            entries.push(entry(&mut told.of(settings), &length)?);
        }
    }
    let total = told.steps(iterations)?;
    let mut recorder = Recorder::new(lr, told.span());
    entries.iter_mut().try_for_each(|entry| moved(&mut recorder, entry))?;
    for iteration in 1..=total {
        if recorder.has_ended() {
            break;
        }
        // The last batch of the run closes an accumulation that is under way.
        if iteration.is_multiple_of(accumulation) || iteration == total {
            recorder.update();
        }
        let ends_epoch = is_by_epoch && iteration.is_multiple_of((batches as usize).max(1));
        for entry in entries.iter_mut().filter(|entry| !entry.by_epoch || ends_epoch) {
            entry.count += 1.0;
            moved(&mut recorder, entry)?;
        }
    }
    Ok(recorder.track())
}

/// How long the run is.
struct Length {
    epochs: f64,
    /// Batches of an epoch.
    batches: f64,
    iterations: f64,
}

/// One call of `step()`, the one in the constructor included: nothing outside of the range of the entry.
fn moved(recorder: &mut Recorder, entry: &mut Entry) -> Result<(), Stopped> {
    if !(entry.begin..entry.end).contains(&entry.count) {
        return Ok(());
    }
    match entry.built {
        None => entry.built = Some(recorder.build(&entry.schedule)?),
        Some(scheduler) => recorder.step(scheduler, None),
    }
    Ok(())
}

fn entry(told: &mut Told<'_, '_, '_>, length: &Length) -> Result<Entry, Stopped> {
    let by_epoch = told.is_on("by_epoch", true)?;
    // Written in epochs and carried out in iterations.
    let converted = by_epoch && told.is_on("convert_to_iter_based", false)?;
    let each = if converted { length.batches } else { 1.0 };
    let begin = told.or("begin", 0.0) * each;
    let whole = if by_epoch { length.epochs } else { length.iterations };
    let end = told.or("end", whole) * each;
    let text = constructor(told, begin, end, each)?;
    // A schedule that is missing numbers is not needed yet: all that is missing is asked for at once.
    let schedule = match told.numbers.missing.is_empty() {
        true => told.schedule(&text)?,
        false => Schedule::constant(),
    };
    Ok(Entry { schedule, by_epoch: by_epoch && !converted, begin, end, count: 0.0, built: None })
}

/// torch's constructor for an entry.
fn constructor(told: &mut Told<'_, '_, '_>, begin: f64, end: f64, each: f64) -> Result<String, Stopped> {
    let class = told.settings.class.trim_end_matches("LR").trim_end_matches("ParamScheduler");
    let last = number(end - begin - 1.0);
    Ok(match class {
        "Constant" => format!("ConstantLR(factor={}, total_iters={last})", number(told.or("factor", 1.0 / 3.0))),
        "Linear" => format!(
            "LinearLR(start_factor={}, end_factor={}, total_iters={last})",
            number(told.or("start_factor", 1.0 / 3.0)),
            number(told.or("end_factor", 1.0))
        ),
        "CosineAnnealing" => {
            let floor = floor(told)?;
            let t_max = told.maybe("T_max").map_or(end - begin, |t_max| t_max * each);
            format!("CosineAnnealingLR(T_max={}, eta_min={})", number(t_max), number(floor))
        }
        "Exponential" => format!("ExponentialLR(gamma={})", number(told.needed("gamma", ""))),
        "Step" => {
            let size = told.needed("step_size", "") * each;
            format!("StepLR(step_size={}, gamma={})", number(size), number(told.or("gamma", 0.1)))
        }
        "MultiStep" => {
            let milestones: Vec<String> =
                milestones(told.settings).iter().map(|milestone| number(milestone * each)).collect();
            format!("MultiStepLR(milestones=[{}], gamma={})", milestones.join(", "), number(told.or("gamma", 0.1)))
        }
        "Poly" => poly(told, &last)?,
        "OneCycle" => {
            let total = told.needed("total_steps", "");
            let mut text = format!(
                "OneCycleLR(max_lr={}, total_steps={}, cycle_momentum=False",
                number(told.needed("eta_max", "")),
                number(total * each)
            );
            for name in ["pct_start", "div_factor", "final_div_factor", "three_phase", "anneal_strategy"] {
                if let Some(argument) = told.settings.argument(name) {
                    text += &format!(", {name}={}", told.literal(argument)?);
                }
            }
            text + ")"
        }
        _ => return Err(told.refused(format!("What `{}` does to the LR is not followed.", told.settings.class))),
    })
}

/// A power of what is left of the range, down to `eta_min`.
fn poly(told: &mut Told<'_, '_, '_>, last: &str) -> Result<String, Stopped> {
    let power = number(told.or("power", 1.0));
    match floor(told)? {
        0.0 => Ok(format!("MultiplicativeLR(lr_lambda=lambda t: (1 - 1 / ({last} - t + 1)) ** {power})")),
        _ => Err(told.refused("PolyLR with an eta_min is not followed.".to_owned())),
    }
}

/// `eta_min`; as a ratio it would need the LR that each scheduler began with.
fn floor(told: &mut Told<'_, '_, '_>) -> Result<f64, Stopped> {
    if told.settings.argument("eta_min_ratio").is_some() {
        return Err(told.refused("An eta_min_ratio is not followed.".to_owned()));
    }
    Ok(told.or("eta_min", 0.0))
}

fn milestones(settings: &Settings) -> Vec<f64> {
    let numbers = settings.argument("milestones").map(|argument| argument.value.quantities()).unwrap_or_default();
    numbers.iter().filter_map(|quantity| quantity.value).collect()
}
