//! LRs in variables that no optimizer ever gets: one that is lowered in the loop after the optimizer has been built with it,
//! one that is changed when the parameter groups have been given it, and one that is set while the optimizer is built without
//! any.

use advisor::script::{Fate, LrInVain};
use ruff_python_ast::{Expr, ExprCall, ExprContext, Operator, Stmt};
use ruff_text_size::{Ranged, TextRange, TextSize};

use crate::modules::Code;
use crate::names;
use crate::syntax::{is_text, last_name};
use crate::walk::{Visitor, walk_expr, walk_stmt};

/// Those of a file.
pub(super) fn find(code: Code<'_>, body: &[Stmt]) -> Vec<LrInVain> {
    let mut uses = Uses { function: vec![0], ..Uses::default() };
    uses.visit_body(body);
    let told =
        |name: &str, range: TextRange, fate: Fate| LrInVain { name: name.to_owned(), span: code.span(range), fate };
    let lowered = uses.updates.iter().filter(|update| uses.is_lowered_in_vain(update));
    let late = uses.late.iter().filter(|update| uses.is_late(update));
    let mut found: Vec<LrInVain> =
        lowered.chain(late).map(|update| told(update.name, update.range, Fate::Lowered)).collect();
    found.dedup_by(|a, b| a.name == b.name);
    if uses.without_lr {
        let is_read = |name: &str| uses.loads.iter().any(|load| load.name == name) || uses.words.contains(&name);
        let unread = uses.numbers.iter().filter(|(name, _)| !is_read(name));
        found.extend(unread.map(|(name, range)| told(name, *range, Fate::Unread)));
    }
    let shown = uses.decays.iter().filter(|decay| uses.is_only_shown(decay));
    found.extend(shown.map(|decay| told(decay.name, decay.range, Fate::Shown)));
    found
}

struct Load<'a> {
    name: &'a str,
    at: TextSize,
    function: usize,
    /// Only shown, or part of the computation of the same variable.
    harmless: bool,
}

struct Update<'a> {
    name: &'a str,
    range: TextRange,
    function: usize,
    /// Where what may read it begins: the loop around, or what follows.
    start: TextSize,
}

#[derive(Default)]
struct Uses<'a> {
    loads: Vec<Load<'a>>,
    updates: Vec<Update<'a>>,
    /// Those that are computed as a decay, in a function that computes gradients, and the functions that do.
    decays: Vec<Update<'a>>,
    training: Vec<usize>,
    /// The statement before.
    previous: Option<&'a Stmt>,
    /// Those right before an optimizer is built from groups, from which on they may be read.
    late: Vec<Update<'a>>,
    /// What is the LR of a parameter group, with the function.
    in_groups: Vec<(&'a str, TextSize, usize)>,
    /// Where variables are assigned something else than what is computed from them in a loop, with the function.
    stores: Vec<(&'a str, TextSize, usize)>,
    /// Where an optimizer is built with a variable for its LR.
    built: Vec<(&'a str, TextSize, usize)>,
    /// Where one is built with an LR of another kind: a number, an expression.
    built_otherwise: Vec<TextSize>,
    /// An optimizer is built without an LR.
    without_lr: bool,
    /// LRs that are set to a number as written.
    numbers: Vec<(&'a str, TextRange)>,
    /// Keywords and strings, by which a variable may be meant.
    words: Vec<&'a str>,
    /// Variables of an outer scope.
    outer: Vec<&'a str>,
    function: Vec<usize>,
    functions: usize,
    loops: Vec<TextSize>,
    in_class: bool,
    /// What is computed anew, and calls that only show.
    updating: Option<&'a str>,
    showing: usize,
}

impl Uses<'_> {
    fn is_lowered_in_vain(&self, update: &Update<'_>) -> bool {
        let (name, start, of) = (update.name, update.start, update.function);
        let is_own = |function: usize| function == of;
        let is_built =
            self.built.iter().any(|(built, at, function)| *built == name && *at < start && is_own(*function));
        let is_built_later = self.built.iter().any(|(built, at, _)| *built == name && *at >= start)
            || self.built_otherwise.iter().any(|at| *at >= start);
        // Set from what is in force, it is told and not computed.
        let is_set =
            self.stores.iter().any(|(stored, at, function)| *stored == name && *at >= start && is_own(*function));
        is_built && !is_built_later && !self.is_read(update) && !is_set
    }

    /// `lr = lr * 0.1; optimizer = Adam(groups)`, where the groups have the LR from before.
    fn is_late(&self, update: &Update<'_>) -> bool {
        let is_given = |&(name, at, function): &(&str, TextSize, usize)| {
            name == update.name && function == update.function && at < update.range.start()
        };
        self.in_groups.iter().any(is_given) && !self.is_read(update)
    }

    /// `lr = base_lr * (1 - i / total) ** 0.9` of a function that trains and does nothing with it but show it.
    fn is_only_shown(&self, decay: &Update<'_>) -> bool {
        let is_here = |load: &&Load<'_>| load.name == decay.name && load.function == decay.function;
        let mut loads = self.loads.iter().filter(is_here).peekable();
        self.training.contains(&decay.function)
            && loads.peek().is_some()
            && loads.all(|load| load.harmless)
            && !self.outer.contains(&decay.name)
    }

    fn is_read(&self, update: &Update<'_>) -> bool {
        let may_see = |load: &Load<'_>| load.at >= update.start && load.function == update.function;
        self.outer.contains(&update.name)
            || self.loads.iter().any(|load| {
                load.name == update.name && !load.harmless && (may_see(load) || load.function > update.function)
            })
    }
}

impl<'a> Visitor<'a> for Uses<'a> {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        if let Some(previous) = self.previous.replace(statement).filter(|_| self.loops.is_empty())
            && let Some((name, range, start)) = late_update(previous, statement)
        {
            self.late.push(Update { name, range, function: self.current(), start });
        }
        match statement {
            // What stands in a class is read by its name.
            Stmt::ClassDef(_) => {
                let around = std::mem::replace(&mut self.in_class, true);
                walk_stmt(self, statement);
                self.in_class = around;
                return;
            }
            Stmt::FunctionDef(definition) => {
                let in_class = std::mem::take(&mut self.in_class);
                self.functions += 1;
                self.function.push(self.functions);
                let loops = std::mem::take(&mut self.loops);
                definition.parameters.iter_non_variadic_params().filter_map(|it| it.default.as_deref()).for_each(
                    |default| {
                        self.visit_expr(default);
                    },
                );
                self.visit_body(&definition.body);
                self.loops = loops;
                self.in_class = in_class;
                self.function.pop();
                return;
            }
            Stmt::Global(names) => self.outer.extend(names.names.iter().map(|name| name.as_str())),
            Stmt::Nonlocal(names) => self.outer.extend(names.names.iter().map(|name| name.as_str())),
            Stmt::For(_) | Stmt::While(_) => {
                self.loops.push(statement.range().start());
                walk_stmt(self, statement);
                self.loops.pop();
                return;
            }
            Stmt::Assign(assign) => {
                if let [Expr::Name(target)] = assign.targets.as_slice() {
                    self.assigned(&target.id, statement.range(), &assign.value, false);
                    return;
                }
            }
            Stmt::AugAssign(update) => {
                if let Expr::Name(target) = &*update.target {
                    self.assigned(&target.id, statement.range(), &update.value, true);
                    return;
                }
            }
            _ => {}
        }
        walk_stmt(self, statement);
    }

    fn visit_expr(&mut self, expression: &'a Expr) {
        match expression {
            Expr::Name(name) if name.ctx == ExprContext::Load && may_be_lr(&name.id) => {
                let harmless = self.showing > 0 || self.updating == Some(name.id.as_str());
                let (at, function) = (name.range().start(), self.current());
                self.loads.push(Load { name: &name.id, at, function, harmless });
            }
            Expr::StringLiteral(text) => self.words.push(text.value.to_str()),
            Expr::Dict(dict) => {
                let function = self.current();
                let lrs = dict.items.iter().filter(|item| item.key.as_ref().is_some_and(|key| is_text(key, "lr")));
                let names = lrs.filter_map(|item| first_name(&item.value));
                self.in_groups.extend(names.map(|name| (name, dict.range().start(), function)));
                walk_expr(self, expression);
            }
            Expr::Call(call) => {
                self.call(call);
                let name = last_name(&call.func).unwrap_or_default();
                let shows = name.ends_with("print")
                    || matches!(name, "info" | "format" | "add_scalar" | "set_description" | "set_postfix");
                if name == "backward" {
                    self.training.push(self.current());
                }
                self.showing += usize::from(shows);
                walk_expr(self, expression);
                self.showing -= usize::from(shows);
                return;
            }
            _ => {}
        }
        walk_expr(self, expression);
    }
}

impl<'a> Uses<'a> {
    fn current(&self) -> usize {
        self.function.last().copied().unwrap_or_default()
    }

    fn assigned(&mut self, name: &'a str, range: TextRange, value: &'a Expr, is_update: bool) {
        // `lr_d = policy.get_lr(step)` in the loop, while the optimizer has the number from before.
        if let Some(&start) = self.loops.first()
            && may_be_lr(name)
            && computes_lr(value)
        {
            self.updates.push(Update { name, range, function: self.current(), start });
        } else if is_lr(name) {
            let function = self.current();
            let updates = is_update || reads(name, value);
            let start = self.loops.first().copied();
            if updates {
                self.updates.push(Update { name, range, function, start: start.unwrap_or(range.end()) });
            }
            if !updates || start.is_none() {
                self.stores.push((name, range.start(), function));
            }
            if is_decay(value) && function > 0 {
                self.decays.push(Update { name, range, function, start: range.start() });
            }
            if value.is_number_literal_expr() && self.loops.is_empty() && !self.in_class {
                self.numbers.push((name, range));
            }
            self.updating = Some(name);
        }
        self.visit_expr(value);
        self.updating = None;
    }

    /// An optimizer that is built.
    fn call(&mut self, call: &'a ExprCall) {
        self.words.extend(call.arguments.keywords.iter().filter_map(|keyword| keyword.arg.as_deref()));
        let class = last_name(&call.func).unwrap_or_default();
        let takes_parameters = call.arguments.find_argument_value("params", 0).is_some();
        let open = call.arguments.keywords.iter().any(|keyword| keyword.arg.is_none());
        if !names::is_optimizer_class(class) || !takes_parameters || open {
            return;
        }
        match call.arguments.find_argument_value("lr", 1) {
            Some(Expr::Name(lr)) => self.built.push((&lr.id, call.range().start(), self.current())),
            Some(_) => self.built_otherwise.push(call.range().start()),
            None => self.without_lr = true,
        }
    }
}

/// An LR that is computed anew by one statement, while the next builds an optimizer from parameter groups without it: its name,
/// where, and the end of both.
fn late_update<'a>(update: &'a Stmt, build: &Stmt) -> Option<(&'a str, TextRange, TextSize)> {
    let name = match update {
        Stmt::AugAssign(update) => update.target.as_name_expr()?.id.as_str(),
        Stmt::Assign(assign) => {
            let [Expr::Name(target)] = assign.targets.as_slice() else { return None };
            reads(&target.id, &assign.value).then_some(target.id.as_str())?
        }
        _ => return None,
    };
    let call = build.as_assign_stmt()?.value.as_call_expr()?;
    let [Expr::Name(_)] = &*call.arguments.args else { return None };
    let is_lr_free = call.arguments.keywords.iter().all(|keyword| {
        keyword.arg.as_deref().is_some_and(|key| key != "lr") && first_name(&keyword.value) != Some(name)
    });
    let builds = names::is_optimizer_class(last_name(&call.func)?) && is_lr_free;
    (is_lr(name) && builds).then(|| (name, update.range(), build.range().end()))
}

/// The variable that a value is computed from first: `lr` of `lr * (1 + double)`.
fn first_name(value: &Expr) -> Option<&str> {
    match value {
        Expr::Name(name) => Some(name.id.as_str()),
        Expr::BinOp(operation) => first_name(&operation.left).or_else(|| first_name(&operation.right)),
        _ => None,
    }
}

/// Whether a value is computed from a variable, by arithmetic and calls.
fn reads(name: &str, value: &Expr) -> bool {
    match value {
        Expr::Name(read) => read.id.as_str() == name,
        Expr::BinOp(operation) => reads(name, &operation.left) || reads(name, &operation.right),
        Expr::Call(call) => call.arguments.args.iter().any(|argument| reads(name, argument)),
        _ => false,
    }
}

/// A power of something, as decays are computed from.
fn is_decay(value: &Expr) -> bool {
    match value {
        Expr::BinOp(operation) => {
            operation.op == Operator::Pow || is_decay(&operation.left) || is_decay(&operation.right)
        }
        _ => false,
    }
}

/// A call that works out an LR from a position, and is not given the optimizer to write it there.
fn computes_lr(value: &Expr) -> bool {
    let Expr::Call(call) = value else { return false };
    let given = &call.arguments;
    let is_optimizer = |given: &Expr| last_name(given).is_some_and(names::is_optimizer);
    matches!(last_name(&call.func), Some("get_lr" | "get_learning_rate" | "compute_lr" | "calc_lr" | "lr_at"))
        && !given.args.is_empty()
        && !given.args.iter().any(is_optimizer)
        && !given.keywords.iter().any(|keyword| is_optimizer(&keyword.value))
}

/// A variable that is some LR, by its name: `lr_d`, `fd_lr`.
fn may_be_lr(name: &str) -> bool {
    is_lr(name) || name.split('_').any(|part| part.eq_ignore_ascii_case("lr"))
}

/// A variable that is the LR, by its name.
fn is_lr(name: &str) -> bool {
    let names = ["lr", "learning_rate", "base_lr", "init_lr", "initial_lr", "lr_rate"];
    names.iter().any(|lr| name.eq_ignore_ascii_case(lr))
}
