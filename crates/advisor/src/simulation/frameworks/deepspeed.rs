//! The schedulers of DeepSpeed, which its engine steps after each optimizer step.
//!
//! As in `deepspeed.runtime.lr_schedules`, DeepSpeed 0.19.8. They write the LR itself, so each is a function of the step
//! over a LR of 1. Built, they write their lowest LR; the first call of `step()` writes that of iteration 0.

use super::super::metrics::Metrics;
use super::super::{Stopped, Track};
use super::recorder::Recorder;
use super::told::Told;
use crate::effect::number;
use crate::plan::Plan;

/// `warmup_num_steps` of all of them.
const DEFAULT_WARMUP: f64 = 1000.0;
/// `warmup_max_lr` of WarmupDecayLR.
const DEFAULT_MAX_LR: f64 = 1e-3;
/// `cos_min_ratio` of WarmupCosineLR.
const DEFAULT_COSINE_FLOOR: f64 = 1e-4;
/// `cycle_first_step_size` of OneCycle, `lr_range_test_step_size` of LRRangeTest.
const DEFAULT_STEP_SIZE: f64 = 2000.0;

/// Goes through the run.
pub(super) fn run<'p>(_: &'p Plan, told: &mut Told<'p, '_, '_>, _: &mut Metrics<'_>) -> Result<Track, Stopped> {
    let (lr, function, length) = match told.settings.class.as_str() {
        "OneCycle" => one_cycle(told)?,
        "LRRangeTest" => range_test(told)?,
        _ => warmup(told)?,
    };
    let length = match length {
        Some(length) => length,
        None => told.ask("steps", "optimizer steps of the run"),
    };
    let steps = told.steps(length)?;
    let schedule = told.schedule(&format!("LambdaLR(lr_lambda=lambda t: {function})"))?;
    let mut recorder = Recorder::new(lr, told.span());
    recorder.build(&schedule)?;
    Ok(recorder.run(steps, 1))
}

/// LR of the optimizer, function of the step, length of the run where the settings tell it.
type Drawn = (f64, String, Option<f64>);

fn warmup(told: &mut Told<'_, '_, '_>) -> Result<Drawn, Stopped> {
    let class = told.settings.class.as_str();
    let steps = told.or_default("warmup_num_steps", DEFAULT_WARMUP).max(2.0);
    let is_linear = told.text("warmup_type", "log")? == "linear";
    let n = number(steps);
    let rise = if is_linear { format!("(t - 1) / {n}") } else { format!("(1.0 / math.log({n})) * math.log(t)") };
    if class == "WarmupCosineLR" {
        let lr = told.needed("optimizer.lr", "the LR of the optimizer");
        let total = told.needed("total_num_steps", "optimizer steps of the run");
        let low = number(told.or("warmup_min_ratio", 0.0));
        let floor = number(told.or_default("cos_min_ratio", DEFAULT_COSINE_FLOOR));
        let left = number((total - steps).max(1.0));
        let cosine = format!("(1 + math.cos({} * min(1.0, (t - {n}) / {left}))) / 2", std::f64::consts::PI);
        let fall = format!("max(0.0, {floor} + (1.0 - {floor}) * ({cosine}))");
        let rise = format!("{low} + ({rise}) * (1.0 - {low})");
        return Ok((lr, format!("0.0 if t < 1 else ({rise} if t - 1 < {n} else {fall})"), Some(total)));
    }
    let total = (class == "WarmupDecayLR").then(|| told.needed("total_num_steps", "optimizer steps of the run"));
    let low = number(told.or("warmup_min_lr", 0.0));
    let high = match (told.maybe("warmup_max_lr"), total) {
        (Some(high), _) => high,
        (None, Some(_)) => told.or_default("warmup_max_lr", DEFAULT_MAX_LR),
        // WarmupLR goes up to the LR of the optimizer.
        (None, None) => told.needed("optimizer.lr", "the LR of the optimizer"),
    };
    let fall = match total {
        Some(total) => {
            format!("max(0.0, ({} - (t - 1)) / {})", number(total), number((total - steps).max(1.0)))
        }
        None => "1.0".to_owned(),
    };
    let gamma = format!("(0.0 if t < 1 else ({rise} if t - 1 < {n} else {fall}))");
    Ok((1.0, format!("{low} + ({} - {low}) * {gamma}", number(high)), total))
}

fn one_cycle(told: &mut Told<'_, '_, '_>) -> Result<Drawn, Stopped> {
    let low = told.needed("cycle_min_lr", "");
    let high = told.needed("cycle_max_lr", "");
    let first = told.or_default("cycle_first_step_size", DEFAULT_STEP_SIZE);
    let second = told.or("cycle_second_step_size", first);
    let (decay_steps, decay_rate) = (told.or("decay_step_size", 0.0), told.or("decay_lr_rate", 0.0));
    let size = first + second;
    let (share, n) = (number(first / size), number(size));
    // The iteration of step t is t - 1, and DeepSpeed adds one to it again.
    let x = format!("(1.0 + t / {n} - int(1 + t / {n}))");
    let stairs = told.or("cycle_first_stair_count", 0.0);
    let more_stairs = told.or("cycle_second_stair_count", stairs);
    if stairs > 0.0 || more_stairs > 0.0 {
        told.note("Earlier releases of DeepSpeed take no notice of the stairs of a cycle.".to_owned());
    }
    // On stairs the scale is rounded down to the one below.
    let on = |stairs: f64, scale: String| match stairs > 0.0 {
        false => scale,
        true => {
            let (count, first, second) = (number(stairs), number(first), number(second));
            let up = format!("(t % {n}) * {count} / {first}");
            let down = format!("({n} - t % {n}) * {count} / {second}");
            format!("math.floor({up} if t % {n} <= {first} else {down}) / {count}")
        }
    };
    let rising = on(stairs, format!("{x} / {share}"));
    let falling = on(more_stairs, format!("({x} - 1) / ({share} - 1)"));
    let scale = format!("({rising} if {x} <= {share} else {falling})");
    let (low, rise) = (number(low), number(high - low));
    let cycle = format!("{low} + {rise} * {scale}");
    let after = match decay_steps == 0.0 || decay_rate == 0.0 {
        true => low.clone(),
        false => {
            let (every, rate) = (number(decay_steps), number(decay_rate));
            format!("{low} / (1 + {rate} * ((t - 1 - {n} + 1) / {every}))")
        }
    };
    Ok((1.0, format!("{low} if t < 1 else ({cycle} if t - 1 < {n} else {after})"), None))
}

fn range_test(told: &mut Told<'_, '_, '_>) -> Result<Drawn, Stopped> {
    let low = number(told.or_default("lr_range_test_min_lr", 1e-3));
    let size = number(told.or_default("lr_range_test_step_size", DEFAULT_STEP_SIZE));
    let rate = number(told.or_default("lr_range_test_step_rate", 1.0));
    let whole = if told.is_on("lr_range_test_staircase", false)? { "int" } else { "" };
    Ok((1.0, format!("{low} if t < 1 else {low} * (1 + {rate} * {whole}((t - 1) / {size}))"), None))
}
