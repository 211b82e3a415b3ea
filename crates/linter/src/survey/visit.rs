//! The walk over statements and expressions, with what is known of those around.

use advisor::Span;
use advisor::script::{LrRead, LrReading};
use ruff_python_ast::{
    Alias, CmpOp, Expr, ExprAttribute, ExprCall, ExprContext, Operator, Stmt, StmtIf, StmtImportFrom, UnaryOp,
};
use ruff_text_size::{Ranged, TextRange};

use super::Survey;
use super::models::{data_of_module, of_module, trained_model};
use super::words::{is_lr_label, is_lr_variable, is_of_resuming, is_whole_state};
use crate::metric;
use crate::syntax::{defines, given_number, is_text, last_name, variables};
use crate::walk::{Visitor, walk_expr, walk_stmt};

/// A branch with as many ways beside the first chooses between models.
const MANY_CHOICES: usize = 2;

impl<'a> Visitor<'a> for Survey<'a> {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        if let Stmt::If(branch) = statement {
            self.last_calls(&branch.body);
        }
        let is_choice = match statement {
            Stmt::If(branch) => !branch.elif_else_clauses.is_empty(),
            Stmt::Try(_) => true,
            _ => false,
        };
        if is_choice && !self.around.in_fallback && self.is_fallback(statement) {
            self.around.in_fallback = true;
            self.visit_stmt(statement);
            self.around.in_fallback = false;
            return;
        }
        match statement {
            Stmt::Import(_) | Stmt::ImportFrom(_) => {
                if let Stmt::ImportFrom(import) = statement {
                    self.models.of_attention.extend(of_module(import));
                    self.models.of_data.extend(data_of_module(import));
                    self.has_own_scheduler |= has_own_scheduler(import);
                    self.defines_trainer |= brings_trainer(import);
                }
                let text = self.text(statement);
                // Fabric leaves the loop, and the scheduler, to the script.
                let runs_loop = text.contains("lightning") && !text.to_ascii_lowercase().contains("fabric");
                self.script.words.framework |= runs_loop || text.contains("ignite.");
                self.script.words.reinforcement |= text.contains("import gym");
                // Paddle's schedulers are read by `get_lr`.
                self.has_own_scheduler |= text.contains("paddle");
                return;
            }
            Stmt::If(branch) if let Some(name) = self.scheduler_that_is_none(&branch.test) => {
                let is_step = |statement: &&Stmt| {
                    let text = self.text(*statement);
                    text.strip_prefix(name).is_some_and(|rest| rest.starts_with(".step("))
                };
                let steps =
                    branch.body.iter().filter(is_step).map(|statement| (self.span(statement.range()), name.to_owned()));
                let steps: Vec<(Span, String)> = steps.collect();
                self.script.stepped_if_none.extend(steps);
            }
            Stmt::If(branch) if self.only_looks(branch) => {
                let before = self.script.states.len();
                self.visit_body(&branch.body);
                self.script.states[before..].iter_mut().for_each(|state| state.restored = false);
                branch.elif_else_clauses.iter().for_each(|clause| self.visit_body(&clause.body));
                return;
            }
            Stmt::If(branch) if branch.elif_else_clauses.len() >= MANY_CHOICES => {
                self.around.choices += 1;
                walk_stmt(self, statement);
                self.around.choices -= 1;
                return;
            }
            Stmt::If(branch) if !self.around.resuming && is_of_resuming(self.text(&*branch.test)) => {
                self.visit_expr(&branch.test);
                self.around.resuming = true;
                self.visit_body(&branch.body);
                self.around.resuming = false;
                for clause in &branch.elif_else_clauses {
                    clause.test.iter().for_each(|test| self.visit_expr(test));
                    self.visit_body(&clause.body);
                }
                return;
            }
            Stmt::For(inner) => {
                if self.text(&*inner.iter).contains("param_groups") {
                    self.groups.extend(variables(&inner.target));
                }
                // It changes from turn to turn.
                variables(&inner.target).into_iter().for_each(|name| self.sets(name));
                let is_epochs = self.around.loops == 0 && self.text(&*inner.target).contains("epoch");
                // Another run begins, with what has come back since the first.
                if is_epochs && self.around.after_epochs {
                    self.states.late.clear();
                }
                self.around.loops += 1;
                walk_stmt(self, statement);
                self.around.loops -= 1;
                self.around.after_epochs |= is_epochs;
                return;
            }
            Stmt::While(_) => {
                self.around.loops += 1;
                walk_stmt(self, statement);
                self.around.loops -= 1;
                return;
            }
            Stmt::FunctionDef(definition) => {
                self.defines_state |= is_whole_state(&definition.name);
                if let Some((annotation, class)) = trained_model(definition) {
                    let span = self.span(annotation.range());
                    self.script.transformers.push((span, class.to_owned()));
                }
                let around = self.around;
                self.enter_function(definition);
                self.functions_around.push(&definition.name);
                walk_stmt(self, statement);
                self.functions_around.pop();
                self.around = around;
                return;
            }
            Stmt::ClassDef(definition) => {
                let bases = self.bases(definition);
                self.script.words.framework |= bases.contains("LightningModule");
                self.defines_trainer |= matches!(definition.name.as_str(), "Trainer" | "Learner")
                    && matches!(bases, "" | "()" | "(object)");
                if defines(definition, "configure_optimizers") {
                    let span = self.span(definition.range());
                    self.script.lightning_modules.push(span);
                }
                let around = self.around;
                self.enter_class(definition);
                walk_stmt(self, statement);
                self.around = around;
                return;
            }
            Stmt::Assign(assign) => {
                self.assignment(&assign.targets, &assign.value);
                // What stands in a checkpoint, `state['param_groups']`, is in no optimizer yet.
                let is_lr = |target: &Expr| {
                    matches!(target, Expr::Subscript(of) if self.is_group_lr(of)
                        && !self.text(target).contains("['param_groups']"))
                };
                if assign.targets.iter().any(is_lr) {
                    let span = self.span(assign.targets[0].range());
                    self.wrote_lr(span);
                    self.script.words.schedule = true;
                    self.around.in_lr_write = true;
                    walk_stmt(self, statement);
                    self.around.in_lr_write = false;
                    return;
                }
                // `lr = scheduler.step()`: that of torch gives nothing.
                if let Expr::Call(call) = &*assign.value
                    && let Expr::Attribute(step) = &*call.func
                    && step.attr.as_str() == "step"
                {
                    let receiver = self.text(&*step.value).to_ascii_lowercase();
                    self.script.words.foreign_scheduler |= receiver.ends_with("scheduler");
                }
                // `group = optimizer.param_groups[0]`.
                if self.text(&*assign.value).contains("param_groups") {
                    self.groups.extend(assign.targets.iter().flat_map(variables));
                }
            }
            Stmt::AugAssign(assign) => {
                if self.around.loops > 0 && assign.op == Operator::Add {
                    let counter = self.wording(&*assign.target);
                    self.states.counted.insert(&counter, ());
                }
                if matches!(&*assign.target, Expr::Subscript(of) if self.is_group_lr(of)) {
                    let span = self.span(assign.target.range());
                    self.wrote_lr(span);
                    self.script.words.schedule = true;
                }
                self.script.words.schedule |= variables(&assign.target).iter().any(|name| is_lr_variable(name));
            }
            Stmt::Expr(expression) => {
                if self.is_made_of_group_lr(&expression.value) {
                    let span = self.span(expression.range());
                    let how = LrReading::Current;
                    self.script.lr_reads.push(LrRead {
                        span,
                        how,
                        in_vain: true,
                        in_scheduler: self.around.in_scheduler,
                    });
                    return;
                }
                // Docstrings are no code.
                if expression.value.is_string_literal_expr() {
                    return;
                }
            }
            _ => {}
        }
        walk_stmt(self, statement);
    }

    fn visit_expr(&mut self, expression: &'a Expr) {
        if expression.is_if_expr() && !self.around.in_fallback && self.is_fallback(expression) {
            self.around.in_fallback = true;
            walk_expr(self, expression);
            self.around.in_fallback = false;
            return;
        }
        match expression {
            Expr::Name(name) if name.ctx == ExprContext::Load => self.word(&name.id),
            Expr::Name(name) => self.sets(&name.id),
            Expr::Attribute(attribute) if attribute.ctx == ExprContext::Load => {
                self.word(&attribute.attr);
                self.state_of_scheduler(attribute);
            }
            Expr::StringLiteral(text) if !text.value.to_str().contains(' ') => self.word(text.value.to_str()),
            Expr::FString(_) => {
                self.script.lr_variable_is_shown |= metric::names(expression).iter().any(|name| self.is_lr(name));
            }
            // `'lr=%.2e' % lr`
            Expr::BinOp(formatted) if formatted.op == Operator::Mod && formatted.left.is_string_literal_expr() => {
                let shown = metric::names(&formatted.right);
                self.script.lr_variable_is_shown |= shown.iter().any(|name| self.is_lr(name));
            }
            // `("Learning Rate", lr)` of a table.
            Expr::Tuple(pair) if let [Expr::StringLiteral(label), Expr::Name(name)] = &*pair.elts => {
                self.script.lr_variable_is_shown |= is_lr_label(label.value.to_str()) && is_lr_variable(&name.id);
            }
            Expr::Subscript(subscript) if subscript.ctx == ExprContext::Load && self.is_group_lr(subscript) => {
                self.read(subscript.range(), LrReading::Current);
            }
            // `scheduler.state_dict()['_last_lr']`.
            Expr::Subscript(subscript) if is_text(&subscript.slice, "_last_lr") => {
                self.read(subscript.range(), LrReading::Current);
            }
            Expr::ListComp(comprehension) => self.comprehension(&comprehension.generators),
            Expr::Generator(comprehension) => self.comprehension(&comprehension.generators),
            Expr::Call(call) => {
                self.call(call);
                // The names of options are no words of the code; their use is. Still they tell that something out of sight has
                // a schedule.
                if last_name(&call.func) == Some("add_argument") {
                    let text = self.text(call).to_ascii_lowercase();
                    self.script.words.schedule |= ["warmup", "min_lr", "min-lr", "sched", "lr_decay", "lr-decay"]
                        .iter()
                        .any(|word| text.contains(word));
                    self.script.words.many_epochs |= text.contains("epochs") && is_above_one(call);
                    return;
                }
                if let Expr::Attribute(method) = &*call.func {
                    self.state_of_scheduler(method);
                    self.visit_expr(&method.value);
                } else {
                    self.visit_expr(&call.func);
                }
                if let Expr::Name(name) = &*call.func {
                    self.word(&name.id);
                } else if let Expr::Attribute(method) = &*call.func
                    // `cfg.freeze()` closes a configuration; a tokenizer is no model, and a table of positions or word vectors
                    // no trained one.
                    && !(method.attr.as_str() == "freeze" && is_configuration(self.text(&*method.value)))
                    && !(method.attr.as_str() == "from_pretrained" && is_table(self.text(&*method.value)))
                {
                    self.word(&method.attr);
                }
                for argument in &call.arguments.args {
                    self.visit_expr(argument);
                }
                for keyword in &call.arguments.keywords {
                    self.visit_expr(&keyword.value);
                }
                return;
            }
            _ => {}
        }
        walk_expr(self, expression);
    }
}

impl<'a> Survey<'a> {
    /// `scheduler.lr` or `scheduler.lr()`, `scheduler.global_step`: what schedulers tell of themselves.
    fn state_of_scheduler(&mut self, attribute: &'a ExprAttribute) {
        let attr = attribute.attr.as_str();
        let is_count = matches!(attr, "global_step" | "global_epoch");
        if is_count || matches!(attr, "_last_lr" | "last_lr" | "current_lr" | "cur_lr" | "lr") {
            let receiver = self.text(&*attribute.value).to_ascii_lowercase();
            let of_scheduler = receiver.ends_with("scheduler");
            self.script.words.foreign_scheduler |= of_scheduler && (is_count || attr == "lr");
            if !is_count && (receiver.contains("sched") || receiver.contains("optim")) {
                self.read(attribute.range(), LrReading::Current);
            }
        }
    }

    /// The scheduler of `scheduler is None` and `not scheduler`.
    fn scheduler_that_is_none(&self, test: &'a Expr) -> Option<&'a str> {
        let scheduler = match test {
            Expr::Compare(compare) => match (&*compare.ops, &*compare.comparators) {
                ([CmpOp::Is | CmpOp::Eq], [Expr::NoneLiteral(_)]) => self.text(&*compare.left),
                _ => return None,
            },
            Expr::UnaryOp(unary) if unary.op == UnaryOp::Not => self.text(&*unary.operand),
            _ => return None,
        };
        let is_name = scheduler.chars().all(|char| char.is_alphanumeric() || matches!(char, '_' | '.'));
        (is_name && scheduler.to_ascii_lowercase().contains("sched")).then_some(scheduler)
    }

    /// Whether a branch puts a model back to look at it, and everything that trains stands in its `else`.
    fn only_looks(&self, branch: &StmtIf) -> bool {
        let [otherwise] = &*branch.elif_else_clauses else { return false };
        let (Some(first), Some(last)) = (branch.body.first(), branch.body.last()) else { return false };
        let looks = &self.code.text[TextRange::new(first.start(), last.end())];
        let trains = || self.text(otherwise);
        otherwise.test.is_none()
            && looks.contains(".load_state_dict(")
            && !looks.contains(".step(")
            && trains().contains("optim")
            && trains().contains(".step(")
    }

    fn comprehension(&mut self, generators: &'a [ruff_python_ast::Comprehension]) {
        for generator in generators {
            if self.text(&generator.iter).contains("param_groups") {
                self.groups.extend(variables(&generator.target));
            }
        }
    }
}

/// An option whose default is a number above 1.
fn is_above_one(call: &ExprCall) -> bool {
    let is_default = |name: &str| name == "default";
    given_number(call, is_default).any(|default| default > 1)
}

fn is_configuration(receiver: &str) -> bool {
    let lower = receiver.to_ascii_lowercase();
    lower.ends_with("cfg") || lower.ends_with("config")
}

/// `from engine.trainer import Trainer`: of the project, by the module.
fn brings_trainer(import: &StmtImportFrom) -> bool {
    const LIBRARIES: [&str; 12] = [
        "lightning",
        "pytorch_lightning",
        "transformers",
        "fastai",
        "sentence_transformers",
        "trl",
        "composer",
        "catalyst",
        "ignite",
        "poutyne",
        "setfit",
        "flair",
    ];
    let module = import.module.as_deref().unwrap_or_default();
    let is_library = LIBRARIES.contains(&module.split('.').next().unwrap_or_default()) && import.level == 0;
    !is_library && import.names.iter().any(|alias| matches!(alias.name.as_str(), "Trainer" | "Learner"))
}

/// `from optimizers import LR_Scheduler`: made by the project from nothing, as what torch calls `LRScheduler` is only a base.
fn has_own_scheduler(import: &StmtImportFrom) -> bool {
    let module = import.module.as_deref().unwrap_or_default();
    let is_own = |alias: &Alias| matches!(alias.name.as_str(), "LR_Scheduler" | "LRScheduler" | "LrScheduler");
    !module.starts_with("torch") && !module.contains("timm") && import.names.iter().any(is_own)
}

/// What is made `from_pretrained` and is no model.
fn is_table(receiver: &str) -> bool {
    receiver.contains("Tokenizer") || receiver.ends_with("Embedding")
}
