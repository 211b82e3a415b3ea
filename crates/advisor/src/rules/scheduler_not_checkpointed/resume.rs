//! What a resumed run gets back.

use crate::plan::{Action, Block, Node, OptimizerId, Plan, ScheduleId};
use crate::script::{Script, StateUse, Stateful};
use crate::sites::{Arms, contains_optimizer_step, exclude};
use crate::span::Span;

/// The states that are put back in a script.
pub(super) struct Resume<'p> {
    plan: &'p Plan,
    script: &'p Script,
}

impl<'p> Resume<'p> {
    pub fn of(plan: &'p Plan) -> Self {
        Self { plan, script: &plan.script }
    }

    /// Whether schedulers come back with their states, here or by a framework.
    pub fn brings_schedulers(&self) -> bool {
        let words = self.script.words;
        words.framework || words.whole_state || self.puts_back(Stateful::Schedule).is_some()
    }

    /// The first state of that kind that is put back, and used.
    pub fn puts_back(&self, of: Stateful) -> Option<&'p StateUse> {
        self.all(of).next()
    }

    /// What says that the run is one that goes on: `in_epochs`, if at all, in a loop over epochs.
    pub fn begins(&self, in_epochs: bool) -> Option<&'p StateUse> {
        let script = self.script;
        // The epochs go on from where they are told, to an end that does not move with it.
        let goes_on = script.goes_on && in_epochs;
        // What nothing calls may be there for another script, which only looks at the model.
        let is_used = |state: &&StateUse| !state.unused || script.starts_later;
        let is_of_run = |state: &&StateUse| goes_on && (!script.words.pretrained || state.resumes);
        self.all(Stateful::Optimizer)
            .find(is_used)
            .or_else(|| self.puts_back(Stateful::Epoch).filter(|_| goes_on || script.counts_on))
            .or_else(|| self.all(Stateful::Other).find(is_of_run))
    }

    /// The count from which a run goes on with a new optimizer.
    pub fn without_optimizer(&self) -> Option<&'p StateUse> {
        let goes_on = self.script.goes_on || self.script.counts_on;
        let has_new_one = || self.puts_back(Stateful::Optimizer).is_none();
        self.puts_back(Stateful::Epoch).filter(|_| goes_on && has_new_one())
    }

    fn all(&self, of: Stateful) -> impl Iterator<Item = &'p StateUse> {
        let is_used =
            move |state: &&StateUse| state.restored && !state.never && state.of == of && !self.is_idle(state.span);
        self.script.states.iter().filter(is_used)
    }

    /// An optimizer that never steps resumes nothing, as in a test that loads all that there is; nor does one that no
    /// scheduler drives.
    fn is_idle(&self, span: Span) -> bool {
        let mut restored = self.script.optimizers_restored.iter().filter(|(at, _)| *at == span).peekable();
        restored.peek().is_some() && restored.all(|(_, id)| !self.trains(*id) || !self.is_driven(*id))
            || self.is_only_tried(span)
            || self.comes_last(span)
    }

    /// Restored after all that trains, to look at the model: `for epoch in ...: train(); stopper.load_checkpoint(model, optimizer)`.
    fn comes_last(&self, span: Span) -> bool {
        let (mut trained, mut restored) = (false, None);
        ways(&self.plan.run, &mut Vec::new(), &mut |node, _| {
            if trains(node) {
                (trained, restored) = (true, restored.map(|_| false));
            } else if restores(node, span) {
                restored = Some(trained && restored != Some(false));
            }
        });
        restored == Some(true)
    }

    /// Restored on a way that never comes to where the run trains: `if command == 'test': trainer.load(); trainer.test()`.
    fn is_only_tried(&self, span: Span) -> bool {
        self.never_meet(&|node| restores(node, span), &trains)
    }

    /// Whether a scheduler is built on another way than the one that restores: `if resume: ... else: scheduler = ...`.
    pub fn is_apart(&self, resumed: Span, id: ScheduleId) -> bool {
        self.never_meet(
            &|node| restores(node, resumed),
            &|node| matches!(node.action, Action::BuildSchedule(built) if built == id),
        )
    }

    /// Whether there are some of one kind and of the other, and none of the one on a way to one of the other.
    fn never_meet(&self, is_one: &dyn Fn(&Node) -> bool, is_other: &dyn Fn(&Node) -> bool) -> bool {
        let (mut ones, mut others) = (Vec::new(), Vec::new());
        ways(&self.plan.run, &mut Vec::new(), &mut |node, arms| {
            if is_one(node) {
                ones.push(arms.clone());
            } else if is_other(node) {
                others.push(arms.clone());
            }
        });
        !ones.is_empty() && !others.is_empty() && ones.iter().all(|one| others.iter().all(|other| exclude(one, other)))
    }

    fn trains(&self, id: OptimizerId) -> bool {
        self.script.optimizers_stepped.is_empty() || self.script.optimizers_stepped.contains(&id)
    }

    fn is_driven(&self, id: OptimizerId) -> bool {
        let stepped = &self.script.stepped;
        let mut driven = stepped.iter().map(|schedule| self.plan.schedule(*schedule).optimizer);
        stepped.is_empty() || driven.any(|driven| driven.is_none_or(|driven| driven == id))
    }
}

/// Whether it is a loop that trains.
fn trains(node: &Node) -> bool {
    matches!(&node.action, Action::Loop(inner) if contains_optimizer_step(&inner.body))
}

/// Whether the state of an optimizer is put back there.
fn restores(node: &Node, span: Span) -> bool {
    node.span == span && matches!(node.action, Action::RestoreOptimizer(_))
}

/// All that happens outside of loops, and the loops, each with the arms around it.
fn ways<'p>(block: &'p Block, arms: &mut Arms, see: &mut dyn FnMut(&'p Node, &Arms)) {
    for node in block {
        see(node, arms);
        if let Action::Branch(branch) = &node.action {
            for (index, arm) in branch.iter().enumerate() {
                arms.push((node.span, index));
                ways(&arm.body, arms, see);
                arms.pop();
            }
        }
    }
}
