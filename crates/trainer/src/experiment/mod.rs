//! What a run trains: the task, the model, the optimizer, the data and the size of the run.
//!
//! Plain data without Burn, so that the page can hold it, a link can carry it and the worker can obey it.

mod groups;
mod images;
mod optimizer;
mod task;

use serde::{Deserialize, Serialize};

pub use groups::{Groups, MOST_FACTOR, Part};
pub(crate) use images::VALIDATION_SHARE;
pub use images::{CLASSES, ImageSet, MOST_IMAGES, PIXELS, SIDE};
pub use optimizer::Optimizer;
pub use task::{Activation, Convolutional, Images, Norm, Perceptron, Points, Task, Teacher, Tokens, Transformer};

/// Everything that is the same in all lanes of a race. What differs is the schedule and the seed ([`crate::Lane`]).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Experiment {
    /// The task to learn and the model that learns it.
    pub task: Task,
    /// The update rule; its learning rate comes from each lane's schedule.
    pub optimizer: Optimizer,
    /// Parts of the model with an LR or a weight decay of their own.
    #[serde(default)]
    pub groups: Groups,
    /// The greatest norm of a lane's gradient; a longer one is scaled down to it (`torch.nn.utils.clip_grad_norm_`).
    pub clip: Option<f64>,
    /// Examples per optimizer step.
    pub batch: usize,
    /// Optimizer steps per lane.
    pub steps: usize,
    /// Where the examples come from.
    pub data: Data,
    /// Examples that are never trained on, if the run has some.
    pub validation: Option<Validation>,
    /// The accuracy above which a lane has learned its task: on the validation examples, else over the last
    /// [`crate::outcome::WINDOW`] batches.
    pub goal: f32,
}

/// Where training examples come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Data {
    /// Drawn anew at every step, so that training accuracy is test accuracy.
    Fresh,
    /// A set of that many examples, drawn once per seed and shuffled in every epoch; an incomplete last batch is dropped.
    Fixed(usize),
}

/// When and on how much a model is validated. Schedules that listen to a metric listen to this loss.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Validation {
    /// Examples, drawn once per seed and without label noise.
    pub examples: usize,
    /// Steps from one validation to the next; the last step is always followed by one.
    pub every: usize,
}

impl Experiment {
    /// The optimizer as schedulers see it, with all its parameter groups, at that LR.
    pub fn scheduler_optimizer(&self, lr: f64) -> scheduler::Optimizer {
        self.optimizer.for_scheduler(lr, &self.groups.factors())
    }

    /// Trains on images of somebody's own from here on: on seven of eight, again in every epoch; the others are for validation.
    pub fn bring_images(&mut self, images: ImageSet) {
        self.data = Data::Fixed((images.len() - images.len().div_ceil(VALIDATION_SHARE)).max(1));
        self.batch = self.batch.min(images.len() / 2).max(1);
        let channels = self.task.channels().unwrap_or(images::USUAL_CHANNELS);
        self.task = Task::Images(Images::Own(images), Convolutional { channels });
    }

    /// Whether a validation follows step number `step`, from 0.
    pub fn validates_after(&self, step: usize) -> bool {
        self.validation.is_some_and(|validation| (step + 1).is_multiple_of(validation.every) || step + 1 == self.steps)
    }
}
