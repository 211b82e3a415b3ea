//! What comments silence, and which comments are told of.

use advisor::rules;
use linter::Document;

/// The example of a rule, with `comment` behind the line that is reported and `above` on a line before it.
fn example(comment: &str, above: &str) -> String {
    let example = rules::find("plateau-without-metric").unwrap().docs.example;
    let line = "    scheduler.step()\n";
    assert_eq!(example.matches(line).count(), 1);
    example.replace(line, &format!("{above}    scheduler.step(){comment}\n"))
}

/// Rules reported, and reasons of what is silenced.
fn outcome(source: &str) -> (Vec<&'static str>, Vec<String>) {
    let linted = linter::lint(&Document::python(source)).unwrap();
    // The example does not show its LR, which is another matter.
    let findings = linted.findings.iter().map(|finding| finding.rule.name);
    let reported = findings.filter(|name| *name != "lr-not-logged").collect();
    let suppressed = linted.suppressed.into_iter().filter(|(finding, _)| finding.rule.name != "lr-not-logged");
    (reported, suppressed.map(|(_, reason)| reason).collect())
}

#[test]
fn a_comment_silences_its_line_the_next_or_the_file() {
    for (comment, above, reason) in [
        ("  # lrscope: ignore[plateau-without-metric] it is patched", "", "it is patched"),
        ("  # lrscope: ignore[LRS301]", "", ""),
        ("  # lrscope: ignore[units, plateau]", "", ""),
        ("  # lrscope: ignore because", "", "because"),
        ("  # noqa: F401, LRS301", "", ""),
        ("  # NOQA:LRS301", "", ""),
        ("  # noqa", "", ""),
        ("", "    # lrscope: ignore[plateau-without-metric] above\n\n    # and more\n", "above"),
        ("", "    # lrscope: ignore-file[LRS3] far\n", "far"),
    ] {
        let (reported, reasons) = outcome(&example(comment, above));
        let unused: &[&str] = if comment.contains("units") { &["unused-suppression"] } else { &[] };
        assert_eq!((&reported[..], &reasons[..]), (unused, &[reason.to_owned()][..]), "{comment}{above}");
    }
    let at_the_end = example("", "") + "# lrscope: ignore-file\n";
    assert_eq!(outcome(&at_the_end).0, [""; 0]);
}

#[test]
fn other_comments_silence_nothing() {
    for (comment, above) in [
        ("  # lrscope: ignore[units]", ""),
        ("  # lrscope: ignore[no-such-rule]", ""),
        ("  # lrscope: ignores[LRS301]", ""),
        ("  # noqa: LRS201", ""),
        ("", "    x = 1  # lrscope: ignore[LRS301]\n"),
        ("", "    # lrscope: ignore[LRS301]\n    x = 1\n"),
        ("", "    x = '# lrscope: ignore[LRS301]'  # lrscope: ignore[LRS301]\n"),
    ] {
        let (mut reported, reasons) = outcome(&example(comment, above));
        reported.sort_unstable();
        assert_eq!(reported, ["plateau-without-metric", "unused-suppression"], "{comment}{above}");
        assert_eq!(reasons, [""; 0]);
    }
    assert_eq!(outcome(&example("  # noqa: F401", "    x = '# lrscope: ignore-file'\n")).0, ["plateau-without-metric"]);
}

/// A call over several lines is silenced on any of them.
#[test]
fn any_line_of_what_is_found_will_do() {
    let rule = rules::find("t-max-ignores-warmup").unwrap();
    let example = rule.docs.example.replace("T_max=100)", "T_max=(  # lrscope: ignore[lengths] so be it\n    100))");
    assert_eq!(outcome(&example), (vec![], vec!["so be it".to_owned()]));
}

#[test]
fn an_unused_comment_is_removed_with_its_space() {
    for (source, expected) in [
        ("x = 1  # lrscope: ignore[units] so\ny = 2\n", "x = 1\ny = 2\n"),
        ("x = 1\n    # lrscope: ignore-file\ny = 2\n", "x = 1\ny = 2\n"),
    ] {
        let document = Document::python(source);
        let linted = linter::lint(&document).unwrap();
        let (text, count) = document.fixed(linted.findings.iter().filter_map(|finding| finding.fix.as_ref()));
        assert_eq!((text.as_str(), count), (expected, 1));
    }
    // Other tools may need the rest of the comment.
    assert!(linter::lint_source("x = 1  # noqa: F401, LRS101\n").unwrap()[0].fix.is_none());
}
