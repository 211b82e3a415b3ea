//! The loop that Lightning's trainer runs, whether a script or a config file tells it what to do.

use advisor::Span;
use advisor::plan::{Action, Arm, Block, Chosen, Guard, Loop, Node, OptimizerId, OptimizerStep, Settings, Turn};
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

/// -1 is no limit.
fn is_limit(limit: &Quantity) -> bool {
    limit.value.is_none_or(|value| value > 0.0)
}

fn batches() -> Quantity {
    Quantity::symbol("trainer.num_training_batches", Unit::StepsPerEpoch, None)
}

impl Lengths {
    /// What a trainer is told.
    pub fn of(trainer: &Settings) -> Self {
        Self {
            // Until 1.0 it had another name.
            epochs: trainer.number("max_epochs").or_else(|| trainer.number("max_nb_epochs")).cloned(),
            steps: trainer.number("max_steps").cloned(),
            accumulation: trainer.number("accumulate_grad_batches").cloned(),
        }
    }

    /// `max_steps`, where it is a limit.
    fn limit(&self) -> Option<Quantity> {
        self.steps.clone().filter(is_limit).map(|steps| steps.with_unit(Unit::Steps))
    }

    /// Optimizer steps in an epoch.
    fn updates(&self) -> Quantity {
        match &self.accumulation {
            Some(every) => batches().over(every).rounded(f64::ceil).with_unit(Unit::StepsPerEpoch),
            None => batches(),
        }
    }

    /// `trainer.max_epochs`.
    pub fn max_epochs(&self) -> Quantity {
        let told = self.epochs.clone().filter(is_limit).map(|epochs| epochs.with_unit(Unit::Epochs));
        told.unwrap_or_else(|| Quantity::symbol("trainer.max_epochs", Unit::Epochs, None))
    }

    /// `trainer.estimated_stepping_batches`: all optimizer steps.
    pub fn stepping_batches(&self) -> Quantity {
        let by_epochs = || self.max_epochs().times(&self.updates());
        match (self.limit(), self.epochs.as_ref().filter(|epochs| is_limit(epochs))) {
            (Some(limit), None) => limit,
            (Some(limit), Some(_)) => by_epochs().bounded(&limit, f64::min),
            (None, _) => by_epochs(),
        }
    }

    /// The run, standing at `at`; `in_step` is done after each optimizer step, `in_epoch` after each epoch.
    pub fn run(self, at: Span, optimizer: Option<OptimizerId>, in_step: Block, in_epoch: Block) -> Block {
        let limit = self.limit();
        let by_steps = limit.as_ref().map(|steps| steps.over(&self.updates()).rounded(f64::ceil));
        let epochs = match (self.epochs.clone().filter(is_limit), by_steps) {
            (Some(epochs), Some(others)) => epochs.bounded(&others, f64::min),
            (None, Some(epochs)) => epochs,
            (_, None) => self.max_epochs(),
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
        let mut body = vec![node(Action::Loop(Loop { turn: Turn::Batch, turns: batches(), body: in_batch }))];
        body.extend(in_epoch);
        let turns = epochs.with_unit(Unit::Epochs);
        let run = vec![node(Action::Loop(Loop { turn: Turn::Epoch, turns, body }))];
        match limit {
            Some(turns) => vec![node(Action::Loop(Loop { turn: Turn::Other, turns, body: run }))],
            None => run,
        }
    }
}
