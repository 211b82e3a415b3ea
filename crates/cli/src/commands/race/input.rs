//! What to race: a preset or a link, and what the flags change.

use scheduler::permalink::NamedSchedule;
use trainer::experiment::Groups;
use trainer::link::{MAX_SCHEDULES, Race};
use trainer::presets::{self, Preset};
use trainer::validate::STEPS;

use super::Arguments;
use crate::Failure;
use crate::commands::show::{self, Problem};

/// More seeds than this are refused: nobody needs them, and their losses would fill the memory.
const MOST_SEEDS: usize = 1000;

/// The race, and the demo whose rules it is judged by: one that was not changed.
pub struct Input {
    pub race: Race,
    pub rules: Option<Preset>,
}

/// Reads the arguments.
pub fn read(arguments: &Arguments) -> Result<Input, Failure> {
    let mut race = race(&arguments.what)?;
    if arguments.counter_example {
        let counter = race.demo.counter();
        (race.experiment, race.schedules) = (counter.experiment, counter.schedules);
    }
    if let Some(text) = &arguments.steps {
        race.set_steps(count("--steps", text, *STEPS.end())?);
    }
    if let Some(text) = &arguments.seeds {
        race.seeds = count("--seeds", text, MOST_SEEDS)?;
    }
    if !arguments.schedule.is_empty() {
        if arguments.schedule.len() > MAX_SCHEDULES {
            return Err(Failure::new(format!("A race has at most {MAX_SCHEDULES} schedules.")));
        }
        let lr = race.schedules.first().map_or(0.1, |named| named.lr);
        let named = |text: &String| -> Result<NamedSchedule, Failure> {
            let schedule = show::schedule(text).map_err(|problem| match problem {
                Problem::Refused(error) => error.1,
                Problem::Failure(failure) => failure,
            })?;
            Ok(NamedSchedule { name: text.clone(), lr, schedule })
        };
        race.schedules = arguments.schedule.iter().map(named).collect::<Result<_, _>>()?;
    }
    if let Some(text) = &arguments.lr {
        let lr = text.parse().ok().filter(|lr: &f64| *lr >= 0.0 && lr.is_finite());
        let lr = lr.ok_or_else(|| Failure::new(format!("--lr {text}: expected a learning rate such as 0.1.")))?;
        for named in &mut race.schedules {
            named.schedule.set_peak(&mut named.lr, lr);
        }
    }
    if let (Some(images), Some(labels)) = (&arguments.images, &arguments.labels) {
        race.experiment.bring_images(super::images::read(images, labels)?);
    }
    if race.experiment.task.lacks_images() {
        let sentence = "This race needs image files of your own: give --images and --labels, IDX files as of MNIST.";
        return Err(Failure::new(sentence.to_owned()));
    }
    if let Some(text) = &arguments.param_groups {
        race.experiment.groups =
            Groups::parse(text).map_err(|sentence| Failure::new(format!("--param-groups: {sentence}")))?;
    }
    let lanes = race.schedules.len() * race.seeds.min(*trainer::validate::LANES.end() / race.schedules.len().max(1));
    race.experiment.validate(lanes).map_err(|invalid| Failure::new(invalid.to_string()))?;
    let rules = [race.demo.clone(), race.demo.counter()]
        .into_iter()
        .find(|demo| demo.experiment == race.experiment && demo.schedules == race.schedules);
    Ok(Input { race, rules })
}

fn race(what: &str) -> Result<Race, Failure> {
    if let Some(preset) = presets::all().into_iter().find(|preset| preset.name == what) {
        return Ok(preset.into());
    }
    if !what.contains('=') {
        let names: Vec<&str> = presets::all().iter().map(|preset| preset.name).collect();
        return Err(Failure::new(format!("There is no demo called `{what}`; there are {}.", names.join(", "))));
    }
    let (race, sentences) = Race::from_link(what);
    // The page opens a link as far as it can be read. Here nobody looks before hours are spent on another race.
    match sentences.first() {
        Some(sentence) => Err(Failure::new(format!("The link cannot be raced: {sentence}"))),
        None => Ok(race),
    }
}

fn count(flag: &str, text: &str, most: usize) -> Result<usize, Failure> {
    match text.parse() {
        Ok(number) if (1..=most).contains(&number) => Ok(number),
        _ => Err(Failure::new(format!("{flag} {text}: expected a whole number from 1 to {most}."))),
    }
}
