//! Lightning modules, followed: what a module keeps of what it is made with, and a module of another file that a trainer
//! is given.

use std::rc::Rc;

use super::Interpreter;
use super::calls::Given;
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
    pub(super) fn train_module(&mut self, given: &Given<'a>) {
        let Some(model) = given.first().or_else(|| given.keyword("model")).cloned() else { return };
        for one in model.alternatives() {
            let Value::Object(object) = *one else { continue };
            let Some(configure) = self.method(self.memory.class_of(object), "configure_optimizers") else { continue };
            let info = &self.functions[configure];
            let (definition, class) = (info.definition, info.class);
            let Some(class) = class.filter(|_| self.code.file(definition) > 0 && !self.is_followed(configure)) else {
                continue;
            };
            let class = self.classes[class].definition;
            if !self.trained.iter().any(|known| std::ptr::eq(*known, class)) {
                self.trained.push(class);
                self.trace.open();
                self.call_function(configure, Some(object), Some(&Given::default()));
                self.trace.close();
            }
        }
    }
}
