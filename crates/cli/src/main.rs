//! `lrscope`: lint, draw and share learning-rate schedules.
//!
//! ```text
//! arguments --> commands --> report (text for a person or a program) --> stdout
//! ```
//!
//! No rules and no schedules live here. Exit codes: 0 nothing found, 1 something found, 2 could not run.

mod chart;
mod commands;
mod config;
mod lint;
mod output;
mod plot;
mod report;
mod terminal;
mod text;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Syntax trees are many small pieces; this allocator spends a sixth less of the time on them than the system's.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Lint, draw and share learning-rate schedules.
#[derive(Debug, Parser)]
#[command(version, about, max_term_width = 100)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Claims(commands::claims::Arguments),
    Diagnose(commands::diagnose::Arguments),
    FindLr(commands::find_lr::Arguments),
    Lint(commands::lint::Arguments),
    Race(commands::race::Arguments),
    Recommend(commands::recommend::Arguments),
    Rule(commands::rule::Arguments),
    Show(commands::show::Arguments),
    Export(commands::export::Arguments),
    Completions(commands::completions::Arguments),
}

/// How a command ended, when it did what was asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Outcome {
    /// Nothing found.
    Clean,
    /// Something found.
    Found,
}

/// Why a command could not do what was asked: one sentence.
#[derive(Debug)]
struct Failure(String);

impl Failure {
    fn new(message: impl Into<String>) -> Self {
        Self(message.into())
    }
}

fn main() -> ExitCode {
    let result = match Arguments::parse().command {
        Command::Claims(arguments) => commands::claims::run(&arguments),
        Command::Diagnose(arguments) => commands::diagnose::run(&arguments),
        Command::FindLr(arguments) => commands::find_lr::run(&arguments),
        Command::Race(arguments) => commands::race::run(&arguments),
        Command::Recommend(arguments) => commands::recommend::run(&arguments),
        Command::Lint(arguments) => commands::lint::run(&arguments),
        Command::Rule(arguments) => commands::rule::run(&arguments),
        Command::Completions(arguments) => commands::completions::run(&arguments),
        Command::Show(arguments) => commands::show::run(&arguments),
        Command::Export(arguments) => commands::export::run(&arguments),
    };
    match result {
        Ok(Outcome::Clean) => ExitCode::SUCCESS,
        Ok(Outcome::Found) => ExitCode::from(1),
        Err(Failure(message)) => {
            output::complain(&message);
            ExitCode::from(2)
        }
    }
}
