//! A run of 10,000 steps needs no more memory at its end than near its begin: what a step has made is gone when it has
//! been reported.

#![cfg(all(feature = "cpu", not(target_family = "wasm")))]

use burn_tensor::read_sync;
use peak_alloc::PeakAlloc;
use scheduler::Schedule;
use trainer::experiment::{Activation, Experiment, Perceptron, Points, Task};
use trainer::session::{Session, State};
use trainer::{Device, Lane, Run, ScheduledLr, presets};

#[global_allocator]
static ALLOCATED: PeakAlloc = PeakAlloc;

/// Steps after which everything is compiled, and all pools are as large as they get.
const BEGIN: usize = 1_000;
const STEPS: usize = BEGIN + 10_000;
/// What may come and go in bytes of the heap: 40 bytes a step, less than any tensor that is kept takes. What is on its way to a
/// GPU at that moment was seen to be up to 111,000 bytes.
const HEAP: usize = 400_000;
/// What the whole process may grow by, in bytes: its pages come by the thousand, and a driver keeps its own.
const PROCESS: usize = 4 << 20;

fn run() -> Run {
    let task = Task::Points(Points::Spirals, Perceptron { hidden: 8, layers: 1, activation: Activation::Tanh });
    Run {
        experiment: Experiment { task, batch: 8, steps: STEPS, ..presets::spirals().experiment },
        schedules: vec![ScheduledLr { base_lr: 0.01, schedule: Schedule::constant() }],
        lanes: (0..2).map(|seed| Lane { schedule: 0, seed }).collect(),
        ends_when_diverged: false,
    }
}

/// Bytes of the process that are in memory, where that can be known.
fn process() -> Option<usize> {
    let pages = std::fs::read_to_string("/proc/self/statm").ok()?;
    Some(pages.split(' ').nth(1)?.parse::<usize>().ok()? * 4096)
}

fn assert_flat(device: &Device) {
    let mut session = Session::start(&run(), None, device).unwrap();
    let mut train = |until: usize| {
        while session.step() < until {
            assert!(!read_sync(session.train((until - session.step()).min(100))).unwrap().is_empty());
        }
        session.state()
    };
    assert_eq!(train(BEGIN), State::Running);
    let (heap, resident) = (ALLOCATED.current_usage(), process());
    assert_eq!(train(STEPS), State::Done);
    let grown = ALLOCATED.current_usage().saturating_sub(heap);
    println!("the heap has grown by {grown} bytes");
    assert!(grown < HEAP, "the heap has grown by {grown} bytes");
    if let Some((before, after)) = resident.zip(process()) {
        println!("the process has grown by {} bytes", after.saturating_sub(before));
        assert!(after.saturating_sub(before) < PROCESS, "the process has grown from {before} to {after} bytes");
    }
}

/// One test: what runs beside it would allocate, too.
#[test]
fn ten_thousand_steps_keep_nothing() {
    assert_flat(&Device::flex());
    #[cfg(feature = "webgpu")]
    assert_flat(&trainer::webgpu::open().expect("a GPU, or one computed in software").device);
}
