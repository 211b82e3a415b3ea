//! `--device`: what a race is trained on.

use clap::ValueEnum;
use trainer::native::{Compute, threads};

use crate::Failure;

/// What the user asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Choice {
    /// The GPU if there is one, else the CPU
    Auto,
    /// The CPU, on --threads threads
    Cpu,
    /// The GPU: by Vulkan, Metal or DirectX 12
    Gpu,
}

/// What the race gets.
pub struct Chosen {
    pub compute: Compute,
    /// The GPU in words; `None` on the CPU, where the numbers do not depend on the machine.
    pub gpu: Option<String>,
}

/// Opens what was asked for.
pub fn choose(choice: Choice, wanted_threads: Option<usize>) -> Result<Chosen, Failure> {
    match choice {
        Choice::Cpu => Ok(cpu(wanted_threads)),
        Choice::Gpu => gpu(),
        Choice::Auto => Ok(hardware().unwrap_or_else(|| cpu(wanted_threads))),
    }
}

fn cpu(wanted_threads: Option<usize>) -> Chosen {
    Chosen { compute: Compute::Threads(wanted_threads.unwrap_or_else(threads).clamp(1, 64)), gpu: None }
}

/// A GPU, even one that is computed in software: for who asks for it.
fn gpu() -> Result<Chosen, Failure> {
    open().map(|(chosen, _)| chosen).map_err(|sentence| Failure::new(format!("--device gpu: {sentence}")))
}

/// A GPU that is one.
fn hardware() -> Option<Chosen> {
    open().ok().filter(|(_, software)| !software).map(|(chosen, _)| chosen)
}

/// The GPU, and whether it is computed in software; or why there is none.
#[cfg(feature = "gpu")]
fn open() -> Result<(Chosen, bool), String> {
    let gpu = trainer::webgpu::open()?;
    let name = gpu.name();
    Ok((Chosen { compute: Compute::Device(gpu.device), gpu: Some(name) }, gpu.software))
}

#[cfg(not(feature = "gpu"))]
fn open() -> Result<(Chosen, bool), String> {
    Err("this lrscope is built for the CPU only; build it with `--features gpu`.".to_owned())
}
