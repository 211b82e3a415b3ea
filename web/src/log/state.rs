//! What the view of the log keeps, and when it asks the worker.

use leptos::prelude::*;
use tools::{Answer, LogQuestion, LogReport, Question};

use crate::ask::Tools;
use crate::files::{self, ChosenFile};

/// Longer logs are not read: the time would be minutes.
const MOST_BYTES: f64 = 512.0 * 1024.0 * 1024.0;

/// The state. Copies are the same one.
#[derive(Clone, Copy)]
pub struct LogState {
    /// The worker.
    pub tools: Tools,
    /// What the log says.
    pub report: RwSignal<Option<LogReport>>,
    /// Whether the worker is at it.
    pub busy: RwSignal<bool>,
    /// Why there is no report, or not the one that was asked for.
    pub problem: RwSignal<Option<String>>,
    /// What was asked.
    pub question: RwSignal<LogQuestion>,
    log: StoredValue<Option<ChosenFile>, LocalStorage>,
}

impl LogState {
    /// No log yet.
    pub fn new(tools: Tools) -> Self {
        Self {
            tools,
            report: RwSignal::new(None),
            busy: RwSignal::new(false),
            problem: RwSignal::new(None),
            question: RwSignal::new(LogQuestion::default()),
            log: StoredValue::new_local(None),
        }
    }

    /// Reads another log.
    pub fn open(self, file: Option<ChosenFile>) {
        let Some(file) = file else { return };
        if file.size > MOST_BYTES {
            let megabytes = file.size / 1e6;
            let sentence = format!(
                "{} has {megabytes:.0} MB; at most {:.0} are read here. `lrscope diagnose` reads more.",
                file.name,
                MOST_BYTES / 1e6
            );
            return self.problem.set(Some(sentence));
        }
        self.question.set(LogQuestion { name: file.name.clone(), columns: Vec::new() });
        self.report.set(None);
        self.log.set_value(Some(file));
        self.read();
    }

    /// Reads a text as a log.
    pub fn paste(self, text: &str) {
        if !text.trim().is_empty() {
            self.open(Some(ChosenFile { name: "pasted".into(), size: text.len() as f64, blob: files::blob_of(text) }));
        }
    }

    /// Reads one of the logs beside the page.
    pub fn example(self, address: &'static str) {
        leptos::task::spawn_local(async move {
            match files::fetch_file(address).await {
                Ok(file) => self.open(Some(file)),
                Err(sentence) => self.problem.set(Some(sentence)),
            }
        });
    }

    /// Takes another column for a role.
    pub fn correct(self, role: &str, column: &str) {
        self.question.update(|question| {
            question.columns.retain(|(other, _)| other != role);
            if !column.is_empty() {
                question.columns.push((role.into(), column.into()));
            }
        });
        self.read();
    }

    fn read(self) {
        let Some(log) = self.log.get_value() else { return };
        let question = self.question.get_untracked();
        self.busy.set(true);
        self.problem.set(None);
        self.tools.ask(&Question::Read(question.clone()), Some(log.blob), move |answer| {
            // The answer to what was asked before it was asked differently.
            if self.question.with_untracked(|now| *now != question) {
                return;
            }
            self.busy.set(false);
            match answer {
                Ok(Answer::Read(Ok(report))) => self.report.set(Some(*report)),
                Ok(Answer::Read(Err(sentence))) | Err(sentence) => self.problem.set(Some(sentence)),
                Ok(_) => {}
            }
        });
    }
}
