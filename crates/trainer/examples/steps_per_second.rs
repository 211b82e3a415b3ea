//! How fast the presets' models train on this machine's CPU, on one thread, by the number of lanes.
//!
//! `cargo run --release -p lrscope-trainer --example steps_per_second`

use std::time::Instant;

use trainer::native::train;
use trainer::{Lane, presets};

/// Seconds that each measurement takes, about.
const SECONDS: f64 = 2.0;

fn main() -> Result<(), trainer::engine::Error> {
    println!("{:10} {:>6} {:>10} {:>15}", "preset", "lanes", "steps/s", "lane-steps/s");
    for preset in presets::all() {
        for lanes in [1, 4, 10, 20, 40] {
            let speed = steps_per_second(&preset, lanes)?;
            println!("{:10} {lanes:>6} {speed:>10.1} {:>15.0}", preset.name, speed * lanes as f64);
        }
    }
    Ok(())
}

fn steps_per_second(preset: &presets::Preset, lanes: u64) -> Result<f64, trainer::engine::Error> {
    let lanes: Vec<Lane> = (0..lanes).map(|seed| Lane { schedule: 0, seed }).collect();
    let mut experiment = preset.experiment.clone();
    experiment.steps = 3;
    let mut time = || {
        let begin = Instant::now();
        train(&experiment, &preset.scheduled(), &lanes, 1)?;
        let elapsed = begin.elapsed().as_secs_f64();
        let speed = experiment.steps as f64 / elapsed;
        experiment.steps = ((speed * SECONDS) as usize).clamp(3, 2000);
        Ok(speed)
    };
    time()?;
    time()
}
