//! Branches: `if`, `match` and `try`. Each way is walked from the same beginning; what holds behind is what all of them leave.

use advisor::plan::{Arm, Block, Chosen, Guard, Word};
use advisor::quantity::Unit;
use ruff_python_ast::{CmpOp, ExceptHandler, Expr, Stmt, StmtIf, StmtMatch, StmtTry};
use ruff_text_size::{Ranged, TextRange};

use super::Interpreter;
use super::conditions::{Condition, Fact};
use super::formulas::{all_of, negated};
use super::statements::Flow;
use crate::memory::Writes;
use crate::names;
use crate::value::Value;

/// Of more branches on whether an argument is given than these, each is taken to be walked by some call.
const MOST_GIVEN: usize = 200;

/// One way of a branch, walked.
struct Way {
    guard: Guard,
    condition: String,
    /// The condition, and that none before it holds, as an expression; `None` where that cannot be told.
    test: Option<Vec<Word>>,
    chosen: Chosen,
    body: Block,
    writes: Writes,
    flow: Flow,
    /// It leaves by `return`.
    returns: bool,
    /// It ends in `raise` or `break`.
    ends: bool,
    /// It ends in `break`.
    breaks: bool,
}

impl<'a> Interpreter<'a> {
    /// `if`, `elif`, `else`.
    pub(super) fn branch(&mut self, branch: &'a StmtIf) -> (Flow, Option<Guard>) {
        let mut ways: Vec<Way> = Vec::new();
        let mut clauses_of_ways = Vec::new();
        // What is known once all conditions so far were false.
        let facts = self.facts.len();
        let first = (Some(&*branch.test), branch.body.as_slice());
        let clauses = branch.elif_else_clauses.iter().map(|clause| (clause.test.as_ref(), clause.body.as_slice()));
        let mut is_open = true;
        let mut changing = None;
        // Whether all that decides is known as facts.
        let mut is_told = true;
        for (test, body) in std::iter::once(first).chain(clauses) {
            let condition = match test {
                Some(test) => self.condition(test),
                None => Condition::always(),
            };
            if let Some((test, is_given)) = test.and_then(|test| self.is_given(test)) {
                let branch = self.span(test.cover(body.last().map_or(test, Ranged::range)));
                let is_given = is_given && condition.decided != Some(false);
                match self.given.iter().position(|(known, _)| *known == branch) {
                    Some(at) => self.given[at].1 |= is_given,
                    None if self.given.len() < MOST_GIVEN => self.given.push((branch, is_given)),
                    None => {}
                }
            }
            if condition.decided == Some(false) {
                continue;
            }
            let guard = match &condition.guard {
                // `else` of something that changes changes, too.
                Guard::Fixed => changing.clone().unwrap_or(Guard::Fixed),
                other => other.clone(),
            };
            if guard != Guard::Fixed {
                changing = Some(Guard::Changing);
            }
            clauses_of_ways.push((test.filter(|_| condition.decided.is_none()), guard.clone()));
            let is_undecided = condition.decided.is_none();
            let told = is_told && !(is_undecided && condition.if_true.is_empty());
            is_told &= !(is_undecided && condition.if_false.is_empty());
            let mut way = self.way(guard, String::new(), condition.if_true.clone(), body);
            if !way.body.is_empty() || self.memory.has_formulas(self.scope()) {
                way.condition = test.map(|test| self.condition_wording(test)).unwrap_or_default();
                let facts = [&self.facts[facts..], &condition.if_true].concat();
                way.chosen = self.chosen(&facts, told);
            }
            ways.push(way);
            if condition.decided == Some(true) {
                is_open = false;
                break;
            }
            self.facts.extend(condition.if_false);
        }
        if is_open {
            ways.push(self.way(changing.clone().unwrap_or(Guard::Fixed), String::new(), Vec::new(), &[]));
            clauses_of_ways.push((None, Guard::Fixed));
        }
        let rest = std::mem::take(&mut self.facts);
        self.facts = rest[..facts].to_vec();
        if ways.iter().any(|way| !way.body.is_empty()) || self.memory.has_formulas(self.scope()) {
            self.test_ways(&mut ways, clauses_of_ways);
        }
        let leaves = ways.iter().any(|way| way.flow == Flow::Left);
        let survivors = ways.iter().filter(|way| way.flow == Flow::On).count();
        let is_last_open = is_open && ways.last().is_some_and(|way| way.flow == Flow::On);
        if leaves && survivors == 1 && is_last_open {
            // Only the way on which all conditions were false goes on: they stay false.
            self.facts = rest;
        }
        // What ends the run, or the loop, ends it; in all turns before the rest stands behind nothing.
        let goes_past = ways.iter().any(|way| way.flow == Flow::Left && !way.ends);
        let rest_guard = changing.filter(|_| goes_past && survivors > 0).map(|guard| {
            // `if (i + 1) % k != 0: continue`.
            ways.iter().find_map(|way| matches!(way.guard, Guard::Every(_)).then(|| way.guard.clone())).unwrap_or(guard)
        });
        (self.finish(branch.range(), ways), rest_guard)
    }

    /// The test whether an argument of the function is given, `if state is not None:`, and whether the call has it.
    fn is_given(&self, test: &Expr) -> Option<(TextRange, bool)> {
        let Expr::Compare(compare) = test else { return None };
        let (Expr::Name(name), [CmpOp::IsNot], [Expr::NoneLiteral(_)]) =
            (&*compare.left, &*compare.ops, &*compare.comparators)
        else {
            return None;
        };
        let frame = self.frames.last()?;
        let definition = self.functions[frame.function?].definition;
        let missing = format!("{}:{}", definition.name, name.id);
        let is_missing = |value: &Value| matches!(value, Value::Opaque(opaque) if *opaque.key == *missing);
        let is_called = frame.context != 0;
        let is_given = !(is_called && self.memory.get(frame.scope, &name.id).is_some_and(is_missing));
        definition.parameters.includes(&name.id).then(|| (test.range(), is_given))
    }

    /// A condition as written, with the comment on the line above it.
    fn condition_wording(&self, test: &Expr) -> String {
        let mut wording = self.wording_of(test);
        let before = self.code.text.get(..test.range().start().to_usize()).unwrap_or_default();
        if let Some(comment) = before.lines().rev().nth(1).and_then(|line| line.trim_start().strip_prefix('#')) {
            wording.push_str(" #");
            wording.push_str(comment);
        }
        wording
    }

    /// `match`, with its cases.
    pub(super) fn choice(&mut self, choice: &'a StmtMatch) -> Flow {
        let subject = self.expression(&choice.subject);
        let facts = self.facts.len();
        let mut ways = Vec::new();
        let mut is_open = true;
        for case in &choice.cases {
            let condition = self.fits(&subject, &case.pattern);
            if condition.decided == Some(false) {
                continue;
            }
            let mut way = self.way(condition.guard, String::new(), condition.if_true.clone(), &case.body);
            if !way.body.is_empty() {
                let facts = [&self.facts[facts..], &condition.if_true].concat();
                way.chosen = self.chosen(&facts, case.guard.is_none());
            }
            ways.push(way);
            if case.guard.is_some() {
                continue;
            }
            if condition.decided == Some(true) {
                is_open = false;
                break;
            }
            self.facts.extend(condition.if_false);
        }
        if is_open {
            ways.push(self.way(Guard::Fixed, String::new(), Vec::new(), &[]));
        }
        self.facts.truncate(facts);
        self.finish(choice.range(), ways)
    }

    /// The conditions of the ways of a branch as expressions, each with that none before it holds.
    fn test_ways(&mut self, ways: &mut [Way], clauses: Vec<(Option<&'a Expr>, Guard)>) {
        let mut none_before = Vec::new();
        for (way, (test, guard)) in ways.iter_mut().zip(clauses) {
            let own = match test {
                Some(test) => match self.test(test, &guard).or_else(|| by_choice(&way.chosen)) {
                    Some(test) => test,
                    // Nor is anything known of those behind it.
                    None => return,
                },
                None => Vec::new(),
            };
            let all = none_before.iter().cloned().chain((!own.is_empty()).then(|| own.clone()));
            way.test = Some(all_of(all.collect()));
            none_before.push(negated(own));
        }
    }

    /// Walks one way of a branch and goes back to before it.
    fn way(&mut self, guard: Guard, condition: String, facts: Vec<Fact>, body: &'a [Stmt]) -> Way {
        let known = self.facts.len();
        self.facts.extend(facts);
        let mark = self.memory.mark();
        let returns = body.last().is_some_and(Stmt::is_return_stmt);
        let breaks = body.last().is_some_and(Stmt::is_break_stmt);
        let ends = breaks || body.last().is_some_and(Stmt::is_raise_stmt);
        let sets_length = body.iter().any(sets_length_of_options);
        self.trace.open();
        self.frame().nesting += 1;
        self.other_length += usize::from(sets_length);
        let flow = self.block(body);
        self.other_length -= usize::from(sets_length);
        self.frame().nesting -= 1;
        let body = self.trace.close();
        let writes = self.memory.roll_back(mark);
        self.facts.truncate(known);
        let returns = flow == Flow::Left && returns;
        Way { guard, condition, test: None, chosen: Chosen::default(), body, writes, flow, returns, ends, breaks }
    }

    /// Joins the ways of a branch and writes them down.
    fn finish(&mut self, range: TextRange, mut ways: Vec<Way>) -> Flow {
        let span = self.span(range);
        if ways.len() == 1
            && let Some(way) = ways.pop()
        {
            // Decided: as if there were no branch.
            self.memory.join(&[way.writes]);
            for node in way.body {
                self.trace.push(node.span, node.action);
            }
            return way.flow;
        }
        self.note_left(&ways);
        let going: Vec<Writes> = ways.iter().filter(|way| way.flow == Flow::On).map(|way| way.writes.clone()).collect();
        let flow = if going.is_empty() && !ways.is_empty() { Flow::Left } else { Flow::On };
        let tests: Vec<_> = ways.iter().filter(|way| way.flow == Flow::On).map(|way| way.test.as_deref()).collect();
        let joined = self.joined_formulas(&going, &tests);
        self.memory.join(&going);
        joined.into_iter().for_each(|(name, words)| self.set_joined(&name, words));
        let arms = ways.into_iter().map(|way| Arm {
            guard: way.guard,
            condition: way.condition,
            test: way.test.unwrap_or_default(),
            chosen: way.chosen,
            body: way.body,
        });
        self.trace.push_branch(span, arms.collect());
        flow
    }

    /// Takes note of ways that break a loop off or return early from a call, where others go on.
    fn note_left(&mut self, ways: &[Way]) {
        // The trial turn asks for it; what is written down afterwards knows it already.
        if self.trace.is_muted() {
            let broken_off = ways.iter().filter(|way| way.breaks).map(|way| way.writes.clone());
            self.frame().broken_off.extend(broken_off);
        }
        let left: Vec<Writes> = ways.iter().filter(|way| way.returns).map(|way| way.writes.clone()).collect();
        let goes_on = ways.iter().any(|way| way.flow == Flow::On);
        let mark = self.memory.mark();
        let frame = self.frame();
        if !left.is_empty() && goes_on && frame.nesting == 0 && frame.function.is_some() {
            frame.left.push((mark, left));
        }
    }

    pub(super) fn attempt(&mut self, attempt: &'a StmtTry) -> Flow {
        let mut flow = self.block(&attempt.body);
        if flow == Flow::On {
            flow = self.block(&attempt.orelse);
        }
        let mut ways = Vec::new();
        for ExceptHandler::ExceptHandler(handler) in &attempt.handlers {
            ways.push(self.way(Guard::Changing, String::new(), Vec::new(), &handler.body));
        }
        if flow == Flow::On {
            ways.push(self.way(Guard::Changing, String::new(), Vec::new(), &[]));
        }
        // What a handler does rarely matters to a schedule, and it is not what usually happens.
        if !ways.is_empty() {
            flow = self.finish(attempt.range(), ways);
        }
        let last = self.block(&attempt.finalbody);
        if last == Flow::Left { last } else { flow }
    }
}

/// What is chosen before the run starts, as a condition.
fn by_choice(chosen: &Chosen) -> Option<Vec<Word>> {
    (chosen.is_all && !chosen.by.is_empty()).then(|| vec![Word::Chosen(chosen.clone())])
}

/// `args.epochs = 1000`: on this way a run is as long as that, whatever the option says.
fn sets_length_of_options(statement: &Stmt) -> bool {
    let Stmt::Assign(assign) = statement else { return false };
    let [Expr::Attribute(target)] = assign.targets.as_slice() else { return false };
    assign.value.is_number_literal_expr() && matches!(names::unit_of(&target.attr), Unit::Epochs | Unit::Steps)
}
