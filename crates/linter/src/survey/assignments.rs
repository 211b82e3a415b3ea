//! Assignments: schedulers that get a name, LRs that are computed, epochs and states that come out of a checkpoint.

use advisor::script::Stateful;
use ruff_python_ast::Expr;
use ruff_text_size::Ranged;

use super::Survey;
use super::models::{is_head, is_layer};
use super::words::is_lr_variable;
use crate::syntax::{is_text, last_name, variables};
use crate::{metric, names};

impl<'a> Survey<'a> {
    pub(super) fn assignment(&mut self, targets: &'a [Expr], value: &'a Expr) {
        for target in targets {
            self.named_scheduler(target, value);
            if let Expr::Name(name) = target
                && is_lr_variable(&name.id)
            {
                self.script.lr_from_checkpoint |= self.reads_stored_lr(value);
                if let Expr::BinOp(computed) = value {
                    let of = [variables_in(&computed.left), variables_in(&computed.right)].concat();
                    self.lrs.bases.extend(of.into_iter().filter(|of| *of != name.id.as_str() && is_lr_variable(of)));
                }
            }
            if let Expr::Attribute(attribute) = target
                && is_lr_variable(&attribute.attr)
                && !self.in_constructor()
            {
                let text = self.wording(target);
                self.lrs.changed.insert(&text, ());
            }
            match target {
                Expr::Attribute(attribute) if attribute.attr.as_str() == "requires_grad" => {
                    self.script.words.frozen |= self.text(value) == "False";
                }
                // `scheduler.last_epoch = start_epoch - 1`.
                Expr::Attribute(attribute)
                    if attribute.attr.as_str() == "last_epoch"
                        && self.text(&*attribute.value).to_ascii_lowercase().contains("sched") =>
                {
                    self.restored(Stateful::Count, target.range());
                }
                // `config['scheduler']['last_epoch'] = start_epoch`, for whatever is built with it.
                Expr::Subscript(place) if is_text(&place.slice, "last_epoch") => {
                    self.script.brought_to_position.push(Vec::new());
                }
                Expr::Attribute(attribute) if is_head(&attribute.attr) && is_layer(value) => {
                    let span = self.span(target.range());
                    self.script.replaced_heads.push(span);
                }
                Expr::Subscript(subscript)
                    if matches!(&*subscript.value, Expr::Attribute(of) if is_head(&of.attr)) && is_layer(value) =>
                {
                    let span = self.span(target.range());
                    self.script.replaced_heads.push(span);
                }
                _ => {}
            }
            let is_model = || {
                let names = metric::names(target);
                names.last().is_some_and(|name| {
                    let name = name.to_ascii_lowercase();
                    (name.ends_with("model") || name.ends_with("net")) && !name.contains("best")
                })
            };
            if loads_all(value) && is_model() {
                self.restored(Stateful::Other, value.range());
            }
            // `optimizer = checkpoint['optimizer']`, the whole of it.
            if last_name(target).is_some_and(names::is_optimizer)
                && let Expr::Subscript(place) = value
                && self.is_checkpoint(&place.value)
                && matches!(&*place.slice, Expr::StringLiteral(key) if key.value.to_str().contains("optim"))
            {
                self.restored(Stateful::Optimizer, value.range());
            }
            // `model, optimizer, scheduler = load_checkpoint(path)`: all of it is made there.
            if target.is_tuple_expr()
                && loads(value)
                && variables(target).iter().any(|name| name.to_ascii_lowercase().contains("sched"))
            {
                self.restored(Stateful::Schedule, value.range());
            }
            if let Expr::Call(call) = value
                && let Some(function) = last_name(&call.func)
            {
                if function == "state_dict" {
                    self.states.in_memory.insert(self.text(target));
                }
                if names::changes_lr(function) {
                    self.lrs.aliases.extend(variables(target));
                }
            }
            if is_step_counter(target) && STEPS.iter().any(|key| reads_key(value, key)) {
                self.states.steps.push((self.wording(target), value.range()));
            }
            let is_epoch = metric::names(target).iter().any(|name| name.to_ascii_lowercase().contains("epoch"));
            // `int(path.split('-')[-1])` of the path of a checkpoint.
            let of_path =
                || self.states.loaded.iter().any(|path| self.text(value).contains(path)) || self.cuts_path(value);
            // `model, opt, start_epoch = load_network(name)`.
            let is_loaded = || target.is_tuple_expr() && loads(value);
            if is_epoch && (reads_key(value, "epoch") || loads_epoch(value) || of_path() || is_loaded()) {
                self.restored(Stateful::Epoch, value.range());
                let target = self.wording(target);
                self.script.takes_epoch.push(target);
            }
        }
    }

    /// `scheduler = PolyLR(optimizer, ...)`, by the names.
    fn named_scheduler(&mut self, target: &'a Expr, value: &'a Expr) {
        let (Some(name), Expr::Call(call)) = (last_name(target), value) else { return };
        // What it is made of may step it.
        if self.around.in_derived && target.is_attribute_expr() {
            return;
        }
        let is_class =
            |name: &&str| name.starts_with(|c: char| c.is_ascii_uppercase()) && names::is_scheduler_class(name);
        let Some(class) = last_name(&call.func).filter(is_class) else { return };
        let lower = name.to_ascii_lowercase();
        let is_ours =
            |argument: &Expr| last_name(argument).is_some_and(|name| is_lr_variable(name) || names::is_optimizer(name));
        if (lower.contains("sched") || lower.contains("lr")) && call.arguments.args.iter().any(is_ours) {
            let span = self.span(call.range());
            self.named_schedulers.push((name, span, class));
        }
    }

    /// `checkpoint['lr']`, or one of two.
    fn reads_stored_lr(&self, value: &Expr) -> bool {
        match value {
            Expr::Subscript(place) => is_text(&place.slice, "lr") && self.is_checkpoint(&place.value),
            Expr::If(choice) => self.reads_stored_lr(&choice.body) || self.reads_stored_lr(&choice.orelse),
            _ => false,
        }
    }

    /// `self.model_path[-7:-4]`: the number in the name of a checkpoint.
    fn cuts_path(&self, value: &Expr) -> bool {
        matches!(value, Expr::Subscript(part) if part.slice.is_slice_expr()
            && names::speaks_of(&self.text(&*part.value).to_ascii_lowercase())(&["model_path", "checkpoint", "ckpt", "resume"]))
    }

    /// Whether something has been stored by a run, by its name.
    fn is_checkpoint(&self, of: &Expr) -> bool {
        names::speaks_of(&self.text(of).to_ascii_lowercase())(&["check", "ckpt", "state", "log", "saved"])
    }

    /// What is given to an object when it is made is its configuration.
    fn in_constructor(&self) -> bool {
        self.functions_around.last() == Some(&"__init__")
    }
}

/// The variables that a product, a sum and the like are made of.
fn variables_in(value: &Expr) -> Vec<&str> {
    match value {
        Expr::Name(name) => vec![name.id.as_str()],
        Expr::BinOp(operation) => [variables_in(&operation.left), variables_in(&operation.right)].concat(),
        _ => Vec::new(),
    }
}

fn reads_key(value: &Expr, key: &str) -> bool {
    match value {
        Expr::Subscript(subscript) => is_text(&subscript.slice, key),
        Expr::BinOp(operation) => reads_key(&operation.left, key) || reads_key(&operation.right, key),
        Expr::Call(call) => {
            last_name(&call.func) == Some("get") && call.arguments.args.first().is_some_and(|first| is_text(first, key))
                || call.arguments.args.iter().any(|argument| reads_key(argument, key))
        }
        _ => false,
    }
}

/// `load_checkpoint(...)`, by its name.
pub(super) fn loads(value: &Expr) -> bool {
    let Expr::Call(call) = value else { return false };
    let name = last_name(&call.func).unwrap_or_default().to_ascii_lowercase();
    names::speaks_of(&name)(&["load", "resume", "restore"])
}

/// `torch.load(path).cuda()`: all of a model.
fn loads_all(value: &Expr) -> bool {
    let Expr::Call(call) = value else { return false };
    let Expr::Attribute(function) = &*call.func else { return false };
    match &*function.value {
        Expr::Name(module) => module.id.as_str() == "torch" && function.attr.as_str() == "load",
        of => matches!(function.attr.as_str(), "cuda" | "to" | "train") && loads_all(of),
    }
}

/// The keys under which checkpoints have the number of steps.
const STEPS: [&str; 8] = ["step", "global_step", "update_step", "steps", "iteration", "iter", "iterations", "n_iter"];

/// A variable that counts steps, by its name.
fn is_step_counter(target: &Expr) -> bool {
    let name = last_name(target).unwrap_or_default();
    name.split('_').any(|part| matches!(part, "step" | "steps" | "iter" | "iteration" | "iterations" | "itr"))
}

/// `load_start_epoch(path) + 1`.
fn loads_epoch(value: &Expr) -> bool {
    match value {
        Expr::BinOp(operation) => loads_epoch(&operation.left) || loads_epoch(&operation.right),
        Expr::Call(call) => last_name(&call.func).is_some_and(|name| {
            let lower = name.to_ascii_lowercase();
            lower.contains("epoch") && ["load", "resume", "restore"].iter().any(|verb| lower.contains(verb))
        }),
        _ => false,
    }
}
