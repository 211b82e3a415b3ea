//! The page: a playground to compose a schedule, see its LR at every step, race it against others and share it; and views
//! to check code, read logs, get advice and look things up.
//!
//! ```text
//! link --> State (signal) --traces (scheduler)--> LR plot, momentum, areas
//!             |  ^   |  +--judge (advisor)------> findings with fixes
//!             |  |   +-----compose--------------> blocks
//!             |  +-- fields, blocks, handles, undo <-- user
//!             +--Run--> Race --workers--> losses --> loss plot, counts, history
//!
//! code, log, situation --Question--> tools' worker --Answer--> findings, diagnosis, recipe
//!                                                              |
//!                           a link with a lane <--------------+
//! ```
//!
//! Views and state only: every LR comes from `scheduler`, every step of training from a worker that runs `trainer`, every
//! judgement from a worker that runs `linter` and `advisor`.
//!
//! * `app`: the shell with the navigation; `view`: the views and their links.
//! * `race_view`, `views`, `race`: the race; `surface`: what its models say of the plane.
//! * `check`, `advise`, `log`, `learn`: a folder for each tool; `ask`: their worker.

mod advise;
mod app;
mod ask;
mod browser;
mod chart;
mod check;
mod compose;
mod files;
mod find_lr;
mod judge;
mod learn;
mod link;
mod log;
mod parts;
mod plot;
mod prose;
mod race;
mod race_view;
mod recorded;
mod session;
mod state;
#[cfg(debug_assertions)]
mod stories;
mod surface;
mod traces;
mod view;
mod views;

fn main() {
    console_error_panic_hook::set_once();
    if let Some(shell) = browser::window().document().and_then(|document| document.get_element_by_id("shell")) {
        shell.remove();
    }
    #[cfg(debug_assertions)]
    if browser::fragment() == "stories" {
        return leptos::mount::mount_to_body(stories::Stories);
    }
    leptos::mount::mount_to_body(app::App);
    files::keep_offline();
}
