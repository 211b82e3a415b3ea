//! Small scripts in the manner of real ones: what each line is expected to be reported for stands on it, as
//! `# expect: rule-name`; the files that begin with `ok_` hold what naive rules report wrongly.

use std::path::Path;

/// (line, rule) pairs that a script asks for, several rules with commas in between.
fn expected(source: &str) -> Vec<(usize, String)> {
    let lines = source.lines().enumerate();
    let told = lines.filter_map(|(at, line)| Some((at + 1, line.split_once("# expect: ")?.1)));
    told.flat_map(|(line, rules)| rules.split(',').map(move |rule| (line, rule.trim().to_owned()))).collect()
}

fn reported(source: &str) -> Vec<(usize, String)> {
    let findings = linter::lint_source(source).unwrap_or_else(|problem| panic!("{}", problem.message));
    let lines = linter::source::Lines::new(source.as_bytes());
    // Notes about the script as a whole are left out: few scripts here show the LR.
    findings
        .iter()
        .filter(|finding| finding.severity > advisor::Severity::Info)
        .map(|finding| {
            let place = lines.place(source.as_bytes(), finding.span.start as usize);
            (place.line, finding.rule.name.to_owned())
        })
        .collect()
}

#[test]
fn scripts_in_the_manner_of_real_ones() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("lint/scripts");
    let mut count = (0, 0);
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let source = std::fs::read_to_string(&path).unwrap();
        let expected = expected(&source);
        assert_eq!(name.starts_with("ok_"), expected.is_empty(), "{name}");
        assert_eq!(reported(&source), expected, "{name}");
        count.0 += 1;
        count.1 += expected.len();
    }
    assert!(count.0 >= 15 && count.1 >= 7, "{count:?}");
}

/// The classic mistakes of guides about learning rates, each wrong and right: hints count here.
#[test]
fn pitfalls_wrong_and_right() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("lint/pitfalls");
    let mut count = (0, 0);
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let source = std::fs::read_to_string(&path).unwrap();
        let findings = linter::lint_source(&source).unwrap_or_else(|problem| panic!("{name}: {}", problem.message));
        let lines = linter::source::Lines::new(source.as_bytes());
        let reported: Vec<_> = findings
            .iter()
            .map(|finding| {
                let place = lines.place(source.as_bytes(), finding.span.start as usize);
                (place.line, finding.rule.name.to_owned())
            })
            .collect();
        assert_eq!(reported, expected(&source), "{name}");
        assert_eq!(name.ends_with("_right.py"), reported.is_empty(), "{name}");
        count.0 += 1;
        count.1 += reported.len();
    }
    assert_eq!(count, (25, 14));
}

/// The map from our rules to the ids of the labelled corpus covers every rule, by name and by code.
#[test]
fn every_rule_is_mapped_for_scoring() {
    let text = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("lint/rule-map.json")).unwrap();
    let map: serde_json::Map<String, serde_json::Value> = serde_json::from_str(&text).unwrap();
    for rule in advisor::rules::ALL {
        assert!(map.contains_key(rule.name), "{}", rule.name);
        assert_eq!(map.get(rule.name), map.get(rule.code), "{}", rule.name);
    }
}
