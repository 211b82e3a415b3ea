//! What is wrong in a source.

use advisor::rules::UNREADABLE_SOURCE;
use advisor::{Applicability, Confidence, Plan, Severity, Span};
use linter::configs::Language;
use linter::source::Unreadable;
use linter::{Document, Linted};

use super::kind;
use super::places::Places;
use super::{MOST_CODE, playground, run, thin};
use crate::messages::{Checked, DetectedSchedule, Effect, Finding, Source};

/// Reads a document and finds what is wrong, as `lrscope lint --hints` does, and what LR it produces.
pub fn check(source: &Source, given: &[(String, String)]) -> Checked {
    let name = kind::file_name(source);
    let kind = kind::words(name).to_owned();
    let read = read(name, source).and_then(|document| match linter::lint(&document) {
        Ok(linted) => Ok((document, linted)),
        Err(problem) => Err(Box::new((document, problem))),
    });
    let (document, linted) = match read {
        Ok(read) => read,
        Err(unread) => {
            let (document, problem) = *unread;
            let at = u32::try_from(problem.at).unwrap_or(u32::MAX);
            let finding = UNREADABLE_SOURCE.finding(Span::new(0, at, at), problem.message, "", "");
            (document, Linted { findings: vec![finding], ..Linted::default() })
        }
    };
    let places = Places::new(&document);
    let is_notebook = name.ends_with(".ipynb");
    let plans = plans(&document);
    Checked {
        kind,
        code: (is_notebook && document.code != source.text).then(|| document.code.clone()),
        cells: if is_notebook { places.cells() } else { Vec::new() },
        findings: linted.findings.iter().map(|finding| told(finding, &places)).collect(),
        silenced: linted.suppressed.len(),
        schedules: schedules(&plans, &places),
        run: run::produced(&plans, given, &places),
    }
}

/// What there is of a document, and why there is no more.
pub(super) type Unread = Box<(Document, Unreadable)>;

/// The document.
pub(super) fn read(name: &str, source: &Source) -> Result<Document, Unread> {
    let problem = |message: String| Unreadable { message, at: 0 };
    if name.ends_with(".toml") && Language::of_file(name).is_none() {
        let sentence = "Configs in TOML are not read yet; YAML, JSON and Python are.";
        return Err(Box::new((Document::default(), problem(sentence.into()))));
    }
    let document = Document::read(name, source.text.as_bytes()).map_err(|problem| {
        // Up to what is wrong with it, so that its line can be told.
        let before = source.text.get(..problem.at).unwrap_or_default().to_owned();
        Box::new((Document::python(before), problem))
    })?;
    if document.code.len() > MOST_CODE {
        let megabytes = MOST_CODE / (1024 * 1024);
        let message = format!("More than {megabytes} MB of code are not checked in the page; `lrscope lint` does.");
        return Err(Box::new((Document::default(), problem(message))));
    }
    Ok(document)
}

fn told(finding: &advisor::Finding, places: &Places<'_>) -> Finding {
    let related = finding.related.iter().map(|(span, why)| (places.words(*span), places.range(*span), why.clone()));
    Finding {
        rule: finding.rule.name.into(),
        code: finding.rule.code.into(),
        severity: match finding.severity {
            Severity::Info => "info",
            Severity::Warning => "warning",
            Severity::Error => "error",
        }
        .into(),
        confidence: match finding.confidence {
            Confidence::Hint => "hint",
            Confidence::Likely => "likely",
            Confidence::Certain => "certain",
        }
        .into(),
        place: places.words(finding.span),
        range: places.range(finding.span),
        related: related.collect(),
        what: finding.what.clone(),
        why: finding.why.clone(),
        help: finding.help.clone(),
        effect: finding.effect.as_ref().map(|effect| Effect {
            summary: effect.summary.clone(),
            assumed: effect.assumed.clone(),
            unit: effect.unit.into(),
            length: effect.written.len(),
            written: thin::steps(&effect.written),
            intended: thin::steps(&effect.intended),
        }),
        fix: finding
            .fix
            .as_ref()
            .filter(|fix| !fix.edits.is_empty())
            .map(|fix| (fix.title.clone(), fix.applicability == Applicability::Safe)),
    }
}

/// The runs that code describes; what configs describe has no loop in sight.
fn plans(document: &Document) -> Vec<Plan> {
    match document.config() {
        Some(_) => Vec::new(),
        None => linter::plans_of(document).unwrap_or_default(),
    }
}

/// The schedules that are built, each once.
fn schedules(plans: &[Plan], places: &Places<'_>) -> Vec<DetectedSchedule> {
    /// More are a library of schedules, not a run.
    const MOST: usize = 12;
    let mut found: Vec<advisor::Detected> = Vec::new();
    for detected in plans.iter().flat_map(advisor::detected) {
        if found.len() < MOST && !found.iter().any(|other| other.span == detected.span) {
            found.push(detected);
        }
    }
    found.sort_by_key(|detected| detected.span);
    found.into_iter().filter_map(|detected| schedule(detected, places)).collect()
}

fn schedule(detected: advisor::Detected, places: &Places<'_>) -> Option<DetectedSchedule> {
    let schedule = scheduler::notation::parse(&detected.text).ok()?;
    let link = playground::link("your code", detected.lr, &schedule, detected.length)?;
    Some(DetectedSchedule {
        class: detected.class,
        place: places.words(detected.span),
        text: schedule.to_string(),
        length: format!("{} {}", detected.length, detected.unit),
        assumed: detected.assumed,
        link,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const CODE: &str = "\
import torch
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
scheduler = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=200, verbose=True)
for epoch in range(50):
    for x, y in train_loader:
        loss(x, y).backward()
        optimizer.step()
    scheduler.step()
";

    fn checked(name: &str, text: &str) -> Checked {
        check(&Source { name: name.into(), text: text.into() }, &[])
    }

    #[test]
    fn findings_have_places_effects_and_fixes() {
        let found = checked("", CODE);
        assert_eq!(found.kind, "Python");
        let rules: Vec<_> = found.findings.iter().map(|finding| finding.rule.as_str()).collect();
        assert!(rules.contains(&"length-differs-from-run") && rules.contains(&"removed-verbose-argument"), "{rules:?}");
        let length = found.findings.iter().find(|finding| finding.rule == "length-differs-from-run").unwrap();
        assert_eq!((length.place.as_str(), length.range.line), ("line 3", 2));
        let effect = length.effect.as_ref().unwrap();
        assert_eq!((effect.written[0], effect.unit.as_str()), ((0.0, 0.1), "epoch"));
        assert!(effect.written.last().unwrap().1 > effect.intended.last().unwrap().1);
        let verbose = found.findings.iter().find(|finding| finding.rule == "removed-verbose-argument").unwrap();
        assert!(verbose.fix.as_ref().unwrap().1, "removing `verbose` is safe");
    }

    #[test]
    fn the_schedule_becomes_a_lane() {
        let found = checked("train.py", CODE);
        let [schedule] = &found.schedules[..] else { panic!("{:?}", found.schedules) };
        assert_eq!((schedule.text.as_str(), schedule.length.as_str()), ("CosineAnnealingLR(T_max=200)", "50 epochs"));
        let (link, problems) = scheduler::permalink::Permalink::decode(&schedule.link.fragment);
        assert_eq!(problems, []);
        assert_eq!((link.lanes[0].lr, link.settings["steps"].as_str()), (0.1, "50"));
    }

    #[test]
    fn the_lr_of_the_run_needs_what_the_code_leaves_open() {
        let source = Source { name: String::new(), text: CODE.into() };
        let run = check(&source, &[]).run.unwrap();
        // The LR changes once per epoch: it needs no number of steps.
        assert_eq!((run.by_epoch, run.tracks[0].steps, run.missing[0].name.as_str()), (true, 50, "steps_per_epoch"));
        let run = check(&source, &[("steps_per_epoch".into(), "10".into())]).run.unwrap();
        let [track] = &run.tracks[..] else { panic!("{run:?}") };
        assert_eq!((track.name.as_str(), track.steps, track.curve[0]), ("optimizer", 500, (0.0, 0.1)));
        assert_eq!((run.by_epoch, run.missing.len()), (false, 0));
        let stepped_per_batch = CODE.replace("    scheduler.step()", "        scheduler.step()");
        let run = check(&Source { name: String::new(), text: stepped_per_batch }, &[]).run.unwrap();
        assert_eq!((run.tracks.len(), run.missing[0].name.as_str()), (0, "steps_per_epoch"));
        assert_eq!(checked("", "x = 1\n").run, None);
    }

    #[test]
    fn what_is_no_number_can_be_given() {
        let text =
            CODE.replace("CosineAnnealingLR(optimizer, T_max=200, verbose=True)", "MultiStepLR(optimizer, steps)");
        let text = text.replace("range(50)", "range(8)");
        let source = Source { name: String::new(), text };
        let run = check(&source, &[]).run.unwrap();
        assert_eq!((run.missing[0].name.as_str(), run.missing[0].example.as_str()), ("steps", "[30, 60]"));
        let run = check(&source, &[("steps".into(), "[2, 5]".into())]).run.unwrap();
        let lrs: Vec<f64> = run.tracks[0].curve.iter().map(|(_, lr)| *lr).collect();
        assert_eq!((lrs[1], lrs[2], run.tracks[0].steps), (0.1, 0.1 * 0.1, 8));
        let run = check(&source, &[("steps".into(), "soon".into())]).run.unwrap();
        assert!(run.problem.unwrap().contains("`milestones` must be a list"));
    }

    #[test]
    fn places_in_notebooks_name_the_cell() {
        let lines: Vec<String> = CODE.lines().map(|line| format!("{:?}", format!("{line}\n"))).collect();
        let notebook = format!(
            "{{\"cells\": [{{\"cell_type\": \"markdown\", \"source\": []}}, {{\"cell_type\": \"code\", \"source\": [{}]}}], \
             \"nbformat\": 4}}",
            lines.join(",")
        );
        let found = checked("", &notebook);
        assert_eq!((found.kind.as_str(), &found.cells[..]), ("notebook", &[(0, 2)][..]));
        assert!(found.code.unwrap().starts_with("import torch\n"));
        assert!(found.findings.iter().any(|finding| finding.place == "cell 2, line 3"));
        assert_eq!(found.schedules.len(), 1);
    }

    #[test]
    fn what_cannot_be_read_is_a_finding() {
        for (name, text) in [
            ("", "scheduler.step(\n"),
            ("a.ipynb", "{"),
            ("a.toml", "lr = = 1"),
            ("a.py", "x = '\0'"),
            ("a.json", "{\"a\": [}"),
        ] {
            let found = checked(name, text);
            assert_eq!(found.findings.len(), 1, "{name}: {text}");
            assert_eq!(found.findings[0].rule, UNREADABLE_SOURCE.name);
            assert!(found.findings[0].what.ends_with('.'));
        }
        let long = format!("x = [{}]\n", "1, ".repeat(MOST_CODE / 3));
        assert!(checked("", &long).findings[0].what.contains("2 MB"));
    }
}
