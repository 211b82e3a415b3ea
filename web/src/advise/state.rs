//! What the view of the advice keeps, and when it asks the worker.

use advisor::recipes::{Domain, Situation};
use leptos::prelude::*;
use tools::{Answer, Question, RecipeReport};

use super::link;
use crate::ask::Tools;
use crate::browser;
use crate::view::View;

/// The state. Copies are the same one.
#[derive(Clone, Copy)]
pub struct AdviseState {
    /// The worker.
    pub tools: Tools,
    /// What is to be trained.
    pub situation: RwSignal<Situation>,
    /// The recipe; the last of it while the next is under way.
    pub report: RwSignal<Option<RecipeReport>>,
    /// What is wrong with the situation or with the link.
    pub problem: RwSignal<Option<String>>,
    asked: StoredValue<Option<Situation>>,
}

impl AdviseState {
    /// The most common situation there is.
    pub fn new(tools: Tools) -> Self {
        Self {
            tools,
            situation: RwSignal::new(Situation::new(Domain::ImageCnn)),
            report: RwSignal::new(None),
            problem: RwSignal::new(None),
            asked: StoredValue::new(None),
        }
    }

    /// Takes the situation of the address, if there is one.
    pub fn open_address(self) {
        let fragment = browser::fragment();
        if View::of(&fragment).0 != View::Advise {
            return;
        }
        if let Some((situation, problem)) = link::decode(&fragment) {
            self.change(|now| *now = situation);
            if problem.is_some() {
                self.problem.set(problem);
            }
        } else {
            self.ask();
        }
    }

    /// Changes the situation.
    pub fn change(self, change: impl FnOnce(&mut Situation)) {
        let mut situation = self.situation.get_untracked();
        change(&mut situation);
        if situation != self.situation.get_untracked() {
            self.situation.set(situation);
        }
        self.ask();
    }

    fn ask(self) {
        let situation = self.situation.get_untracked();
        if self.asked.with_value(|asked| *asked == Some(situation)) {
            return;
        }
        self.asked.set_value(Some(situation));
        self.problem.set(None);
        self.tools.ask(&Question::Advise(situation), None, move |answer| {
            if self.situation.with_untracked(|now| *now != situation) {
                return;
            }
            match answer {
                Ok(Answer::Recipe(Ok(report))) => self.report.set(Some(*report)),
                Ok(Answer::Recipe(Err(sentence))) => self.problem.set(Some(sentence)),
                Ok(_) => {}
                Err(sentence) => {
                    self.asked.set_value(None);
                    self.problem.set(Some(sentence));
                }
            }
        });
    }
}
