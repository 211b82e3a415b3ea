//! Statements.

use std::rc::Rc;

use advisor::plan::{Action, Arm, Block, Chosen, Guard, OptimizerId, ScheduleId, SetLr, Word};
use ruff_python_ast::{Expr, Stmt, StmtClassDef};
use ruff_text_size::{Ranged, TextRange};

use super::formulas::negated;
use super::{ClassInfo, Interpreter};
use crate::frameworks::{engine, ignite};
use crate::memory::BEYOND;
use crate::names;
use crate::survey::classes::runs_epochs;
use crate::syntax::last_name;
use crate::value::Value;

/// Whether what follows a statement is reached from it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Flow {
    /// It is.
    On,
    /// `return`, `raise`, `break` or `continue` came first.
    Left,
}

impl<'a> Interpreter<'a> {
    /// Walks statements in order.
    pub(super) fn block(&mut self, body: &'a [Stmt]) -> Flow {
        // What follows `if changing: continue` stands behind the opposite condition.
        let mut opened: Vec<(TextRange, Guard, String, Vec<Word>)> = Vec::new();
        let facts = self.facts.len();
        let mut flow = Flow::On;
        for statement in body {
            if !self.burn() {
                break;
            }
            let (next, rest) = self.statement(statement);
            if let Some(guard) = rest {
                self.trace.open();
                let condition = match statement {
                    Stmt::If(branch) => format!("not ({})", self.wording_of(&*branch.test)),
                    _ => String::new(),
                };
                let test = match statement {
                    Stmt::If(branch) if branch.elif_else_clauses.is_empty() => self.formula(&branch.test).map(negated),
                    _ => None,
                };
                opened.push((statement.range(), guard, condition, test.unwrap_or_default()));
            }
            if next == Flow::Left {
                flow = next;
                break;
            }
        }
        while let Some((range, guard, condition, test)) = opened.pop() {
            let body = self.trace.close();
            self.trace
                .push_branch(self.span(range), vec![Arm { guard, condition, test, chosen: Chosen::default(), body }]);
        }
        self.facts.truncate(facts);
        flow
    }

    /// Walks one statement; the guard is what the rest of the block then stands behind.
    fn statement(&mut self, statement: &'a Stmt) -> (Flow, Option<Guard>) {
        match statement {
            Stmt::If(branch) => return self.branch(branch),
            Stmt::Return(leave) => {
                let value = leave.value.as_ref().map_or(Value::None, |value| self.expression(value));
                let returned = match self.frame().returned.take() {
                    Some(before) => self.one_of(before, value),
                    None => value,
                };
                self.frame().returned = Some(returned);
                return (Flow::Left, None);
            }
            Stmt::Raise(_) | Stmt::Break(_) | Stmt::Continue(_) => return (Flow::Left, None),
            Stmt::FunctionDef(definition) => {
                let id = self.function_id(definition, None);
                self.assign_name(&definition.name, Value::Function(id));
                // A handler that a function of another file hangs into ignite's loop; one of this file is followed by itself.
                if self.code.file(definition) > 0
                    && let Some(event) = ignite::event(definition)
                {
                    let span = self.span(definition.name.range());
                    self.trace.open();
                    self.call_function(id, None, None);
                    let body = self.trace.close();
                    for node in engine::run(event, span, body) {
                        self.trace.push(node.span, node.action);
                    }
                }
            }
            Stmt::ClassDef(definition) => self.class(definition),
            Stmt::Assign(assign) => {
                let value = self.expression(&assign.value);
                // Nothing but numbers has an expression; what is known to be one number needs none, but to set the LR.
                let is_written = || assign.targets.iter().any(Expr::is_subscript_expr);
                let formula = match &value {
                    Value::Changing | Value::Unknown => self.formula(&assign.value),
                    Value::Number(number) if is_written() || !number.is_computed() => self.formula(&assign.value),
                    _ => None,
                };
                for target in &assign.targets {
                    self.assign_from(target, value.clone(), Some(&assign.value), formula.clone());
                }
            }
            Stmt::AnnAssign(assign) => {
                if let Some(value) = &assign.value {
                    let value = self.expression(value);
                    self.assign(&assign.target, value);
                }
            }
            Stmt::AugAssign(assign) => {
                let left = self.expression(&assign.target);
                let right = self.expression(&assign.value);
                let value = super::expressions::binary(&left, assign.op, &right);
                let formula = self.updated(&assign.target, assign.op, &assign.value);
                let begun = self.as_assigned(&assign.target);
                self.assign_from(&assign.target, value, Some(&assign.value), formula);
                // What it began with still says most.
                if let Expr::Name(name) = &*assign.target {
                    self.keep_expression(&name.id, (!begun.is_name_expr()).then_some(begun));
                }
            }
            Stmt::Expr(expression) => {
                self.expression(&expression.value);
            }
            Stmt::For(inner) => self.for_loop(inner),
            Stmt::While(inner) => self.while_loop(inner),
            Stmt::With(with) => {
                for item in &with.items {
                    let value = self.expression(&item.context_expr);
                    if let Some(target) = &item.optional_vars {
                        self.assign(target, value);
                    }
                }
                return (self.block(&with.body), None);
            }
            Stmt::Try(attempt) => return (self.attempt(attempt), None),
            Stmt::Match(choice) => return (self.choice(choice), None),
            Stmt::Import(import) => self.import(import),
            Stmt::ImportFrom(import) => self.import_from(import),
            Stmt::Global(outer) => self.declare_outer(&outer.names),
            Stmt::Nonlocal(outer) => self.declare_outer(&outer.names),
            Stmt::Delete(_) | Stmt::Assert(_) | Stmt::Pass(_) | Stmt::TypeAlias(_) | Stmt::IpyEscapeCommand(_) => {}
        }
        (Flow::On, None)
    }

    fn declare_outer(&mut self, names: &'a [ruff_python_ast::Identifier]) {
        let scope = self.scope();
        for name in names {
            self.memory.declare_outer(scope, name);
        }
    }

    pub(super) fn assign_name(&mut self, name: &str, value: Value) {
        let scope = self.scope();
        self.memory.set(scope, name, value);
    }

    /// Assigns a value to whatever stands on the left.
    pub(super) fn assign(&mut self, target: &'a Expr, value: Value) {
        self.assign_from(target, value, None, None);
    }

    fn assign_from(&mut self, target: &'a Expr, value: Value, assigned: Option<&'a Expr>, formula: Option<Vec<Word>>) {
        match target {
            Expr::Name(name) => {
                self.call_it(&value, &name.id);
                let changes = !value.quantity().is_computed();
                let value = value.named(&name.id);
                self.note_built_out_of_sight(&value, assigned);
                self.keep_expression(&name.id, assigned);
                self.note_replaced(self.memory.held(self.scope(), &name.id).cloned(), &value);
                self.assign_name(&name.id, value);
                self.keep_formula(&name.id, formula.filter(|_| changes));
            }
            Expr::Attribute(attribute) => {
                self.call_it(&value, &attribute.attr);
                match self.expression(&attribute.value) {
                    Value::Object(object) => {
                        let class = self.memory.class_of(object);
                        if value.holds_schedule() && self.may_be_read_elsewhere(class, &attribute.attr) {
                            self.hand_on(&value);
                        }
                        self.note_replaced(self.memory.attribute(object, &attribute.attr).cloned(), &value);
                        self.memory.set_attribute(object, &attribute.attr, value.named(&attribute.attr));
                    }
                    Value::Class(class) => {
                        let scope = self.classes[class].scope;
                        self.memory.set(scope, &attribute.attr, value.named(&attribute.attr));
                    }
                    Value::Dict(items) => self.set_entry(&attribute.value, &items, &attribute.attr, value),
                    Value::Opaque(of) => {
                        self.hand_on(&value);
                        let path = format!("{}.{}", of.key, attribute.attr);
                        self.note_replaced(self.memory.attribute(BEYOND, &path).cloned(), &value);
                        self.keep_beyond(&path, value.named(&attribute.attr));
                    }
                    _ => self.hand_on(&value),
                }
            }
            Expr::Subscript(subscript) => {
                let held = self.expression(&subscript.value);
                if let Value::Dict(items) = held {
                    match self.expression(&subscript.slice) {
                        Value::Text(key) => self.set_entry(&subscript.value, &items, &key, value),
                        // Whatever is in it now.
                        _ => {
                            self.hand_on(&value);
                            let text = self.text(&*subscript.value).to_owned();
                            self.assign(&subscript.value, Value::opaque(text, ""));
                        }
                    }
                    return;
                }
                self.hand_on(&value);
                if let Expr::StringLiteral(key) = &*subscript.slice
                    && key.value.to_str() == "lr"
                    && let Value::Group(optimizer) = held
                    && !self.is_in_scheduler()
                {
                    let text = assigned.map(|assigned| self.wording_of(assigned)).unwrap_or_default();
                    // What a checkpoint says goes against none.
                    let is_restored = assigned.is_some_and(|assigned| {
                        let from = self.text(self.as_assigned(assigned)).to_ascii_lowercase();
                        ["checkpoint", "ckpt", "state_dict"].iter().any(|word| from.contains(word))
                    });
                    let all = || (0..self.schedules.len()).map(ScheduleId).collect();
                    let apart = if is_restored { all() } else { self.ruled_out() };
                    let value = formula.unwrap_or_default();
                    self.trace.push(self.span(target.range()), Action::SetLr(SetLr { optimizer, text, value, apart }));
                }
            }
            Expr::Tuple(tuple) => self.unpack(&tuple.elts, value, assigned),
            Expr::List(list) => self.unpack(&list.elts, value, assigned),
            Expr::Starred(starred) => self.assign(&starred.value, Value::Unknown),
            _ => {}
        }
    }

    fn keep_expression(&mut self, name: &str, assigned: Option<&'a Expr>) {
        let scope = self.scope();
        self.assigned.insert(name, assigned.map(|assigned| (scope, assigned)));
    }

    /// What a variable was last assigned here, as written, or the expression itself.
    pub(super) fn as_assigned(&self, expression: &'a Expr) -> &'a Expr {
        let Expr::Name(name) = expression else { return expression };
        let assigned = self.assigned.get(&name.id).copied().flatten();
        assigned.filter(|(scope, _)| *scope == self.scope()).map_or(expression, |(_, assigned)| assigned)
    }

    /// `optimizer = create_optimizer(args, model)` out of sight builds one.
    fn note_built_out_of_sight(&mut self, value: &Value, assigned: Option<&'a Expr>) {
        if let (Value::Opaque(opaque), Some(Expr::Call(call))) = (value, assigned)
            && names::is_optimizer(&opaque.name)
            && last_name(&call.func).is_some_and(|name| names::is_optimizer(name) && !name.contains("load"))
            // What is given one goes on with it.
            && !call.arguments.args.iter().any(|given| last_name(given).is_some_and(names::is_optimizer))
            && let Some(id) = self.optimizer_of(value, true)
        {
            self.trace.push(self.span(call.range()), Action::BuildOptimizer(id));
        }
    }

    /// Whether methods of other files may step what an object keeps under a name: those of its class, or of one that it is made of.
    fn may_be_read_elsewhere(&self, class: usize, attribute: &str) -> bool {
        let (lineage, outside) = self.lineage(class);
        let of_project = |base: &Value| matches!(base, Value::Qualified(name) if !names::is_base_of_library(name));
        let definition = self.classes[class].definition;
        let mut others = lineage.iter().map(|class| self.classes[*class].definition);
        // A model that nothing here builds is trained elsewhere, with what it brings along.
        let is_module = |base: &Value| matches!(base, Value::Qualified(name) if names::last_part(name) == "Module");
        let reads = |text: &str| text.contains(&format!(".{attribute}"));
        self.code.file(definition) > 0
            || outside.iter().any(of_project) && !runs_epochs(definition)
            || outside.iter().any(is_module) && !runs_epochs(definition) && !self.builds(definition)
            || others.any(|definition| self.code.file(definition) > 0 && reads(self.text(definition)))
    }

    /// Whether the file builds something of a class, by its text.
    fn builds(&self, definition: &StmtClassDef) -> bool {
        let text = self.code.text;
        let call = format!("{}(", definition.name);
        memchr::memmem::find_iter(text.as_bytes(), call.as_bytes()).any(|at| !text[..at].ends_with("class "))
    }

    /// `dict[key] = value`; what else the dict goes by is not told.
    fn set_entry(&mut self, dict: &'a Expr, items: &[(Rc<str>, Value)], key: &str, value: Value) {
        self.hand_on(&value);
        // What the command line may say instead is what it was unless it does.
        if self.is_unset(&value) && items.iter().any(|(known, _)| &**known == key) {
            return;
        }
        let others = items.iter().filter(|(known, _)| &**known != key).cloned();
        let all = others.chain([(key.into(), value.named(key))]).collect();
        self.assign(dict, Value::Dict(Rc::new(all)));
    }

    /// What something out of sight is given to keep, such as `options.optimizer = Adam(...)`. Its numbers may be changed by
    /// others; what trains is told to no one in secret.
    fn keep_beyond(&mut self, path: &str, value: Value) {
        let is_ours = |value: &Value| matches!(value, Value::Optimizer(_) | Value::Schedule(_) | Value::Loader(_));
        if value.alternatives().iter().any(is_ours) || self.memory.attribute(BEYOND, path).is_some() {
            self.memory.set_attribute(BEYOND, path, value);
        }
    }

    /// Whether a method of a scheduler is followed.
    pub(super) fn is_in_scheduler(&self) -> bool {
        let function = self.frames.last().and_then(|frame| frame.function);
        let class = function.and_then(|function| self.functions[function].class);
        class.is_some_and(|class| names::is_scheduler_class(&self.classes[class].definition.name))
    }

    /// Takes note of the optimizers that a variable no longer holds when it is assigned another.
    fn note_replaced(&mut self, held: Option<Value>, value: &Value) {
        let old: Vec<OptimizerId> = held.iter().flat_map(Value::alternatives).filter_map(Value::optimizer).collect();
        for id in value.alternatives().iter().filter_map(Value::optimizer) {
            let replaced = old.iter().filter(|old| **old != id);
            self.optimizers[id.0].replaces.extend(replaced);
        }
    }

    /// A schedule or an optimizer goes by the first name that it is given.
    fn call_it(&mut self, value: &Value, name: &str) {
        let own = match value {
            Value::Schedule(id) => self.schedules.get_mut(id.0).map(|facts| &mut facts.name),
            Value::Optimizer(id) => self.optimizers.get_mut(id.0).map(|facts| &mut facts.name),
            _ => None,
        };
        if let Some(own) = own.filter(|own| own.is_empty()) {
            name.clone_into(own);
        }
    }

    /// An expression as written, on one line.
    pub(super) fn wording_of(&self, expression: &impl Ranged) -> String {
        self.code.wording(expression)
    }

    fn unpack(&mut self, targets: &'a [Expr], value: Value, assigned: Option<&'a Expr>) {
        match &value {
            Value::Sequence(values)
                if values.len() == targets.len() && !targets.iter().any(|target| target.is_starred_expr()) =>
            {
                for (target, value) in targets.iter().zip(values.iter()) {
                    self.assign(target, value.clone());
                }
            }
            Value::Opaque(opaque) => {
                for (index, target) in targets.iter().enumerate() {
                    let back = assigned.and_then(|assigned| self.given_back(target, assigned));
                    let value = back.unwrap_or_else(|| Value::opaque(format!("{}[{index}]", opaque.key), ""));
                    self.assign(target, value);
                }
            }
            Value::Changing => targets.iter().for_each(|target| self.assign(target, Value::Changing)),
            _ => targets.iter().for_each(|target| self.assign(target, Value::Unknown)),
        }
    }

    /// `model, optimizer, scheduler = load(path, model, optimizer, scheduler)` out of sight: the scheduler is given back.
    fn given_back(&mut self, target: &'a Expr, assigned: &'a Expr) -> Option<Value> {
        let Expr::Call(call) = assigned else { return None };
        let is_given = call.arguments.args.iter().any(|argument| self.text(argument) == self.text(target));
        is_given.then(|| self.expression(target)).filter(|known| matches!(known, Value::Schedule(_)))
    }

    fn class(&mut self, definition: &'a StmtClassDef) {
        let at = definition.range().start().to_usize();
        if let Some(id) = self.known_classes.get(&at) {
            let id = *id;
            self.assign_name(&definition.name, Value::Class(id));
            return;
        }
        let bases = match &definition.arguments {
            Some(arguments) => arguments.args.iter().map(|base| self.expression(base)).collect(),
            None => Vec::new(),
        };
        let outer = self.scope();
        let scope = self.memory.scope(outer);
        let id = self.classes.len();
        self.classes.push(ClassInfo {
            definition,
            methods: Vec::new(),
            scope,
            bases,
            instance: None,
            built: Block::new(),
        });
        self.known_classes.insert(at, id);
        self.assign_name(&definition.name, Value::Class(id));
        // Class attributes are assigned in the class's own scope; methods see the scope around the class.
        for statement in &definition.body {
            match statement {
                Stmt::FunctionDef(method) => {
                    let function = self.function_id(method, Some(id));
                    self.classes[id].methods.push((method.name.as_str(), function));
                }
                Stmt::Assign(_) | Stmt::AnnAssign(_) => {
                    let frame = self.frame();
                    let around = std::mem::replace(&mut frame.scope, scope);
                    self.statement(statement);
                    self.frame().scope = around;
                }
                _ => {}
            }
        }
    }
}
