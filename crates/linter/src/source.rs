//! Sources: what can be read at all, and where a byte stands in it.

/// Larger sources are not read: they hold data, not training code.
pub const LARGEST: usize = 4 * 1024 * 1024;

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

/// What is wrong with a file of so many bytes, if it has too many.
pub fn too_large(bytes: u64) -> Option<Unreadable> {
    let megabytes = bytes as f64 / (1024.0 * 1024.0);
    let most = LARGEST / (1024 * 1024);
    let message = || format!("The file has {megabytes:.1} MB; at most {most} MB are read.");
    (bytes > LARGEST as u64).then(|| Unreadable::new(message(), 0))
}

/// The text in some bytes, if it can be Python.
///
/// # Errors
/// One sentence for what is too large, binary or not UTF-8.
pub fn decode(bytes: &[u8]) -> Result<&str, Unreadable> {
    if let Some(problem) = too_large(bytes.len() as u64) {
        return Err(problem);
    }
    if let Some(at) = bytes.iter().position(|byte| *byte == 0) {
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
        assert!(decode(&vec![b' '; LARGEST + 1]).unwrap_err().message.starts_with("The file has 4.0 MB"));
        assert_eq!(decode(b"\xef\xbb\xbfx").unwrap(), "x");
    }
}
