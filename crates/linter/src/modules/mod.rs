//! The modules that a file imports from the project around it: a number, a function or a class of theirs is followed as if
//! it stood in the file.
//!
//! Who knows where files are is an [`Importer`]; nothing here touches a disk. Modules without a word that could matter are
//! left out, and everything is bounded: how many there are, how large, and how far from the file.

mod code;
pub(crate) mod configs;
mod elsewhere;

use rustc_hash::FxHashMap as HashMap;
use std::path::{Path, PathBuf};

use advisor::Span;
use ruff_python_ast::{Expr, Stmt};
use ruff_python_parser::{Mode, ParseOptions, parse_cells_unchecked};
use ruff_text_size::{TextLen, TextRange};

pub(crate) use code::Code;
pub use elsewhere::Elsewhere;
pub(crate) use elsewhere::{Placed, place};

use crate::configs::{Kind, Node};
use crate::document::Document;
use crate::nesting;
use crate::source::{self, Unreadable};
use crate::walk::{Visitor, walk_stmt};
use configs::ConfigFile;

/// Modules beyond this many are not followed.
const MOST: usize = 16;
/// Modules further away than this are not followed: 1 is what the file itself imports.
const FURTHEST: usize = 3;
/// Larger modules are not followed; in bytes.
const LARGEST: usize = 64 * 1024;
/// What reads a config, and tells nothing else, is a small module; in bytes.
const LARGEST_READER: usize = 8 * 1024;
/// Nor is more than this in all; in bytes.
const LARGEST_IN_ALL: usize = 256 * 1024;

/// How a file names a module that it imports.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Import {
    /// Dots before the name: none for a module of the search path, one for the package of the file.
    pub level: u32,
    /// The name, with dots in it; empty for the package itself.
    pub name: String,
}

/// A module as it is found.
#[derive(Clone, Debug)]
pub struct Module {
    /// How the file is shown to people.
    pub shown: String,
    /// What is in it.
    pub code: String,
    /// It is looked at by itself, too: what is wrong in it is told there.
    pub is_linted: bool,
}

/// Who finds the modules that files import.
pub trait Importer {
    /// The file of the module that the file `from` means by `import`, if it is one of the project.
    fn find(&self, from: &Path, import: &Import) -> Option<PathBuf>;

    /// The module in a file, if it can be read.
    fn read(&self, path: &Path) -> Option<Module>;

    /// The config file that the file `from` opens by this name, if it is one of the project and can be read.
    fn config(&self, from: &Path, name: &str) -> Option<Module>;
}

/// Where a document stands.
#[derive(Clone, Copy)]
pub struct Project<'p> {
    /// Its file.
    pub path: &'p Path,
    /// How the file is shown to people.
    pub shown: &'p str,
    /// Who finds what it imports.
    pub importer: &'p dyn Importer,
    /// The config files that options are told.
    pub told: &'p [Told],
}

/// A config file that an option is told: `--config configs/train.yaml`.
pub struct Told {
    option: String,
    file: ConfigFile,
}

impl Told {
    /// The file for an option of that name, and how the file is shown to people.
    ///
    /// # Errors
    /// What cannot be read, and where.
    pub fn read(option: &str, shown: &str, document: &Document) -> Result<Self, Unreadable> {
        let trees = document.config().map(|language| language.read(&document.code)).transpose()?;
        let tree = trees.into_iter().flatten().next().unwrap_or(Node { span: Span::default(), kind: Kind::Nothing });
        let (name, shown) = (shown.to_owned(), shown.to_owned());
        Ok(Self { option: option.to_owned(), file: ConfigFile { name, shown, tree, is_global: false } })
    }
}

/// A module that was followed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ModuleText {
    /// How its file is shown to people.
    pub shown: String,
    /// What is in it.
    pub code: String,
}

/// The modules around a document; file 0 is the document itself, and file `n` is `files[n - 1]`.
pub(crate) struct Modules {
    /// The code of the document and of all modules.
    text: String,
    starts: Vec<u32>,
    pub files: Vec<File>,
    imports: HashMap<(usize, Import), usize>,
    by_name: HashMap<String, usize>,
    /// The files in an order in which each comes after what it imports.
    pub order: Vec<usize>,
    /// What they read.
    pub configs: Vec<ConfigFile>,
    /// The options that are told config files, each with the name of the file.
    pub told: Vec<(String, String)>,
}

/// A module that is followed.
pub(crate) struct File {
    pub path: PathBuf,
    pub shown: String,
    pub is_linted: bool,
    pub body: Vec<Stmt>,
}

impl Modules {
    /// The modules that a document imports, itself or through others, and the configs they read; `None` where there is
    /// nothing that matters.
    pub fn load(code: &str, body: &[Stmt], project: &Project<'_>) -> Option<Self> {
        let mut modules = Self {
            text: code.to_owned(),
            starts: Vec::new(),
            files: Vec::new(),
            imports: HashMap::default(),
            by_name: HashMap::default(),
            order: Vec::new(),
            configs: Vec::new(),
            told: project.told.iter().map(|told| (told.option.clone(), told.file.name.clone())).collect(),
        };
        let mut known: HashMap<PathBuf, Option<usize>> = HashMap::default();
        known.insert(project.path.to_owned(), None);
        let mut next = vec![(0, imports(body))];
        for _ in 0..FURTHEST {
            let mut found = Vec::new();
            for (file, imports) in std::mem::take(&mut next) {
                let from = match file {
                    0 => project.path.to_owned(),
                    _ => modules.files[file - 1].path.clone(),
                };
                for import in imports {
                    let Some(path) = project.importer.find(&from, &import) else { continue };
                    let to = match known.get(&path) {
                        Some(to) => *to,
                        None if modules.files.len() < MOST => {
                            let to = project.importer.read(&path).and_then(|module| modules.add(path.clone(), module));
                            found.extend(to);
                            known.insert(path, to);
                            to
                        }
                        None => None,
                    };
                    let Some(to) = to else { continue };
                    if import.level == 0 {
                        modules.by_name.entry(import.name.clone()).or_insert(to);
                    }
                    modules.imports.insert((file, import), to);
                }
            }
            next = found.into_iter().map(|file| (file, imports(&modules.files[file - 1].body))).collect();
        }
        let others = modules.files.iter().map(|file| (file.path.as_path(), file.body.as_slice()));
        modules.configs = configs::load(std::iter::once((project.path, body)).chain(others), project.importer);
        modules.configs.extend(project.told.iter().map(|told| told.file.clone()));
        if modules.files.is_empty() && modules.configs.is_empty() {
            return None;
        }
        modules.put_in_order();
        Some(modules)
    }

    /// Takes a module in, if it can be read and may matter.
    fn add(&mut self, path: PathBuf, module: Module) -> Option<usize> {
        let Module { shown, code, is_linted } = module;
        let first = self.starts.first().map_or(self.text.len(), |start| *start as usize);
        let fits = code.len() <= LARGEST && self.text.len() - first + code.len() <= LARGEST_IN_ALL;
        // A package hands on what its modules hold.
        let hands_on = path.ends_with("__init__.py") && code.len() <= LARGEST_READER && code.contains("import");
        if !fits || !(hands_on || may_tell(&code)) || nesting::too_deep(&code).is_some() {
            return None;
        }
        let before = self.text.len();
        self.text.push('\n');
        let start = self.text.text_len();
        self.text.push_str(&code);
        let range = TextRange::new(start, self.text.text_len());
        let parsed = parse_cells_unchecked(&self.text, [range], &ParseOptions::from(Mode::Module));
        if !parsed.errors().is_empty() {
            self.text.truncate(before);
            return None;
        }
        self.starts.push(start.to_u32());
        self.files.push(File { path, shown, is_linted, body: parsed.into_suite().into_iter().collect() });
        Some(self.files.len())
    }

    fn put_in_order(&mut self) {
        let mut edges: Vec<(usize, usize)> = self.imports.iter().map(|((from, _), to)| (*from, *to)).collect();
        edges.sort_unstable();
        edges.dedup();
        let mut seen = vec![false; self.files.len() + 1];
        let mut order = Vec::new();
        visit(0, &edges, &mut seen, &mut order);
        // The document itself is the last.
        order.pop();
        self.order = order;
    }

    /// The code of all.
    pub fn code(&self) -> Code<'_> {
        Code::of_files(&self.text, &self.starts)
    }

    /// The code of `files[at]`.
    fn code_of(&self, at: usize) -> &str {
        let end = self.starts.get(at + 1).map_or(self.text.len(), |next| *next as usize - 1);
        self.text.get(self.starts[at] as usize..end).unwrap_or_default()
    }

    /// The modules as they are shown.
    pub fn texts(&self) -> Vec<ModuleText> {
        let text =
            |(at, file): (usize, &File)| ModuleText { shown: file.shown.clone(), code: self.code_of(at).to_owned() };
        self.files.iter().enumerate().map(text).collect()
    }

    /// The file that a file means by an import.
    pub fn imported(&self, from: usize, level: u32, name: &str) -> Option<usize> {
        self.imports.get(&(from, Import { level, name: name.to_owned() })).copied()
    }

    /// The name by which a file is imported; empty where it is only imported by its place.
    pub fn name_of(&self, file: usize) -> &str {
        let names = self.by_name.iter().filter(|(_, known)| **known == file).map(|(name, _)| name.as_str());
        names.min().unwrap_or_default()
    }

    /// The file that an absolute import means by a name with dots in it.
    pub fn named(&self, name: &str) -> Option<usize> {
        self.by_name.get(name).copied()
    }
}

fn visit(file: usize, edges: &[(usize, usize)], seen: &mut [bool], order: &mut Vec<usize>) {
    seen[file] = true;
    for (_, to) in edges.iter().filter(|(from, _)| *from == file) {
        if !seen[*to] {
            visit(*to, edges, seen, order);
        }
    }
    order.push(file);
}

/// Whether a module may have something to do with the LR: a number of the run, a part of the training, a model that is
/// trained in its own way, a config that is read.
fn may_tell(code: &str) -> bool {
    const WORDS: [&str; 12] = [
        "epoch",
        "EPOCH",
        "Epoch",
        "learning_rate",
        "LEARNING_RATE",
        "optim",
        "sched",
        "add_argument",
        "load_state_dict",
        "Transformer",
        "lr",
        "LR",
    ];
    const READERS: [&str; 6] = ["yaml.load", "safe_load", "json.load(", "toml.load", "tomllib", "OmegaConf.load"];
    let has = |word: &&str| source::has(code, word);
    WORDS.iter().any(&has) || code.len() <= LARGEST_READER && READERS.iter().any(has)
}

/// All that a file imports, wherever in it.
fn imports(body: &[Stmt]) -> Vec<Import> {
    let mut found = Imports(Vec::new());
    found.visit_body(body);
    found.0
}

struct Imports(Vec<Import>);

impl Imports {
    fn note(&mut self, level: u32, name: &str) {
        let import = Import { level, name: name.to_owned() };
        if !self.0.contains(&import) {
            self.0.push(import);
        }
    }
}

impl<'a> Visitor<'a> for Imports {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        match statement {
            Stmt::Import(import) => {
                for alias in &import.names {
                    let name = alias.name.as_str();
                    self.note(0, name);
                    if let (None, Some((package, _))) = (&alias.asname, name.split_once('.')) {
                        self.note(0, package);
                    }
                }
            }
            Stmt::ImportFrom(import) => {
                let module = import.module.as_ref().map_or("", |module| module.as_str());
                if !module.is_empty() {
                    self.note(import.level, module);
                }
                // What is imported from a package may be a module of it.
                for alias in import.names.iter().filter(|alias| alias.name.as_str() != "*") {
                    self.note(import.level, &submodule(module, &alias.name));
                }
            }
            _ => walk_stmt(self, statement),
        }
    }

    fn visit_expr(&mut self, _: &'a Expr) {}
}

/// The name of a module within a package.
pub(crate) fn submodule(package: &str, name: &str) -> String {
    if package.is_empty() { name.to_owned() } else { format!("{package}.{name}") }
}
