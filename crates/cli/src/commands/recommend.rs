//! `lrscope recommend`

use std::fmt::Write as _;
use std::io::IsTerminal;

use advisor::recipes::{Domain, Goal, Length, OptimizerKind, Recipe, Situation, Start, recommend};
use clap::{Args, ValueEnum};
use dialoguer::{Input, Select};
use serde::Serialize;

use crate::{Failure, Outcome, output, terminal, text};

/// Recommend a recipe: optimizer, LR, schedule and warmup, each with its reason and source
///
/// Without --domain it asks, where there is somebody to ask.
#[derive(Args, Debug)]
pub struct Arguments {
    /// What is trained
    #[arg(long, value_enum)]
    domain: Option<DomainName>,

    /// Where the weights come from
    #[arg(long, value_enum, default_value_t = StartName::Scratch)]
    start: StartName,

    /// Weights in the model: 125e6
    #[arg(long, allow_hyphen_values = true)]
    params: Option<f64>,

    /// Passes over the data
    #[arg(long, conflicts_with = "steps")]
    epochs: Option<u64>,

    /// Optimizer steps in one pass
    #[arg(long, requires = "epochs")]
    steps_per_epoch: Option<u64>,

    /// Optimizer steps of the whole run
    #[arg(long)]
    steps: Option<u64>,

    /// The length is not known yet
    #[arg(long, conflicts_with_all = ["steps", "epochs"])]
    unknown_length: bool,

    /// Examples per optimizer step, over all devices and accumulated batches
    #[arg(long)]
    batch: Option<u64>,

    /// The optimizer, if it cannot be chosen
    #[arg(long, value_enum)]
    optimizer: Option<OptimizerName>,

    /// What matters
    #[arg(long, value_enum, default_value_t = GoalName::Best)]
    goal: GoalName,

    /// How to show it
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For reading
    Text,
    /// For a document
    Markdown,
    /// For programs
    Json,
    /// A training loop in PyTorch
    Code,
}

/// A word of the command line for each domain.
#[derive(Clone, Copy, Debug)]
struct DomainName(Domain);

impl ValueEnum for DomainName {
    fn value_variants<'a>() -> &'a [Self] {
        const ALL: [DomainName; Domain::ALL.len()] = {
            let mut all = [DomainName(Domain::Other); Domain::ALL.len()];
            let mut index = 0;
            while index < all.len() {
                all[index] = DomainName(Domain::ALL[index].1);
                index += 1;
            }
            all
        };
        &ALL
    }

    fn to_possible_value(&self) -> Option<clap::builder::PossibleValue> {
        let (name, _, help) = Domain::ALL.iter().find(|(_, domain, _)| *domain == self.0)?;
        Some(clap::builder::PossibleValue::new(*name).help(*help))
    }
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum StartName {
    /// Random weights
    Scratch,
    /// Weights that were trained before, with a new head
    Pretrained,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum OptimizerName {
    Sgd,
    Adam,
    #[value(name = "adamw")]
    AdamW,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum GoalName {
    /// The numbers of a paper, by its own recipe
    Reproduce,
    /// The best result in the given length
    Best,
    /// A good result soon
    Fast,
    /// The schedule is not known yet
    Explore,
}

impl From<GoalName> for Goal {
    fn from(name: GoalName) -> Self {
        match name {
            GoalName::Reproduce => Self::Reproduce,
            GoalName::Best => Self::Best,
            GoalName::Fast => Self::Fast,
            GoalName::Explore => Self::Explore,
        }
    }
}

#[derive(Serialize)]
struct Json<'a> {
    situation: &'a Situation,
    recipe: &'a Recipe,
    link: Option<String>,
}

/// Recommends.
pub fn run(arguments: &Arguments) -> Result<Outcome, Failure> {
    let situation = match arguments.domain {
        Some(DomainName(domain)) => situation(arguments, domain),
        None if std::io::stdin().is_terminal() && std::io::stderr().is_terminal() => ask()?,
        None => {
            let names: Vec<&str> = Domain::ALL.iter().map(|(name, ..)| *name).collect();
            return Err(Failure::new(format!("Say what is trained with --domain: {}.", names.join(", "))));
        }
    };
    let recipe = recommend(&situation).map_err(|error| Failure::new(error.to_string()))?;
    let link = recipe.permalink().map(|link| format!("#{}", link.encode()));
    let shown = match arguments.format {
        Format::Text => plain(&recipe, link.as_deref()),
        Format::Markdown => markdown(&recipe, link.as_deref()),
        Format::Code => recipe.code(),
        Format::Json => {
            let all = Json { situation: &situation, recipe: &recipe, link };
            serde_json::to_string_pretty(&all)
                .map_err(|error| Failure::new(format!("Could not write JSON: {error}.")))?
                + "\n"
        }
    };
    output::answer(&shown)?;
    Ok(Outcome::Clean)
}

fn situation(arguments: &Arguments, domain: Domain) -> Situation {
    let length = match (arguments.epochs, arguments.steps, arguments.unknown_length) {
        (Some(epochs), ..) => Length::Epochs { epochs, steps_per_epoch: arguments.steps_per_epoch },
        (_, Some(steps), _) => Length::Steps { steps },
        (_, _, true) => Length::Unknown,
        _ => Length::Usual,
    };
    Situation {
        domain,
        start: match arguments.start {
            StartName::Scratch => Start::Scratch,
            StartName::Pretrained => Start::Pretrained,
        },
        parameters: arguments.params,
        length,
        batch: arguments.batch,
        optimizer: arguments.optimizer.map(|name| match name {
            OptimizerName::Sgd => OptimizerKind::Sgd,
            OptimizerName::Adam => OptimizerKind::Adam,
            OptimizerName::AdamW => OptimizerKind::AdamW,
        }),
        goal: arguments.goal.into(),
    }
}

/// Asks for what matters most.
fn ask() -> Result<Situation, Failure> {
    let failed = |error: dialoguer::Error| Failure::new(format!("The questions could not be asked: {error}."));
    let choose = |prompt: &str, items: &[&str]| {
        Select::new().with_prompt(prompt).items(items).default(0).interact().map_err(failed)
    };
    let domains: Vec<&str> = Domain::ALL.iter().map(|(.., help)| *help).collect();
    let domain = Domain::ALL[choose("What is trained?", &domains)?].1;
    let start = [Start::Scratch, Start::Pretrained]
        [choose("From which weights?", &["random", "trained before, with a new head"])?];
    let goals = [Goal::Best, Goal::Fast, Goal::Reproduce, Goal::Explore];
    let goal = goals[choose(
        "What matters?",
        &["the best result in the given length", "a good result soon", "the numbers of a paper", "finding out"],
    )?];
    let number = |prompt: &str| -> Result<u64, Failure> {
        Input::<u64>::new().with_prompt(prompt).interact_text().map_err(failed)
    };
    let lengths = ["as usual in the field", "so many epochs", "so many optimizer steps", "not known yet"];
    let length = match choose("How long is the run?", &lengths)? {
        0 => Length::Usual,
        1 => Length::Epochs { epochs: number("Epochs")?, steps_per_epoch: None },
        2 => Length::Steps { steps: number("Optimizer steps")? },
        _ => Length::Unknown,
    };
    let batch = number("Examples per optimizer step, 0 if as usual")?;
    Ok(Situation { start, goal, length, batch: (batch > 0).then_some(batch), ..Situation::new(domain) })
}

fn plain(recipe: &Recipe, link: Option<&str>) -> String {
    const MARGIN: usize = 11;
    let width = terminal::width();
    let indent = " ".repeat(MARGIN);
    let mut shown = String::new();
    for line in &recipe.lines {
        shown += &text::paragraph(&line.advice, width, &format!("{:MARGIN$}", line.topic.words()), &indent);
        let why = format!("{} [{}]", line.reason, line.source.words());
        shown += &text::paragraph(&why, width, &indent, &indent);
    }
    if let Some(schedule) = &recipe.schedule {
        let _ = writeln!(
            shown,
            "\nSchedule, in {}, at LR {}:\n    {schedule}",
            recipe.run.unit.words(),
            recipe.optimizer.lr
        );
    }
    if !recipe.alternatives.is_empty() {
        shown += "\nOther ways:\n";
        for other in &recipe.alternatives {
            let told = format!("{}: if {}. [{}]", other.instead, other.when, other.source.name);
            shown += &text::paragraph(&told, width, "  - ", "    ");
        }
    }
    if let Some(link) = link {
        let _ = writeln!(shown, "\nDraw it: lrscope show '{link}'");
    }
    shown
}

fn markdown(recipe: &Recipe, link: Option<&str>) -> String {
    let mut shown = String::from("| | do | why | source |\n|---|---|---|---|\n");
    for line in &recipe.lines {
        let (topic, source) = (line.topic.words(), line.source.words());
        let _ = writeln!(shown, "| {topic} | {} | {} | {source} |", line.advice, line.reason);
    }
    let _ = write!(shown, "\n```python\n{}```\n", recipe.code());
    if !recipe.alternatives.is_empty() {
        shown += "\nOther ways:\n\n";
        for other in &recipe.alternatives {
            let _ = writeln!(
                shown,
                "* {}: if {}. ({}, {})",
                other.instead, other.when, other.source.name, other.source.place
            );
        }
    }
    if let Some(link) = link {
        let _ = writeln!(shown, "\n[The schedule in the playground]({link})");
    }
    shown
}
