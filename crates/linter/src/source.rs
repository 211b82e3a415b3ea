//! Sources: what can be read at all, and where a byte stands in it.

/// Larger sources are not read: they hold data, not training code.
pub const LARGEST: usize = 4 * 1024 * 1024;
/// Larger notebooks are not read; most of a notebook is the pictures in it, so there is room for those.
pub const LARGEST_NOTEBOOK: usize = 64 * 1024 * 1024;

/// Why a source could not be read, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unreadable {
    /// One sentence.
    pub message: String,
    /// The byte that it is about.
    pub at: usize,
}

impl Unreadable {
    pub(crate) fn new(message: impl Into<String>, at: usize) -> Self {
        Self { message: message.into(), at }
    }
}

/// What is wrong with a file of that name and so many bytes, if it has too many.
pub fn too_large(name: &str, bytes: u64) -> Option<Unreadable> {
    let most = if name.ends_with(".ipynb") { LARGEST_NOTEBOOK } else { LARGEST };
    let megabytes = |bytes: u64| bytes as f64 / (1024.0 * 1024.0);
    let message =
        || format!("The file has {:.1} MB; at most {} MB are read.", megabytes(bytes), megabytes(most as u64));
    (bytes > most as u64).then(|| Unreadable::new(message(), 0))
}

/// Whether a word stands in a text of any length.
pub(crate) fn has(text: impl AsRef<[u8]>, word: &str) -> bool {
    memchr::memmem::find(text.as_ref(), word.as_bytes()).is_some()
}

/// The text in some bytes, if it can be Python.
///
/// # Errors
/// One sentence for what is binary or not UTF-8.
pub fn decode(bytes: &[u8]) -> Result<&str, Unreadable> {
    if let Some(at) = memchr::memchr(0, bytes) {
        return Err(Unreadable::new("The file is binary: it holds a NUL byte.", at));
    }
    std::str::from_utf8(bytes)
        .map_err(|error| Unreadable::new("The file is not UTF-8 text.", error.valid_up_to()))
        .map(|text| text.strip_prefix('\u{feff}').unwrap_or(text))
}

/// Line and column of bytes.
#[derive(Clone, Debug)]
pub struct Lines {
    /// Where each line starts.
    starts: Vec<usize>,
}

/// A place in a text; both count from 1, columns in characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// Line.
    pub line: usize,
    /// Column.
    pub column: usize,
}

impl Lines {
    /// The lines of `text`.
    pub fn new(text: &[u8]) -> Self {
        let ends = text.iter().enumerate().filter(|(_, byte)| **byte == b'\n').map(|(at, _)| at + 1);
        Self { starts: std::iter::once(0).chain(ends).collect() }
    }

    /// The place of byte `at` of `text`.
    pub fn place(&self, text: &[u8], at: usize) -> Place {
        let at = at.min(text.len());
        let line = self.starts.partition_point(|start| *start <= at);
        let start = self.starts[line - 1];
        let column = String::from_utf8_lossy(&text[start..at]).chars().count() + 1;
        Place { line, column }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_count_from_one() {
        let text = "a\nbü = c\n".as_bytes();
        let lines = Lines::new(text);
        assert_eq!(lines.place(text, 0), Place { line: 1, column: 1 });
        assert_eq!(lines.place(text, 5), Place { line: 2, column: 3 });
        assert_eq!(lines.place(text, 999), Place { line: 3, column: 1 });
    }

    #[test]
    fn what_is_no_text_is_told_in_a_sentence() {
        assert_eq!(decode(b"x = 1\0").unwrap_err().message, "The file is binary: it holds a NUL byte.");
        assert_eq!(decode(b"x = '\xff'").unwrap_err(), Unreadable::new("The file is not UTF-8 text.", 5));
        let message = "The file has 100.0 MB; at most 4 MB are read.";
        assert_eq!(too_large("a.py", 100 * 1024 * 1024).unwrap().message, message);
        assert_eq!(too_large("a.ipynb", LARGEST as u64 + 1), None);
        assert_eq!(decode(b"\xef\xbb\xbfx").unwrap(), "x");
    }
}
