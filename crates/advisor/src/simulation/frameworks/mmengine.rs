//! mmengine's `param_scheduler`: each entry is active from `begin` to `end`, in epochs or iterations.
//!
//! As in `mmengine.optim.scheduler` and `Runner`, mmengine 0.10. An entry does what torch's class of the same kind does
//! that is built where the entry begins: both compute the next LR from the one in force.

use super::super::metrics::Metrics;
use super::super::{Stopped, Track};
use super::mmengine_rules;
use super::recorder::Recorder;
use super::told::Told;
use crate::effect::number;
use crate::plan::{Owner, Plan, Settings};
use scheduler::Schedule;

/// An entry of `param_scheduler`.
struct Entry {
    rule: Rule,
    by_epoch: bool,
    begin: f64,
    end: f64,
    /// How often it has been stepped; being built counts.
    count: f64,
    built: Option<usize>,
}

/// What an entry does to the LR.
enum Rule {
    /// As a class of torch.
    Torch(Schedule),
    /// As torch's class for metrics, after each validation.
    Plateau(Schedule),
    /// A rule of mmengine's own: the next LR.
    Own(mmengine_rules::Next),
}

/// Goes through the run.
pub(super) fn run<'p>(
    plan: &'p Plan,
    told: &mut Told<'p, '_, '_>,
    metrics: &mut Metrics<'_>,
) -> Result<Track, Stopped> {
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
    let (first, every) = (told.or("val_begin", 1.0), told.or("val_interval", 1.0).max(1.0));
    let length = Length { lr, epochs, batches, iterations };
    let mut entries = Vec::new();
    for settings in plan.settings_of(Owner::MmengineScheduler) {
        // The momentum has schedulers, too.
        if !settings.class.contains("Momentum") {
            entries.push(entry(&mut told.of(settings), &length)?);
        }
    }
    let plateau = entries.iter().find_map(|entry| match &entry.rule {
        Rule::Plateau(schedule) => Some(schedule.maximizes()),
        _ => None,
    });
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
        let epoch = iteration / (batches as usize).max(1);
        let ends_epoch = is_by_epoch && iteration.is_multiple_of((batches as usize).max(1));
        for entry in entries.iter_mut().filter(|entry| !entry.by_epoch || ends_epoch) {
            entry.count += 1.0;
            moved(&mut recorder, entry)?;
        }
        let validates = ends_epoch && epoch as f64 >= first && (epoch as f64 % every == 0.0 || iteration == total);
        if let Some(maximizes) = plateau.filter(|_| validates) {
            let metric = metrics.next(told.numbers, told.settings.span, maximizes);
            entries.iter_mut().try_for_each(|entry| validated(&mut recorder, entry, metric))?;
        }
    }
    Ok(recorder.track())
}

/// How long the run is.
struct Length {
    /// What the LR begins with, before any entry.
    lr: f64,
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
    match (&entry.rule, entry.built) {
        (Rule::Torch(schedule), None) => entry.built = Some(recorder.build(schedule)?),
        (Rule::Torch(_), Some(scheduler)) => recorder.step(scheduler, None),
        (Rule::Own(next), _) => {
            let lr = recorder.lr();
            recorder.set(next(entry.count - entry.begin, lr));
        }
        (Rule::Plateau(_), _) => {}
    }
    Ok(())
}

/// A validation, whose metric some listen to.
fn validated(recorder: &mut Recorder, entry: &mut Entry, metric: f64) -> Result<(), Stopped> {
    let Rule::Plateau(schedule) = &entry.rule else { return Ok(()) };
    if !(entry.begin..entry.end).contains(&entry.count) {
        return Ok(());
    }
    let scheduler = match entry.built {
        Some(scheduler) => scheduler,
        None => recorder.build(schedule)?,
    };
    entry.built = Some(scheduler);
    recorder.step(scheduler, Some(metric));
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
    let own = mmengine_rules::own(told, length.lr, end - begin, each)?;
    let text = match &own {
        Some(_) => String::new(),
        None => constructor(told, length.lr, begin, end, each)?,
    };
    let is_plateau = text.starts_with("ReduceLROnPlateau");
    if is_plateau && length.epochs == 0.0 {
        return Err(told.refused("A schedule that listens to a metric is only followed by epochs.".to_owned()));
    }
    let rule = match own {
        Some(next) => Rule::Own(next),
        // A schedule that is missing numbers is not needed yet: all that is missing is asked for at once.
        None if !told.numbers.missing.is_empty() => Rule::Torch(Schedule::constant()),
        None if is_plateau => Rule::Plateau(told.schedule(&text)?),
        None => Rule::Torch(told.schedule(&text)?),
    };
    Ok(Entry { rule, by_epoch: by_epoch && !converted, begin, end, count: 0.0, built: None })
}

/// torch's constructor for an entry.
fn constructor(told: &mut Told<'_, '_, '_>, lr: f64, begin: f64, end: f64, each: f64) -> Result<String, Stopped> {
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
            let floor = mmengine_rules::floor(told, lr);
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
        "ReduceOnPlateau" => {
            let mode = if told.text("rule", "less")? == "greater" { "max" } else { "min" };
            let threshold_mode = if told.text("threshold_rule", "rel")? == "abs" { "abs" } else { "rel" };
            format!(
                "ReduceLROnPlateau(mode='{mode}', factor={}, patience={}, threshold={}, threshold_mode='{threshold_mode}', \
                 cooldown={}, min_lr={}, eps={})",
                number(told.or("factor", 0.1)),
                number(told.or("patience", 10.0)),
                number(told.or("threshold", 1e-4)),
                number(told.or("cooldown", 0.0)),
                number(told.or("min_value", 0.0)),
                number(told.or("eps", 1e-8))
            )
        }
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

fn milestones(settings: &Settings) -> Vec<f64> {
    let numbers = settings.argument("milestones").map(|argument| argument.value.quantities()).unwrap_or_default();
    numbers.iter().filter_map(|quantity| quantity.value).collect()
}
