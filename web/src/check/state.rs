//! What the view of the code keeps, and when it asks the worker.

use std::time::Duration;

use leptos::prelude::*;
use tools::{Answer, Checked, Mend, Question, Range, Source};

use super::example;
use crate::ask::Tools;

/// How long typing must rest before the code is read.
const PAUSE: Duration = Duration::from_millis(250);
/// Steps that can be undone.
const MOST_UNDO: usize = 50;

/// The state. Copies are the same one.
#[derive(Clone, Copy)]
pub struct CheckState {
    /// The worker.
    pub tools: Tools,
    /// The code.
    pub source: RwSignal<Source>,
    /// What was found in it; the last of it while the next is under way.
    pub checked: RwSignal<Option<Checked>>,
    /// Whether the worker is at it.
    pub busy: RwSignal<bool>,
    /// What went wrong with an order of the user's.
    pub problem: RwSignal<Option<String>>,
    /// Numbers that the code leaves open, by name, as the user gives them.
    pub given: RwSignal<Vec<(String, String)>>,
    /// Whether findings that may well be intended are shown.
    pub hints: RwSignal<bool>,
    /// Whether the code goes into the link.
    pub in_link: RwSignal<bool>,
    /// What the code was before it was mended or replaced.
    pub before: RwSignal<Vec<Source>>,
    /// The place in the code that is to be shown.
    pub go_to: RwSignal<Option<Range>>,
    /// Whether the code has changed since the worker was asked.
    stale: StoredValue<bool>,
    timer: StoredValue<Option<TimeoutHandle>>,
    /// The code of the last link that this page has made or opened.
    pub(super) opened: StoredValue<Option<String>>,
}

impl CheckState {
    /// Nothing is asked before the view is shown.
    pub fn new(tools: Tools) -> Self {
        Self {
            tools,
            source: RwSignal::new(example::source()),
            checked: RwSignal::new(None),
            busy: RwSignal::new(false),
            problem: RwSignal::new(None),
            given: RwSignal::new(Vec::new()),
            hints: RwSignal::new(false),
            in_link: RwSignal::new(false),
            before: RwSignal::new(Vec::new()),
            go_to: RwSignal::new(None),
            stale: StoredValue::new(false),
            timer: StoredValue::new(None),
            opened: StoredValue::new(None),
        }
    }

    /// Other text by typing.
    pub fn typed(self, text: String) {
        self.problem.set(None);
        self.source.update(|source| {
            if text.trim().is_empty() {
                // What comes next may be of another kind.
                source.name.clear();
            }
            source.text = text;
        });
        if let Some(timer) = self.timer.get_value() {
            timer.clear();
        }
        self.timer.set_value(set_timeout_with_handle(move || self.check(), PAUSE).ok());
    }

    /// Other code, by an order that can be undone.
    pub fn replace(self, source: Source) {
        let old = self.source.get_untracked();
        self.before.update(|before| {
            before.push(old);
            if before.len() > MOST_UNDO {
                before.remove(0);
            }
        });
        self.problem.set(None);
        self.source.set(source);
        self.check();
    }

    /// Undoes the last order.
    pub fn undo(self) {
        if let Some(source) = self.before.try_update(Vec::pop).flatten() {
            self.problem.set(None);
            self.source.set(source);
            self.check();
        }
    }

    /// Has the worker read the code; while it is at it, the next reading waits, so that it never lags behind by more than one.
    pub fn check(self) {
        if self.busy.get_untracked() {
            return self.stale.set_value(true);
        }
        self.busy.set(true);
        self.stale.set_value(false);
        let question = Question::Check(self.source.get_untracked(), self.given.get_untracked());
        self.tools.ask(&question, None, move |answer| {
            self.busy.set(false);
            match answer {
                Ok(Answer::Checked(checked)) => self.checked.set(Some(checked)),
                Ok(_) => {}
                Err(sentence) => self.problem.set(Some(sentence)),
            }
            if self.stale.get_value() {
                self.check();
            }
        });
    }

    /// Takes what is said under a name; nothing takes it back.
    pub fn give(self, name: &str, text: &str) {
        self.given.update(|given| {
            given.retain(|(other, _)| other != name);
            if !text.is_empty() {
                given.push((name.to_owned(), text.to_owned()));
            }
        });
        self.check();
    }

    /// Has findings mended.
    pub fn mend(self, which: Mend) {
        let source = self.source.get_untracked();
        let name = source.name.clone();
        self.tools.ask(&Question::Mend(source.clone(), which), None, move |answer| match answer {
            // What was typed meanwhile is not thrown away.
            Ok(Answer::Mended(_)) if self.source.with_untracked(|now| *now != source) => {}
            Ok(Answer::Mended(Ok((text, _)))) => self.replace(Source { name, text }),
            Ok(Answer::Mended(Err(sentence))) | Err(sentence) => self.problem.set(Some(sentence)),
            Ok(_) => {}
        });
    }
}
