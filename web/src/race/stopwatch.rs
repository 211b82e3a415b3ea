//! How fast a race trains.

/// Measures steps per second. Loading, compiling and waiting do not count as training.
#[derive(Default)]
pub(super) struct Stopwatch {
    /// When the first steps had been reported, in milliseconds, and how many those were.
    started: Option<(f64, usize)>,
    /// Milliseconds spent waiting, for the user or for what is shown.
    waited: f64,
    waits_since: Option<f64>,
}

impl Stopwatch {
    /// Steps per second until now, where that can be told. `trained`: steps that the workers of the moment have made
    /// themselves, 0 as long as one of them has made none.
    pub(super) fn read(&mut self, now: f64, trained: usize) -> Option<f64> {
        if trained == 0 {
            return None;
        }
        let (started, before) = *self.started.get_or_insert((now, trained));
        let (elapsed, made) = (now - started - self.waited, trained.saturating_sub(before));
        (elapsed > 0.0 && made > 0).then(|| made as f64 * 1000.0 / elapsed)
    }

    /// Begins anew, for other workers.
    pub(super) fn restart(&mut self, now: f64) {
        let waits_since = self.waits_since.map(|_| now);
        *self = Self { waits_since, ..Self::default() };
    }

    /// Stands still, or goes on. Returns false where it did so already.
    pub(super) fn hold(&mut self, hold: bool, now: f64) -> bool {
        if self.waits_since.is_some() == hold {
            return false;
        }
        match (self.waits_since.take(), self.started) {
            (Some(since), Some((started, _))) => self.waited += now - since.max(started),
            (Some(_), None) => {}
            (None, _) => self.waits_since = Some(now),
        }
        true
    }

    /// Whether it stands still.
    pub(super) fn is_held(&self) -> bool {
        self.waits_since.is_some()
    }
}
