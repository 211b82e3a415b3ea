//! `lrscope claims [NAME]`

use std::fmt::Write as _;

use advisor::claims::{self, Claim};
use clap::{Args, ValueEnum};

use crate::{Failure, Outcome, output, terminal, text};

/// "Should I ...?": what is often said about schedules, and whether it is true
#[derive(Args, Debug)]
pub struct Arguments {
    /// One claim, by its name [default: all of them in short]
    name: Option<String>,

    /// How to show it
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For reading
    Text,
    /// For a document
    Markdown,
    /// For programs
    Json,
}

/// Shows.
pub fn run(arguments: &Arguments) -> Result<Outcome, Failure> {
    let chosen: Vec<&Claim> = match &arguments.name {
        None => claims::ALL.iter().collect(),
        Some(name) => vec![claims::find(name).ok_or_else(|| {
            let names: Vec<&str> = claims::ALL.iter().map(|claim| claim.name).collect();
            Failure::new(format!("There is no claim called `{name}`. There are: {}.", names.join(", ")))
        })?],
    };
    let shown = match arguments.format {
        Format::Text if arguments.name.is_none() => chosen.iter().map(|claim| short(claim)).collect(),
        Format::Text => chosen.iter().map(|claim| full(claim)).collect(),
        Format::Markdown => chosen.iter().map(|claim| markdown(claim)).collect::<Vec<_>>().join("\n"),
        Format::Json => {
            serde_json::to_string_pretty(&chosen)
                .map_err(|error| Failure::new(format!("Could not write JSON: {error}.")))?
                + "\n"
        }
    };
    output::answer(&shown)?;
    Ok(Outcome::Clean)
}

fn short(claim: &Claim) -> String {
    let heading = format!("{:25} {}\n", claim.name, claim.verdict.words());
    heading + &text::paragraph(&format!("\"{}\"", claim.said), terminal::width(), "    ", "    ")
}

fn full(claim: &Claim) -> String {
    let width = terminal::width();
    let mut shown = format!("{}\n\n", claim.question);
    shown += &text::paragraph(&format!("Often said: \"{}\"", claim.said), width, "", "");
    let _ = writeln!(shown, "Verdict: {}.\n", claim.verdict.words());
    shown += &text::paragraph(claim.answer, width, "", "");
    shown.push('\n');
    for evidence in claim.evidence {
        let told = format!("{} ({})", evidence.finding, evidence.source.words());
        shown += &text::paragraph(&told, width, "- ", "  ");
    }
    if let Some(demo) = claim.demo {
        let _ = writeln!(shown, "\nTest it in the playground: #{demo}");
    }
    shown
}

fn markdown(claim: &Claim) -> String {
    let mut shown =
        format!("## {}\n\n> {}\n\n**{}**: {}\n\n", claim.question, claim.said, claim.verdict.words(), claim.answer);
    for evidence in claim.evidence {
        let source = evidence.source;
        let _ =
            writeln!(shown, "* {} ({}: {}, {})", evidence.finding, source.strength.words(), source.name, source.place);
    }
    if let Some(demo) = claim.demo {
        let _ = writeln!(shown, "\n[Test it](#{demo})");
    }
    shown
}
