//! What classes do by themselves, and what they leave to those that they are made of.

use ruff_python_ast::{Expr, Stmt, StmtClassDef};

use crate::names;
use crate::syntax::{last_name, variables};
use crate::walk::{Visitor, walk_expr, walk_stmt};

/// Whether a class steps an optimizer in a loop over epochs of its own: the scheduler is then its business, too.
pub(crate) fn runs_epochs(definition: &StmtClassDef) -> bool {
    let mut search = Search::default();
    search.visit_body(&definition.body);
    search.found
}

#[derive(Default)]
struct Search {
    /// Loops around.
    loops: usize,
    /// Those among them that are over epochs.
    epochs: usize,
    found: bool,
}

impl<'a> Visitor<'a> for Search {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        let is_epoch = match statement {
            Stmt::For(inner) => variables(&inner.target).iter().any(|name| name.to_ascii_lowercase().contains("epoch")),
            Stmt::While(_) => false,
            _ => return walk_stmt(self, statement),
        };
        self.loops += 1;
        self.epochs += usize::from(is_epoch);
        walk_stmt(self, statement);
        self.loops -= 1;
        self.epochs -= usize::from(is_epoch);
    }

    fn visit_expr(&mut self, expression: &'a Expr) {
        // In one over batches within another, it is no matter what that is called.
        if (self.epochs > 0 || self.loops > 1)
            && let Expr::Call(call) = expression
            && let Expr::Attribute(method) = &*call.func
        {
            let is_optimizer = last_name(&method.value).is_some_and(names::is_optimizer);
            self.found |= method.attr.as_str() == "step" && is_optimizer;
        }
        walk_expr(self, expression);
    }
}
