//! The LR that a schedule causes, from the facts about it.
//!
//! Facts are turned into the notation and read by the scheduler crate, so that a constructor's meaning exists once. A
//! number that the source does not give is replaced by a plain example, and the text says so.

use std::fmt::Write as _;

use scheduler::{Curve, Optimizer, curve, notation};

use crate::classes::class_named;
use crate::plan::{Argument, ArgumentValue, Library, Plan, ScheduleFacts, ScheduleId, Word, spelled};
use crate::quantity::{Quantity, Unit};

/// CIFAR-10 in batches of 128: an example that many have seen.
const EXAMPLE_STEPS_PER_EPOCH: f64 = 390.0;
const EXAMPLE_EPOCHS: f64 = 100.0;
/// Longer curves are not drawn.
const MOST_STEPS: f64 = 2_000_000.0;

/// How long the run is, for drawing.
pub(crate) struct Length {
    pub epochs: f64,
    pub steps_per_epoch: f64,
    assumed: Vec<String>,
}

impl Length {
    /// From what is known of the epochs and of the steps per epoch.
    pub fn of(epochs: Option<&Quantity>, steps_per_epoch: Option<&Quantity>) -> Self {
        let mut assumed = Vec::new();
        let mut pick = |known: Option<&Quantity>, example: f64, name: &str| match known
            .and_then(|quantity| Some((quantity.value?, quantity)))
        {
            Some((value, quantity)) if value >= 1.0 => {
                if quantity.assumed {
                    assumed.push(format!("{} {name}, {}", number(value), quantity.whence()));
                }
                value.round()
            }
            _ => {
                assumed.push(format!("{} {name}, as an example", number(example)));
                example
            }
        };
        let epochs = pick(epochs, EXAMPLE_EPOCHS, "epochs");
        let steps_per_epoch = pick(steps_per_epoch, EXAMPLE_STEPS_PER_EPOCH, "steps per epoch");
        Self { epochs, steps_per_epoch, assumed }
    }

    /// So many epochs of an example's length that a schedule of so many steps comes to its end.
    pub fn of_steps(steps: f64) -> Self {
        let steps_per_epoch = EXAMPLE_STEPS_PER_EPOCH.min(steps);
        let epochs = (steps / steps_per_epoch).ceil();
        let (count, each) = (number(epochs), number(steps_per_epoch));
        Self {
            epochs,
            steps_per_epoch,
            assumed: vec![format!("{count} epochs of {each} steps, as the schedule is long")],
        }
    }

    /// What had to be assumed.
    pub fn assumed(&self) -> &[String] {
        &self.assumed
    }

    /// A number, or what an example of its unit would be.
    pub fn value(&self, quantity: &Quantity) -> Option<f64> {
        quantity.value.or(match quantity.unit {
            Unit::Epochs => Some(self.epochs),
            Unit::StepsPerEpoch => Some(self.steps_per_epoch),
            Unit::Steps => Some(self.epochs * self.steps_per_epoch),
            Unit::Bare | Unit::Unknown => None,
        })
    }
}

/// A schedule whose LR can be computed, with what had to be assumed.
pub(crate) struct Drawing {
    base_lr: f64,
    pub assumed: Vec<String>,
}

/// How a length is changed between what is written and what is meant.
pub(crate) type Rescale<'a> = &'a dyn Fn(&Argument, &Quantity, f64) -> f64;

impl Drawing {
    /// Prepares to draw `schedule`; the base LR is 1 where it is not known, and the text says so.
    pub fn new(plan: &Plan, schedule: &ScheduleFacts, length: &Length) -> Self {
        let lr = schedule.optimizer.map(|id| &plan.optimizer(id).lr);
        let mut assumed = length.assumed.clone();
        let base_lr = match lr.and_then(|lr| Some((lr.value?, lr))) {
            Some((value, lr)) if value > 0.0 => {
                if lr.assumed {
                    assumed.push(format!("a base LR of {}, {}", number(value), lr.whence()));
                }
                value
            }
            _ => {
                assumed.push("a base LR of 1".to_owned());
                1.0
            }
        };
        Self { base_lr, assumed }
    }

    /// The LR at each of `steps` steps; `None` where the schedule cannot be computed from what is known.
    pub fn draw(
        &self,
        plan: &Plan,
        schedule: &ScheduleFacts,
        length: &Length,
        steps: f64,
        rescale: Rescale<'_>,
    ) -> Option<Vec<f64>> {
        if !(1.0..=MOST_STEPS).contains(&steps) {
            return None;
        }
        let text = constructor(plan, schedule, &mut |argument, quantity, is_length| {
            let value = length.value(quantity)?;
            Some(if is_length { rescale(argument, quantity, value).round().max(1.0) } else { value })
        })?;
        let schedule = notation::parse(&text).ok()?;
        let Curve { lrs, error, .. } = curve(&schedule, Optimizer::sgd(&[self.base_lr], 0.9), steps as usize, &[]);
        if error.is_some() {
            return None;
        }
        lrs.iter().map(|row| row.first().copied()).collect()
    }
}

/// What stands in place of the expressions in the arguments of a constructor.
pub(crate) trait Values {
    /// The number in place of a quantity, which may be a length.
    fn number(&mut self, argument: &Argument, quantity: &Quantity, is_length: bool) -> Option<f64>;

    /// What somebody says in place of an argument that is not known, as the notation has it.
    fn said(&self, _argument: &Argument) -> Option<String> {
        None
    }

    /// What stands in place of an argument of which nothing is known, as the notation has it.
    fn unknown(&mut self, _argument: &Argument) -> Option<String> {
        None
    }
}

/// Values that are numbers, all of them known.
struct Numbers<'a>(&'a mut dyn FnMut(&Argument, &Quantity, bool) -> Option<f64>);

impl Values for Numbers<'_> {
    fn number(&mut self, argument: &Argument, quantity: &Quantity, is_length: bool) -> Option<f64> {
        (self.0)(argument, quantity, is_length)
    }
}

/// The constructor text of a schedule with numbers in place of expressions.
pub(crate) fn constructor(
    plan: &Plan,
    schedule: &ScheduleFacts,
    number_of: &mut dyn FnMut(&Argument, &Quantity, bool) -> Option<f64>,
) -> Option<String> {
    constructor_with(plan, schedule, &mut Numbers(number_of))
}

/// The constructor text of a schedule with these values in place of expressions.
pub(crate) fn constructor_with(plan: &Plan, schedule: &ScheduleFacts, values: &mut dyn Values) -> Option<String> {
    nested_constructor(plan, schedule, values, 0)
}

fn nested_constructor(plan: &Plan, schedule: &ScheduleFacts, values: &mut dyn Values, depth: usize) -> Option<String> {
    const DEEPEST: usize = 4;
    if !schedule.own_lr.is_empty() {
        return own_constructor(plan, schedule, values);
    }
    let lengths = match class_named(&schedule.class) {
        Some(class) => class.lengths,
        None if schedule.library == Library::Timm => &[],
        None if schedule.library == Library::GradualWarmup => &["total_epoch"],
        None => return None,
    };
    if depth > DEEPEST {
        return None;
    }
    let mut text = format!("{}(", schedule.class);
    if let (Library::GradualWarmup, [after]) = (schedule.library, schedule.parts.as_slice()) {
        let after = nested_constructor(plan, plan.schedule(*after), values, depth + 1)?;
        write!(text, "after_scheduler={after}, ").ok()?;
    } else if !schedule.parts.is_empty() {
        text.push('[');
        for id in &schedule.parts {
            write!(text, "{}, ", nested_constructor(plan, plan.schedule(*id), values, depth + 1)?).ok()?;
        }
        text.push_str("], ");
    }
    let is_given = |argument: &&Argument| match argument.name.as_str() {
        "schedulers" | "verbose" => false,
        "after_scheduler" => schedule.parts.is_empty(),
        // The curve is that of a fresh run.
        "last_epoch" => false,
        _ => true,
    };
    let written = schedule.arguments.iter().filter(is_given).map(|argument| {
        let is_length = lengths.contains(&argument.name.as_str());
        let value = value_text(argument, is_length, values)?;
        // Of a class that only has the name of a known one, parameters are known by their places.
        Some(if argument.name.is_empty() { format!("{value}, ") } else { format!("{}={value}, ", argument.name) })
    });
    // All of them, so that all that is missing is asked for.
    let written: Vec<Option<String>> = written.collect();
    text.extend(written.into_iter().collect::<Option<Vec<_>>>()?);
    text.push(')');
    Some(text)
}

/// A class of the script's own as the `LambdaLR` that does the same.
fn own_constructor(plan: &Plan, schedule: &ScheduleFacts, values: &mut dyn Values) -> Option<String> {
    let of_class = Argument {
        name: schedule.class.clone(),
        text: String::new(),
        span: schedule.span,
        value: ArgumentValue::Unknown,
    };
    let base = values.number(&of_class, &plan.optimizer(schedule.optimizer?).lr, false).filter(|base| *base != 0.0)?;
    let lr = spelled(&schedule.own_lr, &mut |word| match word {
        Word::Number(quantity) => values.number(&of_class, quantity, false),
        Word::BaseLr => Some(base),
        _ => None,
    })?;
    Some(format!("LambdaLR(lr_lambda=lambda last_epoch: ({lr}) / {})", number(base)))
}

/// Whether a parameter takes a list or a function.
fn is_no_number(parameter: &str) -> bool {
    matches!(parameter, "milestones" | "lr_lambda")
}

fn value_text(argument: &Argument, is_length: bool, values: &mut dyn Values) -> Option<String> {
    if let Some(text) = values.said(argument) {
        return Some(text);
    }
    let mut one = |quantity: &Quantity| values.number(argument, quantity, is_length).map(number);
    match &argument.value {
        // What cannot be a number is something that is not known.
        ArgumentValue::Number(quantity) if is_no_number(&argument.name) && quantity.value.is_none() => {
            values.unknown(argument)
        }
        ArgumentValue::Number(quantity) => one(quantity),
        ArgumentValue::Numbers(quantities) => {
            Some(format!("[{}]", quantities.iter().map(&mut one).collect::<Option<Vec<_>>>()?.join(", ")))
        }
        ArgumentValue::Text(text) if !text.contains(['\'', '\\', '\n']) => Some(format!("'{text}'")),
        ArgumentValue::Truth(truth) => Some(if *truth { "True" } else { "False" }.to_owned()),
        ArgumentValue::Function(function) if function.body.is_empty() => values.unknown(argument),
        ArgumentValue::Function(function) => function.lambda(&mut |quantity| values.number(argument, quantity, false)),
        ArgumentValue::Text(_) | ArgumentValue::Unknown => values.unknown(argument),
    }
}

/// The classes that a schedule of a message may be of, each once.
pub(crate) fn names(plan: &Plan, ids: &[ScheduleId]) -> String {
    let mut names: Vec<&str> = Vec::new();
    for id in ids {
        let class = plan.schedule(*id).class.as_str();
        if !names.contains(&class) {
            names.push(class);
        }
    }
    names.join(" or ")
}

/// A number as people write it.
pub(crate) fn number(value: f64) -> String {
    format!("{value}")
}

/// A number to three digits, for text that compares.
pub(crate) fn rough(value: f64) -> String {
    if value == 0.0 {
        return "0".to_owned();
    }
    let magnitude = value.abs().log10().floor();
    if (-4.0..6.0).contains(&magnitude) {
        let digits = (2.0 - magnitude).clamp(0.0, 8.0) as usize;
        let text = format!("{value:.digits$}");
        if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.').to_owned() } else { text }
    } else {
        format!("{value:.2e}")
    }
}

#[cfg(test)]
mod tests {
    use super::rough;

    #[test]
    fn rough_numbers_have_three_digits() {
        assert_eq!(rough(0.0975528), "0.0976");
        assert_eq!(rough(0.1), "0.1");
        assert_eq!(rough(100.0), "100");
        assert_eq!(rough(0.0000123), "1.23e-5");
        assert_eq!(rough(0.0), "0");
        assert_eq!(rough(12345.6), "12346");
    }
}
