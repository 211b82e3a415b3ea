//! The playground: compose a schedule, see its LR at every step, race it against others, share it.
//!
//! ```text
//! link --> State (signal) --scheduler--> LR plot
//!             |  ^  fields and handles
//!             |  +---------------------- user
//!             +--Run--> Race --workers--> losses --> loss plot, counts
//! ```
//!
//! Views and state only: every LR comes from `scheduler`, every step of training from a worker that runs `trainer`.

mod app;
mod browser;
mod find_lr;
mod link;
mod plot;
mod race;
mod recorded;
mod state;
mod views;

fn main() {
    console_error_panic_hook::set_once();
    if let Some(shell) = browser::window().document().and_then(|document| document.get_element_by_id("shell")) {
        shell.remove();
    }
    leptos::mount::mount_to_body(app::App);
}
