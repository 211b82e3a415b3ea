//! Calls: LRs that are read, states that are put back, models that are built.

use advisor::script::{LrReading, StateUse, Stateful};
use ruff_python_ast::{Expr, ExprCall};
use ruff_text_size::Ranged;

use super::Survey;
use super::assignments::loads;
use super::models::{
    from_zoo, has_heads_and_layers, is_attention_model, is_made_of_model, is_optimizer_of_attention, is_shallow,
};
use crate::names;
use crate::syntax::{is_text, last_name};

impl<'a> Survey<'a> {
    /// Whether something short chooses between `get_last_lr` and something else.
    pub(super) fn is_fallback(&self, choice: &impl Ranged) -> bool {
        const LONGEST: usize = 400;
        choice.range().len().to_usize() <= LONGEST && self.text(choice).contains(".get_last_lr(")
    }

    pub(super) fn call(&mut self, call: &'a ExprCall) {
        let name = last_name(&call.func).unwrap_or_default();
        let lower = name.to_ascii_lowercase();
        self.backwards += usize::from(name == "backward");
        // `model.train()` trains nothing yet.
        if !call.arguments.is_empty() {
            self.called.insert(name);
        }
        let receiver = match &*call.func {
            Expr::Attribute(method) => self.text(&*method.value).to_ascii_lowercase(),
            _ => String::new(),
        };
        let arguments =
            || call.arguments.args.iter().chain(call.arguments.keywords.iter().map(|keyword| &keyword.value));
        let has = names::speaks_of(&lower);
        let is_given = |word: &str| arguments().any(|argument| self.text(argument).to_ascii_lowercase().contains(word));
        match name {
            "load" if receiver == "torch" => {
                let path = call.arguments.args.first().filter(|path| path.is_name_expr() || path.is_attribute_expr());
                self.states.loaded.extend(path.map(|path| self.text(path)));
            }
            "batch" if matches!(names::last_part(&receiver), "lr_scheduler" | "scheduler") => {
                self.script.moved_by_batch.push((self.span(call.range()), receiver.clone()));
            }
            // No scheduler of torch has such a method: what has one reads its LR as it likes.
            "update" if receiver.ends_with("scheduler") && !call.arguments.is_empty() => self.has_own_scheduler = true,
            "format" => call.arguments.keywords.iter().for_each(|keyword| self.shown_scaled(&keyword.value)),
            // `scheduler.set_step(step)` of schedulers that have such a method.
            "set_step" if receiver.contains("sched") => self.restored(Stateful::Schedule, call.range()),
            // `optimizer.__class__(model.parameters(), **defaults)` of one that has been restored.
            "__class__" if self.around.resuming && receiver.contains("optim") => {
                self.script.optimizers_made_again.push(self.span(call.range()));
            }
            "inverse_transform" if receiver.contains("transformer") => self.transforms_data = true,
            "deepcopy" => self.restored(Stateful::Copy, call.range()),
            // A method of that name that is the class's own, and no scheduler's, is called what it likes.
            "get_lr" if receiver == "self" && self.around.defines_get_lr && !self.around.in_scheduler => {
                self.read(call.range(), LrReading::Current);
            }
            // That of torch takes nothing.
            "get_lr" if self.around.in_fallback => {}
            "get_lr" if !call.arguments.is_empty() => self.read(call.range(), LrReading::Current),
            "get_lr" if receiver.contains("sched") || receiver == "self" && self.around.in_scheduler => {
                self.read(call.range(), LrReading::GetLr);
            }
            "get_lr" if receiver == "self" => self.read(call.range(), LrReading::Current),
            // A class hands its own state on to what it holds; one that looks for an LR puts back what it has tried.
            "state_dict" | "load_state_dict" if self.around.in_state_method || self.around.in_finder => {}
            // `getattr(self, name).load_state_dict(checkpoint[name])`, whatever there is.
            "load_state_dict" if receiver.starts_with("getattr(") => self.script.words.whole_state = true,
            "state_dict" | "load_state_dict" => {
                // `target.load_state_dict(source.state_dict())`: from one to another in a run.
                let is_copied = || matches!(call.arguments.args.first(), Some(Expr::Call(given)) if last_name(&given.func) == Some("state_dict"));
                let of = if receiver.contains("sched") {
                    Some(Stateful::Schedule)
                } else if names::is_optimizer(names::last_part(&receiver))
                    || name == "load_state_dict" && is_given("optim")
                {
                    Some(Stateful::Optimizer)
                } else {
                    Some(Stateful::Other)
                };
                let restored = name == "load_state_dict";
                let (span, resumes) = (self.span(call.range()), self.resumes(call.range()));
                // The best weights are put back when all is over.
                let is_test = self.around.in_evaluation || of == Some(Stateful::Other) && is_given("best");
                let of = of.filter(|of| !(restored && (is_test || *of == Stateful::Optimizer && is_copied())));
                if of.is_some() {
                    self.note_function();
                }
                let (unused, from_file) = (false, call.arguments.args.first().is_some_and(loads));
                if restored && let Some(given @ (Expr::Name(_) | Expr::Attribute(_))) = call.arguments.args.first() {
                    self.states.given.push((self.script.states.len(), self.text(given)));
                }
                let state = |of| StateUse { of, restored, resumes, unused, never: false, from_file, span };
                self.script.states.extend(of.map(state));
            }
            "__init__" if self.around.extends_torch && receiver.starts_with("super(") => {
                let is_verbose =
                    |argument: &&Expr| matches!(argument, Expr::Name(name) if name.id.as_str() == "verbose");
                let by_name = call.arguments.find_keyword("verbose").map(|keyword| &keyword.value);
                let given = by_name.or_else(|| call.arguments.args.iter().find(is_verbose));
                self.script.verbose_to_base.extend(given.map(|argument| self.code.span(argument.range())));
            }
            "requires_grad_" => {
                self.script.words.frozen |=
                    call.arguments.args.first().is_some_and(|argument| self.text(argument) == "False");
            }
            _ if is_current_lr(&lower) => self.read(call.range(), LrReading::Current),
            // `Logger(model, scheduler)` shows the LR by itself.
            _ if has(&["logger"]) && is_given("sched") => self.read(call.range(), LrReading::Current),
            // `Checkpointer(model, folder, optimizer=optimizer, **schedulers)` brings back what it holds.
            _ if lower.ends_with("checkpointer") && is_given("sched") => {
                self.restored(Stateful::Schedule, call.range());
            }
            // `load_checkpoint(path, model, optimizer, scheduler)`.
            _ if has(&["load", "resume", "restore", "restart"]) && is_given("sched") => {
                self.restored(Stateful::Schedule, call.range());
            }
            _ if has(&["load_checkpoint", "load_weights", "load_model", "resume"])
                && is_given("model")
                && !is_given("optim") =>
            {
                self.restored(Stateful::Other, call.range());
            }
            // `load_checkpoint(path, model, optimizer)`.
            // The best of a stage that is over is where the next begins.
            _ if (has(&["resume", "restore"]) || has(&["load"]) && !has(&["sched", "loader", "data"]))
                && is_given("optim")
                && (self.around.resuming || !is_given("best")) =>
            {
                self.restored(Stateful::Optimizer, call.range());
            }
            "get" if is_lr_key(call) && self.is_group_receiver(call) => self.read(call.range(), LrReading::Current),
            _ => {}
        }
        let is_loaded = call.arguments.keywords.iter().any(|keyword| {
            keyword.arg.as_ref().is_some_and(|arg| matches!(arg.as_str(), "pretrained" | "weights"))
                && !matches!(self.text(&keyword.value), "False" | "None")
        });
        let of_zoo = from_zoo(call);
        if !is_loaded
            && !is_shallow(call)
            && !is_made_of_model(call)
            && !self.around.in_evaluation
            && !self.models.of_data.contains(&name)
            && (is_attention_model(name)
                || self.models.of_attention.contains(&name)
                || of_zoo.is_some()
                || name.starts_with(|first: char| first.is_ascii_uppercase())
                    && !name.ends_with("Args")
                    && !has(&["rnn", "lstm", "gru", "gat", "conv"])
                    && has_heads_and_layers(call)
                    && !self.is_of_graphs())
        {
            let span = self.span(call.range());
            // One of several models that an option chooses from says nothing about the others.
            let all = if self.around.choices > 0 { &mut self.models.chosen } else { &mut self.script.transformers };
            all.push((span, of_zoo.unwrap_or(name).to_owned()));
        }
        // `TransformerOptimizer(torch.optim.Adam(...))` of the project has a schedule in it, as the Noam of old.
        let is_optimizer = |given: &Expr| matches!(given, Expr::Call(of) if last_name(&of.func).is_some_and(names::is_optimizer_class));
        if wraps_optimizers(name) && call.arguments.args.first().is_some_and(is_optimizer) {
            self.script.words.schedule = true;
            self.script.words.warmup = true;
        }
        if is_optimizer_of_attention(call) {
            self.models.optimizer = Some(self.span(call.range()));
        }
        self.showing(call, name, &lower, &receiver);
        for keyword in &call.arguments.keywords {
            let Some(argument) = &keyword.arg else { continue };
            let is_off = matches!(self.text(&keyword.value), "0" | "0.0" | "False" | "None");
            if matches!(argument.as_str(), "pretrained" | "weights") {
                // Of this model; another one may be built from scratch.
                self.script.words.pretrained_model |= !is_off;
            } else if !(is_off || argument.as_str() == "freeze" && receiver.ends_with("embedding")) {
                self.word(argument);
            }
        }
    }

    fn is_group_receiver(&self, call: &ExprCall) -> bool {
        matches!(&*call.func, Expr::Attribute(method) if self.is_group(&method.value))
    }
}

fn is_lr_key(call: &ExprCall) -> bool {
    call.arguments.args.first().is_some_and(|first| is_text(first, "lr"))
}

/// A function that tells the current LR.
fn is_current_lr(name: &str) -> bool {
    let has = names::speaks_of(name);
    let of_lr = name.ends_with("lr") || name.ends_with("lrs") || has(&["learning_rate"]);
    of_lr && has(&["get", "check", "current", "log", "print", "show", "monitor", "last"])
        || name == "learningratemonitor"
}

/// A class called an optimizer that is none of a library's.
fn wraps_optimizers(class: &str) -> bool {
    let lower = class.to_ascii_lowercase();
    let is_known = ["fp16", "fp_16", "distributed", "zero", "lookahead", "sam", "swa", "precision", "dp", "private"];
    class.starts_with(|first: char| first.is_ascii_uppercase())
        && (lower.ends_with("optimizer") || lower.ends_with("optim"))
        && !is_known.iter().any(|known| lower.contains(known))
}
