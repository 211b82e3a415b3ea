//! The views of the page and their links: `view=NAME` in the fragment. A link without it is one to the race, as all links
//! were before there were views.

use scheduler::permalink::Permalink;

/// A view.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum View {
    /// Compose schedules and race them.
    Race,
    /// Find the LR of the experiment of the race.
    FindLr,
    /// Find mistakes in code.
    Check,
    /// A recipe for a situation.
    Advise,
    /// What went wrong in a run.
    Log,
    /// Rules, schedules and claims.
    Learn,
}

impl View {
    /// All views in the order of the navigation: name in links, words. A further one needs a line here and one in
    /// [`crate::app::App`].
    pub const ALL: [(Self, &'static str, &'static str); 6] = [
        (Self::Race, "race", "Race"),
        (Self::FindLr, "find-lr", "Find LR"),
        (Self::Check, "check", "Check code"),
        (Self::Advise, "advise", "Advise"),
        (Self::Log, "log", "Read log"),
        (Self::Learn, "learn", "Learn"),
    ];

    /// The view of a fragment, and a sentence where it names one that there is not.
    pub fn of(fragment: &str) -> (Self, Option<String>) {
        let Some(name) = pairs(fragment).find_map(|pair| pair.strip_prefix("view=")) else {
            return (Self::Race, None);
        };
        match Self::ALL.iter().find(|(_, known, _)| *known == name) {
            Some((view, ..)) => (*view, None),
            None => (Self::Race, Some(format!("There is no view called `{name}`."))),
        }
    }

    /// What the navigation calls it.
    pub fn words(self) -> &'static str {
        Self::ALL.iter().find(|(view, ..)| *view == self).map_or("", |(.., words)| words)
    }

    /// What links call it.
    pub fn name(self) -> &'static str {
        Self::ALL.iter().find(|(view, ..)| *view == self).map_or("", |(_, name, _)| name)
    }

    /// Whether it shows the state of the race.
    pub fn is_of_race(self) -> bool {
        matches!(self, Self::Race | Self::FindLr)
    }

    /// A link to it with settings, without `#`.
    pub fn link(self, settings: &[(&str, String)]) -> String {
        let mut link = Permalink::default();
        link.settings.insert("view".into(), self.name().into());
        for (key, value) in settings {
            link.settings.insert((*key).into(), value.clone());
        }
        link.encode()
    }
}

/// The value of a key in a fragment.
pub fn setting(fragment: &str, key: &str) -> Option<String> {
    Permalink::decode(fragment).0.settings.remove(key)
}

/// What a fragment says to the race: all but the view. `None` where it says nothing, so that the race stays as it is.
pub fn of_race(fragment: &str) -> Option<String> {
    let names_view = pairs(fragment).any(|pair| pair.starts_with("view="));
    let rest: Vec<&str> = pairs(fragment).filter(|pair| !pair.starts_with("view=")).collect();
    let says_nothing = rest.iter().all(|pair| pair.starts_with("v="));
    (!(names_view && says_nothing)).then(|| rest.join("&"))
}

fn pairs(fragment: &str) -> impl Iterator<Item = &str> {
    fragment.split('&')
}
