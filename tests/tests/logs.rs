//! Logs of runs that really happened, with planted faults; see `tests/logs/record.py`.

use std::collections::BTreeMap;
use std::fs::File;
use std::path::{Path, PathBuf};

use advisor::diagnosis::{Diagnosis, Run, diagnose};
use advisor::log::{Columns, read};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("logs")
}

fn examine(path: &Path) -> Diagnosis {
    let name = path.file_name().unwrap().to_string_lossy();
    let log = read(&name, None, File::open(path).unwrap()).unwrap_or_else(|error| panic!("{name}: {error}"));
    diagnose(&Run::new(&name, &log, &Columns::guess(&log)))
}

#[test]
fn planted_faults_are_named_and_healthy_runs_left_alone() {
    let expected: BTreeMap<String, String> =
        serde_json::from_str(&std::fs::read_to_string(folder().join("expected.json")).unwrap()).unwrap();
    assert!(expected.len() >= 40);
    let (mut right, mut wrong, mut alarms) = (0, Vec::new(), Vec::new());
    for (name, fault) in &expected {
        let diagnosis = examine(&folder().join("files").join(name));
        let named: Vec<&str> = diagnosis.symptoms.iter().map(|symptom| symptom.kind.name()).collect();
        match (fault.as_str(), named.first()) {
            ("healthy", None) => right += 1,
            ("healthy", Some(_)) => alarms.push(format!("{name}: {named:?} {:?}", diagnosis.symptoms[0].evidence)),
            (fault, Some(first)) if *first == fault => right += 1,
            _ => wrong.push(format!("{name}: {named:?} {:?}", diagnosis.facts)),
        }
    }
    let report = format!(
        "{right} of {} right\nfalse alarms:\n{}\nwrong:\n{}",
        expected.len(),
        alarms.join("\n"),
        wrong.join("\n")
    );
    println!("{report}");
    assert!(alarms.is_empty() && right * 10 >= expected.len() * 9, "{report}");
}

/// A log that is made up while it is read.
struct Endless {
    line: Vec<u8>,
    left: usize,
}

impl std::io::Read for Endless {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let count = buffer.len().min(self.left);
        for (index, byte) in buffer[..count].iter_mut().enumerate() {
            *byte = self.line[(self.left - index) % self.line.len()];
        }
        self.left -= count;
        Ok(count)
    }
}

#[test]
fn a_long_log_is_kept_in_fixed_memory() {
    // Reversed, because the reader counts down.
    let line: Vec<u8> = b"\nstep=12 loss=0.52 lr=1e-3 grad_norm=1.5".iter().rev().copied().collect();
    let left = 20 * 1024 * 1024 / line.len() * line.len();
    let log = read("train.log", None, Endless { line, left }).unwrap();
    assert!(log.rows >= 1, "{}", log.rows);
    for series in &log.series {
        assert!(series.bins().len() <= advisor::log::MOST_BINS, "{}", series.name);
    }
}

#[test]
fn what_has_no_lines_ends_early() {
    let junk = Endless { line: vec![b'x'], left: usize::MAX };
    let error = read("train.log", None, junk).unwrap_err().to_string();
    assert!(error.contains("longer than"), "{error}");
    let junk = Endless { line: vec![b'1', b','], left: usize::MAX };
    let error = read("train.csv", None, junk).unwrap_err().to_string();
    assert!(error.contains("longer than"), "{error}");
}

/// Found by fuzzing: of two runs in one log, the second shorter, the greatest LR stands behind the last step.
#[test]
fn a_log_whose_steps_go_back_is_diagnosed() {
    let mut text = "step,loss,lr\n".to_owned();
    let mut row = |step: usize, lr: f64| {
        use std::fmt::Write as _;
        writeln!(text, "{step},{},{lr}", 2.0 - step as f64 * 1e-3).unwrap();
    };
    (0..180).for_each(|step| row(step, (step + 1) as f64 / 180.0));
    (0..40).for_each(|step| row(step, 1.0 - 0.9 * (step + 1) as f64 / 40.0));
    (40..80).for_each(|step| row(step, 0.1 + 0.4 * (step - 39) as f64 / 40.0));
    let log = read("two.csv", None, text.as_bytes()).unwrap();
    let diagnosis = diagnose(&Run::new("two.csv", &log, &Columns::guess(&log)));
    let named: Vec<&str> = diagnosis.symptoms.iter().map(|symptom| symptom.kind.name()).collect();
    assert_eq!(named, ["resume-jump"]);
}
