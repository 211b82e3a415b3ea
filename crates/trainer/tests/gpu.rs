//! The GPU of this machine trains as its CPU does: by Vulkan, Metal or DirectX 12, or by what computes one of them in
//! software.

#![cfg(all(feature = "cpu", feature = "webgpu", not(target_family = "wasm")))]

mod devices;

use std::sync::LazyLock;

use burn_tensor::read_sync;
use devices::{assert_alike, assert_nan_stays_in_its_lane, runs};
use trainer::native::{Compute, train_run};
use trainer::webgpu::Gpu;
use trainer::{Device, presets};

/// A program can open it once.
static GPU: LazyLock<Gpu> = LazyLock::new(|| trainer::webgpu::open().expect("a GPU, or one computed in software"));

#[test]
fn it_loses_what_the_cpu_loses() {
    println!("{}", GPU.name());
    for (experiment, lrs) in runs() {
        read_sync(assert_alike(&experiment, &lrs, &GPU.device));
    }
}

#[test]
fn a_lane_that_turns_nan_leaves_the_others_alone() {
    read_sync(assert_nan_stays_in_its_lane(&GPU.device));
}

#[test]
fn a_whole_race_reports_every_step_of_every_lane() {
    let mut preset = presets::plateau();
    preset.experiment.steps = 25;
    let run = preset.run(0..2);
    let of = |device: Device| train_run(&run, &Compute::Device(device), &|_| {}).unwrap();
    let (gpu, cpu) = (of(GPU.device.clone()), of(Device::flex()));
    assert_eq!((gpu.len(), cpu.len()), (25, 25));
    for (gpu, cpu) in gpu.iter().zip(&cpu) {
        assert_eq!((gpu.step, gpu.loss.len(), &gpu.lr), (cpu.step, run.lanes.len(), &cpu.lr));
        // Plateau schedules hear of every validation.
        assert_eq!(gpu.plateau.len(), cpu.plateau.len());
    }
}
