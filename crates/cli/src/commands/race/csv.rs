//! `--format csv`: a row for each step of each lane.

use std::fmt::Write as _;

use super::Raced;

pub fn write(raced: &Raced) -> String {
    let mut text = String::from("schedule,seed,step,lr,loss,accuracy,validation_loss,validation_accuracy\n");
    for (schedule, named) in raced.race.schedules.iter().enumerate() {
        let name = quoted(&named.name);
        for (lane, place, reports) in raced.lanes(schedule) {
            for report in reports {
                let _ = write!(
                    text,
                    "{name},{},{},{},{},{}",
                    lane.seed, report.step, report.lr[place], report.loss[place], report.accuracy[place]
                );
                let _ = match &report.validation {
                    Some(scores) => writeln!(text, ",{},{}", scores.loss[place], scores.accuracy[place]),
                    None => writeln!(text, ",,"),
                };
            }
        }
    }
    text
}

/// A field, in quotes where it needs them (RFC 4180).
fn quoted(field: &str) -> String {
    if field.contains([',', '"', '\n', '\r']) {
        format!("\"{}\"", field.replace('"', "\"\""))
    } else {
        field.to_owned()
    }
}
