//! Experiments as settings of a permalink. Only what differs from the demo is written.

use std::collections::BTreeMap;

use scheduler::permalink::{NamedSchedule, Permalink};

use crate::experiment::{Data, Experiment, Groups, Norm, Optimizer, Task, Validation};
use crate::presets::{self, Preset};
use crate::validate::{BATCH, CHANNELS, FIXED, STEPS, VALIDATION};

/// The most schedules in a race: as many as there are line styles that can be told apart.
pub const MAX_SCHEDULES: usize = 8;
/// The most seeds per schedule.
pub const MAX_SEEDS: usize = 32;

/// A race as links hold it.
#[derive(Clone, Debug, PartialEq)]
pub struct Race {
    /// What gives everything that is not said.
    pub demo: Preset,
    /// What all lanes share.
    pub experiment: Experiment,
    /// The schedules that race.
    pub schedules: Vec<NamedSchedule>,
    /// Seeds per schedule.
    pub seeds: usize,
}

/// Applies a key and its value that do not belong to the experiment; `None` for a key that is not known either.
pub type OtherKeys<'a> = &'a mut dyn FnMut(&str, &str) -> Option<Result<(), String>>;

impl From<Preset> for Race {
    fn from(demo: Preset) -> Self {
        let Preset { experiment, schedules, seeds, .. } = demo.clone();
        Self { demo, experiment, schedules, seeds }
    }
}

impl Race {
    /// The permalink that restores it.
    pub fn permalink(&self) -> Permalink {
        Permalink { lanes: self.schedules.clone(), settings: settings(&self.demo, &self.experiment, self.seeds) }
    }

    /// The race of a link, and a sentence for each part that could not be read. Those parts keep their defaults. Settings
    /// that say how the page looks, or where it trains, are let pass.
    pub fn from_link(link: &str) -> (Self, Vec<String>) {
        let (link, problems) = Permalink::decode(link);
        let mut sentences: Vec<String> =
            problems.into_iter().map(|problem| format!("{} (in `{}`)", problem.message, problem.part)).collect();
        let (demo, unknown) = demo(&link.settings);
        sentences.extend(unknown);
        let mut race = Self::from(demo);
        sentences.extend(race.take(&link, &mut |_, _| Some(Ok(()))));
        (race, sentences)
    }

    /// Takes the schedules and settings of a link. `other` is asked about keys that do not belong to the experiment;
    /// keys that it does not know either are told.
    pub fn take(&mut self, link: &Permalink, other: OtherKeys) -> Vec<String> {
        let mut sentences = Vec::new();
        let own_schedules = !link.lanes.is_empty();
        if own_schedules {
            if link.lanes.len() > MAX_SCHEDULES {
                sentences.push(format!("A race has at most {MAX_SCHEDULES} schedules; the rest is left out."));
            }
            self.schedules = link.lanes.iter().take(MAX_SCHEDULES).cloned().collect();
        }
        // The task brings its model, on which other settings act.
        let task_first = link.settings.get_key_value("task").into_iter().chain(&link.settings);
        for (key, value) in task_first {
            let applied = self.apply(key, value, own_schedules).or_else(|| other(key, value));
            match applied {
                Some(Ok(())) => {}
                Some(Err(sentence)) => {
                    if !sentences.contains(&sentence) {
                        sentences.push(sentence);
                    }
                }
                None => sentences.push(format!("`{key}` is not known here.")),
            }
        }
        if let Err(error) = self.experiment.validate(self.schedules.len() * self.seeds) {
            sentences.push(error.to_string());
            self.experiment = self.demo.experiment.clone();
            self.seeds = self.demo.seeds;
        }
        sentences
    }

    /// Changes the length of the run, and with it that of the schedules that end with it.
    pub fn set_steps(&mut self, steps: usize) {
        for named in &mut self.schedules {
            named.schedule.fit(self.experiment.steps, steps);
        }
        self.experiment.steps = steps;
    }

    /// Sets what a key stands for; `None` for a key that is not of the experiment. The schedules of a demo follow a number
    /// of steps, those of the link are as they are.
    fn apply(&mut self, key: &str, value: &str, own_schedules: bool) -> Option<Result<(), String>> {
        let experiment = &mut self.experiment;
        Some(match key {
            "demo" => Ok(()),
            "steps" if own_schedules => count(key, value, *STEPS.end()).map(|steps| experiment.steps = steps),
            "steps" => count(key, value, *STEPS.end()).map(|steps| self.set_steps(steps)),
            "batch" => count(key, value, *BATCH.end()).map(|batch| experiment.batch = batch),
            "seeds" => count(key, value, MAX_SEEDS).map(|seeds| self.seeds = seeds),
            "task" if value == experiment.task.name() => Ok(()),
            "task" => task(&self.demo, value)
                .map(|task| experiment.task = task)
                .ok_or_else(|| format!("There is no task called `{value}`.")),
            "norm" => norm(value).map(|norm| experiment.task.set_norm(norm)),
            "channels" => count(key, value, *CHANNELS.end()).map(|channels| experiment.task.set_channels(channels)),
            "noise" => number(key, value).map(|noise| experiment.task.set_noise(noise as f32)),
            "optimizer" => Optimizer::parse(value).map(|optimizer| experiment.optimizer = optimizer),
            "param-groups" => Groups::parse(value).map(|groups| experiment.groups = groups),
            "clip" => unless("none", value, |text| number(key, text)).map(|clip| experiment.clip = clip),
            "goal" => number(key, value).map(|goal| experiment.goal = goal as f32),
            "data" => unless("fresh", value, |text| count(key, text, *FIXED.end()))
                .map(|examples| experiment.data = examples.map_or(Data::Fresh, Data::Fixed)),
            "validation" => unless("none", value, validation).map(|validation| experiment.validation = validation),
            _ => return None,
        })
    }
}

/// The demo that a link starts from, and a sentence where there is none of that name.
pub fn demo(settings: &BTreeMap<String, String>) -> (Preset, Option<String>) {
    let name = settings.get("demo").map_or(presets::warmup().name, String::as_str);
    match presets::all().into_iter().find(|demo| demo.name == name) {
        Some(demo) => (demo, None),
        None => (presets::warmup(), Some(format!("There is no demo called `{name}`."))),
    }
}

/// The task of that name beside a demo: the demo's own, else one with a model of a usual size.
pub fn task(demo: &Preset, name: &str) -> Option<Task> {
    let own = &demo.experiment.task;
    if own.name() == name { Some(own.clone()) } else { Task::from_name(name) }
}

/// The settings of an experiment that starts from a demo.
pub fn settings(demo: &Preset, experiment: &Experiment, seeds: usize) -> BTreeMap<String, String> {
    let default = &demo.experiment;
    let mut settings = BTreeMap::new();
    let mut set = |key: &str, value: String| settings.insert(key.to_owned(), value);
    set("demo", demo.name.into());
    set("steps", experiment.steps.to_string());
    let name = experiment.task.name();
    let task = task(demo, name).unwrap_or_else(|| default.task.clone());
    if name != default.task.name() {
        set("task", name.into());
    }
    if let Some(norm) = experiment.task.norm().filter(|norm| Some(*norm) != task.norm()) {
        set("norm", norm_name(norm).into());
    }
    if let Some(noise) = experiment.task.noise().filter(|noise| Some(*noise) != task.noise()) {
        set("noise", noise.to_string());
    }
    if let Some(channels) = experiment.task.channels().filter(|channels| Some(*channels) != task.channels()) {
        set("channels", channels.to_string());
    }
    if experiment.batch != default.batch {
        set("batch", experiment.batch.to_string());
    }
    if seeds != demo.seeds {
        set("seeds", seeds.to_string());
    }
    if experiment.optimizer != default.optimizer {
        set("optimizer", experiment.optimizer.to_string().replace(", ", ","));
    }
    if experiment.groups != default.groups {
        set("param-groups", experiment.groups.to_string());
    }
    if experiment.clip != default.clip {
        set("clip", experiment.clip.map_or_else(|| "none".into(), |clip| clip.to_string()));
    }
    if experiment.goal != default.goal {
        set("goal", experiment.goal.to_string());
    }
    if experiment.data != default.data {
        set(
            "data",
            match experiment.data {
                Data::Fresh => "fresh".into(),
                Data::Fixed(examples) => examples.to_string(),
            },
        );
    }
    if experiment.validation != default.validation {
        let words = |validation: Validation| format!("{}/{}", validation.examples, validation.every);
        set("validation", experiment.validation.map_or_else(|| "none".into(), words));
    }
    settings
}

/// How links call the place of layer normalisation.
pub fn norm_name(norm: Norm) -> &'static str {
    match norm {
        Norm::Post => "post",
        Norm::Pre => "pre",
    }
}

fn norm(name: &str) -> Result<Norm, String> {
    match name {
        "post" => Ok(Norm::Post),
        "pre" => Ok(Norm::Pre),
        _ => Err(format!("`norm` is post or pre, not `{name}`.")),
    }
}

/// What a value says, and nothing where it is that word.
fn unless<T>(word: &str, value: &str, read: impl FnOnce(&str) -> Result<T, String>) -> Result<Option<T>, String> {
    if value == word { Ok(None) } else { read(value).map(Some) }
}

/// A number from 1 to `most`, as links hold it.
///
/// # Errors
/// One sentence that says what it must be.
pub fn count(key: &str, value: &str, most: usize) -> Result<usize, String> {
    match value.parse() {
        Ok(number) if (1..=most).contains(&number) => Ok(number),
        _ => Err(format!("`{key}` must be a whole number from 1 to {most}, not `{value}`.")),
    }
}

fn number(key: &str, value: &str) -> Result<f64, String> {
    let number = value.parse().ok().filter(|number: &f64| number.is_finite());
    number.ok_or_else(|| format!("`{key}` must be a number, not `{value}`."))
}

/// `1024/20`: examples, and steps from one validation to the next.
fn validation(value: &str) -> Result<Validation, String> {
    let parts = value.split_once('/').and_then(|(examples, every)| {
        let examples = count("validation", examples, *VALIDATION.end()).ok()?;
        Some(Validation { examples, every: count("validation", every, *STEPS.end()).ok()? })
    });
    parts.ok_or_else(|| format!("`validation` is written 1024/20, examples and steps between, or none, not `{value}`."))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn again(race: &Race) -> Race {
        let link = race.permalink().encode();
        let (read, sentences) = Race::from_link(&link);
        assert!(sentences.is_empty(), "{link}: {sentences:?}");
        read
    }

    #[test]
    fn every_demo_and_its_counter_example_come_back() {
        for preset in presets::all() {
            let race = Race::from(preset.clone());
            assert_eq!(again(&race), race);
            let counter = preset.counter();
            let race = Race { experiment: counter.experiment, schedules: counter.schedules, ..race };
            assert_eq!(again(&race), race, "counter-example of {}", preset.name);
        }
    }

    #[test]
    fn every_task_and_every_setting_come_back() {
        for other in Task::all() {
            let mut race = Race::from(presets::warmup());
            race.experiment.task = task(&race.demo, other.name()).unwrap();
            assert_eq!(again(&race), race);
            race.experiment.task.set_norm(Norm::Post);
            race.experiment.task.set_noise(0.25);
            race.experiment.task.set_channels(5);
            race.experiment.optimizer = Optimizer::Sgd { momentum: 0.9, nesterov: true, weight_decay: 5e-4 };
            race.experiment.groups = Groups { input: 0.1, hidden: 0.5, output: 2.0, decay_vectors: false };
            race.experiment.clip = Some(0.5);
            race.experiment.goal = 0.625;
            race.experiment.data = Data::Fixed(512);
            race.experiment.validation = Some(Validation { examples: 256, every: 10 });
            race.experiment.batch = 16;
            race.seeds = 3;
            assert_eq!(again(&race), race);
        }
    }

    #[test]
    fn links_that_are_about_keep_working() {
        let (race, sentences) =
            Race::from_link("#lane=a~0.1~ConstantLR(factor=1.0)&demo=warmup&norm=pre&seeds=4&steps=250&v=1");
        assert!(sentences.is_empty(), "{sentences:?}");
        assert_eq!((race.experiment.steps, race.seeds, race.schedules.len()), (250, 4, 1));
        assert_eq!(race.experiment.task.norm(), Some(Norm::Pre));
        let (race, sentences) = Race::from_link("demo=spirals&steps=20&seeds=2&v=1");
        assert!(sentences.is_empty(), "{sentences:?}");
        assert!(race.schedules[1].schedule.to_string().contains("total_steps=20"), "{:?}", race.schedules);
    }

    #[test]
    fn what_cannot_be_read_is_said_and_left_out() {
        let (race, sentences) = Race::from_link(
            "demo=nothing&steps=0&task=chess&optimizer=Lion()&data=some&validation=9&clip=no&norm=mid&device=cpu&param-groups=all&v=1",
        );
        assert_eq!(race, Race::from(presets::warmup()));
        assert_eq!(sentences.len(), 9, "{sentences:?}");
        assert!(sentences.iter().all(|sentence| sentence.ends_with('.')), "{sentences:?}");
        let (race, sentences) = Race::from_link("demo=warmup&data=16&v=1");
        assert_eq!(race, Race::from(presets::warmup()));
        assert_eq!(sentences, ["A batch of 32 cannot be filled from 16 examples."]);
    }
}
