//! What timm's factory builds, called by its training script or by another.
//!
//! As in `timm.scheduler.create_scheduler_v2` and `create_scheduler`, timm 1.0.31.

use super::super::numbers::Numbers;
use super::super::{Note, Stopped};
use super::told::Told;
use crate::effect::number;
use crate::plan::{Argument, ArgumentValue, Owner, ScheduleFacts, Settings};
use crate::timm;

/// The constructor that a call of the factory stands for; `None` where a number is missing, which is remembered.
///
/// # Errors
/// What cannot be told, in one sentence.
pub(in super::super) fn factory(facts: &ScheduleFacts, numbers: &mut Numbers<'_>) -> Result<Option<String>, Note> {
    let settings = Settings {
        owner: Owner::TimmOptions,
        class: facts.class.clone(),
        span: facts.span,
        arguments: facts.arguments.clone(),
        complete: true,
        schedules: Vec::new(),
        given: Vec::new(),
    };
    let mut told = Told::new(&settings, numbers);
    let mut text = || match facts.class.as_str() {
        timm::BY_OPTIONS => by_options(&mut told),
        _ => by_parameters(&mut told),
    };
    match text() {
        _ if !numbers.missing.is_empty() => Ok(None),
        Ok(Some(text)) => Ok(Some(text)),
        Ok(None) => Ok(Some("ConstantLR(factor=1.0)".to_owned())),
        Err(Stopped::Unreadable(note)) => Err(note),
        Err(_) => Ok(None),
    }
}

fn by_parameters(told: &mut Told<'_, '_, '_>) -> Result<Option<String>, Stopped> {
    let per_epoch = told.is_on("step_on_epochs", true)?;
    let options = Options {
        epochs: told.or("num_epochs", 300.0),
        cooldown: 0.0,
        warmup: told.or("warmup_epochs", 0.0),
        prefix: told.is_on("warmup_prefix", false)?,
        each: if per_epoch { 1.0 } else { told.needed("updates_per_epoch", "") },
        names: &PARAMETERS,
        cycle_decay: 0.1,
        minimize: told.text("plateau_mode", "max")? == "min",
    };
    let kind = told.text("sched", "cosine")?;
    constructor(told, kind, &options)
}

/// The factory that is given the options of a script; what is no number is taken at its default.
fn by_options(told: &mut Told<'_, '_, '_>) -> Result<Option<String>, Stopped> {
    let kind = told.text("sched", "")?;
    if kind.is_empty() {
        return Err(told.refused("The options that create_scheduler reads are not in sight.".to_owned()));
    }
    told.note(format!("sched is {kind}, the default."));
    let per_update = told.is_on("sched_on_updates", false)?;
    let options = Options {
        epochs: told.or("epochs", 100.0),
        cooldown: 0.0,
        warmup: told.or("warmup_epochs", 5.0),
        prefix: told.is_on("warmup_prefix", false)?,
        each: if per_update { told.needed("updates_per_epoch", "") } else { 1.0 },
        names: &OPTIONS,
        cycle_decay: 0.1,
        minimize: told.text("eval_metric", "")?.contains("loss"),
    };
    constructor(told, kind, &options)
}

/// Whether the scheduler of a script counts updates, so that it is deaf to `step(epoch)` and listens to `step_update(n)`.
pub(in super::super) fn counts_updates(facts: &ScheduleFacts) -> bool {
    let (name, counting) = match facts.class.as_str() {
        timm::FACTORY => ("step_on_epochs", false),
        timm::BY_OPTIONS => ("sched_on_updates", true),
        _ => ("t_in_epochs", false),
    };
    let is_so = |argument: &Argument| matches!(argument.value, ArgumentValue::Truth(truth) if truth == counting);
    facts.argument(name).is_some_and(is_so)
}

/// What the factory takes, under the names of the options or of its parameters.
pub(super) struct Options {
    pub epochs: f64,
    pub cooldown: f64,
    pub warmup: f64,
    /// Whether the warmup goes before the epochs.
    pub prefix: bool,
    /// What an epoch counts: 1, or its updates.
    pub each: f64,
    pub names: &'static Names,
    pub cycle_decay: f64,
    /// Whether a metric that falls is good.
    pub minimize: bool,
}

/// What the same things are called.
pub(super) struct Names {
    noise: &'static str,
    noise_pct: &'static str,
    noise_std: &'static str,
    noise_seed: &'static str,
    cycle_mul: &'static str,
    cycle_decay: &'static str,
    cycle_limit: &'static str,
    k_decay: &'static str,
    decay_fn: &'static str,
    timescale: &'static str,
}

/// Options of `train.py`.
pub(super) const OPTIONS: Names = Names {
    noise: "lr_noise",
    noise_pct: "lr_noise_pct",
    noise_std: "lr_noise_std",
    noise_seed: "seed",
    cycle_mul: "lr_cycle_mul",
    cycle_decay: "lr_cycle_decay",
    cycle_limit: "lr_cycle_limit",
    k_decay: "lr_k_decay",
    decay_fn: "lr_decay_fn",
    timescale: "lr_stable_timescale",
};

/// Parameters of `create_scheduler_v2`.
const PARAMETERS: Names = Names {
    noise: "noise",
    noise_pct: "noise_pct",
    noise_std: "noise_std",
    noise_seed: "noise_seed",
    cycle_mul: "cycle_mul",
    cycle_decay: "cycle_decay",
    cycle_limit: "cycle_limit",
    k_decay: "k_decay",
    decay_fn: "decay_fn",
    timescale: "stable_timescale",
};

impl Options {
    /// Epochs of the whole run, as the factory returns them.
    pub fn epochs_of(&self, kind: &str, told: &mut Told<'_, '_, '_>) -> f64 {
        let prefix = if self.prefix { self.warmup } else { 0.0 };
        match kind {
            "cosine" | "tanh" | "poly" => {}
            "wsd" | "rsqrt" => return self.epochs + prefix + self.cooldown,
            _ => return self.epochs + prefix,
        }
        let growth = told.or(self.names.cycle_mul, 1.0);
        let cycles = told.or(self.names.cycle_limit, 1.0).max(1.0);
        let whole = match growth {
            1.0 => self.epochs * cycles,
            _ => (-self.epochs * (growth.powf(cycles) - 1.0) / (1.0 - growth)).floor(),
        };
        whole + prefix + self.cooldown
    }
}

/// The constructor that the factory calls; `None` where there is to be no schedule.
pub(super) fn constructor(
    told: &mut Told<'_, '_, '_>,
    kind: &str,
    options: &Options,
) -> Result<Option<String>, Stopped> {
    let (names, each) = (options.names, options.each);
    let noise = noise(told, kind, options)?;
    let length = number(options.epochs * each);
    let floor = number(told.or("min_lr", 0.0));
    let warmup =
        format!("warmup_t={}, warmup_lr_init={}", number(options.warmup * each), number(told.or("warmup_lr", 1e-5)));
    let prefix = format!("{warmup}, warmup_prefix={}", if options.prefix { "True" } else { "False" });
    let decay_rate = number(told.or("decay_rate", 0.1));
    let decays = |told: &mut Told<'_, '_, '_>, default: f64| told.or("decay_epochs", default);
    Ok(Some(match kind {
        "none" => return Ok(None),
        "cosine" | "tanh" | "poly" => {
            let cycles = format!(
                "cycle_mul={}, cycle_decay={}, cycle_limit={}",
                number(told.or(names.cycle_mul, 1.0)),
                number(told.or(names.cycle_decay, options.cycle_decay)),
                number(told.or(names.cycle_limit, 1.0))
            );
            let k_decay = number(told.or(names.k_decay, 1.0));
            let (class, own) = match kind {
                "cosine" => ("CosineLRScheduler", format!(", k_decay={k_decay}")),
                "tanh" => ("TanhLRScheduler", String::new()),
                _ => ("PolyLRScheduler", format!(", power={decay_rate}, k_decay={k_decay}")),
            };
            format!("{class}(t_initial={length}, lr_min={floor}, {cycles}, {prefix}{own}{noise})")
        }
        "step" => {
            let decay = number(decays(told, 90.0) * each);
            format!("StepLRScheduler(decay_t={decay}, decay_rate={decay_rate}, {prefix}{noise})")
        }
        "constant" => format!("StepLRScheduler(decay_t=1, decay_rate=1.0, {prefix}{noise})"),
        "multistep" => {
            let milestones = told.settings.argument("decay_milestones").map(|argument| argument.value.quantities());
            let milestones: Vec<String> = match milestones {
                Some(given) => given.iter().filter_map(|milestone| Some(number(milestone.value? * each))).collect(),
                None => [90.0, 180.0, 270.0].iter().map(|milestone| number(milestone * each)).collect(),
            };
            format!(
                "MultiStepLRScheduler(decay_t=[{}], decay_rate={decay_rate}, {prefix}{noise})",
                milestones.join(", ")
            )
        }
        "plateau" => {
            let patience = number(told.or("patience_epochs", 10.0));
            let mode = if options.minimize { "min" } else { "max" };
            format!(
                "PlateauLRScheduler(decay_rate={decay_rate}, patience_t={patience}, cooldown_t=0, lr_min={floor}, \
                 mode='{mode}', {warmup})"
            )
        }
        "wsd" | "rsqrt" => wsd(told, kind, options, &floor, &format!("{warmup}{noise}"))?,
        _ => return Err(told.refused(format!("timm has no schedule `{kind}`."))),
    }))
}

/// The arguments of the noise; its range is given as a share of the run, or two of them.
fn noise(told: &mut Told<'_, '_, '_>, kind: &str, options: &Options) -> Result<String, Stopped> {
    let Some(range) = told.settings.argument(options.names.noise) else { return Ok(String::new()) };
    if kind == "plateau" {
        return Err(told.refused("The noise of timm's plateau schedule is not followed.".to_owned()));
    }
    let names = options.names;
    let length = options.epochs * options.each;
    let at: Vec<String> = match &range.value {
        ArgumentValue::Numbers(shares) => shares
            .iter()
            .map(|share| number(told.numbers.value(share, names.noise, range.span).unwrap_or(1.0) * length))
            .collect(),
        _ => vec![number(told.or(names.noise, 0.0) * length)],
    };
    let at = match at.as_slice() {
        [from] => from.clone(),
        all => format!("[{}]", all.join(", ")),
    };
    Ok(format!(
        ", noise_range_t={at}, noise_pct={}, noise_std={}, noise_seed={}",
        number(told.or(names.noise_pct, 0.67)),
        number(told.or(names.noise_std, 1.0)),
        number(told.or(names.noise_seed, 42.0))
    ))
}

/// A warmup, a stable phase and a decay; the warmup always goes before the rest.
fn wsd(
    told: &mut Told<'_, '_, '_>,
    kind: &str,
    options: &Options,
    floor: &str,
    warmup: &str,
) -> Result<String, Stopped> {
    let before = if options.prefix { 0.0 } else { options.warmup };
    let length = (options.epochs - before) * options.each;
    let decay = match told.or("decay_epochs", 0.2) {
        share if share > 0.0 && share < 1.0 => share * length,
        epochs => epochs * options.each,
    };
    let decay = decay.round_ties_even();
    if told.numbers.missing.is_empty() && !(0.0 < decay && decay <= length) {
        return Err(told.refused(format!("{kind} needs decay_epochs within the epochs after the warmup.")));
    }
    let shape = told.text(options.names.decay_fn, if kind == "rsqrt" { "linear" } else { "1-sqrt" })?;
    if !shape.chars().all(|c| c.is_ascii_alphanumeric() || c == '-') {
        return Err(told.refused(format!("timm has no decay `{shape}`.")));
    }
    let stable = if kind == "rsqrt" { "rsqrt" } else { "constant" };
    let timescale = told
        .maybe(options.names.timescale)
        .map(|timescale| format!(", stable_timescale={}", number(timescale * options.each)))
        .unwrap_or_default();
    Ok(format!(
        "WSDLRScheduler(t_initial={}, decay_t={}, lr_min={floor}, stable_fn='{stable}', decay_fn='{shape}', \
         {warmup}{timescale})",
        number(length),
        number(decay)
    ))
}
