//! What the speed bench in `tests/speed` gives to this trainer and to its peers: workloads with the same weights, the same
//! batches and the losses that follow from them.
//!
//! `cargo run -p lrscope-trainer --example bench_setup -- FOLDER` writes `setup.json` and, beside it, `data.bin`: little-endian
//! float32, to which the offsets in `setup.json` point (counted in numbers).

use std::error::Error;
use std::fs;
use std::path::Path;

use burn_tensor::{Device, read_sync};
use scheduler::Schedule;
use serde_json::{Value, json};
use trainer::experiment::{Activation, Data, Experiment, Groups, Optimizer, Perceptron, Task, Teacher};
use trainer::session::Session;
use trainer::tasks::Examples;
use trainer::{Lane, Run, ScheduledLr, ToWorker, encode, native, presets};

/// Steps whose losses are compared, and batches that the peers are given.
const STEPS: usize = 20;
/// The most lanes that are measured.
const LANES: usize = 16;

fn main() -> Result<(), Box<dyn Error>> {
    let folder = std::env::args().nth(1).ok_or("Say into which folder to write.")?;
    let folder = Path::new(&folder);
    fs::create_dir_all(folder)?;
    let mut data = Vec::new();
    let workloads = [perceptron(), transformer()]
        .into_iter()
        .map(|(name, experiment, lr)| workload(name, &experiment, lr, &mut data))
        .collect::<Result<Vec<_>, _>>()?;
    let stop = encode(&ToWorker::Stop);
    fs::write(folder.join("setup.json"), serde_json::to_vec(&json!({ "workloads": workloads, "stop": stop }))?)?;
    fs::write(folder.join("data.bin"), data.into_iter().flat_map(f32::to_le_bytes).collect::<Vec<u8>>())?;
    Ok(())
}

/// 20-64-64-10 under SGD with momentum.
fn perceptron() -> (&'static str, Experiment, f64) {
    let task = Task::Teacher(
        Teacher { inputs: 20, classes: 10, noise: 0.0 },
        Perceptron { hidden: 64, layers: 2, activation: Activation::Relu },
    );
    ("perceptron", experiment(task, Optimizer::sgd(0.9), 64), 0.05)
}

/// The transformer of the demo of warmup, under Adam.
fn transformer() -> (&'static str, Experiment, f64) {
    let Experiment { task, optimizer, batch, .. } = presets::warmup().experiment;
    ("transformer", experiment(task, optimizer, batch), 1e-3)
}

/// As many steps as may be, so that a measurement ends when the bench has seen enough.
fn experiment(task: Task, optimizer: Optimizer, batch: usize) -> Experiment {
    let steps = *trainer::validate::STEPS.end();
    let data = Data::Fixed(STEPS * batch);
    Experiment { task, optimizer, groups: Groups::ONE, clip: None, batch, steps, data, validation: None, goal: 0.9 }
}

fn workload(name: &str, experiment: &Experiment, lr: f64, data: &mut Vec<f32>) -> Result<Value, Box<dyn Error>> {
    let run = |lanes: &mut dyn Iterator<Item = usize>| Run {
        experiment: experiment.clone(),
        schedules: vec![ScheduledLr { base_lr: lr, schedule: Schedule::constant() }],
        lanes: lanes.map(|seed| Lane { schedule: 0, seed: seed as u64 }).collect(),
        ends_when_diverged: false,
    };
    let all = run(&mut (0..LANES));
    let short = Experiment { steps: STEPS, ..experiment.clone() };
    let losses: Vec<Vec<f32>> = native::train(&short, &all.schedules, &all.lanes, native::threads())?
        .into_iter()
        .map(|step| step.loss)
        .collect();

    let mut put = |values: &[f32]| {
        data.extend(values);
        data.len() - values.len()
    };
    let session = Session::start(&all, None, &Device::flex())?;
    let weights = put(&read_sync(session.checkpoint())?.weights);
    let seeds: Vec<u64> = (0..LANES as u64).collect();
    let mut examples = Examples::new(experiment, &seeds);
    let (mut rows, mut batches) = (0, Vec::new());
    for step in 0..STEPS {
        let batch = examples.draw(step);
        rows = batch.rows;
        batches.push(json!({ "input": put(&batch.input), "target": put(&batch.target) }));
    }
    // The messages that start the runs: for one lane, and for all of them in one worker and dealt out to more.
    let start = |lanes: &mut dyn Iterator<Item = usize>| {
        encode(&ToWorker::Start { id: 1, run: Box::new(run(lanes)), from: None })
    };
    let dealt: Vec<Vec<Vec<u8>>> = (1..=LANES)
        .map(|workers| (0..workers).map(|worker| start(&mut (worker..LANES).step_by(workers))).collect())
        .collect();
    Ok(json!({
        "name": name,
        "words": experiment.task.to_string(),
        "experiment": experiment,
        "lr": lr,
        "lanes": LANES,
        "rows": rows,
        "width": experiment.task.width(),
        "classes": experiment.task.classes(),
        "weights": weights,
        "batches": batches,
        "losses": losses,
        "startOne": start(&mut (0..1)),
        "startAll": dealt,
    }))
}
