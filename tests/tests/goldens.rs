//! Every LR and momentum of the recorded torch runs, bit for bit; see `tests/goldens/README.md`.

use std::path::Path;

use scheduler::{MomentumKind, Optimizer, curve, notation};
use serde::Deserialize;
use serde_json::Value;

#[derive(Deserialize)]
struct Case {
    id: String,
    class: String,
    kwargs: serde_json::Map<String, Value>,
    optimizer: RecordedOptimizer,
    base_lrs: Vec<f64>,
    rows: usize,
    lrs: Option<Vec<Vec<Value>>>,
    lrs_sampled: Option<Vec<(usize, Vec<Value>)>>,
    momentum: Option<Vec<Vec<Value>>>,
    momentum_sampled: Option<Vec<(usize, Vec<Value>)>>,
    metrics: Option<Vec<Value>>,
    /// Arguments given to `step()`: the deprecated `step(epoch)`, which is not covered.
    step_args: Option<Vec<Option<f64>>>,
    error: Option<RecordedError>,
}

#[derive(Deserialize)]
struct RecordedOptimizer {
    name: String,
    #[serde(default)]
    defaults: serde_json::Map<String, Value>,
}

#[derive(Deserialize)]
struct RecordedError {
    #[serde(rename = "where")]
    place: String,
    #[serde(rename = "type")]
    exception: String,
}

/// A JSON value as a Python argument.
fn argument(value: &Value) -> String {
    match value {
        Value::Null => "None".into(),
        Value::Bool(true) => "True".into(),
        Value::Bool(false) => "False".into(),
        Value::Number(number) => number.to_string(),
        Value::String(text) => format!("'{text}'"),
        Value::Array(items) => format!("[{}]", items.iter().map(argument).collect::<Vec<_>>().join(", ")),
        Value::Object(object) => match (object.get("class"), object.get("fn")) {
            (Some(class), _) => call(class.as_str().unwrap(), object["kwargs"].as_object().unwrap()),
            (_, Some(function)) => named_function(function.as_str().unwrap(), &object["args"]),
            _ => panic!("unknown object {object:?}"),
        },
    }
}

fn call(class: &str, kwargs: &serde_json::Map<String, Value>) -> String {
    let arguments: Vec<String> = kwargs.iter().map(|(key, value)| format!("{key}={}", argument(value))).collect();
    format!("{class}({})", arguments.join(", "))
}

/// The functions that the recorded runs used, as the lambdas they were.
fn named_function(name: &str, args: &Value) -> String {
    let arg = |key: &str| args[key].to_string();
    match name {
        "warmup_constant" => format!("lambda e: (e + 1) / {0} if e < {0} else 1.0", arg("warmup")),
        "inv_sqrt" => format!("lambda e: min((e + 1) ** -0.5, (e + 1) * {} ** -1.5)", arg("warmup")),
        "noam" => format!(
            "lambda e: ({} ** -0.5) * min((e + 1) ** -0.5, (e + 1) * {} ** -1.5)",
            arg("d_model"),
            arg("warmup")
        ),
        "poly" => format!("lambda e: (1 - e / {}) ** {}", arg("total"), arg("power")),
        "linear_warmup_decay" => {
            format!("lambda e: e / {0} if e < {0} else max(0, ({1} - e) / ({1} - {0}))", arg("warmup"), arg("total"))
        }
        "warmup_cosine" => format!(
            "lambda e: (e + 1) / {0} if e < {0} else 0.5 * (1 + math.cos(math.pi * ((e - {0}) / ({1} - {0}))))",
            arg("warmup"),
            arg("total")
        ),
        "floor_div" => format!("lambda e: e // {}", arg("n")),
        "power_of" => format!("lambda e: {} ** e", arg("base")),
        "const" => format!("lambda e: {}", arg("value")),
        "inv_time" => format!("lambda e: 1 / (1 + {} * e)", arg("k")),
        "every" => format!("lambda e: {} if e % {} == 0 else 1", arg("factor"), arg("n")),
        "sine_scale" => "lambda x: 0.5 * (1 + math.sin(x * math.pi / 2))".into(),
        "pow5_scale" => format!("lambda x: 1 / (5 ** (x * {}))", arg("k")),
        _ => panic!("unknown function {name}"),
    }
}

fn float(value: &Value) -> f64 {
    match value.as_str() {
        Some("NaN") => f64::NAN,
        Some("Infinity") => f64::INFINITY,
        Some("-Infinity") => f64::NEG_INFINITY,
        _ => value.as_f64().unwrap_or_else(|| panic!("not a real number: {value}")),
    }
}

fn optimizer(case: &Case) -> Optimizer {
    let kind = match case.optimizer.name.as_str() {
        "SGD" => MomentumKind::Momentum,
        "Adam" | "AdamW" => MomentumKind::Beta1,
        "Adagrad" => MomentumKind::None,
        other => panic!("unknown optimizer {other}"),
    };
    let momentum = match kind {
        MomentumKind::Momentum => case.optimizer.defaults.get("momentum").map_or(0.0, float),
        _ => 0.9,
    };
    Optimizer::new(&case.base_lrs, kind, momentum)
}

/// Rows that must be equal to the last bit: `(step, expected)`.
fn rows(all: Option<&Vec<Vec<Value>>>, sampled: Option<&Vec<(usize, Vec<Value>)>>) -> Vec<(usize, Vec<f64>)> {
    let floats = |row: &Vec<Value>| row.iter().map(float).collect();
    match (all, sampled) {
        (Some(all), _) => all.iter().map(floats).enumerate().collect(),
        (None, Some(sampled)) => sampled.iter().map(|(step, row)| (*step, floats(row))).collect(),
        (None, None) => Vec::new(),
    }
}

fn check(case: &Case) -> Result<(), String> {
    let text = call(&case.class, &case.kwargs);
    let expects_error_at_init = case.error.as_ref().is_some_and(|error| error.place == "init");
    let schedule = match notation::parse(&text) {
        Ok(schedule) => schedule,
        Err(_) if expects_error_at_init => return Ok(()),
        Err(error) => return Err(format!("{text}: {error}")),
    };
    let written = schedule.to_string();
    let again = notation::parse(&written).map_err(|error| format!("{written} cannot be read: {error}"))?;
    // With factor 1 the length of ConstantLR plays no part and is not written.
    if again != schedule && case.id != "torch.ConstantLR.006" && !written.contains("factor=1.0") {
        return Err(format!("{written} reads as {again:?}, not {schedule:?}"));
    }

    let metrics: Vec<f64> = case.metrics.iter().flatten().map(float).collect();
    let steps = case.rows + usize::from(case.error.is_some());
    let curve = curve(&schedule, optimizer(case), steps, &metrics);
    match (&case.error, &curve.error) {
        (Some(expected), Some((_, error))) if expected.exception == error.exception.name() => {}
        (None, None) => {}
        (expected, error) => {
            return Err(format!("expected error {:?}, got {error:?}", expected.as_ref().map(|error| &error.exception)));
        }
    }
    if curve.lrs.len() != case.rows {
        return Err(format!("{} rows, expected {}", curve.lrs.len(), case.rows));
    }
    let same = |got: &[f64], expected: &[f64]| {
        got.len() == expected.len()
            && got.iter().zip(expected).all(|(got, expected)| got.to_bits() == expected.to_bits())
    };
    for (step, expected) in rows(case.lrs.as_ref(), case.lrs_sampled.as_ref()) {
        if !same(&curve.lrs[step], &expected) {
            return Err(format!("LR at step {step} is {:?}, expected {expected:?}", curve.lrs[step]));
        }
    }
    for (step, expected) in rows(case.momentum.as_ref(), case.momentum_sampled.as_ref()) {
        let momenta = curve.momenta.as_ref().ok_or("no momentum")?;
        if !same(&momenta[step], &expected) {
            return Err(format!("momentum at step {step} is {:?}, expected {expected:?}", momenta[step]));
        }
    }
    Ok(())
}

/// Runs all cases of a file that the scheduler covers: not the deprecated `step(epoch)`, and not the run in which torch
/// goes on with a complex LR where we report an error.
fn run(file: &str, expected_cases: usize) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("goldens").join(file);
    let cases: Vec<Case> = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    let covered = |case: &&Case| case.step_args.is_none() && case.id != "torch.LambdaLR.013";
    let cases: Vec<_> = cases.iter().filter(covered).collect();
    let failures: Vec<String> =
        cases.iter().filter_map(|case| check(case).err().map(|failure| format!("{}: {failure}", case.id))).collect();
    assert!(failures.is_empty(), "{} of {} cases differ:\n{}", failures.len(), cases.len(), failures.join("\n"));
    assert_eq!(cases.len(), expected_cases);
}

#[test]
fn constant_linear_exponential_polynomial() {
    run("torch_constant_linear_exp_poly.json", 28);
}

#[test]
fn cosine() {
    run("torch_cosine.json", 9);
}

#[test]
fn step_and_multi_step() {
    run("torch_step.json", 16);
}

#[test]
fn one_cycle() {
    run("torch_onecycle.json", 23);
}

#[test]
fn plateau() {
    run("torch_plateau.json", 24);
}

#[test]
fn sequential() {
    run("torch_sequential.json", 21);
}

#[test]
fn chained() {
    run("torch_chained.json", 6);
}

#[test]
fn cyclic() {
    run("torch_cyclic.json", 13);
}

#[test]
fn warm_restarts() {
    run("torch_warm_restarts.json", 6);
}

#[test]
fn lambda() {
    run("torch_lambda.json", 19);
}
