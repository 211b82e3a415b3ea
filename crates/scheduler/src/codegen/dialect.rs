//! Formulas in the words of array libraries, which have no `if` and no `math`.

use crate::formula::Formula;
use crate::lambda::{FUNCTIONS, Function, Math, Term, Value};
use crate::notation::{BinaryOperator, Comparison};

/// An array library.
#[derive(Clone, Copy)]
pub(super) enum Dialect {
    /// `jax.numpy` as `jnp`.
    Jax,
    /// `keras.ops` as `ops`.
    Keras,
}

impl Dialect {
    fn module(self) -> &'static str {
        match self {
            Self::Jax => "jnp",
            Self::Keras => "ops",
        }
    }

    /// The formula as an expression of `step`.
    pub fn write(self, formula: &Formula) -> String {
        self.term(&formula.lambda.body, 0)
    }

    /// A term; brackets go around whatever binds looser than its place allows.
    fn term(self, term: &Term, place: u8) -> String {
        let module = self.module();
        let inner = |term: &Term, place| self.term(term, place);
        let (binding, text) = match term {
            Term::Value(Value::Integer(value)) if *value < 0 => (6, value.to_string()),
            Term::Value(Value::Float(value)) if *value < 0.0 => (6, format!("{value:?}")),
            Term::Value(Value::Integer(value)) => (9, value.to_string()),
            Term::Value(Value::Float(value)) => (9, format!("{value:?}")),
            Term::Parameter => (9, "step".to_owned()),
            Term::Negate(operand) => (6, format!("-{}", inner(operand, 6))),
            Term::Not(operand) => (9, format!("{module}.logical_not({})", inner(operand, 0))),
            Term::Binary(operator, left, right) => {
                let (binding, left_place, right_place) = match operator {
                    BinaryOperator::Add | BinaryOperator::Subtract => (4, 4, 5),
                    BinaryOperator::Power => (7, 8, 6),
                    _ => (5, 5, 6),
                };
                (binding, format!("{} {} {}", inner(left, left_place), operator.symbol(), inner(right, right_place)))
            }
            Term::Compare(first, others) => {
                let mut left = first.as_ref();
                let mut pairs = Vec::new();
                for (operator, right) in others {
                    pairs.push((left, *operator, right));
                    left = right;
                }
                return self.comparison(&pairs, place);
            }
            Term::And(operands) => (9, self.joined("logical_and", operands)),
            Term::Or(operands) => (9, self.joined("logical_or", operands)),
            Term::Conditional { test, value, otherwise } => {
                (9, format!("{module}.where({}, {}, {})", inner(test, 0), inner(value, 0), inner(otherwise, 0)))
            }
            Term::Call(function, arguments) => (9, self.call(*function, arguments)),
        };
        if binding < place { format!("({text})") } else { text }
    }

    fn comparison(self, pairs: &[(&Term, Comparison, &Term)], place: u8) -> String {
        let one = |(left, operator, right): &(&Term, Comparison, &Term)| {
            format!("{} {} {}", self.term(left, 4), operator.symbol(), self.term(right, 4))
        };
        match pairs {
            [only] if place <= 3 => one(only),
            [only] => format!("({})", one(only)),
            several => several
                .iter()
                .map(one)
                .reduce(|before, next| format!("{}.logical_and({before}, {next})", self.module()))
                .unwrap_or_default(),
        }
    }

    fn joined(self, function: &str, operands: &[Term]) -> String {
        let all = operands.iter().map(|operand| self.term(operand, 0));
        all.reduce(|before, next| format!("{}.{function}({before}, {next})", self.module())).unwrap_or_default()
    }

    fn call(self, function: Function, arguments: &[Term]) -> String {
        let module = self.module();
        let argument = |index: usize| arguments.get(index).map(|argument| self.term(argument, 0)).unwrap_or_default();
        let pairwise = |name: &str| {
            let all = arguments.iter().map(|argument| self.term(argument, 0));
            all.reduce(|before, next| format!("{module}.{name}({before}, {next})")).unwrap_or_default()
        };
        match function {
            Function::Min => pairwise("minimum"),
            Function::Max => pairwise("maximum"),
            Function::Abs => format!("{module}.abs({})", argument(0)),
            Function::Int => format!("{module}.trunc({})", argument(0)),
            Function::Float => argument(0),
            Function::Math(Math::Log) if arguments.len() == 2 => {
                format!("({module}.log({}) / {module}.log({}))", argument(0), argument(1))
            }
            Function::Math(Math::Pow) => format!("{module}.power({}, {})", argument(0), argument(1)),
            Function::Math(_) => {
                let name = FUNCTIONS.iter().find(|(_, known)| *known == function).map_or("", |(name, _)| name);
                format!("{module}.{}({})", name.trim_start_matches("math."), argument(0))
            }
        }
        .replace("math.", "")
    }
}
