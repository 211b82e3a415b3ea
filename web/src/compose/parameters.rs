//! The parameters of a schedule of any class, through its constructor text.

use scheduler::Schedule;
use scheduler::notation::{self, Kind};

/// A parameter with its value as written.
#[derive(Clone, Debug, PartialEq)]
pub struct Parameter {
    /// Its name in Python.
    pub name: &'static str,
    /// The value; `None` where the default is in force.
    pub value: Option<String>,
    /// What it means.
    pub help: &'static str,
}

/// All parameters that have an effect, in the order of the signature.
pub fn parameters(schedule: &Schedule) -> Vec<Parameter> {
    let text = schedule.to_string();
    let given = keywords(&text);
    let known = schedule.class().parameters.iter().filter(|parameter| !parameter.documentation.is_empty());
    known
        .map(|parameter| Parameter {
            name: parameter.name,
            value: given.iter().find(|(name, _)| name == parameter.name).map(|(_, value)| value.clone()),
            help: parameter.documentation.trim(),
        })
        .collect()
}

/// The schedule with another value for a parameter; nothing stands for the default.
///
/// # Errors
/// What the constructor says to the value.
pub fn with_parameter(schedule: &Schedule, name: &str, value: &str) -> Result<Schedule, String> {
    let mut given = keywords(&schedule.to_string());
    let value = value.trim();
    match given.iter().position(|(known, _)| known == name) {
        Some(index) if value.is_empty() => drop(given.remove(index)),
        Some(index) => given[index].1 = value.to_owned(),
        None if value.is_empty() => {}
        None => given.push((name.to_owned(), value.to_owned())),
    }
    let arguments: Vec<String> = given.iter().map(|(name, value)| format!("{name}={value}")).collect();
    let text = format!("{}({})", schedule.name(), arguments.join(", "));
    notation::parse(&text).map_err(|error| error.message)
}

/// The arguments of a call with their names, as written.
fn keywords(text: &str) -> Vec<(String, String)> {
    let Ok(expression) = notation::parse_expression(text) else { return Vec::new() };
    let Kind::Call { keywords, .. } = expression.kind else { return Vec::new() };
    let written = |(name, value): (String, notation::Expression)| {
        let value = text.get(value.span.start..value.span.end).unwrap_or_default().to_owned();
        (name, value)
    };
    keywords.into_iter().map(written).collect()
}
