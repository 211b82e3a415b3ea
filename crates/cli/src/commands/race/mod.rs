//! `lrscope race PRESET|LINK`
//!
//! ```text
//! preset or link, flags, image files --input--> Race --trainer::native--> StepReports --> Raced --format--> table, CSV, JSON or SVG
//! ```

mod csv;
mod device;
mod images;
mod input;
mod json;
mod progress;
mod svg;
mod table;

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use trainer::link::Race;
use trainer::messages::{Lane, Run, StepReport};
use trainer::native::{self, Compute};
use trainer::presets;
use trainer::success::LaneEnd;

use crate::{Failure, Outcome, output};

/// Race schedules: train small models under them, several seeds each, and count
///
/// What is raced is a demo of the playground (`lrscope race list` names them) or a link from it. Every schedule sees the same
/// weights and the same data for a seed. Training runs on the CPU, on all its cores, or on a GPU if lrscope was built with it.
#[derive(Args, Debug)]
pub struct Arguments {
    /// A demo, a link from the playground, or `list`
    #[arg(default_value = "warmup")]
    what: String,

    /// The demo's counter-example: the run in which its claim does not hold
    #[arg(long)]
    counter_example: bool,

    /// Seeds per schedule [default: those of the demo or the link]
    #[arg(long, allow_hyphen_values = true)]
    seeds: Option<String>,

    /// Race this schedule in place of those of the demo; several times for several
    #[arg(long, value_name = "TEXT")]
    schedule: Vec<String>,

    /// The LR of all schedules [default: those of the demo or the link]
    #[arg(long, allow_hyphen_values = true)]
    lr: Option<String>,

    /// Parameter groups: factors of the LR for the first layer, the hidden layers and the last one, and `no-decay` for no weight
    /// decay on biases and norms, such as `input:0.1,hidden:0.1,no-decay` [default: those of the demo or the link]
    #[arg(long, value_name = "GROUPS")]
    param_groups: Option<String>,

    /// Train on images of one's own: an IDX file as of MNIST or Fashion-MNIST, plain or .gz; with --labels
    #[arg(long, value_name = "FILE", requires = "labels")]
    images: Option<PathBuf>,

    /// The labels of --images: an IDX file, plain or .gz
    #[arg(long, value_name = "FILE", requires = "images")]
    labels: Option<PathBuf>,

    /// Optimizer steps; the schedules of a demo follow [default: those of the demo or the link]
    #[arg(long, allow_hyphen_values = true)]
    steps: Option<String>,

    /// What to train on
    #[arg(long, value_enum, default_value_t = device::Choice::Auto)]
    device: device::Choice,

    /// Threads of the CPU to train on [default: one for each core]
    #[arg(long)]
    threads: Option<usize>,

    /// How to show it
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,

    /// Write it to a file instead of the standard output
    #[arg(long, short)]
    output: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    /// Counts and final losses, for reading
    Text,
    /// schedule,seed,step,lr,loss,accuracy and the validation scores
    Csv,
    /// The end of every lane, and what the rules of the demo say
    Json,
    /// The losses, as a picture
    Svg,
}

/// A race that has been run.
struct Raced {
    race: Race,
    /// The demo or the counter-example that was run as it is, with its rules.
    rules: Option<presets::Preset>,
    /// One for each part of the seeds, which are trained one part after the other.
    parts: Vec<Part>,
    /// What trained them, where that was a GPU.
    gpu: Option<String>,
}

/// Some of the seeds, under all schedules.
struct Part {
    lanes: Vec<Lane>,
    reports: Vec<StepReport>,
}

impl Raced {
    /// The ends of all lanes.
    fn ends(&self) -> Vec<LaneEnd> {
        let of = |part: &Part| LaneEnd::all(&self.race.experiment, &part.reports, &part.lanes);
        self.parts.iter().flat_map(of).collect()
    }

    /// The lanes of a schedule with their reports, and their place in those.
    fn lanes(&self, schedule: usize) -> impl Iterator<Item = (Lane, usize, &[StepReport])> {
        self.parts.iter().flat_map(move |part| {
            let lanes = part.lanes.iter().enumerate().filter(move |(_, lane)| lane.schedule == schedule);
            lanes.map(|(place, lane)| (*lane, place, part.reports.as_slice()))
        })
    }

    /// The fragment that opens it in the playground, which races fewer seeds.
    fn link(&self) -> String {
        let seeds = self.race.seeds.min(trainer::link::MAX_SEEDS);
        format!("#{}", Race { seeds, ..self.race.clone() }.permalink().encode())
    }
}

/// Trains and shows.
pub fn run(arguments: &Arguments) -> Result<Outcome, Failure> {
    if arguments.what == "list" {
        output::answer(&table::list())?;
        return Ok(Outcome::Clean);
    }
    let input::Input { race, rules } = input::read(arguments)?;
    let device::Chosen { compute, gpu } = device::choose(arguments.device, arguments.threads)?;
    let parts = train(&race, &compute)?;
    let raced = Raced { race, rules, parts, gpu };
    let text = match arguments.format {
        Format::Text => table::write(&raced),
        Format::Csv => csv::write(&raced),
        Format::Json => json::write(&raced)?,
        Format::Svg => svg::write(&raced),
    };
    match &arguments.output {
        None => output::answer(&text)?,
        Some(path) => std::fs::write(path, text)
            .map_err(|error| Failure::new(format!("{} cannot be written: {error}.", path.display())))?,
    }
    Ok(Outcome::Clean)
}

/// Trains as many seeds at a time as fit into one program.
fn train(race: &Race, compute: &Compute) -> Result<Vec<Part>, Failure> {
    let schedules = race.schedules.len();
    let at_once = (*trainer::validate::LANES.end() / schedules).max(1);
    let progress = progress::Progress::new(race.seeds * schedules * race.experiment.steps);
    let mut parts = Vec::new();
    for first in (0..race.seeds).step_by(at_once) {
        let seeds = first as u64..race.seeds.min(first + at_once) as u64;
        let run = Run {
            experiment: race.experiment.clone(),
            schedules: presets::scheduled(&race.schedules),
            lanes: presets::lanes(schedules, seeds),
            ends_when_diverged: false,
        };
        let reports = native::train_run(&run, compute, &|steps| progress.add(steps));
        let reports = reports.map_err(|error| {
            progress.end();
            Failure::new(error.to_string())
        })?;
        parts.push(Part { lanes: run.lanes, reports });
    }
    progress.end();
    Ok(parts)
}
