//! What an expression may stand for.

use std::rc::Rc;

use advisor::plan::{OptimizerId, ScheduleId, Word};
use advisor::quantity::{Quantity, Unit};

use crate::curve::Curve;
use crate::names;

/// What is known of a Python value.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// Not assigned on this path.
    Unbound,
    /// Anything.
    Unknown,
    /// Something that differs from turn to turn of a loop.
    Changing,
    /// `None`.
    None,
    /// `True` or `False`.
    Truth(bool),
    /// A string.
    Text(Rc<str>),
    /// A number.
    Number(Rc<Quantity>),
    /// A list or tuple of which all elements are known.
    Sequence(Rc<Vec<Value>>),
    /// A collection of things like this one, however many.
    Many(Rc<Value>),
    /// A dict with string keys.
    Dict(Rc<Vec<(Rc<str>, Value)>>),
    /// A list of numbers of which each step takes one.
    Curve(Rc<Curve>),
    /// `range(n)`: so many turns.
    Range(Rc<Quantity>),
    /// Something imported or built in, by its full name.
    Qualified(Rc<str>),
    /// A module of the project.
    Module(usize),
    /// A function of this file.
    Function(usize),
    /// A method of this file, bound to an object.
    Method(usize, usize),
    /// A class of this file.
    Class(usize),
    /// An instance of a class of this file.
    Object(usize),
    /// An LR schedule.
    Schedule(ScheduleId),
    /// An optimizer.
    Optimizer(OptimizerId),
    /// The parameter groups of an optimizer, or one of them.
    Group(Option<OptimizerId>),
    /// A lambda of this file.
    Lambda(usize),
    /// Something that yields batches. Two of the same key are the same.
    Loader(Rc<str>),
    /// Something out of sight. Two of the same key are the same thing; the name is what the source calls it.
    Opaque(Opaque),
    /// One of these.
    Either(Rc<Vec<Value>>),
    /// Beside the value of a variable: what it is in each turn of the loops around.
    Formula(Rc<[Word]>),
}

/// Something out of sight.
#[derive(Clone, Debug, PartialEq)]
pub struct Opaque {
    /// Identity.
    pub key: Rc<str>,
    /// Last name it goes by.
    pub name: Rc<str>,
    /// An object of a class of the project called a scheduler: what its steps do, nobody knows.
    pub is_own_scheduler: bool,
}

/// What the key of a loader begins with that processes share.
pub const SHARED: &str = "shared:";

/// The batches of the loader with that key.
pub fn batches(key: &str) -> Quantity {
    match key.strip_prefix(SHARED) {
        Some(whole) => Quantity::share(&format!("len({whole})"), Unit::StepsPerEpoch),
        None => Quantity::symbol(&format!("len({key})"), Unit::StepsPerEpoch, None),
    }
}

/// More alternatives than this are not followed.
const MOST_ALTERNATIVES: usize = 12;

impl Value {
    /// A number.
    pub fn number(quantity: Quantity) -> Self {
        Self::Number(Rc::new(quantity))
    }

    /// Something out of sight.
    pub fn opaque(key: impl Into<Rc<str>>, name: impl Into<Rc<str>>) -> Self {
        Self::Opaque(Opaque { key: key.into(), name: name.into(), is_own_scheduler: false })
    }

    /// The things it may be.
    pub fn alternatives(&self) -> &[Self] {
        match self {
            Self::Either(values) => values,
            one => std::slice::from_ref(one),
        }
    }

    /// The optimizer that it is, where it is one.
    pub fn optimizer(&self) -> Option<OptimizerId> {
        match self {
            Self::Optimizer(id) => Some(*id),
            _ => None,
        }
    }

    /// Whether it is a dict, or one of several.
    pub fn is_dict(&self) -> bool {
        self.alternatives().iter().all(|value| matches!(value, Self::Dict(_)))
    }

    /// Whether it is a list, or one of several.
    pub fn is_list(&self) -> bool {
        self.alternatives().iter().all(|value| matches!(value, Self::Sequence(_) | Self::Many(_)))
    }

    /// A list with one more at its end.
    pub fn with(&self, added: &Self) -> Self {
        match self {
            Self::Sequence(values) => Self::Sequence(Rc::new(values.iter().chain([added]).cloned().collect())),
            Self::Many(element) => Self::Many(Rc::new((**element).clone().or(added.clone()))),
            _ => Self::Unknown,
        }
    }

    /// What a dict, or one of several, has under a key.
    pub fn entry(&self, key: &str) -> Option<Self> {
        let of = |value: &Self| match value {
            Self::Dict(items) => items.iter().rev().find(|(name, _)| &**name == key).map(|(_, value)| value.clone()),
            _ => None,
        };
        self.alternatives().iter().filter_map(of).reduce(Self::or)
    }

    /// One or the other.
    pub fn or(self, other: Self) -> Self {
        if self == other {
            return self;
        }
        match (self, other) {
            (Self::Formula(_), _) | (_, Self::Formula(_)) => Self::Unknown,
            (Self::Unbound, value) | (value, Self::Unbound) => value,
            (Self::Changing, _) | (_, Self::Changing) => Self::Changing,
            (Self::Unknown, _) | (_, Self::Unknown) => Self::Unknown,
            // `try: from a import x; except ImportError: from b import x`.
            (Self::Qualified(name), Self::Qualified(_)) => Self::Qualified(name),
            (Self::Number(a), Self::Number(b)) => {
                // `total_steps if total_steps > 0 else 1`.
                let unit = match (a.unit, b.unit) {
                    (unit, other) if unit == other => unit,
                    (Unit::Bare, unit) | (unit, Unit::Bare) => unit,
                    _ => Unit::Unknown,
                };
                Self::number(Quantity::of_unit(unit))
            }
            (a, b) => {
                let mut all = a.alternatives().to_vec();
                for value in b.alternatives() {
                    if !all.contains(value) {
                        all.push(value.clone());
                    }
                }
                if all.len() > MOST_ALTERNATIVES { Self::Unknown } else { Self::Either(Rc::new(all)) }
            }
        }
    }

    /// As a number, where it can be one.
    pub fn quantity(&self) -> Quantity {
        match self {
            Self::Number(quantity) => (**quantity).clone(),
            Self::Truth(truth) => Quantity::number(f64::from(u8::from(*truth))),
            Self::Opaque(Opaque { key, name, .. }) => Quantity::symbol(key, names::unit_of(name), None),
            // `from config import EPOCHS`.
            Self::Qualified(path) if Self::is_imported_number(path) => {
                Quantity::symbol(path, names::unit_of(names::last_part(path)), None)
            }
            _ => Quantity::unknown(),
        }
    }

    /// Whether something imported may be a number of the run, by its name.
    pub fn is_imported_number(path: &str) -> bool {
        let last = names::last_part(path);
        names::unit_of(last) != Unit::Unknown || !last.is_empty() && !last.bytes().any(|byte| byte.is_ascii_lowercase())
    }

    /// Whether it is a schedule, or has one in it.
    pub fn holds_schedule(&self) -> bool {
        match self {
            Self::Schedule(_) => true,
            Self::Sequence(values) | Self::Either(values) => values.iter().any(Self::holds_schedule),
            Self::Many(element) => element.holds_schedule(),
            Self::Dict(items) => items.iter().any(|(_, value)| value.holds_schedule()),
            _ => false,
        }
    }

    /// Whether it yields batches; then the key it is known by.
    pub fn loader_key(&self) -> Option<Rc<str>> {
        match self {
            Self::Loader(key) => Some(key.clone()),
            Self::Opaque(Opaque { key, name, .. }) if names::is_loader(name) => Some(key.clone()),
            // `from data import train_loader`; a class of loaders is none.
            Self::Qualified(path) => {
                let last = names::last_part(path);
                let is_value = last.starts_with(|first: char| first.is_ascii_lowercase() || first == '_');
                (is_value && names::is_loader(last)).then(|| path.clone())
            }
            Self::Either(values) => {
                let mut keys = values.iter().filter(|value| **value != Self::None).map(Self::loader_key);
                let first = keys.next()??;
                keys.all(|key| key.is_some()).then_some(first)
            }
            _ => None,
        }
    }

    /// Called `name` from here on: a number takes the unit that its name tells, and something out of sight the name.
    pub fn named(self, name: &str) -> Self {
        match self {
            Self::Number(quantity) if quantity.unit == Unit::Bare => match names::unit_of(name) {
                Unit::Unknown => Self::Number(quantity),
                unit => match quantity.value {
                    Some(value) => Self::number(Quantity::number(value).with_unit(unit)),
                    None => Self::Number(quantity),
                },
            },
            Self::Opaque(unnamed) if unnamed.name.is_empty() => Self::Opaque(Opaque { name: name.into(), ..unnamed }),
            other => other,
        }
    }

    /// Whether `if value:` is decided, and how.
    pub fn truth(&self) -> Option<bool> {
        match self {
            Self::None => Some(false),
            Self::Truth(truth) => Some(*truth),
            Self::Text(text) => Some(!text.is_empty()),
            Self::Number(quantity) if quantity.is_literal() => quantity.value.map(|value| value != 0.0),
            Self::Sequence(values) => Some(!values.is_empty()),
            // What is listed is in it, whatever else is.
            Self::Dict(items) => (!items.is_empty()).then_some(true),
            Self::Schedule(_) | Self::Optimizer(_) | Self::Loader(_) | Self::Group(_) | Self::Lambda(_) => Some(true),
            Self::Object(_) | Self::Function(_) | Self::Class(_) => Some(true),
            // What is imported may be a configuration, or a part of it.
            _ => None,
        }
    }
}
