//! The playground: compose a schedule, see its LR at every step, race it against others, share it.
//!
//! ```text
//! link --> State (signal) --traces (scheduler)--> LR plot, momentum, areas
//!             |  ^   |  +--judge (advisor)------> findings with fixes
//!             |  |   +-----compose--------------> blocks
//!             |  +-- fields, blocks, handles, undo <-- user
//!             +--Run--> Race --workers--> losses --> loss plot, counts, history
//! ```
//!
//! Views and state only: every LR comes from `scheduler`, every step of training from a worker that runs `trainer`.

mod app;
mod browser;
mod compose;
mod demo;
mod judge;
mod link;
mod parts;
mod plot;
mod race;
mod recorded;
mod session;
mod state;
mod traces;
mod views;

fn main() {
    console_error_panic_hook::set_once();
    if let Some(shell) = browser::window().document().and_then(|document| document.get_element_by_id("shell")) {
        shell.remove();
    }
    leptos::mount::mount_to_body(app::App);
}
