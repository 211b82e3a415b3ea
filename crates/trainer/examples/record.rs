//! Records the demos and their counter-examples: what the page draws before anybody has pressed Run.
//!
//! ```sh
//! cargo run --example record -- 2026-11-25 web/recorded          # all of them
//! cargo run --example record -- 2026-11-25 web/recorded warmup   # one
//! ```

use std::path::Path;
use std::time::Instant;
use std::{env, fs, process};

use trainer::link::Race;
use trainer::native;
use trainer::presets::{self, Preset};
use trainer::recording::{RecordedLane, Recording, file_name};
use trainer::success::LaneEnd;

/// Values of the loss that are kept per lane.
const POINTS: usize = 100;

fn main() {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let [date, folder, names @ ..] = &arguments[..] else {
        eprintln!("Say the day of the run, such as 2026-11-25, the folder to write to, and which demos unless all.");
        process::exit(2);
    };
    for demo in presets::all().into_iter().filter(|demo| names.is_empty() || names.iter().any(|name| name == demo.name))
    {
        for (counter_example, preset) in [(false, demo.clone()), (true, demo.counter())] {
            let recording = record(&demo, &preset, date);
            let file = Path::new(folder).join(file_name(demo.name, counter_example));
            println!("{}: {} steps/s", file.display(), recording.steps_per_second);
            if let Err(error) = fs::write(&file, recording.to_string()) {
                eprintln!("{} cannot be written: {error}.", file.display());
                process::exit(1);
            }
        }
    }
}

/// Trains `preset`, which is `demo` or its counter-example.
fn record(demo: &Preset, preset: &Preset, date: &str) -> Recording {
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
        RecordedLane { outcome, losses: losses.chunks(every).map(mean).map(short).collect() }
    };
    let race = Race {
        demo: demo.clone(),
        experiment: preset.experiment.clone(),
        schedules: preset.schedules.clone(),
        seeds: preset.seeds,
    };
    Recording {
        race: race.permalink().encode(),
        date: date.into(),
        device: format!("{} CPU threads", native::threads()),
        steps_per_second: (preset.experiment.steps as f64 / seconds * 10.0).round() / 10.0,
        every,
        lanes: lanes.iter().enumerate().map(record).collect(),
    }
}

/// Four digits are more than a plot shows.
fn short(loss: f32) -> f32 {
    format!("{loss:.3e}").parse().unwrap_or(f32::NAN)
}
