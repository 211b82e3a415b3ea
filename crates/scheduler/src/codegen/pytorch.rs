//! A training loop in PyTorch.

use super::python::{Imports, imports, torch_call};
use super::{Program, Unsupported};

pub(super) fn write(program: &Program<'_>) -> Result<String, Unsupported> {
    let mut used = Imports::new();
    let call = torch_call(program.schedule, program, &mut used)?;
    let setup = format!("optimizer = {}\nscheduler = {call}\n", program.torch_optimizer());
    let head = imports(used, &setup);
    Ok(format!("{head}\n{setup}\n{}", training_loop(program)))
}

/// The loop, with `scheduler.step()` where it belongs.
fn training_loop(program: &Program<'_>) -> String {
    let epochs = program.epochs_text();
    let body = "        optimizer.zero_grad()\n        loss = compute_loss(model, batch)\n        loss.backward()\n        \
                optimizer.step()\n";
    let start = format!("for epoch in range({epochs}):\n    for batch in loader:\n{body}");
    match (program.schedule.needs_metric(), program.by_epoch()) {
        (true, true) => format!(
            "{start}    validation_loss = evaluate(model)\n    scheduler.step(validation_loss)  # once per epoch, with the \
             metric it watches\n"
        ),
        (true, false) => {
            format!(
                "{start}        scheduler.step(loss.item())  # once per optimizer step, with the metric it watches\n"
            )
        }
        (false, true) => format!("{start}    scheduler.step()  # once per epoch: the lengths above are epochs\n"),
        (false, false) => {
            format!(
                "{start}        scheduler.step()  # once per optimizer step: the lengths above are optimizer steps\n"
            )
        }
    }
}
