//! The LR at any step, without replaying the steps before it.

use crate::error::ScheduleError;
use crate::motion::Node;
use crate::optimizer::Optimizer;
use crate::schedule::Schedule;
use crate::scheduler::Scheduler;
use crate::torch::{Formula, Recursion, Sequential, Single, State, turn};

/// A schedule on an optimizer, as a function from the step to the LR.
///
/// For functions of the step (LambdaLR, OneCycleLR, CyclicLR, warm restarts, everything of transformers, timm, optax and
/// Keras that needs no metric) the values are those of stepping, to the last bit. For torch's recursions they are those of
/// the closed form: the same but for the rounding that the recursion gathers, below 1e-9 of the LR over thousands of steps.
#[derive(Clone, Debug)]
pub struct RandomAccess {
    schedule: Schedule,
    /// As it was before the scheduler was built, for replaying.
    before: Optimizer,
    /// As it is after.
    after: Optimizer,
    node: Node,
}

impl Schedule {
    /// Prepares random access to the LRs of a run on `optimizer`.
    ///
    /// # Errors
    /// What the constructor of the library raises.
    pub fn random_access(&self, optimizer: Optimizer) -> Result<RandomAccess, ScheduleError> {
        let mut after = optimizer.clone();
        let node = self.start(&mut after)?;
        Ok(RandomAccess { schedule: self.clone(), before: optimizer, after, node })
    }
}

impl RandomAccess {
    /// The LR of parameter group `group` at `step`.
    ///
    /// In constant time, but for the few schedules whose steps must be replayed: those that listen to a metric (which get
    /// none here, and stay), MultiplicativeLR, and odd corners such as fractional lengths.
    ///
    /// # Errors
    /// What `step()` of the library raises on the way to that step.
    pub fn lr(&self, step: usize, group: usize) -> Result<f64, ScheduleError> {
        let groups = self.after.groups.len();
        if group >= groups {
            let message = format!("There is no parameter group {group}; the optimizer has {groups}.");
            return Err(crate::error::value_error(message));
        }
        match i64::try_from(step).ok().and_then(|step| at(&self.node, &self.after, step, group)) {
            Some(lr) => lr,
            None => self.replayed(step).map(|optimizer| optimizer.groups[group].lr),
        }
    }

    /// Whether the LR at `step` is found in constant time.
    pub fn is_constant_time(&self, step: usize) -> bool {
        i64::try_from(step).is_ok_and(|step| at(&self.node, &self.after, step, 0).is_some())
    }

    fn replayed(&self, steps: usize) -> Result<Optimizer, ScheduleError> {
        let mut optimizer = self.before.clone();
        let mut scheduler = Scheduler::new(&self.schedule, &mut optimizer)?;
        if self.schedule.needs_metric() {
            return Ok(optimizer);
        }
        for _ in 0..steps {
            scheduler.step(&mut optimizer, None)?;
        }
        Ok(optimizer)
    }
}

type Found = Option<Result<f64, ScheduleError>>;

fn at(node: &Node, optimizer: &Optimizer, step: i64, group: usize) -> Found {
    match node {
        Node::Single(single) => single_at(single, optimizer, step, group),
        Node::Sequential(sequential) => sequential_at(sequential, optimizer, step, group),
        Node::Chained(chained) => chained_at(&chained.children, optimizer, step, group),
        Node::Counted(counted) => {
            let lr = counted.function.lr(step, counted.base_lrs[group], group);
            Some(lr.map(|lr| lr * optimizer.groups[group].lr_scale))
        }
        Node::Plateau(_) | Node::Greedy(_) | Node::TimmPlateau(_) | Node::KerasPlateau(_) | Node::Warmup(_) => None,
    }
}

fn single_at(single: &Single, optimizer: &Optimizer, step: i64, group: usize) -> Found {
    // A resumed schedule counts from elsewhere.
    if !single.is_fresh() {
        return None;
    }
    let base_lr = single.base_lrs[group];
    match &single.formula {
        Formula::Recursion(recursion) => recursion.at(step, base_lr),
        Formula::Function(function) => Some(function.lr(step, base_lr, group)),
        Formula::WarmRestarts(restarts) => Some(Ok(restarts.at(step, base_lr))),
        Formula::Cyclic(cyclic) => Some(cyclic.lr(step, group)),
        Formula::OneCycle(one_cycle) => Some(one_cycle.lr(step, &optimizer.groups[group])),
        Formula::Swa(swa) => Some(Ok(swa.at(step, base_lr, optimizer.groups[group].swa_lr))),
    }
}

/// Each schedule after its milestone, where the milestones are in order and no schedule changes what another starts from.
fn sequential_at(sequential: &Sequential, optimizer: &Optimizer, step: i64, group: usize) -> Found {
    let milestones = &sequential.milestones;
    let in_order = milestones.first().is_none_or(|first| *first > 0) && milestones.windows(2).all(|m| m[0] < m[1]);
    if !in_order || !sequential.is_fresh() {
        return None;
    }
    let turn = turn(milestones, step);
    let start = turn.checked_sub(1).map_or(0, |before| milestones[before]);
    let Node::Single(child) = &sequential.children[turn] else { return None };
    let base_lr = child.base_lrs[group];
    match &child.formula {
        // SWALR starts from whatever is in force.
        Formula::Swa(_) => None,
        Formula::Recursion(_) if optimizer.groups[group].initial_lr != Some(base_lr) => None,
        Formula::Recursion(recursion) if turn == 0 => recursion.at(step, base_lr),
        Formula::Recursion(recursion) => recursion.at_after_restart(step - start, base_lr),
        Formula::Function(function) => Some(function.lr(step - start, base_lr, group)),
        Formula::WarmRestarts(restarts) => Some(Ok(restarts.at(step - start, base_lr))),
        Formula::Cyclic(cyclic) => Some(cyclic.lr(step - start, group)),
        Formula::OneCycle(one_cycle) => Some(one_cycle.lr(step - start, &optimizer.groups[group])),
    }
}

/// The last schedule that overwrites the LR, then what those after it do to it in one step; without any, the product of all.
fn chained_at(children: &[Node], optimizer: &Optimizer, step: i64, group: usize) -> Found {
    let mut lr = None;
    let mut product: Vec<&dyn Recursion> = Vec::new();
    for child in children {
        let Node::Single(single) = child else { return None };
        match (&single.formula, lr) {
            (Formula::Recursion(recursion), None) => product.push(recursion.as_ref()),
            (Formula::Recursion(recursion), Some(before)) => {
                let state = State { step, constructing: step == 0, group, base_lr: single.base_lrs[group], lr: before };
                match recursion.next(&state) {
                    Ok(next) => lr = Some(next),
                    Err(error) => return Some(Err(error)),
                }
            }
            (Formula::Swa(_), _) => return None,
            _ => match single_at(single, optimizer, step, group)? {
                Ok(overwritten) => lr = Some(overwritten),
                Err(error) => return Some(Err(error)),
            },
        }
    }
    if let Some(lr) = lr {
        return Some(Ok(lr));
    }
    let mut lr = optimizer.groups[group].initial_lr?;
    for recursion in product {
        if !recursion.multiplies(step) {
            return None;
        }
        match recursion.at(step, lr)? {
            Ok(next) => lr = next,
            Err(error) => return Some(Err(error)),
        }
    }
    Some(Ok(lr))
}
