//! A recipe.

use advisor::recipes::{Line, OptimizerKind, Recipe, Situation, Unit, recommend};
use scheduler::codegen::{Program, Target};
use scheduler::{Cadence, Optimizer, Schedule, curve};

use super::{playground, thin};
use crate::messages::{Advice, RecipeReport};

/// Longer curves are not drawn.
const MOST_STEPS: usize = 2_000_000;

/// The recipe for a situation with all that the page shows of it.
///
/// # Errors
/// A sentence on what is wrong with the situation.
pub fn advise(situation: &Situation) -> Result<RecipeReport, String> {
    let recipe = recommend(situation).map_err(|error| error.to_string())?;
    let schedule = recipe.read_schedule().map_err(|error| error.message)?;
    let length = usize::try_from(recipe.run.length).unwrap_or(usize::MAX);
    let lrs: Vec<f64> = recipe.groups.iter().map(|group| group.lr).collect();
    let optimizer = match recipe.optimizer.kind {
        OptimizerKind::Sgd => Optimizer::sgd(&lrs, recipe.optimizer.momentum),
        OptimizerKind::Adam | OptimizerKind::AdamW => Optimizer::adam(&lrs, recipe.optimizer.betas.0),
    };
    // A plateau schedule moves with what happens in the run; until then it stays.
    let metrics = if schedule.needs_metric() { vec![0.0; length.min(MOST_STEPS)] } else { Vec::new() };
    let drawn = curve(&schedule, optimizer.clone(), length.min(MOST_STEPS), &metrics).first_group();
    Ok(RecipeReport {
        lines: recipe.lines.iter().map(advice).collect(),
        alternatives: recipe
            .alternatives
            .iter()
            .map(|other| (other.instead.clone(), other.when.clone(), other.source.words()))
            .collect(),
        schedule: schedule.to_string(),
        lr: recipe.optimizer.lr,
        length,
        unit: match recipe.run.unit {
            Unit::Epochs => "epoch",
            Unit::Steps => "step",
        }
        .into(),
        curve: thin::steps(&drawn),
        code: code(&recipe, &schedule, &optimizer, length),
        link: playground::link("recipe", recipe.optimizer.lr, &schedule, recipe.run.length)
            .ok_or("The schedule of the recipe cannot be computed.")?,
    })
}

fn advice(line: &Line) -> Advice {
    Advice {
        topic: line.topic.words().into(),
        advice: line.advice.clone(),
        reason: line.reason.clone(),
        source: line.source.name.into(),
        place: line.source.place.into(),
        strength: line.source.strength.words().into(),
    }
}

/// The whole training loop, then the schedule for each framework.
fn code(
    recipe: &Recipe,
    schedule: &Schedule,
    optimizer: &Optimizer,
    length: usize,
) -> Vec<(String, Result<String, String>)> {
    let by_epoch = recipe.run.unit == Unit::Epochs;
    let steps_per_epoch = recipe.run.steps_per_epoch.and_then(|steps| usize::try_from(steps).ok());
    let program = Program {
        schedule,
        optimizer,
        cadence: if by_epoch { Cadence::Epoch } else { Cadence::Step },
        epochs: by_epoch.then_some(length),
        steps: if by_epoch { steps_per_epoch.map(|steps| steps.saturating_mul(length)) } else { Some(length) },
    };
    let targets = Target::ALL.iter().filter(|(_, target)| *target != Target::PyTorch);
    let rest = targets.map(|(name, target)| ((*name).to_owned(), program.write(*target).map_err(|error| error.0)));
    std::iter::once(("pytorch".to_owned(), Ok(recipe.code()))).chain(rest).collect()
}

#[cfg(test)]
mod tests {
    use advisor::recipes::Domain;

    use super::*;

    #[test]
    fn every_domain_has_a_recipe_that_can_be_opened() {
        for (name, domain, _) in Domain::ALL {
            let report = advise(&Situation::new(domain)).unwrap();
            assert!(report.lines.iter().all(|line| !line.reason.is_empty() && !line.source.is_empty()), "{name}");
            assert!(report.curve.len() > 1 && report.curve.iter().all(|point| point.1 >= 0.0), "{name}");
            let (link, problems) = scheduler::permalink::Permalink::decode(&report.link.fragment);
            assert_eq!((problems, link.lanes.len()), (Vec::new(), 1), "{name}");
            assert_eq!(report.code.len(), Target::ALL.len(), "{name}");
            assert!(report.code[0].1.as_ref().is_ok_and(|code| code.contains("optimizer.step()")), "{name}");
        }
    }

    #[test]
    fn a_situation_out_of_bounds_is_told() {
        let situation = Situation { batch: Some(0), ..Situation::new(Domain::Other) };
        assert!(advise(&situation).unwrap_err().contains("batch"));
    }
}
