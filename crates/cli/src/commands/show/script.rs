//! A training script or the config of one, as the LR that it will really produce.

use std::path::Path;

use advisor::plan::Owner;
use advisor::simulation::{Given, Missing, Note, Simulation, Stopped, Wanted, is_scheduled, simulate};
use advisor::{Plan, Span, detected};
use linter::Document;
use linter::modules::{ModuleText, Project, Told};
use linter::source::{self, Lines};
use scheduler::{Curve, Optimizer, curve, notation};

use super::{Rows, Shown};
use crate::Failure;
use crate::lint::files;
use crate::lint::imports::ProjectFiles;

/// Curves, and what was taken for granted to get them.
pub struct Script {
    pub shown: Vec<Shown>,
    pub notes: Vec<String>,
}

/// Whether a file is a script or a config rather than a list of schedules.
pub fn is_script(path: &Path) -> bool {
    path.to_str().is_some_and(linter::document::is_read) && path.is_file()
}

/// What is said to a script.
pub struct Said {
    /// Numbers, words and functions by name.
    given: Given,
    /// The config files of options.
    configs: Vec<Told>,
    /// The names of these options.
    options: Vec<String>,
}

/// `name=number`, or `name=word` where the source chooses by one, or `name=file` of a config.
pub fn said(texts: &[String]) -> Result<Said, Failure> {
    let (mut given, mut configs, mut options) = (Vec::new(), Vec::new(), Vec::new());
    for text in texts {
        let parts = text.split_once('=').map(|(name, value)| (name.trim(), value.trim()));
        let Some((name, value)) = parts.filter(|(name, value)| !name.is_empty() && !value.is_empty()) else {
            return Err(Failure::new(format!("--set {text}: expected a name and a value, such as epochs=90.")));
        };
        if value.parse::<f64>().is_ok_and(|number| !number.is_finite()) {
            return Err(Failure::new(format!("--set {text}: expected a number, such as epochs=90.")));
        }
        if linter::configs::Language::of_file(value).is_some() {
            let refused = |problem: source::Unreadable| Failure::new(format!("--set {text}: {}", problem.message));
            configs.push(Told::read(name, value, &open(Path::new(value), value)?).map_err(refused)?);
            options.push(name.to_owned());
        } else {
            given.push((name.to_owned(), value.to_owned()));
        }
    }
    Ok(Said { given: Given::of_texts(given), configs, options })
}

/// Reads a script and goes through its runs.
pub fn read(path: &Path, said: &Said, metrics: &[f64], most: Option<usize>) -> Result<Script, Failure> {
    let given = &said.given;
    let name = path.display().to_string();
    let document = open(path, &name)?;
    let here =
        std::env::current_dir().map_err(|error| Failure::new(format!("There is no working folder: {error}.")))?;
    let (absolute, importer) = (files::normal(&here.join(path)), ProjectFiles::new(&here, &[]));
    let project = Project { path: &absolute, shown: &name, importer: &importer, told: &said.configs };
    let (plans, modules) = linter::plans_within(&document, Some(&project)).map_err(|problem| {
        let at = u32::try_from(problem.at).unwrap_or(u32::MAX);
        Failure::new(format!("{name}:{}: {}", line(&document, at), problem.message))
    })?;
    let places = Places { name: &name, document: &document, modules: &modules };
    if let Some(unknown) = said.options.iter().find(|option| !places.mention(option)) {
        return Err(Failure::new(format!("--set {unknown}: {name} has no option of that name to tell a config.")));
    }
    let (mut done, mut stopped) = (Vec::<(&Plan, Simulation)>::new(), Vec::new());
    for plan in &plans {
        match simulate(plan, given, metrics) {
            Ok(simulation) => done.push((plan, simulation)),
            Err(stop) => stopped.push((is_scheduled(plan), stop)),
        }
    }
    if plans.is_empty() {
        return Err(Failure::new(format!("{name}: This is no config of a training run that is known.")));
    }
    // Whoever asks for the LR of a script means the run that has a schedule.
    let has_schedule = |(plan, _): &(&Plan, Simulation)| is_scheduled(plan);
    if !done.iter().any(has_schedule)
        && let Some(stop) = worst(stopped)
        && (done.is_empty() || stop != Stopped::NothingTrains)
    {
        if stop == Stopped::NothingTrains
            && given.unused().is_empty()
            && let Some(script) = by_themselves(&plans, metrics, most, &places)
        {
            return Ok(script);
        }
        let has_trainer = plans.iter().any(|plan| plan.settings_of(Owner::LightningTrainer).next().is_some());
        if stop == Stopped::NothingTrains && has_trainer {
            return Err(Failure::new(format!(
                "{name}: The module that the trainer is given is built out of sight. Show the file that it stands in."
            )));
        }
        return Err(Failure::new(format!("{name}: {}", refused(&stop, &places))));
    }
    if done.iter().any(has_schedule) {
        done.retain(has_schedule);
    }
    let unused = given.unused();
    if let Some(unknown) = unused.first() {
        let mut names = given.asked_for();
        names.sort();
        if names.iter().any(|name| name == unknown) {
            return Err(Failure::new(format!("--set {unknown}: expected a number, such as epochs=90.")));
        }
        let asked = if names.is_empty() { "nothing".to_owned() } else { names.join(", ") };
        return Err(Failure::new(format!("--set {unknown}: the run does not ask for it; it asks for {asked}.")));
    }
    let mut script = Script { shown: Vec::new(), notes: Vec::new() };
    for (_, simulation) in done {
        for track in simulation.tracks {
            let mut rows = track.lrs;
            rows.truncate(most.unwrap_or(rows.len()));
            let curve = Curve { lrs: rows.into_iter().map(|lr| vec![lr]).collect(), momenta: None, error: track.error };
            // Two ways into the same run are one curve.
            if script.shown.iter().any(|other: &Shown| other.curve == curve) {
                continue;
            }
            let whose = if track.name.is_empty() { "the optimizer" } else { track.name.as_str() };
            let title = Some(format!("{whose} of {}", places.of(track.span)));
            let rows = if simulation.batches.is_some() { Rows::Epochs } else { Rows::OptimizerSteps };
            script.shown.push(Shown { name: title, curve, momentum: false, rows });
        }
        let of_epochs = simulation.batches.map(|batches| Note {
            span: batches.span,
            text: format!(
                "The LR only changes from epoch to epoch, so each epoch is one row; --set {}=N shows all steps.",
                batches.name
            ),
        });
        for note in simulation.notes.into_iter().chain(of_epochs) {
            let text = format!("{}: {}", places.of(note.span), note.text);
            if !script.notes.contains(&text) {
                script.notes.push(text);
            }
        }
    }
    Ok(script)
}

/// The schedulers that are built where nothing in sight trains: each by itself, step by step. More of them are those of a
/// library.
fn by_themselves(plans: &[Plan], metrics: &[f64], most: Option<usize>, places: &Places<'_>) -> Option<Script> {
    const MOST_SCHEDULES: usize = 8;
    /// Longer ones are not drawn whole.
    const MOST_STEPS: u64 = 200_000;
    let mut script = Script { shown: Vec::new(), notes: Vec::new() };
    let mut places_shown = Vec::new();
    for detected in plans.iter().flat_map(detected) {
        let Ok(schedule) = notation::parse(&detected.text) else { continue };
        // One that listens to a metric does nothing by itself.
        let is_silent = schedule.needs_metric() && metrics.is_empty();
        if is_silent || places_shown.contains(&detected.span) || places_shown.len() == MOST_SCHEDULES {
            continue;
        }
        places_shown.push(detected.span);
        let steps = most.unwrap_or(detected.length.min(MOST_STEPS) as usize);
        let curve = curve(&schedule, Optimizer::sgd(&[detected.lr], 0.9), steps, metrics);
        let name = Some(format!("{} of {}", detected.class, places.of(detected.span)));
        script.shown.push(Shown { name, curve, momentum: false, rows: Rows::Steps });
        let assumed = detected.assumed.join("; ");
        script.notes.push(format!("{}: {assumed}", places.of(detected.span)));
    }
    script.notes.push(format!(
        "{}: There is no training loop in sight; each row is one call of step(). Show the script that trains for its LR.",
        places.name
    ));
    (!script.shown.is_empty()).then_some(script)
}

fn open(path: &Path, name: &str) -> Result<Document, Failure> {
    let unreadable = |error: std::io::Error| Failure::new(format!("{name} cannot be read: {error}."));
    let size = std::fs::metadata(path).map_err(unreadable)?.len();
    let refused = |problem: source::Unreadable| Failure::new(format!("{name}: {}", problem.message));
    if let Some(problem) = source::too_large(name, size) {
        return Err(refused(problem));
    }
    Document::read(name, &std::fs::read(path).map_err(unreadable)?).map_err(refused)
}

/// Where spans are.
struct Places<'a> {
    name: &'a str,
    document: &'a Document,
    modules: &'a [ModuleText],
}

impl Places<'_> {
    /// Whether an option of that name is in the code, spelled with dashes or not.
    fn mention(&self, option: &str) -> bool {
        let is_in = |code: &str| code.contains(option) || code.contains(&option.replace('_', "-"));
        is_in(&self.document.code) || self.modules.iter().any(|module| is_in(&module.code))
    }

    /// Whether the code reads some config.
    fn read_config(&self) -> bool {
        const CALLS: [&str; 7] =
            ["yaml.load(", "safe_load(", "full_load(", "json.load(", "toml.load(", "tomllib.load(", "OmegaConf.load("];
        let is_in = |code: &str| CALLS.iter().any(|call| code.contains(call));
        is_in(&self.document.code) || self.modules.iter().any(|module| is_in(&module.code))
    }

    /// `train.py:20`.
    fn of(&self, span: Span) -> String {
        match self.module(span) {
            Some(module) => format!("{}:{}", module.shown, module_line(module, span.start)),
            None => format!("{}:{}", self.name, line(self.document, span.start)),
        }
    }

    /// `line 20`, in another file than the one that is shown with its name.
    fn line(&self, span: Span) -> String {
        match self.module(span) {
            Some(module) => format!("line {} of {}", module_line(module, span.start), module.shown),
            None => format!("line {}", line(self.document, span.start)),
        }
    }

    fn module(&self, span: Span) -> Option<&ModuleText> {
        self.modules.get((span.source as usize).checked_sub(1)?)
    }
}

fn module_line(module: &ModuleText, at: u32) -> usize {
    let text = module.code.as_bytes();
    Lines::new(text).place(text, at as usize).line
}

/// The line, in a notebook behind the cell.
fn line(document: &Document, at: u32) -> String {
    let place = document.place(&Lines::new(document.code.as_bytes()), at as usize);
    let line = place.place.line;
    place.cell.map_or_else(|| line.to_string(), |cell| format!("cell {cell}:{line}"))
}

/// What says most about why there is nothing to show.
fn worst(stopped: Vec<(bool, Stopped)>) -> Option<Stopped> {
    let rank = |(is_scheduled, stop): &(bool, Stopped)| match stop {
        Stopped::Missing(_) => (*is_scheduled, 3),
        Stopped::Unreadable(_) => (*is_scheduled, 2),
        Stopped::TooLong => (*is_scheduled, 1),
        Stopped::NothingTrains => (false, 0),
    };
    stopped.into_iter().max_by_key(rank).map(|(_, stop)| stop)
}

fn refused(stop: &Stopped, places: &Places<'_>) -> String {
    match stop {
        Stopped::NothingTrains => "There is no training loop in sight that steps an optimizer.".to_owned(),
        Stopped::TooLong => {
            format!(
                "The run has more than {} optimizer steps, which is too long to show.",
                advisor::simulation::MOST_STEPS
            )
        }
        Stopped::Unreadable(note) => format!("{}: {}", places.line(note.span), note.text),
        Stopped::Missing(missing) => {
            let one = |missing: &Missing| {
                let what = Some(missing.what.as_str()).filter(|what| !what.is_empty() && *what != missing.name);
                // An optimizer out of sight stands nowhere.
                let place = (missing.span != Span::default()).then(|| places.line(missing.span));
                let told: Vec<&str> = what.into_iter().chain(place.as_deref()).collect();
                if told.is_empty() { missing.name.clone() } else { format!("{} ({})", missing.name, told.join(", ")) }
            };
            let asked = |missing: &Missing| match missing.wanted {
                Wanted::Number => format!("--set {}=N", missing.name),
                wanted => format!("--set '{}={}'", missing.name, wanted.example()),
            };
            let asked: Vec<String> = missing.iter().map(asked).collect();
            let config = match places.read_config() {
                true => " If a config says it, give that by the name of its option: --set config=FILE.",
                false => "",
            };
            format!(
                "The source does not say: {}. Give it with {}.{config}",
                missing.iter().map(one).collect::<Vec<_>>().join("; "),
                asked.join(" ")
            )
        }
    }
}
