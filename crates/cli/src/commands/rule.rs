//! `lrscope rule NAME`

use std::fmt::Write as _;

use advisor::rules::{GROUPS, Selector, every};
use advisor::{Rule, live};
use clap::{Args, ValueEnum};
use serde::Serialize;

use crate::config::no_such_rule;
use crate::{Failure, Outcome, output};

/// Explain a rule: what it reports, why, and how to do it right
#[derive(Args, Debug)]
pub struct Arguments {
    /// Name or code of a rule, or a group of rules: plateau-without-metric, LRS301, plateau
    #[arg(required_unless_present = "all")]
    rule: Option<String>,

    /// All rules
    #[arg(long, conflicts_with = "rule")]
    all: bool,

    /// How to write it
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    /// Markdown; of several rules a list
    Text,
    /// Objects
    Json,
}

#[derive(Serialize)]
struct Entry<'a> {
    name: &'a str,
    code: &'a str,
    group: &'a str,
    severity: advisor::Severity,
    confidence: advisor::Confidence,
    what: &'a str,
    why: &'a str,
    example: &'a str,
    instead: &'a str,
    fine: &'a str,
    /// The fragment of a link to a race that shows it.
    live: Option<String>,
}

/// Explains.
pub fn run(arguments: &Arguments) -> Result<Outcome, Failure> {
    let selector = match &arguments.rule {
        None => Selector::All,
        Some(name) => Selector::parse(name).ok_or_else(|| Failure::new(sentence(&no_such_rule(name))))?,
    };
    let rules: Vec<&Rule> = every().filter(|rule| selector.matches(rule)).collect();
    let text = match arguments.format {
        Format::Json => {
            let entries: Vec<Entry<'_>> = rules.iter().map(|rule| entry(rule)).collect();
            let json = match &entries[..] {
                [only] if arguments.rule.is_some() => serde_json::to_string_pretty(only),
                all => serde_json::to_string_pretty(all),
            };
            json.map_err(|error| Failure::new(format!("Could not write JSON: {error}.")))? + "\n"
        }
        Format::Text => match &rules[..] {
            [only] => markdown(only),
            all => list(all),
        },
    };
    output::answer(&text)?;
    Ok(Outcome::Clean)
}

fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

fn group(rule: &Rule) -> &'static str {
    GROUPS.iter().find(|group| rule.code.starts_with(group.prefix)).map_or("", |group| group.name)
}

fn entry(rule: &Rule) -> Entry<'_> {
    let docs = &rule.docs;
    Entry {
        name: rule.name,
        code: rule.code,
        group: group(rule),
        severity: rule.severity,
        confidence: rule.confidence,
        what: docs.what,
        why: docs.why,
        example: docs.example.trim_start(),
        instead: docs.instead.trim_start(),
        fine: docs.fine,
        live: live::of(rule).map(|live| format!("#{}", live.link())),
    }
}

/// The documentation of a rule.
pub fn markdown(rule: &Rule) -> String {
    let docs = &rule.docs;
    let (severity, confidence) = (format!("{:?}", rule.severity), format!("{:?}", rule.confidence));
    let text = format!(
        "# {} ({})\n\n{} · {} · group {}\n\n## What it reports\n\n{}\n\n## Why that is bad\n\n{}\n\n\
         ## Example\n\n```python\n{}```\n\n## Do this instead\n\n```python\n{}```\n\n## When it is fine\n\n{}\n",
        rule.name,
        rule.code,
        severity.to_lowercase(),
        confidence.to_lowercase(),
        group(rule),
        docs.what,
        docs.why,
        docs.example.trim_start(),
        docs.instead.trim_start(),
        docs.fine
    );
    match live::of(rule) {
        None => text,
        Some(live) => {
            let words = live.words;
            text + &format!(
                "\n## See it live\n\n{words} In the playground, or here with `lrscope race`:\n\n    #{}\n",
                live.link()
            )
        }
    }
}

/// One line for each rule, by group.
fn list(rules: &[&Rule]) -> String {
    let mut text = String::new();
    for group in GROUPS {
        let of_group: Vec<_> = rules.iter().filter(|rule| rule.code.starts_with(group.prefix)).collect();
        if of_group.is_empty() {
            continue;
        }
        let _ = writeln!(text, "{} ({}): {}", group.name, group.prefix, group.about);
        for rule in of_group {
            let _ = writeln!(text, "  {}  {}  ({:?}, {:?})", rule.code, rule.name, rule.severity, rule.confidence);
        }
        text.push('\n');
    }
    text + "`lrscope rule NAME` explains one of them.\n"
}
