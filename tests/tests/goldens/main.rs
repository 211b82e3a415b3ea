//! Every LR and momentum of the recorded runs of the real libraries; see `tests/goldens/README.md`.
//!
//! torch, transformers, timm and optax must be equal to the last bit, Keras to its float32.

mod case;
mod text;

use std::path::Path;

use case::{Case, Rows};
use scheduler::{Optimizer, Schedule, ScheduleError, Scheduler, notation};

/// How near two LRs must be.
#[derive(Clone, Copy)]
enum Near {
    SameBits,
    /// A share of the largest LR of the run.
    Float32(f64),
}

/// What a run gave: the LR and momentum of each row, and the error that ended it.
struct Run {
    lrs: Vec<Vec<f64>>,
    momenta: Vec<Option<Vec<f64>>>,
    error: Option<ScheduleError>,
}

impl Run {
    fn start(optimizer: &Optimizer) -> Self {
        Self { lrs: vec![optimizer.lrs()], momenta: vec![optimizer.momenta()], error: None }
    }

    /// Takes down the row after a call; false when the run is over.
    fn note(&mut self, optimizer: &Optimizer, result: Result<(), ScheduleError>) -> bool {
        match result {
            Ok(()) => {
                self.lrs.push(optimizer.lrs());
                self.momenta.push(optimizer.momenta());
                true
            }
            Err(error) => {
                self.error = Some(error);
                false
            }
        }
    }
}

fn run(case: &Case, schedule: &Schedule) -> Run {
    let mut optimizer = case.optimizer();
    let mut scheduler = match Scheduler::new(schedule, &mut optimizer) {
        Ok(scheduler) => scheduler,
        Err(error) => return Run { lrs: vec![], momenta: vec![], error: Some(error) },
    };
    let metrics = case.metrics();
    let calls = case.rows.saturating_sub(1) + usize::from(case.error.is_some());
    let mut run = Run::start(&optimizer);
    for call in 0..calls {
        let epoch = case.step_args.as_ref().and_then(|epochs| epochs.get(call).copied().flatten());
        let result = match epoch {
            Some(epoch) => scheduler.step_to(&mut optimizer, epoch),
            None => scheduler.step(&mut optimizer, metrics.get(call).copied()),
        };
        if !run.note(&optimizer, result) {
            break;
        }
    }
    run
}

/// torch's idiom for stochastic weight averaging: one scheduler up to an epoch, SWALR after it, on one optimizer.
fn run_swa_after(case: &Case) -> Run {
    let read = |key: &str| {
        let part = &case.kwargs[key];
        let class = part.get("class").map_or("SWALR", |class| class.as_str().unwrap());
        let kwargs = part.get("kwargs").unwrap_or(part).as_object().unwrap();
        notation::parse(&text::call(class, kwargs)).unwrap()
    };
    let mut optimizer = case.optimizer();
    let mut first = Scheduler::new(&read("first"), &mut optimizer).unwrap();
    let mut swa = Scheduler::new(&read("swa"), &mut optimizer).unwrap();
    let swa_start = case.kwargs["swa_start"].as_u64().unwrap() as usize;
    let mut run = Run::start(&optimizer);
    for epoch in 0..case.rows - 1 {
        let scheduler = if epoch > swa_start { &mut swa } else { &mut first };
        let result = scheduler.step(&mut optimizer, None);
        run.note(&optimizer, result);
    }
    run
}

fn compare(what: &str, got: &[Vec<f64>], expected: &Rows, near: Near) -> Result<(), String> {
    let scale = expected.iter().flat_map(|(_, row)| row).fold(0.0f64, |max, lr| max.max(lr.abs()));
    let same = |got: f64, expected: f64| match near {
        Near::SameBits => got.to_bits() == expected.to_bits() || got.is_nan() && expected.is_nan(),
        Near::Float32(share) => (got - expected).abs() <= share * scale,
    };
    for (step, expected) in expected {
        let got = got.get(*step).ok_or_else(|| format!("no {what} at step {step}"))?;
        if got.len() != expected.len() || !got.iter().zip(expected).all(|(got, expected)| same(*got, *expected)) {
            return Err(format!("{what} at step {step} is {got:?}, expected {expected:?}"));
        }
    }
    Ok(())
}

fn check(case: &Case, near: Near) -> Result<(), String> {
    let run = if case.class == "SWALR_after" {
        run_swa_after(case)
    } else {
        let written = text::call(&case.class, &case.kwargs);
        let schedule = match notation::parse(&written) {
            Ok(schedule) => schedule,
            Err(error) if case.fails_at_once() => {
                let expected = &case.error.as_ref().unwrap().exception;
                return if error.exception.name() == *expected {
                    Ok(())
                } else {
                    Err(format!("{written} is refused with {}, not {expected}: {error}", error.exception.name()))
                };
            }
            Err(error) => return Err(format!("{written}: {error}")),
        };
        let again = notation::parse(&schedule.to_string());
        if again.as_ref() != Ok(&schedule) {
            return Err(format!("{schedule} reads as {again:?}, not {schedule:?}"));
        }
        closed_form(case, &schedule)?;
        run(case, &schedule)
    };
    let expected = case.error.as_ref().map(|error| error.exception.as_str());
    let got = run.error.as_ref().map(|error| error.exception.name());
    if expected != got {
        return Err(format!("expected error {expected:?}, got {:?}", run.error));
    }
    if run.lrs.len() != case.rows {
        return Err(format!("{} rows, expected {}", run.lrs.len(), case.rows));
    }
    compare("LR", &run.lrs, &case.expected_lrs(), near)?;
    let momenta: Vec<Vec<f64>> = run.momenta.into_iter().map(Option::unwrap_or_default).collect();
    compare("momentum", &momenta, &case.expected_momenta(), near)
}

/// torch's deprecated `step(epoch)`, which uses the closed form.
fn closed_form(case: &Case, schedule: &Schedule) -> Result<(), String> {
    let Some(expected) = case.expected_closed_form() else { return Ok(()) };
    let mut optimizer = case.optimizer();
    let mut scheduler = Scheduler::new(schedule, &mut optimizer).map_err(|error| error.to_string())?;
    let mut run = Run { lrs: vec![], momenta: vec![], error: None };
    let calls = expected.as_ref().map_or(1, Vec::len);
    for epoch in 0..calls {
        let result = scheduler.step_to(&mut optimizer, epoch as f64);
        if !run.note(&optimizer, result) {
            break;
        }
    }
    match (expected, run.error) {
        (Ok(expected), None) => compare("closed form", &run.lrs, &expected, Near::SameBits),
        (Err(expected), Some(error)) if error.exception.name() == expected => Ok(()),
        (expected, error) => Err(format!("closed form: expected {expected:?}, got {error:?}")),
    }
}

/// The run in which torch goes on with a complex LR: the rows before it are the same, then we report an error.
fn ends_where_the_lr_is_complex(case: &Case) -> Result<(), String> {
    let schedule = notation::parse(&text::call(&case.class, &case.kwargs)).map_err(|error| error.to_string())?;
    let real: Rows = (case.lrs.as_ref().unwrap().iter())
        .map_while(|row| row.iter().map(serde_json::Value::as_f64).collect::<Option<Vec<f64>>>())
        .enumerate()
        .collect();
    let run = run(case, &schedule);
    assert!(real.len() < case.rows && run.lrs.len() == real.len(), "{} of {} rows", run.lrs.len(), real.len());
    assert_eq!(run.error.map(|error| error.exception.name()), Some("TypeError"));
    compare("LR", &run.lrs, &real, Near::SameBits)
}

fn all(file: &str, expected_cases: usize, near: Near) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("goldens").join(file);
    let cases: Vec<serde_json::Value> = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    let check_one = |case: &serde_json::Value| {
        let case: Case = serde_json::from_value(case.clone()).unwrap();
        let result = match case.id.as_str() {
            "torch.LambdaLR.013" => ends_where_the_lr_is_complex(&case),
            _ => check(&case, near),
        };
        result.err().map(|failure| format!("{}: {failure}", case.id))
    };
    let failures: Vec<String> = cases.iter().filter_map(check_one).collect();
    assert!(failures.is_empty(), "{} of {} cases differ:\n{}", failures.len(), cases.len(), failures.join("\n"));
    assert_eq!(cases.len(), expected_cases);
}

macro_rules! goldens {
    ($($name:ident: $file:literal, $cases:literal, $near:expr;)+) => {
        $(#[test]
        fn $name() {
            all($file, $cases, $near);
        })+
    };
}

goldens! {
    constant_linear_exponential_polynomial: "torch_constant_linear_exp_poly.json", 28, Near::SameBits;
    cosine: "torch_cosine.json", 9, Near::SameBits;
    step_and_multi_step: "torch_step.json", 16, Near::SameBits;
    one_cycle: "torch_onecycle.json", 23, Near::SameBits;
    plateau: "torch_plateau.json", 24, Near::SameBits;
    sequential: "torch_sequential.json", 21, Near::SameBits;
    chained: "torch_chained.json", 6, Near::SameBits;
    cyclic: "torch_cyclic.json", 13, Near::SameBits;
    warm_restarts: "torch_warm_restarts.json", 11, Near::SameBits;
    lambda: "torch_lambda.json", 20, Near::SameBits;
    resumed: "torch_resume_last_epoch.json", 7, Near::SameBits;
    stochastic_weight_averaging: "torch_swa.json", 9, Near::SameBits;
    transformers: "transformers.json", 41, Near::SameBits;
    timm: "timm.json", 37, Near::SameBits;
    optax: "optax.json", 34, Near::SameBits;
    gradual_warmup: "gradual_warmup.json", 47, Near::SameBits;
    keras: "keras.json", 11, Near::Float32(5e-7);
}
