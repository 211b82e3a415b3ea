//! The runs that are drawn before anybody has pressed Run: made by this code, before. Files beside the page, one for each
//! demo and one for its counter-example.

use std::sync::Arc;

use leptos::prelude::*;
use trainer::presets::Preset;
use trainer::recording::{Recording, file_name};

use crate::browser;
use crate::race::Results;
use crate::state::State;

/// A recording to be drawn.
#[derive(Debug, PartialEq)]
pub struct Recorded {
    /// When and on what it was made, in a sentence.
    pub words: String,
    /// What came of its lanes.
    pub results: Results,
}

/// The recording of the race that the page is set to, loaded when it is first asked for; `None` until then, and for any race
/// but a demo or its counter-example as they are.
pub fn recorded(state: RwSignal<State>) -> Memo<Option<Arc<Recorded>>> {
    let known = RwSignal::new(Vec::<(String, Arc<Recorded>)>::new());
    let asked = StoredValue::new(Vec::<String>::new());
    let wanted = Memo::new(move |_| state.with(race_of));
    Effect::new(move |_| {
        let Some((file, race)) = wanted.get() else { return };
        if !asked.with_value(|asked| asked.contains(&file)) {
            asked.update_value(|asked| asked.push(file.clone()));
            leptos::task::spawn_local(async move {
                // Without it the plots wait for the first Run, as they do for any other race.
                if let Some(recorded) = load(&file, &race).await {
                    known.update(|known| known.push((file, Arc::new(recorded))));
                }
            });
        }
    });
    let of = move |file: &String| {
        known.with(|known| known.iter().find(|(known, _)| known == file).map(|(_, recorded)| recorded.clone()))
    };
    Memo::new(move |_| wanted.with(|wanted| wanted.as_ref().and_then(|(file, _)| of(file))))
}

/// The file of the recording of what the page is set to, and its race.
fn race_of(state: &State) -> Option<(String, Preset)> {
    let demo = &state.demo;
    if state.experiment == demo.experiment && state.schedules == demo.schedules {
        Some((file_name(demo.name, false), demo.clone()))
    } else if state.is_counter_example() {
        Some((file_name(demo.name, true), demo.counter()))
    } else {
        None
    }
}

async fn load(file: &str, race: &Preset) -> Option<Recorded> {
    let bytes = browser::load_bytes(&format!("recorded/{file}")).await.ok()?;
    let recording = Recording::read(std::str::from_utf8(&bytes).ok()?).ok()?;
    let words = format!(
        "Recorded on {} with this code on {}. Press Run to do it on your machine.",
        recording.date, recording.device
    );
    Some(Recorded { words, results: Results::recorded(recording, &race.lanes(), &race.experiment) })
}
