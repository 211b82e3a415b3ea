//! A file as it is linted: its code, and where that stands in the file.

use std::ops::Range;
use std::panic::{AssertUnwindSafe, catch_unwind};

use advisor::Fix;
use advisor::plan::Requirement;
use ruff_python_ast::ModModule;
use ruff_python_parser::{Mode, ParseError, ParseOptions, Parsed, parse_cells_unchecked, parse_module};
use ruff_text_size::{TextRange, TextSize};

use crate::configs::Language;
use crate::fix;
use crate::nesting;
use crate::notebook;
use crate::source::{self, Lines, Place, Unreadable};

/// A Python file, a notebook or a config file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Document {
    /// The code, which all spans refer to. That of a notebook is the code of its cells, one after the other.
    pub code: String,
    /// The versions of libraries that the project asks for; what a script says of itself goes before.
    pub requirements: Vec<Requirement>,
    form: Form,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
enum Form {
    /// The file is its code.
    #[default]
    Python,
    /// As Python, behind a byte order mark.
    Marked,
    Notebook {
        /// The file.
        json: String,
        cells: Vec<Cell>,
    },
    /// A config file: its text stands for the code.
    Config(Language),
}

/// A cell of a notebook that holds Python.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Cell {
    /// Which of all cells of the notebook, from 1.
    pub number: usize,
    /// Its part of the code, without the line break that parts it from the next one.
    pub code: Range<usize>,
    /// Its `source` in the file.
    pub json: Range<usize>,
}

/// Settings of tools, ours among them: they train nothing.
const TOOLS: [&str; 3] = ["pyproject.toml", "lrscope.toml", "Cargo.toml"];

/// Whether a file of that name is read when it is met in a folder.
pub fn is_read(name: &str) -> bool {
    if TOOLS.iter().any(|tool| name.ends_with(tool)) {
        return false;
    }
    [".py", ".ipynb"].iter().any(|end| name.ends_with(end)) || Language::of_file(name).is_some()
}

/// A place in a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct CellPlace {
    /// The cell of a notebook, from 1; `None` in a Python file.
    pub cell: Option<usize>,
    /// Line and column, in the cell if there is one.
    pub place: Place,
}

impl Document {
    /// A Python source.
    pub fn python(code: impl Into<String>) -> Self {
        Self { code: code.into(), form: Form::Python, ..Self::default() }
    }

    /// The language of a config file, `None` for code.
    pub fn config(&self) -> Option<Language> {
        match self.form {
            Form::Config(language) => Some(language),
            _ => None,
        }
    }

    /// Reads a file: by its name, it is a notebook (`.ipynb`), a config file (`.yaml`, `.yml`, `.json`, and with the
    /// feature `toml` that) or Python.
    ///
    /// # Errors
    /// What is too large, binary, not UTF-8, or not a notebook; with the byte of the file.
    pub fn read(name: &str, bytes: &[u8]) -> Result<Self, Unreadable> {
        if let Some(problem) = source::too_large(name, bytes.len() as u64) {
            return Err(problem);
        }
        let text = source::decode(bytes)?;
        if name.ends_with(".ipynb") {
            let (code, cells) = notebook::read(text)?;
            if let Some(problem) = source::too_large("", code.len() as u64) {
                return Err(Unreadable { at: 0, ..problem });
            }
            return Ok(Self { code, form: Form::Notebook { json: text.to_owned(), cells }, ..Self::default() });
        }
        if let Some(language) = Language::of_file(name) {
            return Ok(Self { code: text.to_owned(), form: Form::Config(language), ..Self::default() });
        }
        let form = if text.len() < bytes.len() { Form::Marked } else { Form::Python };
        Ok(Self { code: text.to_owned(), form, ..Self::default() })
    }

    /// Where a byte of the code stands.
    pub fn place(&self, lines: &Lines, at: usize) -> CellPlace {
        let text = self.code.as_bytes();
        let whole = lines.place(text, at);
        let Some(cell) = self.cell(at) else { return CellPlace { cell: None, place: whole } };
        let first = lines.place(text, cell.code.start).line;
        CellPlace { cell: Some(cell.number), place: Place { line: whole.line + 1 - first, ..whole } }
    }

    /// The part of the code that stands together: the cell with a byte of it, or all.
    pub fn part(&self, at: usize) -> Range<usize> {
        match self.cell(at) {
            Some(cell) => cell.code.clone(),
            None => 0..self.code.len(),
        }
    }

    /// The cell with a byte of the code; what follows its last line is still its.
    fn cell(&self, at: usize) -> Option<&Cell> {
        let Form::Notebook { cells, .. } = &self.form else { return None };
        cells.iter().find(|cell| at <= cell.code.end).or(cells.last())
    }

    /// The file with fixes in it, and how many: each whole or not at all, and of two that touch only the first.
    pub fn fixed<'f>(&self, fixes: impl IntoIterator<Item = &'f Fix>) -> (String, usize) {
        match &self.form {
            Form::Python | Form::Marked | Form::Config(_) => {
                let applied = fix::apply(&self.code, 0, fixes);
                let mark = if self.form == Form::Marked { "\u{feff}" } else { "" };
                (format!("{mark}{}", applied.text), applied.count)
            }
            Form::Notebook { json, cells } => {
                let in_a_cell = |fix: &&Fix| {
                    fix.edits.iter().all(|edit| {
                        let (start, end) = (edit.span.start as usize, edit.span.end as usize);
                        cells.iter().any(|cell| cell.code.start <= start && end <= cell.code.end)
                    })
                };
                let (edits, count) = fix::choose(&self.code, 0, fixes.into_iter().filter(in_a_cell));
                (notebook::write(json, &self.code, cells, &edits), count)
            }
        }
    }

    /// The syntax tree, and which cells of a notebook are left out of it because they are no Python.
    ///
    /// # Errors
    /// A syntax error, or nesting that is too deep to follow; with the byte of the code.
    pub(crate) fn parse(&self) -> Result<(Parsed<ModModule>, Vec<Unreadable>), Unreadable> {
        if let Some(at) = nesting::too_deep(&self.code) {
            let deepest = nesting::DEEPEST;
            return Err(Unreadable::new(
                format!("The code is nested more than {deepest} levels deep; it is not read."),
                at,
            ));
        }
        match &self.form {
            Form::Python | Form::Marked | Form::Config(_) => {
                parse_module(&self.code).map(|parsed| (parsed, Vec::new())).map_err(|error| unparsed(&error))
            }
            Form::Notebook { cells, .. } => parse_notebook(&self.code, cells),
        }
    }
}

/// More cells than this that are no Python, and the notebook is none.
const MOST_BROKEN: usize = 8;

/// Cells that do not parse are told and left out: people try things in notebooks, and the rest is still code.
fn parse_notebook(code: &str, cells: &[Cell]) -> Result<(Parsed<ModModule>, Vec<Unreadable>), Unreadable> {
    let size = |at: usize| TextSize::try_from(at).unwrap_or_default();
    let ranges = cells.iter().map(|cell| TextRange::new(size(cell.code.start), size(cell.code.end)));
    let options = ParseOptions::from(Mode::Ipython);
    // ruff_python_parser 0.0.10 panics on some notebooks that are no Python: where it goes on after a syntax error, it can
    // meet a command of IPython within an expression.
    let parse = |code: &str| {
        let parse = AssertUnwindSafe(|| parse_cells_unchecked(code, ranges.clone(), &options));
        catch_unwind(parse)
            .map_err(|_| Unreadable::new("Syntax error: a command of IPython stands where an expression belongs.", 0))
    };
    let first = parse(code)?;
    let Some(error) = first.errors().first().map(unparsed) else { return Ok((first, Vec::new())) };
    let mut code = notebook::without_commands(code, cells).unwrap_or_else(|| code.to_owned());
    let mut left_out: Vec<Unreadable> = Vec::new();
    while left_out.len() <= MOST_BROKEN {
        let parsed = parse(&code)?;
        let Some(problem) = parsed.errors().first().map(unparsed) else { return Ok((parsed, left_out)) };
        let Some(cell) = cells.iter().find(|cell| problem.at <= cell.code.end) else { break };
        code = notebook::without_cell(&code, cell);
        left_out.push(problem);
    }
    Err(error)
}

fn unparsed(error: &ParseError) -> Unreadable {
    Unreadable::new(format!("Syntax error: {}.", error.error), error.location.start().to_usize())
}
