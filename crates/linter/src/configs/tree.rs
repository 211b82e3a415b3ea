//! A config file as a tree that knows where everything stands, whatever language it is written in.

use advisor::Span;
use advisor::plan::{Argument, ArgumentValue};
use advisor::quantity::{Quantity, Unit};

use crate::names;
use crate::source::Unreadable;

/// Configs with more values than this are not read: they hold data.
pub const MOST_NODES: usize = 100_000;

/// What is said of a config with more values than [`MOST_NODES`], at a byte of it.
pub fn too_large(at: usize) -> Unreadable {
    Unreadable::new(format!("The config holds more than {MOST_NODES} values; it is not read."), at)
}

/// A value and where it stands.
#[derive(Clone, Debug)]
pub struct Node {
    /// The value, without its key.
    pub span: Span,
    /// What it is.
    pub kind: Kind,
}

/// What a value is.
#[derive(Clone, Debug)]
pub enum Kind {
    /// `null`, `None`, or nothing at all.
    Nothing,
    /// True or false.
    Truth(bool),
    /// A number.
    Number(f64),
    /// A string.
    Text(String),
    /// A list.
    List(Vec<Node>),
    /// Named values.
    Map(Map),
    /// Something that is worked out elsewhere: `${epochs}`, `epochs * 2`.
    Unknown,
}

/// Named values in the order of the source.
#[derive(Clone, Debug, Default)]
pub struct Map {
    /// Names and values.
    pub entries: Vec<Entry>,
    /// Nothing is added out of sight.
    pub complete: bool,
}

/// A name with its value.
#[derive(Clone, Debug)]
pub struct Entry {
    /// The name.
    pub key: String,
    /// Where the name stands.
    pub key_span: Span,
    /// The value.
    pub value: Node,
}

impl Entry {
    /// The name with its value.
    pub fn span(&self) -> Span {
        let end = self.value.span.end.max(self.key_span.end);
        Span::new(self.key_span.source, self.key_span.start, end)
    }
}

impl Node {
    /// As a map.
    pub fn map(&self) -> Option<&Map> {
        match &self.kind {
            Kind::Map(map) => Some(map),
            _ => None,
        }
    }

    /// As a string.
    pub fn text(&self) -> Option<&str> {
        match &self.kind {
            Kind::Text(text) => Some(text),
            _ => None,
        }
    }

    /// As a list; a single value is a list of one, `null` of none.
    pub fn list(&self) -> &[Self] {
        match &self.kind {
            Kind::List(items) => items,
            Kind::Nothing => &[],
            _ => std::slice::from_ref(self),
        }
    }

    /// Every map in the tree, the outer before the inner.
    pub fn maps(&self) -> Vec<(&Self, &Map)> {
        let mut found = Vec::new();
        let mut open = vec![self];
        while let Some(node) = open.pop() {
            match &node.kind {
                Kind::Map(map) => {
                    found.push((node, map));
                    open.extend(map.entries.iter().rev().map(|entry| &entry.value));
                }
                Kind::List(items) => open.extend(items.iter().rev()),
                _ => {}
            }
        }
        found
    }
}

impl Map {
    /// The entry of that name. Of several the last counts, as in Python.
    pub fn entry(&self, key: &str) -> Option<&Entry> {
        self.entries.iter().rev().find(|entry| entry.key == key)
    }

    /// The value of that name.
    pub fn get(&self, key: &str) -> Option<&Node> {
        self.entry(key).map(|entry| &entry.value)
    }

    /// Whether there is something of that name.
    pub fn has(&self, key: &str) -> bool {
        self.entry(key).is_some()
    }

    /// How many of those names there are.
    pub fn count(&self, keys: &[&str]) -> usize {
        keys.iter().filter(|key| self.has(key)).count()
    }

    /// All entries as arguments, those of maps inside by the names of both; `null` is as good as absent.
    pub fn arguments(&self, source: &str) -> Vec<Argument> {
        let mut found = Vec::new();
        self.add_arguments(source, "", &mut found);
        found
    }

    fn add_arguments(&self, source: &str, prefix: &str, found: &mut Vec<Argument>) {
        for entry in &self.entries {
            let name = format!("{prefix}{}", entry.key);
            match &entry.value.kind {
                Kind::Nothing => {}
                Kind::Map(map) if prefix.is_empty() => map.add_arguments(source, &format!("{name}."), found),
                _ => found.push(entry.argument(source, name)),
            }
        }
    }
}

impl Entry {
    /// As an argument of that name.
    pub fn argument(&self, source: &str, name: String) -> Argument {
        let value = &self.value;
        let range = value.span.start as usize..value.span.end as usize;
        let text = source.get(range).unwrap_or_default().split_whitespace().collect::<Vec<_>>().join(" ");
        let quantity = |number: f64| match names::unit_of(&self.key) {
            Unit::Unknown => Quantity::number(number),
            unit => Quantity::number(number).with_unit(unit),
        };
        let value = match &value.kind {
            Kind::Number(number) => ArgumentValue::Number(quantity(*number)),
            Kind::Truth(truth) => ArgumentValue::Truth(*truth),
            Kind::Text(text) => ArgumentValue::Text(text.clone()),
            Kind::List(items) => {
                let numbers = items.iter().map(|item| match item.kind {
                    Kind::Number(number) => Some(quantity(number)),
                    _ => None,
                });
                numbers.collect::<Option<Vec<_>>>().map_or(ArgumentValue::Unknown, ArgumentValue::Numbers)
            }
            _ => ArgumentValue::Unknown,
        };
        Argument { name, text, value, span: self.span() }
    }
}
