//! Burn in a real browser: WebGPU and the CPU in WebAssembly train, and they agree.
//!
//! Needs both device features, as the workers of a development build have, so that Burn is compiled once for all.

#![cfg(all(target_family = "wasm", feature = "cpu", feature = "webgpu"))]

use std::cell::RefCell;

use scheduler::Schedule;
use trainer::browser::{open_webgpu, run_constructors};
use trainer::engine::Engine;
use trainer::experiment::{Experiment, Norm, Optimizer, Perceptron, Task, Transformer};
use trainer::{Device, Lane, Outcome, ScheduledLr, StepReport, outcome, presets};
use wasm_bindgen_test::{console_log, wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_dedicated_worker);

/// The tests share one program, and WebGPU can be opened once in it.
async fn webgpu() -> Device {
    thread_local! {
        static OPENED: RefCell<Option<Device>> = const { RefCell::new(None) };
    }
    run_constructors();
    if let Some(device) = OPENED.with_borrow(Clone::clone) {
        return device;
    }
    let (device, name) = open_webgpu().await.expect("WebGPU");
    console_log!("WebGPU: {name}");
    OPENED.replace(Some(device.clone()));
    device
}

async fn train(experiment: &Experiment, lrs: &[f64], seeds: &[u64], device: &Device) -> Vec<StepReport> {
    let scheduled = |&base_lr: &f64| ScheduledLr { base_lr, schedule: Schedule::constant() };
    let schedules: Vec<ScheduledLr> = lrs.iter().map(scheduled).collect();
    let lanes: Vec<Lane> =
        (0..lrs.len()).flat_map(|schedule| seeds.iter().map(move |&seed| Lane { schedule, seed })).collect();
    let mut engine = Engine::new(experiment, &schedules, &lanes, device).unwrap();
    let reports = engine.advance(experiment.steps).await.unwrap();
    assert!(engine.is_done());
    reports
}

/// The same program on both devices, from the same weights and on the same data.
async fn compare(experiment: &Experiment, lrs: &[f64]) {
    let gpu = train(experiment, lrs, &[0, 1], &webgpu().await).await;
    let cpu = train(experiment, lrs, &[0, 1], &Device::flex()).await;
    assert_eq!(gpu.len(), experiment.steps);
    for (gpu, cpu) in gpu.iter().zip(&cpu) {
        assert_eq!(gpu.lr, cpu.lr);
        for (gpu, cpu) in gpu.loss.iter().zip(&cpu.loss) {
            // Sums in another order; five updates amplify that only a little at these LRs.
            assert!((gpu - cpu).abs() < 2e-4 * cpu, "WebGPU {gpu}, CPU {cpu}");
        }
    }
    let moved = |reports: &[StepReport]| reports[0].loss != reports[experiment.steps - 1].loss;
    assert!(moved(&gpu) && moved(&cpu), "nothing was trained");
}

#[wasm_bindgen_test]
async fn webgpu_trains_the_transformer_as_the_cpu_does() {
    for norm in [Norm::Post, Norm::Pre] {
        let model =
            Transformer { layers: 1, d_model: 16, heads: 2, feed_forward: 24, sequence: 5, vocabulary: 6, norm };
        let optimizer = Optimizer::Adam { beta1: 0.9, beta2: 0.999, epsilon: 1e-8 };
        compare(&Experiment { task: Task::Reverse(model), optimizer, batch: 4, steps: 5 }, &[1e-3, 3e-3]).await;
    }
}

#[wasm_bindgen_test]
async fn webgpu_trains_the_perceptron_as_the_cpu_does() {
    let task = Task::Spirals(Perceptron { hidden: 16, layers: 2 });
    compare(&Experiment { task, optimizer: Optimizer::Sgd { momentum: 0.9 }, batch: 32, steps: 5 }, &[0.05, 0.1]).await;
}

#[wasm_bindgen_test]
async fn a_lane_that_turns_nan_leaves_the_others_alone_on_webgpu() {
    let task = Task::Spirals(Perceptron { hidden: 16, layers: 1 });
    let experiment = Experiment { task, optimizer: Optimizer::Sgd { momentum: 0.9 }, batch: 32, steps: 5 };
    let device = webgpu().await;
    let mixed = train(&experiment, &[1e38, 0.1], &[0], &device).await;
    let healthy = train(&experiment, &[0.1, 0.1], &[0], &device).await;
    assert!(mixed[4].loss[0].is_nan(), "{:?}", mixed[4]);
    assert_eq!(mixed[4].loss[1], healthy[4].loss[1]);
    assert!(healthy[4].loss[1].is_finite());
}

#[wasm_bindgen_test]
async fn the_cpu_learns_the_spirals() {
    run_constructors();
    let experiment = presets::spirals().experiment;
    let reports = train(&experiment, &[0.5], &[0, 1, 2], &Device::flex()).await;
    let learned = (0..3).filter(|&lane| {
        let (loss, accuracy): (Vec<f32>, Vec<f32>) =
            reports.iter().map(|report| (report.loss[lane], report.accuracy[lane])).unzip();
        outcome(&experiment.task, &loss, &accuracy) == Outcome::Learned
    });
    assert!(learned.count() >= 2, "{:?}", reports.last());
}
