//! What there is to look up, what is sought, and what is open.

use leptos::prelude::*;
use tools::{Entry, decode};

use super::search;
use crate::browser;
use crate::view::{View, setting};

/// Where the entries are: a file beside the page, written by the build.
const LIBRARY: &str = "library.postcard";

/// The state. Copies are the same one.
#[derive(Clone, Copy)]
pub struct LearnState {
    /// All entries; empty until they are loaded.
    pub entries: RwSignal<Vec<Entry>>,
    /// What is typed into the search field.
    pub sought: RwSignal<String>,
    /// The entries that hold all words sought.
    pub found: Memo<Vec<usize>>,
    /// The name of the entry that the address is about.
    pub about: RwSignal<Option<String>>,
    /// Whether the entries are on their way.
    pub loading: RwSignal<bool>,
    /// Why there is nothing.
    pub problem: RwSignal<Option<String>>,
}

impl LearnState {
    /// Nothing is loaded before the view is shown.
    pub fn new() -> Self {
        let entries = RwSignal::new(Vec::new());
        let sought = RwSignal::new(String::new());
        let found = Memo::new(move |_| entries.with(|entries| sought.with(|sought| search::find(entries, sought))));
        Self {
            entries,
            sought,
            found,
            about: RwSignal::new(None),
            loading: RwSignal::new(false),
            problem: RwSignal::new(None),
        }
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
        if !self.loading.get_untracked() {
            self.loading.set(true);
            leptos::task::spawn_local(self.load());
        }
    }

    async fn load(self) {
        let entries = browser::load_bytes(LIBRARY).await.and_then(|bytes| {
            decode(&bytes).map_err(|_| "they are of another version of this page; reload it".to_owned())
        });
        self.loading.set(false);
        match entries {
            Ok(entries) => {
                self.entries.set(entries);
                self.complain();
            }
            Err(error) => self.problem.set(Some(format!("The texts could not be loaded: {error}."))),
        }
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
