//! `model.fit` of Keras: a schedule in the optimizer counts its steps, callbacks set the LR where an epoch begins or ends.
//!
//! As in Keras 3.15, which keeps the LR in float32.

use scheduler::{Optimizer, Scheduler, notation};

use super::super::metrics::Metrics;
use super::super::numbers::Numbers;
use super::super::{Note, Stopped, Track};
use super::recorder::Recorder;
use super::told::Told;
use crate::effect::number;
use crate::plan::{Argument, ArgumentValue, FunctionFacts, Owner, Plan, Settings};

/// Optimizers whose LR is another by default than the 0.001 of all others.
const DEFAULT_LRS: [(&str, f64); 2] = [("sgd", 0.01), ("schedulefreeadamw", 0.0025)];
/// The LR of the others.
const DEFAULT_LR: f64 = 0.001;
/// `model.compile(optimizer=...)`.
const DEFAULT_OPTIMIZER: &str = "rmsprop";

/// Goes through one call of `fit`.
pub(super) fn run<'p>(plan: &'p Plan, fit: &mut Told<'p, '_, '_>, metrics: &mut Metrics<'_>) -> Result<Track, Stopped> {
    let model = &fit.settings.class;
    let compile = plan.settings_of(Owner::KerasCompile).find(|compile| compile.class == *model);
    let Some(compile) = compile else { return Err(fit.refused("Where the model is compiled is not in sight.".into())) };
    let optimizer = plan.given_to(compile, Owner::KerasOptimizer).next();
    let schedule = optimizer.and_then(|optimizer| plan.given_to(optimizer, Owner::KerasSchedule).next());
    let epochs = fit.or_default("epochs", 1.0);
    let settings = fit.settings;
    let count = |numbers: &mut Numbers<'_>| match settings.argument("steps_per_epoch") {
        Some(_) => Told::new(settings, numbers).needed("steps_per_epoch", ""),
        None => Told::new(settings, numbers).batches(None),
    };
    // Callbacks set the LR for whole epochs, of which each may count as one step.
    let batches = if schedule.is_none() { fit.numbers.spare_batches(count) } else { count(fit.numbers) };
    let callbacks: Vec<&Settings> = plan.given_to(fit.settings, Owner::KerasCallback).collect();
    let span = optimizer.map_or(compile.span, |optimizer| optimizer.span);
    let mut recorder = match schedule {
        Some(schedule) => {
            let text = constructor(&mut fit.of(schedule), &schedule.class)?;
            let mut recorder = Recorder::new(1.0, span);
            recorder.build(&fit.schedule(&text)?)?;
            recorder
        }
        None => Recorder::new(lr(&mut fit.of(optimizer.unwrap_or(compile)), optimizer.is_some())?, span),
    };
    let (mut functions, mut plateaus) = (Vec::new(), Vec::new());
    for callback in callbacks {
        let mut told = fit.of(callback);
        match callback.class.as_str() {
            "LearningRateScheduler" => functions.push(function(&told)?),
            "ReduceLROnPlateau" => {
                let text = constructor(&mut told, "keras.callbacks.ReduceLROnPlateau")?;
                let schedule = told.schedule(&text)?;
                plateaus.push((recorder.build(&schedule)?, schedule.maximizes()));
            }
            _ => {}
        }
    }
    if let [_, .., last] = functions.as_slice() {
        let text = "Of several functions that may set the LR the last one is shown.".to_owned();
        fit.numbers.note(Note { span: last.0.span, text });
    }
    if schedule.is_some() && !(functions.is_empty() && plateaus.is_empty()) {
        return Err(fit.refused("A callback sets the LR that a schedule in the optimizer gives; Keras raises.".into()));
    }
    // What a function computes with is asked for with the rest.
    for (callback, function) in &functions {
        value(&mut fit.of(callback), function, 0, 1.0)?;
    }
    fit.steps(epochs * batches)?;
    for epoch in 0..epochs as usize {
        for (callback, function) in &functions {
            let lr = value(&mut fit.of(callback), function, epoch, recorder.lr())?;
            recorder.set(f64::from(lr as f32));
        }
        for _ in 0..batches as usize {
            recorder.update();
            if schedule.is_some() {
                recorder.step(0, None);
            }
        }
        for (plateau, maximizes) in &plateaus {
            let metric = metrics.next(fit.numbers, fit.settings.span, *maximizes);
            recorder.step(*plateau, Some(metric));
        }
    }
    Ok(recorder.track())
}

/// The LR of an optimizer, built (`Adam(1e-3)`) or named (`optimizer='adam'`).
fn lr(told: &mut Told<'_, '_, '_>, is_built: bool) -> Result<f64, Stopped> {
    let name = match is_built {
        true => told.settings.class.as_str(),
        false => told.text("optimizer", DEFAULT_OPTIMIZER)?,
    };
    let name = name.to_ascii_lowercase();
    let default = DEFAULT_LRS.iter().find(|(known, _)| *known == name).map_or(DEFAULT_LR, |(_, lr)| *lr);
    let lr = if is_built { told.maybe("learning_rate") } else { told.numbers.named("learning_rate") };
    Ok(f64::from(lr.unwrap_or_else(|| told.or_default("learning_rate", default)) as f32))
}

/// The constructor text of a schedule or callback.
fn constructor(told: &mut Told<'_, '_, '_>, class: &str) -> Result<String, Stopped> {
    let mut arguments = Vec::new();
    for argument in told.settings.arguments.iter().filter(|argument| argument.name != "name") {
        arguments.push(format!("{}={}", argument.name, told.literal(argument)?));
    }
    Ok(format!("{class}({})", arguments.join(", ")))
}

/// The function of a `LearningRateScheduler`.
fn function<'p>(told: &Told<'p, '_, '_>) -> Result<(&'p Settings, &'p FunctionFacts), Stopped> {
    match told.settings.argument("schedule") {
        Some(Argument { value: ArgumentValue::Function(function), .. }) if !function.body.is_empty() => {
            Ok((told.settings, function))
        }
        _ => Err(told.refused("What the function of LearningRateScheduler computes is not known.".to_owned())),
    }
}

/// What the function gives: it is called with the epoch, and with the LR in force if it takes it.
fn value(told: &mut Told<'_, '_, '_>, function: &FunctionFacts, epoch: usize, lr: f64) -> Result<f64, Stopped> {
    let span = told.span();
    let text = function.expression(&mut |quantity| told.numbers.value(quantity, "schedule", span));
    let Some(mut text) = text else { return Ok(lr) };
    let given = [number(epoch as f64), format!("({lr:?})")];
    for (parameter, value) in function.parameters.iter().zip(&given) {
        text = with_value(&text, parameter, value);
    }
    let computed = notation::parse(&format!("LambdaLR(lr_lambda=lambda _: {text})")).map_err(|error| error.message);
    let mut optimizer = Optimizer::sgd(&[1.0], 0.0);
    let built =
        computed.and_then(|schedule| Scheduler::new(&schedule, &mut optimizer).map_err(|error| error.to_string()));
    let refused = |message| format!("The function of LearningRateScheduler cannot be computed: {message}");
    built.map_err(|message| Stopped::Unreadable(Note { span, text: refused(message) }))?;
    Ok(optimizer.lrs().first().copied().unwrap_or(lr))
}

/// An expression with a value in place of a name.
fn with_value(text: &str, name: &str, value: &str) -> String {
    let is_part = |c: char| c.is_alphanumeric() || matches!(c, '_' | '.');
    let mut result = String::new();
    let mut rest = text;
    while let Some(start) = rest.find(is_part) {
        let length = rest[start..].find(|c| !is_part(c)).unwrap_or(rest.len() - start);
        let word = &rest[start..start + length];
        result.push_str(&rest[..start]);
        result.push_str(if word == name { value } else { word });
        rest = &rest[start + length..];
    }
    result + rest
}
