//! A finished run on disk: what the page shows before anybody has pressed Run.
//!
//! ```text
//! lrscope recording 1
//! race demo=spirals&v=1
//! date 2026-11-25
//! device 2 CPU threads
//! steps/s 310.2
//! every 4
//! learned 0.6931 0.5512 0.4306
//! diverged 0.6931 1.2 nan
//! ```
//!
//! After the heading a line for each lane, in the order of [`crate::presets::lanes`]: what became of it, then its losses.

use std::fmt;

use crate::outcome::Outcome;

/// The first line.
const TITLE: &str = "lrscope recording 1";
/// Outcomes as they are written.
const OUTCOMES: [(Outcome, &str); 4] = [
    (Outcome::Learned, "learned"),
    (Outcome::AtChance, "at-chance"),
    (Outcome::Diverged, "diverged"),
    (Outcome::Learning, "learning"),
];

/// A run of a demo, or of its counter-example, that this crate has made.
#[derive(Clone, Debug, PartialEq)]
pub struct Recording {
    /// The link of the race.
    pub race: String,
    /// Day of the run, `YYYY-MM-DD`.
    pub date: String,
    /// What it ran on, in words.
    pub device: String,
    /// Optimizer steps per second, all lanes together making one.
    pub steps_per_second: f64,
    /// Steps per value of the losses.
    pub every: usize,
    /// One for each lane.
    pub lanes: Vec<RecordedLane>,
}

/// One lane of a recording.
#[derive(Clone, Debug, PartialEq)]
pub struct RecordedLane {
    /// What became of it, judged by all of its steps.
    pub outcome: Outcome,
    /// Loss in nats, the mean of each group of [`Recording::every`] steps; NaN where it was not a number.
    pub losses: Vec<f32>,
}

/// The name of the file that holds the recording of a demo or of its counter-example.
pub fn file_name(demo: &str, counter_example: bool) -> String {
    format!("{demo}{}.txt", if counter_example { "-counter" } else { "" })
}

impl Recording {
    /// Reads a file.
    ///
    /// # Errors
    /// The number of the line that is not as it should be, from 1.
    pub fn read(text: &str) -> Result<Self, usize> {
        let mut lines = text.lines();
        let mut number = 0_usize;
        let mut value = |key: &str| {
            number += 1;
            lines.next().and_then(|line| line.strip_prefix(key)).ok_or(number)
        };
        if !value(TITLE)?.is_empty() {
            return Err(1);
        }
        let [race, date, device] = ["race ", "date ", "device "].map(|key| value(key).map(str::to_owned));
        let (race, date, device) = (race?, date?, device?);
        let steps_per_second = value("steps/s ")?.parse().map_err(|_| 5_usize)?;
        let every = value("every ")?.parse().ok().filter(|every| *every > 0).ok_or(6_usize)?;
        let lanes = lines
            .zip(7_usize..)
            .map(|(line, number)| RecordedLane::read(line).ok_or(number))
            .collect::<Result<_, _>>()?;
        Ok(Self { race, date, device, steps_per_second, every, lanes })
    }
}

impl RecordedLane {
    fn read(line: &str) -> Option<Self> {
        let (outcome, losses) = line.split_once(' ')?;
        let (outcome, _) = OUTCOMES.into_iter().find(|(_, word)| *word == outcome)?;
        let losses = losses.split(' ').map(|loss| loss.parse().ok()).collect::<Option<_>>()?;
        Some(Self { outcome, losses })
    }
}

impl fmt::Display for Recording {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { race, date, device, steps_per_second, every, lanes } = self;
        writeln!(formatter, "{TITLE}\nrace {race}\ndate {date}\ndevice {device}")?;
        writeln!(formatter, "steps/s {steps_per_second}\nevery {every}")?;
        for lane in lanes {
            let word =
                OUTCOMES.iter().find(|(outcome, _)| *outcome == lane.outcome).map_or("learning", |(_, word)| word);
            formatter.write_str(word)?;
            for loss in &lane.losses {
                write!(formatter, " {loss}")?;
            }
            writeln!(formatter)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn recording() -> Recording {
        Recording {
            race: "v=1".into(),
            date: "2026-11-25".into(),
            device: "2 CPU threads".into(),
            steps_per_second: 20.5,
            every: 3,
            lanes: vec![
                RecordedLane { outcome: Outcome::Learned, losses: vec![2.5, 0.001] },
                RecordedLane { outcome: Outcome::AtChance, losses: vec![2.77] },
            ],
        }
    }

    #[test]
    fn what_is_written_comes_back() {
        assert_eq!(Recording::read(&recording().to_string()), Ok(recording()));
    }

    #[test]
    fn a_broken_file_is_told_by_its_line() {
        let text = recording().to_string();
        assert_eq!(Recording::read(""), Err(1));
        assert_eq!(Recording::read(&text.replace("every 3", "every 0")), Err(6));
        assert_eq!(Recording::read(&text.replace("at-chance", "asleep")), Err(8));
        assert_eq!(Recording::read(&text.replace("2.77", "x")), Err(8));
    }
}
