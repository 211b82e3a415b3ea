//! `--format json`

use scheduler::notation::NotationError;
use serde::Serialize;

use super::{Rows, Shown};
use crate::Failure;

#[derive(Serialize)]
struct Json<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<&'a str>,
    /// `epochs` where the rows are epochs and not steps.
    #[serde(skip_serializing_if = "Option::is_none")]
    unit: Option<&'static str>,
    lrs: &'a [Vec<f64>],
    momentum: Option<&'a [Vec<f64>]>,
    error: Option<JsonError<'a>>,
}

#[derive(Serialize)]
struct JsonError<'a> {
    r#type: &'static str,
    message: &'a str,
    step: usize,
}

/// One object, or a list of them where there are several schedules.
pub fn write(shown: &[Shown]) -> Result<String, Failure> {
    let all: Vec<Json<'_>> = shown
        .iter()
        .map(|shown| Json {
            name: shown.name.as_deref(),
            unit: (shown.rows == Rows::Epochs).then(|| shown.rows.many()),
            lrs: &shown.curve.lrs,
            momentum: shown.momenta().map(Vec::as_slice),
            error: shown.curve.error.as_ref().map(|(step, error)| JsonError {
                r#type: error.exception.name(),
                message: &error.message,
                step: *step,
            }),
        })
        .collect();
    let text = match &all[..] {
        [only] => serde_json::to_string(only),
        several => serde_json::to_string(several),
    };
    text.map(|text| text + "\n").map_err(|error| Failure::new(format!("Could not write JSON: {error}.")))
}

/// What is said of a schedule that Python would not even build.
pub fn refused(error: &NotationError) -> String {
    let error = JsonError { r#type: error.exception.name(), message: &error.message, step: 0 };
    serde_json::to_string(&Json { name: None, unit: None, lrs: &[], momentum: None, error: Some(error) })
        .map(|text| text + "\n")
        .unwrap_or_default()
}
