//! The loop that Lightning's trainer runs, whether a script or a config file tells it what to do.

use advisor::Span;
use advisor::plan::{Action, Arm, Block, Chosen, Guard, Loop, Node, OptimizerId, OptimizerStep, Turn};
use advisor::quantity::{Quantity, Unit};

/// What the trainer is told about the length of a run; what it is not told is `None`.
#[derive(Debug, Default)]
pub struct Lengths {
    /// `max_epochs`.
    pub epochs: Option<Quantity>,
    /// `max_steps`, in optimizer steps.
    pub steps: Option<Quantity>,
    /// `accumulate_grad_batches`.
    pub accumulation: Option<Quantity>,
}

impl Lengths {
    /// The run, standing at `at`; `in_step` is done after each optimizer step, `in_epoch` after each epoch.
    pub fn run(self, at: Span, optimizer: Option<OptimizerId>, in_step: Block, in_epoch: Block) -> Block {
        // -1 is no limit.
        let is_limit = |limit: &Quantity| limit.value.is_none_or(|value| value > 0.0);
        let limit = self.steps.filter(is_limit).map(|steps| steps.with_unit(Unit::Steps));
        let batches = Quantity::symbol("trainer.num_training_batches", Unit::StepsPerEpoch, None);
        let updates = match &self.accumulation {
            Some(every) => batches.over(every).rounded(f64::ceil).with_unit(Unit::StepsPerEpoch),
            None => batches.clone(),
        };
        let by_steps = limit.as_ref().map(|steps| steps.over(&updates).rounded(f64::ceil));
        let epochs = match (self.epochs.filter(is_limit), by_steps) {
            (Some(epochs), Some(others)) => epochs.bounded(&others, f64::min),
            (Some(epochs), None) | (None, Some(epochs)) => epochs,
            (None, None) => Quantity::symbol("trainer.max_epochs", Unit::Epochs, None),
        };
        let node = |action| Node { span: at, action };
        let mut in_batch =
            vec![node(Action::OptimizerStep(OptimizerStep { optimizer, may_step: Vec::new(), in_sight: true }))];
        in_batch.extend(in_step);
        if let Some(every) = self.accumulation.filter(|every| every.value != Some(1.0)) {
            let arm = Arm {
                guard: Guard::Every(every),
                condition: String::new(),
                test: Vec::new(),
                chosen: Chosen::default(),
                body: in_batch,
            };
            in_batch = vec![node(Action::Branch(vec![arm]))];
        }
        let mut body = vec![node(Action::Loop(Loop { turn: Turn::Batch, turns: batches, body: in_batch }))];
        body.extend(in_epoch);
        let turns = epochs.with_unit(Unit::Epochs);
        let run = vec![node(Action::Loop(Loop { turn: Turn::Epoch, turns, body }))];
        match limit {
            Some(turns) => vec![node(Action::Loop(Loop { turn: Turn::Other, turns, body: run }))],
            None => run,
        }
    }
}
