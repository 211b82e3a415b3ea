//! Constructor text: it is read or refused; what is read is written, read again as the same, stepped, found at random
//! steps, turned into a formula and exported, without a panic and in bounded time.

#![no_main]

use libfuzzer_sys::fuzz_target;
use scheduler::codegen::{Program, Target};
use scheduler::{Cadence, Optimizer, curve, notation};

fuzz_target!(|text: &str| {
    let Ok(schedule) = notation::parse(text) else { return };
    let written = schedule.to_string();
    // Text near the limits may be longer when it is written out, or nest deeper.
    match notation::parse(&written) {
        // As text, since a schedule may hold NaN. The two zeros are one value, and a default is left out.
        Ok(again) => {
            let plain = |schedule| format!("{schedule:?}").replace("-0.0", "0.0");
            assert_eq!(plain(again), plain(schedule.clone()), "{written}");
        }
        Err(_) => assert!(written.len() > notation::MAX_LENGTH / 2 || text.len() > 64, "{written}"),
    }
    let optimizer = Optimizer::sgd(&[0.1, 0.01], 0.9);
    let stepped = curve(&schedule, optimizer.clone(), 50, &[1.0, f64::NAN, 0.5]);
    assert!(stepped.lrs.len() <= 50);
    if let Ok(random) = schedule.random_access(optimizer.clone()) {
        for step in [0, 1, 7, 49, 1 << 20] {
            if step < 50 || random.is_constant_time(step) {
                let _ = random.lr(step, 1);
            }
        }
    }
    if let Some(formula) = schedule.formula(&optimizer, 0) {
        let _ = formula.at(3, 0.1);
    }
    let program =
        Program { schedule: &schedule, optimizer: &optimizer, cadence: Cadence::Step, epochs: None, steps: Some(50) };
    for (_, target) in Target::ALL {
        let _ = program.write(target);
    }
});
