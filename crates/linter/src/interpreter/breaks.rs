//! Loops that end by a count of steps inside of them: `while keep_training:` ... `if total_steps > num_steps: break`.

use advisor::quantity::{Quantity, Unit};
use ruff_python_ast::{CmpOp, Expr, Operator, Stmt, StmtIf, StmtWhile};

use super::Interpreter;
use crate::syntax::whole_number;

impl<'a> Interpreter<'a> {
    /// The number of steps after which a `while` is left whose own condition says nothing of it.
    pub(super) fn steps_until_break(&mut self, inner: &'a StmtWhile) -> Option<Quantity> {
        let is_open = match &*inner.test {
            Expr::BooleanLiteral(literal) => literal.value,
            Expr::NumberLiteral(_) => whole_number(&inner.test) == Some(1),
            Expr::Name(_) | Expr::Attribute(_) => true,
            _ => false,
        };
        if !is_open {
            return None;
        }
        let (limit, one_more) = self.limit_in(&inner.body)?;
        let steps = self.expression(limit).quantity();
        let steps = if one_more { steps.plus(&Quantity::number(1.0)) } else { steps };
        steps.is_computed().then(|| steps.with_unit(Unit::Steps))
    }

    /// What a counter of optimizer steps is compared with where the loops are left, and whether it has to be passed.
    fn limit_in(&self, body: &'a [Stmt]) -> Option<(&'a Expr, bool)> {
        let mut counted: Option<String> = None;
        let mut steps = false;
        for statement in body {
            match statement {
                Stmt::AugAssign(update)
                    if update.op == Operator::Add && steps && whole_number(&update.value) == Some(1) =>
                {
                    counted = Some(self.wording_of(&*update.target));
                }
                Stmt::If(branch) if leaves(branch) => {
                    if let (Some(counter), Expr::Compare(compare)) = (&counted, &*branch.test)
                        && let ([op @ (CmpOp::Gt | CmpOp::GtE | CmpOp::Eq)], [limit]) =
                            (&*compare.ops, &*compare.comparators)
                        && self.wording_of(&*compare.left) == *counter
                    {
                        return Some((limit, *op == CmpOp::Gt));
                    }
                }
                Stmt::For(inner) => {
                    if let Some(limit) = self.limit_in(&inner.body) {
                        return Some(limit);
                    }
                }
                Stmt::With(inner) => {
                    if let Some(limit) = self.limit_in(&inner.body) {
                        return Some(limit);
                    }
                }
                _ => {}
            }
            steps |= self.text(statement).contains(".step(");
        }
        None
    }
}

/// Whether a branch leaves the loop around it.
fn leaves(branch: &StmtIf) -> bool {
    branch.elif_else_clauses.is_empty()
        && branch.body.iter().any(|statement| matches!(statement, Stmt::Break(_) | Stmt::Return(_)))
}
