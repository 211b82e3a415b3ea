//! What settings of different frameworks have in common: a base LR, a warmup, a length.

use crate::effect::number;
use crate::finding::Effect;
use crate::plan::{Argument, ArgumentValue, Owner, Plan, Settings};
use crate::quantity::Quantity;
use scheduler::{Curve, Optimizer, curve, notation};

/// Steps of a run of which nobody says how long it is, for drawing.
const EXAMPLE_STEPS: f64 = 1000.0;
/// Longer curves are not drawn.
const MOST_STEPS: f64 = 2_000_000.0;

/// The fields of `transformers.TrainingArguments` that concern the LR, by whatever name they go.
#[derive(Clone, Copy)]
pub(crate) struct TrainingArguments<'p> {
    pub settings: &'p Settings,
}

impl<'p> TrainingArguments<'p> {
    /// All in a plan.
    pub fn all(plan: &'p Plan) -> impl Iterator<Item = Self> {
        let of_trainer = |settings: &&Settings| matches!(settings.owner, Owner::TrainingArguments | Owner::Axolotl);
        plan.settings.iter().filter(of_trainer).map(|settings| Self { settings })
    }

    fn axolotl(self) -> bool {
        self.settings.owner == Owner::Axolotl
    }

    /// The name of the schedule, where it is given.
    pub fn schedule(self) -> Option<(&'p Argument, &'p str)> {
        let name = if self.axolotl() { "lr_scheduler" } else { "lr_scheduler_type" };
        let argument = self.settings.argument(name)?;
        match &argument.value {
            ArgumentValue::Text(text) => Some((argument, text)),
            _ => None,
        }
    }

    /// The base LR; the default of transformers where none is given.
    pub fn lr(self) -> Quantity {
        /// `TrainingArguments.learning_rate`, transformers 5.23.
        const DEFAULT: f64 = 5e-5;
        match self.settings.argument("learning_rate") {
            Some(argument) => argument.value.quantities().first().cloned().unwrap_or_default(),
            None if self.axolotl() || !self.settings.complete => Quantity::unknown(),
            None => Quantity::number(DEFAULT),
        }
    }

    /// A number that is given and above zero.
    pub fn positive(self, name: &str) -> Option<(&'p Argument, &'p Quantity)> {
        let argument = self.settings.argument(name)?;
        let quantity = self.settings.number(name)?;
        (quantity.value? > 0.0).then_some((argument, quantity))
    }

    /// The warmup as given: steps (a fraction of the run where below 1), else a fraction of the run.
    pub fn warmup(self) -> Option<(&'p Argument, &'p Quantity)> {
        self.positive("warmup_steps").or_else(|| self.positive("warmup_ratio"))
    }

    /// Steps of the run, for drawing, and what was assumed.
    pub fn steps(self) -> (f64, Vec<String>) {
        match self.positive("max_steps").and_then(|(_, steps)| steps.value) {
            Some(steps) => (steps, Vec::new()),
            None => (EXAMPLE_STEPS, vec![format!("{} steps, as an example", number(EXAMPLE_STEPS))]),
        }
    }

    /// The warmup in steps of a run of so many.
    pub fn warmup_in(self, steps: f64) -> Option<f64> {
        let value = self.warmup()?.1.value?;
        Some(if value < 1.0 { (value * steps).ceil() } else { value })
    }
}

/// Two schedules in the notation, drawn over the same steps; nothing where one of them cannot be computed.
pub(crate) fn drawn(
    [written, intended]: [&str; 2],
    lr: &Quantity,
    steps: f64,
    mut assumed: Vec<String>,
    summary: impl FnOnce(&[f64], &[f64]) -> Option<String>,
) -> Option<Effect> {
    let base = lr.value.filter(|lr| *lr > 0.0).unwrap_or_else(|| {
        assumed.push("a base LR of 1".to_owned());
        1.0
    });
    if !(1.0..=MOST_STEPS).contains(&steps) {
        return None;
    }
    let draw = |text: &str| {
        let schedule = notation::parse(text).ok()?;
        let Curve { lrs, error, .. } = curve(&schedule, Optimizer::sgd(&[base], 0.9), steps as usize, &[]);
        if error.is_some() {
            return None;
        }
        lrs.iter().map(|row| row.first().copied()).collect::<Option<Vec<f64>>>()
    };
    let (written, intended) = (draw(written)?, draw(intended)?);
    Some(Effect { summary: summary(&written, &intended)?, assumed, unit: "step", written, intended })
}
