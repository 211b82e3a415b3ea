//! The code of a file and of the modules that it imports, as one text.

use advisor::Span;
use ruff_text_size::{Ranged, TextRange};

/// Text that syntax trees refer to: the code of one file or of several, one after the other.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Code<'a> {
    /// All of it.
    pub text: &'a str,
    /// Where the second file starts, and each one after it.
    starts: &'a [u32],
}

impl<'a> Code<'a> {
    /// One file.
    pub fn new(text: &'a str) -> Self {
        Self { text, starts: &[] }
    }

    /// Several files, of which the second and all others start at these bytes.
    pub(super) fn of_files(text: &'a str, starts: &'a [u32]) -> Self {
        Self { text, starts }
    }

    /// A part as written.
    pub fn of(&self, node: &impl Ranged) -> &'a str {
        self.text.get(node.range().to_std_range()).unwrap_or_default()
    }

    /// A part as written, on one line.
    pub fn wording(&self, node: &impl Ranged) -> String {
        self.of(node).split_whitespace().collect::<Vec<_>>().join(" ")
    }

    /// Which file a part is in: 0 is the first.
    pub fn file(&self, node: &impl Ranged) -> usize {
        let at = node.range().start().to_u32();
        self.starts.partition_point(|start| *start <= at)
    }

    /// A part as a place in its file.
    pub fn span(&self, range: TextRange) -> Span {
        let file = self.file(&range);
        let start = file.checked_sub(1).map_or(0, |before| self.starts[before]);
        Span::new(file as u32, range.start().to_u32() - start, range.end().to_u32() - start)
    }
}
