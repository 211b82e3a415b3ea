//! Functions that a schedule is given: `lambda epoch: 0.95 ** epoch`.

use std::fmt::Write as _;

use advisor::plan::FunctionFacts;
use ruff_python_ast::{Expr, Operator, Parameters, Stmt};
use ruff_text_size::Ranged;

use super::Interpreter;
use crate::value::Value;
use crate::walk::{Visitor, walk_expr, walk_stmt};

impl<'a> Interpreter<'a> {
    /// What is known of a function of one parameter.
    pub(super) fn function_facts(&mut self, value: &Value) -> FunctionFacts {
        match value {
            Value::Lambda(id) => {
                let lambda = self.lambdas[*id];
                let Some(parameter) = lambda.parameters.as_deref().and_then(only_parameter) else {
                    return FunctionFacts::default();
                };
                self.facts_of(parameter, &[&*lambda.body])
            }
            Value::Function(id) => {
                let definition = self.functions[*id].definition;
                let Some(parameter) = only_parameter(&definition.parameters) else { return FunctionFacts::default() };
                let mut returns = Returns(Vec::new());
                returns.visit_body(&definition.body);
                let mut facts = self.facts_of(parameter, &returns.0);
                if !matches!(definition.body.as_slice(), [Stmt::Return(_)]) {
                    facts.lambda = String::new();
                }
                facts
            }
            _ => FunctionFacts::default(),
        }
    }

    fn facts_of(&mut self, parameter: &str, results: &[&'a Expr]) -> FunctionFacts {
        let mut factors = Vec::new();
        for result in results {
            self.factors(result, &mut factors);
        }
        let lambda = match results {
            [result] => self.closed(parameter, result).map(|body| format!("lambda {parameter}: {body}")),
            _ => None,
        };
        FunctionFacts { parameter: parameter.to_owned(), lambda: lambda.unwrap_or_default(), factors }
    }

    /// What an expression is a multiple of.
    fn factors(&self, expression: &'a Expr, found: &mut Vec<String>) {
        match expression {
            Expr::BinOp(operation) => match operation.op {
                Operator::Mult => {
                    self.factors(&operation.left, found);
                    self.factors(&operation.right, found);
                }
                Operator::Div => {
                    let mut above = Vec::new();
                    self.factors(&operation.left, &mut above);
                    let below = self.wording_of(&*operation.right);
                    found.extend(above.into_iter().filter(|factor| *factor != below));
                }
                _ => {}
            },
            Expr::Name(_) | Expr::Attribute(_) | Expr::Subscript(_) => found.push(self.wording_of(expression)),
            Expr::If(choice) => {
                self.factors(&choice.body, found);
                self.factors(&choice.orelse, found);
            }
            Expr::Call(call) => {
                if matches!(&*call.func, Expr::Name(name) if matches!(name.id.as_str(), "float" | "max" | "min")) {
                    call.arguments.args.iter().for_each(|argument| self.factors(argument, found));
                }
            }
            _ => {}
        }
    }

    /// An expression with numbers in place of the names in it, other than its parameter; `None` where one is not known.
    fn closed(&mut self, parameter: &str, expression: &'a Expr) -> Option<String> {
        let mut free = Free { parameter, found: Vec::new(), is_plain: true };
        free.visit_expr(expression);
        if !free.is_plain {
            return None;
        }
        let mut text = String::new();
        let mut at = expression.range().start().to_usize();
        for name in free.found {
            let range = name.range();
            text.push_str(self.source.get(at..range.start().to_usize())?);
            let value = self.expression(name).quantity().value?;
            write!(text, "({value})").ok()?;
            at = range.end().to_usize();
        }
        text.push_str(self.source.get(at..expression.range().end().to_usize())?);
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ").replace("np.", "math.");
        (!text.contains('#')).then_some(text)
    }
}

fn only_parameter(parameters: &Parameters) -> Option<&str> {
    match parameters.args.as_slice() {
        [only] if parameters.kwonlyargs.is_empty() => Some(only.parameter.name.as_str()),
        _ => None,
    }
}

/// What a function returns.
struct Returns<'a>(Vec<&'a Expr>);

impl<'a> Visitor<'a> for Returns<'a> {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        match statement {
            Stmt::FunctionDef(_) | Stmt::ClassDef(_) => {}
            Stmt::Return(leave) => self.0.extend(leave.value.as_deref()),
            _ => walk_stmt(self, statement),
        }
    }
}

/// The names in an expression that stand for numbers.
struct Free<'p, 'a> {
    parameter: &'p str,
    found: Vec<&'a Expr>,
    /// Nothing in it but arithmetic.
    is_plain: bool,
}

impl<'a> Visitor<'a> for Free<'_, 'a> {
    fn visit_expr(&mut self, expression: &'a Expr) {
        match expression {
            Expr::Name(name) => {
                if name.id.as_str() != self.parameter {
                    self.found.push(expression);
                }
            }
            Expr::Attribute(_) => self.found.push(expression),
            Expr::Call(call) => {
                self.is_plain &= match &*call.func {
                    Expr::Name(name) => matches!(name.id.as_str(), "min" | "max" | "abs" | "int" | "float"),
                    Expr::Attribute(of) => {
                        matches!(&*of.value, Expr::Name(name) if matches!(name.id.as_str(), "math" | "np"))
                    }
                    _ => false,
                } && call.arguments.keywords.is_empty();
                call.arguments.args.iter().for_each(|argument| self.visit_expr(argument));
            }
            Expr::BinOp(_) | Expr::UnaryOp(_) | Expr::Compare(_) | Expr::BoolOp(_) | Expr::If(_) => {
                walk_expr(self, expression)
            }
            Expr::NumberLiteral(_) | Expr::BooleanLiteral(_) => {}
            _ => self.is_plain = false,
        }
    }
}
