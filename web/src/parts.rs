//! The parts of the page that a teacher can hide.

/// A part that can be hidden.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Part {
    /// Claim and counter-example.
    Claim,
    /// The editors of the schedules.
    Schedules,
    /// Task, steps, seeds, batch and device.
    Settings,
    /// What the rules say.
    Findings,
    /// The training run that the schedules are meant for.
    Run,
    /// Code and files to take away.
    Export,
    /// Earlier runs of the session.
    History,
}

impl Part {
    /// All parts, each with its name in links and in words.
    pub const ALL: [(Self, &'static str, &'static str); 7] = [
        (Self::Claim, "claim", "Claim"),
        (Self::Schedules, "schedules", "Schedule editors"),
        (Self::Settings, "settings", "Settings"),
        (Self::Findings, "findings", "Findings"),
        (Self::Run, "run", "Your own run"),
        (Self::Export, "export", "Export"),
        (Self::History, "history", "Earlier runs"),
    ];

    /// Its name in links.
    pub fn name(self) -> &'static str {
        Self::ALL.iter().find(|(part, ..)| *part == self).map_or("", |(_, name, _)| name)
    }

    /// The part of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().find(|(_, known, _)| *known == name).map(|(part, ..)| *part)
    }
}
