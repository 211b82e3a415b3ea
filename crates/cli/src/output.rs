//! Writing to the standard streams, which others may close at any time (`lrscope lint . | head`).

use std::io::{ErrorKind, IsTerminal, Write};

use crate::Failure;

/// Writes the answer of a command.
///
/// # Errors
/// When it cannot be written, unless that is because nobody reads it any more.
pub fn answer(text: &str) -> Result<(), Failure> {
    let mut out = std::io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => {
            Err(Failure::new(format!("Could not write the output: {error}.")))
        }
        _ => Ok(()),
    }
}

/// Says what went wrong. If nobody hears it, there is nothing more to do.
pub fn complain(message: &str) {
    let _ = writeln!(std::io::stderr(), "lrscope: {message}");
}

/// Writes a report beside the answer.
pub fn aside(text: &str) {
    let _ = write!(std::io::stderr(), "{text}");
}

/// Starts with an empty screen, if there is one.
pub fn clear() {
    let mut out = std::io::stdout().lock();
    if out.is_terminal() {
        let _ = write!(out, "\x1b[2J\x1b[H");
    }
}
