//! `configure_optimizers` of a LightningModule.

use super::python::{Imports, imports, indented, torch_call};
use super::{Program, Unsupported};

pub(super) fn write(program: &Program<'_>) -> Result<String, Unsupported> {
    let mut used = Imports::new();
    let call = torch_call(program.schedule, program, &mut used)?;
    let optimizer = program.torch_optimizer().replace("model.parameters()", "self.parameters()");
    let optimizer = optimizer.replace("parameters[", "self.parameter_groups()[");
    let interval = if program.by_epoch() { "epoch" } else { "step" };
    // Lightning calls a plateau scheduler with the metric of that name.
    let monitor = if program.schedule.needs_metric() { "                \"monitor\": \"val_loss\",\n" } else { "" };
    let body = format!(
        "    def configure_optimizers(self):\n        optimizer = {}\n        scheduler = {}\n        return {{\n            \
         \"optimizer\": optimizer,\n            \"lr_scheduler\": {{\n                \"scheduler\": scheduler,\n                \
         \"interval\": \"{interval}\",\n{monitor}            }},\n        }}\n",
        indented(&optimizer, 8),
        indented(&call, 8),
    );
    let head = imports(used, &body).replace("import torch\n", "import lightning\nimport torch\n");
    Ok(format!("{head}\n\nclass Model(lightning.LightningModule):\n{body}"))
}
