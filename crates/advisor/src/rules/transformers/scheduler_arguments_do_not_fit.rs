//! `lr_scheduler_kwargs` that the schedule does not take, or lacks.

use crate::finding::{Confidence, Finding, Severity};
use crate::plan::{Argument, Owner, Plan};
use crate::rule::{Rule, of_source};
use crate::settings::TrainingArguments;

/// A schedule of `transformers.get_scheduler`.
pub(super) struct Schedule {
    pub name: &'static str,
    /// What `lr_scheduler_kwargs` may hold; `None` where they are not passed on at all, so that nothing can be wrong.
    accepts: Option<&'static [&'static str]>,
    /// Of these there must be one.
    needs: &'static [&'static str],
}

const fn schedule(
    name: &'static str,
    accepts: Option<&'static [&'static str]>,
    needs: &'static [&'static str],
) -> Schedule {
    Schedule { name, accepts, needs }
}

/// The names and parameters of transformers 5.23; every call here was tried.
pub(super) static SCHEDULES: &[Schedule] = &[
    schedule("linear", Some(&[]), &[]),
    schedule("cosine", Some(&["num_cycles"]), &[]),
    schedule("cosine_with_restarts", Some(&["num_cycles"]), &[]),
    schedule("polynomial", Some(&["lr_end", "power"]), &[]),
    schedule("constant", None, &[]),
    schedule("constant_with_warmup", None, &[]),
    schedule("inverse_sqrt", Some(&["timescale"]), &[]),
    schedule(
        "reduce_lr_on_plateau",
        Some(&["mode", "factor", "patience", "threshold", "threshold_mode", "cooldown", "min_lr", "eps", "verbose"]),
        &[],
    ),
    schedule("cosine_with_min_lr", Some(&["num_cycles", "min_lr", "min_lr_rate"]), &["min_lr", "min_lr_rate"]),
    schedule(
        "cosine_warmup_with_min_lr",
        Some(&["num_cycles", "min_lr", "min_lr_rate", "warmup_lr_rate"]),
        &["min_lr", "min_lr_rate"],
    ),
    schedule(
        "warmup_stable_decay",
        Some(&["num_decay_steps", "num_stable_steps", "warmup_type", "decay_type", "min_lr_ratio", "num_cycles"]),
        &["num_decay_steps"],
    ),
    schedule("greedy", None, &[]),
];

/// The rule.
pub static RULE: Rule = Rule {
    name: "scheduler-arguments-do-not-fit",
    code: "LRS606",
    severity: Severity::Error,
    confidence: Confidence::Certain,
    #[cfg(feature = "docs")]
    docs: crate::Docs {
        what: "`lr_scheduler_kwargs` lacks what the schedule named by `lr_scheduler_type` needs, or holds what it does \
               not take.",
        why: "Training stops with a `TypeError` or `ValueError` as soon as the scheduler is made, which may be after \
              the model and the data were loaded. A floor for the cosine, for one, is a schedule of its own: `cosine` \
              knows no `min_lr`, `cosine_with_min_lr` must have one.",
        example: "
from transformers import TrainingArguments
args = TrainingArguments('out', learning_rate=1e-5, lr_scheduler_type='cosine', lr_scheduler_kwargs={'min_lr': 1e-6})
",
        instead: "
from transformers import TrainingArguments
args = TrainingArguments(
    'out', learning_rate=1e-5, lr_scheduler_type='cosine_with_min_lr', lr_scheduler_kwargs={'min_lr': 1e-6}
)
",
        fine: "Arguments that are not all in sight are not reported as missing.",
    },
    #[cfg(feature = "cases")]
    cases: crate::Cases {
        fail: &[
            "# sft.yaml
model_name_or_path: Qwen/Qwen2-1.5B
per_device_train_batch_size: 2
num_train_epochs: 3
learning_rate: 1.0e-5
lr_scheduler_type: cosine_with_min_lr
",
            "
from trl import SFTConfig
args = SFTConfig(output_dir='out', lr_scheduler_type='warmup_stable_decay', lr_scheduler_kwargs={'min_lr_ratio': 0.1})
",
        ],
        pass: &[
            "# sft.yaml
model_name_or_path: Qwen/Qwen2-1.5B
per_device_train_batch_size: 2
num_train_epochs: 3
learning_rate: 1.0e-5
lr_scheduler_type: cosine_with_min_lr
lr_scheduler_kwargs:
  min_lr_rate: 0.1
",
            "
from transformers import TrainingArguments
args = TrainingArguments('out', lr_scheduler_type='cosine_with_min_lr', lr_scheduler_kwargs=scheduler_options)
",
            "
from transformers import TrainingArguments
args = TrainingArguments('out', lr_scheduler_type='cosine_with_min_lr', **options)
",
        ],
    },
    check: of_source(check),
};

/// What `lr_scheduler_kwargs` holds.
enum Given<'p> {
    Nothing,
    Known(Vec<&'p Argument>),
    Unknown,
}

fn given<'p>(arguments: TrainingArguments<'p>) -> Given<'p> {
    const NAME: &str = "lr_scheduler_kwargs";
    let settings = arguments.settings;
    let inside: Vec<&Argument> = settings
        .arguments
        .iter()
        .filter(|argument| argument.name.strip_prefix(NAME).is_some_and(|rest| rest.starts_with('.')))
        .collect();
    match settings.argument(NAME) {
        Some(_) => Given::Unknown,
        None if !inside.is_empty() => Given::Known(inside),
        None if settings.complete => Given::Nothing,
        None => Given::Unknown,
    }
}

fn check(plan: &Plan, findings: &mut Vec<Finding>) {
    for arguments in TrainingArguments::all(plan).filter(|all| all.settings.owner == Owner::TrainingArguments) {
        let Some((name, schedule)) = arguments.schedule() else { continue };
        let Some(schedule) = SCHEDULES.iter().find(|known| known.name == schedule) else { continue };
        let given = match given(arguments) {
            Given::Known(given) => given,
            Given::Nothing => Vec::new(),
            Given::Unknown => continue,
        };
        let key = |argument: &Argument| argument.name.rsplit('.').next().unwrap_or_default().to_owned();
        let unknown = |argument: &&&Argument| {
            let key = key(argument);
            key != "last_epoch" && schedule.accepts.is_some_and(|accepts| !accepts.contains(&&*key))
        };
        if let Some(argument) = given.iter().find(unknown) {
            let with_floor = key(argument).starts_with("min_lr") && schedule.name == "cosine";
            let mut finding = RULE.finding(
                argument.span,
                format!("The schedule `{}` takes no `{}`.", schedule.name, key(argument)),
                "transformers passes it on, and training stops with a TypeError.",
                match schedule.accepts {
                    _ if with_floor => "The cosine with a floor is called `cosine_with_min_lr`.".to_owned(),
                    Some([]) | None => "Leave it out, or take another schedule.".to_owned(),
                    Some(accepts) => format!("It takes {}.", accepts.join(", ")),
                },
            );
            finding.related.push((name.span, "the schedule".to_owned()));
            findings.push(finding);
        } else if !schedule.needs.is_empty() && !given.iter().any(|argument| schedule.needs.contains(&&*key(argument)))
        {
            findings.push(RULE.finding(
                name.span,
                format!("The schedule `{}` needs `{}`.", schedule.name, schedule.needs.join("` or `")),
                "Without it training stops with an error when the scheduler is made.",
                format!("Give it in `lr_scheduler_kwargs`, as in {{\"{}\": ...}}.", schedule.needs[0]),
            ));
        }
    }
}
