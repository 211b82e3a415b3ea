//! A look over the whole tree of a file, for facts that have no place in the course of a run.

mod checkpoints;
pub(crate) mod classes;
mod drops;
mod functions;
mod models;
mod vain;

use rustc_hash::{FxHashMap as HashMap, FxHashSet as HashSet};

use advisor::Span;
use advisor::script::{LrRead, LrReading, Script, StateUse, Stateful};
use ruff_python_ast::{
    CmpOp, Expr, ExprCall, ExprContext, ExprDict, ExprSubscript, Number, Operator, Stmt, StmtClassDef, StmtFunctionDef,
    StmtIf, UnaryOp,
};
use ruff_text_size::{Ranged, TextRange};

use models::{
    data_of_module, from_zoo, has_heads_and_layers, is_attention_model, is_head, is_layer, is_optimizer_of_attention,
    is_shallow, of_module, trained_model,
};

use crate::modules::Code;
use crate::walk::{Visitor, walk_expr, walk_stmt};
use crate::{metric, names};

/// What a file shows as a whole.
pub fn survey(code: Code<'_>, body: &[Stmt]) -> Script {
    let mut survey = Survey { code, ..Survey::default() };
    survey.visit_body(body);
    let mut script = survey.finish();
    let checkpoints = checkpoints::look(code, body);
    (script.states_not_stored, script.unpickled) = (checkpoints.not_stored, checkpoints.unpickled);
    script.lrs_in_vain = vain::find(code, body);
    script.drops_counted = drops::counted(code, body).into_iter().map(|head| code.span(head)).collect();
    script
}

/// What one function shows, with what is known of it by the class that it is a method of.
pub fn survey_function(code: Code<'_>, function: &StmtFunctionDef, class: Option<&StmtClassDef>) -> Script {
    let mut survey = Survey { code, ..Survey::default() };
    if let Some(class) = class {
        survey.enter_class(class);
    }
    survey.enter_function(function);
    survey.visit_body(&function.body);
    // Who reads what is built here stands elsewhere.
    survey.named_schedulers.clear();
    survey.finish()
}

/// A branch with as many ways beside the first chooses between models.
const MANY_CHOICES: usize = 2;

#[derive(Default)]
struct Survey<'a> {
    code: Code<'a>,
    script: Script,
    /// Variables that stand for a parameter group.
    groups: HashSet<&'a str>,
    /// Words of the code that have been looked at.
    words: HashSet<&'a str>,
    /// Inside a class that is a scheduler.
    in_scheduler: bool,
    /// What is called a scheduler is none of torch's.
    has_own_scheduler: bool,
    /// Inside a class that is made of others of the project, and leaves the epochs to them.
    in_derived: bool,
    /// Inside the right side of an assignment to the LR.
    in_lr_write: bool,
    loops: usize,
    /// Inside a method that tells or takes the state of an object.
    in_state_method: bool,
    /// The class around has a method of that name.
    defines_get_lr: bool,
    /// The paths of what is loaded.
    loaded: Vec<&'a str>,
    /// Inside a function that tries out what has been trained.
    in_evaluation: bool,
    /// The functions around, and those around states that are put back, by the places of these.
    functions_around: Vec<&'a str>,
    functions_of_states: Vec<(usize, &'a str)>,
    /// Inside a branch that is taken where a run is resumed.
    resuming: bool,
    /// Inside a class that looks for an LR.
    in_finder: bool,
    /// Inside a class that is made of a scheduler of torch.
    extends_torch: bool,
    /// Branches around that choose between several models.
    choices: usize,
    /// Transformers among what they choose from.
    chosen: Vec<(Span, String)>,
    /// An optimizer as transformers have it.
    optimizer_of_attention: Option<Span>,
    /// Something is called a `Trainer`.
    names_trainer: bool,
    /// `accelerator.load_state()`, or a method of that name.
    names_state: bool,
    /// It has a method of that name itself.
    defines_state: bool,
    /// A class of that name is the script's own, and made of nothing out of sight.
    defines_trainer: bool,
    /// Calls of `backward`, and how many of them stand in functions that look for an LR.
    backwards: usize,
    backwards_in_finders: usize,
    /// What is called.
    called: HashSet<&'a str>,
    /// Models that are built on attention, by the modules they are imported from.
    attention_models: Vec<&'a str>,
    /// What is imported from modules that prepare data.
    data_classes: Vec<&'a str>,
    /// Something called a scheduler, by the name that it is given: where it is built, and its class.
    named_schedulers: Vec<(&'a str, Span, &'a str)>,
    /// Variables named after the LR that a loop shows.
    shown_lrs: Vec<(&'a str, Span)>,
    /// Variables named after the LR from which others are computed: `current_lr = lr * 0.1 ** epoch`.
    lr_bases: HashSet<&'a str>,
    /// Attributes named after the LR that are given a value, as written.
    changed_lrs: HashSet<String>,
    /// How often each variable named after the LR is given a value.
    lr_values: HashMap<&'a str, usize>,
}

impl<'a> Survey<'a> {
    fn finish(mut self) -> Script {
        // One of many models may be tried for comparison; several are what the script is about.
        if self.chosen.len() > 1 {
            self.script.transformers.append(&mut self.chosen);
        }
        // What the model is made of stands in its options.
        if let Some(span) = self.optimizer_of_attention
            && self.script.transformers.is_empty()
            && self.chosen.is_empty()
            && ["heads", "d_model", "ransformer"].iter().any(|word| self.code.text.contains(word))
        {
            self.script.transformers.push((span, "A model with the optimizer of transformers".to_owned()));
        }
        for (at, function) in std::mem::take(&mut self.functions_of_states) {
            if let Some(state) = self.script.states.get_mut(at) {
                // Where it is defined, and nowhere else.
                let mentions = || memchr::memmem::find_iter(self.code.text.as_bytes(), function.as_bytes()).count();
                state.unused = function.contains("model") && mentions() == 1;
            }
        }
        // A class out of sight that is called after BERT, in a script with that library, has the weights of BERT.
        let has = |word: &str| memchr::memmem::find(self.code.text.as_bytes(), word.as_bytes()).is_some();
        if !self.script.transformers.is_empty() && has("transformers") && !has("Config(") {
            self.script.transformers.retain(|(_, class)| !class.to_ascii_lowercase().contains("bert"));
        }
        if self.has_own_scheduler {
            self.script.lr_reads.iter_mut().for_each(|read| read.how = LrReading::Current);
        }
        let words = &self.words;
        let unused = self.named_schedulers.iter().filter(|(name, ..)| !words.contains(name));
        self.script.never_used.extend(unused.map(|(_, span, class)| (*span, (*class).to_owned())));
        let values = &self.lr_values;
        let constant = self.shown_lrs.iter().filter(|(name, _)| values.get(name) == Some(&1));
        for (name, span) in constant {
            let entry = (*span, (*name).to_owned());
            if self.lr_bases.contains(name) && !self.script.lr_writes.is_empty() {
                self.script.base_lr_logged.push(entry);
            } else {
                self.script.configured_lr_logged.push(entry);
            }
        }
        // `args.lr = args.lr * gamma`.
        let changed = &self.changed_lrs;
        self.script.configured_lr_logged.retain(|(_, text)| !changed.contains(text));
        self.script.words.framework |= self.names_trainer && !self.defines_trainer;
        self.script.words.whole_state |= self.names_state && !self.defines_state;
        // A script that looks for an LR and does nothing else with the model.
        let trains = |name: &str| name.starts_with("train_") || name.starts_with("fit") || name == "train";
        if self.backwards == self.backwards_in_finders && !self.called.iter().any(|name| trains(name)) {
            self.script.finders.retain(|finder| !self.called.contains(finder.name.as_str()));
        }
        self.script
    }

    /// Takes note of the class around what follows, and says what was known before.
    fn enter_class(&mut self, definition: &StmtClassDef) -> (bool, bool, bool) {
        let bases = self.bases(definition);
        let is_scheduler = bases.contains("LR") || definition.name.to_ascii_lowercase().contains("sched");
        let is_derived = definition.bases().iter().any(|base| !names::is_base_of_library(self.text(base)))
            && !classes::runs_epochs(definition);
        let before = (self.in_scheduler, self.defines_get_lr, self.in_derived);
        (self.in_scheduler, self.defines_get_lr, self.in_derived) =
            (is_scheduler, defines(definition, "get_lr"), is_derived);
        before
    }

    /// The bases of a class as written, in parentheses.
    fn bases(&self, definition: &StmtClassDef) -> &'a str {
        definition.arguments.as_ref().map_or("", |arguments| self.text(&**arguments))
    }

    /// Takes note of the function around what follows, and says what was known before.
    fn enter_function(&mut self, definition: &'a StmtFunctionDef) -> (bool, bool, usize) {
        self.function(definition);
        self.word(&definition.name);
        definition.parameters.iter().for_each(|parameter| self.sets(parameter.name()));
        let before = (self.in_state_method, self.in_evaluation, self.loops);
        self.in_evaluation |= names::evaluates(&definition.name);
        self.in_state_method = matches!(definition.name.as_str(), "state_dict" | "load_state_dict");
        // A function that is called in a loop is in it.
        self.loops = usize::from(definition.name.contains("epoch") || definition.name.as_str() == "training_step");
        before
    }

    fn span(&self, range: TextRange) -> Span {
        self.code.span(range)
    }

    /// Takes note that a variable is given a value.
    fn sets(&mut self, name: &'a str) {
        if is_lr_variable(name) {
            // In a loop it is another one in each turn.
            *self.lr_values.entry(name).or_default() += if self.loops == 0 { 1 } else { 2 };
        }
    }

    /// Takes note of a state that is put back.
    fn restored(&mut self, of: Stateful, range: TextRange) {
        if self.in_evaluation {
            return;
        }
        let (span, resumes) = (self.span(range), self.resumes(range));
        self.note_function();
        let (restored, unused, from_file) = (true, false, false);
        self.script.states.push(StateUse { of, restored, resumes, unused, from_file, span });
    }

    /// Whether what stands there is said to resume a run, by itself or by the condition around.
    fn resumes(&self, range: TextRange) -> bool {
        self.resuming || is_of_resuming(&self.code.text[range])
    }

    /// Takes note of the function around the next state that is written down.
    fn note_function(&mut self) {
        let next = self.script.states.len();
        self.functions_of_states.extend(self.functions_around.last().map(|function| (next, *function)));
    }

    /// Takes note of an LR that is written by hand; in a scheduler that is its work.
    fn wrote_lr(&mut self, span: Span) {
        if !self.in_scheduler {
            self.script.lr_writes.push(span);
        }
    }

    fn text(&self, node: &impl Ranged) -> &'a str {
        self.code.of(node)
    }

    fn wording(&self, node: &impl Ranged) -> String {
        self.code.wording(node)
    }

    fn read(&mut self, range: TextRange, how: LrReading) {
        if self.in_lr_write {
            return;
        }
        let span = self.span(range);
        self.script.lr_reads.push(LrRead { span, how, in_vain: false, in_scheduler: self.in_scheduler });
    }

    /// `group['lr']` of a parameter group.
    fn is_group_lr(&self, subscript: &ExprSubscript) -> bool {
        is_text(&subscript.slice, "lr") && self.is_group(&subscript.value)
    }

    /// `group['lr']`, compared or computed with.
    fn is_made_of_group_lr(&self, expression: &Expr) -> bool {
        match expression {
            Expr::Subscript(subscript) => self.is_group_lr(subscript),
            Expr::Compare(compare) => self.is_made_of_group_lr(&compare.left),
            Expr::BinOp(operation) => {
                self.is_made_of_group_lr(&operation.left) || self.is_made_of_group_lr(&operation.right)
            }
            _ => false,
        }
    }

    fn is_group(&self, expression: &Expr) -> bool {
        match expression {
            Expr::Name(name) => self.groups.contains(name.id.as_str()) || name.id.as_str() == "param_group",
            // `groups[0]` of `groups = optimizer.param_groups`.
            Expr::Subscript(of) if of.value.is_name_expr() && of.slice.is_number_literal_expr() => {
                self.is_group(&of.value)
            }
            Expr::Subscript(_) | Expr::Attribute(_) | Expr::Call(_) => self.text(expression).contains("param_groups"),
            _ => false,
        }
    }

    /// A word of the code.
    fn word(&mut self, word: &'a str) {
        if !self.words.insert(word) {
            return;
        }
        let mut lower = word.to_ascii_lowercase();
        if names::speaks_of(&lower)(&["warmrestart", "warm_restart"]) {
            // Restarts warm nothing up.
            lower = lower.replace("warmrestart", "").replace("warm_restart", "");
        }
        let has = names::speaks_of(&lower);
        let words = &mut self.script.words;
        let factory = lower.starts_with("get_") && lower.ends_with("_with_warmup");
        // `noamp` switches mixed precision off.
        // The temperature of a teacher is warmed up by its own schedule.
        words.warmup |= !factory
            && !has(&["teacher"])
            && (has(&["warm", "rampup", "ramp_up"]) || has(&["noam"]) && !has(&["noamp"]));
        words.warmup_scheduler |= has(&["warm"]) && !factory && (has(&["sched"]) || lower.ends_with("lr"));
        words.frozen |= has(&["freeze", "frozen"]);
        // `pretrain` alone may be what the script does.
        let of_weights =
            ["path", "weight", "ckpt", "checkpoint", "load", "dir", "file", "state", "from_", "_from", "name"];
        words.pretrained |=
            has(&["pretrained", "finetun", "fine_tun", "fine-tun", "lora_", "peft", "load_weights_into"])
                || has(&["pretrain"]) && has(&of_weights);
        words.reinforcement |= has(&["reward", "replay_buffer", "gymnasium", "policy_net"])
            || matches!(lower.as_str(), "gym" | "env" | "envs");
        words.physics |= has(&["pde", "pinn", "collocation"]) && !has(&["update", "spinning"]);
        words.adversarial |= has(&["discriminator", "netd", "net_d", "optimizer_d", "optimizerd", "opt_d"]);
        words.schedule |=
            has(&["sched", "anneal", "lr_decay", "decay_lr", "adjust_l", "adjust_opt", "set_lr", "lr_mult"])
                || has(&[
                    "update_lr",
                    "lr_step",
                    "step_lr",
                    "learning_rate_decay",
                    "change_lr",
                    "new_lr",
                    "cur_lr",
                    "lr_list",
                ]);
        words.validates |= matches!(word, "validation_data" | "validation_split");
        words.initial_lr |= has(&["initial_lr"]);
        words.framework |= has(&["lightningmodule", "pytorch_lightning"]);
        self.names_trainer |= matches!(word, "Trainer" | "Learner");
        self.names_state |= is_whole_state(word);
    }

    fn call(&mut self, call: &'a ExprCall) {
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
                self.loaded.extend(path.map(|path| self.text(path)));
            }
            "batch" if matches!(names::last_part(&receiver), "lr_scheduler" | "scheduler") => {
                self.script.moved_by_batch.push((self.span(call.range()), receiver.clone()));
            }
            // No scheduler of torch has such a method: what has one reads its LR as it likes.
            "update" if receiver.ends_with("scheduler") && !call.arguments.is_empty() => self.has_own_scheduler = true,
            "format" => call.arguments.keywords.iter().for_each(|keyword| self.shown_scaled(&keyword.value)),
            "deepcopy" => {
                self.restored(Stateful::Other, call.range());
            }
            // A method of that name that is the class's own, and no scheduler's, is called what it likes.
            "get_lr" if receiver == "self" && self.defines_get_lr && !self.in_scheduler => {
                self.read(call.range(), LrReading::Current);
            }
            // That of torch takes nothing.
            "get_lr" if !call.arguments.is_empty() => self.read(call.range(), LrReading::Current),
            "get_lr" if receiver.contains("sched") || receiver == "self" && self.in_scheduler => {
                self.read(call.range(), LrReading::GetLr);
            }
            "get_lr" if receiver == "self" => self.read(call.range(), LrReading::Current),
            // A class hands its own state on to what it holds; one that looks for an LR puts back what it has tried.
            "state_dict" | "load_state_dict" if self.in_state_method || self.in_finder => {}
            // `getattr(self, name).load_state_dict(checkpoint[name])`, whatever there is.
            "load_state_dict" if receiver.starts_with("getattr(") => self.script.words.whole_state = true,
            "state_dict" | "load_state_dict" => {
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
                let is_test = self.in_evaluation || of == Some(Stateful::Other) && is_given("best");
                let of = of.filter(|_| !(restored && is_test));
                if of.is_some() {
                    self.note_function();
                }
                let (unused, from_file) = (false, call.arguments.args.first().is_some_and(loads));
                let state = |of| StateUse { of, restored, resumes, unused, from_file, span };
                self.script.states.extend(of.map(state));
            }
            "__init__" if self.extends_torch && receiver.starts_with("super(") => {
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
            _ if has(&["load_checkpoint", "load_model", "load_optim", "load_state", "resume", "restore"])
                && is_given("optim")
                && (self.resuming || !is_given("best")) =>
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
            && !self.in_evaluation
            && !self.data_classes.contains(&name)
            && (is_attention_model(name)
                || self.attention_models.contains(&name)
                || of_zoo.is_some()
                || name.starts_with(|first: char| first.is_ascii_uppercase())
                    && !name.ends_with("Args")
                    && !has(&["rnn", "lstm", "gru", "gat", "conv"])
                    && has_heads_and_layers(call))
        {
            let span = self.span(call.range());
            // One of several models that an option chooses from says nothing about the others.
            let all = if self.choices > 0 { &mut self.chosen } else { &mut self.script.transformers };
            all.push((span, of_zoo.unwrap_or(name).to_owned()));
        }
        if is_optimizer_of_attention(call) {
            self.optimizer_of_attention = Some(self.span(call.range()));
        }
        self.showing(call, name, &lower, &receiver);
        for keyword in &call.arguments.keywords {
            let Some(argument) = &keyword.arg else { continue };
            let is_off = matches!(self.text(&keyword.value), "0" | "0.0" | "False" | "None");
            if matches!(argument.as_str(), "pretrained" | "weights") {
                // Of this model; another one may be built from scratch.
                self.script.words.pretrained_model |= !is_off;
            } else if !is_off {
                self.word(argument);
            }
        }
    }

    fn is_group_receiver(&self, call: &ExprCall) -> bool {
        matches!(&*call.func, Expr::Attribute(method) if self.is_group(&method.value))
    }

    /// Calls that print or log.
    fn showing(&mut self, call: &'a ExprCall, name: &str, lower: &str, receiver: &str) {
        const SHOW: [&str; 14] = [
            "print",
            "log",
            "info",
            "debug",
            "write",
            "add_scalar",
            "add_scalars",
            "update",
            "format",
            "append",
            "set_postfix",
            "set_description",
            "log_metric",
            "report_scalar",
        ];
        if !names::speaks_of(lower)(&["log", "scalar", "summary", "record", "track"]) && !SHOW.contains(&name) {
            return;
        }
        let mut shown = Vec::new();
        for argument in call.arguments.args.iter().chain(call.arguments.keywords.iter().map(|keyword| &keyword.value)) {
            shown.extend(metric::names(argument));
        }
        self.script.lr_variable_is_shown |= shown.iter().any(|name| is_lr_variable(name));
        if self.loops == 0 {
            return;
        }
        // `history['lr'].append(config['lr'])`, `writer.add_scalar('lr', args.lr, epoch)`.
        let told = receiver.contains("'lr'") || receiver.contains("\"lr\"") || receiver.contains("lrs");
        let labelled = call
            .arguments
            .args
            .first()
            .is_some_and(|first| matches!(first, Expr::StringLiteral(text) if is_lr_label(text.value.to_str())));
        if matches!(name, "print" | "log" | "info" | "add_scalar" | "set_postfix" | "set_description" | "debug") {
            for argument in
                call.arguments.args.iter().chain(call.arguments.keywords.iter().map(|keyword| &keyword.value))
            {
                self.shown_variables(argument);
            }
        }
        for argument in &call.arguments.args {
            if (told || labelled) && matches!(argument, Expr::Attribute(_) | Expr::Subscript(_)) {
                let entry = (self.span(argument.range()), self.wording(argument));
                self.script.configured_lr_logged.push(entry);
            }
            // A parameter group of an optimizer is no log.
            let is_group = |dict: &ExprDict| dict.iter_keys().flatten().any(|key| is_text(key, "params"));
            if let Expr::Dict(dict) = argument
                && !is_group(dict)
            {
                for item in &dict.items {
                    let is_lr =
                        |key: &Expr| matches!(key, Expr::StringLiteral(text) if is_lr_label(text.value.to_str()));
                    let told = matches!(item.value, Expr::Attribute(_) | Expr::Subscript(_));
                    if told && item.key.as_ref().is_some_and(is_lr) {
                        let entry = (self.span(item.value.range()), self.wording(&item.value));
                        self.script.configured_lr_logged.push(entry);
                    }
                }
            }
        }
    }

    /// Takes note of variables named after the LR that are shown as they are: `print(f'lr: {lr}')`.
    fn shown_variables(&mut self, shown: &'a Expr) {
        match shown {
            Expr::Name(name) if is_lr_variable(&name.id) => {
                let span = self.span(name.range());
                self.shown_lrs.push((name.id.as_str(), span));
            }
            Expr::FString(text) => {
                let shown = text.value.elements().filter_map(|element| element.as_interpolation());
                shown.for_each(|shown| self.shown_variables(&shown.expression));
            }
            // `'%f' % (loss, lr)`, `'{}'.format(loss, lr)`.
            Expr::BinOp(formatted) if formatted.left.is_string_literal_expr() => self.shown_variables(&formatted.right),
            Expr::Tuple(tuple) => tuple.elts.iter().for_each(|shown| self.shown_variables(shown)),
            Expr::Call(call) if last_name(&call.func) == Some("format") => {
                call.arguments.args.iter().for_each(|shown| self.shown_variables(shown));
            }
            _ => {}
        }
    }

    /// `optimizer.param_groups[-1]['lr'] * 0.1`: of use where the last group has ten times the LR, and copied from there.
    fn shown_scaled(&mut self, value: &'a Expr) {
        let Expr::BinOp(scaled) = value else { return };
        let is_lr = self.text(&*scaled.left).contains(".param_groups[") && self.text(&*scaled.left).ends_with("['lr']");
        if scaled.op == Operator::Mult && is_lr && self.text(&*scaled.right) == "0.1" {
            self.script.scaled_lr_logged.push((self.span(value.range()), self.text(value).to_owned()));
        }
    }

    /// `scheduler = PolyLR(optimizer, ...)`, by the names.
    fn named_scheduler(&mut self, target: &'a Expr, value: &'a Expr) {
        let (Some(name), Expr::Call(call)) = (last_name(target), value) else { return };
        // What it is made of may step it.
        if self.in_derived && target.is_attribute_expr() {
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

    /// What is given to an object when it is made is its configuration.
    fn in_constructor(&self) -> bool {
        self.functions_around.last() == Some(&"__init__")
    }

    fn assignment(&mut self, targets: &'a [Expr], value: &'a Expr) {
        for target in targets {
            self.named_scheduler(target, value);
            if let (Expr::Name(name), Expr::BinOp(computed)) = (target, value)
                && is_lr_variable(&name.id)
            {
                let of = [variables_in(&computed.left), variables_in(&computed.right)].concat();
                self.lr_bases.extend(of.into_iter().filter(|of| *of != name.id.as_str() && is_lr_variable(of)));
            }
            if let Expr::Attribute(attribute) = target
                && is_lr_variable(&attribute.attr)
                && !self.in_constructor()
            {
                let text = self.wording(target);
                self.changed_lrs.insert(text);
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
            // `model, optimizer, scheduler = load_checkpoint(path)`: all of it is made there.
            if target.is_tuple_expr()
                && loads(value)
                && variables(target).iter().any(|name| name.to_ascii_lowercase().contains("sched"))
            {
                self.restored(Stateful::Schedule, value.range());
            }
            let is_epoch = metric::names(target).iter().any(|name| name.to_ascii_lowercase().contains("epoch"));
            // `int(path.split('-')[-1])` of the path of a checkpoint.
            let of_path = || self.loaded.iter().any(|path| self.text(value).contains(path));
            if is_epoch && (reads_key(value, "epoch") || loads_epoch(value) || of_path()) {
                self.restored(Stateful::Epoch, value.range());
                let target = self.wording(target);
                self.script.takes_epoch.push(target);
            }
        }
    }
}

impl<'a> Visitor<'a> for Survey<'a> {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        match statement {
            Stmt::Import(_) | Stmt::ImportFrom(_) => {
                if let Stmt::ImportFrom(import) = statement {
                    self.attention_models.extend(of_module(import));
                    self.data_classes.extend(data_of_module(import));
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
                self.choices += 1;
                walk_stmt(self, statement);
                self.choices -= 1;
                return;
            }
            Stmt::If(branch) if !self.resuming && is_of_resuming(self.text(&*branch.test)) => {
                self.visit_expr(&branch.test);
                self.resuming = true;
                self.visit_body(&branch.body);
                self.resuming = false;
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
                self.loops += 1;
                walk_stmt(self, statement);
                self.loops -= 1;
                return;
            }
            Stmt::While(_) => {
                self.loops += 1;
                walk_stmt(self, statement);
                self.loops -= 1;
                return;
            }
            Stmt::FunctionDef(definition) => {
                self.defines_state |= is_whole_state(&definition.name);
                if let Some((annotation, class)) = trained_model(definition) {
                    let span = self.span(annotation.range());
                    self.script.transformers.push((span, class.to_owned()));
                }
                let around = self.enter_function(definition);
                self.functions_around.push(&definition.name);
                walk_stmt(self, statement);
                self.functions_around.pop();
                (self.in_state_method, self.in_evaluation, self.loops) = around;
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
                let around = self.enter_class(definition);
                let extends = bases
                    .split(|char: char| !char.is_alphanumeric())
                    .any(|base| base == "LRScheduler" || advisor::classes::class_named(base).is_some());
                let finds = definition.name.to_ascii_lowercase().contains("finder");
                let outside = (self.extends_torch, self.in_finder);
                (self.extends_torch, self.in_finder) = (extends, finds);
                walk_stmt(self, statement);
                (self.extends_torch, self.in_finder) = outside;
                (self.in_scheduler, self.defines_get_lr, self.in_derived) = around;
                return;
            }
            Stmt::Assign(assign) => {
                self.assignment(&assign.targets, &assign.value);
                if assign.targets.iter().any(|target| matches!(target, Expr::Subscript(of) if self.is_group_lr(of))) {
                    let span = self.span(assign.targets[0].range());
                    self.wrote_lr(span);
                    self.script.words.schedule = true;
                    self.in_lr_write = true;
                    walk_stmt(self, statement);
                    self.in_lr_write = false;
                    return;
                }
                // `group = optimizer.param_groups[0]`.
                if self.text(&*assign.value).contains("param_groups") {
                    self.groups.extend(assign.targets.iter().flat_map(variables));
                }
            }
            Stmt::AugAssign(assign) => {
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
                    self.script.lr_reads.push(LrRead { span, how, in_vain: true, in_scheduler: self.in_scheduler });
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
        match expression {
            Expr::Name(name) if name.ctx == ExprContext::Load => self.word(&name.id),
            Expr::Name(name) => self.sets(&name.id),
            Expr::Attribute(attribute) if attribute.ctx == ExprContext::Load => {
                self.word(&attribute.attr);
                let attr = attribute.attr.as_str();
                if matches!(attr, "_last_lr" | "last_lr" | "current_lr" | "cur_lr" | "lr") {
                    let receiver = self.text(&*attribute.value).to_ascii_lowercase();
                    if receiver.contains("sched") || receiver.contains("optim") {
                        self.read(attribute.range(), LrReading::Current);
                    }
                }
            }
            Expr::StringLiteral(text) if !text.value.to_str().contains(' ') => self.word(text.value.to_str()),
            Expr::FString(_) => {
                self.script.lr_variable_is_shown |= metric::names(expression).iter().any(|name| is_lr_variable(name));
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
                    self.visit_expr(&method.value);
                } else {
                    self.visit_expr(&call.func);
                }
                if let Expr::Name(name) = &*call.func {
                    self.word(&name.id);
                } else if let Expr::Attribute(method) = &*call.func
                    // `cfg.freeze()` closes a configuration; a tokenizer is no model.
                    && !(method.attr.as_str() == "freeze" && is_configuration(self.text(&*method.value)))
                    && !(method.attr.as_str() == "from_pretrained" && self.text(&*method.value).contains("Tokenizer"))
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

/// What accelerate calls the state of all that it has prepared.
fn is_whole_state(word: &str) -> bool {
    matches!(word, "save_state" | "load_state")
}

/// Whether a class has a method of that name.
fn defines(class: &StmtClassDef, name: &str) -> bool {
    class.body.iter().any(|statement| matches!(statement, Stmt::FunctionDef(method) if method.name.as_str() == name))
}

fn is_text(expression: &Expr, text: &str) -> bool {
    matches!(expression, Expr::StringLiteral(literal) if literal.value.to_str() == text)
}

fn is_lr_key(call: &ExprCall) -> bool {
    call.arguments.args.first().is_some_and(|first| is_text(first, "lr"))
}

pub(crate) fn last_name(function: &Expr) -> Option<&str> {
    match function {
        Expr::Name(name) => Some(name.id.as_str()),
        Expr::Attribute(attribute) => Some(attribute.attr.as_str()),
        _ => None,
    }
}

fn variables(target: &Expr) -> Vec<&str> {
    match target {
        Expr::Name(name) => vec![name.id.as_str()],
        Expr::Tuple(tuple) => tuple.elts.iter().flat_map(variables).collect(),
        Expr::List(list) => list.elts.iter().flat_map(variables).collect(),
        _ => Vec::new(),
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
fn loads(value: &Expr) -> bool {
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

/// Whether words of code speak of a run that is resumed.
fn is_of_resuming(text: &str) -> bool {
    let text = text.to_ascii_lowercase();
    ["resum", "continue_train", "start_epoch", "from_epoch"].iter().any(|word| text.contains(word))
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

/// A variable named after the LR: `lr`, `cur_lr`, `learning_rate`.
fn is_lr_variable(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    name.split('_').any(|part| part == "lr" || part == "lrs") || name.contains("learning_rate") || name.ends_with("lr")
}

fn is_lr_label(label: &str) -> bool {
    let label = label.to_ascii_lowercase();
    label.split(|c: char| !c.is_ascii_alphanumeric()).any(|part| part == "lr" || part == "lrs")
        || label.contains("learning_rate")
        || label.contains("learning rate")
}

/// A function that tells the current LR.
fn is_current_lr(name: &str) -> bool {
    let has = names::speaks_of(name);
    let of_lr = name.ends_with("lr") || name.ends_with("lrs") || has(&["learning_rate"]);
    of_lr && has(&["get", "current", "log", "print", "show", "monitor", "last"]) || name == "learningratemonitor"
}

/// An option whose default is a number above 1.
fn is_above_one(call: &ExprCall) -> bool {
    let is_default = |name: &str| name == "default";
    given_number(call, is_default).any(|default| default > 1)
}

/// The whole numbers that a call is given, in so many words, under names of some kind.
fn given_number(call: &ExprCall, is_so: impl Fn(&str) -> bool) -> impl Iterator<Item = u64> {
    let named =
        call.arguments.keywords.iter().filter(move |keyword| keyword.arg.as_ref().is_some_and(|arg| is_so(arg)));
    named.filter_map(|keyword| whole_number(&keyword.value))
}

/// A whole number that is written out.
pub fn whole_number(expression: &Expr) -> Option<u64> {
    let Expr::NumberLiteral(literal) = expression else { return None };
    let Number::Int(value) = &literal.value else { return None };
    value.as_u64()
}

fn is_configuration(receiver: &str) -> bool {
    let lower = receiver.to_ascii_lowercase();
    lower.ends_with("cfg") || lower.ends_with("config")
}
