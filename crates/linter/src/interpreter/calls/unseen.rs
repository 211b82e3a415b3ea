//! Calls of functions that nobody sees: what may become of the optimizers and schedulers they are given.

use advisor::plan::OptimizerId;
use advisor::quantity::{Quantity, Unit};
use ruff_python_ast::{Expr, ExprCall};
use ruff_text_size::Ranged;

use super::steps::optimizers;
use super::{Given, Interpreter};
use crate::memory::BEYOND;
use crate::names;
use crate::value::{Opaque, Value};

/// Under this an object out of sight keeps the number of epochs it is made with; no attribute is called so.
const EPOCHS: &str = ". epochs";

impl<'a> Interpreter<'a> {
    /// A function that nobody sees. If it is given an optimizer and trains by its name, it steps it.
    pub(super) fn unseen_call(&mut self, call: &'a ExprCall, name: &str, given: &Given<'a>) -> Value {
        self.hand_over(call, name, given);
        let last = names::last_part(name);
        if !names::stores(last) {
            given.values().for_each(|value| self.hand_on(value));
        }
        self.note_epochs(given);
        self.note_decay(last, given);
        self.script.lr_out_of_sight |= names::changes_lr(last);
        if given.values().any(|value| *value == Value::Changing) {
            return Value::Changing;
        }
        if let Some(schedule) = self.scheduler_by_name(call, name, given) {
            return schedule;
        }
        // Progress bars and prefetchers yield what they are given.
        let lower = last.to_ascii_lowercase();
        let wraps = ["tqdm", "progress", "track", "prefetch", "islice", "bar", "batches", "cycle", "loop", "log_every"];
        let is_many =
            |value: &Value| matches!(value, Value::Range(_) | Value::Sequence(_) | Value::Many(_) | Value::Loader(_));
        if let Some(value) = given.values().find(|value| is_many(value) || value.loader_key().is_some())
            && wraps.iter().any(|word| lower.contains(word))
        {
            return value.clone();
        }
        if lower == "trange" {
            return self.range(given);
        }
        if lower.ends_with("dataloader") {
            return Value::Loader(self.call_key(call).into());
        }
        // `CycleScheduler(optimizer, lr)` of the project.
        let is_own_scheduler = lower.ends_with("scheduler")
            && last.starts_with(|first: char| first.is_ascii_uppercase())
            && matches!(given.first(), Some(Value::Optimizer(_)));
        let key = self.call_key(call);
        if last.starts_with(|first: char| first.is_ascii_uppercase()) {
            self.keep_given(&key, given);
        }
        Value::Opaque(Opaque { key: key.into(), name: "".into(), is_own_scheduler })
    }

    /// Notes that something out of sight trains with an optimizer it is given.
    pub(super) fn hand_over(&mut self, call: &'a ExprCall, name: &str, given: &Given<'a>) {
        let last = names::last_part(name);
        let missing = !names::letters(&last.to_ascii_lowercase());
        // `forward(model, train_loader, optimizer=optimizer)`
        let is_given_training = last.starts_with(|first: char| first.is_ascii_lowercase())
            && !names::prepares(last)
            && given.trains_with_optimizer();
        // Of most names the letters tell that they speak of none of these.
        let is_other =
            || ["train", "fit", "epoch", "run", "scaler"].iter().all(|part| names::letters(part) & missing != 0);
        if !is_given_training && is_other() {
            return;
        }
        // `TrainEpoch(model, optimizer=optimizer)` trains when it is run.
        if last.contains("Train") || last.contains("Epoch") || last.contains("Runner") {
            given.values().for_each(|value| self.note_optimizers(value));
        }
        // `loss_scaler(loss, optimizer, clip_grad=1.0, parameters=model.parameters())` of timm.
        let scales = last.to_ascii_lowercase().ends_with("scaler");
        // `set_train(model, loader, optimizer)`: with a loader it prepares nothing.
        let takes_loader = || given.values().any(|value| value.loader_key().is_some());
        if !(is_given_training || names::trains(last) || scales || last.contains("train") && takes_loader()) {
            return;
        }
        given.values().for_each(|value| self.note_optimizers(value));
        for value in given.values().flat_map(Value::alternatives) {
            if let Value::Schedule(id) = value {
                self.script.trained_with.push(*id);
            }
        }
        let optimizer =
            given.values().cloned().collect::<Vec<_>>().iter().find_map(|value| self.optimizer_of(value, true));
        let may_step: Vec<OptimizerId> = given.values().flat_map(optimizers).collect();
        if optimizer.is_some() || !may_step.is_empty() {
            self.push_optimizer_step(self.span(call.range()), optimizer, may_step, scales);
        }
    }

    /// What an object out of sight keeps of what it is made with: `hvd.elastic.TorchState(optimizer=optimizer, scheduler=scheduler)`
    /// has them under these names, and `Trainer(model, n_epochs=20)` trains for so long.
    fn keep_given(&mut self, key: &str, given: &Given<'a>) {
        for (name, value, _) in &given.keywords {
            if matches!(value, Value::Optimizer(_) | Value::Schedule(_)) {
                self.memory.set_attribute(BEYOND, &[key, ".", name].concat(), value.clone());
            } else if names::unit_of(name) == Unit::Epochs && value.quantity().value.is_some() {
                self.memory.set_attribute(BEYOND, &[key, EPOCHS].concat(), value.clone());
            }
        }
    }

    /// A method of an object out of sight that may be given schedules, and has been made with a number of epochs.
    pub(super) fn method_out_of_sight(&mut self, path: &str, given: &Given<'a>) {
        let is_schedule = |value: &Value| matches!(value, Value::Schedule(_));
        if !given.values().flat_map(Value::alternatives).any(is_schedule) {
            return;
        }
        let owner = path.rsplit_once('.').map_or("", |(owner, _)| owner);
        if let Some(epochs) = self.memory.attribute(BEYOND, &[owner, EPOCHS].concat()).map(Value::quantity) {
            self.hand_on_epochs(&epochs, given);
        }
    }

    /// Takes note of a number of epochs that goes out of sight together with a schedule.
    fn note_epochs(&mut self, given: &Given<'a>) {
        let by_value = given.values().map(Value::quantity).find(|number| number.unit == Unit::Epochs);
        let by_name = given.keywords.iter().find(|(name, ..)| names::unit_of(name) == Unit::Epochs);
        if let Some(epochs) = by_value.or_else(|| by_name.map(|(_, value, _)| value.quantity())) {
            self.hand_on_epochs(&epochs, given);
        }
    }

    fn hand_on_epochs(&mut self, epochs: &Quantity, given: &Given<'a>) {
        for value in given.values().flat_map(Value::alternatives) {
            if let Value::Schedule(id) = value {
                self.script.epochs_handed_on.push((*id, epochs.clone()));
            }
        }
    }

    /// `adjust_lr(optimizer, opt.lr, epoch, opt.decay_rate, opt.decay_epoch)` out of sight: every how many epochs it lowers the LR.
    fn note_decay(&mut self, name: &str, given: &Given<'a>) {
        if !names::is_about_lr(name) {
            return;
        }
        let is_named = |text: &Expr, part: &str| crate::syntax::last_name(text).is_some_and(|name| name.contains(part));
        let takes_epoch = given.all().any(|(value, text)| *value == Value::Changing && is_named(text, "epoch"));
        let decay = given.all().find(|(value, text)| {
            matches!(value, Value::Number(_)) && is_named(text, "decay") && is_named(text, "epoch")
        });
        if let Some((value, text)) = decay.filter(|_| takes_epoch) {
            let entry = (self.span(text.range()), self.text(text).to_owned(), value.quantity());
            self.script.decays_every.push(entry);
        }
    }
}
