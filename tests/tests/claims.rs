//! The numbers that claims quote, from the runs they quote.

use std::path::Path;

use advisor::claims::find;
use advisor::finder::{Sweep, analyse};
use serde_json::Value;

struct Problem {
    name: String,
    /// Best LR and loss of a constant LR and of a cosine.
    constant: (f64, f64),
    cosine: (f64, f64),
    sweeps: Vec<Sweep>,
}

fn floats(value: &Value) -> Vec<f64> {
    value.as_array().unwrap().iter().map(|value| value.as_f64().unwrap_or(f64::NAN)).collect()
}

fn problems() -> Vec<Problem> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("finder/problems.json");
    let problems: Vec<Value> = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    let read = |problem: &Value| {
        let grid = floats(&problem["grid"]);
        let best = |kind: &str| {
            let losses = floats(&problem[kind]);
            let best = (0..grid.len())
                .filter(|at| losses[*at].is_finite())
                .min_by(|a, b| losses[*a].total_cmp(&losses[*b]))
                .unwrap();
            (grid[best], losses[best])
        };
        let lrs = floats(&problem["lrs"]);
        let sweeps =
            problem["losses"].as_array().unwrap().iter().map(|losses| Sweep::new(&lrs, &floats(losses)).unwrap());
        Problem {
            name: problem["name"].as_str().unwrap().to_owned(),
            constant: best("constant"),
            cosine: best("cosine"),
            sweeps: sweeps.collect(),
        }
    };
    problems.iter().map(read).collect()
}

/// That a claim's answer or evidence says these words.
#[track_caller]
fn says(claim: &str, words: &str) {
    let claim = find(claim).unwrap();
    let evidence = claim.evidence.iter().map(|evidence| evidence.finding);
    assert!(evidence.chain([claim.answer]).any(|text| text.contains(words)), "{}: {words}", claim.name);
}

#[test]
fn numbers_of_the_twenty_problems() {
    let problems = problems();
    let mut gains: Vec<f64> = problems.iter().map(|problem| 1.0 - problem.cosine.1 / problem.constant.1).collect();
    let better = gains.iter().filter(|gain| **gain > 0.0).count();
    gains.sort_by(f64::total_cmp);
    let median = (gains[9] + gains[10]) / 2.0 * 100.0;
    says("constant-lr", &format!("in {better} of {} problems, by {median:.1} % in the median", problems.len()));
    says("small-models", &format!("{better} of them gain"));

    let adam: Vec<f64> = problems
        .iter()
        .filter(|problem| problem.name.contains("Adam"))
        .map(|problem| 1.0 - problem.cosine.1 / problem.constant.1)
        .collect();
    let good: Vec<f64> = adam.iter().copied().filter(|gain| *gain > 0.0).collect();
    let (low, high) = good.iter().fold((1.0f64, 0.0f64), |(low, high), gain| (low.min(*gain), high.max(*gain)));
    says(
        "adam-adapts",
        &format!("in {} of {} problems, by {:.0} to {:.0} %", good.len(), adam.len(), low * 100.0, high * 100.0),
    );

    let ratios: Vec<f64> = problems.iter().map(|problem| problem.cosine.0 / problem.constant.0).collect();
    let equal = ratios.iter().filter(|ratio| (**ratio - 1.0).abs() < 0.01).count();
    says("tune-later", &format!("in {equal} of {} problems only", problems.len()));
    let mostly = ratios.iter().filter(|ratio| (1.7..=6.0).contains(*ratio)).count();
    assert!(mostly * 3 > problems.len() * 2, "{mostly}");
    says("which-scheduler", "mostly 2 to 6 times");

    let best = |name: &str| problems.iter().find(|problem| problem.name == name).unwrap().constant.0;
    let sizes = [16, 64, 256].map(|batch| best(&format!("SGD, 2 layers, batch {batch}")));
    says("scale-with-batch", &format!("from {:.3} to {:.3} to {:.2}", sizes[0], sizes[1], sizes[2]));
}

#[test]
fn the_steepest_slope_scatters() {
    let decades = |values: Vec<f64>| {
        let (low, high) = values.iter().fold((f64::INFINITY, 0.0f64), |(low, high), lr| (low.min(*lr), high.max(*lr)));
        (high / low).log10()
    };
    let mut steepest = Vec::new();
    let mut ours = Vec::new();
    for problem in problems() {
        let readings = analyse(&problem.sweeps).readings;
        steepest.push(decades(readings.iter().map(|reading| reading.steepest).collect()));
        ours.push(decades(readings.iter().map(|reading| reading.chosen).collect()));
    }
    steepest.sort_by(f64::total_cmp);
    ours.sort_by(f64::total_cmp);
    println!("decades over ten seeds: steepest {steepest:.1?}, ours {ours:.1?}");
    assert!(steepest[10] > 2.0 * ours[10], "{steepest:?} {ours:?}");
    says("steepest-times-ten", "from seed to seed");
}
