//! timm's schedulers, which are stepped with the number of the step that comes next.

use super::{Program, Unsupported};
use crate::class::Library;
use crate::python::number;
use crate::schedule::Schedule;

pub(super) fn write(program: &Program<'_>) -> Result<String, Unsupported> {
    let call = call(program)?;
    let class = call.split('(').next().unwrap_or_default();
    let optimizer = program.torch_optimizer();
    let epochs = program.epochs_text();
    let unit = if program.by_epoch() { "" } else { ", t_in_epochs=False" };
    // timm's plateau scheduler counts epochs and takes no unit.
    let unit = if class == "PlateauLRScheduler" { "" } else { unit };
    let call = format!("{}{unit})", call.trim_end_matches(')'));
    let body = "        optimizer.zero_grad()\n        loss = compute_loss(model, batch)\n        loss.backward()\n        \
                optimizer.step()\n";
    let step = match (program.schedule.needs_metric(), program.by_epoch()) {
        (true, _) => "    scheduler.step(epoch + 1, evaluate(model))  # after the epoch, with the number of the next\n",
        (false, true) => "    scheduler.step(epoch + 1)  # after the epoch, with the number of the next\n",
        (false, false) => {
            "        updates += 1\n        scheduler.step_update(updates)  # after the update, with how many there have been\n"
        }
    };
    let count = if program.by_epoch() || program.schedule.needs_metric() { "" } else { "updates = 0\n" };
    Ok(format!(
        "import torch\nfrom timm.scheduler.{} import {class}\n\noptimizer = {optimizer}\nscheduler = {call}\n\n{count}for epoch in \
         range({epochs}):\n    for batch in loader:\n{body}{step}",
        module(class)
    ))
}

fn module(class: &str) -> &'static str {
    match class {
        "CosineLRScheduler" => "cosine_lr",
        "TanhLRScheduler" => "tanh_lr",
        "PolyLRScheduler" => "poly_lr",
        "StepLRScheduler" => "step_lr",
        "MultiStepLRScheduler" => "multistep_lr",
        "WSDLRScheduler" => "wsd_lr",
        _ => "plateau_lr",
    }
}

/// timm's own classes, and what is the same as one of them.
fn call(program: &Program<'_>) -> Result<String, Unsupported> {
    let schedule = program.schedule;
    if schedule.class().library == Library::Timm {
        return Ok(schedule.to_string().replacen('(', "(optimizer, ", 1));
    }
    let one_group = program.optimizer.groups.len() == 1;
    let lr = program.optimizer.default_lr;
    let call = match schedule {
        Schedule::StepLR(step) => Some(format!(
            "StepLRScheduler(optimizer, decay_t={}, decay_rate={:?})",
            number(step.step_size.0),
            step.gamma
        )),
        // A milestone of timm acts one step earlier than one of torch.
        Schedule::MultiStepLR(steps) if steps.milestones.iter().all(|milestone| *milestone > 0) => {
            let mut milestones: Vec<i64> = steps.milestones.iter().map(|milestone| milestone + 1).collect();
            milestones.sort_unstable();
            Some(format!("MultiStepLRScheduler(optimizer, decay_t={milestones:?}, decay_rate={:?})", steps.gamma))
        }
        Schedule::PolynomialLR(polynomial) => Some(format!(
            "PolyLRScheduler(optimizer, t_initial={}, power={:?})",
            number(polynomial.total_iters.0),
            polynomial.power
        )),
        Schedule::SequentialLR(sequential) if one_group => {
            match (&sequential.schedulers[..], &sequential.milestones[..]) {
                ([Schedule::LinearLR(warmup), Schedule::CosineAnnealingLR(cosine)], [milestone])
                    if warmup.end_factor == 1.0
                        && warmup.total_iters.0 == *milestone as f64
                        && runs_within(program, *milestone as f64 + cosine.t_max.0) =>
                {
                    Some(format!(
                        "CosineLRScheduler(optimizer, t_initial={}, lr_min={:?}, warmup_t={milestone}, warmup_lr_init={:?}, \
                     warmup_prefix=True)",
                        number(cosine.t_max.0),
                        cosine.eta_min,
                        lr * warmup.start_factor
                    ))
                }
                _ => None,
            }
        }
        Schedule::CosineAnnealingLR(cosine) if runs_within(program, cosine.t_max.0) => Some(format!(
            "CosineLRScheduler(optimizer, t_initial={}, lr_min={:?})",
            number(cosine.t_max.0),
            cosine.eta_min
        )),
        _ => None,
    };
    call.ok_or_else(|| {
        Unsupported(format!(
            "timm has no scheduler that is the same as {}; use torch's own with the target pytorch, timm's models do not mind.",
            schedule.name()
        ))
    })
}

/// Whether the run is known to end with the cosine. Beyond its end torch's climbs, and timm's stays down.
fn runs_within(program: &Program<'_>, steps: f64) -> bool {
    let run = if program.by_epoch() { program.epochs } else { program.steps };
    run.is_none_or(|run| run as f64 <= steps)
}
