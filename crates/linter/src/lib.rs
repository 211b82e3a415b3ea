//! From training code to the plan of the run it describes.
//!
//! ```text
//! bytes --decode--> text --parse--> syntax tree --Interpreter--> Plans --advisor::check--> Findings
//! ```
//!
//! This crate records facts and where they were read; what is good or bad about them is the business of `advisor`. It
//! is the only one that knows the Python parser.
//!
//! * [`source`]: what can be read at all; lines and columns.
//! * `nesting`: a bound on depth, so that walking the tree needs no more stack than a thread has.
//! * `interpreter`: follows the program without running it.
//! * [`document`]: Python files and the cells of notebooks.
//! * [`modules`]: what a file imports from the project around it.
//! * [`configs`]: config files that describe a run.
//! * [`requirements`]: versions of libraries that a project asks for.
//! * `suppression`: comments that silence findings.
//! * [`fix`]: the changes that rules propose, as text.
//! * `frameworks`: what those do that run the training loop themselves.
//! * `survey`: one look over a whole file, for facts that have no place in the course of a run.
//! * `syntax`: small questions about a piece of a tree.
//! * `curve`: a list of LRs that is computed before the run.
//! * `table`: a map by name.
//! * `walk`: the one walk over a tree that all who look at one share.
//! * `names`: what names tell about units and roles.

pub mod configs;
mod curve;
pub mod document;
pub mod fix;
mod frameworks;
mod interpreter;
mod memory;
mod metric;
pub mod modules;
mod names;
mod nesting;
mod notebook;
mod options;
pub mod requirements;
pub mod source;
mod suppression;
mod survey;
mod syntax;
mod table;
mod trace;
mod value;
mod walk;

use std::cell::LazyCell;

use advisor::plan::Owner;
use advisor::rules::UNREADABLE_SOURCE;
use advisor::{Finding, Plan, Span};
pub use document::Document;
use memchr::memmem;
use modules::{ModuleText, Modules, Placed, Project};
use ruff_python_ast::Stmt;
use source::Unreadable;
pub use suppression::Linted;

/// Whether a file (its bytes, whatever they are) has the words without which nothing in it concerns a learning rate: a
/// quick look that spares most files being read.
///
/// Every class, function and setting that is recognised is imported from a module, or called by a name, with one of
/// them.
pub fn may_concern(name: &str, file: &[u8]) -> bool {
    let has = |word: &str| source::has(file, word);
    if configs::Language::of_file(name).is_some() {
        return configs::may_concern(&has);
    }
    // What makes pictures has schedulers that it steps, too; but nothing in it is trained.
    let names_optimizer = LazyCell::new(|| names_optimizer(file));
    let trains = || *names_optimizer || TRAINING.iter().any(|word| has(word));
    // What builds a schedule may be stepped elsewhere.
    (has("step") || *names_optimizer) && (has("sched") && trains() || names_lr(file))
        || has(".step") && *names_optimizer && (has("backward(") || has("epoch"))
        || has("param_groups")
        || has("configure_optimizers")
        // An optimizer that is given to what trains with it.
        || ["epoch", "train", "fit", "run_"].iter().any(|word| has(word))
            && ["lr=", "Adam", "SGD", "learning_rate"].iter().any(|word| has(word))
            && *names_optimizer
        || (has("_lr") || has("_learning_rate")) && *names_optimizer
        // What tells a function of another file how to train.
        || has("epochs") && has("train") && has("learning_rate") && has("import")
        || frameworks::may_concern(&has)
        || configs::python::may_concern(&has)
        || suppression::concerns(&has)
}

/// Words of which every file that trains something, or sets a learning rate, has at least one, or names an optimizer.
const TRAINING: [&str; 11] =
    [".train()", "Epoch", "opt.", "epoch", "backward(", "learning_rate", "lr_", "_lr", ".lr", "lr=", " lr"];

/// Whether `optim` stands for an optimizer or the module of them, not for something optimal, optimistic or optimized.
fn names_optimizer(file: &[u8]) -> bool {
    let means_other = |rest: &[u8]| {
        ["al", "um", "is", "iz"].iter().any(|end| rest.starts_with(end.as_bytes())) && !rest.starts_with(b"izer")
    };
    memmem::find_iter(file, b"optim").any(|at| !means_other(&file[at + b"optim".len()..]))
}

/// Whether `LR` stands in a name, `StepLR` or `LRScheduler`, rather than in a word of capitals such as `ALREADY`.
fn names_lr(file: &[u8]) -> bool {
    let is_capital = |at: Option<usize>| at.and_then(|at| file.get(at)).is_some_and(u8::is_ascii_uppercase);
    memmem::find_iter(file, b"LR").any(|at| !(is_capital(at.checked_sub(1)) && is_capital(Some(at + 2))))
}

/// The plans in a module, and the other modules that it takes to know them; `in_any_case` or where the module trains, or tells
/// how to.
fn plans_in(
    body: &[Stmt],
    code: &str,
    project: Option<&Project<'_>>,
    in_any_case: bool,
) -> (Vec<Plan>, Option<Modules>) {
    let mut plans = interpreter::Interpreter::new(code).run(body);
    let has_trainer = |plan: &Plan| plan.settings_of(Owner::LightningTrainer).next().is_some();
    let trains = |plan: &Plan| !(plan.optimizers.is_empty() && plan.schedules.is_empty()) || has_trainer(plan);
    let modules = project
        .filter(|_| {
            in_any_case || plans.iter().any(trains) || options::tell_of_run(body) || options::train_elsewhere(body)
        })
        .and_then(|project| Modules::load(code, body, project));
    if let Some(modules) = &modules {
        plans = interpreter::Interpreter::within(modules).run(body);
    }
    plans.extend(configs::python::plans(body, code));
    (plans, modules)
}

/// What is wrong with the schedules in a source, in the order of the source, each thing once.
///
/// # Errors
/// As [`plans_of`].
pub fn lint_source(source: &str) -> Result<Vec<Finding>, Unreadable> {
    Ok(lint(&Document::python(source))?.findings)
}

/// The plans of the runs that a document describes, be it code, a notebook or a config file: what a module does, and what
/// each function does that nothing in it calls.
///
/// # Errors
/// A syntax error, or nesting that is too deep to follow.
pub fn plans_of(document: &Document) -> Result<Vec<Plan>, Unreadable> {
    Ok(plans_within(document, None)?.0)
}

/// As [`plans_of`], with what the document imports from its project. Spans in a module have the number of the module, from
/// 1, as their source.
///
/// # Errors
/// As [`plans_of`].
pub fn plans_within(
    document: &Document,
    project: Option<&Project<'_>>,
) -> Result<(Vec<Plan>, Vec<ModuleText>), Unreadable> {
    let (plans, modules) = match document.config() {
        Some(language) => (configs::plans(&document.code, language)?, None),
        None => plans_in(&document.parse()?.0.syntax().body, &document.code, project, true),
    };
    Ok((required(plans, document), modules.map(|modules| modules.texts()).unwrap_or_default()))
}

/// What is wrong with the schedules in a document, and what its comments silence.
///
/// # Errors
/// As [`plans_of`].
pub fn lint(document: &Document) -> Result<Linted, Unreadable> {
    lint_within(document, None, Vec::new())
}

/// As [`lint`], with what the document imports from its project, and with what other files have shown to be wrong in it.
///
/// # Errors
/// As [`plans_of`].
pub fn lint_within(
    document: &Document,
    project: Option<&Project<'_>>,
    told: Vec<Finding>,
) -> Result<Linted, Unreadable> {
    if let Some(language) = document.config() {
        let findings = check_config(&required(configs::plans(&document.code, language)?, document), &document.code);
        return Ok(Linted { findings, ..Linted::default() });
    }
    let (parsed, left_out) = document.parse()?;
    let body = &parsed.syntax().body;
    let (plans, modules) = plans_in(body, &document.code, project, false);
    let found = check(&required(plans, document));
    let Placed { mut here, elsewhere } = match (&modules, project) {
        (Some(modules), Some(project)) => modules::place(found, &document.code, modules, project),
        _ => Placed { here: found, elsewhere: Vec::new() },
    };
    for finding in &mut here {
        finding.fix.take_if(|fix| !fix::spell(fix, &document.code, body));
    }
    here.extend(left_out.into_iter().map(|problem| unreadable(&problem)));
    told.into_iter().for_each(|finding| add(&mut here, finding));
    here.sort_by_key(|finding| (finding.span, finding.rule.code));
    Ok(Linted { elsewhere, ..suppression::apply(&document.code, &parsed, here) })
}

/// The finding that something could not be read.
pub fn unreadable(problem: &Unreadable) -> Finding {
    let at = u32::try_from(problem.at).unwrap_or(u32::MAX);
    UNREADABLE_SOURCE.finding(Span::new(0, at, at), problem.message.clone(), "", "")
}

/// What is wrong with the schedules in a config file, as [`lint_source`].
///
/// # Errors
/// What is not written in that language, too large or too deep.
pub fn lint_config(text: &str, language: configs::Language) -> Result<Vec<Finding>, Unreadable> {
    Ok(check_config(&configs::plans(text, language)?, text))
}

/// With what the project around a document asks for, where the plans know nothing nearer.
fn required(mut plans: Vec<Plan>, document: &Document) -> Vec<Plan> {
    for plan in plans.iter_mut().filter(|plan| plan.requirements.is_empty()) {
        plan.requirements.clone_from(&document.requirements);
    }
    plans
}

fn check_config(plans: &[Plan], text: &str) -> Vec<Finding> {
    let mut findings = check(plans);
    for finding in &mut findings {
        // There are no statements to move and no calls to change.
        finding.fix.take_if(|fix| !fix::spell(fix, text, &[]));
    }
    findings
}

/// What is wrong in any of some plans of one source, each thing once.
fn check(plans: &[Plan]) -> Vec<Finding> {
    let mut findings: Vec<Finding> = Vec::new();
    plans.iter().flat_map(advisor::check).for_each(|finding| add(&mut findings, finding));
    findings.sort_by_key(|finding| (finding.span, finding.rule.code));
    findings
}

/// Adds what is not known yet.
fn add(findings: &mut Vec<Finding>, finding: Finding) {
    let same = |other: &&mut Finding| other.span == finding.span && other.rule.code == finding.rule.code;
    match findings.iter_mut().find(same) {
        // Another way through the same code may know more.
        Some(other) if (other.confidence, other.effect.is_some()) < (finding.confidence, finding.effect.is_some()) => {
            *other = finding;
        }
        Some(_) => {}
        None => findings.push(finding),
    }
}
