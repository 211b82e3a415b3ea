//! A map by name.

use std::rc::Rc;

use rustc_hash::FxHashMap;

/// Values by name, in the order in which the names came. Whatever the values are, the map itself is of one type: the engine
/// that a page loads has its code once.
#[derive(Clone, Debug)]
pub struct Table<V> {
    places: FxHashMap<Rc<str>, usize>,
    entries: Vec<(Rc<str>, V)>,
}

impl<V> Default for Table<V> {
    fn default() -> Self {
        Self { places: FxHashMap::default(), entries: Vec::new() }
    }
}

impl<V> Table<V> {
    /// The value of a name.
    pub fn get(&self, name: &str) -> Option<&V> {
        self.places.get(name).map(|place| &self.entries[*place].1)
    }

    /// The value of a name, to change it.
    pub fn get_mut(&mut self, name: &str) -> Option<&mut V> {
        self.places.get(name).map(|place| &mut self.entries[*place].1)
    }

    /// Sets the value of a name.
    pub fn insert(&mut self, name: &str, value: V) {
        match self.get_mut(name) {
            Some(known) => *known = value,
            None => self.add(name, value),
        }
    }

    /// The value of a name, which is this one if it has none.
    pub fn get_or_insert(&mut self, name: &str, value: V) -> &mut V {
        let place = self.places.get(name).copied().unwrap_or(self.entries.len());
        if place == self.entries.len() {
            self.add(name, value);
        }
        &mut self.entries[place].1
    }

    /// The names with their values.
    pub fn entries(&self) -> &[(Rc<str>, V)] {
        &self.entries
    }

    /// The names with their values.
    pub fn into_entries(self) -> Vec<(Rc<str>, V)> {
        self.entries
    }

    fn add(&mut self, name: &str, value: V) {
        let name: Rc<str> = name.into();
        self.places.insert(name.clone(), self.entries.len());
        self.entries.push((name, value));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_value_counts_and_the_first_default() {
        let mut table = Table::default();
        table.insert("b", 1);
        table.insert("b", 2);
        assert_eq!(table.get("b"), Some(&2));
        assert_eq!(table.get("a"), None);
        *table.get_or_insert("a", 3) += 1;
        *table.get_or_insert("a", 9) += 1;
        assert_eq!(table.into_entries(), [("b".into(), 2), ("a".into(), 5)]);
    }
}
