//! Walking a syntax tree.
//!
//! ruff's walk is generic: each visitor would get a copy of all of it. Here it is compiled once, for one visitor that
//! asks the others, which keeps the engine small in a browser.

use ruff_python_ast::{Expr, Stmt, visitor};

/// What looks at statements and expressions, and walks on into them or not.
pub trait Visitor<'a>: AsVisitor<'a> {
    /// Looks at a statement; [`walk_stmt`] goes into it, as everyone does who has nothing to see here.
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        walk_stmt(self.as_visitor(), statement);
    }

    /// Looks at an expression; [`walk_expr`] goes into it, as everyone does who has nothing to see here.
    fn visit_expr(&mut self, expression: &'a Expr) {
        walk_expr(self.as_visitor(), expression);
    }

    /// Looks at statements one after the other.
    fn visit_body(&mut self, body: &'a [Stmt])
    where
        Self: Sized,
    {
        for statement in body {
            self.visit_stmt(statement);
        }
    }
}

/// Any visitor as the one kind that the walk knows: what the visitor's own defaults cannot do without knowing its size.
pub trait AsVisitor<'a> {
    /// The visitor itself.
    fn as_visitor(&mut self) -> &mut dyn Visitor<'a>;
}

impl<'a, V: Visitor<'a>> AsVisitor<'a> for V {
    fn as_visitor(&mut self) -> &mut dyn Visitor<'a> {
        self
    }
}

/// Shows a visitor what a statement is made of.
pub fn walk_stmt<'a>(to: &mut dyn Visitor<'a>, statement: &'a Stmt) {
    visitor::walk_stmt(&mut Walk(to), statement);
}

/// Shows a visitor what an expression is made of.
pub fn walk_expr<'a>(to: &mut dyn Visitor<'a>, expression: &'a Expr) {
    visitor::walk_expr(&mut Walk(to), expression);
}

struct Walk<'v, 'a>(&'v mut dyn Visitor<'a>);

impl<'a> visitor::Visitor<'a> for Walk<'_, 'a> {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        self.0.visit_stmt(statement);
    }

    fn visit_expr(&mut self, expression: &'a Expr) {
        self.0.visit_expr(expression);
    }
}
