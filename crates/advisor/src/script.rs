//! What a script shows as a whole, wherever in it.
//!
//! The tree of a [`Plan`](crate::Plan) says what happens in one run, in order. Some facts have no place in it: that the LR
//! is never read, that a checkpoint holds the optimizer but not the schedule, that the model is a transformer. Every plan
//! of a script shares them.

use crate::plan::{OptimizerId, ScheduleId};
use crate::quantity::Quantity;
use crate::span::Span;

/// What a script shows as a whole.
#[derive(Clone, Debug, Default)]
pub struct Script {
    /// Where the current LR is read.
    pub lr_reads: Vec<LrRead>,
    /// Where the LR of an optimizer is written by hand.
    pub lr_writes: Vec<Span>,
    /// A variable that is named after the LR is printed or logged.
    pub lr_variable_is_shown: bool,
    /// Where a loop logs the LR that a run was configured with.
    pub configured_lr_logged: Vec<(Span, String)>,
    /// Where a loop logs the variable from which the LR is computed that is written by hand.
    pub base_lr_logged: Vec<(Span, String)>,
    /// A tenth of the LR of a parameter group that is put into a text, as written.
    pub scaled_lr_logged: Vec<(Span, String)>,
    /// Functions that compute an LR and neither apply nor return it.
    pub lr_computed_in_vain: Vec<(Span, String)>,
    /// Where a scheduler of the script hands `verbose` on to the class of torch that it is made of.
    pub verbose_to_base: Vec<Span>,
    /// What is stored in checkpoints and put back.
    pub states: Vec<StateUse>,
    /// Optimizers whose state is put back, and where.
    pub optimizers_restored: Vec<(Span, OptimizerId)>,
    /// States of schedulers that are read from checkpoints which are stored without them: where, and by what key.
    pub states_not_stored: Vec<(Span, String)>,
    /// What schedulers are given for their optimizers and is none, as written.
    pub no_optimizers: Vec<(Span, String)>,
    /// Where a scheduler itself is taken from a checkpoint, with its own copy of the optimizer.
    pub unpickled: Vec<Span>,
    /// Where an optimizer is made anew from the class of one that a checkpoint has.
    pub optimizers_made_again: Vec<Span>,
    /// Places in sight where schedulers are brought to a position: [`crate::sites::brought_to_position`].
    pub brought_to_position: Vec<Vec<ScheduleId>>,
    /// Where a scheduler is stepped if there is none: `if scheduler is None: scheduler.step()`.
    pub stepped_if_none: Vec<(Span, String)>,
    /// Where something called a scheduler is built and given a name that nothing reads, and its class.
    pub never_used: Vec<(Span, String)>,
    /// Where a scheduler is to be moved by `batch()`, which none has, and what it is called.
    pub moved_by_batch: Vec<(Span, String)>,
    /// Schedules that are stepped somewhere in sight.
    pub stepped: Vec<ScheduleId>,
    /// Schedules that are given to a function out of sight that trains, by its name.
    pub trained_with: Vec<ScheduleId>,
    /// Schedules that go where they cannot be followed: returned, or given to code out of sight.
    pub handed_on: Vec<ScheduleId>,
    /// Optimizers that are stepped somewhere in sight, or given to something that trains.
    pub optimizers_stepped: Vec<OptimizerId>,
    /// Something that may be any scheduler is stepped.
    pub steps_unknown: bool,
    /// Something called a scheduler is stepped, of which nothing else is known.
    pub steps_named: bool,
    /// The number of epochs that goes with a schedule to code out of sight.
    pub epochs_handed_on: Vec<(ScheduleId, Quantity)>,
    /// Every how many epochs a function out of sight that is about the LR is told to lower it: where, as written, the number.
    pub decays_every: Vec<(Span, String, Quantity)>,
    /// Calls that build a model whose class is named after an attention model.
    pub transformers: Vec<(Span, String)>,
    /// A loop over the epochs begins with one that is given: `range(start_epoch, epochs)`.
    pub starts_later: bool,
    /// What such loops begin with, as written.
    pub starts: Vec<String>,
    /// What takes the epoch of a checkpoint, as written: `self.epoch`.
    pub takes_epoch: Vec<String>,
    /// Variables for an LR that no optimizer gets.
    pub lrs_in_vain: Vec<LrInVain>,
    /// Loops that may start later, in which a variable counts the drops of the LR from 0.
    pub drops_counted: Vec<Span>,
    /// The LR of an optimizer is the one of a checkpoint: `lr = checkpoint['lr']`.
    pub lr_from_checkpoint: bool,
    /// A function out of sight is about the LR, by its name: it may change it and show it.
    pub lr_out_of_sight: bool,
    /// The LR is written by hand in functions alone that nothing calls.
    pub lr_writes_unused: bool,
    /// Such a loop has an end that does not move with its start, as `range(start_epoch, start_epoch + 100)` has.
    pub goes_on: bool,
    /// A counter of steps is taken from a checkpoint and counted on: `step = checkpoint['step']`, and `step += 1` in a loop.
    pub counts_on: bool,
    /// Classes that tell Lightning which optimizers they have.
    pub lightning_modules: Vec<Span>,
    /// Sizes of batches that loaders are given.
    pub batch_sizes: Vec<(Span, Quantity)>,
    /// Functions that sweep the LR to find one.
    pub finders: Vec<Finder>,
    /// New layers put in place of old ones in a model: `model.fc = nn.Linear(...)`.
    pub replaced_heads: Vec<Span>,
    /// Words of the code that tell about the kind of run.
    pub words: Words,
}

impl Script {
    /// Takes in what another part of the program shows.
    pub fn extend(&mut self, other: Self) {
        let Self {
            lr_reads,
            lr_writes,
            lr_variable_is_shown,
            configured_lr_logged,
            base_lr_logged,
            scaled_lr_logged,
            lr_computed_in_vain,
            verbose_to_base,
            states,
            optimizers_restored,
            states_not_stored,
            no_optimizers,
            unpickled,
            optimizers_made_again,
            brought_to_position,
            stepped_if_none,
            never_used,
            moved_by_batch,
            stepped,
            trained_with,
            handed_on,
            optimizers_stepped,
            steps_unknown,
            steps_named,
            epochs_handed_on,
            decays_every,
            transformers,
            starts_later,
            starts,
            takes_epoch,
            lrs_in_vain,
            drops_counted,
            lr_from_checkpoint,
            lr_out_of_sight,
            lr_writes_unused,
            goes_on,
            counts_on,
            lightning_modules,
            batch_sizes,
            finders,
            replaced_heads,
            words,
        } = other;
        self.lr_reads.extend(lr_reads);
        self.lr_writes.extend(lr_writes);
        self.lr_variable_is_shown |= lr_variable_is_shown;
        self.configured_lr_logged.extend(configured_lr_logged);
        self.base_lr_logged.extend(base_lr_logged);
        self.scaled_lr_logged.extend(scaled_lr_logged);
        self.lr_computed_in_vain.extend(lr_computed_in_vain);
        self.verbose_to_base.extend(verbose_to_base);
        self.states.extend(states);
        self.optimizers_restored.extend(optimizers_restored);
        self.states_not_stored.extend(states_not_stored);
        self.no_optimizers.extend(no_optimizers);
        self.unpickled.extend(unpickled);
        self.optimizers_made_again.extend(optimizers_made_again);
        self.brought_to_position.extend(brought_to_position);
        self.stepped_if_none.extend(stepped_if_none);
        self.never_used.extend(never_used);
        self.moved_by_batch.extend(moved_by_batch);
        self.stepped.extend(stepped);
        self.trained_with.extend(trained_with);
        self.handed_on.extend(handed_on);
        self.optimizers_stepped.extend(optimizers_stepped);
        self.steps_unknown |= steps_unknown;
        self.steps_named |= steps_named;
        self.epochs_handed_on.extend(epochs_handed_on);
        self.decays_every.extend(decays_every);
        self.transformers.extend(transformers);
        self.starts_later |= starts_later;
        self.starts.extend(starts);
        self.takes_epoch.extend(takes_epoch);
        self.lrs_in_vain.extend(lrs_in_vain);
        self.drops_counted.extend(drops_counted);
        self.lr_from_checkpoint |= lr_from_checkpoint;
        self.lr_out_of_sight |= lr_out_of_sight;
        self.lr_writes_unused |= lr_writes_unused;
        self.goes_on |= goes_on;
        self.counts_on |= counts_on;
        self.lightning_modules.extend(lightning_modules);
        self.batch_sizes.extend(batch_sizes);
        self.finders.extend(finders);
        self.replaced_heads.extend(replaced_heads);
        self.words.extend(words);
    }
}

/// How the LR is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LrReading {
    /// `scheduler.get_lr()[0]`.
    GetLr,
    /// A parameter group, `get_last_lr()`, or a function named after the LR.
    Current,
}

/// A place where the current LR is read.
#[derive(Clone, Copy, Debug)]
pub struct LrRead {
    /// Where.
    pub span: Span,
    /// How.
    pub how: LrReading,
    /// The statement is nothing but this expression.
    pub in_vain: bool,
    /// Inside a class that is itself a scheduler.
    pub in_scheduler: bool,
}

/// Whose state is stored or put back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stateful {
    /// An optimizer.
    Optimizer,
    /// A schedule.
    Schedule,
    /// The count of a schedule, `scheduler.last_epoch = 30`, without the LR that belongs to it.
    Count,
    /// The number of the epoch to start with.
    Epoch,
    /// A copy of something, to come back to.
    Copy,
    /// Anything else: a model.
    Other,
}

/// A state that is stored or put back.
#[derive(Clone, Copy, Debug)]
pub struct StateUse {
    /// Whose.
    pub of: Stateful,
    /// It is put back, rather than stored.
    pub restored: bool,
    /// The code around says that a run is resumed.
    pub resumes: bool,
    /// In a function that nothing in sight calls, to get a model by its name.
    pub unused: bool,
    /// Only a call with another argument than those in sight comes there.
    pub never: bool,
    /// What is put back is read from a file right there.
    pub from_file: bool,
    /// Where.
    pub span: Span,
}

/// A variable for an LR that no optimizer gets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LrInVain {
    /// Its name.
    pub name: String,
    /// Where it is assigned.
    pub span: Span,
    /// What becomes of it.
    pub fate: Fate,
}

/// What becomes of a variable for an LR that no optimizer gets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It is lowered in the loop, after the optimizer has been built with it.
    Lowered,
    /// Nothing ever reads it.
    Unread,
    /// A decay is computed in it, and only shown.
    Shown,
}

/// A function that sweeps the LR to find one.
#[derive(Clone, Debug)]
pub struct Finder {
    /// Its name.
    pub name: String,
    /// Its name, where it is defined.
    pub span: Span,
    /// All of it.
    pub whole: Span,
    /// It puts weights back afterwards, or works on a copy.
    pub restores: bool,
    /// Weights that are kept without a copy, so that they change with the model.
    pub kept_without_copy: Option<Span>,
}

/// Words of the code that tell about the kind of run; comments and imports do not count.
#[derive(Clone, Copy, Debug, Default)]
pub struct Words {
    /// The LR is raised at the start, or may be.
    pub warmup: bool,
    /// Something is a scheduler for the warmup, by its name: `WarmUpLR`, `warmup_scheduler`.
    pub warmup_scheduler: bool,
    /// Weights are kept fixed.
    pub frozen: bool,
    /// Weights come from elsewhere, or may.
    pub pretrained: bool,
    /// Some model is built with the weights that a library has for it: `resnet50(pretrained=True)`.
    pub pretrained_model: bool,
    /// An agent learns from rewards.
    pub reinforcement: bool,
    /// A network is fitted to equations, which has no data to hold out.
    pub physics: bool,
    /// Two networks are trained against each other.
    pub adversarial: bool,
    /// Something changes the LR, by whatever means.
    pub schedule: bool,
    /// There is data to validate on.
    pub validates: bool,
    /// An option says that the run has several epochs.
    pub many_epochs: bool,
    /// `initial_lr` is written into the groups of an optimizer.
    pub initial_lr: bool,
    /// A framework steps the schedulers: Lightning, a `Trainer`.
    pub framework: bool,
    /// A whole state, schedules included, is stored and put back by a framework.
    pub whole_state: bool,
    /// A scheduler out of sight is asked for what none of torch has: `scheduler.global_step`.
    pub foreign_scheduler: bool,
}

impl Words {
    fn extend(&mut self, other: Self) {
        let Self {
            warmup,
            warmup_scheduler,
            frozen,
            pretrained,
            pretrained_model,
            reinforcement,
            physics,
            adversarial,
            schedule,
            validates,
            many_epochs,
            initial_lr,
            framework,
            whole_state,
            foreign_scheduler,
        } = other;
        self.warmup |= warmup;
        self.warmup_scheduler |= warmup_scheduler;
        self.frozen |= frozen;
        self.pretrained |= pretrained;
        self.pretrained_model |= pretrained_model;
        self.reinforcement |= reinforcement;
        self.physics |= physics;
        self.adversarial |= adversarial;
        self.schedule |= schedule;
        self.validates |= validates;
        self.many_epochs |= many_epochs;
        self.initial_lr |= initial_lr;
        self.framework |= framework;
        self.whole_state |= whole_state;
        self.foreign_scheduler |= foreign_scheduler;
    }
}
