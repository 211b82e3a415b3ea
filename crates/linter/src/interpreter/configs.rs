//! What a script reads from a config file: numbers are defaults that go by their names, anything else is out of sight, save
//! for what it says of itself.

use std::rc::Rc;

use advisor::quantity::Quantity;
use ruff_python_ast::{Expr, StmtFor, StmtFunctionDef};

use super::Interpreter;
use super::calls::Given;
use crate::configs::{Kind, Node};
use crate::modules::configs::{self, ConfigFile, included, joined, known_end};
use crate::names;
use crate::value::{Opaque, Value};

/// What the key of a file begins with that has been opened.
const OPENED: &str = "opened:";
/// Configs that include others deeper than this are not followed.
const DEEPEST_INCLUDE: usize = 3;

impl<'a> Interpreter<'a> {
    /// What a function of a library makes of a config file, or of what is in one.
    pub(super) fn read_config(&mut self, name: &str, given: &Given<'a>) -> Option<Value> {
        let first = given.first();
        let dict = || first.filter(|value| matches!(value, Value::Dict(_))).cloned();
        let (module, last) = name.rsplit_once('.').unwrap_or(("", name));
        match last {
            "load" | "safe_load" | "full_load" | "unsafe_load" | "loads" => {
                let reads = ["yaml", "json", "toml", "tomllib", "OmegaConf"].contains(&names::last_part(module));
                let path = self.path_of(first.filter(|_| reads)?)?;
                self.content(&path)
            }
            // Dicts whose entries are attributes, too.
            "EasyDict" | "edict" | "AttrDict" | "Munch" | "munchify" | "DotMap" | "Box" | "DictConfig"
            | "ConfigDict" | "CfgNode" | "Dict" | "deepcopy" => dict(),
            "create" if names::last_part(module) == "OmegaConf" => dict(),
            "Namespace" | "SimpleNamespace" if !given.open && !given.keywords.is_empty() => Some(Value::Dict(Rc::new(
                given.keywords.iter().map(|(name, value, _)| (name.clone(), value.clone())).collect(),
            ))),
            "join" => {
                let parts: Vec<Option<Rc<str>>> =
                    given.positional.iter().map(|(value, _)| self.path_of(value)).collect();
                let path = joined(known_end(&parts.iter().map(Option::as_deref).collect::<Vec<_>>()));
                self.config_file(&path).map(|_| Value::Text(path.into()))
            }
            "Path" | "abspath" | "realpath" | "expanduser" | "normpath" => match first? {
                path @ Value::Text(_) => Some(path.clone()),
                other => {
                    let path = self.path_of(other)?;
                    self.config_file(&path).map(|_| Value::Text(path))
                }
            },
            _ => None,
        }
    }

    /// `open(path)`, where the file is a config.
    pub(super) fn open_config(&self, path: &Value) -> Option<Value> {
        let path = self.path_of(path)?;
        self.config_file(&path)?;
        Some(Value::opaque(format!("{OPENED}{path}"), ""))
    }

    /// `folder / path`.
    pub(super) fn path_in(&self, folder: &Value, path: &Value) -> Option<Value> {
        let path = self.path_of(path)?;
        match folder {
            Value::Text(folder) => Some(Value::Text(joined([&**folder, &*path]).into())),
            _ => self.config_file(&path).map(|_| Value::Text(path)),
        }
    }

    /// What a method makes of the path of a config file, or of the file.
    pub(super) fn config_method(&self, receiver: &Value, name: &str) -> Option<Value> {
        match (receiver, name) {
            (Value::Text(_), "open" | "read_text" | "read_bytes") => self.open_config(receiver),
            (Value::Opaque(Opaque { key, .. }), "read") if key.starts_with(OPENED) => Some(receiver.clone()),
            (Value::Text(_), "resolve" | "absolute" | "expanduser" | "as_posix") => Some(receiver.clone()),
            _ => None,
        }
    }

    /// What `@hydra.main(...)` gives to a function.
    pub(super) fn given_by_hydra(&mut self, definition: &StmtFunctionDef) -> Option<Value> {
        self.modules()?;
        let mut calls = definition.decorator_list.iter().filter_map(|decorator| match &decorator.expression {
            Expr::Call(call) => configs::of_hydra(call),
            _ => None,
        });
        self.content(&calls.next()?)
    }

    /// The options take over what a config holds, one by one: `for key, value in config.items(): setattr(args, key, value)`.
    pub(super) fn take_over_entries(&mut self, inner: &'a StmtFor) {
        let Expr::Call(items) = &*inner.iter else { return };
        let Expr::Attribute(items) = &*items.func else { return };
        if items.attr.as_str() != "items" {
            return;
        }
        let body = self.text(inner);
        if (body.contains("setattr(") || body.contains("add_argument("))
            && let Value::Dict(entries) = self.expression(&items.value)
        {
            self.set_options(&entries);
        }
    }

    /// From here on options have these values, unless the command line says otherwise.
    pub(super) fn set_options(&mut self, entries: &[(Rc<str>, Value)]) {
        for (name, value) in entries {
            self.configured_options.insert(name, value.clone());
        }
    }

    /// What a config says of something out of sight: the text of `config.optimizer`.
    pub(super) fn configured_text(&self, value: &Value) -> Option<Rc<str>> {
        match value {
            Value::Opaque(Opaque { key, .. }) => self.config_texts.get(key).cloned(),
            _ => None,
        }
    }

    /// The path that a value is: a string, the default of an option, or what is in a config.
    fn path_of(&self, value: &Value) -> Option<Rc<str>> {
        match value {
            Value::Text(text) => Some(text.clone()),
            Value::Opaque(Opaque { key, .. }) if key.starts_with(OPENED) => Some(key[OPENED.len()..].into()),
            Value::Opaque(Opaque { name, .. }) if let Some(told) = self.told(name) => Some(told),
            _ => match self.default_of(value).flatten().map(|default| self.as_assigned(default)) {
                Some(Expr::StringLiteral(text)) => Some(text.value.to_str().into()),
                _ => self.configured_text(value),
            },
        }
    }

    /// The config file that an option of that name is told.
    fn told(&self, option: &str) -> Option<Rc<str>> {
        let told = &self.modules()?.told;
        told.iter().find(|(name, _)| name == option).map(|(_, file)| file.as_str().into())
    }

    /// The config file of a path, if it is one that the code names.
    fn config_file(&self, path: &str) -> Option<&'a ConfigFile> {
        let files = &self.modules()?.configs;
        let path = path.trim_start_matches("./");
        let is_end = |long: &str, short: &str| {
            long.strip_suffix(short).is_some_and(|rest| rest.is_empty() || rest.ends_with('/'))
        };
        let same = |file: &&ConfigFile| file.name.trim_start_matches("./") == path;
        let similar = |file: &&ConfigFile| !path.is_empty() && (is_end(&file.name, path) || is_end(path, &file.name));
        files.iter().find(same).or_else(|| files.iter().find(similar))
    }

    /// What is in a config file; however often it is read, it is the same.
    fn content(&mut self, path: &str) -> Option<Value> {
        if let Some(known) = self.config_contents.get(path) {
            return known.clone();
        }
        let content = self.content_at(path, 0);
        self.config_contents.insert(path, content.clone());
        content
    }

    fn content_at(&mut self, path: &str, depth: usize) -> Option<Value> {
        let file = self.config_file(path)?;
        let Value::Dict(own) = self.configured(&file.tree, &file.shown, "", "") else { return None };
        let mut items: Vec<(Rc<str>, Value)> = Vec::new();
        for (group, path) in included(file) {
            let Some(Value::Dict(included)) =
                (depth < DEEPEST_INCLUDE).then(|| self.content_at(&path, depth + 1)).flatten()
            else {
                continue;
            };
            let is_global = group.is_empty() || self.config_file(&path).is_some_and(|file| file.is_global);
            if is_global {
                items = merged(&items, &included);
            } else {
                let under = group.rsplit('/').next().unwrap_or_default().into();
                items = merged(&items, &[(under, Value::Dict(included))]);
            }
        }
        Some(Value::Dict(Rc::new(merged(&items, &own))))
    }

    /// A value of a config file, by the names on the way to it.
    fn configured(&mut self, node: &Node, file: &str, path: &str, name: &str) -> Value {
        let key = || format!("{file}:{path}");
        match &node.kind {
            // As Weights & Biases writes them.
            Kind::Map(map) if map.has("value") && map.entries.len() == map.count(&["value", "desc"]) => {
                map.get("value").map_or(Value::Unknown, |value| self.configured(value, file, path, name))
            }
            Kind::Map(map) => {
                let mut items = Vec::new();
                for entry in &map.entries {
                    let path = if path.is_empty() { entry.key.clone() } else { format!("{path}.{}", entry.key) };
                    items.push((Rc::from(&*entry.key), self.configured(&entry.value, file, &path, &entry.key)));
                }
                Value::Dict(Rc::new(items))
            }
            Kind::Number(number) => Value::number(Quantity::symbol(&key(), names::unit_of(name), Some(*number))),
            Kind::List(items) if !items.is_empty() && items.iter().all(|item| matches!(item.kind, Kind::Number(_))) => {
                let each = items.iter().enumerate();
                let each = each.map(|(at, item)| self.configured(item, file, &format!("{path}[{at}]"), name));
                Value::Sequence(Rc::new(each.collect()))
            }
            Kind::Text(text) => {
                let key: Rc<str> = key().into();
                self.config_texts.insert(&key, text.as_str().into());
                Value::opaque(key, name)
            }
            _ => Value::opaque(key(), name),
        }
    }
}

/// The entries of one dict and another, of which the later ones count; dicts inside are merged, too.
fn merged(one: &[(Rc<str>, Value)], other: &[(Rc<str>, Value)]) -> Vec<(Rc<str>, Value)> {
    let mut all = one.to_vec();
    for (key, value) in other {
        match all.iter_mut().find(|(known, _)| known == key) {
            Some((_, Value::Dict(known))) if let Value::Dict(added) = value => {
                *known = Rc::new(merged(known, added));
            }
            Some((_, known)) => *known = value.clone(),
            None => all.push((key.clone(), value.clone())),
        }
    }
    all
}
