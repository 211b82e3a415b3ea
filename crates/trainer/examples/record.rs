//! Records a run of the warmup preset: what the page draws before anybody has pressed Run.
//!
//! ```sh
//! cargo run -p lrscope-trainer --example record -- 2026-11-23 > web/recorded/warmup.json
//! ```

use std::time::Instant;

use trainer::recording::{RecordedLane, Recording};
use trainer::success::LaneEnd;
use trainer::{native, presets};

/// Values of the loss that are kept per lane.
const POINTS: usize = 100;

fn main() {
    let Some(date) = std::env::args().nth(1) else {
        eprintln!("Say the day of the run, such as 2026-11-23.");
        std::process::exit(2);
    };
    let preset = presets::warmup();
    let (schedules, lanes) = (preset.scheduled(), preset.lanes());
    let begin = Instant::now();
    let reports =
        native::train(&preset.experiment, &schedules, &lanes, native::threads()).expect("the preset can be trained");
    let seconds = begin.elapsed().as_secs_f64();

    let every = preset.experiment.steps.div_ceil(POINTS);
    let record = |(index, &lane)| {
        let (losses, _) = native::curves(&reports, index);
        let outcome = LaneEnd::of(&preset.experiment, &reports, index, lane).outcome;
        let mean = |group: &[f32]| group.iter().sum::<f32>() / group.len() as f32;
        let losses = losses.chunks(every).map(mean).map(short).collect();
        RecordedLane { lane, outcome, losses, every }
    };
    let recording = Recording {
        preset: preset.name.into(),
        date,
        device: format!("{} CPU threads", native::threads()),
        steps_per_second: (preset.experiment.steps as f64 / seconds * 10.0).round() / 10.0,
        lanes: lanes.iter().enumerate().map(record).collect(),
        experiment: preset.experiment,
        schedules,
    };
    println!("{}", serde_json::to_string(&recording).expect("a recording is plain data"));
}

/// Four digits are more than a plot shows.
fn short(loss: f32) -> Option<f32> {
    if loss.is_finite() { format!("{loss:.3e}").parse().ok() } else { None }
}
