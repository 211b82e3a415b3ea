//! Prose in a terminal.

use textwrap::Options;

/// A paragraph, wrapped, every line but the first indented by `indent`, the first by `bullet`.
pub fn paragraph(text: &str, width: usize, bullet: &str, indent: &str) -> String {
    let options = Options::new(width).initial_indent(bullet).subsequent_indent(indent).break_words(false);
    textwrap::fill(text, options) + "\n"
}
