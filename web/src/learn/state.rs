//! What there is to look up, what is sought, and what is open.

use leptos::prelude::*;
use tools::{Answer, Entry, Question};

use super::search;
use crate::ask::Tools;
use crate::browser;
use crate::view::{View, setting};

/// The state. Copies are the same one.
#[derive(Clone, Copy)]
pub struct LearnState {
    /// The worker, which holds the texts.
    pub tools: Tools,
    /// All entries; empty until they are loaded.
    pub entries: RwSignal<Vec<Entry>>,
    /// What is typed into the search field.
    pub sought: RwSignal<String>,
    /// The entries that hold all words sought.
    pub found: Memo<Vec<usize>>,
    /// The name of the entry that the address is about.
    pub about: RwSignal<Option<String>>,
    /// Why there is nothing.
    pub problem: RwSignal<Option<String>>,
}

impl LearnState {
    /// Nothing is loaded before the view is shown.
    pub fn new(tools: Tools) -> Self {
        let entries = RwSignal::new(Vec::new());
        let sought = RwSignal::new(String::new());
        let found = Memo::new(move |_| entries.with(|entries| sought.with(|sought| search::find(entries, sought))));
        Self { tools, entries, sought, found, about: RwSignal::new(None), problem: RwSignal::new(None) }
    }

    /// Takes the entry that the address is about, and loads what there is.
    pub fn open_address(self) {
        let fragment = browser::fragment();
        if View::of(&fragment).0 != View::Learn {
            return;
        }
        let about = setting(&fragment, "about");
        if about.is_some() {
            // What is linked to must not be hidden by an old search.
            self.sought.set(String::new());
        }
        self.about.set(about);
        if self.entries.with_untracked(|entries| !entries.is_empty()) {
            return self.complain();
        }
        self.tools.ask(&Question::Library, None, move |answer| match answer {
            Ok(Answer::Library(entries)) => {
                self.entries.set(entries);
                self.complain();
            }
            Ok(_) => {}
            Err(sentence) => self.problem.set(Some(sentence)),
        });
    }

    /// Says so where the address is about something that there is not.
    fn complain(self) {
        let about = self.about.get_untracked();
        let is_known =
            |name: &String| self.entries.with_untracked(|entries| entries.iter().any(|entry| entry.name == *name));
        let unknown = about.filter(|name| !is_known(name));
        self.problem.set(unknown.map(|name| format!("There is no entry called `{name}`.")));
    }
}
