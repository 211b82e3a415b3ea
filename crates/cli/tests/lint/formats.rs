//! What programs read.

use std::path::Path;

use serde_json::Value;

use crate::common::{folder, lrscope, seen};
use crate::{order, plateau, write};

/// Files of all kinds: with findings, with none, unreadable, silenced.
fn example(name: &str) -> std::path::PathBuf {
    let folder = folder(name);
    let silenced =
        plateau().docs.example.replace("    scheduler.step()", "    scheduler.step()  # lrscope: ignore patched");
    let files = [
        ("pkg/a.py", plateau().docs.instead),
        ("pkg/b, 50%.py", plateau().docs.example),
        ("pkg/c.py", "scheduler.step(  # optimizer\n"),
        ("pkg/data.txt", "scheduler.step()"),
        ("pkg/silenced.py", &silenced),
        ("pkg/z.py", order().docs.example),
    ];
    write(&folder, &files);
    folder
}

#[test]
fn all_formats() {
    let folder = example("formats");
    for format in ["full", "concise", "json", "json-lines", "github", "gitlab", "junit"] {
        insta::assert_snapshot!(format, seen(&lrscope(&folder, &["lint", "pkg", "--format", format])));
    }
    insta::assert_snapshot!("statistics", seen(&lrscope(&folder, &["lint", "pkg", "--statistics"])));
    let statistics = lrscope(&folder, &["lint", "pkg", "--statistics", "--format", "json"]);
    assert_eq!(serde_json::from_slice::<Vec<Value>>(&statistics.stdout).unwrap().len(), 3);
}

#[test]
fn nothing_found_is_an_empty_answer() {
    let folder = folder("clean");
    write(&folder, &[("a.py", "")]);
    for (format, expected) in [("json", "[]\n"), ("json-lines", ""), ("github", ""), ("gitlab", "[]\n")] {
        let output = lrscope(&folder, &["lint", "--format", format]);
        assert_eq!(
            (output.status.code(), &*String::from_utf8(output.stdout).unwrap()),
            (Some(0), expected),
            "{format}"
        );
    }
}

#[test]
fn sarif_is_valid() {
    let folder = example("sarif");
    let read = |arguments: &[&str]| -> Value { serde_json::from_slice(&lrscope(&folder, arguments).stdout).unwrap() };
    let sarif = read(&["lint", "pkg", "--format", "sarif"]);
    let schema = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/sarif-schema-2.1.0.json");
    // A bracket that closes nothing is a letter to JavaScript and a mistake to others.
    let schema = std::fs::read_to_string(schema).unwrap().replace("{2}]?$", "{2}\\\\]?$");
    let schema: Value = serde_json::from_str(&schema).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let errors: Vec<String> = validator.iter_errors(&sarif).map(|error| error.to_string()).collect();
    assert_eq!(errors, [""; 0]);
    // The schema does see what is wrong.
    let mut wrong = sarif.clone();
    wrong["runs"][0]["results"][0]["level"] = "fatal".into();
    assert!(!validator.is_valid(&wrong));
    let results = sarif["runs"][0]["results"].as_array().unwrap();
    let rules = sarif["runs"][0]["tool"]["driver"]["rules"].as_array().unwrap();
    for result in results {
        assert_eq!(rules[usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap()]["id"], result["ruleId"]);
    }
    // Which of the rules it is changes with every new rule.
    let mut results = results.clone();
    results.iter_mut().for_each(|result| result["ruleIndex"] = Value::Null);
    insta::assert_snapshot!("sarif_results", serde_json::to_string_pretty(&results).unwrap());
}

/// Fingerprints stay when lines move, and differ among findings that are alike.
#[test]
fn fingerprints_stay() {
    let folder = folder("fingerprints");
    let marks = |source: &str| -> Vec<String> {
        write(&folder, &[("a.py", source)]);
        let output = lrscope(&folder, &["lint", "a.py", "--format", "gitlab"]);
        let issues: Vec<Value> = serde_json::from_slice(&output.stdout).unwrap();
        issues.iter().map(|issue| issue["fingerprint"].as_str().unwrap().to_owned()).collect()
    };
    let source = plateau().docs.example;
    let before = marks(source);
    assert_eq!(before.len(), 1);
    assert_eq!(marks(&format!("# moved\n\n{source}")), before);
    let twice = marks(&source.replace("    scheduler.step()\n", "    scheduler.step()\n    scheduler.step()\n"));
    assert_eq!((twice.len(), &twice[0]), (2, &before[0]));
    assert_ne!(twice[0], twice[1]);
}

#[test]
fn output_goes_to_a_file() {
    let folder = example("output-file");
    let output = lrscope(&folder, &["lint", "pkg", "--format", "json", "--output-file", "found.json"]);
    assert_eq!((output.status.code(), output.stdout.len()), (Some(1), 0));
    let found: Vec<Value> = serde_json::from_str(&std::fs::read_to_string(folder.join("found.json")).unwrap()).unwrap();
    assert_eq!(found.len(), 3);
    let output = lrscope(&folder, &["lint", "pkg", "--output-file", "missing/found.json"]);
    assert_eq!(output.status.code(), Some(2));
}
