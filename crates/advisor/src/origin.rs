//! How a number is computed, so that it can be computed again with other values in place of its symbols.

use std::sync::Arc;

use crate::quantity::Unit;

/// Longer computations are not kept: they come from counters, which go on for as long as a loop does.
const DEEPEST: u32 = 48;

/// A computation. It plays no part in whether two numbers are equal.
#[derive(Clone, Debug, Default)]
pub(crate) struct Origin(Option<Arc<Term>>);

impl PartialEq for Origin {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

#[derive(Debug)]
struct Term {
    depth: u32,
    kind: Kind,
}

#[derive(Debug)]
enum Kind {
    Number(f64),
    Symbol { name: String, unit: Unit, default: Option<f64> },
    Unary(fn(f64) -> f64, Origin),
    Binary(fn(f64, f64) -> f64, Origin, Origin),
}

/// A symbol whose number is asked for.
#[derive(Clone, Copy, Debug)]
pub struct Symbol<'a> {
    /// As the source computes it: `args.epochs`, `len(loader)`.
    pub name: &'a str,
    /// What it counts.
    pub unit: Unit,
    /// The number that the source gives unless somebody says otherwise.
    pub default: Option<f64>,
}

impl Symbol<'_> {
    /// Where its number is from: `the default`, or the config file that is part of its name, `conf/train.yaml:epochs`.
    pub fn whence(&self) -> String {
        let is_config = |file: &str| [".yaml", ".yml", ".json", ".toml"].iter().any(|end| file.ends_with(end));
        match self.name.split_once(':') {
            Some((file, _)) if is_config(file) => format!("as in {file}"),
            _ => "the default".to_owned(),
        }
    }
}

impl Origin {
    pub const fn unknown() -> Self {
        Self(None)
    }

    pub fn number(value: f64) -> Self {
        Self(Some(Arc::new(Term { depth: 0, kind: Kind::Number(value) })))
    }

    pub fn symbol(name: &str, unit: Unit, default: Option<f64>) -> Self {
        Self(Some(Arc::new(Term { depth: 0, kind: Kind::Symbol { name: name.to_owned(), unit, default } })))
    }

    fn depth(&self) -> Option<u32> {
        self.0.as_ref().map(|term| term.depth)
    }

    fn of(depth: u32, kind: Kind) -> Self {
        Self((depth < DEEPEST).then(|| Arc::new(Term { depth: depth + 1, kind })))
    }

    pub fn unary(&self, operation: fn(f64) -> f64) -> Self {
        self.depth().map_or_else(Self::default, |depth| Self::of(depth, Kind::Unary(operation, self.clone())))
    }

    pub fn binary(&self, other: &Self, operation: fn(f64, f64) -> f64) -> Self {
        match self.depth().zip(other.depth()) {
            Some((a, b)) => Self::of(a.max(b), Kind::Binary(operation, self.clone(), other.clone())),
            None => Self::default(),
        }
    }

    /// The number with the symbols that `resolve` knows; `None` where one is missing or nothing is known.
    pub fn evaluate(&self, resolve: &mut dyn FnMut(Symbol<'_>) -> Option<f64>) -> Option<f64> {
        let value = match &self.0.as_ref()?.kind {
            Kind::Number(value) => *value,
            Kind::Symbol { name, unit, default } => resolve(Symbol { name, unit: *unit, default: *default })?,
            Kind::Unary(operation, of) => operation(of.evaluate(resolve)?),
            Kind::Binary(operation, a, b) => {
                // Both, so that everything that is missing is asked for.
                let (a, b) = (a.evaluate(resolve), b.evaluate(resolve));
                operation(a?, b?)
            }
        };
        value.is_finite().then_some(value)
    }

    /// Whether anything is known of the computation.
    pub fn is_known(&self) -> bool {
        self.0.is_some()
    }
}
