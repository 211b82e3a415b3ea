//! What a metric was computed on, as far as the code around it tells.

use ruff_python_ast::{Expr, ExprAttribute, Operator, Stmt, StmtFor};
use ruff_text_size::{Ranged, TextRange};

use advisor::plan::Data;

use crate::names::trains_a_batch;
use crate::syntax::{last_name, whole_number};
use crate::walk::{Visitor, walk_expr, walk_stmt};

/// How often an assignment is followed back.
const DEEPEST: usize = 3;

/// The names in an expression: variables, attributes, keys, functions.
pub fn names(expression: &Expr) -> Vec<String> {
    let mut found = Names(Vec::new());
    found.visit_expr(expression);
    found.0
}

struct Names(Vec<String>);

impl<'a> Visitor<'a> for Names {
    fn visit_expr(&mut self, expression: &'a Expr) {
        match expression {
            Expr::Name(name) => self.0.push(name.id.to_string()),
            Expr::Attribute(attribute) => self.0.push(attribute.attr.to_string()),
            Expr::StringLiteral(text) => self.0.push(text.value.to_str().to_owned()),
            _ => {}
        }
        walk_expr(self, expression);
    }
}

/// Whether a name is that of something kept apart from training.
pub fn is_held_out(name: &str) -> bool {
    const WORDS: [&str; 8] = ["val", "test", "dev", "eval", "valid", "holdout", "vld", "monitor"];
    let name = name.to_ascii_lowercase();
    let mut parts = name.split(|c: char| !c.is_ascii_alphanumeric());
    // `valloss`, `testLoss`; but not `value` or `device`.
    parts.any(|part| {
        WORDS.contains(&part)
            || part.starts_with("valid")
            || part.starts_with("test")
            || part.starts_with("eval")
            || part.starts_with("val") && !part.starts_with("value")
    })
}

fn is_training(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    // Whoever trains may have evaluated, too.
    name.contains("train") && name != "trainer" || name.split('_').any(|part| matches!(part, "tr" | "tra" | "trn"))
}

/// What a metric was computed on: training batches only if everything that it is made of was.
pub fn data(expression: &Expr, body: &[Stmt]) -> Data {
    if is_counter(expression, body) {
        return Data::Counter;
    }
    if is_beside_held_out(expression, body) {
        return Data::Training;
    }
    match origin(expression, body, DEEPEST, is_in_training(expression, body)) {
        Some(true) => Data::Training,
        _ => Data::Unknown,
    }
}

/// Whether an expression is `logs['loss']` where there is a `logs['val_loss']`, too, as Keras names them.
fn is_beside_held_out(expression: &Expr, body: &[Stmt]) -> bool {
    struct Search<'s>(&'s str, String, bool);
    impl<'a> Visitor<'a> for Search<'_> {
        fn visit_expr(&mut self, expression: &'a Expr) {
            self.2 |= key_of(expression).is_some_and(|(dict, key)| dict == self.0 && key == self.1);
            walk_expr(self, expression);
        }
    }
    let Some((dict, key)) = key_of(expression) else { return false };
    let mut search = Search(dict, format!("val_{key}"), false);
    search.visit_body(body);
    search.2
}

/// `logs` and `loss` of `logs['loss']`.
fn key_of(expression: &Expr) -> Option<(&str, &str)> {
    let Expr::Subscript(subscript) = expression else { return None };
    match (&*subscript.value, &*subscript.slice) {
        (Expr::Name(dict), Expr::StringLiteral(key)) => Some((dict.id.as_str(), key.value.to_str())),
        _ => None,
    }
}

/// Whether an expression is `epoch` in the turns of `for epoch in range(epochs)`, or `self.epoch` before `self.epoch += 1`.
fn is_counter(expression: &Expr, body: &[Stmt]) -> bool {
    if let Expr::Attribute(counter) = expression {
        return counts_on(counter, body);
    }
    let Expr::Name(name) = expression else { return false };
    let is_target = |inner: &&StmtFor| matches!(&*inner.target, Expr::Name(target) if target.id == name.id);
    loops_around(expression, body).into_iter().rfind(is_target).is_some_and(|inner| is_range(&inner.iter))
}

/// Whether an attribute grows by 1 behind where it stands.
fn counts_on(counter: &ExprAttribute, body: &[Stmt]) -> bool {
    struct Search<'s>(&'s ExprAttribute, bool);
    impl<'a> Visitor<'a> for Search<'_> {
        fn visit_stmt(&mut self, statement: &'a Stmt) {
            if let Stmt::AugAssign(assign) = statement
                && assign.op == Operator::Add
                && whole_number(&assign.value) == Some(1)
                && let Expr::Attribute(target) = &*assign.target
            {
                let same = target.attr.id == self.0.attr.id
                    && matches!((&*target.value, &*self.0.value), (Expr::Name(a), Expr::Name(b)) if a.id == b.id);
                self.1 |= same && target.start() > self.0.end();
            }
            walk_stmt(self, statement);
        }

        fn visit_expr(&mut self, _: &'a Expr) {}
    }
    let mut search = Search(counter, false);
    search.visit_body(body);
    search.1
}

/// `range(epochs)`, `trange(epochs)`, `tqdm(range(epochs))`.
fn is_range(iterated: &Expr) -> bool {
    let Expr::Call(call) = iterated else { return false };
    let is_called = |wanted: &[&str]| names(&call.func).last().is_some_and(|name| wanted.contains(&name.as_str()));
    is_called(&["range", "trange"])
        || is_called(&["tqdm", "track", "master_bar", "progress_bar"])
            && call.arguments.args.first().is_some_and(is_range)
}

/// Whether an expression stands in a loop whose turns compute gradients.
fn is_in_training(expression: &Expr, body: &[Stmt]) -> bool {
    loops_around(expression, body).into_iter().any(|inner| contains_backward(&inner.body))
}

/// The `for` loops that an expression stands in, the outermost first.
fn loops_around<'a>(expression: &Expr, body: &'a [Stmt]) -> Vec<&'a StmtFor> {
    struct Search<'a>(TextRange, Vec<&'a StmtFor>);
    impl<'a> Visitor<'a> for Search<'a> {
        fn visit_stmt(&mut self, statement: &'a Stmt) {
            if !statement.range().contains_range(self.0) {
                return;
            }
            if let Stmt::For(inner) = statement {
                self.1.push(inner);
            }
            walk_stmt(self, statement);
        }

        fn visit_expr(&mut self, _: &'a Expr) {}
    }
    let mut search = Search(expression.range(), Vec::new());
    search.visit_body(body);
    search.1
}

/// Whether an expression comes from training: `None` where nothing tells. What is computed in turns that train is looked
/// for there alone: a loop over other data may use the same names.
fn origin(expression: &Expr, body: &[Stmt], depth: usize, in_training: bool) -> Option<bool> {
    let all = names(expression);
    if all.iter().any(|name| is_held_out(name)) {
        return Some(false);
    }
    if all.iter().any(|name| is_training(name)) {
        return Some(true);
    }
    if depth == 0 {
        return None;
    }
    let mut verdict = None;
    // What was assigned last may come from a loop that does not train.
    let mut is_last_elsewhere = false;
    for name in &all {
        let mut assignments = Assignments { name, context: Context::default(), found: Vec::new() };
        assignments.visit_body(body);
        let found = assignments.found.into_iter().filter(|(_, context)| !in_training || context.trains);
        for (value, context) in found {
            let this = if context.held_out {
                Some(false)
            } else {
                // What a loop computes it computes from what it goes over.
                let around = context.other_loop.unwrap_or(body);
                match origin(value, around, depth - 1, in_training || context.trains) {
                    None if context.trains && !is_constant(value) => Some(true),
                    told => told,
                }
            };
            if !is_constant(value) {
                is_last_elsewhere = this.is_none() && context.other_loop.is_some();
            }
            match this {
                Some(false) => return Some(false),
                Some(true) => verdict = Some(true),
                None => {}
            }
        }
    }
    verdict.filter(|_| !is_last_elsewhere)
}

fn is_constant(expression: &Expr) -> bool {
    match expression {
        Expr::NumberLiteral(_) | Expr::NoneLiteral(_) | Expr::StringLiteral(_) => true,
        Expr::List(list) => list.elts.is_empty(),
        Expr::UnaryOp(unary) => is_constant(&unary.operand),
        _ => false,
    }
}

#[derive(Clone, Copy, Default)]
struct Context<'a> {
    /// Inside a loop whose turns compute gradients.
    trains: bool,
    /// What is done in each turn of a loop that is not.
    other_loop: Option<&'a [Stmt]>,
    /// Without gradients, or in turns for several kinds of data.
    held_out: bool,
}

/// Everything that is assigned or added to a name.
struct Assignments<'n, 'a> {
    name: &'n str,
    context: Context<'a>,
    found: Vec<(&'a Expr, Context<'a>)>,
}

impl<'a> Assignments<'_, 'a> {
    fn is_target(&self, target: &Expr) -> bool {
        match target {
            Expr::Name(name) => name.id.as_str() == self.name,
            Expr::Attribute(attribute) => attribute.attr.as_str() == self.name,
            Expr::Subscript(subscript) => self.is_target(&subscript.value),
            Expr::Tuple(tuple) => tuple.elts.iter().any(|target| self.is_target(target)),
            Expr::List(list) => list.elts.iter().any(|target| self.is_target(target)),
            _ => false,
        }
    }

    fn inside(&mut self, context: Context<'a>, statement: &'a Stmt) {
        let around = std::mem::replace(&mut self.context, context);
        walk_stmt(self, statement);
        self.context = around;
    }
}

impl<'a> Visitor<'a> for Assignments<'_, 'a> {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        let context = self.context;
        match statement {
            Stmt::Assign(assign) if assign.targets.iter().any(|target| self.is_target(target)) => {
                self.found.push((&assign.value, context));
            }
            Stmt::AugAssign(assign) if self.is_target(&assign.target) => self.found.push((&assign.value, context)),
            Stmt::Expr(statement) => {
                // `losses.append(loss)`, `meter.update(loss)`.
                if let Expr::Call(call) = &*statement.value
                    && let Expr::Attribute(method) = &*call.func
                    && matches!(method.attr.as_str(), "append" | "update" | "add" | "extend")
                    && self.is_target(&method.value)
                    && let Some(value) = call.arguments.args.first()
                {
                    self.found.push((value, context));
                }
            }
            Stmt::For(inner) => {
                let kinds = names(&inner.iter);
                let mixed = kinds.iter().any(|name| is_held_out(name)) || is_phase(&inner.target, &inner.body);
                let trains = contains_backward(&inner.body) || kinds.iter().any(|name| is_training(name));
                let context = Context {
                    trains,
                    other_loop: (!trains).then_some(&inner.body),
                    held_out: context.held_out || mixed,
                };
                return self.inside(context, statement);
            }
            Stmt::With(with) => {
                let held_out = with.items.iter().any(|item| {
                    let all = names(&item.context_expr);
                    all.iter().any(|name| matches!(name.as_str(), "no_grad" | "inference_mode"))
                });
                let context = Context { held_out: context.held_out || held_out, ..context };
                return self.inside(context, statement);
            }
            Stmt::FunctionDef(_) | Stmt::ClassDef(_) => return,
            _ => {}
        }
        walk_stmt(self, statement);
    }
}

/// Whether the variable of a loop is compared with `'train'` or `'val'` in its turns.
fn is_phase(target: &Expr, body: &[Stmt]) -> bool {
    struct Phase<'p>(&'p str, bool);
    impl<'a> Visitor<'a> for Phase<'_> {
        fn visit_expr(&mut self, expression: &'a Expr) {
            if let Expr::Compare(compare) = expression
                && let (Expr::Name(name), [Expr::StringLiteral(kind)]) = (&*compare.left, &*compare.comparators)
            {
                self.1 |= name.id.as_str() == self.0
                    && (is_held_out(kind.value.to_str()) || is_training(kind.value.to_str()));
            }
            walk_expr(self, expression);
        }
    }
    let Expr::Name(name) = target else { return false };
    let mut phase = Phase(name.id.as_str(), false);
    phase.visit_body(body);
    phase.1
}

fn contains_backward(body: &[Stmt]) -> bool {
    struct Backward(bool);
    impl<'a> Visitor<'a> for Backward {
        fn visit_stmt(&mut self, statement: &'a Stmt) {
            // A loop inside is its own.
            if !matches!(statement, Stmt::For(_)) {
                walk_stmt(self, statement);
            }
        }
        fn visit_expr(&mut self, expression: &'a Expr) {
            match expression {
                Expr::Attribute(method) => self.0 |= method.attr.as_str() == "backward",
                Expr::Call(call) => self.0 |= last_name(&call.func).is_some_and(trains_a_batch),
                _ => {}
            }
            walk_expr(self, expression);
        }
    }
    let mut found = Backward(false);
    found.visit_body(body);
    found.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn held_out_data_is_told_by_name() {
        for name in ["val_loss", "valloss", "valid_loss", "testLoss", "eval_metric", "dev_f1"] {
            assert!(is_held_out(name), "{name}");
        }
        for name in ["value", "device", "loss", "interval", "values_mean"] {
            assert!(!is_held_out(name), "{name}");
        }
    }
}
