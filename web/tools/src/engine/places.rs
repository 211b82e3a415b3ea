//! Places in a document as people and the page count them.

use advisor::Span;
use linter::Document;
use linter::source::Lines;

use crate::messages::Range;

/// A document with its lines.
pub struct Places<'a> {
    document: &'a Document,
    lines: Lines,
}

impl<'a> Places<'a> {
    /// The places of a document.
    pub fn new(document: &'a Document) -> Self {
        Self { document, lines: Lines::new(document.code.as_bytes()) }
    }

    /// "line 14" or "cell 3, line 2".
    pub fn words(&self, span: Span) -> String {
        let at = self.document.place(&self.lines, span.start as usize);
        let line = at.place.line;
        at.cell.map_or_else(|| format!("line {line}"), |cell| format!("cell {cell}, line {line}"))
    }

    /// Lines and columns of the code.
    pub fn range(&self, span: Span) -> Range {
        let code = self.document.code.as_bytes();
        let start = self.lines.place(code, span.start as usize);
        let end = self.lines.place(code, span.end as usize);
        Range { line: start.line - 1, column: start.column - 1, end_line: end.line - 1, end_column: end.column - 1 }
    }

    /// The first line of each cell of a notebook, with its number.
    pub fn cells(&self) -> Vec<(usize, usize)> {
        let mut cells: Vec<(usize, usize)> = Vec::new();
        let mut at = 0;
        for (line, text) in self.document.code.split_inclusive('\n').enumerate() {
            if let Some(cell) = self.document.place(&self.lines, at).cell
                && cells.last().is_none_or(|last| last.1 != cell)
            {
                cells.push((line, cell));
            }
            at += text.len();
        }
        cells
    }
}
