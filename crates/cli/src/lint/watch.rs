//! Tells when something below the paths has changed.

use std::path::PathBuf;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::time::Duration;

use notify::{Event, EventKind, RecommendedWatcher, RecursiveMode, Watcher};

use crate::Failure;

/// An editor that saves makes several changes; they are taken as one when it has been quiet for so long.
const QUIET: Duration = Duration::from_millis(150);

/// A watch over paths.
pub struct Watch {
    events: Receiver<notify::Result<Event>>,
    // Ends when dropped.
    _watcher: RecommendedWatcher,
}

impl Watch {
    /// Starts to watch.
    ///
    /// # Errors
    /// When the system does not let us.
    pub fn new(paths: &[PathBuf]) -> Result<Self, Failure> {
        let (send, events) = mpsc::channel();
        let failure = |error: notify::Error| Failure::new(format!("Could not watch the files: {error}."));
        let mut watcher = notify::recommended_watcher(send).map_err(failure)?;
        for path in paths {
            watcher.watch(path, RecursiveMode::Recursive).map_err(failure)?;
        }
        Ok(Self { events, _watcher: watcher })
    }

    /// Waits until something has been written, made, renamed or removed.
    ///
    /// # Errors
    /// When the watch has ended.
    pub fn wait(&self) -> Result<(), Failure> {
        let is_change = |event: &notify::Result<Event>| {
            event.as_ref().is_ok_and(|event| !matches!(event.kind, EventKind::Access(_)))
        };
        loop {
            let event = self.events.recv().map_err(|_| Failure::new("The watch over the files has ended."))?;
            if !is_change(&event) {
                continue;
            }
            loop {
                match self.events.recv_timeout(QUIET) {
                    Ok(_) => {}
                    Err(RecvTimeoutError::Timeout) => return Ok(()),
                    Err(RecvTimeoutError::Disconnected) => {
                        return Err(Failure::new("The watch over the files has ended."));
                    }
                }
            }
        }
    }
}
