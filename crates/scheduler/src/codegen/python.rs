//! Python source: imports, constructor calls with their optimizer, and lambdas.

use super::{Program, Unsupported};
use crate::class::{Constructor as _, Library};
use crate::gradual_warmup::GradualWarmupScheduler;
use crate::schedule::Schedule;

/// The classes of torch that a text needs, as they come.
pub(super) type Imports = Vec<&'static str>;

/// A schedule of torch as its constructor call, or as the LambdaLR that is the same.
pub(super) fn torch_call(
    schedule: &Schedule,
    program: &Program<'_>,
    imports: &mut Imports,
) -> Result<String, Unsupported> {
    let class = schedule.class();
    if !matches!(class.library, Library::Torch | Library::GradualWarmup) {
        return lambda_lr(schedule, program, imports);
    }
    imports.push(class.name);
    if let Schedule::GradualWarmupScheduler(warmup) = schedule {
        let after = match &warmup.after_scheduler {
            Some(after) => format!("    after_scheduler={},\n", indented(&torch_call(after, program, imports)?, 4)),
            None => String::new(),
        };
        let (multiplier, total) = (warmup.multiplier, warmup.total_epoch.0);
        return Ok(format!(
            "{}(\n    optimizer,\n    multiplier={multiplier:?},\n    total_epoch={total},\n{after})",
            class.name
        ));
    }
    let children = match schedule {
        Schedule::SequentialLR(_) | Schedule::ChainedScheduler(_) => schedule.children(),
        _ => &[],
    };
    if children.is_empty() {
        let text = schedule.to_string();
        let arguments = text.split_once('(').map_or("", |(_, arguments)| arguments);
        let comma = if arguments == ")" { "" } else { ", " };
        return Ok(format!("{}(optimizer{comma}{arguments}", class.name));
    }
    let calls: Vec<String> =
        children.iter().map(|child| torch_call(child, program, imports)).collect::<Result<_, _>>()?;
    let list: String = calls.iter().map(|call| format!("        {},\n", indented(call, 8))).collect();
    Ok(match schedule {
        Schedule::SequentialLR(sequential) => {
            format!(
                "SequentialLR(\n    optimizer,\n    [\n{list}    ],\n    milestones={:?},\n)",
                sequential.milestones
            )
        }
        _ => format!("ChainedScheduler(\n    [\n{list}    ]\n)"),
    })
}

/// A LambdaLR with the formula of the schedule: one function, or one for each parameter group where they differ.
fn lambda_lr(schedule: &Schedule, program: &Program<'_>, imports: &mut Imports) -> Result<String, Unsupported> {
    let lrs = program.optimizer.lrs();
    let function = |group: usize| {
        let formula = schedule.formula(program.optimizer, group)?.relative(lrs[group])?;
        Some(formula.to_string())
    };
    let functions: Option<Vec<String>> = (0..lrs.len()).map(function).collect();
    let Some(functions) = functions else {
        return Err(Unsupported(super::no_formula(schedule)));
    };
    imports.push("LambdaLR");
    let lambdas = match functions.as_slice() {
        [first, rest @ ..] if rest.iter().all(|other| other == first) => first.clone(),
        several => format!("[{}]", several.join(", ")),
    };
    Ok(format!("LambdaLR(optimizer, lr_lambda={lambdas})"))
}

/// `import math` where it is needed, torch, and the schedulers; a line each.
pub(super) fn imports(mut imports: Imports, code: &str) -> String {
    imports.sort_unstable();
    imports.dedup();
    let math = if code.contains("math.") { "import math\n\n" } else { "" };
    let of_torch = imports.iter().filter(|class| **class != GradualWarmupScheduler::CLASS.name);
    let (swa, schedulers): (Vec<&str>, Vec<&str>) = of_torch.partition(|class| **class == "SWALR");
    let mut text = format!("{math}import torch\n");
    if !schedulers.is_empty() {
        text += &format!("from torch.optim.lr_scheduler import {}\n", schedulers.join(", "));
    }
    if imports.contains(&GradualWarmupScheduler::CLASS.name) {
        text += "from warmup_scheduler import GradualWarmupScheduler\n";
    }
    if !swa.is_empty() {
        text += "from torch.optim.swa_utils import SWALR\n";
    }
    text
}

/// The same with every line but the first indented further.
pub(super) fn indented(text: &str, spaces: usize) -> String {
    text.replace('\n', &format!("\n{}", " ".repeat(spaces)))
}
