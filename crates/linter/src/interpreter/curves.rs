//! LRs that are computed before the run: `np.concatenate((np.linspace(0, lr, warmup_steps), decay))`, of which each step takes
//! one, `schedule[step]`.

use std::rc::Rc;

use advisor::Span;
use advisor::plan::Word;
use advisor::quantity::Quantity;
use ruff_python_ast::{Comprehension, Expr, ExprCall};
use ruff_text_size::Ranged;

use super::Interpreter;
use super::calls::Given;
use super::closed::{Locals, bounded, filled, number, text};
use crate::curve::Curve;
use crate::metric;
use crate::value::Value;

impl<'a> Interpreter<'a> {
    /// What functions of numpy make of numbers and of other lists.
    pub(super) fn curve(&mut self, call: &'a ExprCall, name: &str, given: &Given<'a>) -> Option<Value> {
        let (module, last) = name.rsplit_once('.')?;
        if !matches!(module, "numpy" | "torch") {
            return None;
        }
        let at = self.span(call.range());
        let place = [Word::Turn(at)];
        let argument = |position: usize, name: &str| {
            given.positional.get(position).map(|(value, _)| value).or_else(|| given.keyword(name))
        };
        let (length, element) = match (last, argument(0, ""), argument(1, "stop")) {
            ("arange", Some(stop), None) => (stop.quantity(), place.to_vec()),
            ("arange", Some(start), Some(stop)) if given.positional.len() == 2 => {
                (stop.quantity().minus(&start.quantity()), filled("({}) + {}", &[&number(start)?, &place]))
            }
            // With an end of its own otherwise.
            ("linspace", Some(start), Some(stop))
                if given.keyword("endpoint").is_none() && given.positional.len() < 4 =>
            {
                let length = argument(2, "num")?;
                let (start, stop, all) = (number(start)?, number(stop)?, number(length)?);
                // In the order in which numpy 2 computes it, whose last number is `stop` itself.
                let template = "({}) if {} == max({} - 1, 1) else {} * ((({}) - ({})) / max({} - 1, 1)) + ({})";
                let element = filled(template, &[&stop, &place, &all, &place, &stop, &start, &all, &start]);
                (length.quantity(), element)
            }
            ("full", Some(length), Some(value)) => (length.quantity(), number(value)?),
            ("ones", Some(length), _) => (length.quantity(), vec![text("1")]),
            ("zeros", Some(length), _) => (length.quantity(), vec![text("0")]),
            ("array" | "asarray" | "tensor" | "from_numpy", Some(list), _) => {
                return if is_empty(list) { Some(list.clone()) } else { the_curve(list).map(Value::Curve) };
            }
            ("concatenate" | "hstack" | "cat", Some(Value::Sequence(parts)), _) => {
                let parts = parts.iter().filter(|part| !is_empty(part)).map(the_curve).collect::<Option<Vec<_>>>()?;
                self.concatenated(&parts, &place)?
            }
            // What the arithmetic around is told of it.
            _ => return given.values().any(|value| the_curve(value).is_some()).then_some(Value::Unknown),
        };
        self.curve_of(length, at, element)
    }

    fn curve_of(&mut self, length: Quantity, at: Span, element: Vec<Word>) -> Option<Value> {
        self.has_curves = true;
        length.is_computed().then(|| Value::Curve(Rc::new(Curve { length, at, element })))
    }

    /// One list behind the other: how long that is, and what is in it.
    fn concatenated(&self, parts: &[Rc<Curve>], place: &[Word]) -> Option<(Quantity, Vec<Word>)> {
        let (mut length, mut words) = (Quantity::number(0.0), Vec::new());
        for (index, part) in parts.iter().enumerate() {
            let before = [Word::Number(length.clone())];
            let own = part.value_at(&filled("{} - ({})", &[place, &before]));
            length = length.plus(&part.length);
            let behind = [Word::Number(length.clone())];
            words = match index + 1 < parts.len() {
                true => filled("{}{} if {} < ({}) else ", &[&words, &own, place, &behind]),
                false => filled("{}{}", &[&words, &own]),
            };
        }
        (!words.is_empty()).then_some((length, bounded(words)?))
    }

    /// `[base * math.cos(step / total) for step in steps]`.
    pub(super) fn computed_list(&mut self, element: &'a Expr, generators: &'a [Comprehension]) -> Option<Value> {
        let [Comprehension { target: Expr::Name(each), iter, ifs, .. }] = generators else { return None };
        if !(element.is_bin_op_expr() && ifs.is_empty()) {
            return None;
        }
        let at = self.span(element.range());
        let place = [Word::Turn(at)];
        let (length, counted) = match self.expression(iter) {
            Value::Curve(curve) => (curve.length.clone(), curve.value_at(&place)),
            Value::Range(turns) if matches!(iter, Expr::Call(call) if call.arguments.len() == 1) => {
                ((*turns).clone(), place.to_vec())
            }
            _ => return None,
        };
        let mut locals = Locals::default();
        locals.insert(each.id.as_str(), counted);
        let element = self.closed(&[], &locals, element)?;
        self.curve_of(length, at, element)
    }

    /// Arithmetic with lists: `0.5 * (1 + np.cos(np.pi * steps / len(steps)))`.
    pub(super) fn elementwise(&mut self, expression: &'a Expr) -> Option<Value> {
        let at = self.span(expression.range());
        let (mut locals, mut length) = (Locals::default(), None);
        for name in metric::names(expression) {
            if let Some(Value::Curve(curve)) = self.memory.get(self.scope(), &name) {
                length = Some(curve.length.clone());
                locals.insert(&name, curve.value_at(&[Word::Turn(at)]));
            }
        }
        let length = length?;
        let element = self.closed(&[], &locals, expression)?;
        self.curve_of(length, at, element)
    }

    /// `schedule[step]`.
    pub(super) fn taken_from(&mut self, list: &'a Expr, place: &[Word]) -> Option<Vec<Word>> {
        let curve = the_curve(&self.expression(list))?;
        bounded(curve.value_at(place))
    }
}

/// The list that a value is, or one that may be empty instead.
fn the_curve(value: &Value) -> Option<Rc<Curve>> {
    let mut found = None;
    for one in value.alternatives() {
        match one {
            Value::Curve(curve) if found.is_none() => found = Some(curve.clone()),
            empty if is_empty(empty) => {}
            _ => return None,
        }
    }
    found
}

/// `[]`, which numpy makes an array of, too.
fn is_empty(value: &Value) -> bool {
    matches!(value, Value::Sequence(values) if values.is_empty())
}
