//! Lightning modules, followed: what a module keeps of what it is made with, and a module of another file that a trainer
//! is given.

use std::rc::Rc;

use ruff_python_ast::StmtClassDef;

use super::Interpreter;
use super::calls::Given;
use crate::frameworks::lightning::run::Lengths;
use crate::frameworks::lightning::tries_out;
use crate::value::Value;

impl<'a> Interpreter<'a> {
    /// `self.save_hyperparameters()`: from here on `self.hparams` holds what the constructor was given, or what is given here.
    pub(super) fn save_hyperparameters(&mut self, object: usize, given: &Given<'a>) {
        let kept = match given.first() {
            // The names of some of them.
            None | Some(Value::Text(_)) => Value::Dict(Rc::new(self.parameters_in_force())),
            Some(options) => options.clone(),
        };
        self.memory.set_attribute(object, "hparams", kept);
    }

    /// The parameters of the function that is being followed, as they are now.
    fn parameters_in_force(&self) -> Vec<(Rc<str>, Value)> {
        let Some(frame) = self.frames.last() else { return Vec::new() };
        let Some(function) = frame.function else { return Vec::new() };
        let parameters = &self.functions[function].definition.parameters;
        let named = parameters.iter_non_variadic_params().map(|parameter| parameter.parameter.name.as_str());
        let value = |name: &str| self.memory.get(frame.scope, name).cloned();
        let mut all: Vec<(Rc<str>, Value)> =
            named.filter(|name| *name != "self").filter_map(|name| Some((name.into(), value(name)?))).collect();
        if let Some(Value::Dict(rest)) = parameters.kwarg.as_ref().and_then(|rest| value(&rest.name)) {
            all.extend(rest.iter().cloned());
        }
        all
    }

    /// `Module.load_from_checkpoint(path, lr=lr)`: an object that is made with what the checkpoint holds and what is given here.
    pub(super) fn module_of_checkpoint(&mut self, class: usize, given: &Given<'a>) -> Value {
        let given = Given { positional: Vec::new(), open: true, ..given.clone() };
        Value::Object(self.instantiate(class, Some(&given)))
    }

    /// `trainer.fit(model)`: the trainer asks the model for its optimizers. Those of this file are asked when all is known.
    pub(super) fn train_module(&mut self, trainer: &Value, given: &Given<'a>) {
        let Some(model) = given.first().or_else(|| given.keyword("model")).cloned() else { return };
        let trainer = match trainer {
            Value::Opaque(trainer) => self.told.get(&trainer.key).copied(),
            _ => None,
        };
        if trainer.is_some_and(|trainer| tries_out(&self.settings[trainer])) {
            return;
        }
        for one in model.alternatives() {
            let Value::Object(object) = *one else { continue };
            let Some(configure) = self.method(self.memory.class_of(object), "configure_optimizers") else { continue };
            let info = &self.functions[configure];
            let definition = info.definition;
            let Some(class) = info.class else { continue };
            let class = self.classes[class].definition;
            self.trained.fits.extend(trainer.map(|trainer| (class, trainer)));
            // Where there is a project, that is: the compiler leaves this out otherwise.
            let is_elsewhere = self.modules().is_some() && self.code.file(definition) > 0;
            if is_elsewhere
                && !self.is_followed(configure)
                && !self.trained.modules.iter().any(|known| std::ptr::eq(*known, class))
            {
                self.trained.modules.push(class);
                self.trainer = trainer;
                self.trace.open();
                self.call_function(configure, Some(object), Some(&Given::default()));
                self.trace.close();
            }
        }
    }

    /// A module is about to be asked for its optimizers: by its trainer, where that is clear.
    pub(super) fn find_trainer(&mut self, class: &StmtClassDef) {
        self.trainer = match self.trained.trainers_of(class, &self.settings)[..] {
            [only] => Some(only),
            _ => None,
        };
    }

    /// `self.trainer.max_epochs` and the like, in a module that is asked for its optimizers.
    pub(super) fn of_trainer(&self, key: &str, name: &str) -> Option<Value> {
        let is_asked = || {
            let followed = self.frames.iter().filter_map(|frame| frame.function);
            followed
                .map(|function| &self.functions[function].definition.name)
                .any(|name| name == "configure_optimizers")
        };
        if !(key.ends_with(".trainer") && is_asked()) {
            return None;
        }
        let lengths = self.trainer.map(|trainer| Lengths::of(&self.settings[trainer])).unwrap_or_default();
        match name {
            "max_epochs" => Some(Value::number(lengths.max_epochs())),
            "estimated_stepping_batches" => Some(Value::number(lengths.stepping_batches())),
            "max_steps" => lengths.steps.map(Value::number),
            "accumulate_grad_batches" => lengths.accumulation.map(Value::number),
            _ => None,
        }
    }
}
