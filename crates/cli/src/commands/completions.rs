//! `lrscope completions SHELL`

use clap::{Args, CommandFactory};
use clap_complete::Shell;

use crate::{Failure, Outcome, output};

/// Write completions for a shell: lrscope completions bash > ~/.local/share/bash-completion/completions/lrscope
#[derive(Args, Debug)]
pub struct Arguments {
    /// The shell
    #[arg(value_enum)]
    shell: Shell,
}

/// Writes them.
pub fn run(arguments: &Arguments) -> Result<Outcome, Failure> {
    let mut script = Vec::new();
    clap_complete::generate(arguments.shell, &mut crate::Arguments::command(), "lrscope", &mut script);
    output::answer(&String::from_utf8_lossy(&script))?;
    Ok(Outcome::Clean)
}
