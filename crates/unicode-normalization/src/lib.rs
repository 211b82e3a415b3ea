//! Stands in for the crate `unicode_normalization`, by `[patch.crates-io]`.
//!
//! Python takes two spellings of a name for one where Unicode calls them compatible: `ﬁt` (with a ligature) is `fit`. The
//! parser asks this crate about names with a character outside of ASCII, and its tables weigh more than most of what
//! lrscope knows about learning rates. Here every name stays as it is written, so what is spelled in two ways is taken
//! for two names: the linter then knows less, and does not report more.

/// The part of the crate that the parser uses.
pub trait UnicodeNormalization<I: Iterator<Item = char>> {
    /// The text as it is, instead of in Normalization Form KC.
    fn nfkc(self) -> I;
}

impl<'a> UnicodeNormalization<std::str::Chars<'a>> for &'a str {
    fn nfkc(self) -> std::str::Chars<'a> {
        self.chars()
    }
}
