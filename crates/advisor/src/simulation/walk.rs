//! Goes through a run.
//!
//! Twice: once with every loop taken one time, which finds all that is missing, and once in full. Where nothing is missing
//! but the number of batches in an epoch, and the LR stays as it is within each, in full means one step for each epoch.

use scheduler::{Exception, Optimizer, ScheduleError, Scheduler};

use super::accelerate::Accelerate;
use super::frameworks::timm_factory;
use super::metrics::Metrics;
use super::numbers::Numbers;
use super::{Given, MOST_STEPS, Missing, Note, Simulation, Stopped, Track, Wanted, build};
use crate::classes::PLATEAU;
use crate::plan::{
    Action, ArgumentValue, Arm, Block, Driver, Guard, Library, Loop, Node, OptimizerId, OptimizerStep, Plan,
    ScheduleId, SchedulerStep, SetLr, StepArgument, Turn, Word, spelled,
};
use crate::quantity::{Quantity, Unit};
use crate::sites::contains_optimizer_step;
use crate::span::Span;

/// timm's scheduler that listens to a metric.
const TIMM_PLATEAU: &str = "PlateauLRScheduler";

/// Goes through the run.
pub(super) fn walk(plan: &Plan, given: &Given, metrics: &[f64]) -> Result<Simulation, Stopped> {
    let rehearsal = Walk::new(plan, given, metrics, Pace::Rehearsal).run()?;
    let (mut missing, batches) = (rehearsal.numbers.missing.clone(), rehearsal.numbers.batches.clone());
    let pace = match batches {
        Some(_) if rehearsal.out_of_sight != Some(Turn::Batch) && stays_in_epochs(&plan.run, false) => Pace::Epochs,
        _ => Pace::Steps,
    };
    missing.extend(batches.filter(|_| pace == Pace::Steps));
    if !missing.is_empty() {
        return Err(Stopped::Missing(missing));
    }
    let done = Walk::new(plan, given, metrics, pace).run()?;
    let tracks: Vec<Track> = done.tracks.into_iter().flatten().collect();
    if tracks.is_empty() {
        return Err(Stopped::NothingTrains);
    }
    Ok(Simulation { tracks, notes: done.numbers.notes, batches: done.numbers.batches })
}

/// How a run is gone through.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Pace {
    /// Every loop is taken once, whatever its length.
    Rehearsal,
    /// Every epoch is one step.
    Epochs,
    Steps,
}

/// Whether all optimizer steps are made in epochs, and nothing changes a LR in the middle of one.
fn stays_in_epochs(block: &Block, in_epoch: bool) -> bool {
    /// Whether the LR is left alone.
    fn stays(block: &Block) -> bool {
        block.iter().all(|node| match &node.action {
            Action::Loop(inner) => stays(&inner.body),
            Action::Branch(arms) => arms.iter().all(|arm| stays(&arm.body)),
            Action::OptimizerStep(_) => true,
            _ => false,
        })
    }
    block.iter().all(|node| match &node.action {
        Action::Loop(inner) if inner.turn == Turn::Epoch => stays_in_epochs(&inner.body, true),
        Action::Loop(inner) if in_epoch && inner.turn == Turn::Batch => stays(&inner.body),
        Action::Loop(inner) => !contains_optimizer_step(&inner.body) && stays_in_epochs(&inner.body, in_epoch),
        Action::Branch(arms) => arms.iter().all(|arm| stays_in_epochs(&arm.body, in_epoch)),
        Action::OptimizerStep(_) => in_epoch,
        _ => true,
    })
}

/// How a block ended.
enum Flow {
    Goes,
    /// A scheduler raised, or a bound on steps is reached.
    Ends,
}

/// One turn of a loop that is being made.
struct Frame {
    kind: Turn,
    span: Span,
    turn: usize,
    turns: usize,
}

struct Walk<'p> {
    plan: &'p Plan,
    numbers: Numbers<'p>,
    accelerate: Option<Accelerate<'p>>,
    metrics: Metrics<'p>,
    pace: Pace,
    /// By their ids, as far as they have been built.
    optimizers: Vec<Option<Optimizer>>,
    schedulers: Vec<Option<Scheduler>>,
    /// By the ids of the optimizers that have stepped.
    tracks: Vec<Option<Track>>,
    frames: Vec<Frame>,
    steps: usize,
    /// Epochs that have begun.
    epochs: usize,
    /// Calls of schedulers.
    calls: usize,
    /// The number of steps at which loops end: that of a `while` over steps.
    bound: usize,
    /// Nothing but that number ends the loop over batches that is next.
    is_endless: bool,
    /// Schedulers that only what trains out of sight may step, and after what it does, as somebody says.
    handed_over: Vec<ScheduleId>,
    out_of_sight: Option<Turn>,
}

impl<'p> Walk<'p> {
    fn new(plan: &'p Plan, given: &'p Given, metrics: &'p [f64], pace: Pace) -> Self {
        let mut numbers = Numbers::new(given);
        let accelerate = Accelerate::of(plan, &mut numbers);
        Self {
            plan,
            numbers,
            accelerate,
            metrics: Metrics::new(metrics),
            pace,
            optimizers: none_of(&plan.optimizers),
            schedulers: none_of(&plan.schedules),
            tracks: none_of(&plan.optimizers),
            frames: Vec::new(),
            steps: 0,
            epochs: 0,
            calls: 0,
            bound: usize::MAX,
            is_endless: false,
            handed_over: Vec::new(),
            out_of_sight: None,
        }
    }

    fn run(mut self) -> Result<Self, Stopped> {
        let plan = self.plan;
        // What is stepped in the run and built out of its sight is there from the start.
        let mut used = vec![Used::default(); plan.schedules.len()];
        collect_used(&plan.run, &mut used);
        for (index, used) in used.into_iter().enumerate() {
            let id = ScheduleId(index);
            match (used.built, used.stepped) {
                (false, true) => self.build(id)?,
                (true, false) if plan.script.trained_with.contains(&id) => self.handed_over.push(id),
                _ => {}
            }
        }
        if let Some(first) = self.handed_over.first() {
            self.out_of_sight = self.cadence_of(plan.schedule(*first).span);
        }
        self.block(&plan.run)?;
        Ok(self)
    }

    /// After what a scheduler is stepped that is given to something out of sight: `scheduler_step=batch`.
    fn cadence_of(&mut self, span: Span) -> Option<Turn> {
        const NAME: &str = "scheduler_step";
        match self.numbers.said(NAME).as_deref() {
            Some("batch") => Some(Turn::Batch),
            Some("epoch") => Some(Turn::Epoch),
            _ => {
                let what = "given to what trains out of sight".to_owned();
                self.numbers.miss(Missing { name: NAME.to_owned(), wanted: Wanted::Cadence, what, span });
                None
            }
        }
    }

    /// What is out of sight steps the schedulers that it was given.
    fn step_out_of_sight(&mut self, of: OptimizerId, after: Turn) -> Flow {
        if self.out_of_sight != Some(after) || self.pace == Pace::Rehearsal {
            return Flow::Goes;
        }
        for id in self.handed_over.clone() {
            let is_driven = self.driven(id) == Some(of);
            if let (true, Some(scheduler), Some(optimizer)) =
                (is_driven, self.schedulers[id.0].as_mut(), self.optimizers[of.0].as_mut())
                && let Err(error) = scheduler.step(optimizer, None)
            {
                return self.end(of, error);
            }
        }
        Flow::Goes
    }

    fn block(&mut self, block: &'p Block) -> Result<Flow, Stopped> {
        for node in block {
            if let Flow::Ends = self.node(node)? {
                return Ok(Flow::Ends);
            }
        }
        Ok(Flow::Goes)
    }

    fn node(&mut self, node: &'p Node) -> Result<Flow, Stopped> {
        let span = node.span;
        match &node.action {
            Action::Loop(inner) => return self.turns(inner, span),
            Action::Branch(arms) => return self.branch(arms, span),
            Action::OptimizerStep(step) => return self.optimizer_step(step, span),
            Action::SchedulerStep(step) => return self.scheduler_step(step, span),
            Action::UpdateSchedule(id) => return Ok(self.update(*id)),
            Action::BuildSchedule(id) => self.build(*id)?,
            Action::BuildOptimizer(id) => {
                self.optimizers[id.0] = None;
                self.optimizer(*id);
            }
            Action::SetLr(set) => self.set_lr(set, span),
            Action::RestoreOptimizer(_) => {}
        }
        Ok(Flow::Goes)
    }

    /// What the source writes into the parameter groups.
    fn set_lr(&mut self, set: &'p SetLr, span: Span) {
        let of = self.plan.named_or_only(set.optimizer);
        let lr = of.and_then(|of| self.expression(&set.value, Some(of), span));
        match (of, lr) {
            (Some(of), Some(lr)) => self.optimizer(of).set_lr(lr),
            _ => self.note(span, format!("The LR is set by hand to `{}`; that is not followed.", set.text)),
        }
    }

    /// The value of an expression of what changes from turn to turn, where that is known: a condition, or an LR of an optimizer.
    fn expression(&mut self, words: &'p [Word], of: Option<OptimizerId>, span: Span) -> Option<f64> {
        let lr = of.and_then(|of| self.optimizer(of).lrs().first().copied());
        let missing = self.numbers.missing.len();
        let (frames, numbers) = (&self.frames, &mut self.numbers);
        let text = spelled(words, &mut |word| match word {
            Word::Text(_) | Word::BaseLr => None,
            Word::Number(quantity) => numbers.value(quantity, "value", span),
            Word::Turn(at) => frames.iter().rev().find(|frame| frame.span == *at).map(|frame| frame.turn as f64),
            Word::Lr => lr,
            Word::Chosen(chosen) => numbers.decided(chosen, span).map(f64::from),
        });
        // A condition can be done without; what has no name in the source cannot be asked for.
        let has_name =
            |missing: &Missing| missing.name.starts_with(|first: char| first.is_alphabetic() || first == '_');
        if of.is_none() || !self.numbers.missing[missing..].iter().all(has_name) {
            self.numbers.missing.truncate(missing);
        }
        let text = text?;
        scheduler::evaluate_expression(&text).ok()
    }

    fn turns(&mut self, inner: &'p Loop, span: Span) -> Result<Flow, Stopped> {
        if !matters(&inner.body) {
            return Ok(Flow::Goes);
        }
        let outer_bound = self.bound;
        let turns = match inner.turn {
            Turn::Epoch => self.numbers.count(&inner.turns, "epochs", span),
            Turn::Batch if self.is_endless => self.known(&inner.turns, span).unwrap_or(MOST_STEPS),
            Turn::Batch => self.batches(&inner.turns, span),
            // `while step < total:` ends by what is done inside.
            Turn::Other if inner.turns.unit.is_steps() => {
                let steps = self.numbers.count(&inner.turns, "steps", span);
                self.bound = self.bound.min(self.steps.saturating_add(steps));
                self.is_endless = is_all_batches(&inner.body);
                MOST_STEPS
            }
            Turn::Other => match self.known(&inner.turns, span) {
                Some(turns) => turns,
                None => {
                    self.note(span, "How often this loop turns is not known; it is taken once.".to_owned());
                    1
                }
            },
        };
        let turns = match self.pace {
            Pace::Rehearsal => 1,
            Pace::Epochs if inner.turn == Turn::Batch => 1,
            _ => turns,
        };
        for turn in 0..turns {
            if self.steps >= self.bound {
                break;
            }
            self.epochs += usize::from(inner.turn == Turn::Epoch);
            self.frames.push(Frame { kind: inner.turn, span, turn, turns });
            let flow = self.block(&inner.body);
            self.frames.pop();
            if let Flow::Ends = flow? {
                return Ok(Flow::Ends);
            }
        }
        (self.bound, self.is_endless) = (outer_bound, false);
        Ok(Flow::Goes)
    }

    /// A number of batches in an epoch.
    fn batches(&mut self, batches: &Quantity, span: Span) -> usize {
        self.numbers.spare_batches(|numbers| numbers.count(batches, "steps_per_epoch", span))
    }

    /// A number of turns, if it needs nothing that is missing.
    fn known(&mut self, turns: &Quantity, span: Span) -> Option<usize> {
        let before = self.numbers.missing.len();
        let known = self.numbers.value(turns, "turns", span).map(|value| value.max(0.0) as usize);
        self.numbers.missing.truncate(before);
        known
    }

    fn branch(&mut self, arms: &'p [Arm], span: Span) -> Result<Flow, Stopped> {
        if let Some(taken) = self.tests(arms, span) {
            // A rehearsal finds what is missing on every way.
            for (arm, taken) in arms.iter().zip(taken) {
                if (taken || self.pace == Pace::Rehearsal)
                    && let Flow::Ends = self.block(&arm.body)?
                {
                    return Ok(Flow::Ends);
                }
            }
            return Ok(Flow::Goes);
        }
        if let Some(arm) = self.chosen(arms, span) {
            return self.block(&arm.body);
        }
        let (turn, is_last) =
            self.frames.last().map_or((0, false), |frame| (frame.turn, frame.turn + 1 == frame.turns));
        // Lightning does not carry gradients over from one epoch to the next.
        let closes = is_last && self.plan.driver == Driver::Lightning;
        let mut other = None;
        for arm in arms {
            match &arm.guard {
                Guard::Every(count) => {
                    let count = self.numbers.count(count, "accumulation", span).max(1);
                    let closes = closes && contains_optimizer_step(&arm.body);
                    // An epoch that is one step makes it.
                    let is_made = self.pace != Pace::Steps && (self.pace == Pace::Rehearsal || self.in_batch());
                    if is_made || closes || (turn + 1).is_multiple_of(count) {
                        return self.block(&arm.body);
                    }
                }
                _ if other.is_none() && matters(&arm.body) => other = Some(arm),
                _ => {}
            }
        }
        let Some(arm) = other else { return Ok(Flow::Goes) };
        let several = arms.iter().filter(|arm| matters(&arm.body)).count() > 1;
        if !arm.condition.is_empty() && (several || arm.guard == Guard::Changing) {
            let condition = arm.condition.lines().last().unwrap_or_default().trim();
            self.note(span, format!("`{condition}` is taken to hold."));
        }
        self.block(&arm.body)
    }

    /// The arm that is chosen by what is said before the run, or by what that is by default.
    fn chosen(&mut self, arms: &'p [Arm], span: Span) -> Option<&'p Arm> {
        let is_choice = arms.iter().filter(|arm| matters(&arm.body)).count() > 1;
        let numbers = &mut self.numbers;
        let mut fixed = arms.iter().filter(|arm| arm.guard == Guard::Fixed);
        fixed.find(|arm| numbers.choose(&arm.chosen, is_choice, span))
    }

    /// Whether each arm of a branch is taken, if that follows from the turns of the loops around.
    fn tests(&mut self, arms: &'p [Arm], span: Span) -> Option<Vec<bool>> {
        // An epoch that is one step has no batches to count.
        if self.pace == Pace::Epochs && self.in_batch() {
            return None;
        }
        let known = arms.iter().all(|arm| !arm.test.is_empty());
        let tests = arms.iter().map(|arm| self.expression(&arm.test, None, span).map(|test| test != 0.0));
        if known { tests.collect() } else { None }
    }

    /// The optimizer that is named; else of those that it may be the one that has been built, as the way that is taken has it.
    fn one_of(&self, named: Option<OptimizerId>, among: &[OptimizerId]) -> Option<OptimizerId> {
        let built = || among.iter().find(|id| self.optimizers[id.0].is_some()).or(among.first()).copied();
        self.plan.named_or_only(named).or_else(built)
    }

    /// The optimizer that a schedule drives.
    fn driven(&self, id: ScheduleId) -> Option<OptimizerId> {
        let facts = self.plan.schedule(id);
        self.one_of(facts.optimizer, &facts.may_drive)
    }

    fn optimizer(&mut self, id: OptimizerId) -> &mut Optimizer {
        let (plan, numbers) = (self.plan, &mut self.numbers);
        self.optimizers[id.0].get_or_insert_with(|| build::optimizer(plan.optimizer(id), numbers))
    }

    fn optimizer_step(&mut self, step: &OptimizerStep, span: Span) -> Result<Flow, Stopped> {
        let Some(of) = self.one_of(step.optimizer, &step.may_step) else { return Ok(Flow::Goes) };
        if !self.synchronizes() {
            return Ok(Flow::Goes);
        }
        // A call out of sight that trains for an epoch makes all its steps.
        let in_epoch = self.frames.last().is_some_and(|frame| frame.kind == Turn::Epoch);
        let times = if !step.in_sight && in_epoch {
            self.note(span, "This call is taken to make all optimizer steps of an epoch.".to_owned());
            let steps = self.batches(&Quantity::of_unit(Unit::StepsPerEpoch), span);
            if self.pace == Pace::Epochs { 1 } else { steps }
        } else {
            1
        };
        // The first step of an epoch stands for all of them.
        let made = track(self.plan, &mut self.tracks, of).lrs.len();
        let times = if self.pace == Pace::Epochs { self.epochs.saturating_sub(made).min(1) } else { times };
        for _ in 0..times {
            let lr = self.optimizer(of).lrs().first().copied().unwrap_or_default();
            track(self.plan, &mut self.tracks, of).lrs.push(lr);
            self.steps += 1;
            if self.steps > MOST_STEPS {
                return Err(Stopped::TooLong);
            }
            if !step.in_sight
                && let Flow::Ends = self.step_out_of_sight(of, Turn::Batch)
            {
                return Ok(Flow::Ends);
            }
        }
        Ok(if step.in_sight { Flow::Goes } else { self.step_out_of_sight(of, Turn::Epoch) })
    }

    fn build(&mut self, id: ScheduleId) -> Result<(), Stopped> {
        let plan = self.plan;
        // The parts of a composed schedule are built with it.
        if plan.is_part(id) {
            return Ok(());
        }
        let Some(of) = self.driven(id) else { return Ok(()) };
        let Some(schedule) = build::schedule(plan, id, &mut self.numbers).map_err(Stopped::Unreadable)? else {
            return Ok(());
        };
        match Scheduler::new(&schedule, self.optimizer(of)) {
            Ok(scheduler) => {
                self.schedulers[id.0] = Some(scheduler);
                if let Some(accelerate) = &mut self.accelerate {
                    accelerate.built(id, &schedule);
                }
            }
            // With made-up numbers in it, a rehearsal says nothing.
            Err(_) if self.pace == Pace::Rehearsal => {}
            Err(error) => {
                let text = format!("{} raises when it is built: {error}", plan.schedule(id).class);
                return Err(Stopped::Unreadable(Note { span: plan.schedule(id).span, text }));
            }
        }
        Ok(())
    }

    fn scheduler_step(&mut self, step: &'p SchedulerStep, span: Span) -> Result<Flow, Stopped> {
        let Some(id) = step.schedules.iter().copied().find(|id| self.schedulers[id.0].is_some()) else {
            if step.schedules.is_empty() {
                self.note(span, "What is stepped here is not in sight; it is left out.".to_owned());
            }
            return Ok(Flow::Goes);
        };
        let facts = self.plan.schedule(id);
        let Some(of) = self.driven(id) else { return Ok(Flow::Goes) };
        let is_timm = facts.library == Library::Timm;
        if is_timm && timm_factory::counts_updates(facts) {
            return Ok(Flow::Goes);
        }
        let argument = step.first.as_ref().map(|first| first.text.clone()).unwrap_or_default();
        let to = match (step.arguments, &step.first) {
            (Some(1..), Some(first)) => self.position(first, facts.library, &facts.class),
            _ => None,
        };
        if is_timm && step.arguments == Some(0) && self.pace != Pace::Rehearsal {
            let message = "step() missing 1 required positional argument: 'epoch'".to_owned();
            return Ok(self.end(of, ScheduleError { exception: Exception::TypeError, message }));
        }
        // A warmup before a plateau hands its metric on.
        let plateau = self.plan.plateau(id).or_else(|| (facts.class == TIMM_PLATEAU).then_some(facts));
        let is_plateau = plateau.is_some();
        let is_plain = match (is_plateau, &step.first) {
            (true, Some(first)) => step.arguments == Some(1) && first.keyword.as_deref() == Some("metrics"),
            (false, Some(_)) => to.is_some(),
            (_, None) => true,
        };
        if facts.library == Library::GradualWarmup && !is_plain {
            let text = format!("Where `step({argument})` takes a {} is not known.", facts.class);
            return Err(Stopped::Unreadable(Note { span, text }));
        }
        if is_timm && to.is_none() {
            self.note(span, format!("`{argument}` is taken to count the epochs that are done."));
        }
        let to = to.filter(|_| !is_plateau);
        let mode = plateau.and_then(|plateau| plateau.argument("mode")).map(|argument| &argument.value);
        let maximizes = match mode {
            Some(ArgumentValue::Text(mode)) => mode == "max",
            _ => facts.class == TIMM_PLATEAU,
        };
        // Without an argument there is no metric, which torch's scheduler takes amiss; timm's is given the epoch before it.
        let has_metric = step.arguments != Some(usize::from(is_timm));
        let metric = (is_plateau && has_metric).then(|| self.metrics.next(&mut self.numbers, span, maximizes));
        if self.pace == Pace::Rehearsal {
            return Ok(Flow::Goes);
        }
        let synchronizes = self.synchronizes();
        let calls = self.accelerate.as_mut().map_or(1, |accelerate| accelerate.calls(id, synchronizes));
        self.calls = self.calls.saturating_add(calls);
        if self.calls > MOST_STEPS {
            return Err(Stopped::TooLong);
        }
        let (Some(scheduler), Some(optimizer)) = (self.schedulers[id.0].as_mut(), self.optimizers[of.0].as_mut())
        else {
            return Ok(Flow::Goes);
        };
        for _ in 0..calls {
            let stepped = match to {
                Some(epoch) => scheduler.step_to(optimizer, epoch),
                None => scheduler.step(optimizer, metric),
            };
            if let Err(error) = stepped {
                return Ok(self.end(of, error));
            }
        }
        Ok(Flow::Goes)
    }

    /// timm's `step_update(num_updates)`: the number of steps that the optimizer has made.
    fn update(&mut self, id: ScheduleId) -> Flow {
        let facts = self.plan.schedule(id);
        let Some(of) = self.driven(id).filter(|_| timm_factory::counts_updates(facts)) else {
            return Flow::Goes;
        };
        let updates = self.tracks[of.0].as_ref().map_or(0, |track| track.lrs.len());
        match (self.schedulers[id.0].as_mut(), self.optimizers[of.0].as_mut()) {
            (Some(scheduler), Some(optimizer)) if self.pace != Pace::Rehearsal => {
                match scheduler.step_to(optimizer, updates as f64) {
                    Ok(()) => Flow::Goes,
                    Err(error) => self.end(of, error),
                }
            }
            _ => Flow::Goes,
        }
    }

    fn in_batch(&self) -> bool {
        self.frames.last().is_some_and(|frame| frame.kind == Turn::Batch)
    }

    /// Whether gradients are complete where the run is, so that accelerate lets optimizers step.
    fn synchronizes(&self) -> bool {
        let batch = self.frames.iter().rev().find(|frame| frame.kind == Turn::Batch);
        let (Some(accelerate), Some(batch)) = (&self.accelerate, batch) else { return true };
        self.pace != Pace::Steps || accelerate.synchronizes(batch.turn, batch.turns)
    }

    /// What a scheduler raises ends the run.
    fn end(&mut self, of: OptimizerId, error: ScheduleError) -> Flow {
        let track = track(self.plan, &mut self.tracks, of);
        track.error = Some((track.lrs.len(), error));
        Flow::Ends
    }

    /// The position that `step(epoch)` and its kin name.
    fn position(&mut self, first: &'p StepArgument, library: Library, class: &str) -> Option<f64> {
        if class == PLATEAU || library == Library::Other && !first.text.contains("epoch") {
            return None;
        }
        self.expression(&first.value, None, first.span).or_else(|| self.epoch_of(&first.text))
    }

    /// By its name: a loop variable over epochs, or a share of the epoch more.
    fn epoch_of(&self, argument: &str) -> Option<f64> {
        let of = |kind: Turn| self.frames.iter().rev().find(|frame| frame.kind == kind);
        let epoch = of(Turn::Epoch)?.turn as f64;
        let is_name = argument.chars().all(|c| c.is_alphanumeric() || c == '_' || c == '.');
        match of(Turn::Batch) {
            _ if is_name && argument.contains("epoch") => Some(epoch),
            _ if argument.replace(' ', "").ends_with("epoch+1") => Some(epoch + 1.0),
            Some(batch) if argument.contains('/') => Some(epoch + batch.turn as f64 / batch.turns.max(1) as f64),
            _ => None,
        }
    }

    fn note(&mut self, span: Span, text: String) {
        self.numbers.note(Note { span, text });
    }
}

/// Whether a schedule is built or stepped in a run, or the LR set by hand.
pub(super) fn has_schedule(run: &Block) -> bool {
    run.iter().any(|node| match &node.action {
        Action::Loop(inner) => has_schedule(&inner.body),
        Action::Branch(arms) => arms.iter().any(|arm| has_schedule(&arm.body)),
        Action::BuildSchedule(_) | Action::SchedulerStep(_) | Action::UpdateSchedule(_) | Action::SetLr(_) => true,
        _ => false,
    })
}

/// Whether the only thing in a loop that does something is a loop over batches: where steps end it, the next epoch goes on as
/// the one before would have.
fn is_all_batches(body: &Block) -> bool {
    let mut nodes = body.iter().filter(|node| matters(std::slice::from_ref(node)));
    matches!((nodes.next(), nodes.next()), (Some(Node { action: Action::Loop(inner), .. }), None) if inner.turn == Turn::Batch)
}

/// The track of an optimizer, begun if need be.
fn track<'t>(plan: &Plan, tracks: &'t mut [Option<Track>], of: OptimizerId) -> &'t mut Track {
    tracks[of.0].get_or_insert_with(|| {
        let facts = plan.optimizer(of);
        Track { name: facts.name.clone(), span: facts.span, lrs: Vec::new(), error: None }
    })
}

/// Whether anything in a block does something to a LR, or is a step with it.
fn matters(block: &[Node]) -> bool {
    block.iter().any(|node| match &node.action {
        Action::Loop(inner) => matters(&inner.body),
        Action::Branch(arms) => arms.iter().any(|arm| matters(&arm.body)),
        _ => true,
    })
}

/// Nothing yet for each of these.
fn none_of<T, V>(all: &[T]) -> Vec<Option<V>> {
    all.iter().map(|_| None).collect()
}

/// What a run does with a schedule.
#[derive(Clone, Default)]
struct Used {
    built: bool,
    stepped: bool,
}

/// What a run does with its schedules, by their ids.
fn collect_used(block: &Block, used: &mut [Used]) {
    for node in block {
        match &node.action {
            Action::Loop(inner) => collect_used(&inner.body, used),
            Action::Branch(arms) => arms.iter().for_each(|arm| collect_used(&arm.body, used)),
            Action::BuildSchedule(id) => used[id.0].built = true,
            Action::SchedulerStep(step) => step.schedules.iter().for_each(|id| used[id.0].stepped = true),
            Action::UpdateSchedule(id) => used[id.0].stepped = true,
            _ => {}
        }
    }
}
