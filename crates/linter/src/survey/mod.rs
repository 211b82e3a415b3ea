//! A look over the whole tree of a file, for facts that have no place in the course of a run.

mod assignments;
mod calls;
mod checkpoints;
pub(crate) mod classes;
mod drops;
mod functions;
mod models;
mod shown;
mod vain;
mod visit;
mod words;

use rustc_hash::FxHashSet as HashSet;

use advisor::Span;
use advisor::script::{LrRead, LrReading, Script, StateUse, Stateful};
use ruff_python_ast::{Expr, ExprSubscript, Stmt, StmtClassDef, StmtFunctionDef};
use ruff_text_size::{Ranged, TextRange};

use words::{is_lr_variable, is_of_resuming};

use crate::modules::Code;
use crate::names;
use crate::source;
use crate::syntax::{defines, is_text};
use crate::table::Table;
use crate::walk::Visitor;

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

#[derive(Default)]
struct Survey<'a> {
    code: Code<'a>,
    script: Script,
    around: Around,
    /// The functions around.
    functions_around: Vec<&'a str>,
    lrs: Lrs<'a>,
    states: States<'a>,
    models: Models<'a>,
    /// Variables that stand for a parameter group.
    groups: HashSet<&'a str>,
    /// Words of the code that have been looked at.
    words: HashSet<&'a str>,
    /// What is called.
    called: HashSet<&'a str>,
    /// Something called a scheduler, by the name that it is given: where it is built, and its class.
    named_schedulers: Vec<(&'a str, Span, &'a str)>,
    /// What is called a scheduler is none of torch's.
    has_own_scheduler: bool,
    /// Something is called a `Trainer`.
    names_trainer: bool,
    /// A class of that name is the script's own, and made of nothing out of sight.
    defines_trainer: bool,
    /// `accelerator.load_state()`, or a method of that name.
    names_state: bool,
    /// It has a method of that name itself.
    defines_state: bool,
    /// What is called a transformer takes back what it did to data.
    transforms_data: bool,
    /// What is called where the run then ends.
    called_last: HashSet<&'a str>,
    /// Calls of `backward`, and how many of them stand in functions that look for an LR.
    backwards: usize,
    backwards_in_finders: usize,
}

/// What is known of the statements around; what ends with them is put back as it was before.
#[derive(Clone, Copy, Default)]
struct Around {
    loops: usize,
    /// The epochs of the function around are over.
    after_epochs: bool,
    /// Branches that choose between several models.
    choices: usize,
    /// A branch that is taken where a run is resumed.
    resuming: bool,
    /// The right side of an assignment to the LR.
    in_lr_write: bool,
    /// A method that tells or takes the state of an object.
    in_state_method: bool,
    /// A function that tries out what has been trained.
    in_evaluation: bool,
    /// A class that is a scheduler.
    in_scheduler: bool,
    /// A class that is made of a scheduler of torch.
    extends_torch: bool,
    /// A class that has a method of that name.
    defines_get_lr: bool,
    /// A choice between `get_last_lr` and what versions of torch without it have.
    in_fallback: bool,
    /// A class that is made of others of the project, and leaves the epochs to them.
    in_derived: bool,
    /// A class that looks for an LR, and whether it puts anything back.
    in_finder: bool,
    finder_restores: bool,
}

/// Variables that have to do with the LR.
#[derive(Default)]
struct Lrs<'a> {
    /// The functions in which the LR is written by hand.
    writers: Vec<Option<&'a str>>,
    /// Those that have the LR by the function that gives it: `rate = adjust_lr(optimizer, epoch)`.
    aliases: HashSet<&'a str>,
    /// Those named after the LR that a loop shows.
    shown: Vec<(&'a str, Span)>,
    /// Those named after the LR from which others are computed: `current_lr = lr * 0.1 ** epoch`.
    bases: HashSet<&'a str>,
    /// Attributes named after the LR that are given a value, as written.
    changed: Table<()>,
    /// How often each one named after the LR is given a value.
    values: Table<usize>,
}

/// What is put back, and where it comes from.
#[derive(Default)]
struct States<'a> {
    /// The functions around states, by the places of these.
    functions: Vec<(usize, &'a str)>,
    /// Those that come back after the epochs.
    late: Vec<usize>,
    /// Variables that are put back, by the places of their states.
    given: Vec<(usize, &'a str)>,
    /// Variables that hold what an object in memory had.
    in_memory: HashSet<&'a str>,
    /// The paths of what is loaded.
    loaded: Vec<&'a str>,
    /// Counters of steps that something loaded has, and where.
    steps: Vec<(String, TextRange)>,
    /// What is counted up in loops.
    counted: Table<()>,
}

/// Models with attention.
#[derive(Default)]
struct Models<'a> {
    /// Transformers among several models to choose from.
    chosen: Vec<(Span, String)>,
    /// An optimizer as transformers have it.
    optimizer: Option<Span>,
    /// Models that are built on attention, by the modules they are imported from.
    of_attention: Vec<&'a str>,
    /// What is imported from modules that prepare data.
    of_data: Vec<&'a str>,
}

impl<'a> Survey<'a> {
    fn finish(mut self) -> Script {
        // One of many models may be tried for comparison; several are what the script is about.
        if self.models.chosen.len() > 1 {
            self.script.transformers.append(&mut self.models.chosen);
        }
        // What the model is made of stands in its options.
        if let Some(span) = self.models.optimizer
            && self.script.transformers.is_empty()
            && self.models.chosen.is_empty()
            && ["heads", "d_model", "ransformer"].iter().any(|word| source::has(self.code.text, word))
        {
            self.script.transformers.push((span, "A model with the optimizer of transformers".to_owned()));
        }
        for (at, function) in std::mem::take(&mut self.states.functions) {
            if let Some(state) = self.script.states.get_mut(at) {
                state.unused = function.contains("model") && !mentions(self.code.text, function);
            }
        }
        // What comes back when all is over is looked at.
        for at in std::mem::take(&mut self.states.late) {
            if let Some(state) = self.script.states.get_mut(at) {
                state.of = Stateful::Copy;
            }
        }
        // What goes back where it came from, turn by turn, resumes nothing.
        for (at, given) in std::mem::take(&mut self.states.given) {
            if let Some(state) = self.script.states.get_mut(at)
                && self.states.in_memory.contains(given)
            {
                state.of = Stateful::Copy;
            }
        }
        for (counter, range) in std::mem::take(&mut self.states.steps) {
            if self.states.counted.get(&counter).is_some() {
                self.restored(Stateful::Epoch, range);
                self.script.counts_on = true;
            }
        }
        // A class out of sight that is called after BERT, in a script with that library, has the weights of BERT.
        let has = |word: &str| source::has(self.code.text, word);
        if !self.script.transformers.is_empty() && has("transformers") && !has("Config(") {
            self.script.transformers.retain(|(_, class)| !class.to_ascii_lowercase().contains("bert"));
        }
        if self.has_own_scheduler {
            self.script.lr_reads.iter_mut().for_each(|read| read.how = LrReading::Current);
        }
        self.script.lr_writes_unused = !self.lrs.writers.is_empty()
            && self.lrs.writers.iter().all(|writer| writer.is_some_and(|writer| !mentions(self.code.text, writer)));
        let words = &self.words;
        let unused = self.named_schedulers.iter().filter(|(name, ..)| !words.contains(name));
        self.script.never_used.extend(unused.map(|(_, span, class)| (*span, (*class).to_owned())));
        let values = &self.lrs.values;
        let constant = self.lrs.shown.iter().filter(|(name, _)| values.get(name) == Some(&1));
        for (name, span) in constant {
            let entry = (*span, (*name).to_owned());
            if self.lrs.bases.contains(name) && !self.script.lr_writes.is_empty() {
                self.script.base_lr_logged.push(entry);
            } else {
                self.script.configured_lr_logged.push(entry);
            }
        }
        // `args.lr = args.lr * gamma`.
        let changed = &self.lrs.changed;
        self.script.configured_lr_logged.retain(|(_, text)| changed.get(text).is_none());
        self.script.words.framework |= self.names_trainer && !self.defines_trainer;
        self.script.words.whole_state |= self.names_state && !self.defines_state;
        // A script that looks for an LR and does nothing else with the model.
        let trains = |name: &str| name.starts_with("train_") || name.starts_with("fit") || name == "train";
        if self.backwards == self.backwards_in_finders && !self.called.iter().any(|name| trains(name)) {
            self.script.finders.retain(|finder| !self.called.contains(finder.name.as_str()));
        }
        self.script.finders.retain(|finder| !self.called_last.contains(finder.name.as_str()));
        if self.transforms_data {
            self.script.transformers.retain(|(_, class)| !class.ends_with("Transformer"));
        }
        self.script
    }

    /// Takes note of the class around what follows.
    fn enter_class(&mut self, definition: &StmtClassDef) {
        let (bases, name) = (self.bases(definition), definition.name.to_ascii_lowercase());
        // A scheduler of the script's own, made of nothing: it reads its LR as it likes.
        let is_own = matches!(bases, "" | "()" | "(object)")
            && ["get_lr", "step"].iter().all(|method| defines(definition, method));
        self.has_own_scheduler |= is_own;
        let is_of_project = |base: &Expr| !names::is_base_of_library(self.text(base));
        let is_of_torch = |base: &str| base == "LRScheduler" || advisor::classes::class_named(base).is_some();
        let in_finder = name.contains("finder");
        let loads = || [".load_state_dict(", ".load("].iter().any(|call| self.text(definition).contains(call));
        self.around = Around {
            in_scheduler: bases.contains("LR") || name.contains("sched"),
            extends_torch: bases.split(|char: char| !char.is_alphanumeric()).any(is_of_torch),
            defines_get_lr: defines(definition, "get_lr"),
            in_derived: definition.bases().iter().any(is_of_project) && !classes::runs_epochs(definition),
            in_finder,
            finder_restores: in_finder && loads(),
            ..self.around
        };
    }

    /// The bases of a class as written, in parentheses.
    fn bases(&self, definition: &StmtClassDef) -> &'a str {
        definition.arguments.as_ref().map_or("", |arguments| self.text(&**arguments))
    }

    /// Takes note of the function around what follows.
    fn enter_function(&mut self, definition: &'a StmtFunctionDef) {
        self.function(definition);
        self.word(&definition.name);
        definition.parameters.iter().for_each(|parameter| self.sets(parameter.name()));
        self.around.in_evaluation |= names::evaluates(&definition.name);
        self.around.after_epochs = false;
        // What puts back a model and its optimizer is a run.
        let of_run = || ["model", "optim"].iter().all(|word| self.code.of(definition).contains(word));
        self.around.in_state_method = matches!(definition.name.as_str(), "state_dict" | "load_state_dict") && !of_run();
        // A function that is called in a loop is in it.
        self.around.loops =
            usize::from(definition.name.contains("epoch") || definition.name.as_str() == "training_step");
    }

    fn span(&self, range: TextRange) -> Span {
        self.code.span(range)
    }

    /// Takes note that a variable is given a value.
    fn sets(&mut self, name: &'a str) {
        if is_lr_variable(name) {
            // In a loop it is another one in each turn.
            *self.lrs.values.get_or_insert(name, 0) += if self.around.loops == 0 { 1 } else { 2 };
        }
    }

    /// Whether a variable has the LR, by its own name or by that of what gives it.
    fn is_lr(&self, name: &str) -> bool {
        is_lr_variable(name) || self.lrs.aliases.contains(name)
    }

    /// Takes note of a state that is put back.
    fn restored(&mut self, of: Stateful, range: TextRange) {
        if self.around.in_evaluation {
            return;
        }
        let (span, resumes) = (self.span(range), self.resumes(range));
        self.note_function();
        if self.around.after_epochs && self.around.loops == 0 {
            self.states.late.push(self.script.states.len());
        }
        let (restored, unused, never, from_file) = (true, false, false, false);
        self.script.states.push(StateUse { of, restored, resumes, unused, never, from_file, span });
    }

    /// Whether what stands there is said to resume a run, by itself or by the condition around.
    fn resumes(&self, range: TextRange) -> bool {
        self.around.resuming || is_of_resuming(&self.code.text[range])
    }

    /// Takes note of the function around the next state that is written down.
    fn note_function(&mut self) {
        let next = self.script.states.len();
        self.states.functions.extend(self.functions_around.last().map(|function| (next, *function)));
    }

    /// Takes note of an LR that is written by hand; in a scheduler that is its work.
    fn wrote_lr(&mut self, span: Span) {
        if !self.around.in_scheduler {
            self.script.lr_writes.push(span);
            self.lrs.writers.push(self.functions_around.last().copied());
        }
    }

    /// Whether the models are likely to be graph networks: those have heads and layers, too.
    fn is_of_graphs(&self) -> bool {
        ["torch_geometric", "import dgl", "from dgl"].iter().any(|library| source::has(self.code.text, library))
    }

    fn text(&self, node: &impl Ranged) -> &'a str {
        self.code.of(node)
    }

    fn wording(&self, node: &impl Ranged) -> String {
        self.code.wording(node)
    }

    fn read(&mut self, range: TextRange, how: LrReading) {
        if self.around.in_lr_write {
            return;
        }
        let span = self.span(range);
        self.script.lr_reads.push(LrRead { span, how, in_vain: false, in_scheduler: self.around.in_scheduler });
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
}

/// Whether code speaks of a function elsewhere than where it is defined.
fn mentions(code: &str, function: &str) -> bool {
    memchr::memmem::find_iter(code.as_bytes(), function.as_bytes()).any(|at| {
        let line = code[..at].rsplit('\n').next().unwrap_or_default().trim_start();
        !line.starts_with('#') && !line.ends_with("def ")
    })
}
