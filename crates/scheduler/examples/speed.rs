//! Time per LR of each schedule on the command line: `cargo run --release -p lrscope-scheduler --example speed -- N TEXT...`
//!
//! Prints one line per schedule: nanoseconds per LR by stepping and by random access, over N LRs each. `benches/
//! against_torch.py` runs it beside torch.

use std::hint::black_box;
use std::time::Instant;

use scheduler::{Optimizer, Scheduler, notation};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let count: usize = arguments.next().ok_or("how many LRs?")?.parse()?;
    for text in arguments {
        let schedule = notation::parse(&text)?;
        let mut optimizer = Optimizer::sgd(&[0.1], 0.9);
        let mut scheduler = Scheduler::new(&schedule, &mut optimizer)?;
        let start = Instant::now();
        for _ in 1..count {
            scheduler.step(&mut optimizer, None)?;
        }
        black_box(optimizer.lrs());
        let stepping = start.elapsed().as_secs_f64() / count as f64;

        let random = schedule.random_access(Optimizer::sgd(&[0.1], 0.9))?;
        let start = Instant::now();
        let mut sum = 0.0;
        for step in 0..count {
            sum += random.lr(black_box(step), 0)?;
        }
        black_box(sum);
        let access = start.elapsed().as_secs_f64() / count as f64;
        println!("{:.1}\t{:.1}\t{text}", stepping * 1e9, access * 1e9);
    }
    Ok(())
}
