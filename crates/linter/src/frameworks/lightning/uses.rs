//! What a module does beside telling its optimizers that matters.

use ruff_python_ast::{Expr, Stmt};
use ruff_text_size::{Ranged, TextRange};

use super::attribute;
use crate::walk::{Visitor, walk_expr, walk_stmt};

/// What else a module does that matters.
#[derive(Default)]
pub(super) struct Uses<'a> {
    /// `self.automatic_optimization = False`.
    pub manual: Option<TextRange>,
    /// `self.lr_schedulers()`, which is how a module gets at its schedulers.
    pub steps_schedulers: bool,
    /// Names for what that gives.
    named: Vec<&'a str>,
    /// `self.lr_schedulers().step()`.
    pub stepped: Option<TextRange>,
}

impl Uses<'_> {
    fn is_scheduler(&self, expression: &Expr) -> bool {
        match expression {
            Expr::Name(name) => self.named.contains(&name.id.as_str()),
            Expr::Call(call) => attribute(&call.func) == Some("lr_schedulers"),
            _ => false,
        }
    }
}

impl<'a> Visitor<'a> for Uses<'a> {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        if let Stmt::Assign(assign) = statement
            && self.is_scheduler(&assign.value)
        {
            self.named.extend(assign.targets.iter().filter_map(Expr::as_name_expr).map(|name| name.id.as_str()));
        }
        if let Stmt::Assign(assign) = statement
            && let Expr::BooleanLiteral(literal) = &*assign.value
            && !literal.value
            && assign.targets.iter().any(|target| attribute(target) == Some("automatic_optimization"))
        {
            self.manual = Some(assign.range());
        }
        walk_stmt(self, statement);
    }

    fn visit_expr(&mut self, expression: &'a Expr) {
        if matches!(attribute(expression), Some("lr_schedulers" | "lr_scheduler_step" | "lr_scheduler_configs")) {
            self.steps_schedulers = true;
        }
        if let Expr::Call(call) = expression
            && let Expr::Attribute(method) = &*call.func
            && method.attr.as_str() == "step"
            && self.is_scheduler(&method.value)
        {
            self.stepped.get_or_insert(call.range());
        }
        walk_expr(self, expression);
    }
}
