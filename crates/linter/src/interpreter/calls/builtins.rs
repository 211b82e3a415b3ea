//! Builtins and library functions whose result is known.

use std::rc::Rc;

use advisor::quantity::{Quantity, Unit};
use ruff_python_ast::{Expr, ExprCall, Operator};
use ruff_text_size::Ranged;

use super::{Given, Interpreter};
use crate::names;
use crate::syntax::whole_number;
use crate::value::{Opaque, Value};

impl<'a> Interpreter<'a> {
    pub(super) fn library_call(&mut self, call: &'a ExprCall, name: &str, given: &Given<'a>) -> Value {
        self.note_settings(call, name, given);
        if let Some(value) = self.read_config(name, given) {
            return value;
        }
        if let Some(value) = self.construct(call, name, given).or_else(|| self.curve(call, name, given)) {
            return value;
        }
        let last = names::last_part(name);
        // A model of the script, wrapped, is still that model.
        if let ("compile" | "script" | "DataParallel" | "DistributedDataParallel", Some(model @ Value::Object(_))) =
            (last, given.first())
        {
            return model.clone();
        }
        match (name, last) {
            (_, "tqdm" | "trange" | "islice" | "count" | "cycle") | ("math.ceil" | "math.floor", _) => {
                self.builtin(call, last, given).unwrap_or(Value::Unknown)
            }
            (_, "ArgumentParser") => Value::opaque("parser", "parser"),
            ("functools.partial", _) if let Some(function) = self.partial(given) => function,
            // `math.exp(-0.01)`.
            (_, "sqrt" | "exp" | "log" | "log2" | "log10")
                if (name.starts_with("math.") || name.starts_with("numpy."))
                    && let Some(number @ Value::Number(_)) = given.first() =>
            {
                Value::number(number.quantity().rounded(rounding(last)))
            }
            ("math.pow" | "numpy.power", _) => self.builtin(call, "pow", given).unwrap_or(Value::Unknown),
            ("ast.literal_eval" | "json.loads", _) if let Some(numbers) = self.evaluated(given) => numbers,
            // `np.array([30, 60])`.
            (_, "array" | "asarray") if let Some(list @ Value::Sequence(_)) = given.first() => list.clone(),
            _ => self.unseen_call(call, name, given),
        }
    }

    /// Builtins, and library functions that do as little.
    pub(super) fn builtin(&mut self, call: &'a ExprCall, name: &str, given: &Given<'a>) -> Option<Value> {
        let first = given.first().cloned();
        let number = |round: fn(f64) -> f64| first.as_ref().map(|value| Value::number(value.quantity().rounded(round)));
        Some(match name {
            "range" | "trange" => self.range(given),
            "list" | "tuple" | "sorted" if let Some(numbers) = self.counted_out(call) => numbers,
            "list" if first.is_none() => Value::Sequence(Rc::default()),
            "eval" if let Some(numbers) = self.evaluated(given) => numbers,
            "enumerate" | "tqdm" | "iter" | "islice" | "list" | "tuple" | "sorted" | "reversed" | "cycle" => {
                first.unwrap_or(Value::Unknown)
            }
            "zip" => {
                let loader = given.values().find(|value| value.loader_key().is_some());
                match loader {
                    Some(loader) => loader.clone(),
                    None => self.zip(given),
                }
            }
            // The script's own data set.
            "len"
                if matches!(first, Some(Value::Object(_)))
                    && matches!(given.positional.first(), Some((_, Expr::Name(name))) if name.id.ends_with("dataset")) =>
            {
                let (_, expression) = given.positional.first()?;
                Value::number(Quantity::symbol(&format!("len({})", self.wording_of(*expression)), Unit::Unknown, None))
            }
            "len" => match first.as_ref() {
                Some(Value::Sequence(values)) => Value::number(Quantity::number(values.len() as f64)),
                Some(Value::Curve(curve)) => Value::number(curve.length.clone()),
                Some(value) => match value.loader_key() {
                    Some(key) => Value::number(crate::value::batches(&key)),
                    None => match value {
                        // By what it is and by what it is called.
                        Value::Opaque(Opaque { key, name, .. }) => {
                            let called = if key.ends_with(&**name) { key.to_string() } else { format!("{key}.{name}") };
                            Value::number(Quantity::symbol(&format!("len({called})"), Unit::Unknown, None))
                        }
                        Value::Changing => Value::Changing,
                        _ => Value::Unknown,
                    },
                },
                None => Value::Unknown,
            },
            "int" | "float" | "round" | "ceil" | "floor" | "abs" => match &first {
                Some(Value::Changing) => Value::Changing,
                Some(Value::Number(_) | Value::Opaque(_) | Value::Truth(_)) => number(rounding(name))?,
                _ => Value::Unknown,
            },
            "pow" => match given.positional.as_slice() {
                [(base, _), (exponent, _)] => Value::number(base.quantity().power(&exponent.quantity())),
                _ => Value::Unknown,
            },
            "min" | "max" => {
                let mut all = given.positional.iter().map(|(value, _)| value);
                let start = all.next()?.quantity();
                let pick = if name == "min" { f64::min } else { f64::max };
                Value::number(all.fold(start, |a, b| a.bounded(&b.quantity(), pick)))
            }
            "open" => first.and_then(|path| self.open_config(&path)).unwrap_or(Value::Unknown),
            "next" => Value::Changing,
            "super" => Value::opaque(format!("super:{}", call.range().start().to_u32()), "super"),
            "getattr" => match (&first, given.positional.get(1)) {
                (Some(value), Some((Value::Text(name), _))) => {
                    let (value, name) = (value.clone(), name.clone());
                    let held = self.attribute(&value, &name);
                    // What has been set may have been so on one way only; on others it has its default.
                    match given.positional.get(2) {
                        Some((default, _)) if matches!(held, Value::Truth(_)) => held.or(default.clone()),
                        _ => held,
                    }
                }
                (Some(value @ Value::Qualified(_)), Some((named, _)))
                    if let Some(name) = self.configured_text(named) =>
                {
                    let value = value.clone();
                    self.attribute(&value, &name)
                }
                // A class of that module, whichever.
                (Some(Value::Qualified(module)), _) => Value::Qualified(format!("{module}.?").into()),
                _ => Value::Unknown,
            },
            // The options as a dict.
            "vars" => match first {
                Some(value @ Value::Opaque(_)) => value,
                _ => Value::Unknown,
            },
            "dict" if let Some(dict @ Value::Dict(_)) = &first => dict.clone(),
            "dict" => Value::Dict(Rc::new(
                given.keywords.iter().map(|(name, value, _)| (name.clone(), value.clone().named(name))).collect(),
            )),
            "map" => self.mapped(given),
            "print" | "isinstance" | "hasattr" | "str" | "repr" | "format" | "type" | "sum" | "filter" | "setattr"
            | "bool" | "set" | "id" | "input" | "callable" => Value::Unknown,
            _ => return None,
        })
    }

    fn zip(&mut self, given: &Given<'a>) -> Value {
        let lists: Option<Vec<&Vec<Value>>> = given
            .values()
            .map(|value| match value {
                Value::Sequence(values) => Some(&**values),
                _ => None,
            })
            .collect();
        match lists {
            Some(lists) if !lists.is_empty() => {
                let shortest = lists.iter().map(|list| list.len()).min().unwrap_or(0);
                let row = |at: usize| Value::Sequence(Rc::new(lists.iter().map(|list| list[at].clone()).collect()));
                Value::Sequence(Rc::new((0..shortest).map(row).collect()))
            }
            _ => Value::Unknown,
        }
    }

    /// The 200 of `range(start, start + 200)`.
    fn added(&mut self, given: &Given<'a>) -> Option<Quantity> {
        let [(_, start), (_, Expr::BinOp(stop))] = given.positional[..] else { return None };
        if stop.op != Operator::Add {
            return None;
        }
        let is_start = |side: &Expr| self.wording_of(side) == self.wording_of(start);
        let other = if is_start(&stop.left) {
            &stop.right
        } else if is_start(&stop.right) {
            &stop.left
        } else {
            return None;
        };
        (!start.is_number_literal_expr()).then(|| self.expression(other).quantity())
    }

    /// `range(stop)`, `range(start, stop)`.
    pub(super) fn range(&mut self, given: &Given<'a>) -> Value {
        let at = |index: usize| given.positional.get(index).map(|(value, _)| value);
        let turns = match (at(0), at(1), at(2)) {
            (Some(stop), None, _) => stop.quantity(),
            (Some(_), Some(_), None) if let Some(turns) = self.added(given) => turns,
            (Some(start), Some(stop), None) => {
                // Of a first epoch that a checkpoint may change, the one of a fresh run.
                let is_literal = |value: &&Value| matches!(value, Value::Number(from) if from.is_literal());
                let fresh = start.alternatives().iter().find(is_literal);
                let (from, to) = (fresh.unwrap_or(start).quantity(), stop.quantity());
                let difference = to.minus(&from);
                match given.positional.get(1).map(|(_, stop)| *stop) {
                    _ if fresh.is_some() || difference.is_literal() => difference,
                    // A run that goes on from a checkpoint is as long as the whole, and counts from 1 if it ends so.
                    Some(stop) if is_one_more(stop) => to.minus(&Quantity::number(1.0)),
                    _ => to,
                }
            }
            _ => Quantity::unknown(),
        };
        Value::Range(Rc::new(turns))
    }
}

/// `epochs + 1`, the end of a range that counts from 1.
pub(in crate::interpreter) fn is_one_more(stop: &Expr) -> bool {
    matches!(stop, Expr::BinOp(sum) if sum.op == Operator::Add && whole_number(&sum.right) == Some(1))
}

/// What a builtin function, or one of `math`, does to a number.
pub(in crate::interpreter) fn rounding(name: &str) -> fn(f64) -> f64 {
    match name {
        "int" => f64::trunc,
        "round" => f64::round_ties_even,
        "ceil" => f64::ceil,
        "floor" => f64::floor,
        "abs" => f64::abs,
        "sqrt" => f64::sqrt,
        "exp" => f64::exp,
        "log" => f64::ln,
        "log2" => f64::log2,
        "log10" => f64::log10,
        _ => |value| value,
    }
}
