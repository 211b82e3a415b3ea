//! The body of a function of the step: it is read or refused, and every call ends in a number or an error.

#![no_main]

use libfuzzer_sys::fuzz_target;
use scheduler::{Optimizer, curve, notation};

fuzz_target!(|body: &str| {
    let Ok(schedule) = notation::parse(&format!("LambdaLR(lambda step: {body})")) else { return };
    let _ = curve(&schedule, Optimizer::sgd(&[0.1], 0.9), 20, &[]);
    if let Ok(random) = schedule.random_access(Optimizer::sgd(&[0.1], 0.9)) {
        for step in [0, 1, 2, 1000, i64::MAX as usize] {
            let _ = random.lr(step, 0);
        }
    }
});
