//! A schedule that was composed, in the playground say, as a plan: what is known of it without any source.
//!
//! ```text
//! Schedule --Display--> constructor text --parse--> ScheduleFacts, whose spans point into that text
//! Run (epochs, batches, accumulation, cadence) ---> the loops around optimizer.step() and scheduler.step()
//! ```
//!
//! So the same rules judge what is on screen and what is in a script, and a fix is a change of the text.

use std::sync::Arc;

use scheduler::notation::{self, Expression, Kind, NotationError};
use scheduler::{Cadence, Run, Schedule};

use crate::classes::class_named;
use crate::fix::{Change, Fix};
use crate::plan::{
    Action, Argument, ArgumentValue, Arm, Block, Chosen, Driver, Evidence, FunctionFacts, Guard, Library, Loop, Node,
    OptimizerFacts, OptimizerId, OptimizerStep, Plan, ScheduleFacts, ScheduleId, SchedulerStep, StepArgument, Turn,
    Word,
};
use crate::quantity::{Quantity, Unit};
use crate::script::{Script, Words};
use crate::span::Span;

/// What is composed: one optimizer, one schedule, and the run that it is for.
#[derive(Clone, Debug)]
pub struct Composed<'a> {
    /// The schedule.
    pub schedule: &'a Schedule,
    /// The LR that the optimizer is built with.
    pub lr: f64,
    /// The class of the optimizer, `Adam`.
    pub optimizer: &'a str,
    /// How long the run is and when `scheduler.step()` is called.
    pub run: &'a Run,
}

/// Where the loops and calls stand, which have no place in the text: beyond anything that the notation reads.
const ELSEWHERE: u32 = 1;

impl Composed<'_> {
    /// The text that the spans of the plan point into.
    pub fn text(&self) -> String {
        self.schedule.to_string()
    }

    /// The plan. A constant LR is a plan without a schedule: nobody needs to be told that it is constant.
    pub fn plan(&self) -> Plan {
        let text = self.text();
        let mut plan = Plan { driver: Driver::Unseen, ..Plan::default() };
        plan.optimizers.push(OptimizerFacts {
            class: self.optimizer.to_owned(),
            span: elsewhere(0),
            lr: Quantity::number(self.lr),
            built: true,
            ..OptimizerFacts::default()
        });
        let scheduled = (*self.schedule != Schedule::constant())
            .then(|| notation::parse_expression(&text).ok())
            .flatten()
            .and_then(|expression| add(&mut plan, &expression, &text));
        let words =
            Words { schedule: scheduled.is_some(), warmup: self.schedule.warmup().is_some(), ..Words::default() };
        plan.script = Arc::new(Script {
            stepped: scheduled.into_iter().collect(),
            optimizers_stepped: vec![OptimizerId(0)],
            words,
            ..Script::default()
        });
        plan.run = self.loops(scheduled);
        plan
    }

    fn loops(&self, schedule: Option<ScheduleId>) -> Block {
        let horizon = &self.run.horizon;
        let scheduler = |at| schedule.map(|id| node(at, Action::SchedulerStep(self.step(id))));
        // More than one call each time is what matters, not how many.
        let scheduler_steps =
            || (0..self.run.calls.clamp(1, 2) as u32).filter_map(|call| scheduler(10 + call)).collect::<Block>();
        let update = node(
            2,
            Action::OptimizerStep(OptimizerStep {
                optimizer: Some(OptimizerId(0)),
                may_step: Vec::new(),
                in_sight: true,
            }),
        );
        let mut on_update = vec![update];
        if self.run.cadence == Cadence::Step {
            on_update.extend(scheduler_steps());
        }
        let mut batch = if horizon.accumulation > 1 {
            let every = Guard::Every(Quantity::number(horizon.accumulation as f64));
            vec![node(
                3,
                Action::Branch(vec![Arm {
                    guard: every,
                    condition: String::new(),
                    test: Vec::new(),
                    chosen: Chosen::default(),
                    body: on_update,
                }]),
            )]
        } else {
            on_update
        };
        if self.run.cadence == Cadence::Batch {
            batch.extend(scheduler_steps());
        }
        let batches = Quantity::number(horizon.batches_per_epoch() as f64);
        let batches = Loop { turn: Turn::Batch, turns: batches.with_unit(Unit::StepsPerEpoch), body: batch };
        let mut epoch = vec![node(4, Action::Loop(batches))];
        if self.run.cadence == Cadence::Epoch {
            epoch.extend(scheduler_steps());
        }
        let turns = Quantity::number(horizon.epochs as f64).with_unit(Unit::Epochs);
        vec![node(5, Action::Loop(Loop { turn: Turn::Epoch, turns, body: epoch }))]
    }

    fn step(&self, id: ScheduleId) -> SchedulerStep {
        let metric = self.schedule.needs_metric().then(|| StepArgument {
            keyword: None,
            text: "loss".to_owned(),
            span: elsewhere(6),
            names: vec!["loss".to_owned()],
            data: crate::plan::Data::Unknown,
            value: Vec::new(),
        });
        SchedulerStep {
            schedules: vec![id],
            or_unknown: false,
            arguments: Some(usize::from(metric.is_some())),
            first: metric,
            comes_first: false,
        }
    }
}

/// The text after a fix, and the schedule that it is; nothing where the fix is not a change of the text.
pub fn fixed(text: &str, fix: &Fix) -> Option<Result<Schedule, NotationError>> {
    let mut changes = Vec::new();
    for change in &fix.changes {
        match change {
            Change::Replace { span, text } if span.source != ELSEWHERE => changes.push((*span, text.as_str())),
            _ => return None,
        }
    }
    changes.sort_by_key(|(span, _)| std::cmp::Reverse(span.start));
    let mut mended = text.to_owned();
    for (span, with) in changes {
        let range = span.start as usize..span.end as usize;
        mended.get(range.clone())?;
        mended.replace_range(range, with);
    }
    Some(notation::parse(&mended))
}

fn elsewhere(at: u32) -> Span {
    Span::new(ELSEWHERE, at, at)
}

fn node(at: u32, action: Action) -> Node {
    Node { span: elsewhere(at), action }
}

fn place(expression: &Expression) -> Span {
    Span::new(0, expression.span.start as u32, expression.span.end as u32)
}

/// Adds the schedule of a constructor call, its parts first.
fn add(plan: &mut Plan, expression: &Expression, text: &str) -> Option<ScheduleId> {
    let Kind::Call { function, arguments, keywords, .. } = &expression.kind else { return None };
    let class = function.rsplit('.').next().unwrap_or_default().to_owned();
    let known = class_named(&class);
    let mut facts = ScheduleFacts {
        own_lr: Vec::new(),
        steps_as_torch: false,
        class,
        evidence: Evidence::Proved,
        span: place(expression),
        optimizer: Some(OptimizerId(0)),
        may_drive: Vec::new(),
        arguments: Vec::new(),
        parts: Vec::new(),
        library: if known.is_some() { Library::Torch } else { Library::Other },
        name: String::new(),
    };
    for argument in arguments {
        // Only the list of schedules goes without its name.
        if let Kind::List(items) = &argument.kind {
            facts.parts = items.iter().filter_map(|item| add(plan, item, text)).collect();
        }
    }
    for (name, value) in keywords {
        let written = text.get(value.span.start..value.span.end).unwrap_or_default().to_owned();
        let value_of = argument_value(value, &written, text);
        facts.arguments.push(Argument { name: name.clone(), text: written, value: value_of, span: place(value) });
    }
    plan.schedules.push(facts);
    Some(ScheduleId(plan.schedules.len() - 1))
}

fn argument_value(expression: &Expression, written: &str, text: &str) -> ArgumentValue {
    if let Ok(number) = written.parse::<f64>() {
        return ArgumentValue::Number(Quantity::number(number));
    }
    match &expression.kind {
        Kind::Text(text) => ArgumentValue::Text(text.clone()),
        Kind::Boolean(truth) => ArgumentValue::Truth(*truth),
        Kind::Lambda { parameters, body } => ArgumentValue::Function(FunctionFacts {
            parameters: parameters.clone(),
            body: text
                .get(body.span.start..body.span.end)
                .map(|body| Word::Text(body.to_owned()))
                .into_iter()
                .collect(),
            factors: Vec::new(),
        }),
        Kind::List(items) | Kind::Tuple(items) => {
            let number =
                |item: &Expression| text.get(item.span.start..item.span.end)?.parse().ok().map(Quantity::number);
            items.iter().map(number).collect::<Option<_>>().map_or(ArgumentValue::Unknown, ArgumentValue::Numbers)
        }
        _ => ArgumentValue::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use scheduler::{Data, Horizon};

    use super::*;
    use crate::{Confidence, Finding, check};

    fn run(epochs: usize, batches: usize, cadence: Cadence) -> Run {
        let horizon = Horizon { epochs, data: Data::Batches(batches), accumulation: 1, processes: 1 };
        Run { horizon, cadence, calls: 1, resume: None }
    }

    fn judged(text: &str, run: &Run) -> (String, Vec<Finding>) {
        let schedule = notation::parse(text).unwrap();
        let composed = Composed { schedule: &schedule, lr: 0.1, optimizer: "SGD", run };
        let mut findings = check(&composed.plan());
        findings.retain(|finding| finding.confidence > Confidence::Hint);
        (composed.text(), findings)
    }

    fn codes(text: &str, run: &Run) -> Vec<&'static str> {
        judged(text, run).1.iter().map(|finding| finding.rule.name).collect()
    }

    #[test]
    fn what_fits_the_run_is_left_alone() {
        let steps = run(1, 200, Cadence::Step);
        for text in [
            "ConstantLR(factor=1.0)",
            "CosineAnnealingLR(T_max=200)",
            "OneCycleLR(max_lr=0.1, total_steps=200)",
            "SequentialLR([LinearLR(start_factor=0.01, total_iters=20), CosineAnnealingLR(T_max=180)], milestones=[20])",
            "LinearLR(start_factor=0.0125, total_iters=80)",
            "ReduceLROnPlateau(factor=0.3, patience=40)",
            "Phases([Phase(20, 0.0, 1.0), Phase(180, 1.0, 0.0, shape='cosine')])",
            "LambdaLR(lr_lambda=lambda step: 0.99 ** step)",
        ] {
            assert_eq!(codes(text, &steps), [""; 0], "{text}");
        }
        assert_eq!(codes("CosineAnnealingLR(T_max=90)", &run(90, 5004, Cadence::Epoch)), [""; 0]);
    }

    /// The page has the checks of these rules alone: whoever adds one here takes [`crate::rule::of_source`] off it.
    #[test]
    fn composed_schedules_break_these_rules_alone() {
        const RULES: [&str; 17] = [
            "epoch-schedule-stepped-per-batch",
            "step-schedule-stepped-per-epoch",
            "scheduler-stepped-twice",
            "t-max-ignores-warmup",
            "length-differs-from-run",
            "milestones-beyond-run",
            "milestone-differs-from-warmup",
            "more-steps-than-one-cycle",
            "warmup-outlasts-run",
            "accumulation-not-counted",
            "lr-vanishes",
            "schedule-without-effect",
            "minimum-above-lr",
            "lambda-returns-absolute-lr",
            "plateau-wrong-mode",
            "one-cycle-in-long-run",
            "one-cycle-untuned",
        ];
        let parts = "[LinearLR(start_factor=0.01, total_iters=20), CosineAnnealingLR(T_max=TOTAL)], milestones=[30]";
        let mut broken = std::collections::BTreeSet::new();
        for schedule in [
            "ConstantLR(factor=0.5)",
            "StepLR(step_size=30)",
            "StepLR(step_size=1, gamma=0.1)",
            "MultiStepLR(milestones=[100, 5000])",
            "ExponentialLR(gamma=0.5)",
            "ExponentialLR(gamma=1.0)",
            "LinearLR(total_iters=TOTAL)",
            "PolynomialLR(total_iters=50)",
            "CosineAnnealingLR(T_max=50)",
            "CosineAnnealingLR(T_max=50, eta_min=0.5)",
            "CosineAnnealingLR(T_max=TOTAL)",
            "CosineAnnealingWarmRestarts(T_0=10, T_mult=2)",
            "OneCycleLR(max_lr=0.1, total_steps=50)",
            "OneCycleLR(max_lr=0.1, total_steps=TOTAL)",
            "CyclicLR(base_lr=0.01, max_lr=0.1)",
            "ReduceLROnPlateau(patience=5)",
            "ReduceLROnPlateau(mode='max', patience=500)",
            "LambdaLR(lr_lambda=lambda step: 0.001 * 0.99 ** step)",
            &format!("SequentialLR({parts})"),
            "Phases([Phase(500, 0.0, 1.0), Phase(180, 1.0, 0.0, shape='cosine')])",
        ] {
            for (epochs, batches) in [(1, 200), (90, 5004), (10, 1)] {
                for (cadence, accumulation, calls) in [
                    (Cadence::Step, 1, 1),
                    (Cadence::Step, 4, 1),
                    (Cadence::Batch, 4, 1),
                    (Cadence::Batch, 1, 2),
                    (Cadence::Epoch, 1, 1),
                    (Cadence::Epoch, 1, 2),
                ] {
                    let horizon = Horizon { epochs, data: Data::Batches(batches), accumulation, processes: 1 };
                    let run = Run { horizon, cadence, calls, resume: None };
                    let schedule =
                        notation::parse(&schedule.replace("TOTAL", &(epochs * batches).to_string())).unwrap();
                    for optimizer in ["SGD", "AdamW"] {
                        let composed = Composed { schedule: &schedule, lr: 0.1, optimizer, run: &run };
                        broken.extend(check(&composed.plan()).iter().map(|finding| finding.rule.name));
                    }
                }
            }
        }
        assert_eq!(broken, RULES.into_iter().collect());
    }

    #[test]
    fn a_length_that_does_not_fit_is_mended_in_the_text() {
        let (text, findings) = judged("CosineAnnealingLR(T_max=100)", &run(1, 200, Cadence::Step));
        let [finding] = findings.as_slice() else { panic!("{findings:?}") };
        assert_eq!(finding.rule.name, "length-differs-from-run");
        let mended = fixed(&text, finding.fix.as_ref().unwrap()).unwrap().unwrap();
        assert_eq!(mended.to_string(), "CosineAnnealingLR(T_max=200)");
    }

    #[test]
    fn units_are_checked_against_the_cadence() {
        assert_eq!(
            codes("CosineAnnealingLR(T_max=90)", &run(90, 5004, Cadence::Step)),
            ["epoch-schedule-stepped-per-batch"]
        );
        assert!(!codes("CosineAnnealingLR(T_max=450360)", &run(90, 5004, Cadence::Epoch)).is_empty());
    }

    #[test]
    fn one_call_per_process_is_one_too_many() {
        let twice = Run { calls: 4, ..run(90, 5004, Cadence::Step) };
        assert_eq!(codes("CosineAnnealingLR(T_max=450360)", &twice), ["scheduler-stepped-twice"]);
    }

    #[test]
    fn milestones_are_found_in_parts() {
        let text = "SequentialLR([LinearLR(start_factor=0.01, total_iters=20), CosineAnnealingLR(T_max=200)], milestones=[20])";
        assert!(!codes(text, &run(1, 200, Cadence::Step)).is_empty());
    }
}
