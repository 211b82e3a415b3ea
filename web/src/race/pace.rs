//! How fast a race is shown. Training goes on as fast as it can, but not far ahead of what is shown.

/// How fast.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Pace {
    /// As it comes.
    Live,
    /// So many steps per second.
    Steps(f64),
}

impl Pace {
    /// Every pace, with its name in forms and its words.
    pub const ALL: [(&'static str, &'static str, Self); 4] = [
        ("live", "full speed", Self::Live),
        ("60", "60 steps/s", Self::Steps(60.0)),
        ("20", "20 steps/s", Self::Steps(20.0)),
        ("5", "5 steps/s", Self::Steps(5.0)),
    ];

    /// Its name.
    pub fn name(self) -> &'static str {
        Self::ALL.iter().find(|(.., pace)| *pace == self).map_or("live", |(name, ..)| name)
    }

    /// The pace of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().find(|(known, ..)| *known == name).map(|(.., pace)| *pace)
    }

    /// How many steps to show, after `elapsed` seconds, of what has arrived. `carry` keeps what was less than a step.
    pub fn advance(self, shown: usize, received: usize, elapsed: f64, carry: &mut f64) -> usize {
        match self {
            Self::Live => received,
            Self::Steps(rate) => {
                let due = (elapsed * rate).min(rate) + *carry;
                *carry = due.fract();
                (shown + due as usize).min(received)
            }
        }
    }

    /// How many steps may have arrived and not been shown before training is held.
    pub fn allowance(self) -> usize {
        match self {
            Self::Live => usize::MAX,
            Self::Steps(rate) => (rate * 4.0) as usize,
        }
    }
}
