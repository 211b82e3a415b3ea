//! How far a race is, on the terminal.

use std::io::{IsTerminal, Write, stderr};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

/// A line on the standard error that is written over and over, where that is a terminal.
pub struct Progress {
    total: usize,
    done: AtomicUsize,
    shown: AtomicUsize,
    begin: Instant,
    visible: bool,
}

impl Progress {
    /// `total`: steps of single lanes.
    pub fn new(total: usize) -> Self {
        Self {
            total: total.max(1),
            done: AtomicUsize::new(0),
            shown: AtomicUsize::new(usize::MAX),
            begin: Instant::now(),
            visible: stderr().is_terminal(),
        }
    }

    /// Some more steps are done. Written once for each percent.
    pub fn add(&self, steps: usize) {
        let done = self.done.fetch_add(steps, Ordering::Relaxed) + steps;
        let percent = 100 * done / self.total;
        if !self.visible || self.shown.swap(percent, Ordering::Relaxed) == percent {
            return;
        }
        let elapsed = self.begin.elapsed().as_secs_f64();
        let left = elapsed * (self.total.saturating_sub(done)) as f64 / done.max(1) as f64;
        let speed = done as f64 / elapsed.max(1e-9);
        // If nobody can see it, there is nothing to do about it.
        let _ = write!(stderr(), "\r\x1b[K{percent:3} %, {speed:.0} lane-steps/s, {left:.0} s left");
    }

    /// Clears the line.
    pub fn end(&self) {
        if self.visible {
            let _ = write!(stderr(), "\r\x1b[K");
        }
    }
}
