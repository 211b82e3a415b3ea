//! What is read from checkpoints, against what is stored in them.

use rustc_hash::FxHashSet as HashSet;

use advisor::Span;
use ruff_python_ast::{Expr, ExprCall, ExprDict, Stmt};
use ruff_text_size::{Ranged, TextRange};

use crate::modules::Code;
use crate::source;
use crate::syntax::last_name;
use crate::table::Table;
use crate::walk::{Visitor, walk_expr, walk_stmt};

/// What is wrong between what a file stores in checkpoints and what it reads from them.
#[derive(Default)]
pub(super) struct Wrong {
    /// The states of schedulers that are read from checkpoints which are stored without them, by their keys.
    pub not_stored: Vec<(Span, String)>,
    /// Where a scheduler itself is taken from a checkpoint, and the optimizer is not.
    pub unpickled: Vec<Span>,
}

/// Looks at the checkpoints of a file.
pub(super) fn look(code: Code<'_>, body: &[Stmt]) -> Wrong {
    let has = |word: &str| source::has(code.text, word);
    if !(has("sched") && has("load") && has("save")) {
        return Wrong::default();
    }
    let mut found = Checkpoints::default();
    found.visit_body(body);
    let taken = found.taken.iter().filter(|_| found.stores_scheduler && !found.takes_optimizer);
    let unpickled = taken.map(|range| code.span(*range)).collect();
    Wrong { not_stored: read_but_not_stored(&found, code), unpickled }
}

fn read_but_not_stored(found: &Checkpoints<'_>, code: Code<'_>) -> Vec<(Span, String)> {
    let stored: HashSet<&str> = match found.stored.iter().map(|it| found.keys_of(it)).collect::<Option<Vec<_>>>() {
        Some(keys) if !keys.is_empty() => keys.into_iter().flatten().copied().collect(),
        // Something else is stored as well, or nothing.
        _ => return Vec::new(),
    };
    let is_missing = |key: &str| key.contains("sched") && !stored.contains(key);
    let read = found.read.iter().filter(|(from, key, _)| found.loaded.contains(from) && is_missing(key));
    // A loader that is given the scheduler looks for its state beside that of the optimizer.
    let stores_optimizer = || stored.iter().any(|key| key.contains("optim"));
    let stores_scheduler = || stored.iter().any(|key| key.contains("sched"));
    let given = found.given.iter().filter(|_| stores_optimizer() && !stores_scheduler());
    read.map(|(_, key, range)| (key, range))
        .chain(given.map(|(name, range)| (name, range)))
        .map(|(name, range)| (code.span(*range), (*name).to_owned()))
        .collect()
}

#[derive(Default)]
struct Checkpoints<'a> {
    /// The keys of dicts by the variables that they are assigned to.
    dicts: Table<HashSet<&'a str>>,
    /// Variables that get entries which nobody sees.
    open: Vec<&'a str>,
    /// What is stored: each the argument of a function that saves.
    stored: Vec<Stored<'a>>,
    /// Variables that are checkpoints read from a file.
    loaded: HashSet<&'a str>,
    /// `checkpoint['scheduler']`: the variable, the key, where.
    read: Vec<(&'a str, &'a str, TextRange)>,
    /// `load_resume_state(model, optimizer, scheduler, path)`: the scheduler, where.
    given: Vec<(&'a str, TextRange)>,
    /// Attempts around, after which a key may well be missing.
    attempts: usize,
    /// `{'scheduler': scheduler}`: a scheduler is stored as it is.
    stores_scheduler: bool,
    /// `self.scheduler = checkpoint['scheduler']`.
    taken: Vec<TextRange>,
    /// So is an optimizer; then both are of one piece.
    takes_optimizer: bool,
}

enum Stored<'a> {
    Dict(HashSet<&'a str>),
    Variable(&'a str),
    /// Anything else.
    Other,
}

impl<'a> Checkpoints<'a> {
    /// The keys of what is stored, if they are known.
    fn keys_of(&self, stored: &'a Stored<'a>) -> Option<&HashSet<&'a str>> {
        match stored {
            Stored::Dict(keys) => Some(keys),
            Stored::Variable(name) => self.dicts.get(name).filter(|_| !self.open.contains(name)),
            Stored::Other => None,
        }
    }

    /// Takes note of `torch.save(state, path)` and of own functions called like it.
    fn save(&mut self, call: &'a ExprCall) {
        let arguments = call.arguments.args.iter().chain(call.arguments.keywords.iter().map(|keyword| &keyword.value));
        let states = arguments.filter_map(|argument| match argument {
            Expr::Dict(dict) => keys(dict).map(Stored::Dict).or(Some(Stored::Other)),
            Expr::Name(name) => Some(Stored::Variable(name.id.as_str())),
            _ => None,
        });
        let is_state = |stored: &Stored<'a>| match stored {
            Stored::Variable(name) if ["path", "dir", "file", "name"].iter().any(|word| name.contains(word)) => false,
            Stored::Variable(name) => {
                ["state", "checkpoint", "ckpt", "save", "dict"].iter().any(|word| name.contains(word))
            }
            _ => true,
        };
        self.stored.extend(states.filter(is_state));
    }
}

impl<'a> Visitor<'a> for Checkpoints<'a> {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        match statement {
            Stmt::Try(_) => {
                self.attempts += 1;
                walk_stmt(self, statement);
                self.attempts -= 1;
                return;
            }
            Stmt::Assign(assign) => {
                for target in &assign.targets {
                    if let Expr::Subscript(subscript) = &*assign.value
                        && let (Expr::Name(_), Some(key)) = (&*subscript.value, text(&subscript.slice))
                        && let Some(name) = last_name(target)
                    {
                        let is_scheduler = key.contains("sched") && name.to_ascii_lowercase().ends_with("scheduler");
                        self.taken.extend(is_scheduler.then(|| assign.range()));
                        self.takes_optimizer |=
                            key.contains("optim") && name.to_ascii_lowercase().ends_with("optimizer");
                    }
                    match (target, &*assign.value) {
                        (Expr::Name(name), Expr::Dict(dict)) => {
                            if let Some(keys) = keys(dict) {
                                self.dicts.get_or_insert(&name.id, HashSet::default()).extend(keys);
                            }
                        }
                        (Expr::Name(name), Expr::Call(call)) if loads_checkpoint(&call.func) => {
                            self.loaded.insert(name.id.as_str());
                        }
                        // `state['scheduler'] = scheduler.state_dict()`.
                        (Expr::Subscript(subscript), _) => {
                            if let (Expr::Name(name), Some(key)) = (&*subscript.value, text(&subscript.slice)) {
                                self.dicts.get_or_insert(&name.id, HashSet::default()).insert(key);
                            }
                        }
                        _ => {}
                    }
                }
            }
            // A test of what a checkpoint holds resumes nothing.
            Stmt::Assert(_) => return,
            // A function that stores what it is given stores anything.
            Stmt::FunctionDef(definition) if definition.name.contains("save") => {
                let parameters = definition.parameters.iter().map(|parameter| parameter.name().as_str());
                let before = self.stored.len();
                walk_stmt(self, statement);
                let given: Vec<&str> = parameters.collect();
                let is_given = |stored: &Stored<'_>| matches!(stored, Stored::Variable(name) if given.contains(name));
                let own = self.stored.split_off(before);
                self.stored.extend(own.into_iter().filter(|stored| !is_given(stored)));
                return;
            }
            _ => {}
        }
        walk_stmt(self, statement);
    }

    fn visit_expr(&mut self, expression: &'a Expr) {
        match expression {
            Expr::Dict(dict) => {
                let is_scheduler = |name: &str| name.to_ascii_lowercase().ends_with("scheduler");
                self.stores_scheduler |= dict.items.iter().any(|item| {
                    let key = item.key.as_ref().and_then(text).is_some_and(|key| key.contains("sched"));
                    key && last_name(&item.value).is_some_and(is_scheduler)
                });
            }
            Expr::Call(call) if last_name(&call.func).is_some_and(|name| name.contains("save")) => self.save(call),
            // `state.update({'scheduler': scheduler.state_dict()})`.
            Expr::Call(call)
                if let Expr::Attribute(method) = &*call.func
                    && let ("update", Expr::Name(name)) = (method.attr.as_str(), &*method.value) =>
            {
                let added = match &*call.arguments.args {
                    [Expr::Dict(dict)] => keys(dict),
                    [] => call.arguments.keywords.iter().map(|keyword| Some(keyword.arg.as_ref()?.as_str())).collect(),
                    _ => None,
                };
                match added {
                    Some(keys) => self.dicts.get_or_insert(&name.id, HashSet::default()).extend(keys),
                    None => self.open.push(name.id.as_str()),
                }
            }
            Expr::Call(call)
                if last_name(&call.func).is_some_and(|name| name.contains("load") || name.contains("resume")) =>
            {
                let names = call.arguments.args.iter().filter_map(|argument| match argument {
                    Expr::Name(name) => Some(name.id.as_str()),
                    _ => None,
                });
                let schedulers: Vec<&str> = names.filter(|name| name.to_ascii_lowercase().contains("sched")).collect();
                self.given.extend(schedulers.into_iter().map(|name| (name, expression.range())));
            }
            Expr::Subscript(subscript) if subscript.ctx.is_load() && self.attempts == 0 => {
                if let (Expr::Name(name), Some(key)) = (&*subscript.value, text(&subscript.slice)) {
                    self.read.push((name.id.as_str(), key, expression.range()));
                }
            }
            _ => {}
        }
        walk_expr(self, expression);
    }
}

/// The keys of a dict that is written out; none where other dicts are unpacked into it.
fn keys(dict: &ExprDict) -> Option<HashSet<&str>> {
    dict.items.iter().map(|item| item.key.as_ref().and_then(text)).collect()
}

fn text(expression: &Expr) -> Option<&str> {
    match expression {
        Expr::StringLiteral(literal) => Some(literal.value.to_str()),
        _ => None,
    }
}

/// `torch.load`; what `yaml.load` reads is a configuration.
fn loads_checkpoint(function: &Expr) -> bool {
    let of_module = |of: &Expr| matches!(last_name(of), Some("yaml" | "json" | "toml" | "tomllib" | "OmegaConf"));
    last_name(function) == Some("load") && !matches!(function, Expr::Attribute(method) if of_module(&method.value))
}
