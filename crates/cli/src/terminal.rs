//! What the terminal can do.

use std::io::{IsTerminal, stdout};

/// The width of text when nobody says.
pub const USUAL_WIDTH: usize = 80;

/// Columns to fill.
pub fn width() -> usize {
    let columns = || std::env::var("COLUMNS").ok()?.parse::<usize>().ok();
    let (narrowest, widest) = (30, 140);
    terminal_size::terminal_size()
        .map(|(width, _)| usize::from(width.0))
        .or_else(columns)
        .unwrap_or(USUAL_WIDTH)
        .clamp(narrowest, widest)
}

/// Whether to write in colours (<https://no-color.org>).
pub fn has_colours() -> bool {
    stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
}
