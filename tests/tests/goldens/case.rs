//! A recorded run, as it stands in the files.

use scheduler::{MomentumKind, Optimizer};
use serde::Deserialize;
use serde_json::{Map, Value};

#[derive(Deserialize)]
pub struct Case {
    pub id: String,
    pub class: String,
    pub kwargs: Map<String, Value>,
    pub optimizer: Option<RecordedOptimizer>,
    pub base_lrs: Option<Vec<f64>>,
    pub rows: usize,
    pub lrs: Option<Vec<Vec<Value>>>,
    pub lrs_sampled: Option<Vec<(usize, Vec<Value>)>>,
    /// The LRs by way of `step(epoch)`, or the error it raises.
    pub lrs_closed_form: Option<Value>,
    pub momentum: Option<Vec<Vec<Value>>>,
    pub momentum_sampled: Option<Vec<(usize, Vec<Value>)>>,
    pub metrics: Option<Vec<Value>>,
    /// Arguments given to `step()`; null is a plain call.
    pub step_args: Option<Vec<Option<f64>>>,
    pub error: Option<RecordedError>,
}

#[derive(Deserialize)]
pub struct RecordedOptimizer {
    pub name: String,
    #[serde(default)]
    pub defaults: Map<String, Value>,
    #[serde(default)]
    pub groups: Vec<Map<String, Value>>,
}

#[derive(Deserialize)]
pub struct RecordedError {
    #[serde(rename = "where")]
    pub place: String,
    #[serde(rename = "type")]
    pub exception: String,
}

/// Rows by step.
pub type Rows = Vec<(usize, Vec<f64>)>;

impl Case {
    /// The optimizer as the run built it; any for the libraries that do not look at it.
    pub fn optimizer(&self) -> Optimizer {
        let Some(recorded) = &self.optimizer else { return Optimizer::sgd(&[0.0], 0.0) };
        let kind = match recorded.name.as_str() {
            "SGD" => MomentumKind::Momentum,
            "Adam" | "AdamW" => MomentumKind::Beta1,
            "Adagrad" => MomentumKind::None,
            other => panic!("unknown optimizer {other}"),
        };
        let momentum = match kind {
            MomentumKind::Momentum => recorded.defaults.get("momentum").map_or(0.0, float),
            _ => 0.9,
        };
        let of_groups = |key: &str| recorded.groups.iter().map_while(|group| group.get(key).map(float)).collect();
        let scales: Vec<f64> = recorded.groups.iter().map(|group| group.get("lr_scale").map_or(1.0, float)).collect();
        let initial_lrs: Vec<f64> = of_groups("initial_lr");
        // `base_lrs` is the LR before the scheduler was built; of a resumed run that is in the groups.
        let lrs = if initial_lrs.is_empty() { self.base_lrs.clone().unwrap() } else { of_groups("lr") };
        Optimizer::new(&lrs, kind, momentum).with_initial_lrs(&initial_lrs).with_lr_scales(&scales)
    }

    pub fn metrics(&self) -> Vec<f64> {
        self.metrics.iter().flatten().map(float).collect()
    }

    pub fn expected_lrs(&self) -> Rows {
        rows(self.lrs.as_ref(), self.lrs_sampled.as_ref())
    }

    pub fn expected_momenta(&self) -> Rows {
        rows(self.momentum.as_ref(), self.momentum_sampled.as_ref())
    }

    /// The LRs by way of `step(epoch)`; `None` where there are none, an error where torch raises one.
    pub fn expected_closed_form(&self) -> Option<Result<Rows, String>> {
        Some(match self.lrs_closed_form.as_ref()? {
            Value::Array(all) => {
                let row = |row: &Value| row.as_array().unwrap().iter().map(float).collect();
                Ok(all.iter().map(row).enumerate().collect())
            }
            error => Err(error["error"]["type"].as_str().or(error["type"].as_str()).unwrap().to_owned()),
        })
    }

    /// Whether the schedule cannot be built.
    pub fn fails_at_once(&self) -> bool {
        self.error.as_ref().is_some_and(|error| error.place == "init")
    }
}

pub fn float(value: &Value) -> f64 {
    match value.as_str() {
        Some("NaN") => f64::NAN,
        Some("Infinity") => f64::INFINITY,
        Some("-Infinity") => f64::NEG_INFINITY,
        _ => value.as_f64().unwrap_or_else(|| panic!("not a real number: {value}")),
    }
}

fn rows(all: Option<&Vec<Vec<Value>>>, sampled: Option<&Vec<(usize, Vec<Value>)>>) -> Rows {
    let floats = |row: &Vec<Value>| row.iter().map(float).collect();
    match (all, sampled) {
        (Some(all), _) => all.iter().map(floats).enumerate().collect(),
        (None, Some(sampled)) => sampled.iter().map(|(step, row)| (*step, floats(row))).collect(),
        (None, None) => Vec::new(),
    }
}
