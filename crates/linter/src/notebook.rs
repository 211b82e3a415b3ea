//! Jupyter notebooks (nbformat 4): the code of their cells, and back.
//!
//! A fix changes the `source` of its cells and not one byte else of the file.

use std::borrow::Cow;

use advisor::Edit;
use serde::Deserialize;
use serde_json::value::RawValue;

use crate::document::Cell;
use crate::fix;
use crate::source::Unreadable;

#[derive(Deserialize)]
struct Notebook<'a> {
    #[serde(borrow)]
    cells: Option<Vec<RawCell<'a>>>,
    #[serde(default)]
    metadata: Metadata,
}

#[derive(Default, Deserialize)]
struct Metadata {
    language_info: Option<Language>,
}

#[derive(Deserialize)]
struct Language {
    name: String,
}

#[derive(Deserialize)]
struct RawCell<'a> {
    #[serde(borrow)]
    cell_type: Cow<'a, str>,
    #[serde(borrow)]
    source: Option<&'a RawValue>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Source {
    Lines(Vec<String>),
    Text(String),
}

/// The code of the cells of a notebook, each followed by one line break.
pub fn read(json: &str) -> Result<(String, Vec<Cell>), Unreadable> {
    let notebook: Notebook<'_> = serde_json::from_str(json).map_err(|error| {
        let line_start = json.match_indices('\n').map(|(at, _)| at + 1).nth(error.line().saturating_sub(2));
        let line_start = if error.line() <= 1 { 0 } else { line_start.unwrap_or_default() };
        // The message ends with the place, which is told with all findings.
        let message = error.to_string();
        let message = message.rsplit_once(" at line ").map_or(message.as_str(), |(message, _)| message);
        Unreadable::new(
            format!("The file is not a notebook: {message}."),
            line_start + error.column().saturating_sub(1),
        )
    })?;
    let Some(raw) = notebook.cells else {
        return Err(Unreadable::new("The file is not a notebook of format 4: it has no `cells`.", 0));
    };
    let (mut code, mut cells) = (String::new(), Vec::new());
    if notebook.metadata.language_info.is_some_and(|language| !language.name.eq_ignore_ascii_case("python")) {
        return Ok((code, cells));
    }
    for (index, cell) in raw.iter().enumerate() {
        let Some(source) = cell.source.filter(|_| cell.cell_type == "code") else { continue };
        let text = match serde_json::from_str(source.get()) {
            Ok(Source::Text(text)) => text,
            Ok(Source::Lines(lines)) => lines.concat(),
            Err(_) => continue,
        };
        if !is_python(&text) {
            continue;
        }
        let (start, at) = (code.len(), source.get().as_ptr() as usize - json.as_ptr() as usize);
        code += &text;
        cells.push(Cell { number: index + 1, code: start..code.len(), json: at..at + source.get().len() });
        code.push('\n');
    }
    Ok((code, cells))
}

/// Whether a cell is Python: `%%bash` and its like make it something else.
fn is_python(text: &str) -> bool {
    let first = text.trim_start();
    match first.strip_prefix("%%") {
        Some(magic) => {
            let name = magic.split(|char: char| !char.is_alphanumeric() && char != '_').next().unwrap_or_default();
            // What follows the line of the magic is another language, or run in another way; only few leave it Python.
            matches!(name, "time" | "timeit" | "capture" | "prun" | "python" | "python3")
        }
        None => true,
    }
}

/// Magic commands and shell aliases that IPython takes without their `%` where they begin a line (IPython 9, `automagic`).
const COMMANDS: [&str; 24] = [
    "autoreload",
    "cat",
    "cd",
    "conda",
    "config",
    "cp",
    "env",
    "less",
    "ll",
    "load_ext",
    "ls",
    "mamba",
    "matplotlib",
    "mkdir",
    "more",
    "mv",
    "pip",
    "pwd",
    "rm",
    "rmdir",
    "run",
    "time",
    "timeit",
    "uv",
];

/// The code with `pip install timm` and its like as comments, each byte in its place; `None` where there are none.
/// ` !pip install timm` is one, too, at the beginning of a cell, which IPython takes back to the margin.
pub fn without_commands(code: &str, cells: &[Cell]) -> Option<String> {
    let mut bytes = code.as_bytes().to_vec();
    let mut at = 0;
    let mut found = false;
    for line in code.split_inclusive('\n') {
        let begins = || cells.iter().any(|cell| cell.code.start == at);
        if is_command(line.trim_end()) || line.trim_start_matches([' ', '\t']).starts_with(['!', '%']) && begins() {
            bytes[at] = b'#';
            found = true;
        }
        at += line.len();
    }
    String::from_utf8(bytes).ok().filter(|_| found)
}

/// The code with blanks in place of a cell, each byte in its place.
pub fn without_cell(code: &str, cell: &Cell) -> String {
    let inside = code.get(cell.code.clone()).unwrap_or_default();
    let blank: String = inside.bytes().map(|byte| if byte == b'\n' { '\n' } else { ' ' }).collect();
    let (before, behind) = (code.get(..cell.code.start), code.get(cell.code.end..));
    [before.unwrap_or_default(), &blank, behind.unwrap_or_default()].concat()
}

fn is_command(line: &str) -> bool {
    let (name, rest) = line.split_once(' ').unwrap_or((line, ""));
    // `time = 3` and `ls in names` are Python.
    let is_python = rest.starts_with(|first: char| "=<>+*%&|^,:;([{".contains(first))
        || ["in ", "is ", "not ", "and ", "or ", "if ", "- ", "/ "].iter().any(|word| rest.starts_with(word));
    COMMANDS.binary_search(&name).is_ok() && !is_python
}

/// The file with edits of its code, which lie inside of cells, apart and in order.
pub fn write(json: &str, code: &str, cells: &[Cell], edits: &[&Edit]) -> String {
    let (mut file, mut at) = (String::with_capacity(json.len()), 0);
    for cell in cells {
        let inside = |edit: &&&Edit| {
            let (start, end) = (edit.span.start as usize, edit.span.end as usize);
            cell.code.start <= start && end <= cell.code.end
        };
        let edits: Vec<&Edit> = edits.iter().filter(inside).copied().collect();
        if edits.is_empty() {
            continue;
        }
        let text = fix::put(code, cell.code.clone(), &edits);
        file += json.get(at..cell.json.start).unwrap_or_default();
        file += &like(json.get(cell.json.clone()).unwrap_or_default(), &text);
        at = cell.json.end;
    }
    file += json.get(at..).unwrap_or_default();
    file
}

/// A `source` with this text, written as `before` was: a string, or a list of lines with the same space around them.
fn like(before: &str, text: &str) -> String {
    // Not as a `Value`, which would bring along how floats are written; a string is always written.
    let string = |text: &str| serde_json::to_string(text).unwrap_or_default();
    let Some(inside) = before.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) else { return string(text) };
    let space = &inside[..inside.len() - inside.trim_start().len()];
    let last = if inside.trim().is_empty() { "" } else { &inside[inside.trim_end().len()..] };
    let lines: Vec<String> = text.split_inclusive('\n').map(string).collect();
    format!("[{space}{}{last}]", lines.join(&format!(",{space}")))
}

#[cfg(test)]
mod tests {
    use advisor::Span;

    use super::*;

    const NOTEBOOK: &str = r##"{
 "cells": [
  {"cell_type": "markdown", "source": ["# Title"]},
  {
   "cell_type": "code",
   "source": [
    "%matplotlib inline\n",
    "x = 'ä'"
   ]
  },
  {"cell_type": "code", "source": "%%bash\nls"},
  {"cell_type": "code", "source": "y = 2\n"},
  {"cell_type": "code", "source": []}
 ],
 "metadata": {"language_info": {"name": "python"}}, "nbformat": 4
}"##;

    #[test]
    fn code_and_its_cells() {
        let (code, cells) = read(NOTEBOOK).unwrap();
        assert_eq!(code, "%matplotlib inline\nx = 'ä'\ny = 2\n\n\n");
        assert_eq!(cells.iter().map(|cell| cell.number).collect::<Vec<_>>(), [2, 4, 5]);
        assert_eq!(&code[cells[1].code.clone()], "y = 2\n");
    }

    #[test]
    fn commands_without_a_percent_sign_are_none_of_python() {
        let code = "pip install timm\nls\ncd /content/drive\ntime = 3\nls in names\n  pip install x\n";
        let expected = "#ip install timm\n#s\n#d /content/drive\ntime = 3\nls in names\n  pip install x\n";
        assert_eq!(without_commands(code, &[]).as_deref(), Some(expected));
        assert_eq!(without_commands("x = 1\n", &[]), None);
        let cells = [Cell { number: 1, code: 0..13, json: 0..0 }];
        assert_eq!(without_commands(" !pip install\n", &cells).as_deref(), Some("#!pip install\n"));
        assert!(COMMANDS.is_sorted());
    }

    #[test]
    fn edits_change_their_cells_only() {
        let (code, cells) = read(NOTEBOOK).unwrap();
        let at = |text: &str| code.find(text).unwrap() as u32;
        let edit = |text, new: &str| Edit { span: Span::new(0, at(text), at(text) + 1), text: new.to_owned() };
        let written = write(NOTEBOOK, &code, &cells, &[&edit("x", "a\nz"), &edit("2", "\"3\"")]);
        let expected = NOTEBOOK.replace("\"x = 'ä'\"", "\"a\\n\",\n    \"z = 'ä'\"").replace("y = 2", "y = \\\"3\\\"");
        assert_eq!(written, expected);
        assert_eq!(write(NOTEBOOK, &code, &cells, &[]), NOTEBOOK);
    }

    #[test]
    fn what_is_no_notebook_is_told_in_a_sentence() {
        let message = |json: &str| read(json).unwrap_err();
        assert_eq!(message("{\n\"cells\": [}"), Unreadable::new("The file is not a notebook: expected value.", 12));
        assert_eq!(
            message("[1]").message,
            "The file is not a notebook: invalid type: integer `1`, expected a sequence."
        );
        assert!(message("{}").message.contains("no `cells`"));
        let julia = NOTEBOOK.replace("\"python\"", "\"julia\"");
        assert_eq!(read(&julia).unwrap(), (String::new(), Vec::new()));
    }
}
