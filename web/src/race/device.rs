//! Which device a race trains on, and why.

use crate::browser::{self, Gpu};
use crate::state::DeviceChoice;

/// A device that the page has a trainer for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Device {
    /// Burn's CPU backend in WebAssembly, spread over several workers.
    Cpu,
    /// WebGPU, one worker.
    WebGpu,
}

impl Device {
    /// The name of the trainer's files.
    pub fn trainer(self) -> &'static str {
        match self {
            Self::Cpu => "cpu-worker",
            Self::WebGpu => "webgpu-worker",
        }
    }

    /// How many workers it has use for: one per core, or one that gives a GPU all lanes at once.
    pub fn workers(self) -> usize {
        match self {
            Self::Cpu => browser::trainer_threads(),
            Self::WebGpu => 1,
        }
    }

    /// What it is called in a sentence.
    pub fn words(self) -> &'static str {
        match self {
            Self::Cpu => "the CPU",
            Self::WebGpu => "WebGPU",
        }
    }
}

/// The device for a choice, the reason in one sentence, and whether the choice could not be met.
///
/// A software adapter is slower than the CPU backend: 30 to 100 times with SwiftShader on two cores (Burn 0.22,
/// Chromium 156).
pub fn decide(choice: DeviceChoice, gpu: &Gpu) -> (Device, String, bool) {
    match (choice, gpu) {
        (DeviceChoice::Cpu, _) => (Device::Cpu, "The CPU, as chosen.".into(), false),
        (DeviceChoice::WebGpu, Gpu::Absent(why)) => {
            (Device::Cpu, format!("No WebGPU here: {why}. Training on the CPU instead."), true)
        }
        (DeviceChoice::WebGpu, Gpu::Software(name)) => (
            Device::WebGpu,
            format!("WebGPU, as chosen, though computed in software ({name}): expect it to be slow."),
            false,
        ),
        (DeviceChoice::WebGpu, Gpu::Hardware(name)) => (Device::WebGpu, format!("WebGPU, as chosen ({name})."), false),
        (DeviceChoice::Auto, Gpu::Hardware(name)) => {
            (Device::WebGpu, format!("WebGPU: there is a GPU ({name})."), false)
        }
        (DeviceChoice::Auto, Gpu::Software(name)) => (
            Device::Cpu,
            format!("The CPU: WebGPU is only computed in software here ({name}), which is slower."),
            false,
        ),
        (DeviceChoice::Auto, Gpu::Absent(why)) => (Device::Cpu, format!("The CPU: {why}."), false),
    }
}
