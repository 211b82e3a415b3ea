//! What functions do as a whole: those that look for an LR, and those that change it.

use advisor::script::Finder;
use ruff_python_ast::{Expr, Stmt, StmtAssign, StmtExpr, StmtFunctionDef};
use ruff_text_size::{Ranged, TextRange};

use super::Survey;
use super::words::is_lr_variable;
use crate::syntax::{last_name, variables};
use crate::walk::{Visitor, walk_expr, walk_stmt};
use crate::{metric, names};

impl<'a> Survey<'a> {
    /// Takes note of a function that looks for an LR, or computes one.
    pub(super) fn function(&mut self, definition: &'a StmtFunctionDef) {
        let name = definition.name.as_str().to_ascii_lowercase();
        let span = self.span(definition.name.range());
        let finds = name.contains("lr") && name.contains("find") || name.contains("range_test");
        let adjusts = names::changes_lr(&name);
        if !(finds || adjusts) {
            return;
        }
        let body = Body::of(&definition.body);
        if finds && body.backwards > 0 {
            self.backwards_in_finders += body.backwards;
            self.script.finders.push(Finder {
                name: definition.name.to_string(),
                span,
                whole: self.span(definition.range()),
                restores: body.restores || self.around.finder_restores,
                kept_without_copy: body.kept_without_copy.map(|range| self.span(range)),
            });
        }
        if adjusts && body.computes_lr && !body.uses_lr {
            self.script.lr_computed_in_vain.push((span, definition.name.to_string()));
        }
    }

    /// Takes note of what is called where the run then ends: `if args.find_lr: find_lr(model, loader); return`.
    pub(super) fn last_calls(&mut self, body: &'a [Stmt]) {
        if !body.last().is_some_and(ends) {
            return;
        }
        for statement in body {
            if let Stmt::Expr(StmtExpr { value, .. }) | Stmt::Assign(StmtAssign { value, .. }) = statement
                && let Expr::Call(call) = &**value
            {
                self.called_last.extend(last_name(&call.func));
            }
        }
    }
}

/// Whether nothing comes after a statement: `return`, `sys.exit()`.
fn ends(statement: &Stmt) -> bool {
    match statement {
        Stmt::Return(_) => true,
        Stmt::Expr(expression) => {
            matches!(&*expression.value, Expr::Call(call) if matches!(last_name(&call.func), Some("exit" | "quit")))
        }
        _ => false,
    }
}

/// What a function's body does, taken together.
#[derive(Default)]
struct Body<'a> {
    /// Calls of `backward`.
    backwards: usize,
    restores: bool,
    computes_lr: bool,
    /// The LR leaves the function or reaches an optimizer.
    uses_lr: bool,
    kept: Vec<(&'a str, TextRange)>,
    kept_without_copy: Option<TextRange>,
}

impl<'a> Body<'a> {
    fn of(body: &'a [Stmt]) -> Self {
        let mut found = Self::default();
        found.visit_body(body);
        found
    }
}

impl<'a> Visitor<'a> for Body<'a> {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        match statement {
            Stmt::Return(leave) => self.uses_lr |= leave.value.is_some(),
            Stmt::Global(_) | Stmt::Nonlocal(_) => self.uses_lr = true,
            Stmt::Assign(assign) => {
                for target in &assign.targets {
                    match target {
                        Expr::Name(name) => {
                            self.computes_lr |= is_lr_variable(&name.id) && !assign.value.is_number_literal_expr();
                            if let Expr::Call(call) = &*assign.value
                                && last_name(&call.func) == Some("state_dict")
                            {
                                self.kept.push((name.id.as_str(), assign.range()));
                            }
                        }
                        // `self.lr = ...`, `group['lr'] = ...`.
                        _ => self.uses_lr = true,
                    }
                }
            }
            Stmt::AugAssign(assign) => match &*assign.target {
                Expr::Name(name) => self.computes_lr |= is_lr_variable(&name.id),
                _ => self.uses_lr = true,
            },
            _ => {}
        }
        walk_stmt(self, statement);
    }

    fn visit_expr(&mut self, expression: &'a Expr) {
        if let Expr::Call(call) = expression {
            let name = last_name(&call.func).unwrap_or_default();
            match name {
                // A scheduler sets the LR.
                "step" => self.uses_lr = true,
                "backward" => self.backwards += 1,
                name if names::trains_a_batch(name) => self.backwards += 1,
                "deepcopy" | "reset" | "clone" => self.restores = true,
                "load_state_dict" => {
                    self.restores = true;
                    let given = call.arguments.args.first().map(variables).unwrap_or_default();
                    let kept = self.kept.iter().find(|(name, _)| given.contains(name));
                    self.kept_without_copy = self.kept_without_copy.or(kept.map(|(_, range)| *range));
                }
                _ => {}
            }
            // Given to anything but a print, the LR may arrive somewhere.
            let shows = name == "print" || name == "format" || name == "info" || name.contains("log");
            let is_lr = |argument: &Expr| metric::names(argument).iter().any(|name| is_lr_variable(name));
            let plain = matches!(name, "min" | "max" | "pow" | "float" | "round" | "exp" | "cos" | "sqrt" | "int");
            self.uses_lr |= !shows
                && !plain
                && (call.arguments.args.iter().any(is_lr)
                    || call.arguments.keywords.iter().any(|keyword| is_lr(&keyword.value)));
        }
        walk_expr(self, expression);
    }
}
