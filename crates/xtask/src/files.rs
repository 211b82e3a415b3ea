//! Files, with sentences where they cannot be read or written.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};

/// The bytes of a file.
pub fn read(file: &Path) -> Result<Vec<u8>> {
    fs::read(file).with_context(|| format!("{} cannot be read.", file.display()))
}

/// The text of a file.
pub fn read_text(file: &Path) -> Result<String> {
    fs::read_to_string(file).with_context(|| format!("{} cannot be read.", file.display()))
}

/// Writes a file.
pub fn write(file: &Path, bytes: &[u8]) -> Result<()> {
    fs::write(file, bytes).with_context(|| format!("{} cannot be written.", file.display()))
}
