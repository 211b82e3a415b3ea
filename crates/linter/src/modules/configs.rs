//! Config files that a script reads, `yaml.safe_load(open("configs/train.yaml"))`: their values are the defaults of the run.

use std::collections::VecDeque;
use std::path::{Path, PathBuf};

use ruff_python_ast::{Expr, ExprCall, Operator, Stmt};

use super::Importer;
use crate::configs::{Kind, Language, Node};
use crate::syntax::last_name;
use crate::walk::{Visitor, walk_expr};

/// Config files beyond this many are not read.
const MOST: usize = 12;
/// Names longer than this are none of files.
const LONGEST_NAME: usize = 200;

/// A config file that is named in the code and has been found.
#[derive(Clone)]
pub(crate) struct ConfigFile {
    /// As the code names it.
    pub name: String,
    /// How the file is shown to people.
    pub shown: String,
    /// What is in it.
    pub tree: Node,
    /// Hydra puts its values beside those of the file that includes it, not under the name of its folder.
    pub is_global: bool,
}

/// The config files that some modules name, each with its path.
pub(super) fn load<'a>(
    bodies: impl Iterator<Item = (&'a Path, &'a [Stmt])>,
    importer: &dyn Importer,
) -> Vec<ConfigFile> {
    let mut found: Vec<ConfigFile> = Vec::new();
    for (from, body) in bodies {
        let mut named = Named(Vec::new());
        named.visit_body(body);
        let mut names = VecDeque::from(named.0);
        while let Some(name) = names.pop_front() {
            if found.len() == MOST || found.iter().any(|file| file.name == name) {
                continue;
            }
            let Some(file) = read(from, name, importer) else { continue };
            names.extend(included(&file).map(|(_, name)| name));
            found.push(file);
        }
    }
    found
}

fn read(from: &Path, name: String, importer: &dyn Importer) -> Option<ConfigFile> {
    let language = Language::of_file(&name)?;
    let module = importer.config(from, &name)?;
    let tree = language.read(&module.code).ok()?.into_iter().next()?;
    let is_global = module.code.lines().take(3).any(|line| line.replace(' ', "") == "#@package_global_");
    Some(ConfigFile { name, shown: module.shown, tree, is_global })
}

/// The files that a config of Hydra includes, by its list of defaults: each with its group, which is empty where it has none.
pub(crate) fn included(file: &ConfigFile) -> impl Iterator<Item = (String, String)> {
    let folder = Path::new(&file.name).parent().unwrap_or(Path::new(""));
    defaults(&file.tree).into_iter().map(move |(group, option)| {
        let name = in_folder(folder, &group, &option);
        (group, name)
    })
}

/// The groups of a config's list of defaults with what is chosen of each; a file without a group has an empty one.
fn defaults(tree: &Node) -> Vec<(String, String)> {
    let Some(list) = tree.map().and_then(|map| map.get("defaults")) else { return Vec::new() };
    let mut found = Vec::new();
    for item in list.list() {
        match &item.kind {
            Kind::Text(text) if text != "_self_" => {
                let (group, option) = text.rsplit_once('/').unwrap_or(("", text));
                found.push((group.to_owned(), option.to_owned()));
            }
            Kind::Map(map) => {
                for entry in &map.entries {
                    // `override hydra/launcher: joblib`, `optimizer@encoder: adam`.
                    let group = entry.key.rsplit(' ').next().unwrap_or_default();
                    let group = group.split('@').next().unwrap_or_default();
                    found.extend(entry.value.text().map(|option| (group.to_owned(), option.to_owned())));
                }
            }
            _ => {}
        }
    }
    found
}

/// The name of the file of a group.
fn in_folder(folder: &Path, group: &str, option: &str) -> String {
    let option = option.strip_suffix(".yaml").unwrap_or(option);
    folder.join(group).join(format!("{option}.yaml")).to_string_lossy().replace('\\', "/")
}

/// The file that `@hydra.main(config_path="conf", config_name="train")` names, or, until Hydra 1.0, `config_path` alone.
pub(crate) fn of_hydra(call: &ExprCall) -> Option<String> {
    let is_hydra = match &*call.func {
        Expr::Attribute(main) => {
            main.attr.as_str() == "main" && matches!(&*main.value, Expr::Name(module) if module.id.as_str() == "hydra")
        }
        _ => false,
    };
    let text = |name: &str, position| call.arguments.find_argument_value(name, position).and_then(literal);
    let path = text("config_path", 0).filter(|_| is_hydra);
    match text("config_name", 1).filter(|_| is_hydra) {
        Some(name) => Some(in_folder(Path::new(path.unwrap_or_default()), "", name)),
        None => path.filter(|path| Language::of_file(path).is_some()).map(str::to_owned),
    }
}

/// Several parts of a path as one.
pub(crate) fn joined<'t>(parts: impl IntoIterator<Item = &'t str>) -> String {
    parts.into_iter().collect::<PathBuf>().to_string_lossy().replace('\\', "/")
}

/// The parts of a path behind the last one that nobody knows.
pub(crate) fn known_end<'t>(parts: &[Option<&'t str>]) -> Vec<&'t str> {
    let first = parts.iter().rposition(Option::is_none).map_or(0, |unknown| unknown + 1);
    parts[first..].iter().flatten().copied().collect()
}

fn literal(expression: &Expr) -> Option<&str> {
    match expression {
        Expr::StringLiteral(text) => Some(text.value.to_str()),
        _ => None,
    }
}

/// The names of config files in a module, as far as they are written out.
struct Named(Vec<String>);

impl Named {
    fn note(&mut self, name: &str) {
        let is_name = name.len() <= LONGEST_NAME && !name.contains(['\n', '*', '{', '%']);
        if is_name && Language::of_file(name).is_some() && !self.0.iter().any(|known| known == name) {
            self.0.push(name.to_owned());
        }
    }

    /// What is written out at the end of a path, behind folders that nobody knows.
    fn note_end(&mut self, parts: &[&Expr]) {
        let parts: Vec<Option<&str>> = parts.iter().map(|part| literal(part)).collect();
        let known = known_end(&parts);
        if known.len() > 1 {
            self.note(&joined(known));
        }
    }
}

impl<'a> Visitor<'a> for Named {
    fn visit_expr(&mut self, expression: &'a Expr) {
        match expression {
            Expr::StringLiteral(text) => self.note(text.value.to_str()),
            // `os.path.join(here, "configs", "train.yaml")`
            Expr::Call(call) => {
                self.note_end(&call.arguments.args.iter().collect::<Vec<_>>());
                if let Some(name) = of_hydra(call) {
                    self.note(&name);
                }
            }
            // `here / "configs" / "train.yaml"`
            Expr::BinOp(operation) if operation.op == Operator::Div => {
                let mut parts = vec![&*operation.right];
                let mut left = &*operation.left;
                while let Expr::BinOp(inner) = left {
                    parts.push(&inner.right);
                    left = &inner.left;
                }
                parts.push(match left {
                    Expr::Call(path) if last_name(&path.func) == Some("Path") => {
                        path.arguments.args.first().unwrap_or(left)
                    }
                    _ => left,
                });
                parts.reverse();
                self.note_end(&parts);
            }
            _ => {}
        }
        walk_expr(self, expression);
    }
}
