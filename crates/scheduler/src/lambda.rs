//! Functions of the step, as `lambda` expressions of pure numbers.
//!
//! They are evaluated here and never run as code: no loops, no names but the parameter, a bounded tree. So every
//! function ends, and it ends in the number that Python would give.

use std::fmt;

use crate::error::{Exception, ScheduleError, type_error, value_error, zero_division};
use crate::notation::{BinaryOperator, Comparison, Expression, Kind, NotationError, UnaryOperator, parse_expression};

/// A function of one number.
#[derive(Clone, Debug, PartialEq)]
pub struct Lambda {
    pub(crate) parameter: String,
    pub(crate) body: Term,
}

/// The body of a function: [`Expression`] without places, and with names resolved.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Term {
    Value(Value),
    Parameter,
    Negate(Box<Term>),
    Not(Box<Term>),
    Binary(BinaryOperator, Box<Term>, Box<Term>),
    Compare(Box<Term>, Vec<(Comparison, Term)>),
    And(Vec<Term>),
    Or(Vec<Term>),
    Conditional { test: Box<Term>, value: Box<Term>, otherwise: Box<Term> },
    Call(Function, Vec<Term>),
}

/// A Python number. Python's bool is an int, and so is it here.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Value {
    Integer(i64),
    Float(f64),
}

/// The functions that a body may call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Function {
    Min,
    Max,
    Abs,
    Int,
    Float,
    Math(Math),
}

/// Functions of Python's `math`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Math {
    Sin,
    Cos,
    Tan,
    Tanh,
    Exp,
    Log,
    Log2,
    Log10,
    Sqrt,
    Pow,
    Floor,
    Ceil,
}

pub(crate) const FUNCTIONS: [(&str, Function); 17] = [
    ("min", Function::Min),
    ("max", Function::Max),
    ("abs", Function::Abs),
    ("int", Function::Int),
    ("float", Function::Float),
    ("math.sin", Function::Math(Math::Sin)),
    ("math.cos", Function::Math(Math::Cos)),
    ("math.tan", Function::Math(Math::Tan)),
    ("math.tanh", Function::Math(Math::Tanh)),
    ("math.exp", Function::Math(Math::Exp)),
    ("math.log", Function::Math(Math::Log)),
    ("math.log2", Function::Math(Math::Log2)),
    ("math.log10", Function::Math(Math::Log10)),
    ("math.sqrt", Function::Math(Math::Sqrt)),
    ("math.pow", Function::Math(Math::Pow)),
    ("math.floor", Function::Math(Math::Floor)),
    ("math.ceil", Function::Math(Math::Ceil)),
];

impl Lambda {
    /// A function from its source: `lambda step: 0.1 * 0.5 ** (step // 30)`.
    ///
    /// # Errors
    /// One sentence, where the text is no such function.
    pub fn parse(text: &str) -> Result<Self, String> {
        let expression = parse_expression(text).map_err(|error| error.to_string())?;
        Self::read(&expression).map_err(|error| error.to_string())
    }

    /// A function from a parsed `lambda`.
    pub(crate) fn read(expression: &Expression) -> Result<Self, NotationError> {
        match &expression.kind {
            Kind::Lambda { parameters, body } => match parameters.as_slice() {
                [parameter] => Ok(Self { parameter: parameter.clone(), body: term(body, Some(parameter))? }),
                _ => {
                    Err(NotationError::new("The function must have exactly one parameter, the step.", expression.span))
                }
            },
            _ => Err(NotationError::of(
                Exception::TypeError,
                "Expected a function such as `lambda step: 0.95 ** step`.",
                expression.span,
            )),
        }
    }

    /// Whether it gives the same at each step.
    pub(crate) fn is_constant(&self) -> bool {
        !self.body.has_parameter()
    }

    /// The value at `step`, as Python computes it. A condition is 1 or 0.
    ///
    /// # Errors
    /// What Python raises.
    pub fn call(&self, step: i64) -> Result<f64, ScheduleError> {
        Ok(evaluate(&self.body, Value::Integer(step))?.float())
    }
}

/// The value of an expression of numbers, as Python computes it: `0.1 * 0.5 ** (31 // 30)`. A condition is 1 or 0.
///
/// # Errors
/// One sentence, where the text is no such expression or Python raises.
pub fn evaluate_expression(text: &str) -> Result<f64, String> {
    let expression = parse_expression(text).map_err(|error| error.to_string())?;
    let term = term(&expression, None).map_err(|error| error.to_string())?;
    Ok(evaluate(&term, Value::Integer(0)).map_err(|error| error.to_string())?.float())
}

impl Term {
    fn parts(&self) -> Vec<&Self> {
        match self {
            Self::Value(_) | Self::Parameter => vec![],
            Self::Negate(operand) | Self::Not(operand) => vec![operand],
            Self::Binary(_, left, right) => vec![left, right],
            Self::Compare(first, others) => {
                std::iter::once(&**first).chain(others.iter().map(|(_, other)| other)).collect()
            }
            Self::And(operands) | Self::Or(operands) | Self::Call(_, operands) => operands.iter().collect(),
            Self::Conditional { test, value, otherwise } => vec![test, value, otherwise],
        }
    }

    fn has_parameter(&self) -> bool {
        *self == Self::Parameter || self.parts().into_iter().any(Self::has_parameter)
    }

    /// The same with `inner` wherever the parameter stood.
    pub(crate) fn substitute(&self, inner: &Self) -> Self {
        let one = |term: &Self| Box::new(term.substitute(inner));
        let all = |terms: &[Self]| terms.iter().map(|term| term.substitute(inner)).collect();
        match self {
            Self::Value(value) => Self::Value(*value),
            Self::Parameter => inner.clone(),
            Self::Negate(operand) => Self::Negate(one(operand)),
            Self::Not(operand) => Self::Not(one(operand)),
            Self::Binary(operator, left, right) => Self::Binary(*operator, one(left), one(right)),
            Self::Compare(first, others) => Self::Compare(
                one(first),
                others.iter().map(|(operator, other)| (*operator, other.substitute(inner))).collect(),
            ),
            Self::And(operands) => Self::And(all(operands)),
            Self::Or(operands) => Self::Or(all(operands)),
            Self::Conditional { test, value, otherwise } => {
                Self::Conditional { test: one(test), value: one(value), otherwise: one(otherwise) }
            }
            Self::Call(function, arguments) => Self::Call(*function, all(arguments)),
        }
    }
}

/// The number that an expression without names stands for.
pub(crate) fn constant(expression: &Expression) -> Result<Value, NotationError> {
    let body = term(expression, None)?;
    evaluate(&body, Value::Integer(0))
        .map_err(|error| NotationError::of(error.exception, format!("{error}."), expression.span))
}

fn term(expression: &Expression, parameter: Option<&str>) -> Result<Term, NotationError> {
    let inner = |expression: &Expression| term(expression, parameter);
    let boxed = |expression: &Expression| inner(expression).map(Box::new);
    let all = |expressions: &[Expression]| expressions.iter().map(inner).collect::<Result<Vec<_>, _>>();
    let fail = |message: String| Err(NotationError::of(Exception::TypeError, message, expression.span));
    Ok(match &expression.kind {
        Kind::Integer(value) => Term::Value(Value::Integer(*value)),
        Kind::Float(value) => Term::Value(Value::Float(*value)),
        Kind::Boolean(value) => Term::Value(Value::Integer((*value).into())),
        Kind::Name(name) if parameter == Some(name) => Term::Parameter,
        Kind::Name(name) if name == "math.pi" => Term::Value(Value::Float(std::f64::consts::PI)),
        Kind::Name(name) if name == "math.e" => Term::Value(Value::Float(std::f64::consts::E)),
        Kind::Name(name) => {
            let message = format!("`{name}` has no value here; write the number.");
            return Err(NotationError::of(Exception::NameError, message, expression.span));
        }
        Kind::Unary(UnaryOperator::Negate, operand) => Term::Negate(boxed(operand)?),
        Kind::Unary(UnaryOperator::Plus, operand) => inner(operand)?,
        Kind::Unary(UnaryOperator::Not, operand) => Term::Not(boxed(operand)?),
        Kind::Binary(operator, left, right) => Term::Binary(*operator, boxed(left)?, boxed(right)?),
        Kind::Compare(first, others) => {
            let others = others.iter().map(|(operator, other)| Ok((*operator, inner(other)?)));
            Term::Compare(boxed(first)?, others.collect::<Result<_, _>>()?)
        }
        Kind::And(operands) => Term::And(all(operands)?),
        Kind::Or(operands) => Term::Or(all(operands)?),
        Kind::Conditional { test, value, otherwise } => {
            Term::Conditional { test: boxed(test)?, value: boxed(value)?, otherwise: boxed(otherwise)? }
        }
        Kind::Call { function, arguments, keywords, function_span } => {
            let Some((_, known)) = FUNCTIONS.iter().find(|(name, _)| name == function) else {
                let names = FUNCTIONS.map(|(name, _)| name).join(", ");
                let message = format!("`{function}` cannot be called here; the functions are {names}.");
                return Err(NotationError::new(message, *function_span));
            };
            let expected = match known {
                Function::Min | Function::Max => 1..=usize::MAX,
                Function::Math(Math::Log) => 1..=2,
                Function::Math(Math::Pow) => 2..=2,
                _ => 1..=1,
            };
            if !keywords.is_empty() || !expected.contains(&arguments.len()) {
                return fail(format!("`{function}` is called with the wrong number of values."));
            }
            Term::Call(*known, all(arguments)?)
        }
        Kind::None | Kind::Text(_) | Kind::List(_) | Kind::Tuple(_) | Kind::Dict(_) | Kind::Lambda { .. } => {
            return fail("Expected a number.".into());
        }
    })
}

impl Value {
    pub(crate) fn float(self) -> f64 {
        match self {
            Self::Integer(value) => value as f64,
            Self::Float(value) => value,
        }
    }

    fn is_true(self) -> bool {
        self.float() != 0.0
    }
}

fn boolean(value: bool) -> Value {
    Value::Integer(value.into())
}

fn overflow(message: &str) -> ScheduleError {
    ScheduleError { exception: Exception::OverflowError, message: message.into() }
}

fn evaluate(term: &Term, parameter: Value) -> Result<Value, ScheduleError> {
    let inner = |term: &Term| evaluate(term, parameter);
    Ok(match term {
        Term::Value(value) => *value,
        Term::Parameter => parameter,
        Term::Negate(operand) => match inner(operand)? {
            Value::Integer(value) => Value::Integer(value.checked_neg().ok_or_else(|| overflow(TOO_LARGE))?),
            Value::Float(value) => Value::Float(-value),
        },
        Term::Not(operand) => boolean(!inner(operand)?.is_true()),
        Term::Binary(operator, left, right) => binary(*operator, inner(left)?, inner(right)?)?,
        Term::Compare(first, others) => {
            let mut left = inner(first)?;
            for (operator, other) in others {
                let right = inner(other)?;
                if !compare(*operator, left, right) {
                    return Ok(boolean(false));
                }
                left = right;
            }
            boolean(true)
        }
        Term::And(operands) => until(operands, inner, |value| !value.is_true())?,
        Term::Or(operands) => until(operands, inner, Value::is_true)?,
        Term::Conditional { test, value, otherwise } => inner(if inner(test)?.is_true() { value } else { otherwise })?,
        Term::Call(function, arguments) => {
            let values = arguments.iter().map(inner).collect::<Result<Vec<_>, _>>()?;
            call(*function, &values)?
        }
    })
}

/// `and` and `or`: the first operand that decides, else the last.
fn until(
    operands: &[Term],
    inner: impl Fn(&Term) -> Result<Value, ScheduleError>,
    decides: impl Fn(Value) -> bool,
) -> Result<Value, ScheduleError> {
    let mut last = boolean(false);
    for operand in operands {
        last = inner(operand)?;
        if decides(last) {
            break;
        }
    }
    Ok(last)
}

fn compare(operator: Comparison, left: Value, right: Value) -> bool {
    let order = match (left, right) {
        (Value::Integer(left), Value::Integer(right)) => Some(left.cmp(&right)),
        _ => left.float().partial_cmp(&right.float()),
    };
    match operator {
        Comparison::Less => order.is_some_and(std::cmp::Ordering::is_lt),
        Comparison::LessOrEqual => order.is_some_and(std::cmp::Ordering::is_le),
        Comparison::Greater => order.is_some_and(std::cmp::Ordering::is_gt),
        Comparison::GreaterOrEqual => order.is_some_and(std::cmp::Ordering::is_ge),
        Comparison::Equal => order.is_some_and(std::cmp::Ordering::is_eq),
        Comparison::NotEqual => !order.is_some_and(std::cmp::Ordering::is_eq),
    }
}

/// Python's ints have no end; ours do, and a schedule that gets there is refused rather than wrong.
const TOO_LARGE: &str = "int too large to convert to float";

fn binary(operator: BinaryOperator, left: Value, right: Value) -> Result<Value, ScheduleError> {
    if let (Value::Integer(left), Value::Integer(right)) = (left, right) {
        return integers(operator, left, right);
    }
    let (left, right) = (left.float(), right.float());
    let nonzero = |message| if right == 0.0 { Err(zero_division(message)) } else { Ok(()) };
    Ok(Value::Float(match operator {
        BinaryOperator::Add => left + right,
        BinaryOperator::Subtract => left - right,
        BinaryOperator::Multiply => left * right,
        BinaryOperator::Divide => {
            nonzero("float division by zero")?;
            left / right
        }
        BinaryOperator::FloorDivide => {
            nonzero("float floor division by zero")?;
            ((left - floored_modulo(left, right)) / right).round()
        }
        BinaryOperator::Modulo => {
            nonzero("float modulo by zero")?;
            floored_modulo(left, right)
        }
        BinaryOperator::Power => power(left, right)?,
    }))
}

fn floored_modulo(left: f64, right: f64) -> f64 {
    let remainder = left % right;
    if remainder != 0.0 && (remainder < 0.0) != (right < 0.0) { remainder + right } else { remainder }
}

fn integers(operator: BinaryOperator, left: i64, right: i64) -> Result<Value, ScheduleError> {
    let result = match operator {
        BinaryOperator::Add => left.checked_add(right),
        BinaryOperator::Subtract => left.checked_sub(right),
        BinaryOperator::Multiply => left.checked_mul(right),
        BinaryOperator::Divide if right == 0 => return Err(zero_division("division by zero")),
        BinaryOperator::Divide => return Ok(Value::Float(left as f64 / right as f64)),
        BinaryOperator::FloorDivide | BinaryOperator::Modulo if right == 0 => {
            return Err(zero_division("integer division or modulo by zero"));
        }
        BinaryOperator::FloorDivide => left.checked_rem(right).and_then(|remainder| {
            let quotient = left.checked_div(right)?;
            Some(if remainder != 0 && (remainder < 0) != (right < 0) { quotient - 1 } else { quotient })
        }),
        BinaryOperator::Modulo => left.checked_rem(right).map(|remainder| {
            if remainder != 0 && (remainder < 0) != (right < 0) { remainder + right } else { remainder }
        }),
        BinaryOperator::Power if right < 0 => return Ok(Value::Float(power(left as f64, right as f64)?)),
        BinaryOperator::Power => u32::try_from(right).ok().and_then(|right| left.checked_pow(right)),
    };
    result.map(Value::Integer).ok_or_else(|| overflow(TOO_LARGE))
}

fn power(base: f64, exponent: f64) -> Result<f64, ScheduleError> {
    if base == 0.0 && exponent < 0.0 {
        return Err(zero_division("0.0 cannot be raised to a negative power"));
    }
    if base < 0.0 && exponent.fract() != 0.0 && exponent.is_finite() {
        return Err(type_error(
            "the learning rate would be a complex number (a negative number to a fractional power)",
        ));
    }
    let result = base.powf(exponent);
    if result.is_infinite() && base.is_finite() && exponent.is_finite() {
        return Err(overflow("(34, 'Numerical result out of range')"));
    }
    Ok(result)
}

fn call(function: Function, values: &[Value]) -> Result<Value, ScheduleError> {
    let first = values[0];
    let whole = |value: f64| {
        if value.is_finite() && value.abs() < 9.2e18 {
            Ok(Value::Integer(value as i64))
        } else {
            Err(overflow("cannot convert float to integer"))
        }
    };
    Ok(match function {
        // Python keeps the first of equals.
        Function::Min => {
            values.iter().copied().reduce(|a, b| if compare(Comparison::Less, b, a) { b } else { a }).unwrap_or(first)
        }
        Function::Max => values
            .iter()
            .copied()
            .reduce(|a, b| if compare(Comparison::Greater, b, a) { b } else { a })
            .unwrap_or(first),
        Function::Abs => match first {
            Value::Integer(value) => Value::Integer(value.checked_abs().ok_or_else(|| overflow(TOO_LARGE))?),
            Value::Float(value) => Value::Float(value.abs()),
        },
        Function::Int => match first {
            Value::Integer(value) => Value::Integer(value),
            Value::Float(value) => whole(value.trunc())?,
        },
        Function::Float => Value::Float(first.float()),
        Function::Math(Math::Floor) => whole(first.float().floor())?,
        Function::Math(Math::Ceil) => whole(first.float().ceil())?,
        Function::Math(function) => {
            Value::Float(math(function, first.float(), values.get(1).map(|value| value.float()))?)
        }
    })
}

fn math(function: Math, value: f64, second: Option<f64>) -> Result<f64, ScheduleError> {
    let domain = || value_error("math domain error");
    Ok(match function {
        Math::Sin => value.sin(),
        Math::Cos => value.cos(),
        Math::Tan => value.tan(),
        Math::Tanh => value.tanh(),
        Math::Exp => {
            let result = value.exp();
            if result.is_infinite() && value.is_finite() {
                return Err(overflow("math range error"));
            }
            result
        }
        Math::Log | Math::Log2 | Math::Log10 if value <= 0.0 => return Err(domain()),
        Math::Log => match second {
            None => value.ln(),
            Some(base) if base <= 0.0 => return Err(domain()),
            Some(1.0) => return Err(zero_division("float division by zero")),
            Some(base) => value.ln() / base.ln(),
        },
        Math::Log2 => value.log2(),
        Math::Log10 => value.log10(),
        Math::Sqrt if value < 0.0 => return Err(domain()),
        Math::Sqrt => value.sqrt(),
        Math::Pow => power(value, second.unwrap_or(1.0))?,
        Math::Floor => value.floor(),
        Math::Ceil => value.ceil(),
    })
}

impl fmt::Display for Lambda {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "lambda {}: {}", self.parameter, Written(&self.body, &self.parameter, 0))
    }
}

/// A term as text; brackets go around whatever binds looser than its place allows.
struct Written<'a>(&'a Term, &'a str, u8);

impl fmt::Display for Written<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(term, parameter, place) = *self;
        let inner = |term, place| Written(term, parameter, place).to_string();
        let (binding, text) = match term {
            Term::Value(Value::Integer(value)) if *value < 0 => (6, value.to_string()),
            Term::Value(Value::Float(value)) if *value < 0.0 => (6, format!("{value:?}")),
            Term::Value(Value::Integer(value)) => (9, value.to_string()),
            Term::Value(Value::Float(value)) => (9, format!("{value:?}")),
            Term::Parameter => (9, parameter.to_string()),
            Term::Negate(operand) => (6, format!("-{}", inner(operand, 6))),
            Term::Not(operand) => (3, format!("not {}", inner(operand, 3))),
            Term::Binary(operator, left, right) => {
                let (binding, left_place, right_place) = match operator {
                    BinaryOperator::Add | BinaryOperator::Subtract => (4, 4, 5),
                    BinaryOperator::Power => (7, 8, 6),
                    _ => (5, 5, 6),
                };
                (binding, format!("{} {} {}", inner(left, left_place), operator.symbol(), inner(right, right_place)))
            }
            Term::Compare(first, others) => {
                let others =
                    others.iter().map(|(operator, other)| format!(" {} {}", operator.symbol(), inner(other, 4)));
                (3, inner(first, 4) + &others.collect::<String>())
            }
            Term::And(operands) => {
                (2, operands.iter().map(|operand| inner(operand, 3)).collect::<Vec<_>>().join(" and "))
            }
            Term::Or(operands) => {
                (1, operands.iter().map(|operand| inner(operand, 2)).collect::<Vec<_>>().join(" or "))
            }
            Term::Conditional { test, value, otherwise } => {
                (0, format!("{} if {} else {}", inner(value, 1), inner(test, 1), inner(otherwise, 0)))
            }
            Term::Call(function, arguments) => {
                let name = FUNCTIONS.iter().find(|(_, known)| known == function).map_or("", |(name, _)| name);
                let arguments = arguments.iter().map(|argument| inner(argument, 0)).collect::<Vec<_>>();
                (9, format!("{name}({})", arguments.join(", ")))
            }
        };
        if binding < place { write!(formatter, "({text})") } else { formatter.write_str(&text) }
    }
}
