//! Lines of bounded length from a stream.

use std::io::{BufRead, ErrorKind, Read};

/// The longest line that is read, in bytes. A row of a log has some hundred.
pub(super) const LONGEST_LINE: usize = 1024 * 1024;

/// Calls `take` with the number of each line, from 1, and its text, until it returns `false`. Bytes that are no UTF-8 are
/// replaced.
///
/// # Errors
/// A sentence, for a line that is too long or a stream that breaks.
pub(super) fn lines(mut input: impl BufRead, mut take: impl FnMut(usize, &str) -> bool) -> Result<(), String> {
    let mut line = Vec::new();
    for number in 1.. {
        line.clear();
        // Progress bars end their lines with a carriage return.
        read_line(&mut input, &mut line, number)?;
        if line.is_empty() {
            break;
        }
        if !take(number, &String::from_utf8_lossy(&line)) {
            break;
        }
    }
    Ok(())
}

fn read_line(input: &mut impl BufRead, line: &mut Vec<u8>, number: usize) -> Result<(), String> {
    loop {
        let buffer = match input.fill_buf() {
            Ok(buffer) => buffer,
            Err(error) if error.kind() == ErrorKind::Interrupted => continue,
            Err(error) => return Err(format!("line {number} could not be read: {error}")),
        };
        if buffer.is_empty() {
            return Ok(());
        }
        let end = buffer.iter().position(|byte| matches!(byte, b'\n' | b'\r'));
        let taken = end.map_or(buffer.len(), |end| end + 1);
        line.extend_from_slice(&buffer[..taken]);
        input.consume(taken);
        if end.is_some() {
            return Ok(());
        }
        if line.len() > LONGEST_LINE {
            return Err(format!("line {number} is longer than {LONGEST_LINE} bytes"));
        }
    }
}

/// A stream that fails where a line is too long, for readers that buffer whole lines themselves.
pub(super) struct LimitedLines<R> {
    input: R,
    length: usize,
}

impl<R> LimitedLines<R> {
    pub fn new(input: R) -> Self {
        Self { input, length: 0 }
    }

    /// Whether what was read so far ends within a line.
    pub fn breaks_off(&self) -> bool {
        self.length > 0
    }
}

impl<R: Read> Read for LimitedLines<R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let read = self.input.read(buffer)?;
        self.length = match buffer[..read].iter().rposition(|byte| *byte == b'\n') {
            Some(end) => read - end - 1,
            None => self.length + read,
        };
        if self.length > LONGEST_LINE {
            let message = format!("a line is longer than {LONGEST_LINE} bytes");
            return Err(std::io::Error::new(ErrorKind::InvalidData, message));
        }
        Ok(read)
    }
}
