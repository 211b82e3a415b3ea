//! Conditions: which way a branch goes, what holds on each way, and whether that changes during training.

use std::rc::Rc;

use advisor::plan::{Choice, Chosen, Guard, ScheduleId};
use advisor::quantity::Quantity;
use ruff_python_ast::{BoolOp, CmpOp, Expr, ExprCompare, Operator, Pattern, UnaryOp};

use super::Interpreter;
use crate::names;
use crate::syntax::whole_number;
use crate::value::{Opaque, Value};

/// Something that holds on the way that is being walked, and does not change.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Fact {
    /// A condition of that wording is true or false.
    Holds(Rc<str>, bool),
    /// A thing equals, or does not equal, a string.
    Equals(Rc<str>, Rc<str>, bool),
    /// Something out of sight is, or is not, a scheduler of that class.
    IsA(Rc<str>, Rc<str>, bool),
    /// Of these schedules, it is one of those.
    Narrows(Vec<ScheduleId>, Vec<ScheduleId>),
}

impl Fact {
    /// Whether both cannot hold.
    pub fn contradicts(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Holds(a, x), Self::Holds(b, y)) => a == b && x != y,
            (Self::Equals(a, v, x), Self::Equals(b, w, y)) if a == b => {
                if v == w {
                    x != y
                } else {
                    *x && *y
                }
            }
            (Self::IsA(a, class, x), Self::IsA(b, other, y)) if a == b => match class == other {
                true => x != y,
                false => *x && *y,
            },
            _ => false,
        }
    }

    fn negated(self) -> Self {
        match self {
            Self::Holds(text, holds) => Self::Holds(text, !holds),
            Self::Equals(subject, value, holds) => Self::Equals(subject, value, !holds),
            Self::IsA(subject, class, holds) => Self::IsA(subject, class, !holds),
            Self::Narrows(among, kept) => {
                let rest = among.iter().filter(|id| !kept.contains(id)).copied().collect();
                Self::Narrows(among, rest)
            }
        }
    }
}

/// A condition, as far as it is known.
pub(super) struct Condition {
    /// Which way it goes, where that is certain.
    pub decided: Option<bool>,
    /// What it depends on.
    pub guard: Guard,
    /// What holds if it is true.
    pub if_true: Vec<Fact>,
    /// What holds if it is false.
    pub if_false: Vec<Fact>,
}

impl Condition {
    /// `else`.
    pub fn always() -> Self {
        Self { decided: Some(true), guard: Guard::Fixed, if_true: Vec::new(), if_false: Vec::new() }
    }

    fn decided(value: bool) -> Self {
        Self { decided: Some(value), ..Self::always() }
    }

    fn open(guard: Guard) -> Self {
        Self { decided: None, guard, if_true: Vec::new(), if_false: Vec::new() }
    }

    fn fact(fact: Fact) -> Self {
        Self::facts(vec![fact])
    }

    /// All of these, or none.
    fn facts(facts: Vec<Fact>) -> Self {
        let none = facts.iter().map(|fact| fact.clone().negated()).collect();
        Self { if_false: none, if_true: facts, ..Self::open(Guard::Fixed) }
    }

    fn negated(self) -> Self {
        Self {
            decided: self.decided.map(|value| !value),
            guard: self.guard,
            if_true: self.if_false,
            if_false: self.if_true,
        }
    }

    /// One or the other.
    fn or(self, other: Self) -> Self {
        match (self.decided, other.decided) {
            (Some(true), _) | (_, Some(false)) => self,
            (Some(false), _) | (_, Some(true)) => other,
            (None, None) => Self { if_false: [self.if_false, other.if_false].concat(), ..Self::open(Guard::Fixed) },
        }
    }
}

impl<'a> Interpreter<'a> {
    /// Looks at a condition.
    pub(super) fn condition(&mut self, test: &'a Expr) -> Condition {
        match test {
            Expr::UnaryOp(unary) if unary.op == UnaryOp::Not => self.condition(&unary.operand).negated(),
            Expr::BoolOp(operation) => self.combination(operation.op, &operation.values),
            Expr::Compare(compare) => self.comparison(test, compare),
            Expr::Call(call) if self.is_builtin(&call.func, "isinstance") && call.arguments.args.len() == 2 => {
                let subject = match self.expression(&call.arguments.args[0]) {
                    Value::Unknown => self.by_its_name(&call.arguments.args[0]).unwrap_or(Value::Unknown),
                    known => known,
                };
                let classes = self.class_names(&call.arguments.args[1]);
                self.narrowing(&subject, &classes).unwrap_or_else(|| self.opinion(test, &subject))
            }
            _ => {
                let value = self.expression(test);
                match value.truth() {
                    Some(truth) => Condition::decided(truth),
                    None => self.opinion(test, &value),
                }
            }
        }
    }

    fn combination(&mut self, operator: BoolOp, values: &'a [Expr]) -> Condition {
        // What ends it early: `False and ...`, `True or ...`.
        let stop = operator == BoolOp::Or;
        let mut guard = Guard::Fixed;
        let mut all: Vec<Condition> = Vec::new();
        let counts = operator == BoolOp::And && values.iter().any(is_every);
        for value in values {
            // `step != 0 and step % k == 0`.
            if counts && is_above_zero(value) {
                continue;
            }
            let condition = self.condition(value);
            if condition.decided == Some(stop) {
                return Condition::decided(stop);
            }
            if condition.decided.is_none() {
                guard = strongest(guard, &condition.guard);
                all.push(condition);
            }
        }
        let Some(_) = all.first() else { return Condition::decided(!stop) };
        let mut result = Condition::open(guard);
        if let [_] = all[..] {
            result.if_true = std::mem::take(&mut all[0].if_true);
            result.if_false = std::mem::take(&mut all[0].if_false);
        } else if stop {
            result.if_false = all.into_iter().flat_map(|condition| condition.if_false).collect();
        } else {
            result.if_true = all.into_iter().flat_map(|condition| condition.if_true).collect();
        }
        result
    }

    fn comparison(&mut self, whole: &'a Expr, compare: &'a ExprCompare) -> Condition {
        let [operator] = compare.ops[..] else {
            let value = self.expression(whole);
            return self.opinion(whole, &value);
        };
        let right_expression = &compare.comparators[0];
        if let Some(condition) = self.class_comparison(&compare.left, operator, right_expression) {
            return condition;
        }
        // `'StepLR' == type(s).__name__`
        if matches!(operator, CmpOp::Eq | CmpOp::NotEq | CmpOp::Is | CmpOp::IsNot)
            && let Some(condition) = self.class_comparison(right_expression, operator, &compare.left)
        {
            return condition;
        }
        let left = self.expression(&compare.left);
        let right = self.expression(right_expression);
        match (&left, operator, &right) {
            (value, CmpOp::Is | CmpOp::IsNot | CmpOp::Eq | CmpOp::NotEq, Value::None) => {
                let is_not = matches!(operator, CmpOp::IsNot | CmpOp::NotEq);
                match value {
                    Value::None => Condition::decided(!is_not),
                    Value::Unbound | Value::Unknown | Value::Opaque(_) | Value::Qualified(_) | Value::Either(_) => {
                        Condition::open(Guard::Fixed)
                    }
                    Value::Changing => Condition::open(Guard::Changing),
                    _ => Condition::decided(is_not),
                }
            }
            (subject, CmpOp::Eq, Value::Text(text)) if let Some(condition) = equals(subject, text) => condition,
            (subject, CmpOp::NotEq, Value::Text(text)) if let Some(condition) = equals(subject, text) => {
                condition.negated()
            }
            (Value::Text(a), CmpOp::In, Value::Text(b)) => Condition::decided(b.contains(&**a)),
            (Value::Number(a), _, Value::Number(b)) if a.is_literal() && b.is_literal() => {
                match a.value.zip(b.value).and_then(|(a, b)| ordering(operator, a, b)) {
                    Some(holds) => Condition::decided(holds),
                    None => Condition::open(Guard::Fixed),
                }
            }
            _ => {
                if left == Value::Changing || right == Value::Changing {
                    return Condition::open(self.every(&compare.left).unwrap_or(Guard::Changing));
                }
                let value = if matches!(left, Value::Opaque(_)) { &left } else { &right };
                let condition = self.opinion(whole, value);
                match self.every(&compare.left) {
                    Some(guard) if condition.guard != Guard::Fixed => Condition::open(guard),
                    _ => condition,
                }
            }
        }
    }

    /// What a way of a branch is chosen by before the run starts, if these facts are what holds there; `is_all`: nothing else
    /// decides it.
    pub(super) fn chosen(&self, facts: &[Fact], is_all: bool) -> Chosen {
        let by: Vec<Choice> = facts.iter().filter_map(|fact| self.choice_of(fact)).collect();
        Chosen { is_all: is_all && by.len() == facts.len(), by }
    }

    fn choice_of(&self, fact: &Fact) -> Option<Choice> {
        let (subject, is, holds) = match fact {
            Fact::Equals(subject, text, holds) => (subject, Some(text.to_string()), *holds),
            Fact::Holds(subject, holds) => (subject, None, *holds),
            _ => return None,
        };
        // An option, an entry of a config, a name.
        let is_path = |char: char| char.is_alphanumeric() || "._-/[]:'\"".contains(char);
        if !subject.chars().all(is_path) {
            return None;
        }
        let value = Value::opaque(subject.clone(), names::last_part(subject));
        let default = match self.default_of(&value) {
            Some(Some(Expr::StringLiteral(text))) => Some(text.value.to_str().to_owned()),
            Some(Some(Expr::BooleanLiteral(truth))) => Some(if truth.value { "True" } else { "" }.to_owned()),
            // A flag that nobody gives.
            Some(None | Some(Expr::NoneLiteral(_))) => Some(String::new()),
            _ => self.configured_text(&value).map(|text| text.to_string()),
        };
        Some(Choice { subject: subject.to_string(), is, holds, default })
    }

    /// Whether a value fits the pattern of a `case`.
    pub(super) fn fits(&mut self, subject: &Value, pattern: &'a Pattern) -> Condition {
        match pattern {
            Pattern::MatchValue(literal) => match self.expression(&literal.value) {
                Value::Text(text) => equals(subject, &text).unwrap_or_else(|| Condition::open(Guard::Fixed)),
                _ => Condition::open(Guard::Fixed),
            },
            Pattern::MatchOr(any) => {
                let each: Vec<_> = any.patterns.iter().map(|pattern| self.fits(subject, pattern)).collect();
                each.into_iter().reduce(Condition::or).unwrap_or_else(|| Condition::open(Guard::Fixed))
            }
            // `_`, or a name for whatever it is.
            Pattern::MatchAs(any) if any.pattern.is_none() => Condition::always(),
            _ => Condition::open(Guard::Fixed),
        }
    }

    /// A condition that is open: what it depends on is told by a value in it.
    fn opinion(&mut self, whole: &'a Expr, value: &Value) -> Condition {
        let changes = match value {
            Value::Changing => true,
            Value::Opaque(Opaque { name, .. }) => names::is_progress(name),
            _ => false,
        };
        // What a call that nobody sees returns may differ from call to call.
        if changes || contains_unseen_call(whole) {
            return Condition::open(Guard::Changing);
        }
        Condition::fact(Fact::Holds(self.wording(whole), true))
    }

    /// A condition in words that do not depend on how its parts are spelled, as far as possible.
    fn wording(&mut self, expression: &'a Expr) -> Rc<str> {
        match self.expression(expression) {
            Value::Opaque(Opaque { key, .. }) => key,
            _ => self.text(expression).into(),
        }
    }

    /// `(i + 1) % k`.
    fn every(&mut self, expression: &'a Expr) -> Option<Guard> {
        match expression {
            Expr::BinOp(operation) if operation.op == Operator::Mod => {
                Some(Guard::Every(self.expression(&operation.right).quantity()))
            }
            _ => None,
        }
    }

    /// `type(s) is X`, `s.__class__.__name__ == 'X'`, `... in ('X', 'Y')`.
    fn class_comparison(&mut self, left: &'a Expr, operator: CmpOp, right: &'a Expr) -> Option<Condition> {
        let subject = self.class_subject(left)?;
        let subject = self.expression(subject);
        let classes = self.class_names(right);
        let condition = self.narrowing(&subject, &classes)?;
        match operator {
            CmpOp::Eq | CmpOp::Is | CmpOp::In => Some(condition),
            CmpOp::NotEq | CmpOp::IsNot | CmpOp::NotIn => Some(condition.negated()),
            _ => None,
        }
    }

    /// What an expression asks the class of.
    fn class_subject(&mut self, expression: &'a Expr) -> Option<&'a Expr> {
        match expression {
            Expr::Attribute(attribute) if attribute.attr.as_str() == "__name__" => self.class_subject(&attribute.value),
            Expr::Attribute(attribute) if attribute.attr.as_str() == "__class__" => Some(&attribute.value),
            Expr::Call(call) if self.is_builtin(&call.func, "type") => call.arguments.args.first(),
            // `'Plateau' in type(s).__name__` and the like are not followed.
            _ => None,
        }
    }

    /// The class names that an expression lists, each whole.
    fn class_names(&mut self, expression: &'a Expr) -> Vec<String> {
        let value = self.expression(expression);
        let mut names = Vec::new();
        let mut all = vec![value];
        while let Some(value) = all.pop() {
            match value {
                Value::Sequence(values) => all.extend(values.iter().cloned()),
                Value::Qualified(name) | Value::Text(name) => {
                    names.push(name.to_string());
                }
                Value::Class(class) => names.push(self.classes[class].definition.name.to_string()),
                _ => return Vec::new(),
            }
        }
        names
    }

    /// Whether a thing is an instance of one of these classes.
    fn narrowing(&mut self, subject: &Value, classes: &[String]) -> Option<Condition> {
        if classes.is_empty() {
            return None;
        }
        let mut among = Vec::new();
        let mut others = false;
        for value in subject.alternatives() {
            match value {
                Value::Schedule(id) => among.push(*id),
                _ => others = true,
            }
        }
        if among.is_empty() {
            let [class] = classes else { return None };
            let key = |value: &Value| match value {
                Value::Opaque(Opaque { key, .. }) => Some(key.clone()),
                _ => None,
            };
            // Whichever of them it is.
            let keys: Option<Vec<Rc<str>>> = subject.alternatives().iter().map(key).collect();
            let is_a = |key| Fact::IsA(key, class.as_str().into(), true);
            let facts = keys?.into_iter().map(is_a).collect();
            return is_lr_scheduler_class(class).then(|| Condition::facts(facts));
        }
        let is_listed = |class: &str| classes.iter().any(|listed| names::last_part(listed) == class);
        let kept: Vec<ScheduleId> = among.iter().filter(|id| is_listed(&self.schedules[id.0].class)).copied().collect();
        if !others && kept.len() == among.len() {
            return Some(Condition::decided(true));
        }
        if !others && kept.is_empty() {
            return Some(Condition::decided(false));
        }
        Some(Condition::fact(Fact::Narrows(among, kept)))
    }

    pub(super) fn is_builtin(&self, function: &Expr, name: &str) -> bool {
        matches!(function, Expr::Name(called) if called.id.as_str() == name)
            && self.memory.get(self.scope(), name).is_none()
    }
}

/// Whether a value is that string, where it is a string or will be given.
fn equals(subject: &Value, text: &Rc<str>) -> Option<Condition> {
    match subject {
        Value::Text(known) => Some(Condition::decided(known == text)),
        Value::Opaque(Opaque { key, .. }) => Some(Condition::fact(Fact::Equals(key.clone(), text.clone(), true))),
        _ => None,
    }
}

/// Whether instances of a class are LR schedulers of torch or timm.
fn is_lr_scheduler_class(class: &str) -> bool {
    let is_of_timm =
        || class.starts_with("timm.") && scheduler::CLASSES.iter().any(|known| known.name == names::last_part(class));
    advisor::classes::class_named(names::last_part(class)).is_some() || is_of_timm()
}

/// `i % k == 0`.
fn is_every(test: &Expr) -> bool {
    matches!(test, Expr::Compare(compare) if matches!(&*compare.left, Expr::BinOp(rest) if rest.op == Operator::Mod))
}

/// `i > 0`, `i != 0`, which are false but once.
fn is_above_zero(test: &Expr) -> bool {
    let Expr::Compare(compare) = test else { return false };
    matches!(compare.ops[..], [CmpOp::Gt | CmpOp::NotEq])
        && whole_number(&compare.comparators[0]) == Some(0)
        && matches!(&*compare.left, Expr::Name(_) | Expr::Attribute(_))
}

fn strongest(a: Guard, b: &Guard) -> Guard {
    match (&a, b) {
        (Guard::Changing, _) | (_, Guard::Fixed) => a,
        // `(i + 1) % k == 0 or i + 1 == len(loader)` is still accumulation.
        (Guard::Every(_), _) => a,
        _ => b.clone(),
    }
}

fn ordering(operator: CmpOp, a: f64, b: f64) -> Option<bool> {
    Some(match operator {
        CmpOp::Eq => a == b,
        CmpOp::NotEq => a != b,
        CmpOp::Lt => a < b,
        CmpOp::LtE => a <= b,
        CmpOp::Gt => a > b,
        CmpOp::GtE => a >= b,
        _ => return None,
    })
}

/// Whether there is a call in it other than of a few builtins.
fn contains_unseen_call(expression: &Expr) -> bool {
    const SAME_EACH_TIME: [&str; 9] =
        ["isinstance", "hasattr", "len", "getattr", "callable", "type", "issubclass", "bool", "str"];
    match expression {
        Expr::Call(call) => {
            !matches!(&*call.func, Expr::Name(name) if SAME_EACH_TIME.contains(&name.id.as_str()))
                && !matches!(&*call.func, Expr::Attribute(method) if
                    matches!(method.attr.as_str(), "get" | "lower" | "upper" | "startswith" | "endswith" | "is_available"
                        | "is_main_process" | "is_initialized"))
        }
        Expr::Compare(compare) => {
            contains_unseen_call(&compare.left) || compare.comparators.iter().any(contains_unseen_call)
        }
        Expr::Attribute(attribute) => contains_unseen_call(&attribute.value),
        Expr::Subscript(subscript) => contains_unseen_call(&subscript.value),
        _ => false,
    }
}

/// The number of turns that `while a < b` makes, where `b` tells.
pub(super) fn bound_of_while<'a>(interpreter: &mut Interpreter<'a>, test: &'a Expr) -> Option<Quantity> {
    let Expr::Compare(compare) = test else { return None };
    match compare.ops[..] {
        [CmpOp::Lt | CmpOp::LtE] => Some(interpreter.expression(&compare.comparators[0]).quantity()),
        [CmpOp::Gt | CmpOp::GtE] => Some(interpreter.expression(&compare.left).quantity()),
        _ => None,
    }
}
