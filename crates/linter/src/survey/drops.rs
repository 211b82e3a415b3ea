//! Drops of the LR that a variable counts, as the first SSD in PyTorch did: a run that starts later counts them from 0 again.

use ruff_python_ast::{CmpOp, Expr, Operator, Stmt, StmtFor};
use ruff_text_size::{Ranged, TextRange};

use crate::walk::{Visitor, walk_expr, walk_stmt};

/// Where a loop that may start later counts drops which nothing but it counts: the head of the loop.
///
/// ```python
/// step_index = 0
/// for iteration in range(args.start_iter, max_iter):
///     if iteration in lr_steps:
///         step_index += 1
///         adjust_learning_rate(optimizer, gamma, step_index)
/// ```
pub(super) fn counted(body: &[Stmt]) -> Vec<TextRange> {
    let mut search = Search::default();
    search.visit_body(body);
    let Search { counters, assigned, .. } = search;
    let is_kept = |counter: &&str| assigned.iter().any(|(name, is_number)| name == counter && !is_number);
    counters.into_iter().filter(|(counter, _)| !is_kept(counter)).map(|(_, head)| head).collect()
}

#[derive(Default)]
struct Search<'a> {
    /// The loops around that may start later: variable and head.
    loops: Vec<(&'a str, TextRange)>,
    /// What counts drops, and the loop that it does so in.
    counters: Vec<(&'a str, TextRange)>,
    /// What is assigned, and whether it is a number as written.
    assigned: Vec<(&'a str, bool)>,
}

impl<'a> Visitor<'a> for Search<'a> {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        match statement {
            Stmt::Assign(assign) => {
                let names = assign.targets.iter().filter_map(Expr::as_name_expr);
                self.assigned.extend(names.map(|name| (name.id.as_str(), assign.value.is_number_literal_expr())));
            }
            Stmt::For(inner) if let Some(variable) = starts_later(inner) => {
                let head = TextRange::new(inner.range().start(), inner.iter.range().end());
                self.loops.push((variable, head));
                walk_stmt(self, statement);
                self.loops.pop();
                return;
            }
            Stmt::If(branch) => {
                let of_loop = self.loops.iter().find(|(variable, _)| is_among(&branch.test, variable));
                let counter = of_loop.and_then(|(_, head)| Some((counts_drop(&branch.body)?, *head)));
                self.counters.extend(counter);
            }
            _ => {}
        }
        walk_stmt(self, statement);
    }

    fn visit_expr(&mut self, _: &'a Expr) {}
}

/// The variable of `for iteration in range(start, end)` with a start that somebody gives.
fn starts_later(inner: &StmtFor) -> Option<&str> {
    let Expr::Call(call) = &*inner.iter else { return None };
    let is_range = matches!(&*call.func, Expr::Name(name) if name.id.as_str() == "range");
    let [start, _] = &*call.arguments.args else { return None };
    let Expr::Name(variable) = &*inner.target else { return None };
    let start = super::last_name(start)?.to_ascii_lowercase();
    let is_given = ["start", "begin", "resume"].iter().any(|word| start.contains(word));
    (is_range && is_given).then_some(variable.id.as_str())
}

/// `iteration in steps`.
fn is_among(test: &Expr, variable: &str) -> bool {
    let Expr::Compare(compare) = test else { return false };
    matches!(&*compare.ops, [CmpOp::In]) && matches!(&*compare.left, Expr::Name(name) if name.id.as_str() == variable)
}

/// What is counted up in a block and given to a function that is about the LR.
fn counts_drop(body: &[Stmt]) -> Option<&str> {
    body.iter().find_map(|statement| {
        let Stmt::AugAssign(update) = statement else { return None };
        let Expr::Name(counter) = &*update.target else { return None };
        let mut given = Given { counter: counter.id.as_str(), found: false };
        given.visit_body(body);
        (update.op == Operator::Add && given.found).then_some(counter.id.as_str())
    })
}

struct Given<'c> {
    counter: &'c str,
    found: bool,
}

impl<'a> Visitor<'a> for Given<'_> {
    fn visit_expr(&mut self, expression: &'a Expr) {
        if let Expr::Call(call) = expression {
            let name = super::last_name(&call.func).unwrap_or_default().to_ascii_lowercase();
            let is_counter = |given: &Expr| matches!(given, Expr::Name(name) if name.id.as_str() == self.counter);
            self.found |=
                (name.contains("lr") || name.contains("learning_rate")) && call.arguments.args.iter().any(is_counter);
        }
        walk_expr(self, expression);
    }
}
