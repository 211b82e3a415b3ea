//! Burn in a real browser: WebGPU and the CPU in WebAssembly train, and they agree.
//!
//! Needs both device features, as the workers of a development build have, so that Burn is compiled once for all.

#![cfg(all(target_family = "wasm", feature = "cpu", feature = "webgpu"))]

use std::cell::RefCell;

use scheduler::Schedule;
use trainer::browser::{open_webgpu, run_constructors};
use trainer::engine::Engine;
use trainer::experiment::{
    Activation, Data, Experiment, Groups, Norm, Optimizer, Perceptron, Points, Task, Tokens, Transformer, Validation,
};
use trainer::session::{Session, State};
use trainer::{Device, Lane, Outcome, Run, ScheduledLr, StepReport, decode, encode, outcome, presets};
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

/// The same program on both devices, from the same weights and on the same data, to 1e-3 of the loss over all steps.
async fn compare(experiment: &Experiment, lrs: &[f64]) {
    let gpu = train(experiment, lrs, &[0, 1], &webgpu().await).await;
    let cpu = train(experiment, lrs, &[0, 1], &Device::flex()).await;
    assert_eq!(gpu.len(), experiment.steps);
    for (gpu, cpu) in gpu.iter().zip(&cpu) {
        assert_eq!(gpu.lr, cpu.lr);
        for (gpu, cpu) in gpu.loss.iter().zip(&cpu.loss) {
            // Sums in another order, which the updates amplify.
            assert!((gpu - cpu).abs() < 1e-3 * cpu, "WebGPU {gpu}, CPU {cpu}");
        }
        assert_eq!(gpu.validation.is_some(), cpu.validation.is_some());
        if let (Some(gpu), Some(cpu)) = (&gpu.validation, &cpu.validation) {
            for (gpu, cpu) in gpu.loss.iter().zip(&cpu.loss) {
                assert!((gpu - cpu).abs() < 1e-3 * cpu, "validation: WebGPU {gpu}, CPU {cpu}");
            }
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
        let task = Task::Tokens(Tokens::Reverse, model);
        compare(&Experiment { task, batch: 4, steps: 20, ..presets::warmup().experiment }, &[1e-3, 3e-3]).await;
    }
}

#[wasm_bindgen_test]
async fn webgpu_trains_the_perceptron_as_the_cpu_does() {
    let task = Task::Points(Points::Spirals, perceptron(2));
    compare(&Experiment { task, batch: 32, steps: 20, ..presets::spirals().experiment }, &[0.05, 0.1]).await;
}

#[wasm_bindgen_test]
async fn webgpu_validates_clips_and_decays_as_the_cpu_does() {
    let experiment = Experiment {
        task: Task::from_name("teacher").unwrap(),
        optimizer: Optimizer::adam_w(),
        groups: Groups { input: 0.5, decay_vectors: false, ..Groups::ONE },
        clip: Some(0.5),
        batch: 16,
        steps: 20,
        data: Data::Fixed(64),
        validation: Some(Validation { examples: 32, every: 5 }),
        goal: 0.5,
    };
    compare(&experiment, &[1e-3, 3e-3]).await;
}

fn perceptron(layers: usize) -> Perceptron {
    Perceptron { hidden: 16, layers, activation: Activation::Tanh }
}

#[wasm_bindgen_test]
async fn a_lane_that_turns_nan_leaves_the_others_alone_on_webgpu() {
    let task = Task::Points(Points::Spirals, perceptron(1));
    let experiment = Experiment { task, batch: 32, steps: 5, ..presets::spirals().experiment };
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
        outcome(&experiment.task, experiment.goal, &loss, &accuracy, None) == Outcome::Learned
    });
    assert!(learned.count() >= 2, "{:?}", reports.last());
}

#[wasm_bindgen_test]
async fn a_run_that_loses_its_gpu_goes_on_where_it_was() {
    let task = Task::Points(Points::Spirals, perceptron(1));
    let run = Run {
        experiment: Experiment { task, batch: 16, steps: 12, ..presets::spirals().experiment },
        schedules: vec![ScheduledLr { base_lr: 0.1, schedule: Schedule::constant() }],
        lanes: vec![Lane { schedule: 0, seed: 0 }],
        ends_when_diverged: false,
    };
    let whole = train(&run.experiment, &[0.1], &[0], &Device::flex()).await;
    let mut on_gpu = Session::start(&run, None, &webgpu().await).unwrap();
    let before = on_gpu.train(5).await.unwrap();
    let checkpoint = on_gpu.checkpoint().await.unwrap();
    drop(on_gpu);
    // The page keeps checkpoints as bytes, and starts another worker with one when the first is gone.
    let checkpoint = decode(&encode(&checkpoint)).unwrap();
    let mut on_cpu = Session::start(&run, Some(&checkpoint), &Device::flex()).unwrap();
    let after = on_cpu.train(100).await.unwrap();
    assert_eq!((before.len(), after.len(), on_cpu.state()), (5, 7, State::Done));
    for (got, expected) in before.iter().chain(&after).zip(&whole) {
        assert!((got.loss[0] - expected.loss[0]).abs() < 1e-3 * expected.loss[0], "{got:?} {expected:?}");
    }
}
