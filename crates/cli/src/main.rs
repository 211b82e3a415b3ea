//! `lrscope`: lint, draw and share learning-rate schedules.
//!
//! ```text
//! arguments --> commands --> report (text for a person or a program) --> stdout
//! ```
//!
//! No rules and no schedules live here. Exit codes: 0 nothing found, 1 something found, 2 could not run.

mod chart;
mod commands;
mod output;
mod report;
mod terminal;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Lint, draw and share learning-rate schedules.
#[derive(Debug, Parser)]
#[command(version, about, max_term_width = 100)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Lint(commands::lint::Arguments),
    Show(commands::show::Arguments),
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
        Command::Lint(arguments) => commands::lint::run(&arguments),
        Command::Show(arguments) => commands::show::run(&arguments),
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
