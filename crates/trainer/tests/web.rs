//! Burn in a real browser: WebGPU and the CPU in WebAssembly train, and they agree.
//!
//! Needs both device features, as the workers of a development build have, so that Burn is compiled once for all.

#![cfg(all(target_family = "wasm", feature = "cpu", feature = "webgpu"))]

mod devices;

use std::cell::RefCell;

use devices::{assert_alike, assert_nan_stays_in_its_lane, runs, spirals, train};
use scheduler::Schedule;
use trainer::browser::run_constructors;
use trainer::experiment::Experiment;
use trainer::session::{Session, State};
use trainer::{Device, Lane, Outcome, Run, ScheduledLr, decode, encode, outcome, presets};
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
    let gpu = trainer::webgpu::open().await.expect("WebGPU");
    console_log!("WebGPU: {}", gpu.name());
    OPENED.replace(Some(gpu.device.clone()));
    gpu.device
}

#[wasm_bindgen_test]
async fn webgpu_trains_as_the_cpu_does() {
    for (experiment, lrs) in runs() {
        assert_alike(&experiment, &lrs, &webgpu().await).await;
    }
}

#[wasm_bindgen_test]
async fn a_lane_that_turns_nan_leaves_the_others_alone_on_webgpu() {
    assert_nan_stays_in_its_lane(&webgpu().await).await;
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
    let run = Run {
        experiment: Experiment { batch: 16, steps: 12, ..spirals(1) },
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
