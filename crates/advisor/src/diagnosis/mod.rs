//! What went wrong in a run, from its log.
//!
//! ```text
//! Log + Columns --Run::new--> Run (loss, LR, validation) --diagnose--> Diagnosis: symptoms with evidence and causes
//! ```
//!
//! * [`Run`]: the columns of a log as signals, smoothed and with their noise.
//! * [`diagnose`]: looks for each [`Kind`] of symptom. What explains the others comes first and silences what only
//!   follows from it: a run whose loss is not a number is not told that it also learned nothing.
//! * [`plateau::replay`]: what ReduceLROnPlateau did with the logged metric, step by step.
//! * [`compare`]: several runs side by side.
//!
//! Every symptom must be visible in the log; a healthy run gets none. The thresholds are constants with their reasons, set
//! on logs of runs with planted faults (`tests/logs`).

mod compare;
mod explosion;
mod learning_rate;
mod message;
pub mod plateau;
mod progress;
mod run;
mod schedule;
mod symptom;

pub use compare::{Comparison, compare};
pub use run::Run;
pub use symptom::{Cause, Diagnosis, Kind, Suggestion, Symptom};

/// Looks for symptoms in a run.
pub fn diagnose(run: &Run) -> Diagnosis {
    let mut symptoms: Vec<Symptom> = Vec::new();
    // In this order, each only where no earlier one explains it.
    let mut found = |symptom: Option<Symptom>| symptoms.extend(symptom);
    found(explosion::not_a_number(run));
    found(schedule::resume_jump(run));
    found(schedule::wrong_unit(run));
    found(schedule::rises_again(run));
    found(plateau::fires_always(run));
    found(schedule::decayed_too_fast(run));
    found(schedule::ended_early(run));
    found(explosion::exploded(run));
    found(progress::stuck_at_chance(run));
    found(progress::too_low(run));
    found(progress::too_high(run));
    found(progress::overfitting(run));
    symptoms.extend(message::said(run));
    let mut kept: Vec<Symptom> = Vec::new();
    for symptom in symptoms {
        if !kept.iter().any(|other| other.kind.explains(symptom.kind)) {
            kept.push(symptom);
        }
    }
    kept.sort_by_key(|symptom| symptom.kind.rank());
    Diagnosis { facts: run.facts(), symptoms: kept }
}
