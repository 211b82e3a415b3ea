//! Drops of the LR that a variable counts, as the first SSD in PyTorch did, or that the variable of the LR goes through: a run
//! that starts later counts them from 0 again.

use ruff_python_ast::{CmpOp, Expr, Operator, Stmt, StmtFor};
use ruff_text_size::{Ranged, TextRange};

use crate::modules::Code;
use crate::names::{is_about_lr, is_optimizer_class};
use crate::syntax::{is_text, last_name, variables, whole_number};
use crate::walk::{Visitor, walk_expr, walk_stmt};

/// Where a loop that may start later counts drops which nothing but it counts, or lowers an LR that nothing else sets: the
/// head of the loop.
///
/// ```python
/// step_index = 0
/// for iteration in range(args.start_iter, max_iter):
///     if iteration in lr_steps:
///         step_index += 1
///         adjust_learning_rate(optimizer, gamma, step_index)
/// ```
pub(super) fn counted(code: Code<'_>, body: &[Stmt]) -> Vec<TextRange> {
    let mut search = Search::default();
    search.visit_body(body);
    if !search.loads {
        return Vec::new();
    }
    let is_kept = |name: &str| {
        let mut values = search.assigned.iter().filter(|(assigned, _)| *assigned == name).map(|(_, value)| value);
        let first = values.next().copied().flatten();
        // What is set in two ways is set for a run that goes on, too.
        let begins_anew = |value: &Expr| is_beginning(code, value);
        first.is_none_or(|first| {
            !begins_anew(first) || values.any(|value| value.is_none_or(|value| code.of(value) != code.of(first)))
        })
    };
    // `start_epoch = 0`, and nothing else: it always starts there.
    let is_fixed = |start: &Expr| {
        let Expr::Name(start) = start else { return false };
        let mut values = search.assigned.iter().filter(|(assigned, _)| *assigned == start.id.as_str());
        let first = values.next().and_then(|(_, value)| *value);
        first.is_some_and(Expr::is_number_literal_expr) && values.next().is_none()
    };
    // `state['lr']` of a function that the loop calls, where `state` is made once and nothing else sets that.
    let is_own = |place: &Expr| {
        let of = place.as_subscript_expr().and_then(|place| place.value.as_name_expr());
        let made = of.map_or(0, |of| search.assigned.iter().filter(|(name, _)| *name == of.id.as_str()).count());
        made == 1 && !search.set.iter().any(|set| code.of(*set) == code.of(place))
    };
    let lowering = search.functions.iter().filter(|(_, place)| is_own(place));
    let by_function = lowering.filter_map(|(name, _)| Some(search.calls.iter().find(|(called, _)| called == name)?.1));
    let counters = search.counters.iter().filter(|(name, _)| !is_kept(name)).map(|(_, of)| *of);
    let begins = counters.chain(by_function).filter(|of| !is_fixed(of.start));
    begins.map(|of| TextRange::new(of.inner.range().start(), of.inner.iter.range().end())).collect()
}

/// A number, an option or what an object was built with, and nothing that a checkpoint has brought.
fn is_beginning(code: Code<'_>, value: &Expr) -> bool {
    let text = code.of(value).to_ascii_lowercase();
    let is_stored =
        ["check", "ckpt", "state", "load", "group", "resume", "last"].iter().any(|word| text.contains(word));
    (value.is_number_literal_expr() || value.is_attribute_expr() || value.is_subscript_expr()) && !is_stored
}

/// A loop that may start later.
#[derive(Clone, Copy)]
struct Loop<'a> {
    inner: &'a StmtFor,
    /// The variable that counts its turns.
    variable: &'a str,
    /// What its first turn has for a number, or what that is computed from.
    start: &'a Expr,
}

#[derive(Default)]
struct Search<'a> {
    /// Those around.
    loops: Vec<Loop<'a>>,
    /// What counts drops, and the loop that it does so in.
    counters: Vec<(&'a str, Loop<'a>)>,
    /// What is assigned, and its value where it is one.
    assigned: Vec<(&'a str, Option<&'a Expr>)>,
    /// Functions about the LR that lower an entry of something in some epochs: `state['lr'] *= gamma`.
    functions: Vec<(&'a str, &'a Expr)>,
    /// What is called in loops that may start later.
    calls: Vec<(&'a str, Loop<'a>)>,
    /// Entries that are set to something.
    set: Vec<&'a Expr>,
    /// Something is read from a checkpoint.
    loads: bool,
}

impl<'a> Visitor<'a> for Search<'a> {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        match statement {
            Stmt::Assign(assign) => {
                if let Some(of) = self.loops.first()
                    && let Some(lr) = given_back(&assign.targets, &assign.value)
                {
                    self.counters.push((lr, *of));
                    walk_stmt(self, statement);
                    return;
                }
                self.set.extend(assign.targets.iter().filter(|target| target.is_subscript_expr()));
                for target in &assign.targets {
                    let value = target.is_name_expr().then_some(&*assign.value);
                    // `lr = lr * 0.1` lowers it.
                    let is_own = |name: &&str| value.is_none_or(|value| first_name(value) != Some(name));
                    let names = variables(target).into_iter().filter(is_own);
                    self.assigned.extend(names.map(|name| (name, value)));
                }
            }
            Stmt::FunctionDef(definition) => {
                let lowered = lowered_entry(&definition.body).filter(|_| is_about_lr(&definition.name));
                self.functions.extend(lowered.map(|place| (definition.name.as_str(), place)));
            }
            Stmt::For(inner) if let Some(later) = starts_later(inner) => {
                self.loops.push(later);
                walk_stmt(self, statement);
                self.loops.pop();
                return;
            }
            // `iterations += 1` in each turn, of which the LR is computed.
            Stmt::AugAssign(update) if update.op == Operator::Add && whole_number(&update.value) == Some(1) => {
                if let Some(of) = self.loops.first()
                    && let Expr::Name(counter) = &*update.target
                {
                    let mut given = Given { name: &counter.id, beside: Some(of.variable), found: false };
                    given.visit_body(&of.inner.body);
                    self.counters.extend(given.found.then_some((counter.id.as_str(), *of)));
                }
            }
            Stmt::If(branch) => {
                if let Some(&of) = self.loops.iter().find(|of| is_at(&branch.test, of.variable)) {
                    let counters = branch.body.iter().filter_map(|statement| drops(statement, &of.inner.body));
                    self.counters.extend(counters.map(|counter| (counter, of)));
                }
            }
            _ => {}
        }
        walk_stmt(self, statement);
    }

    fn visit_expr(&mut self, expression: &'a Expr) {
        if let Expr::Call(call) = expression {
            self.loads |= last_name(&call.func).is_some_and(loads_checkpoint);
            if let (Expr::Name(name), Some(of)) = (&*call.func, self.loops.first()) {
                self.calls.push((&name.id, *of));
            }
        }
        walk_expr(self, expression);
    }
}

/// `torch.load`, `net.load_weights`, `self.restore_model`.
fn loads_checkpoint(function: &str) -> bool {
    let words = ["load_model", "load_checkpoint", "load_ckpt", "load_weights", "load_state", "restore", "resume"];
    function == "load" || words.iter().any(|word| function.contains(word))
}

/// `if epoch in schedule: state['lr'] *= gamma` in a function that writes it into parameter groups: the entry.
fn lowered_entry(body: &[Stmt]) -> Option<&Expr> {
    let branches = body.iter().filter_map(Stmt::as_if_stmt);
    branches.flat_map(|branch| &branch.body).find_map(|statement| {
        let update = statement.as_aug_assign_stmt()?;
        let place = update.target.as_subscript_expr()?;
        let key = place.slice.as_string_literal_expr()?;
        let is_lr = is_about_lr(key.value.to_str()) && place.value.is_name_expr();
        (is_lr && matches!(update.op, Operator::Mult | Operator::Div | Operator::Sub)).then_some(&*update.target)
    })
}

/// `for iteration in range(start, end)` with a start that somebody gives.
fn starts_later(head: &StmtFor) -> Option<Loop<'_>> {
    let Expr::Name(variable) = &*head.target else { return None };
    let mut call = head.iter.as_call_expr()?;
    // A progress bar around it.
    while let Some(Expr::Call(inner)) = call.arguments.args.first() {
        call = inner;
    }
    let is_range = matches!(last_name(&call.func), Some("range" | "trange"));
    let [start, _] = &*call.arguments.args else { return None };
    // `start_epoch + 1`
    let start = start.as_bin_op_expr().map_or(start, |sum| &sum.left);
    let name = last_name(start)?.to_ascii_lowercase();
    let is_given = ["start", "begin", "resume"].iter().any(|word| name.contains(word));
    (is_range && is_given).then_some(Loop { inner: head, variable: variable.id.as_str(), start })
}

/// The LR of `lr = adjust_learning_rate(optimizer, epoch, lr, schedule, gamma)`: what comes out goes in the next time.
fn given_back<'a>(targets: &'a [Expr], value: &Expr) -> Option<&'a str> {
    let ([Expr::Name(target)], Expr::Call(call)) = (targets, value) else { return None };
    let is_same = |given: &Expr| matches!(given, Expr::Name(name) if name.id == target.id);
    let name = last_name(&call.func)?;
    let is_adjusted = is_about_lr(name) && is_about_lr(&target.id) && call.arguments.args.iter().any(is_same);
    is_adjusted.then_some(target.id.as_str())
}

/// `iteration in steps`, `epoch == steps[index]`, `(i + 1) % every == 0 and i > start`: a condition on where the loop is.
fn is_at(test: &Expr, variable: &str) -> bool {
    match test {
        Expr::BoolOp(operation) => operation.values.iter().any(|value| is_at(value, variable)),
        Expr::Compare(compare) => {
            let is_position = matches!(&*compare.ops, [CmpOp::In | CmpOp::Eq | CmpOp::Gt | CmpOp::GtE]);
            is_position && first_name(&compare.left) == Some(variable)
        }
        _ => false,
    }
}

/// What a statement counts up or lowers and the loop around it gives to a function that is about the LR, or writes into
/// parameter groups.
fn drops<'a>(statement: &'a Stmt, of_loop: &'a [Stmt]) -> Option<&'a str> {
    let (name, operator) = match statement {
        Stmt::AugAssign(update) => (update.target.as_name_expr()?.id.as_str(), update.op),
        Stmt::Assign(assign) => {
            let [Expr::Name(target)] = assign.targets.as_slice() else { return None };
            let operation =
                assign.value.as_bin_op_expr().filter(|operation| first_name(&operation.left) == Some(&target.id))?;
            (target.id.as_str(), operation.op)
        }
        _ => return None,
    };
    let is_lr = || {
        let name = name.to_ascii_lowercase();
        name.ends_with("lr") || name.contains("learning_rate")
    };
    let is_drop = match operator {
        Operator::Add => true,
        Operator::Sub | Operator::Mult | Operator::Div => is_lr(),
        _ => false,
    };
    let mut given = Given { name, beside: None, found: false };
    if is_drop {
        given.visit_body(of_loop);
    }
    given.found.then_some(name)
}

/// The variable that a value is computed from: `i` of `(i + 1) % every`.
fn first_name(value: &Expr) -> Option<&str> {
    match value {
        Expr::Name(name) => Some(name.id.as_str()),
        Expr::BinOp(operation) => first_name(&operation.left),
        _ => None,
    }
}

struct Given<'c> {
    name: &'c str,
    /// What may tell as much, and is not to be given with it.
    beside: Option<&'c str>,
    found: bool,
}

impl<'a> Visitor<'a> for Given<'_> {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        // `group['lr'] = lr`
        if let Stmt::Assign(assign) = statement
            && let [Expr::Subscript(place)] = assign.targets.as_slice()
            && is_text(&place.slice, "lr")
        {
            self.found |= first_name(&assign.value) == Some(self.name);
        }
        walk_stmt(self, statement);
    }

    fn visit_expr(&mut self, expression: &'a Expr) {
        if let Expr::Call(call) = expression {
            let is_counter = |given: &Expr| matches!(given, Expr::Name(name) if name.id.as_str() == self.name);
            // `optimizer = Adam(parameters, lr=lr)`
            let builds = last_name(&call.func).is_some_and(is_optimizer_class)
                && call.arguments.find_keyword("lr").is_some_and(|lr| is_counter(&lr.value));
            let is_beside = |given: &Expr| first_name(given).is_some_and(|name| Some(name) == self.beside);
            self.found |= builds;
            self.found |= last_name(&call.func).is_some_and(is_about_lr)
                && call.arguments.args.iter().any(is_counter)
                && !call.arguments.args.iter().any(is_beside);
        }
        walk_expr(self, expression);
    }
}
