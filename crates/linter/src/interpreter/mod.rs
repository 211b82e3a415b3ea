//! Follows a program without running it.
//!
//! The module is walked in the order in which Python would run it, calls of functions and methods of the file
//! included. Values are known as far as constants, options and names tell; where a condition is open, both ways are
//! walked and what they leave is joined; the body of a loop is walked twice, first to see what changes from turn to
//! turn. Numbers that follow from the turn keep an expression of it (`formulas`). What comes out are facts: what is built, and the tree of what happens.
//!
//! Everything is bounded: depth of calls, number of expressions, alternatives of a value. Where a bound is met, the value
//! is unknown.

mod branches;
mod breaks;
mod calls;
mod closed;
mod conditions;
mod configs;
mod construct;
mod curves;
mod expressions;
mod formulas;
mod functions;
mod imports;
mod lightning;
mod lists;
mod loops;
mod passes;
mod settings;
mod statements;

use rustc_hash::FxHashMap as HashMap;
use std::rc::Rc;
use std::sync::Arc;

use advisor::plan::{Block, OptimizerFacts, OptimizerId, Plan, ScheduleFacts, ScheduleId, Settings};
use advisor::quantity::Quantity;
use advisor::script::LrReading;
use advisor::{Script, Span};
use ruff_python_ast::{Expr, ExprCall, ExprLambda, Stmt, StmtClassDef, StmtFunctionDef};
use ruff_text_size::{Ranged, TextRange};

use crate::frameworks::engine::{self, Event};
use crate::frameworks::ignite;
use crate::frameworks::lightning::Trained;
use crate::memory::{MODULE, Mark, Memory, ScopeId, Writes};
use crate::modules::{Code, Modules};
use crate::options::Called;
use crate::table::Table;
use crate::trace::Trace;
use crate::value::Value;
use conditions::Fact;

/// Calls nested deeper than this are not followed.
const DEEPEST_CALL: usize = 10;
/// A function that has been followed so often without anything to see is not followed again.
const MOST_IDLE: usize = 2;
/// Expressions nested deeper than this are not looked at.
const DEEPEST_EXPRESSION: usize = 60;
/// A file that builds more optimizers, or more schedules, than this is no script: rules compare each with each.
const MOST_BUILT: usize = 500;
/// Statements and expressions looked at before giving up on a file.
const FUEL: usize = 400_000;

struct FunctionInfo<'a> {
    definition: &'a StmtFunctionDef,
    /// Where its free names are looked up.
    scope: ScopeId,
    /// The class it is a method of.
    class: Option<usize>,
    ran: bool,
    /// How often it did nothing that matters when it was followed.
    idle: usize,
    /// What `functools.partial` has given it.
    bound: Vec<(&'a str, Value)>,
}

struct ClassInfo<'a> {
    definition: &'a StmtClassDef,
    methods: Vec<(&'a str, usize)>,
    /// Class attributes live here.
    scope: ScopeId,
    bases: Vec<Value>,
    instance: Option<usize>,
    /// What its constructor does, where that has been followed.
    built: Block,
}

/// A call being followed.
struct Frame {
    scope: ScopeId,
    function: Option<usize>,
    returned: Option<Value>,
    /// It is a generator.
    yields: bool,
    /// Branches that are open around what is walked in this call, and loops.
    nesting: usize,
    /// Where some ways of a branch have left the call, and what they had written since.
    left: Vec<(Mark, Vec<Writes>)>,
    /// What ways of branches had written that have left the loop being walked by `break`.
    broken_off: Vec<Writes>,
    /// Where it was called: part of the identity of what it builds.
    context: u64,
    /// The file that it is in.
    file: usize,
}

impl Frame {
    fn new(scope: ScopeId, function: Option<usize>, context: u64, file: usize) -> Self {
        Self {
            scope,
            function,
            returned: None,
            yields: false,
            nesting: 0,
            left: Vec::new(),
            broken_off: Vec::new(),
            context,
            file,
        }
    }
}

/// Follows one file, and into what it imports.
pub struct Interpreter<'a> {
    code: Code<'a>,
    modules: Option<&'a Modules>,
    /// The scopes of the modules that have been run.
    module_scopes: HashMap<usize, ScopeId>,
    memory: Memory,
    trace: Trace,
    frames: Vec<Frame>,
    functions: Vec<FunctionInfo<'a>>,
    classes: Vec<ClassInfo<'a>>,
    known_functions: HashMap<usize, usize>,
    known_classes: HashMap<usize, usize>,
    /// Options by name, with their defaults.
    options: Table<Option<&'a Expr>>,
    /// What configs have made of options.
    configured_options: Table<Value>,
    /// What is in the configs that have been read, by their paths.
    config_contents: Table<Option<Value>>,
    /// The strings of the configs that are read, by the key of what they stand for.
    config_texts: Table<Rc<str>>,
    /// Calls of `get_lr()` of a scheduler of torch, whatever it is called.
    get_lr_calls: Vec<Span>,
    /// Branches that are taken where an argument is given, and whether one ever is.
    given: Vec<(Span, bool)>,
    /// Modules out of sight, of which a file imports all names.
    star_imports: Vec<(usize, Rc<str>)>,
    optimizers: Vec<OptimizerFacts>,
    schedules: Vec<ScheduleFacts>,
    /// What was known to hold where a schedule was built.
    built_under: Vec<Vec<Fact>>,
    /// What frameworks are told.
    settings: Vec<Settings>,
    /// Which of them made a value, by its key.
    told: Table<usize>,
    /// The Lightning modules that trainers are given.
    trained: Trained<'a>,
    /// The trainer that asks a module for its optimizers, by the index of its settings.
    trainer: Option<usize>,
    /// What becomes known of the script as a whole.
    script: Script,
    /// What variables were last assigned, as written: `epochs = tqdm(range(start, stop))`.
    assigned: Table<Option<(ScopeId, &'a Expr)>>,
    /// With the scopes that they were written in.
    lambdas: Vec<(&'a ExprLambda, ScopeId)>,
    body: &'a [Stmt],
    optimizer_ids: Table<OptimizerId>,
    schedule_ids: Table<ScheduleId>,
    /// What holds on the way that is being walked.
    facts: Vec<Fact>,
    /// Ways of branches around on which a run is of another length than the options say.
    other_length: usize,
    /// The strings of the loops around that go over some: `'train'` of `for phase in ['train', 'val']`.
    phases: Vec<Rc<str>>,
    /// Steps of optimizers met so far.
    optimizer_steps: usize,
    fuel: usize,
    depth: usize,
    /// There are lists of which each step takes a number.
    has_curves: bool,
    /// How many functions are being turned into expressions, one inside the other, and how many statements that took.
    closing: usize,
    closed_statements: usize,
}

impl<'a> Interpreter<'a> {
    /// Ready to follow a file.
    pub fn new(code: &'a str) -> Self {
        Self {
            code: Code::new(code),
            modules: None,
            module_scopes: HashMap::default(),
            memory: Memory::new(),
            trace: Trace::default(),
            frames: vec![Frame::new(MODULE, None, 0, 0)],
            functions: Vec::new(),
            classes: Vec::new(),
            known_functions: HashMap::default(),
            known_classes: HashMap::default(),
            options: Table::default(),
            configured_options: Table::default(),
            config_contents: Table::default(),
            config_texts: Table::default(),
            get_lr_calls: Vec::new(),
            given: Vec::new(),
            star_imports: Vec::new(),
            assigned: Table::default(),
            optimizers: Vec::new(),
            schedules: Vec::new(),
            built_under: Vec::new(),
            settings: Vec::new(),
            told: Table::default(),
            trained: Trained::default(),
            trainer: None,
            script: Script::default(),
            lambdas: Vec::new(),
            body: &[],
            optimizer_ids: Table::default(),
            schedule_ids: Table::default(),
            facts: Vec::new(),
            other_length: 0,
            phases: Vec::new(),
            optimizer_steps: 0,
            fuel: FUEL,
            depth: 0,
            has_curves: false,
            closing: 0,
            closed_statements: 0,
        }
    }

    /// Ready to follow a file into its modules.
    pub fn within(modules: &'a Modules) -> Self {
        Self { code: modules.code(), modules: Some(modules), ..Self::new("") }
    }

    /// The project around the file, where there can be one: the compiler leaves out what only has to do with projects.
    pub(super) fn modules(&self) -> Option<&'a Modules> {
        if cfg!(feature = "projects") { self.modules } else { None }
    }

    /// The plans in a file: what the module does, and what each function does that nothing in the file calls.
    pub fn run(mut self, body: &'a [Stmt]) -> Vec<Plan> {
        self.options = crate::options::collect(body);
        self.script = crate::survey::survey(self.code, body);
        self.body = body;
        self.run_modules();
        let mut runs: Vec<Block> = Vec::new();
        self.trace.open();
        self.block(body);
        runs.push(self.trace.close());
        let called = Called::anywhere_in(body);
        // First what nobody calls: it leads to the rest. What is then still left calls itself, or nothing does.
        for only_uncalled in [true, false] {
            let mut index = 0;
            while index < self.functions.len() {
                let info = &self.functions[index];
                let name = info.definition.name.as_str();
                // `super().train()` calls one that is overridden, not the only one there is.
                let is_overridden = || self.functions.iter().filter(|other| other.definition.name == *name).count() > 1;
                let is_called = called.names.contains(name) || called.above.contains(name) && is_overridden();
                let is_special = name.starts_with("__") && !matches!(name, "__call__" | "__main__");
                let waits = only_uncalled && is_called;
                let is_elsewhere = self.code.file(info.definition) > 0;
                if !(info.ran || is_elsewhere || is_special || waits) {
                    runs.push(self.root(index));
                }
                index += 1;
            }
        }
        // What has not been looked at may step anything.
        self.script.steps_unknown |= self.fuel == 0;
        runs.retain(|run| !run.is_empty());
        // The survey has seen each, by its name alone.
        self.get_lr_calls.sort_unstable();
        for read in &mut self.script.lr_reads {
            if self.get_lr_calls.binary_search(&read.span).is_ok() {
                read.how = LrReading::GetLr;
            }
        }
        // A state that is put back where no call ever gives one.
        let given = std::mem::take(&mut self.given);
        let is_never_given = |at: Span| given.iter().any(|(branch, given)| !given && branch.contains(at));
        self.script.states.iter_mut().for_each(|state| state.never = is_never_given(state.span));
        let brought = advisor::sites::brought_to_position(&runs, &self.schedules);
        self.script.brought_to_position.extend(brought);
        if runs.is_empty() {
            // What the script shows as a whole, and what it tells a framework that runs the loop itself.
            runs.push(Block::new());
        }
        let known = Plan {
            optimizers: self.optimizers,
            schedules: self.schedules,
            settings: self.settings,
            requirements: crate::requirements::in_script(self.code.text),
            script: Arc::new(self.script),
            ..Plan::default()
        };
        let mut plans: Vec<Plan> = runs.into_iter().map(|run| Plan { run, ..known.clone() }).collect();
        plans.extend(crate::frameworks::lightning::plans(body, &self.trained, self.code, &known));
        plans
    }

    /// Follows a function by itself, with parameters that nobody knows.
    fn root(&mut self, function: usize) -> Block {
        let info = &self.functions[function];
        let definition = info.definition;
        let name = definition.name.as_str();
        let span = self.span(info.definition.name.range());
        let class = info.class;
        // What the constructor does comes first, and once.
        self.trace.open();
        let object = class.map(|class| self.instance_of(class));
        let mut built = self.trace.close();
        // Every way into an object goes by its constructor.
        if let Some(class) = class {
            let known = &mut self.classes[class].built;
            if built.is_empty() {
                built.clone_from(known);
            } else {
                known.clone_from(&built);
            }
        }
        if let Some(class) = class.filter(|_| name == "configure_optimizers") {
            self.find_trainer(self.classes[class].definition);
        }
        self.trace.open();
        let returned = self.call_function(function, object, None);
        self.hand_on(&returned);
        let body = self.trace.close();
        let run = if let Some(event) = ignite::event(definition) {
            engine::run(event, span, body)
        } else if name == "training_step"
            && self.is_stepped_by_lightning(function)
            && passes::steps_any_scheduler(&body)
        {
            // Lightning updates the weights after what is done here.
            engine::run(Event::IterationStarted, span, body)
        } else if let Some(turn) = passes::turn_of_call(name, &body)
            && !body.is_empty()
        {
            self.trace.open();
            self.trace.push_loop(span, turn, Quantity::unknown(), body);
            self.trace.close()
        } else {
            body
        };
        [built, run].concat()
    }

    /// Whether a method is of a Lightning module of which the trainer steps the optimizers.
    fn is_stepped_by_lightning(&self, function: usize) -> bool {
        let Some(class) = self.functions[function].class else { return false };
        let by_hand = |line: &str| {
            let code = line.split('#').next().unwrap_or_default();
            code.contains("automatic_optimization") && code.contains("False")
        };
        self.method(class, "configure_optimizers").is_some()
            && !self.text(self.classes[class].definition).lines().any(by_hand)
    }

    fn instance_of(&mut self, class: usize) -> usize {
        match self.classes[class].instance {
            Some(object) => object,
            None => self.instantiate(class, None),
        }
    }

    fn span(&self, range: TextRange) -> Span {
        self.code.span(range)
    }

    fn text(&self, node: &impl Ranged) -> &'a str {
        self.code.of(node)
    }

    fn frame(&mut self) -> &mut Frame {
        // There is always the module's.
        let last = self.frames.len() - 1;
        &mut self.frames[last]
    }

    fn scope(&self) -> ScopeId {
        self.frames.last().map_or(MODULE, |frame| frame.scope)
    }

    /// The file that is being followed.
    fn file(&self) -> usize {
        self.frames.last().map_or(0, |frame| frame.file)
    }

    fn context(&self) -> u64 {
        self.frames.last().map_or(0, |frame| frame.context)
    }

    /// What a call returns is known by this, as it is called here.
    fn call_key(&self, call: &ExprCall) -> String {
        format!("call{}:{}", call.range().start().to_u32(), self.context())
    }

    /// Takes note that one more thing is looked at; `false` when it has been enough.
    fn burn(&mut self) -> bool {
        self.fuel = self.fuel.saturating_sub(1);
        self.fuel > 0
    }

    /// Gives up on a file that builds too much.
    fn bound_built(&mut self) {
        if self.optimizers.len().max(self.schedules.len()) > MOST_BUILT {
            self.fuel = 0;
        }
    }

    fn is_followed(&self, function: usize) -> bool {
        self.frames.iter().any(|frame| frame.function == Some(function))
    }

    fn function_id(&mut self, definition: &'a StmtFunctionDef, class: Option<usize>) -> usize {
        let at = definition.range().start().to_usize();
        let scope = self.scope();
        if let Some(id) = self.known_functions.get(&at) {
            // A nested function sees the latest call of the one around it.
            self.functions[*id].scope = scope;
            return *id;
        }
        self.functions.push(FunctionInfo { definition, scope, class, ran: false, idle: 0, bound: Vec::new() });
        self.known_functions.insert(at, self.functions.len() - 1);
        self.functions.len() - 1
    }

    /// The classes of this file that a class is made of, itself first, and the names of bases out of sight.
    fn lineage(&self, class: usize) -> (Vec<usize>, Vec<Value>) {
        /// No class that anybody has written is made of more.
        const MOST: usize = 256;
        let mut classes = vec![class];
        let mut outside = Vec::new();
        let mut next = 0;
        while let Some(&class) = classes.get(next) {
            for base in &self.classes[class].bases {
                match base {
                    Value::Class(base) if classes.len() < MOST && !classes.contains(base) => classes.push(*base),
                    Value::Class(_) => {}
                    other => outside.push(other.clone()),
                }
            }
            next += 1;
        }
        (classes, outside)
    }

    fn method(&self, class: usize, name: &str) -> Option<usize> {
        let (lineage, _) = self.lineage(class);
        lineage.iter().find_map(|class| {
            self.classes[*class].methods.iter().rev().find(|(method, _)| *method == name).map(|(_, id)| *id)
        })
    }
}
