//! Numbers that change from turn to turn of the loops around, as expressions of the turn.
//!
//! A variable has such an expression beside its value: `lr = args.lr * 0.1 ** (epoch // 30)` in the turns of an epoch loop. It
//! goes with the variable into functions and out of branches, and is lost where anything else is assigned.

use std::rc::Rc;

use advisor::Span;
use advisor::plan::{Guard, Word};
use ruff_python_ast::{Expr, ExprCall, Int, Number, Operator, Parameters, Stmt};

use super::Interpreter;
use super::calls::{Given, is_one_more};
use super::closed::{Locals, bounded, bracketed, computed, filled, number, text};
use crate::memory::Writes;
use crate::value::Value;
use crate::walk::{Visitor, walk_stmt};

impl<'a> Interpreter<'a> {
    /// An expression as things stand; nothing in a trial turn, of which only what it changes is asked.
    pub(super) fn formula(&mut self, expression: &'a Expr) -> Option<Vec<Word>> {
        if self.trace.is_muted() {
            return None;
        }
        self.closed(&[], &Locals::default(), expression)
    }

    /// A variable as things stand.
    fn formula_of(&mut self, name: &str) -> Option<Vec<Word>> {
        let scope = self.scope();
        match self.memory.formula(scope, name) {
            Some(Value::Formula(words)) => Some(words.to_vec()),
            Some(_) => None,
            None => number(self.memory.get(scope, name)?),
        }
    }

    /// `lr * 0.1` of `lr *= 0.1`.
    pub(super) fn updated(&mut self, target: &'a Expr, operator: Operator, by: &'a Expr) -> Option<Vec<Word>> {
        let (left, right) = (self.formula(target)?, self.formula(by)?);
        computed(operator, &left, &right)
    }

    /// A variable that is assigned something that changes has this expression from here on.
    pub(super) fn keep_formula(&mut self, name: &str, words: Option<Vec<Word>>) {
        if let Some(words) = words {
            let scope = self.scope();
            self.memory.set_formula(scope, name, Value::Formula(words.into()));
        }
    }

    /// The variable of a loop: `epoch` of `for epoch in range(1, epochs + 1)`, `i` of `for i, batch in enumerate(loader)`.
    pub(super) fn count_turns(&mut self, target: &'a Expr, iterated: &'a Expr, at: Span) {
        let Some((call, is_enumerate)) = counting(iterated) else { return };
        let name = match target {
            Expr::Name(name) if !is_enumerate => name,
            Expr::Tuple(tuple) if is_enumerate => match tuple.elts.first() {
                Some(Expr::Name(name)) => name,
                _ => return,
            },
            _ => return,
        };
        let start = match (is_enumerate, &*call.arguments.args) {
            (true, [_, start]) | (false, [start, _]) => Some(start),
            (true, _) => call.arguments.find_keyword("start").map(|keyword| &keyword.value),
            (false, [_]) => None,
            // With a step of its own.
            _ => return,
        };
        // A run that is resumed starts later; shown is one from the beginning, which is 1 if it ends so.
        let from_one = !is_enumerate && call.arguments.args.get(1).is_some_and(is_one_more);
        let is_known = |word: &Word| !matches!(word, Word::Number(number) if number.value.is_none());
        let start = start.map(|start| match self.formula(start) {
            Some(words) if !from_one || words.iter().all(is_known) => words,
            _ => vec![text(if from_one { "1" } else { "0" })],
        });
        let words = match start {
            Some(start) => filled("({}) + {}", &[&start, &[Word::Turn(at)]]),
            None => vec![Word::Turn(at)],
        };
        self.keep_formula(&name.id, Some(words));
    }

    /// What the body of a loop counts up: `step` of `step += 1` in each of its turns, or in each turn of a loop in it. The
    /// expressions hold at the beginning of a turn.
    pub(super) fn counters(&mut self, body: &'a [Stmt], at: Span) -> Vec<(&'a str, Vec<Word>)> {
        let mut found = Counted::default();
        found.visit_body(body);
        let mut counters = Vec::new();
        for (name, by, inner) in found.counts {
            if found.assigned.iter().filter(|other| **other == name).count() != 1 {
                continue;
            }
            let Some(start) = self.formula_of(name) else { continue };
            let turns: Option<Vec<Vec<Word>>> = inner
                .into_iter()
                .map(|iterated| {
                    let turns = match self.expression(iterated) {
                        Value::Range(turns) => (*turns).clone(),
                        value => crate::value::batches(&value.loader_key()?),
                    };
                    turns.is_computed().then(|| vec![text(" * "), Word::Number(turns)])
                })
                .collect();
            let Some(turns) = turns else { continue };
            let template = format!("({{}}) + {by} * {{}}{{}}");
            counters.push((name, filled(&template, &[&start, &[Word::Turn(at)], &turns.concat()])));
        }
        counters
    }

    /// The expressions of what a function is given that changes, by its parameters.
    pub(super) fn given_formulas(
        &mut self,
        parameters: &'a Parameters,
        is_method: bool,
        given: &Given<'a>,
    ) -> Vec<(&'a str, Vec<Word>)> {
        let names = parameters.posonlyargs.iter().chain(&parameters.args).skip(usize::from(is_method));
        let by_position = names.map(|parameter| parameter.parameter.name.as_str()).zip(&given.positional);
        let mut changing: Vec<(&str, &'a Expr)> = by_position
            .filter(|(_, (value, _))| *value == Value::Changing)
            .map(|(name, (_, expression))| (name, *expression))
            .collect();
        for parameter in parameters.args.iter().chain(&parameters.kwonlyargs) {
            let name = parameter.parameter.name.as_str();
            let keyword = given.keywords.iter().find(|(keyword, ..)| &**keyword == name);
            changing.extend(keyword.filter(|(_, value, _)| *value == Value::Changing).map(|(.., it)| (name, *it)));
        }
        changing.into_iter().filter_map(|(name, expression)| Some((name, self.formula(expression)?))).collect()
    }

    /// The condition of a branch. One that does not change is known if all in it is.
    pub(super) fn test(&mut self, test: &'a Expr, guard: &Guard) -> Option<Vec<Word>> {
        let is_known = |word: &Word| !matches!(word, Word::Number(number) if number.value.is_none());
        match guard {
            Guard::Changing | Guard::Every(_) => self.formula(test),
            Guard::Fixed if self.memory.has_formulas(self.scope()) => {
                self.formula(test).filter(|words| words.iter().all(is_known))
            }
            _ => None,
        }
    }

    /// What variables are after a branch: what one of its ways has made them, by their conditions. The ways are those that go on,
    /// each with its condition, which the last does without.
    pub(super) fn joined_formulas(
        &mut self,
        ways: &[Writes],
        tests: &[Option<&[Word]>],
    ) -> Vec<(Rc<str>, Option<Vec<Word>>)> {
        let scope = self.scope();
        let depends = tests.split_last().is_some_and(|(_, tests)| tests.iter().all(Option::is_some));
        if self.trace.is_muted() || ways.len() < 2 || !(depends || self.memory.has_formulas(scope)) {
            return Vec::new();
        }
        let names = self.memory.written_numbers(scope, ways);
        names.into_iter().map(|name| (name.clone(), self.joined(ways, tests, &name))).collect()
    }

    /// After the branch.
    pub(super) fn set_joined(&mut self, name: &str, words: Option<Vec<Word>>) {
        let scope = self.scope();
        // What is one number has no need of an expression.
        let is_number = self.memory.get(scope, name).is_some_and(|value| value.quantity().is_computed());
        if !is_number {
            self.memory.set_formula(scope, name, words.map_or(Value::Unknown, |words| Value::Formula(words.into())));
        }
    }

    fn joined(&mut self, ways: &[Writes], tests: &[Option<&[Word]>], name: &str) -> Option<Vec<Word>> {
        let mut words = Vec::new();
        for (index, (way, test)) in ways.iter().zip(tests).enumerate() {
            let value = match self.memory.written(self.scope(), name, way) {
                Some(Value::Formula(words)) => words.to_vec(),
                Some(value) => number(value)?,
                None => self.formula_of(name)?,
            };
            words = match index + 1 < ways.len() {
                true => filled("{}({}) if ({}) else ", &[&words, &value, (*test)?]),
                false => filled("{}({})", &[&words, &value]),
            };
        }
        bounded(words)
    }
}

/// The call that counts the turns of a loop, and whether that is `enumerate`, which counts beside what it goes over.
pub(super) fn counting(iterated: &Expr) -> Option<(&ExprCall, bool)> {
    let Expr::Call(call) = iterated else { return None };
    let name = match &*call.func {
        Expr::Name(name) => name.id.as_str(),
        Expr::Attribute(attribute) => attribute.attr.as_str(),
        _ => return None,
    };
    match name {
        "range" | "trange" => Some((call, false)),
        "enumerate" => Some((call, true)),
        "tqdm" | "track" => counting(call.arguments.args.first()?),
        _ => None,
    }
}

/// A condition that does not hold.
pub(super) fn negated(words: Vec<Word>) -> Vec<Word> {
    filled("not ({})", &[&words])
}

/// All of these hold.
pub(super) fn all_of(conditions: Vec<Vec<Word>>) -> Vec<Word> {
    let mut words = Vec::new();
    for condition in conditions {
        if !words.is_empty() {
            words.push(text(" and "));
        }
        words.extend(bracketed(&condition));
    }
    words
}

/// What statements count up by a number, with the loops that are around inside of them, and all that they assign.
#[derive(Default)]
struct Counted<'a> {
    counts: Vec<(&'a str, &'a Int, Vec<&'a Expr>)>,
    assigned: Vec<&'a str>,
    loops: Vec<&'a Expr>,
    /// Conditions around.
    conditions: usize,
}

impl<'a> Visitor<'a> for Counted<'a> {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        let mut assign = |target: &'a Expr| {
            if let Expr::Name(name) = target {
                self.assigned.push(name.id.as_str());
            }
        };
        match statement {
            Stmt::FunctionDef(_) | Stmt::ClassDef(_) => {}
            Stmt::Assign(assigned) => assigned.targets.iter().for_each(assign),
            Stmt::AugAssign(update) => {
                assign(&update.target);
                if let (Expr::Name(name), Operator::Add, Expr::NumberLiteral(by), 0) =
                    (&*update.target, update.op, &*update.value, self.conditions)
                    && let Number::Int(by) = &by.value
                {
                    self.counts.push((name.id.as_str(), by, self.loops.clone()));
                }
            }
            Stmt::For(inner) => {
                assign(&inner.target);
                self.loops.push(&inner.iter);
                self.visit_body(&inner.body);
                self.loops.pop();
            }
            Stmt::With(with) => self.visit_body(&with.body),
            Stmt::If(_) | Stmt::While(_) | Stmt::Try(_) | Stmt::Match(_) => {
                self.conditions += 1;
                walk_stmt(self, statement);
                self.conditions -= 1;
            }
            _ => {}
        }
    }

    fn visit_expr(&mut self, _: &'a Expr) {}
}
