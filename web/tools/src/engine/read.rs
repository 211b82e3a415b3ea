//! What a log says.

use std::io::Read;

use advisor::diagnosis::{self, Run, diagnose};
use advisor::log::{self, Columns, Log, Places, Role};
use scheduler::notation;

use super::{playground, thin};
use crate::messages::{LogQuestion, LogReport, Symptom};

/// The roles whose curves are drawn.
const DRAWN: [Role; 3] = [Role::Loss, Role::ValidationLoss, Role::LearningRate];

/// Reads a log as a stream and judges the run.
///
/// # Errors
/// A sentence, for what is no log and for a column that is not in it.
pub fn read(question: &LogQuestion, input: impl Read) -> Result<LogReport, String> {
    let log = log::read(&question.name, None, input).map_err(|error| error.to_string())?;
    let mut columns = Columns::guess(&log);
    for (role, column) in &question.columns {
        let role = Role::NAMES.iter().find(|(name, _)| name == role).map(|(_, role)| *role);
        let role = role.ok_or("There is no such role.")?;
        columns.correct(&log, role, column).map_err(|error| error.to_string())?;
    }
    let run = Run::new(&question.name, &log, &columns);
    let diagnosis = run.can_be_judged().then(|| diagnose(&run));
    Ok(LogReport {
        format: log.format.to_string(),
        rows: log.rows,
        notes: log.notes.iter().map(|note| note.0.clone()).collect(),
        columns: log.series.iter().map(|series| series.name.clone()).collect(),
        roles: Role::NAMES
            .iter()
            .map(|(name, role)| ((*name).to_owned(), columns.name(*role).map(str::to_owned)))
            .collect(),
        unit: match log.places {
            Places::Steps => "step",
            Places::Epochs => "epoch",
            Places::Rows => "row",
        }
        .into(),
        curves: DRAWN.iter().filter_map(|role| Some((role.name().to_owned(), curve(&log, &columns, *role)?))).collect(),
        facts: diagnosis.as_ref().map(|diagnosis| diagnosis.facts.clone()).unwrap_or_default(),
        symptoms: diagnosis.map(|diagnosis| diagnosis.symptoms.iter().map(symptom).collect()),
    })
}

fn curve(log: &Log, columns: &Columns, role: Role) -> Option<Vec<(f64, f64)>> {
    let series = columns.series(log, role)?;
    // Where a value stands for several, its extremes are drawn.
    let points = series.bins().iter().flat_map(|bin| match bin.finite {
        0 | 1 => vec![(bin.from, bin.first)],
        _ => vec![(bin.from, bin.min), (bin.to, bin.max)],
    });
    Some(thin::thin(points))
}

fn symptom(symptom: &diagnosis::Symptom) -> Symptom {
    let suggestion = symptom.suggestion.as_ref().and_then(|suggestion| {
        let schedule = notation::parse(&suggestion.schedule).ok()?;
        let link = playground::link("changed", suggestion.lr, &schedule, suggestion.length)?;
        Some((format!("{schedule}, at LR {}", scheduler::format_lr(suggestion.lr)), link))
    });
    Symptom {
        name: symptom.kind.name().into(),
        at: symptom.at,
        what: symptom.what.clone(),
        evidence: symptom.evidence.clone(),
        causes: symptom.causes.iter().map(|cause| (cause.what.clone(), cause.change.clone())).collect(),
        suggestion,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report(text: &str, columns: &[(&str, &str)]) -> Result<LogReport, String> {
        let columns = columns.iter().map(|(role, column)| ((*role).to_owned(), (*column).to_owned())).collect();
        read(&LogQuestion { name: "log.csv".into(), columns }, text.as_bytes())
    }

    #[test]
    fn a_run_that_breaks_is_marked_where_it_does() {
        let mut text = String::from("step,loss,lr\n");
        for step in 0..100 {
            let loss = if step < 60 { 2.0 - 0.01 * f64::from(step) } else { f64::NAN };
            text += &format!("{step},{loss},0.1\n");
        }
        let report = report(&text, &[]).unwrap();
        assert_eq!((report.format.as_str(), report.rows, report.unit.as_str()), ("CSV", 100, "step"));
        assert!(report.roles.contains(&("lr".into(), Some("lr".into()))));
        let symptoms = report.symptoms.unwrap();
        assert_eq!((symptoms[0].name.as_str(), symptoms[0].at), ("not-a-number", Some(60.0)));
        assert!(!symptoms[0].causes.is_empty() && symptoms[0].suggestion.is_some());
        let loss = &report.curves.iter().find(|(role, _)| role == "loss").unwrap().1;
        assert_eq!((loss.len(), loss[0]), (60, (0.0, 2.0)));
    }

    #[test]
    fn the_end_of_a_traceback_is_read_without_any_column() {
        let text = "ValueError: Tried to step 11 times. The specified number of total steps is 10";
        let question = LogQuestion { name: "pasted".into(), columns: Vec::new() };
        let report = read(&question, text.as_bytes()).unwrap();
        assert_eq!((report.rows, report.columns.len(), report.curves.len()), (0, 0, 0));
        assert_eq!(report.symptoms.unwrap()[0].name, "steps-beyond-schedule");
    }

    #[test]
    fn a_column_can_be_corrected() {
        let text = "step,y\n0,2.0\n1,1.9\n2,1.8\n";
        assert_eq!(report(text, &[]).unwrap().symptoms, None, "no column is known as a loss");
        assert!(report(text, &[("loss", "y")]).unwrap().symptoms.is_some());
        assert!(report(text, &[("loss", "price")]).unwrap_err().contains("price"));
        assert!(report("", &[]).unwrap_err().ends_with('.'));
    }
}
