//! `--format chart`

use std::fmt::Write as _;

use scheduler::format_lr;

use super::{Rows, Shown};
use crate::chart::{Line, Style, overlay};
use crate::terminal;

pub fn write(shown: &[Shown], log: bool) -> String {
    let style = Style { width: terminal::width(), unit: Rows::of(shown).many(), log, colours: terminal::has_colours() };
    let curves: Vec<(String, Vec<f64>)> = shown
        .iter()
        .flat_map(|shown| (0..shown.groups()).map(|group| (shown.title(group), shown.lrs(group))))
        .collect();
    let (mut text, row) = (String::new(), Rows::of(shown).one());
    for (title, lrs) in &curves {
        let (Some(first), Some(last)) = (lrs.first(), lrs.last()) else { continue };
        let of = if title.is_empty() { String::new() } else { format!(" of {title}") };
        // To read; `--format csv` and `json` have all digits.
        let (first, last) = (format_lr(*first), format_lr(*last));
        let _ = writeln!(text, "LR{of}: {first} at {row} 0, {last} at {row} {}", lrs.len() - 1);
    }
    let lines: Vec<Line<'_>> = curves.iter().map(|(name, values)| Line { name, values }).collect();
    if !lines.is_empty() {
        text += &overlay(&lines, style);
    }
    let momenta: Vec<(String, Vec<f64>)> = (shown.iter())
        .filter_map(|shown| {
            Some((shown.title(0), shown.momenta()?.iter().filter_map(|row| row.first().copied()).collect()))
        })
        .collect();
    if !momenta.is_empty() {
        text += "Momentum\n";
        let lines: Vec<Line<'_>> = momenta.iter().map(|(name, values)| Line { name, values }).collect();
        text += &overlay(&lines, Style { log: false, ..style });
    }
    text
}
