//! Loops: what one turn is, how many there are, and what changes from turn to turn.

use advisor::plan::{Action, Block, Loop, Node, Turn};
use advisor::quantity::{Quantity, Unit};
use advisor::sites::{contains_optimizer_step, passes_once, updates_directly};
use ruff_python_ast::{CmpOp, Expr, Operator, Stmt, StmtFor, StmtWhile};
use ruff_text_size::{Ranged, TextRange};

use super::Interpreter;
use super::conditions::bound_of_while;
use super::formulas::counting;
use crate::value::{Opaque, Value};
use crate::walk::{Visitor, walk_stmt};

/// A loop over more known things than this is walked once, for all.
const MOST_UNROLLED: usize = 8;

impl<'a> Interpreter<'a> {
    pub(super) fn for_loop(&mut self, inner: &'a StmtFor) {
        self.take_over_entries(inner);
        let iterated = self.expression(&inner.iter);
        // A few known things (`['train', 'val']`, a list of schedulers) are taken one by one.
        if let Value::Sequence(values) = &iterated
            && values.len() <= MOST_UNROLLED
        {
            for value in values.iter() {
                let phase = match value {
                    Value::Text(phase) => phase.clone(),
                    _ => "".into(),
                };
                self.phases.push(phase);
                self.assign_element(inner, value.clone());
                let mark = self.memory.mark();
                self.frame().nesting += 1;
                self.block(&inner.body);
                self.frame().nesting -= 1;
                let writes = self.memory.roll_back(mark);
                self.memory.join(&[writes]);
                self.phases.pop();
            }
            self.block(&inner.orelse);
            return;
        }
        // One batch of the loader, because it is all there is.
        if let Some((Stmt::Break(_), only)) = inner.body.split_last() {
            self.assign(&inner.target, Value::Changing);
            self.block(only);
            return;
        }
        let (mut turn, mut turns) = self.turn_of(&iterated, &inner.target);
        // `range(total_epoch)`, whatever was given for that.
        if turn == Turn::Other && range_is_of_epochs(&inner.iter) {
            (turn, turns) = (Turn::Epoch, turns.with_unit(Unit::Epochs));
        }
        // Whatever is done to one group is done to all.
        if matches!(iterated, Value::Group(_)) {
            turns = Quantity::one();
        }
        if turn == Turn::Epoch
            && !only_loads(&inner.body, self.text(inner))
            && (!inner.iter.is_name_expr() || matches!(iterated, Value::Range(_)))
            && let Some([start, stop]) = self.given_range(&inner.iter)
        {
            self.script.starts_later = true;
            // `range(start, start + 200)` is 200 epochs wherever it starts.
            let start = self.wording_of(start);
            let moves = matches!(stop, Expr::BinOp(sum) if sum.op == Operator::Add
                && [&sum.left, &sum.right].iter().any(|side| self.wording_of(&***side) == start));
            self.script.goes_on |= !moves;
            self.script.starts.push(start);
        }
        if turn == Turn::Epoch && (skips_what_is_over(&inner.target, &inner.body) || is_of_what_is_left(&inner.iter)) {
            self.script.starts_later = true;
            self.script.goes_on = true;
        }
        let element = match &iterated {
            Value::Many(element) => (**element).clone(),
            Value::Group(optimizer) => Value::Group(*optimizer),
            _ => Value::Changing,
        };
        // The place shown is the head of the loop, not all of it.
        let head = TextRange::new(inner.range().start(), inner.iter.range().end());
        let at = self.span(head);
        self.turns(head, turn, turns, &inner.body, |interpreter| {
            interpreter.assign_element(inner, element.clone());
            interpreter.count_turns(&inner.target, &inner.iter, at);
        });
        self.block(&inner.orelse);
    }

    /// What a loop goes over; with its number, where it counts: `for index, group in enumerate(optimizer.param_groups)`.
    fn assign_element(&mut self, inner: &'a StmtFor, element: Value) {
        match &*inner.target {
            Expr::Tuple(both) if both.elts.len() == 2 && counting(&inner.iter).is_some_and(|(_, counts)| counts) => {
                self.assign(&both.elts[0], Value::Changing);
                self.assign(&both.elts[1], element);
            }
            target => self.assign(target, element),
        }
    }

    /// The start and the stop of `range(start, stop)` with a start that is no number of the source.
    fn given_range(&mut self, iterated: &'a Expr) -> Option<&'a [Expr; 2]> {
        // `epochs = tqdm(range(start, stop))`.
        let iterated = self.as_assigned(iterated);
        let Expr::Call(call) = iterated else { return None };
        // `tqdm(range(start, stop))`.
        match call.arguments.args.as_ref() {
            [inner @ Expr::Call(_)] => self.given_range(inner),
            bounds @ [start, _] => {
                // `FIRST_EPOCH if RESUME else 0`, whatever the switch says today.
                let is_choice = start.is_if_expr();
                // The 0 of a constructor is not what it is after a method has loaded a checkpoint.
                let is_taken = start.is_attribute_expr() && {
                    let start = self.wording_of(start);
                    self.script.takes_epoch.contains(&start)
                };
                let start = self.expression(start);
                let is_literal = |value: &Value| matches!(value, Value::Number(number) if number.is_literal());
                let is_given = is_choice || is_taken || !start.alternatives().iter().all(is_literal);
                bounds.try_into().ok().filter(|_| is_given)
            }
            _ => None,
        }
    }

    /// `epoch = 1` before `while epoch <= epochs:`.
    fn counts_from_literal(&mut self, test: &'a Expr) -> bool {
        let Expr::Compare(compare) = test else { return false };
        let sides = std::iter::once(&*compare.left).chain(&compare.comparators);
        let counters = sides.filter(|side| side.is_name_expr() || side.is_attribute_expr()).collect::<Vec<_>>();
        counters.into_iter().any(|side| {
            matches!(self.expression(side), Value::Number(number) if number.is_literal()
            && number.value.is_some_and(|value| (0.0..=1.0).contains(&value)))
        })
    }

    pub(super) fn while_loop(&mut self, inner: &'a StmtWhile) {
        let bound = bound_of_while(self, &inner.test).filter(|_| !begins_anew(&inner.test, &inner.body));
        let bound = bound.or_else(|| self.steps_until_break(inner)).unwrap_or_default();
        let turn = match bound.unit {
            Unit::Epochs => Turn::Epoch,
            // `while step < total: for batch in loader:` is no loop over batches itself.
            Unit::Steps if !contains_loop(&inner.body) => Turn::Batch,
            _ => Turn::Other,
        };
        // A counter that has been set in so many words starts there.
        if turn == Turn::Epoch && !self.counts_from_literal(&inner.test) {
            self.script.starts_later = true;
            self.script.goes_on = true;
        }
        let head = TextRange::new(inner.range().start(), inner.test.range().end());
        self.turns(head, turn, bound, &inner.body, |_| {});
        self.block(&inner.orelse);
    }

    /// Walks the body of a loop: once to see what it changes, once to write down what happens.
    fn turns(&mut self, head: TextRange, turn: Turn, turns: Quantity, body: &'a [Stmt], begin: impl Fn(&mut Self)) {
        // What leaves from inside a loop is not told apart.
        self.frame().nesting += 1;
        self.each_turn(head, turn, turns, body, begin);
        self.frame().nesting -= 1;
    }

    fn each_turn(&mut self, head: TextRange, turn: Turn, turns: Quantity, body: &'a [Stmt], begin: impl Fn(&mut Self)) {
        let is_trial = self.trace.is_muted();
        let counters = if is_trial { Vec::new() } else { self.counters(body, self.span(head)) };
        let mark = self.memory.mark();
        let around = std::mem::take(&mut self.frame().broken_off);
        self.trace.mute();
        begin(self);
        self.block(body);
        self.trace.unmute();
        let writes = self.memory.roll_back(mark);
        self.memory.widen(writes);
        // `start = i; break`: the turn that is broken off is the last.
        for writes in std::mem::replace(&mut self.frame().broken_off, around) {
            self.memory.widen(writes);
        }
        // In a trial turn of a loop around this one, what it changes is all that is asked; nested loops would else be walked
        // again and again.
        if is_trial {
            return;
        }
        begin(self);
        for (name, words) in counters {
            self.keep_formula(name, Some(words));
        }
        self.trace.open();
        self.block(body);
        let mut body = self.trace.close();
        let turn = if turn == Turn::Other && is_epoch_by_body(&body) { Turn::Epoch } else { turn };
        if turn == Turn::Epoch {
            tell_batches(&mut body);
        }
        self.trace.push_loop(self.span(head), turn, turns, body);
    }

    /// What one turn of a loop over this is.
    fn turn_of(&mut self, iterated: &Value, target: &Expr) -> (Turn, Quantity) {
        if let Some(key) = iterated.loader_key() {
            return (Turn::Batch, crate::value::batches(&key));
        }
        let names = target_names(target);
        let by_name = if names.iter().any(|name| is_epoch(name)) {
            Turn::Epoch
        } else if names.iter().any(|name| name.contains("batch")) {
            Turn::Batch
        } else {
            Turn::Other
        };
        match iterated {
            Value::Range(turns) => {
                let turn = match turns.unit {
                    Unit::Epochs => Turn::Epoch,
                    Unit::Steps | Unit::StepsPerEpoch => Turn::Batch,
                    _ => by_name,
                };
                (turn, (**turns).clone())
            }
            // A progress bar over the epochs, built elsewhere; a loop over loaders is none over batches.
            Value::Opaque(Opaque { name, .. }) if crate::names::is_loaders(name) => (Turn::Other, Quantity::unknown()),
            _ => (by_name, Quantity::unknown()),
        }
    }
}

/// `range(epochs - start_epoch)`.
fn is_of_what_is_left(iterated: &Expr) -> bool {
    let Expr::Call(call) = iterated else { return false };
    let [Expr::BinOp(left)] = &*call.arguments.args else { return false };
    left.op == Operator::Sub && crate::syntax::last_name(&left.right).is_some_and(|name| name.contains("start"))
}

/// `if epoch < last_epoch: continue`.
fn skips_what_is_over(target: &Expr, body: &[Stmt]) -> bool {
    let Expr::Name(epoch) = target else { return false };
    body.iter().filter_map(Stmt::as_if_stmt).any(|branch| {
        let Expr::Compare(compare) = &*branch.test else { return false };
        let ([CmpOp::Lt | CmpOp::LtE], [bound]) = (&*compare.ops, &*compare.comparators) else { return false };
        let is_epoch = matches!(&*compare.left, Expr::Name(name) if name.id == epoch.id);
        let is_start = crate::syntax::last_name(bound)
            .is_some_and(|name| ["last_epoch", "start", "resume", "begin"].iter().any(|word| name.contains(word)));
        is_epoch && is_start && branch.body.last().is_some_and(Stmt::is_continue_stmt)
    })
}

/// Whether each turn reads a checkpoint and trains nothing, by its words: it averages or compares them.
fn only_loads(body: &[Stmt], text: &str) -> bool {
    let loads = |value: &Expr| {
        matches!(value, Expr::Call(call) if
            matches!(crate::syntax::last_name(&call.func), Some("load" | "load_state_dict")))
    };
    let reads = body.iter().any(|statement| match statement {
        Stmt::Assign(assign) => loads(&assign.value),
        Stmt::Expr(expression) => loads(&expression.value),
        _ => false,
    });
    reads && !["train", "fit", ".step("].iter().any(|word| text.contains(word))
}

/// `range(n)` of a number that is named after epochs.
fn range_is_of_epochs(iterated: &Expr) -> bool {
    let Expr::Call(call) = iterated else { return false };
    let is_range = matches!(&*call.func, Expr::Name(name) if matches!(name.id.as_str(), "range" | "trange"));
    let last = match call.arguments.args.last() {
        Some(Expr::Name(name)) => name.id.as_str(),
        Some(Expr::Attribute(attribute)) => attribute.attr.as_str(),
        // `config["epoch"]`.
        Some(Expr::Subscript(subscript)) => match &*subscript.slice {
            Expr::StringLiteral(key) => key.value.to_str(),
            _ => return false,
        },
        _ => return false,
    };
    is_range && (crate::names::unit_of(last) == Unit::Epochs || last.eq_ignore_ascii_case("epoch"))
}

/// A turn that goes over a loader once, trains with it, and after or before that steps a scheduler: an epoch by all that it
/// does.
fn is_epoch_by_body(body: &Block) -> bool {
    let is_other_loop = |node: &Node| matches!(&node.action, Action::Loop(inner) if inner.turn != Turn::Batch);
    let builds = |node: &Node| matches!(node.action, Action::BuildOptimizer(_) | Action::BuildSchedule(_));
    let steps = |node: &Node| matches!(node.action, Action::SchedulerStep(_));
    passes_once(body) && body.iter().any(steps) && !body.iter().any(|node| is_other_loop(node) || builds(node))
}

/// Within an epoch, the only loop that steps an optimizer in each turn goes over batches, whatever they are called.
fn tell_batches(epoch: &mut Block) {
    /// A loop over fewer known turns repeats something.
    const FEW: f64 = 20.0;
    fn loops(block: &mut Block) -> Vec<&mut Loop> {
        let mut found = Vec::new();
        for node in block {
            match &mut node.action {
                Action::Loop(inner) if contains_optimizer_step(&inner.body) => found.push(inner),
                Action::Branch(arms) => found.extend(arms.iter_mut().flat_map(|arm| loops(&mut arm.body))),
                _ => {}
            }
        }
        found
    }
    if let [only] = &mut *loops(epoch)
        && only.turn == Turn::Other
        && updates_directly(&only.body)
        && only.turns.value.is_none_or(|turns| turns > FEW)
    {
        only.turn = Turn::Batch;
    }
}

fn is_epoch(name: &str) -> bool {
    let name = name.trim_matches('_');
    name == "ep" || name.contains("epoch")
}

fn target_names(target: &Expr) -> Vec<String> {
    match target {
        Expr::Name(name) => vec![name.id.to_ascii_lowercase()],
        Expr::Tuple(tuple) => tuple.elts.iter().flat_map(target_names).collect(),
        Expr::List(list) => list.elts.iter().flat_map(target_names).collect(),
        Expr::Attribute(attribute) => vec![attribute.attr.to_ascii_lowercase()],
        _ => Vec::new(),
    }
}

/// Whether the counter of `while patience < 10:` is put back to a number in the loop, which then has no set length.
fn begins_anew(test: &Expr, body: &[Stmt]) -> bool {
    struct Reset<'a> {
        counter: &'a str,
        found: bool,
    }
    impl<'a> Visitor<'a> for Reset<'_> {
        fn visit_stmt(&mut self, statement: &'a Stmt) {
            if let Stmt::Assign(assign) = statement {
                let is_counter = |target: &Expr| matches!(target, Expr::Name(name) if name.id == *self.counter);
                self.found |= assign.value.is_number_literal_expr() && assign.targets.iter().any(is_counter);
            }
            walk_stmt(self, statement);
        }

        fn visit_expr(&mut self, _: &'a Expr) {}
    }
    let Expr::Compare(compare) = test else { return false };
    let mut counters = [&*compare.left].into_iter().chain(&compare.comparators).filter_map(Expr::as_name_expr);
    counters.any(|counter| {
        let mut reset = Reset { counter: &counter.id, found: false };
        reset.visit_body(body);
        reset.found
    })
}

fn contains_loop(body: &[Stmt]) -> bool {
    body.iter().any(|statement| match statement {
        Stmt::For(_) => true,
        Stmt::If(branch) => {
            contains_loop(&branch.body) || branch.elif_else_clauses.iter().any(|clause| contains_loop(&clause.body))
        }
        Stmt::With(with) => contains_loop(&with.body),
        Stmt::Try(attempt) => contains_loop(&attempt.body),
        _ => false,
    })
}
