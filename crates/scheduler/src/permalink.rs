//! Links to the playground: the fragment after `#`.
//!
//! ```text
//! #lane=no%20warmup~0.015~ConstantLR(factor=1.0)&lane=warmup~0.015~LinearLR(start_factor=0.02,total_iters=40)&steps=250&v=1
//! ```
//!
//! Pairs of `key=value` joined by `&`. Each `lane` is a name, an LR and a schedule in the [notation](crate::notation),
//! joined by `~`. Other keys are settings that this crate carries without knowing them; they are sorted, so that equal
//! states have equal links. `v` is the version and comes last, so that a link never ends in a bracket, which many chat
//! programs cut off. Only what would break a link is percent-encoded: it can be read and edited by hand.

use std::collections::BTreeMap;

use percent_encoding::{AsciiSet, CONTROLS, percent_decode_str, utf8_percent_encode};

use crate::notation;
use crate::schedule::Schedule;

/// The version that [`Permalink::encode`] writes.
pub const VERSION: u32 = 1;

/// The longest fragment that is read, in bytes. Chromium cuts URLs at 2 MB; ours have a few hundred bytes.
pub const MAX_LENGTH: usize = 32 * 1024;

/// The most lanes and settings that are read.
const MAX_PAIRS: usize = 64;

/// What must not stand raw in a value: the separators, and what browsers encode in a fragment by themselves.
const RESERVED: &AsciiSet =
    &CONTROLS.add(b' ').add(b'"').add(b'#').add(b'%').add(b'&').add(b'<').add(b'>').add(b'`').add(b'~').add(b'\\');

/// A schedule in a link, with its name and its LR.
#[derive(Clone, Debug, PartialEq)]
pub struct NamedSchedule {
    /// What the user calls it.
    pub name: String,
    /// The LR that the optimizer is built with.
    pub lr: f64,
    /// How it evolves.
    pub schedule: Schedule,
}

/// What a link says.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Permalink {
    /// The schedules of the race.
    pub lanes: Vec<NamedSchedule>,
    /// Everything else, by key. Keys are lower-case ASCII words.
    pub settings: BTreeMap<String, String>,
}

/// A part of a link that could not be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The part as it stands in the link.
    pub part: String,
    /// One sentence: what is wrong with it.
    pub message: String,
}

impl Permalink {
    /// The fragment, without the `#`.
    pub fn encode(&self) -> String {
        let lane = |lane: &NamedSchedule| {
            // Spaces after commas are for reading prose; in a link they would be `%20`.
            let schedule = lane.schedule.to_string().replace(", ", ",");
            format!("lane={}~{:?}~{}", escape(&lane.name), lane.lr, escape(&schedule))
        };
        let setting = |(key, value): (&String, &String)| format!("{}={}", escape(key), escape(value));
        let mut pairs: Vec<String> = self.lanes.iter().map(lane).collect();
        pairs.extend(self.settings.iter().map(setting));
        pairs.push(format!("v={VERSION}"));
        pairs.join("&")
    }

    /// Reads a fragment (with or without `#`) or a whole address. What cannot be read is left out and told.
    pub fn decode(link: &str) -> (Self, Vec<Problem>) {
        let fragment = link.split_once('#').map_or(link, |(_, fragment)| fragment);
        let mut permalink = Self::default();
        let mut problems = Vec::new();
        if fragment.len() > MAX_LENGTH {
            let message = format!("The link is {} bytes long; at most {MAX_LENGTH} are read.", fragment.len());
            return (permalink, vec![Problem { part: beginning(fragment), message }]);
        }
        let mut pairs = fragment.split('&').filter(|pair| !pair.is_empty());
        for pair in pairs.by_ref().take(MAX_PAIRS) {
            if let Err(message) = permalink.add(pair) {
                problems.push(Problem { part: beginning(pair), message });
            }
        }
        if let Some(rest) = pairs.next() {
            let message = format!("The link has more than {MAX_PAIRS} parts; the rest is left out.");
            problems.push(Problem { part: beginning(rest), message });
        }
        (permalink, problems)
    }

    fn add(&mut self, pair: &str) -> Result<(), String> {
        let (key, value) = pair.split_once('=').ok_or("Expected key=value.")?;
        match key {
            "v" => match value.parse::<u32>() {
                Ok(version) if version > VERSION => {
                    Err(format!("The link was made with a newer version ({version}); reload the page to get it."))
                }
                Ok(_) => Ok(()),
                Err(_) => Err("The version is not a number.".into()),
            },
            "lane" => {
                self.lanes.push(lane(value)?);
                Ok(())
            }
            _ if key.is_empty() || !key.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-') => {
                Err("A key is made of lower-case letters.".into())
            }
            _ => match self.settings.insert(key.into(), unescape(value)?) {
                None => Ok(()),
                Some(_) => Err(format!("`{key}` is given twice; the last one counts.")),
            },
        }
    }
}

fn lane(value: &str) -> Result<NamedSchedule, String> {
    let mut parts = value.splitn(3, '~');
    let (Some(name), Some(lr), Some(schedule)) = (parts.next(), parts.next(), parts.next()) else {
        return Err("A lane is written name~LR~schedule.".into());
    };
    let (name, lr, schedule) = (unescape(name)?, unescape(lr)?, unescape(schedule)?);
    let lr = lr.parse().ok().filter(|lr: &f64| lr.is_finite()).ok_or_else(|| format!("`{lr}` is not an LR."))?;
    let schedule = notation::parse(&schedule).map_err(|error| error.message)?;
    Ok(NamedSchedule { name, lr, schedule })
}

fn escape(value: &str) -> String {
    utf8_percent_encode(value, RESERVED).to_string()
}

fn unescape(value: &str) -> Result<String, String> {
    let decoded = percent_decode_str(value).decode_utf8().map_err(|_| "The text is not valid UTF-8.")?;
    Ok(decoded.into_owned())
}

/// Enough of a part to recognise it.
fn beginning(part: &str) -> String {
    const LENGTH: usize = 80;
    match part.char_indices().nth(LENGTH) {
        Some((end, _)) => format!("{}…", &part[..end]),
        None => part.into(),
    }
}
