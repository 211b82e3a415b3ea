//! A race goes on while its tab is hidden: whoever comes back sees where it is, and is told what they have missed.

use leptos::prelude::*;

use super::Race;

impl Race {
    /// Notes what is trained while the page cannot be seen, and shows it at once when it can.
    pub(super) fn watch_visibility(self) {
        let listener = window_event_listener_untyped("visibilitychange", move |_| {
            let received = self.results.with_untracked(|results| results.received());
            if document().hidden() {
                self.team.update_value(|team| team.hidden_at = Some(received));
            } else if let Some(from) = self.team.try_update_value(|team| team.hidden_at.take()).flatten() {
                self.tick();
                self.unseen.set((received > from).then_some((from, received)));
            }
        });
        on_cleanup(move || listener.remove());
    }
}
