//! Results to take away.

use std::fmt::Write as _;

use serde_json::{Value, json};
use trainer::outcome::Outcome;

use super::Results;
use crate::state::State;

/// One row for each step of each lane.
pub fn csv(state: &State, results: &Results) -> String {
    let mut text = String::from("schedule,seed,step,lr,loss,accuracy\n");
    for lane in &results.lanes {
        let name = state.schedules.get(lane.lane.schedule).map_or("", |named| named.name.as_str());
        let name = format!("\"{}\"", name.replace('"', "\"\""));
        for (index, loss) in results.losses(lane).iter().enumerate() {
            let value = |values: &[f32]| values.get(index).map(f32::to_string).unwrap_or_default();
            let (lr, accuracy) = (value(&lane.lrs), value(&lane.accuracies));
            // Writing to a string cannot fail.
            let _ = writeln!(text, "{name},{},{},{lr},{loss},{accuracy}", lane.lane.seed, index * results.every.max(1));
        }
    }
    text
}

/// Settings, outcomes and all values.
pub fn json(state: &State, results: &Results, device: &str, link: &str) -> String {
    let schedules: Vec<Value> = state
        .schedules
        .iter()
        .enumerate()
        .map(|(index, named)| {
            let (learned, seeds) = results.count(index, Outcome::Learned);
            json!({
                "name": named.name,
                "lr": named.lr,
                "schedule": named.schedule.to_string(),
                "lr_factor_by_hand": results.factors.get(&index),
                "learned": learned,
                "seeds": seeds,
                "steps_to_target": results.steps_to_target(index).map(|(_, steps)| steps),
                "best_loss": results.best(index),
            })
        })
        .collect();
    let lanes: Vec<Value> = results
        .lanes
        .iter()
        .map(|lane| {
            let losses = results.losses(lane);
            json!({
                "schedule": lane.lane.schedule,
                "seed": lane.lane.seed,
                "outcome": if lane.lost { "interrupted" } else { outcome_name(results.outcome(lane)) },
                "loss": losses,
                "lr": lane.lrs.get(..losses.len()),
                "accuracy": lane.accuracies.get(..losses.len()),
            })
        })
        .collect();
    let all = json!({
        "link": link,
        "device": device,
        "task": state.task_words(),
        "optimizer": state.optimizer_words(),
        "batch": state.experiment.batch,
        "steps": results.steps,
        "steps_per_value": results.every,
        "schedules": schedules,
        "lanes": lanes,
    });
    all.to_string()
}

fn outcome_name(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Learned => "learned",
        Outcome::AtChance => "at chance",
        Outcome::Diverged => "diverged",
        Outcome::Learning => "still learning",
    }
}
