//! Everything there is to look up: the same texts as `lrscope rule`, `lrscope claims` and rustdoc. The site has them as a
//! file, which the page loads when somebody wants to look something up.

use advisor::claims::{self, Claim};
use advisor::{Rule, live, rules};
use scheduler::{CLASSES, Class};

use crate::messages::{Entry, EntryKind, Part};

/// All entries: rules, then schedules, then claims.
pub fn library() -> Vec<Entry> {
    let rules = rules::every().map(rule);
    let schedules = CLASSES.iter().map(schedule);
    rules.chain(schedules).chain(claims::ALL.iter().map(claim)).collect()
}

fn heading(text: &str) -> Part {
    Part::Heading(text.into())
}

fn text(text: impl Into<String>) -> Part {
    Part::Text(text.into())
}

fn rule(rule: &'static Rule) -> Entry {
    let docs = &rule.docs;
    let live = live::of(rule);
    let code = |code: &str| Part::Code(code.trim_start_matches('\n').into());
    Entry {
        kind: EntryKind::Rule,
        name: rule.name.into(),
        title: rule.name.into(),
        note: format!("{} · {:?} · {:?}", rule.code, rule.severity, rule.confidence),
        parts: vec![
            text(docs.what),
            heading("Why that is bad"),
            text(docs.why),
            heading("Example"),
            code(docs.example),
            heading("Do this instead"),
            code(docs.instead),
            heading("When it is fine"),
            text(docs.fine),
        ]
        .into_iter()
        .chain(live.into_iter().flat_map(|live| [heading("See it live"), text(live.words)]))
        .collect(),
        link: live.map(|live| ("Race it in the playground".into(), live.link())),
    }
}

fn schedule(class: &Class) -> Entry {
    let library = class.library.name();
    let mut parts = vec![text(dedented(class.documentation))];
    let explained = class.parameters.iter().filter(|parameter| !parameter.documentation.is_empty());
    let list: Vec<String> =
        explained.map(|parameter| format!("* `{}`: {}", parameter.name, parameter.documentation.trim())).collect();
    if !list.is_empty() {
        parts.push(heading("Parameters"));
        parts.push(text(list.join("\n")));
    }
    Entry {
        kind: EntryKind::Schedule,
        // Two libraries may have a class of the same name.
        name: format!("{}-{}", library.to_lowercase(), class.name.replace(['_', '.'], "-")),
        title: class.name.into(),
        note: library.into(),
        parts,
        link: None,
    }
}

/// Doc comments begin each line with a space.
fn dedented(documentation: &str) -> String {
    let lines = documentation.lines().map(|line| line.strip_prefix(' ').unwrap_or(line));
    lines.collect::<Vec<_>>().join("\n")
}

fn claim(claim: &Claim) -> Entry {
    let evidence =
        claim.evidence.iter().map(|evidence| format!("* {} ({})", evidence.finding, evidence.source.words()));
    Entry {
        kind: EntryKind::Claim,
        name: claim.name.into(),
        title: claim.question.into(),
        note: claim.verdict.words().into(),
        parts: vec![
            text(format!("Often said: “{}”", claim.said)),
            text(claim.answer),
            heading("What is known"),
            text(evidence.collect::<Vec<_>>().join("\n")),
        ],
        link: claim.demo.map(|demo| ("Test it in the playground".into(), demo.into())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_can_be_looked_up_by_a_name_of_its_own() {
        let entries = library();
        assert_eq!(entries.len(), rules::every().count() + CLASSES.len() + claims::ALL.len());
        for (index, entry) in entries.iter().enumerate() {
            let is_anchor = entry.name.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '-');
            assert!(is_anchor && !entry.parts.is_empty(), "{}", entry.name);
            assert!(entries[..index].iter().all(|other| other.name != entry.name), "{}", entry.name);
        }
    }
}
