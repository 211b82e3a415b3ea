//! How fast the presets' models train on this machine, by the number of lanes: on one thread of the CPU or, with the
//! feature `webgpu`, on its GPU.
//!
//! `cargo run --release -p lrscope-trainer --example steps_per_second`
//! `cargo run --release -p lrscope-trainer --features webgpu --example steps_per_second -- gpu`

use std::time::Instant;

use trainer::native::{Compute, train_run};
use trainer::{Lane, Run, presets};

/// Seconds that each measurement takes, about.
const SECONDS: f64 = 2.0;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let compute = match std::env::args().nth(1).as_deref() {
        None | Some("cpu") => Compute::Threads(1),
        Some("gpu") => gpu()?,
        Some(other) => return Err(format!("{other}: expected cpu or gpu.").into()),
    };
    println!("{:13} {:>6} {:>10} {:>15}", "preset", "lanes", "steps/s", "lane-steps/s");
    for preset in presets::all() {
        for lanes in [1, 4, 16, 64] {
            let speed = steps_per_second(&preset, lanes, &compute)?;
            println!("{:13} {lanes:>6} {speed:>10.1} {:>15.0}", preset.name, speed * lanes as f64);
        }
    }
    Ok(())
}

#[cfg(feature = "webgpu")]
fn gpu() -> Result<Compute, String> {
    let gpu = trainer::webgpu::open()?;
    println!("{}", gpu.name());
    Ok(Compute::Device(gpu.device))
}

#[cfg(not(feature = "webgpu"))]
fn gpu() -> Result<Compute, String> {
    Err("A GPU needs `--features webgpu`.".into())
}

fn steps_per_second(preset: &presets::Preset, lanes: u64, compute: &Compute) -> Result<f64, trainer::engine::Error> {
    let mut run = Run {
        experiment: preset.experiment.clone(),
        schedules: preset.scheduled(),
        lanes: (0..lanes).map(|seed| Lane { schedule: 0, seed }).collect(),
        ends_when_diverged: false,
    };
    run.experiment.steps = 3;
    let mut time = || {
        let begin = Instant::now();
        train_run(&run, compute, &|_| {})?;
        let elapsed = begin.elapsed().as_secs_f64();
        let speed = run.experiment.steps as f64 / elapsed;
        run.experiment.steps = ((speed * SECONDS) as usize).clamp(3, 2000);
        Ok(speed)
    };
    // The first is too short to tell, and compiles.
    time()?;
    time()
}
