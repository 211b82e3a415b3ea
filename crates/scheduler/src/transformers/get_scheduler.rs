//! `transformers.get_scheduler(name, ...)`: one function for all of them.

use crate::class::{Class, Constructor as _, Library, Parameter};
use crate::error::Exception;
use crate::notation::{Arguments, Expression, Kind, NotationError, Span};
use crate::schedule::Schedule;

/// The function as the notation knows it; it stands for one of the others.
const GET_SCHEDULER: Class = Class {
    name: "get_scheduler",
    library: Library::Transformers,
    #[cfg(feature = "docs")]
    documentation: "Any of the schedules of transformers by its name.",
    parameters: &[
        Parameter { name: "name", documentation: "The name of the schedule." },
        Parameter { name: "num_warmup_steps", documentation: "Steps of the warmup." },
        Parameter { name: "num_training_steps", documentation: "Steps of the whole run." },
        Parameter { name: "scheduler_specific_kwargs", documentation: "What only this schedule takes." },
    ],
};

/// The names, each with the class that it stands for and which of the two lengths it takes.
const NAMES: [(&str, Class, Takes); 12] = [
    ("linear", super::LinearWithWarmup::CLASS, Takes::Both),
    ("cosine", super::CosineWithWarmup::CLASS, Takes::Both),
    ("cosine_with_restarts", super::CosineWithHardRestarts::CLASS, Takes::Both),
    ("polynomial", super::PolynomialDecayWithWarmup::CLASS, Takes::Both),
    ("constant", super::ConstantSchedule::CLASS, Takes::Nothing),
    ("constant_with_warmup", super::ConstantWithWarmup::CLASS, Takes::OnlyWarmup),
    ("inverse_sqrt", super::InverseSqrt::CLASS, Takes::Warmup),
    ("reduce_lr_on_plateau", crate::torch::ReduceLROnPlateau::CLASS, Takes::Arguments),
    ("cosine_with_min_lr", super::CosineWithMinLr::CLASS, Takes::Both),
    ("cosine_warmup_with_min_lr", super::CosineWarmupWithMinLr::CLASS, Takes::Both),
    ("warmup_stable_decay", super::WarmupStableDecay::CLASS, Takes::WarmupAndMaybeTotal),
    ("greedy", super::GreedyLR::CLASS, Takes::Arguments),
];

/// What `get_scheduler` hands on to the function of a name.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Takes {
    /// Nothing at all, whatever is given.
    Nothing,
    /// The schedule's own arguments.
    Arguments,
    /// The warmup, and nothing else that is given.
    OnlyWarmup,
    /// The warmup and the schedule's own arguments.
    Warmup,
    /// The warmup, the total if there is one, and the schedule's own arguments.
    WarmupAndMaybeTotal,
    /// The warmup, the total, and the schedule's own arguments.
    Both,
}

/// Reads a call of `get_scheduler`.
pub(crate) fn read_get_scheduler(
    span: Span,
    positional: &[&Expression],
    keywords: &[(&str, &Expression)],
) -> Result<Schedule, NotationError> {
    // `optimizer` stands second, after the name: `get_scheduler("linear", optimizer, 10, 100)`.
    let positional: Vec<&Expression> =
        positional.iter().enumerate().filter(|(index, _)| *index != 1).map(|(_, value)| *value).collect();
    let given = Arguments::new(&GET_SCHEDULER, span, positional.into_iter(), keywords.iter().copied())?;
    let name: String = given.required("name")?;
    let Some((_, class, takes)) = NAMES.iter().find(|(known, ..)| *known == name) else {
        let names = NAMES.map(|(name, ..)| format!("'{name}'")).join(", ");
        let message = format!("{name} is not a valid SchedulerType, please select one of [{names}]");
        return Err(NotationError::of(Exception::ValueError, message, span));
    };
    let mut handed_on: Vec<(&str, &Expression)> = Vec::new();
    let length = |parameter: &'static str| given.get(parameter).filter(|value| value.kind != Kind::None);
    let needed = |parameter: &'static str| {
        length(parameter).map(|value| (parameter, value)).ok_or_else(|| {
            let name = format!("SchedulerType.{}", name.to_ascii_uppercase());
            let message = format!("{name} requires `{parameter}`, please provide that argument.");
            NotationError::of(Exception::ValueError, message, span)
        })
    };
    if !matches!(takes, Takes::Nothing | Takes::Arguments) {
        handed_on.push(needed("num_warmup_steps")?);
    }
    match takes {
        Takes::Both => handed_on.push(needed("num_training_steps")?),
        Takes::WarmupAndMaybeTotal => {
            handed_on.extend(length("num_training_steps").map(|value| ("num_training_steps", value)));
        }
        _ => {}
    }
    let specific = given.get("scheduler_specific_kwargs").filter(|value| value.kind != Kind::None);
    if let Some(specific) = specific
        && !matches!(takes, Takes::Nothing | Takes::OnlyWarmup)
    {
        let Kind::Dict(entries) = &specific.kind else {
            let message = "`scheduler_specific_kwargs` must be a dict such as {'num_cycles': 2}.";
            return Err(NotationError::of(Exception::TypeError, message, specific.span));
        };
        for (key, value) in entries {
            match &key.kind {
                Kind::Text(key) => handed_on.push((key, value)),
                _ => return Err(NotationError::of(Exception::TypeError, "keywords must be strings", key.span)),
            }
        }
    }
    let arguments = Arguments::new(class, span, std::iter::empty::<&Expression>(), handed_on)?;
    Schedule::read(class.name, &arguments)
        .unwrap_or_else(|| Err(NotationError::of(Exception::NameError, format!("`{name}` is not known."), span)))
}

/// The name under which `get_scheduler` and `lr_scheduler_type` know a class.
pub(crate) fn scheduler_type(class: &str) -> Option<&'static str> {
    NAMES.iter().find(|(_, known, _)| known.name == class).map(|(name, ..)| *name)
}

#[cfg(test)]
mod tests {
    use crate::notation::parse;

    #[test]
    fn a_name_stands_for_its_function() {
        let same = |a: &str, b: &str| assert_eq!(parse(a).unwrap(), parse(b).unwrap(), "{a}");
        same(
            "get_scheduler('cosine', optimizer=opt, num_warmup_steps=10, num_training_steps=100, \
             scheduler_specific_kwargs={'num_cycles': 1.5})",
            "get_cosine_schedule_with_warmup(opt, 10, 100, 1.5)",
        );
        same(
            "transformers.get_scheduler(name='linear', optimizer=opt, num_warmup_steps=1, num_training_steps=2)",
            "get_linear_schedule_with_warmup(optimizer, num_warmup_steps=1, num_training_steps=2)",
        );
        same("get_scheduler('linear', optimizer, 1, 2)", "get_linear_schedule_with_warmup(optimizer, 1, 2)");
        same("get_scheduler('constant', optimizer, 500)", "get_constant_schedule(optimizer)");
        same(
            "get_scheduler('reduce_lr_on_plateau', optimizer, scheduler_specific_kwargs={'patience': 2})",
            "ReduceLROnPlateau(optimizer, patience=2)",
        );
    }

    #[test]
    fn what_is_missing_is_named() {
        let message = |text: &str| parse(text).unwrap_err().message;
        assert_eq!(
            message("get_scheduler('cosine', optimizer=opt, num_training_steps=100)"),
            "SchedulerType.COSINE requires `num_warmup_steps`, please provide that argument."
        );
        assert!(message("get_scheduler('exponential', opt)").starts_with("exponential is not a valid SchedulerType"));
    }
}
