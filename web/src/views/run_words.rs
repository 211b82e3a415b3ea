//! A run in words, and its data in numbers.

use scheduler::{Cadence, Data, Run};

/// Examples and batch; a number of batches is taken for examples in batches of 1.
pub fn examples(run: &Run) -> (usize, usize) {
    match run.horizon.data {
        Data::Examples { examples, batch, .. } => (examples, batch),
        Data::Batches(batches) => (batches, 1),
    }
}

/// Changes how much data there is, or how it is cut.
pub fn set_examples(run: &mut Run, new_examples: Option<usize>, new_batch: Option<usize>) {
    let (examples, batch) = examples(run);
    let drop_last = matches!(run.horizon.data, Data::Examples { drop_last: true, .. });
    let (examples, batch) = (new_examples.unwrap_or(examples), new_batch.unwrap_or(batch));
    run.horizon.data = Data::Examples { examples, batch, drop_last };
}

/// The length of the run, worked out.
pub fn words(run: &Run) -> String {
    let horizon = &run.horizon;
    let steps = horizon.steps();
    let calls = run.calls_before(steps);
    let unit = match run.cadence {
        Cadence::Epoch => "once per epoch",
        Cadence::Step => "after each optimizer step",
        Cadence::Batch => "after each batch",
    };
    format!(
        "{} batches and {} optimizer steps per epoch, {steps} steps in all. scheduler.step() runs {unit}: {calls} calls.",
        horizon.batches_per_epoch(),
        horizon.steps_per_epoch()
    )
}
