//! `--format json`

use serde::Serialize;
use trainer::experiment::Experiment;
use trainer::success::LaneEnd;

use super::Raced;
use crate::Failure;

#[derive(Serialize)]
struct Json<'a> {
    demo: &'a str,
    link: String,
    /// "CPU", or the GPU in words.
    device: &'a str,
    experiment: &'a Experiment,
    schedules: Vec<JsonSchedule<'a>>,
    lanes: Vec<LaneEnd>,
    /// Of a demo that was run as it is.
    rules: Vec<JsonRule>,
}

#[derive(Serialize)]
struct JsonSchedule<'a> {
    name: &'a str,
    lr: f64,
    schedule: String,
}

#[derive(Serialize)]
struct JsonRule {
    rule: String,
    holds: bool,
}

pub fn write(raced: &Raced) -> Result<String, Failure> {
    let race = &raced.race;
    let ends = raced.ends();
    let names: Vec<&str> = race.schedules.iter().map(|named| named.name.as_str()).collect();
    let rules = raced.rules.iter().flat_map(|demo| &demo.success);
    let json = Json {
        demo: race.demo.name,
        link: raced.link(),
        device: raced.gpu.as_deref().unwrap_or("CPU"),
        experiment: &race.experiment,
        schedules: race
            .schedules
            .iter()
            .map(|named| JsonSchedule { name: &named.name, lr: named.lr, schedule: named.schedule.to_string() })
            .collect(),
        rules: rules.map(|rule| JsonRule { rule: rule.words(&names), holds: rule.holds(&ends) }).collect(),
        lanes: ends,
    };
    let text = serde_json::to_string_pretty(&json);
    text.map(|text| text + "\n").map_err(|error| Failure::new(format!("Could not write JSON: {error}.")))
}
