//! Numbers and names that somebody gives.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use crate::origin::Symbol;
use crate::quantity::{SHARED, Unit};

/// Names that projects have for the number of epochs.
const EPOCHS: [&str; 8] =
    ["epochs", "num_epochs", "n_epochs", "max_epochs", "total_epochs", "nepochs", "num_train_epochs", "max_epoch"];

/// Numbers by name: that of the source (`args.epochs`), its last part (`epochs`), or `epochs` and `steps_per_epoch` for
/// whatever counts those. So are names, which choose a way where the source has several: `scheduler=cosine`.
#[derive(Clone, Debug, Default)]
pub struct Given {
    numbers: BTreeMap<String, f64>,
    texts: BTreeMap<String, String>,
    used: RefCell<BTreeSet<String>>,
    seen: RefCell<BTreeSet<String>>,
}

impl Given {
    /// These numbers.
    pub fn new(numbers: impl IntoIterator<Item = (String, f64)>) -> Self {
        Self { numbers: numbers.into_iter().collect(), ..Self::default() }
    }

    /// Numbers where they are some, and what is said in words otherwise: `epochs` and `90`, `milestones` and `[30, 60]`.
    pub fn of_texts(texts: impl IntoIterator<Item = (String, String)>) -> Self {
        let mut given = Self::default();
        for (name, text) in texts {
            match text.trim().replace('_', "").parse::<f64>() {
                Ok(number) if number.is_finite() => {
                    given.numbers.insert(name, number);
                }
                _ => {
                    given.texts.insert(name, text.trim().to_owned());
                }
            }
        }
        given
    }

    /// What is said of a symbol that chooses.
    pub(super) fn text(&self, symbol: Symbol<'_>) -> Option<String> {
        let name = short_name(symbol);
        self.seen.borrow_mut().insert(name.clone());
        [symbol.name, &name].into_iter().find_map(|name| {
            let number = || self.numbers.get(name).map(f64::to_string);
            let text = self.texts.get(name).cloned().or_else(number)?;
            self.used.borrow_mut().insert(name.to_owned());
            Some(text)
        })
    }

    /// What is said under a name.
    pub(super) fn said(&self, name: &str) -> Option<String> {
        self.text(Symbol { name, unit: Unit::Unknown, default: None })
    }

    /// The number for a symbol.
    pub(super) fn of(&self, symbol: Symbol<'_>) -> Option<f64> {
        let name = short_name(symbol);
        self.seen.borrow_mut().insert(name.clone());
        let number = [symbol.name, &name].into_iter().find_map(|name| self.take(name))?;
        // Of a loader that processes share, each has its part.
        let processes = symbol.name.starts_with(SHARED).then(|| self.named("num_processes")).flatten();
        Some(processes.map_or(number, |processes| (number / processes.max(1.0)).ceil()))
    }

    /// The number of that name.
    pub fn named(&self, name: &str) -> Option<f64> {
        self.seen.borrow_mut().insert(name.to_owned());
        self.take(name)
    }

    fn take(&self, name: &str) -> Option<f64> {
        let (name, value) = self.numbers.get_key_value(name)?;
        self.used.borrow_mut().insert(name.clone());
        Some(*value)
    }

    /// The names that no run so far has asked for.
    pub fn unused(&self) -> Vec<&str> {
        let all = self.numbers.keys().chain(self.texts.keys());
        all.map(String::as_str).filter(|name| !self.used.borrow().contains(*name)).collect()
    }

    /// The names that runs so far have asked for.
    pub fn asked_for(&self) -> Vec<String> {
        self.seen
            .borrow()
            .iter()
            .filter(|name| name.starts_with(|c: char| c.is_alphabetic() || c == '_'))
            .cloned()
            .collect()
    }
}

/// What to call a symbol when it is given.
pub(crate) fn short_name(symbol: Symbol<'_>) -> String {
    if symbol.unit == Unit::StepsPerEpoch {
        return "steps_per_epoch".to_owned();
    }
    // `len(train_set)`, of what is no loader.
    if symbol.name.starts_with("len(") {
        return "dataset_size".to_owned();
    }
    let last = symbol.name.rsplit(['.', ':']).next().unwrap_or(symbol.name);
    // `config["lr"]`
    let last = last.strip_suffix(']').and_then(|inner| inner.rsplit('[').next()).unwrap_or(last);
    if symbol.unit == Unit::Epochs && EPOCHS.contains(&last.to_ascii_lowercase().as_str()) {
        return "epochs".to_owned();
    }
    if last.is_empty() { symbol.name.to_owned() } else { last.to_owned() }
}
