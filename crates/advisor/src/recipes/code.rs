//! A recipe as a training loop in PyTorch.

use std::fmt::Write as _;

use super::recipe::{Recipe, Unit};
use super::situation::OptimizerKind;

pub(super) fn pytorch(recipe: &Recipe) -> String {
    let plateau = recipe.schedule.as_deref().is_some_and(|schedule| schedule.starts_with("ReduceLROnPlateau"));
    let mut code = String::from("import torch\n");
    if let Some(schedule) = &recipe.schedule {
        let _ = writeln!(code, "from torch.optim.lr_scheduler import {}", classes(schedule).join(", "));
    }
    code.push_str("\n# `model`, `train_loader` and `compute_loss` are yours.\n");
    optimizer(recipe, &mut code);
    if let Some(schedule) = &recipe.schedule {
        let _ = writeln!(code, "scheduler = {}", on_optimizer(schedule));
    }
    code.push('\n');
    match recipe.run.unit {
        Unit::Epochs => {
            let _ = writeln!(code, "for epoch in range({}):", recipe.run.length);
            code.push_str("    for batch in train_loader:\n");
            train_step(recipe, &mut code);
            match recipe.schedule {
                Some(_) if plateau => code.push_str("    scheduler.step(validate(model))  # the validation loss\n"),
                Some(_) => code.push_str("    scheduler.step()  # counts epochs\n"),
                None => {}
            }
        }
        // A loop over steps ends when the schedule does, whatever the number of batches in an epoch.
        Unit::Steps => {
            code.push_str("step = 0\n");
            let _ = writeln!(code, "while step < {}:", recipe.run.length);
            code.push_str("    for batch in train_loader:\n");
            train_step(recipe, &mut code);
            if recipe.schedule.is_some() {
                code.push_str("        scheduler.step()  # counts optimizer steps\n");
            }
            code.push_str("        step += 1\n");
            let _ = writeln!(code, "        if step == {}:", recipe.run.length);
            code.push_str("            break\n");
        }
    }
    code
}

fn train_step(recipe: &Recipe, code: &mut String) {
    let mut line = |text: &str| {
        let _ = writeln!(code, "        {text}");
    };
    line("loss = compute_loss(model, batch)");
    line("optimizer.zero_grad()");
    line("loss.backward()");
    if let Some(norm) = recipe.clipping {
        line(&format!("torch.nn.utils.clip_grad_norm_(model.parameters(), {norm:?})"));
    }
    line("optimizer.step()");
}

fn optimizer(recipe: &Recipe, code: &mut String) {
    let optimizer = &recipe.optimizer;
    let settings = match optimizer.kind {
        OptimizerKind::Sgd => format!("momentum={:?}, weight_decay={:?}", optimizer.momentum, optimizer.weight_decay),
        _ => format!(
            "betas=({:?}, {:?}), weight_decay={:?}",
            optimizer.betas.0, optimizer.betas.1, optimizer.weight_decay
        ),
    };
    let class = optimizer.class();
    if let [_] = &recipe.groups[..] {
        let _ =
            writeln!(code, "optimizer = torch.optim.{class}(model.parameters(), lr={:?}, {settings})", optimizer.lr);
        return;
    }
    let _ = writeln!(code, "optimizer = torch.optim.{class}(\n    [");
    for group in &recipe.groups {
        let _ = writeln!(code, "        {{\"params\": model.{}.parameters(), \"lr\": {:?}}},", group.name, group.lr);
    }
    let _ = writeln!(code, "    ],\n    lr={:?},\n    {settings},\n)", optimizer.lr);
}

/// The names of the classes in a schedule, each once.
fn classes(schedule: &str) -> Vec<&str> {
    let mut classes: Vec<&str> = Vec::new();
    for (end, _) in schedule.match_indices('(') {
        let start = schedule[..end].rfind(|character: char| !character.is_ascii_alphanumeric()).map_or(0, |at| at + 1);
        if !classes.contains(&&schedule[start..end]) {
            classes.push(&schedule[start..end]);
        }
    }
    classes.sort_unstable();
    classes
}

/// The notation leaves the optimizer out; Python does not.
fn on_optimizer(schedule: &str) -> String {
    schedule.replace('(', "(optimizer, ")
}
