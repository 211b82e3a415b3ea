//! Numbers and names that somebody gives.

use std::cell::RefCell;

use crate::origin::Symbol;
use crate::quantity::{SHARED, Unit};

/// Names that projects have for the number of epochs.
const EPOCHS: [&str; 8] =
    ["epochs", "num_epochs", "n_epochs", "max_epochs", "total_epochs", "nepochs", "num_train_epochs", "max_epoch"];

/// Numbers by name: that of the source (`args.epochs`), its last part (`epochs`), or `epochs` and `steps_per_epoch` for
/// whatever counts those. So are names, which choose a way where the source has several: `scheduler=cosine`.
#[derive(Clone, Debug, Default)]
pub struct Given {
    numbers: Vec<(String, f64)>,
    texts: Vec<(String, String)>,
    used: RefCell<Vec<String>>,
    seen: RefCell<Vec<String>>,
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
                Ok(number) if number.is_finite() => given.numbers.push((name, number)),
                _ => given.texts.push((name, text.trim().to_owned())),
            }
        }
        given
    }

    /// What is said of a symbol that chooses.
    pub(super) fn text(&self, symbol: Symbol<'_>) -> Option<String> {
        let name = short_name(symbol);
        note(&self.seen, &name);
        [symbol.name, &name].into_iter().find_map(|name| {
            let number = || last(&self.numbers, name).map(f64::to_string);
            let text = last(&self.texts, name).cloned().or_else(number)?;
            note(&self.used, name);
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
        note(&self.seen, &name);
        let number = [symbol.name, &name].into_iter().find_map(|name| self.take(name))?;
        // Of a loader that processes share, each has its part.
        let processes = symbol.name.starts_with(SHARED).then(|| self.named("num_processes")).flatten();
        Some(processes.map_or(number, |processes| (number / processes.max(1.0)).ceil()))
    }

    /// The number of that name.
    pub fn named(&self, name: &str) -> Option<f64> {
        note(&self.seen, name);
        self.take(name)
    }

    fn take(&self, name: &str) -> Option<f64> {
        let value = last(&self.numbers, name)?;
        note(&self.used, name);
        Some(*value)
    }

    /// The names that no run so far has asked for.
    pub fn unused(&self) -> Vec<&str> {
        let all = self.numbers.iter().map(|(name, _)| name).chain(self.texts.iter().map(|(name, _)| name));
        all.filter(|name| !self.used.borrow().contains(name)).map(String::as_str).collect()
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

/// What was said of a name last.
fn last<'v, V>(said: &'v [(String, V)], name: &str) -> Option<&'v V> {
    said.iter().rev().find(|(known, _)| known == name).map(|(_, value)| value)
}

/// Takes note of a name, once.
fn note(names: &RefCell<Vec<String>>, name: &str) {
    if !names.borrow().iter().any(|known| known == name) {
        names.borrow_mut().push(name.to_owned());
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
