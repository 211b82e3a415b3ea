//! The messages, as postcard bytes in a transferred `ArrayBuffer`.

use advisor::recipes::Situation;
use serde::{Deserialize, Serialize};

/// What the page wants to know. Each question has a number that its answer repeats.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Question {
    /// What is wrong in this code, and what LR does it produce? With what is said for what it leaves open, by name.
    Check(Source, Vec<(String, String)>),
    /// This code with some findings mended.
    Mend(Source, Mend),
    /// What happened in the run that this log is of? The log comes as a Blob beside the question.
    Read(LogQuestion),
    /// What should be trained with in this situation?
    Advise(Situation),
}

/// The answers, each to the question of the same name.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Answer {
    /// What was found.
    Checked(Checked),
    /// The file as it is now and how many fixes are in it, or a sentence on why it was left as it is.
    Mended(Result<(String, usize), String>),
    /// What the log says, or a sentence on why it cannot be read.
    Read(Result<Box<LogReport>, String>),
    /// The recipe, or a sentence on what is wrong with the situation.
    Recipe(Result<Box<RecipeReport>, String>),
}

/// A file of training code.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Source {
    /// Its name; empty where it was pasted. The end of it tells the kind.
    pub name: String,
    /// What is in it.
    pub text: String,
}

/// Which findings to mend.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Mend {
    /// That one of the list.
    One(usize),
    /// All whose fixes change nothing else.
    AllSafe,
}

/// A place in the text that the page shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Range {
    /// Line, from 0.
    pub line: usize,
    /// Column in characters, from 0.
    pub column: usize,
    /// Line of the end, from 0.
    pub end_line: usize,
    /// Column of the end, from 0.
    pub end_column: usize,
}

/// What was found in a source.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Checked {
    /// What it was taken for: "Python", "notebook", ...
    pub kind: String,
    /// The code in it, where that is not the text itself: that of a notebook's cells.
    pub code: Option<String>,
    /// The first line of each cell of a notebook, from 0, with its number.
    pub cells: Vec<(usize, usize)>,
    /// What is wrong, in the order of the source.
    pub findings: Vec<Finding>,
    /// How many findings comments silence.
    pub silenced: usize,
    /// The schedules that it builds.
    pub schedules: Vec<DetectedSchedule>,
    /// What it does to the LR; `None` where it has no schedule or no training loop in sight.
    pub run: Option<ProducedRun>,
}

/// The LR that code really produces.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ProducedRun {
    /// One for each optimizer; empty where something is missing.
    pub tracks: Vec<Track>,
    /// What was taken for granted.
    pub notes: Vec<String>,
    /// Whether an epoch counts as one step: within one the LR does not change.
    pub by_epoch: bool,
    /// What is not in the code and has to be given; of epochs that count as one step, how many steps they have.
    pub missing: Vec<MissingValue>,
    /// Why it cannot be told.
    pub problem: Option<String>,
}

/// The LR of one optimizer.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Track {
    /// What the code calls the optimizer.
    pub name: String,
    /// How many steps it makes.
    pub steps: usize,
    /// Steps and LRs, thinned out for drawing.
    pub curve: Vec<(f64, f64)>,
    /// What a scheduler raised, which ends the run.
    pub error: Option<String>,
}

/// Something that is not in the code.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct MissingValue {
    /// By what name it is given.
    pub name: String,
    /// What it is in the code: `len(train_loader)`.
    pub what: String,
    /// Where it is needed.
    pub place: String,
    /// How it is written, where it is no number: `[30, 60]`.
    pub example: String,
}

/// Something that is wrong.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Finding {
    /// Name of the rule.
    pub rule: String,
    /// Its code.
    pub code: String,
    /// `error`, `warning` or `info`.
    pub severity: String,
    /// `certain`, `likely` or `hint`.
    pub confidence: String,
    /// "line 14", "cell 3, line 2".
    pub place: String,
    /// The same in the text shown.
    pub range: Range,
    /// Other places, and what they have to do with it.
    pub related: Vec<(String, Range, String)>,
    /// What is wrong.
    pub what: String,
    /// Why that is bad.
    pub why: String,
    /// What to do.
    pub help: String,
    /// What it does to the LR.
    pub effect: Option<Effect>,
    /// How to mend it: what that does, and whether it changes nothing else.
    pub fix: Option<(String, bool)>,
}

/// The LR as written and as meant.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Effect {
    /// The difference in one sentence.
    pub summary: String,
    /// What was assumed.
    pub assumed: Vec<String>,
    /// `step` or `epoch`.
    pub unit: String,
    /// How many of them.
    pub length: usize,
    /// As written: places and LRs, thinned out for drawing.
    pub written: Vec<(f64, f64)>,
    /// As meant.
    pub intended: Vec<(f64, f64)>,
}

/// A schedule that code builds.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct DetectedSchedule {
    /// Its class.
    pub class: String,
    /// Where it is built.
    pub place: String,
    /// In the notation.
    pub text: String,
    /// How long it is in the run: "100 epochs".
    pub length: String,
    /// What was assumed.
    pub assumed: Vec<String>,
    /// The way to the playground.
    pub link: Link,
}

/// A schedule as a lane of the playground.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Link {
    /// The fragment, without `#`.
    pub fragment: String,
    /// What is different there, if anything.
    pub note: Option<String>,
}

/// How to read a log.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogQuestion {
    /// Name of the file, which tells some formats.
    pub name: String,
    /// Roles with the columns that the user names for them.
    pub columns: Vec<(String, String)>,
}

/// What a log says.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct LogReport {
    /// The format it was read as.
    pub format: String,
    /// Rows with numbers in them.
    pub rows: u64,
    /// What a reader should know.
    pub notes: Vec<String>,
    /// All columns.
    pub columns: Vec<String>,
    /// What a column can be: a word for it, and the column that is taken for it.
    pub roles: Vec<(String, Option<String>)>,
    /// What the log counts: `step`, `epoch` or `row`.
    pub unit: String,
    /// Curves for the plots: role, places and values.
    pub curves: Vec<(String, Vec<(f64, f64)>)>,
    /// The run in a few sentences.
    pub facts: Vec<String>,
    /// What is wrong; `None` where there is no loss to judge.
    pub symptoms: Option<Vec<Symptom>>,
}

/// Something that is wrong in a run.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Symptom {
    /// Its name.
    pub name: String,
    /// Where it is first seen.
    pub at: Option<f64>,
    /// One sentence.
    pub what: String,
    /// Where it is seen.
    pub evidence: Vec<String>,
    /// What it may come from and what to change then, the likeliest first.
    pub causes: Vec<(String, String)>,
    /// A schedule with the change, as text and as a lane.
    pub suggestion: Option<(String, Link)>,
}

/// What to train with.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct RecipeReport {
    /// The advice.
    pub lines: Vec<Advice>,
    /// Other ways: what, when, source.
    pub alternatives: Vec<(String, String, String)>,
    /// The schedule in the notation.
    pub schedule: String,
    /// LR of the optimizer.
    pub lr: f64,
    /// Length of the run.
    pub length: usize,
    /// What the schedule counts: `epoch` or `step`.
    pub unit: String,
    /// The LR over the run, thinned out for drawing.
    pub curve: Vec<(f64, f64)>,
    /// Programs by target: its name, and the code or why there is none.
    pub code: Vec<(String, Result<String, String>)>,
    /// The way to the playground.
    pub link: Link,
}

/// A line of a recipe.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Advice {
    /// What it is about.
    pub topic: String,
    /// What to do.
    pub advice: String,
    /// Why.
    pub reason: String,
    /// Who says so.
    pub source: String,
    /// Where that is.
    pub place: String,
    /// How strong that is.
    pub strength: String,
}

/// What kind of thing an entry explains.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum EntryKind {
    /// A rule of the linter.
    Rule,
    /// A class of schedules.
    Schedule,
    /// Something that is often said.
    Claim,
}

/// Something to look up.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// What kind.
    pub kind: EntryKind,
    /// Its name, unique, made of letters, digits and `-`: the anchor of its link.
    pub name: String,
    /// Heading.
    pub title: String,
    /// A few words beside the heading.
    pub note: String,
    /// The text.
    pub parts: Vec<Part>,
    /// Fragment of a link to try it: what it opens, and the fragment.
    pub link: Option<(String, String)>,
}

/// A part of a text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Part {
    /// A heading.
    Heading(String),
    /// Markdown: paragraphs and lists with `code` in them.
    Text(String),
    /// A program or a config file.
    Code(String),
}

/// Writes a message as bytes.
pub fn encode<M: Serialize>(message: &M) -> Vec<u8> {
    postcard::to_allocvec(message).expect("messages hold nothing that postcard cannot write")
}

/// Reads a message.
///
/// # Errors
/// Bytes that no message of this version has.
pub fn decode<'a, M: Deserialize<'a>>(bytes: &'a [u8]) -> Result<M, postcard::Error> {
    postcard::from_bytes(bytes)
}
