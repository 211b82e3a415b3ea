//! Steps: which schedulers and optimizers `something.step(...)` steps, and what a scheduler is told thereby.

use std::rc::Rc;

use advisor::Span;
use advisor::classes::PLATEAU;
use advisor::plan::{
    Action, Data, Evidence, Library, OptimizerId, OptimizerStep, ScheduleId, SchedulerStep, StepArgument,
};
use ruff_python_ast::{Expr, ExprCall};
use ruff_text_size::Ranged;

use super::{Given, Interpreter};
use crate::interpreter::conditions::Fact;
use crate::names;
use crate::syntax::last_name;
use crate::value::{Opaque, Value};

impl<'a> Interpreter<'a> {
    /// What sight was lost of, such as an optimizer that a checkpoint may have replaced, if its name still tells what it is.
    pub(in crate::interpreter) fn by_its_name(&self, expression: &Expr) -> Option<Value> {
        let (Expr::Name(_) | Expr::Attribute(_)) = expression else { return None };
        let text = self.text(expression);
        let last = names::last_part(text).to_owned();
        (names::is_optimizer(&last) || names::is_lr_scheduler(&last))
            .then(|| Value::opaque(format!("lost:{text}"), last))
    }

    /// `something.step(...)`.
    pub(super) fn step(&mut self, call: &'a ExprCall, receiver: &Value, given: &Given<'a>) -> Value {
        let span = self.span(call.range());
        let arguments = (!given.open).then(|| given.positional.len() + given.keywords.len());
        // `scaler.step(optimizer)`, by position or name.
        let first = given.first().or_else(|| given.keyword("optimizer")).cloned();
        let mut schedules = Vec::new();
        let mut or_unknown = false;
        let mut optimizer = None;
        // Those of which it is one, where that stays open.
        let mut may_step: Vec<OptimizerId> = Vec::new();
        for value in receiver.alternatives() {
            match value {
                Value::Schedule(id) => schedules.push(*id),
                Value::Optimizer(id) => {
                    may_step.push(*id);
                    optimizer = Some(Some(*id).filter(|_| optimizer.is_none_or(|known| known == Some(*id))));
                }
                Value::None | Value::Unbound => {}
                Value::Opaque(opaque) => {
                    // What drives an optimizer has been seen to be one; else the names decide.
                    if let Some(id) = self.optimizer_of(value, false) {
                        optimizer = Some(Some(id));
                    } else if let Some(id) = first.as_ref().and_then(|first| self.optimizer_of(first, true)) {
                        optimizer = Some(Some(id));
                    } else if let Some(several) = first.as_ref().map(optimizers).filter(|several| !several.is_empty()) {
                        may_step.extend(several);
                        optimizer = Some(None);
                    } else if names::is_optimizer(&opaque.name) || self.is_called_optimizer(call) {
                        optimizer = Some(self.optimizer_of(value, true));
                    } else if let Some(class) = self.class_by_condition(opaque) {
                        schedules.push(self.schedule_of_class(call, opaque, &class));
                    } else if names::is_some_scheduler(&opaque.name) && self.is_given_metric(call) {
                        // What takes a metric is a plateau scheduler.
                        schedules.push(self.schedule_of_class(call, opaque, PLATEAU));
                    } else if names::is_lr_scheduler(&opaque.name)
                        && !(opaque.is_own_scheduler || self.script.words.foreign_scheduler)
                        && (arguments == Some(0) || is_told_epoch(call))
                    {
                        schedules.push(self.named_schedule(call, opaque));
                    } else if arguments == Some(0) && opaque.name.contains("engine") {
                        optimizer = Some(None);
                    } else {
                        or_unknown = true;
                    }
                }
                _ => {
                    if let Some(id) = first.as_ref().and_then(|first| self.optimizer_of(first, true)) {
                        optimizer = Some(Some(id));
                    } else {
                        or_unknown = true;
                    }
                }
            }
        }
        // A scheduler that steps what it holds is stepped itself, or nothing is.
        let is_within = self.is_in_scheduler();
        if or_unknown && arguments.is_none_or(|count| count <= 1) && !is_within && !self.is_no_scheduler(&call.func) {
            self.script.steps_unknown = true;
            if let Expr::Attribute(function) = &*call.func {
                self.script.steps_named |= self.text(&*function.value).to_ascii_lowercase().contains("sched");
            }
        }
        if let Some(optimizer) = optimizer {
            self.note_optimizers(receiver);
            first.iter().for_each(|first| self.note_optimizers(first));
            self.push_optimizer_step(span, optimizer, may_step, true);
        }
        // What holds here rules some of them out.
        schedules.retain(|id| !self.rules_out(*id));
        schedules.sort_unstable();
        schedules.dedup();
        if !schedules.is_empty() {
            schedules.iter().for_each(|id| self.note_stepped(*id));
            let first = self.step_argument(call);
            let comes_first = names::last_part(self.text(&*call.func)) == "batch_step";
            let step = SchedulerStep { schedules, or_unknown, arguments, first, comes_first };
            self.trace.push(span, Action::SchedulerStep(step));
        }
        Value::Unknown
    }

    /// `aux_optimizer.step()`, whatever it was called where it came from: `optimizers["aux"]`.
    fn is_called_optimizer(&self, call: &ExprCall) -> bool {
        let Expr::Attribute(function) = &*call.func else { return false };
        last_name(&function.value)
            .is_some_and(|name| names::last_part(name).to_ascii_lowercase().ends_with("optimizer"))
    }

    /// Whether a schedule is not there, by what holds here.
    fn rules_out(&self, id: ScheduleId) -> bool {
        let built_under = &self.built_under[id.0];
        self.facts.iter().any(|fact| {
            built_under.iter().any(|built| built.contradicts(fact))
                || matches!(fact, Fact::Narrows(among, kept) if among.contains(&id) && !kept.contains(&id))
        })
    }

    /// The schedules that are not there.
    pub(in crate::interpreter) fn ruled_out(&self) -> Vec<ScheduleId> {
        (0..self.schedules.len()).map(ScheduleId).filter(|id| self.rules_out(*id)).collect()
    }

    /// `step(val_loss)` or, as before PyTorch 1.4, `step(val_loss, epoch)`.
    fn is_given_metric(&self, call: &ExprCall) -> bool {
        let metric = match &*call.arguments.args {
            // No other scheduler of torch has a parameter of that name.
            [] if let [only] = &*call.arguments.keywords => return only.arg.as_deref() == Some("metrics"),
            [metric] => metric,
            [metric, epoch] if crate::metric::names(epoch).iter().any(|name| name.contains("epoch")) => metric,
            _ => return false,
        };
        let names = crate::metric::names(metric);
        call.arguments.keywords.is_empty()
            && names.iter().any(|name| names::is_metric(name))
            && !names.iter().any(|name| name.to_ascii_lowercase().contains("epoch") && !names::is_metric(name))
    }

    /// The class that a condition around says something is of.
    fn class_by_condition(&self, opaque: &Opaque) -> Option<Rc<str>> {
        self.facts.iter().find_map(|fact| match fact {
            Fact::IsA(key, class, true) if *key == opaque.key => Some(class.clone()),
            _ => None,
        })
    }

    /// Takes note of `get_lr()` of a scheduler of torch; a class made of one has one of its own, which warns of nothing.
    pub(super) fn note_get_lr(&mut self, id: ScheduleId, span: Span) {
        let schedule = &self.schedules[id.0];
        let is_torch = schedule.library == Library::Torch && !schedule.steps_as_torch;
        let is_proved = schedule.evidence == Evidence::Proved;
        if is_torch && is_proved {
            self.get_lr_calls.push(span);
        }
    }

    pub(super) fn note_stepped(&mut self, schedule: ScheduleId) {
        if !self.script.stepped.contains(&schedule) {
            self.script.stepped.push(schedule);
        }
    }

    /// Whether something that is stepped is surely no scheduler, by its name.
    fn is_no_scheduler(&self, function: &Expr) -> bool {
        const OTHERS: [&str; 14] = [
            "env", "prof", "sim", "game", "world", "bar", "tracker", "ema", "meter", "timer", "stop", "early",
            "logger", "pruner",
        ];
        let Expr::Attribute(function) = function else { return false };
        let receiver = self.text(&*function.value).to_ascii_lowercase();
        // `es = EarlyStopping(patience)`
        receiver == "es" || OTHERS.iter().any(|other| receiver.contains(other))
    }

    /// What a scheduler's `step` is given first.
    fn step_argument(&mut self, call: &'a ExprCall) -> Option<StepArgument> {
        let by_position = call.arguments.args.first().map(|expression| (None, expression));
        let by_keyword = || {
            // `step(epoch=epoch, metrics=loss)`.
            let keyword = call.arguments.find_keyword("metrics").or(call.arguments.keywords.first())?;
            Some((Some(keyword.arg.as_ref()?.to_string()), &keyword.value))
        };
        let (keyword, expression) = by_position.or_else(by_keyword)?;
        let body = match self.frames.last().and_then(|frame| frame.function) {
            Some(function) => self.functions[function].definition.body.as_slice(),
            None => self.body,
        };
        let names = crate::metric::names(expression);
        // In a turn for training data of a loop over several kinds.
        let in_training = self.phases.last().is_some_and(|phase| phase.contains("train"))
            && names.iter().any(|name| names::is_metric(name))
            && !names.iter().any(|name| crate::metric::is_held_out(name));
        let data = if in_training { Data::Training } else { crate::metric::data(expression, body) };
        let (text, span) = (self.wording_of(expression), self.span(expression.range()));
        let value = self.formula(expression).unwrap_or_default();
        Some(StepArgument { keyword, text, span, names, data, value })
    }

    /// Takes note that one of several optimizers trains: which of them is a choice.
    pub(super) fn note_optimizers(&mut self, value: &Value) {
        for value in value.alternatives() {
            if let Value::Optimizer(id) = value {
                self.note_optimizer(Some(*id));
            }
        }
    }

    pub(super) fn note_optimizer(&mut self, optimizer: Option<OptimizerId>) {
        if let Some(id) = optimizer
            && !self.script.optimizers_stepped.contains(&id)
        {
            self.script.optimizers_stepped.push(id);
        }
    }

    pub(super) fn optimizer_step(&mut self, call: &'a ExprCall, given: Option<&Value>) {
        let optimizer = given.and_then(|value| self.optimizer_of(value, true));
        self.push_optimizer_step(self.span(call.range()), optimizer, given.map(optimizers).unwrap_or_default(), true);
    }

    pub(super) fn push_optimizer_step(
        &mut self,
        span: Span,
        optimizer: Option<OptimizerId>,
        may_step: Vec<OptimizerId>,
        in_sight: bool,
    ) {
        self.note_optimizer(optimizer);
        self.optimizer_steps += 1;
        let may_step = if optimizer.is_none() { may_step } else { Vec::new() };
        self.trace.push(span, Action::OptimizerStep(OptimizerStep { optimizer, may_step, in_sight }));
    }
}

/// The optimizers that something may be.
pub(super) fn optimizers(value: &Value) -> Vec<OptimizerId> {
    value.alternatives().iter().filter_map(Value::optimizer).collect()
}

/// `step(epoch)`, `step(epoch=...)`.
fn is_told_epoch(call: &ExprCall) -> bool {
    match (&*call.arguments.args, &*call.arguments.keywords) {
        ([epoch], []) => last_name(epoch).is_some_and(|name| name.ends_with("epoch")),
        ([], keywords) => {
            keywords.iter().any(|keyword| keyword.arg.as_ref().is_some_and(|arg| arg.as_str() == "epoch"))
        }
        _ => false,
    }
}
