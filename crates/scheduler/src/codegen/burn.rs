//! Burn, in Rust: this crate's own scheduler behind Burn's trait, since Burn's classes are few and refuse an LR above 1.

use super::{Program, Unsupported};

pub(super) fn write(program: &Program<'_>) -> Result<String, Unsupported> {
    if program.optimizer.groups.len() > 1 {
        return Err(Unsupported("Burn's optimizers have one LR; write one scheduler for each group.".into()));
    }
    if program.schedule.needs_metric() {
        return Err(Unsupported(format!(
            "Burn steps its schedulers without a metric, which {} needs.",
            program.schedule.name()
        )));
    }
    let lr = program.optimizer.default_lr;
    let schedule = program.schedule.to_string().replace('\\', "\\\\").replace('"', "\\\"");
    let when = if program.by_epoch() {
        "// Once per epoch: the lengths above are epochs."
    } else {
        "// Once per optimizer step: the lengths above are optimizer steps."
    };
    let inner = "let grads = GradientsParams::from_grads(loss(&model, batch).backward(), &model);\n";
    let update = "model = optimizer.step(lr, model, grads);\n";
    let body = if program.by_epoch() {
        format!(
            "for epoch in 0..epochs {{\n    {when}\n    let lr = scheduler.step();\n    for batch in loader.iter() {{\n        {inner}        \
             {update}    }}\n}}\n"
        )
    } else {
        format!(
            "for epoch in 0..epochs {{\n    for batch in loader.iter() {{\n        {inner}        {when}\n        let lr = \
             scheduler.step();\n        {update}    }}\n}}\n"
        )
    };
    Ok(format!(
        "// Cargo.toml: lrscope-scheduler = {{ version = \"{}\", features = [\"burn\"] }}\nuse burn::lr_scheduler::LrScheduler;\nuse \
         burn::optim::GradientsParams;\nuse scheduler::burn::BurnScheduler;\n\nlet mut scheduler = BurnScheduler::parse(\"{schedule}\", \
         {lr:?})?;\n{body}",
        env!("CARGO_PKG_VERSION")
    ))
}
