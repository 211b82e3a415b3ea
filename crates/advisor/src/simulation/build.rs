//! Optimizers and schedulers from the facts about them.

use scheduler::{Optimizer, Schedule, notation};

use super::frameworks::timm_factory;
use super::given::short_name;
use super::numbers::Numbers;
use super::{Missing, Note, Wanted};
use crate::classes::class_named;
use crate::effect::{Values, constructor_with};
use crate::origin::Symbol;
use crate::plan::{Argument, ArgumentValue, Library, OptimizerFacts, Plan, ScheduleId};
use crate::quantity::{Quantity, Unit};
use crate::timm;

/// torch's default for the optimizers that have one: 1e-3 for Adam and its kin, and for SGD since torch 2.4.
const DEFAULT_LR: f64 = 1e-3;

/// An optimizer; where its LR is missing that is remembered.
pub(super) fn optimizer(facts: &OptimizerFacts, numbers: &mut Numbers<'_>) -> Optimizer {
    let lr = if facts.lr_text.is_empty() && facts.lr.value.is_none() && facts.built {
        let text = format!("The LR of the optimizer is {DEFAULT_LR}, torch's default.");
        numbers.note(Note { span: facts.span, text });
        DEFAULT_LR
    } else {
        numbers.value(&facts.lr, "lr", facts.span).unwrap_or(DEFAULT_LR)
    };
    if facts.class.contains("Adam") {
        Optimizer::adam(&[lr], 0.9)
    } else {
        Optimizer::sgd(&[lr], facts.momentum.value.unwrap_or(0.0))
    }
}

/// A schedule; `Ok(None)` where a number is missing, which is remembered.
///
/// # Errors
/// What cannot be computed, in one sentence.
pub(super) fn schedule(plan: &Plan, id: ScheduleId, numbers: &mut Numbers<'_>) -> Result<Option<Schedule>, Note> {
    let facts = plan.schedule(id);
    let misses_before = numbers.misses;
    let told = |text: String| Note { span: facts.span, text };
    let text = match facts.class.as_str() {
        timm::FACTORY | timm::BY_OPTIONS => timm_factory::factory(facts, numbers)?,
        _ => constructor_with(plan, facts, &mut Asking(numbers)),
    };
    match text.map(|text| notation::parse(&text)) {
        Some(Ok(schedule)) => Ok(Some(schedule)),
        Some(Err(error)) => Err(told(format!("{} cannot be built: {}", facts.class, error.message))),
        None if numbers.misses > misses_before => Ok(None),
        None if class_named(&facts.class).is_none() && facts.library == Library::Other => {
            let Some(said) = numbers.said(&facts.class) else {
                let (name, what) = (facts.class.clone(), String::new());
                numbers.miss(Missing { name, wanted: Wanted::Schedule, what, span: facts.span });
                return Ok(None);
            };
            let unread = |message| told(format!("{} is given as `{said}`: {message}", facts.class));
            notation::parse(&said).map(Some).map_err(|error| unread(error.message))
        }
        None => Err(told(format!("Not all arguments of {} can be told from the source.", facts.class))),
    }
}

/// The arguments of a schedule, as the source, somebody or a default has them; what nobody knows is asked for.
struct Asking<'n, 'a>(&'n mut Numbers<'a>);

impl Values for Asking<'_, '_> {
    fn number(&mut self, argument: &Argument, quantity: &Quantity, _is_length: bool) -> Option<f64> {
        self.0.value(quantity, &argument.name, argument.span)
    }

    fn said(&self, argument: &Argument) -> Option<String> {
        let is_open = match &argument.value {
            ArgumentValue::Unknown => true,
            ArgumentValue::Number(quantity) => quantity.value.is_none(),
            ArgumentValue::Function(function) => function.body.is_empty(),
            _ => false,
        };
        if is_open { self.0.said(&name_of(argument)).and_then(|text| as_notation(&text)) } else { None }
    }

    fn unknown(&mut self, argument: &Argument) -> Option<String> {
        const LONGEST: usize = 40;
        let wanted = match argument.name.as_str() {
            "milestones" => Wanted::Numbers,
            "lr_lambda" => Wanted::Function,
            "name" | "mode" | "anneal_strategy" | "threshold_mode" => Wanted::Word,
            _ => Wanted::Number,
        };
        let what = if argument.text.len() <= LONGEST { argument.text.clone() } else { String::new() };
        self.0.miss(Missing { name: name_of(argument), wanted, what, span: argument.span });
        None
    }
}

/// What an argument is called when it is given: by the option that it is, or else as the parameter.
fn name_of(argument: &Argument) -> String {
    let is_path = |c: char| c.is_alphanumeric() || matches!(c, '_' | '.' | '[' | ']' | '"' | '\'');
    let name = short_name(Symbol { name: &argument.text, unit: Unit::Unknown, default: None });
    let name = name.trim_matches(['"', '\'']);
    let is_name = name.starts_with(|first: char| first.is_alphabetic() || first == '_');
    if is_name && argument.text.chars().all(is_path) { name.to_owned() } else { argument.name.clone() }
}

/// What somebody says, as the notation has it: a number, a list of them, a function or a word.
fn as_notation(text: &str) -> Option<String> {
    let is_list =
        text.starts_with(['[', '(']) && text.chars().all(|c| c.is_ascii_digit() || "[]()., eE+-_".contains(c));
    let is_plain = matches!(text, "True" | "False" | "None") || text.starts_with("lambda ");
    if text.parse::<f64>().is_ok() || is_list || is_plain {
        return Some(text.to_owned());
    }
    (!text.contains(['\'', '\\', '\n'])).then(|| format!("'{text}'"))
}
