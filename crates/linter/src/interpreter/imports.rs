//! Imports: modules of the project are run once, before the file that imports them; all others are names.

use std::rc::Rc;

use ruff_python_ast::{ExprCall, Stmt, StmtClassDef, StmtImport, StmtImportFrom};

use super::{Frame, Interpreter};
use crate::modules::submodule;
use crate::names;
use crate::survey::survey_function;
use crate::value::Value;

/// Statements and expressions looked at in what one module does when it is imported.
const MODULE_FUEL: usize = 20_000;

impl<'a> Interpreter<'a> {
    /// Runs the modules that the file imports, itself or through others.
    pub(super) fn run_modules(&mut self) {
        let Some(modules) = self.modules() else { return };
        let (fuel, script) = (self.fuel, self.script.clone());
        self.trace.mute();
        for file in &modules.order {
            let scope = self.memory.module();
            self.module_scopes.insert(*file, scope);
            self.frames.push(Frame::new(scope, None, 0, *file));
            self.fuel = MODULE_FUEL;
            let body = &modules.files[file - 1].body;
            self.note_options(body.iter().filter(|statement| !is_definition(statement)));
            self.block(body);
            self.frames.pop();
        }
        self.trace.unmute();
        // What a module would do if it were run by itself is not part of this run.
        (self.fuel, self.script) = (fuel, script);
    }

    /// Takes note of what a function of another file shows as a whole, once it is called.
    pub(super) fn look_into(&mut self, function: usize) {
        let info = &self.functions[function];
        let (definition, class) = (info.definition, info.class.map(|class| self.classes[class].definition));
        // What a configuration has need not be used.
        let holds_options = |class: &StmtClassDef| {
            let name = class.name.to_ascii_lowercase();
            ["config", "cfg", "args", "option"].iter().any(|word| name.contains(word))
        };
        if !class.is_some_and(holds_options) {
            let mut script = survey_function(self.code, definition, class);
            // What a test loads is no resume.
            let mut around = self.frames.iter().filter_map(|frame| frame.function);
            if around.any(|function| names::evaluates(&self.functions[function].definition.name)) {
                script.states.clear();
            }
            self.script.extend(script);
        }
        self.note_options(definition.body.iter());
    }

    /// What a function of another file returns. What cannot be told is still something, and goes by a name.
    pub(super) fn returned(&self, call: &ExprCall, value: Value) -> Value {
        let key = self.call_key(call);
        match value {
            Value::Unknown => Value::opaque(key, ""),
            Value::Sequence(values) => {
                let known = |(index, value): (usize, &Value)| match value {
                    Value::Unknown => Value::opaque(format!("{key}[{index}]"), ""),
                    value => value.clone(),
                };
                Value::Sequence(Rc::new(values.iter().enumerate().map(known).collect()))
            }
            value => value,
        }
    }

    /// Options that other files have; the file's own go before.
    fn note_options(&mut self, statements: impl Iterator<Item = &'a Stmt>) {
        for statement in statements {
            for (name, default) in crate::options::collect(std::slice::from_ref(statement)).into_entries() {
                self.options.get_or_insert(&name, default);
            }
        }
    }

    pub(super) fn import(&mut self, import: &'a StmtImport) {
        let file = self.code.file(import);
        for alias in &import.names {
            let name = alias.name.as_str();
            let (bound, module) = match &alias.asname {
                Some(bound) => (bound.as_str(), name),
                None => {
                    let package = name.split('.').next().unwrap_or_default();
                    (package, package)
                }
            };
            let known = self.modules().and_then(|modules| modules.imported(file, 0, module));
            self.assign_name(bound, known.map_or_else(|| Value::Qualified(module.into()), Value::Module));
        }
    }

    pub(super) fn import_from(&mut self, import: &'a StmtImportFrom) {
        let module = import.module.as_ref().map_or("", |module| module.as_str());
        let file = self.code.file(import);
        let modules = self.modules();
        let find = |name: &str| modules.and_then(|modules| modules.imported(file, import.level, name));
        let scope = find(module).and_then(|known| self.module_scopes.get(&known).copied());
        for alias in &import.names {
            if alias.name.as_str() == "*" {
                match scope {
                    Some(scope) => {
                        let is_public = |(name, _): &(Rc<str>, Value)| !name.starts_with('_');
                        let names = self.memory.names(scope).into_iter().filter(is_public);
                        names.for_each(|(name, value)| self.assign_name(&name, chosen(module, &name, &value)));
                    }
                    None => self.star_imports.push((file, module.into())),
                }
                continue;
            }
            let bound = alias.asname.as_ref().unwrap_or(&alias.name);
            let own = scope.and_then(|scope| self.memory.own(scope, &alias.name));
            let own = own.map(|value| chosen(module, &alias.name, value));
            let value = own.or_else(|| find(&submodule(module, &alias.name)).map(Value::Module)).unwrap_or_else(|| {
                let dots = ".".repeat(import.level as usize);
                Value::Qualified(format!("{dots}{module}.{}", alias.name).into())
            });
            self.assign_name(bound, value);
        }
    }

    /// Something imported, by its full name.
    pub(super) fn qualified(&self, name: String) -> Value {
        match self.modules().and_then(|modules| modules.named(&name)) {
            Some(module) => Value::Module(module),
            None => Value::Qualified(name.into()),
        }
    }

    /// `module.name`.
    pub(super) fn module_attribute(&self, module: usize, name: &str) -> Value {
        let own = self.module_scopes.get(&module).and_then(|scope| self.memory.own(*scope, name));
        let package = self.modules().map_or("", |modules| modules.name_of(module));
        own.map_or_else(|| self.qualified(submodule(package, name)), |value| chosen(package, name, value))
    }
}

/// The value of a name of another file. What is set there to choose between ways of training is set anew for each run: all of
/// the ways matter.
fn chosen(module: &str, name: &str, value: &Value) -> Value {
    match value {
        Value::Text(_) | Value::Truth(_) | Value::None => Value::opaque(submodule(module, name), name),
        // Nothing until it is read from somewhere.
        Value::Either(ways) if ways.contains(&Value::None) => Value::opaque(submodule(module, name), name),
        value => value.clone(),
    }
}

fn is_definition(statement: &Stmt) -> bool {
    matches!(statement, Stmt::FunctionDef(_) | Stmt::ClassDef(_) | Stmt::If(_))
}
