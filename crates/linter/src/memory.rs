//! Variables and attributes, with a journal so that both ways of a branch can be tried and joined.

use rustc_hash::FxHashMap as HashMap;
use std::rc::Rc;

use crate::value::Value;

/// A place that holds a value.
type Cell = usize;

/// Index of a scope: the module, or a call of a function.
pub type ScopeId = usize;

/// The module's scope.
pub const MODULE: ScopeId = 0;

/// What things out of sight were given to keep, as attributes of one object, by the key of the thing and the name.
pub const BEYOND: usize = 0;

#[derive(Debug, Default)]
struct Scope {
    parent: Option<ScopeId>,
    names: HashMap<Rc<str>, Cell>,
    /// What stands beside the values of names: [`Value::Formula`].
    formulas: HashMap<Rc<str>, Cell>,
    /// Names declared `global` or `nonlocal`, which belong further out.
    outer: Vec<Rc<str>>,
}

#[derive(Debug)]
struct Object {
    class: usize,
    attributes: HashMap<Rc<str>, Cell>,
}

/// Everything that can be assigned to.
#[derive(Debug)]
pub struct Memory {
    cells: Vec<Value>,
    journal: Vec<(Cell, Value)>,
    scopes: Vec<Scope>,
    objects: Vec<Object>,
    /// How often something that outlives a call was assigned.
    lasting: usize,
}

/// A point in time to go back to.
#[derive(Clone, Copy, Debug)]
pub struct Mark(usize);

/// What was written since a mark, with the values held at the end; in the order of the cells.
pub type Writes = Vec<(Cell, Value)>;

impl Memory {
    /// With nothing but an empty module.
    pub fn new() -> Self {
        let beyond = Object { class: usize::MAX, attributes: HashMap::default() };
        Self {
            cells: Vec::new(),
            journal: Vec::new(),
            scopes: vec![Scope::default()],
            objects: vec![beyond],
            lasting: 0,
        }
    }

    /// A scope of its own: that of another module.
    pub fn module(&mut self) -> ScopeId {
        self.scopes.push(Scope::default());
        self.scopes.len() - 1
    }

    /// The names of a scope, with what they stand for, in order.
    pub fn names(&self, scope: ScopeId) -> Vec<(Rc<str>, Value)> {
        let bound = self.scopes[scope].names.iter().filter(|(_, cell)| self.cells[**cell] != Value::Unbound);
        let mut names: Vec<_> = bound.map(|(name, cell)| (name.clone(), self.cells[*cell].clone())).collect();
        names.sort_by(|(a, _), (b, _)| a.cmp(b));
        names
    }

    /// A scope inside `parent`.
    pub fn scope(&mut self, parent: ScopeId) -> ScopeId {
        self.scopes.push(Scope { parent: Some(parent), ..Scope::default() });
        self.scopes.len() - 1
    }

    /// An object without attributes.
    pub fn object(&mut self, class: usize) -> usize {
        self.objects.push(Object { class, attributes: HashMap::default() });
        self.objects.len() - 1
    }

    /// The class of an object.
    pub fn class_of(&self, object: usize) -> usize {
        self.objects[object].class
    }

    /// Declares a name of `scope` to belong further out.
    pub fn declare_outer(&mut self, scope: ScopeId, name: &str) {
        self.scopes[scope].outer.push(name.into());
    }

    /// The value of a name, looked for from `scope` outwards.
    pub fn get(&self, scope: ScopeId, name: &str) -> Option<&Value> {
        let mut at = Some(scope);
        while let Some(id) = at {
            let scope = &self.scopes[id];
            if let Some(cell) = scope.names.get(name)
                && self.cells[*cell] != Value::Unbound
            {
                return Some(&self.cells[*cell]);
            }
            at = scope.parent;
        }
        None
    }

    /// The value of a name of `scope` itself.
    pub fn own(&self, scope: ScopeId, name: &str) -> Option<&Value> {
        let cell = *self.scopes[scope].names.get(name)?;
        Some(&self.cells[cell]).filter(|value| **value != Value::Unbound)
    }

    /// The scope that a name is found in, from `scope` outwards.
    fn holder(&self, scope: ScopeId, name: &str) -> Option<ScopeId> {
        let mut at = Some(scope);
        while let Some(id) = at {
            if self.own(id, name).is_some() {
                return Some(id);
            }
            at = self.scopes[id].parent;
        }
        None
    }

    /// What stands beside the value of a name, looked for from `scope` outwards.
    pub fn formula(&self, scope: ScopeId, name: &str) -> Option<&Value> {
        let cell = *self.scopes[self.holder(scope, name)?].formulas.get(name)?;
        Some(&self.cells[cell]).filter(|value| **value != Value::Unbound)
    }

    /// Whether anything stands beside a name of `scope`.
    pub fn has_formulas(&self, scope: ScopeId) -> bool {
        !self.scopes[scope].formulas.is_empty()
    }

    /// The names of `scope` to which some of these ways of a branch have written a number, or put something beside them.
    pub fn written_numbers(&self, scope: ScopeId, ways: &[Writes]) -> Vec<Rc<str>> {
        let Scope { names, formulas, .. } = &self.scopes[scope];
        let is_number = |value: &Value| matches!(value, Value::Number(_) | Value::Formula(_));
        let is_written = |cell: &Cell| ways.iter().any(|writes| written(writes, *cell).is_some_and(is_number));
        let all = names.iter().chain(formulas).filter(|(_, cell)| is_written(cell));
        let mut names: Vec<Rc<str>> = all.map(|(name, _)| name.clone()).collect();
        names.sort_unstable();
        names.dedup();
        names
    }

    /// What a way of a branch has made of a name of `scope`: what it put beside it or else the value; `None` if it left it as it
    /// was.
    pub fn written<'w>(&self, scope: ScopeId, name: &str, way: &'w Writes) -> Option<&'w Value> {
        let scope = &self.scopes[scope];
        let formula = scope.formulas.get(name).and_then(|cell| written(way, *cell));
        let value = || scope.names.get(name).and_then(|cell| written(way, *cell));
        formula.filter(|formula| **formula != Value::Unbound).or_else(value)
    }

    /// Puts something beside the value of a name of `scope`.
    pub fn set_formula(&mut self, scope: ScopeId, name: &str, formula: Value) {
        // What belongs further out may be changed by others.
        if self.is_outer(scope, name) {
            return;
        }
        let cells = &mut self.cells;
        let cell = *self.scopes[scope].formulas.entry(name.into()).or_insert_with(|| {
            cells.push(Value::Unbound);
            cells.len() - 1
        });
        self.write(cell, formula);
    }

    fn is_outer(&self, scope: ScopeId, name: &str) -> bool {
        self.scopes[scope].outer.iter().any(|outer| &**outer == name)
    }

    /// The scope of the variable that a name means where it is assigned in `scope`.
    fn home(&self, scope: ScopeId, name: &str) -> ScopeId {
        let mut at = scope;
        let mut up = self.scopes[scope].parent.filter(|_| self.is_outer(scope, name));
        while let Some(id) = up {
            // That of the module, if none has it.
            at = id;
            if self.scopes[id].names.contains_key(name) {
                break;
            }
            up = self.scopes[id].parent;
        }
        at
    }

    /// What the variable holds that a name means where it is assigned in `scope`.
    pub fn held(&self, scope: ScopeId, name: &str) -> Option<&Value> {
        self.own(self.home(scope, name), name)
    }

    /// Assigns a name in `scope`.
    pub fn set(&mut self, scope: ScopeId, name: &str, value: Value) {
        self.lasting += usize::from(self.is_outer(scope, name));
        let at = self.home(scope, name);
        if let Some(formula) = self.scopes[at].formulas.get(name)
            && self.cells[*formula] != Value::Unbound
        {
            self.write(*formula, Value::Unbound);
        }
        let cells = &mut self.cells;
        let cell = *self.scopes[at].names.entry(name.into()).or_insert_with(|| {
            cells.push(Value::Unbound);
            cells.len() - 1
        });
        self.write(cell, value);
    }

    /// The value of an attribute that was assigned.
    pub fn attribute(&self, object: usize, name: &str) -> Option<&Value> {
        let cell = *self.objects[object].attributes.get(name)?;
        Some(&self.cells[cell]).filter(|value| **value != Value::Unbound)
    }

    /// Whether something is what an attribute of an object may be.
    pub fn has(&self, object: usize, what: &Value) -> bool {
        self.objects[object].attributes.values().any(|cell| self.cells[*cell].alternatives().contains(what))
    }

    /// Assigns an attribute.
    pub fn set_attribute(&mut self, object: usize, name: &str, value: Value) {
        self.lasting += 1;
        let cells = &mut self.cells;
        let cell = *self.objects[object].attributes.entry(name.into()).or_insert_with(|| {
            cells.push(Value::Unbound);
            cells.len() - 1
        });
        self.write(cell, value);
    }

    /// How often an attribute, or a name of a scope further out, was assigned so far.
    pub fn lasting_assignments(&self) -> usize {
        self.lasting
    }

    fn write(&mut self, cell: Cell, value: Value) {
        let old = std::mem::replace(&mut self.cells[cell], value);
        self.journal.push((cell, old));
    }

    /// Now.
    pub fn mark(&self) -> Mark {
        Mark(self.journal.len())
    }

    /// Undoes everything since `mark` and says what had been written.
    pub fn roll_back(&mut self, mark: Mark) -> Writes {
        let mut cells: Vec<Cell> = self.journal[mark.0..].iter().map(|(cell, _)| *cell).collect();
        cells.sort_unstable();
        cells.dedup();
        let writes = cells.into_iter().map(|cell| (cell, self.cells[cell].clone())).collect();
        for (cell, old) in self.journal.drain(mark.0..).rev() {
            self.cells[cell] = old;
        }
        writes
    }

    /// Joins what several ways of a branch wrote; a way that wrote nothing to a cell left it as it is now.
    pub fn join(&mut self, ways: &[Writes]) {
        let mut cells: Vec<Cell> = ways.iter().flatten().map(|(cell, _)| *cell).collect();
        cells.sort_unstable();
        cells.dedup();
        for cell in cells {
            let values = ways.iter().map(|writes| written(writes, cell).unwrap_or(&self.cells[cell]));
            let joined = values.cloned().reduce(Value::or).unwrap_or(Value::Unknown);
            self.write(cell, joined);
        }
    }

    /// After a trial turn of a loop: what it wrote may or may not have happened yet, and what it counted has moved on.
    pub fn widen(&mut self, writes: Writes) {
        for (cell, value) in writes {
            let before = self.cells[cell].clone();
            // Of a number of which nothing is known not even that it stays.
            let is_any = matches!(&value, Value::Number(number) if !number.is_computed() && !number.has_form());
            if before == value && !is_any {
                continue;
            }
            let widened = match (&before, &value) {
                // Set anew in each turn: what it is before its assignment in the turn hardly matters.
                (Value::Unbound, _) if is_built(&value) => value,
                (Value::Number(_) | Value::Truth(_) | Value::Text(_) | Value::Unbound, _) => Value::Changing,
                (_, Value::Number(_) | Value::Truth(_) | Value::Text(_) | Value::Changing) => Value::Changing,
                (Value::Sequence(_), Value::Sequence(_)) => Value::Changing,
                _ => before.or(value),
            };
            self.write(cell, widened);
        }
    }
}

/// Something that a script builds, whichever it chooses.
fn is_built(value: &Value) -> bool {
    match value {
        Value::Schedule(_) | Value::Optimizer(_) | Value::Loader(_) | Value::Object(_) => true,
        // Or what something out of sight builds.
        Value::Either(values) => {
            values.iter().any(is_built)
                && values.iter().all(|value| is_built(value) || matches!(value, Value::Opaque(_)))
        }
        _ => false,
    }
}

fn written(writes: &Writes, cell: Cell) -> Option<&Value> {
    writes.binary_search_by_key(&cell, |(written, _)| *written).ok().map(|at| &writes[at].1)
}
