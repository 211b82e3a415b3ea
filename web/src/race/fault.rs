//! What has gone wrong, in words, with the ways out of it.

use super::Device;
use super::team::{Life, Part, Team};

/// What has gone wrong, and what can be done about it.
#[derive(Clone, Debug, PartialEq)]
pub struct Fault {
    /// Sentences.
    pub sentence: String,
    /// The ways out, the best one first.
    pub ways: Vec<Way>,
}

/// A way out of a fault.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Way {
    /// The lost lanes go on, on this device.
    GoOn {
        /// Where.
        device: Device,
        /// From which step.
        step: usize,
        /// Whether that is another device than before.
        moves: bool,
    },
    /// The whole race from its beginning.
    Restart,
}

impl Way {
    /// What the button says.
    pub fn words(self) -> String {
        match self {
            Self::GoOn { device, step, moves: true } => format!("Go on on {} from step {step}", device.words()),
            Self::GoOn { device: Device::WebGpu, step, .. } => format!("Try WebGPU again from step {step}"),
            Self::GoOn { step, .. } => format!("Go on from step {step}"),
            Self::Restart => "Start again".into(),
        }
    }

    /// What tests call the button.
    pub fn name(self) -> &'static str {
        match self {
            Self::GoOn { moves: true, .. } => "go-on-elsewhere",
            Self::GoOn { .. } => "go-on",
            Self::Restart => "start-again",
        }
    }
}

/// What there is to say of lost lanes, if there are any. `made`: whether any step was made.
pub(super) fn fault(team: &Team, made: bool) -> Option<Fault> {
    let lost = || team.parts.iter().filter(|part| part.is_lost());
    let first = lost().next()?;
    let lanes: usize = lost().map(|part| part.lanes.len()).sum();
    let all: usize = team.parts.iter().map(|part| part.lanes.len()).sum();
    let what = match &first.life {
        Life::Lost(sentence) => sentence.clone(),
        _ => "A trainer has said nothing for long: its steps take their time, or the browser has ended it.".into(),
    };
    let which = match (lanes == all, made) {
        (true, false) => "No step was made.".to_owned(),
        (true, true) => "All curves are kept.".to_owned(),
        (false, _) => {
            format!("{lanes} of the {all} lanes have stopped; their curves are kept, and the others are not affected.")
        }
    };
    let step = lost().map(Part::saved_at).min().unwrap_or(0);
    let go_on = |device, moves| Way::GoOn { device, step, moves };
    let mut ways = match (made, first.device) {
        (false, _) => Vec::new(),
        (true, Device::Cpu) => vec![go_on(Device::Cpu, false)],
        (true, Device::WebGpu) => vec![go_on(Device::Cpu, true), go_on(Device::WebGpu, false)],
    };
    ways.push(Way::Restart);
    Some(Fault { sentence: format!("{what} {which}"), ways })
}
