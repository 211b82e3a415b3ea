//! The Trainer of transformers: arguments where `lr_scheduler_type` has the schedule, else a scheduler handed to it.

use super::python::{Imports, imports, torch_call};
use super::{Program, Unsupported};
use crate::class::Library;
use crate::schedule::Schedule;
use crate::transformers::scheduler_type;

pub(super) fn write(program: &Program<'_>) -> Result<String, Unsupported> {
    if program.by_epoch() {
        return Err(Unsupported(
            "The Trainer steps its scheduler once per optimizer step; write the lengths of the schedule in optimizer steps."
                .into(),
        ));
    }
    let class = program.schedule.class();
    if class.library == Library::Transformers
        && let Some(name) = scheduler_type(class.name)
    {
        return Ok(training_arguments(program, name));
    }
    if program.schedule.needs_metric() {
        return Err(Unsupported(
            "The Trainer steps a plateau scheduler after each evaluation and only by lr_scheduler_type=\
             \"reduce_lr_on_plateau\"; set that, with an eval_strategy, and lr_scheduler_kwargs for its parameters."
                .into(),
        ));
    }
    let mut used = Imports::new();
    let call = torch_call(program.schedule, program, &mut used)?;
    let setup = format!("optimizer = {}\nscheduler = {call}\n", program.torch_optimizer());
    let head = imports(used, &setup);
    let steps = program.steps.map_or("steps".to_owned(), |steps| steps.to_string());
    Ok(format!(
        "{head}from transformers import Trainer, TrainingArguments\n\n{setup}\n# The Trainer steps the scheduler once per \
         optimizer step.\ntrainer = Trainer(\n    model=model,\n    args=TrainingArguments(output_dir=\"out\", max_steps={steps}),\n    \
         train_dataset=train_dataset,\n    optimizers=(optimizer, scheduler),\n)\ntrainer.train()\n"
    ))
}

/// The arguments of the schedule, told from the warmup and the length, which the Trainer knows by other names.
fn training_arguments(program: &Program<'_>, name: &str) -> String {
    let text = program.schedule.to_string();
    let arguments = text.split_once('(').map_or("", |(_, arguments)| arguments).trim_end_matches(')');
    let (mut warmup, mut total, mut specific) = (None, None, Vec::new());
    for argument in split(arguments) {
        match argument.split_once('=') {
            Some(("num_warmup_steps", steps)) => warmup = Some(steps.to_owned()),
            Some(("num_training_steps", steps)) => total = Some(steps.to_owned()),
            Some((key, value)) => specific.push(format!("\"{key}\": {value}")),
            None => {}
        }
    }
    let lr = program.optimizer.default_lr;
    let steps = total.or_else(|| program.steps.map(|steps| steps.to_string())).unwrap_or_else(|| "steps".into());
    let mut lines = vec![
        "    output_dir=\"out\",".to_owned(),
        format!("    learning_rate={lr:?},"),
        format!("    max_steps={steps},"),
        format!("    lr_scheduler_type=\"{name}\","),
    ];
    lines.extend(warmup.map(|steps| format!("    warmup_steps={steps},")));
    if matches!(program.schedule, Schedule::GreedyLR(_)) {
        lines.push("    eval_strategy=\"epoch\",".into());
    }
    if !specific.is_empty() {
        lines.push(format!("    lr_scheduler_kwargs={{{}}},", specific.join(", ")));
    }
    format!(
        "from transformers import Trainer, TrainingArguments\n\narguments = TrainingArguments(\n{}\n)\n# The Trainer steps the \
         scheduler once per optimizer step.\ntrainer = Trainer(model=model, args=arguments, train_dataset=train_dataset)\n\
         trainer.train()\n",
        lines.join("\n")
    )
}

/// Arguments at the outermost level.
fn split(arguments: &str) -> Vec<&str> {
    let (mut depth, mut start, mut parts) = (0, 0, Vec::new());
    for (index, character) in arguments.char_indices() {
        match character {
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' => depth -= 1,
            ',' if depth == 0 => {
                parts.push(arguments[start..index].trim());
                start = index + 1;
            }
            _ => {}
        }
    }
    parts.push(arguments[start..].trim());
    parts
}
