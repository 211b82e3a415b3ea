//! The parts of the page.

mod fields;
mod header;
mod loss_plot;
mod lr_plot;
mod notices;
mod outcomes;
mod run_bar;
mod schedules;
mod settings;
mod share;

pub use fields::Field;
pub use header::Header;
pub use loss_plot::LossPlot;
pub use lr_plot::LrPlot;
pub use notices::Notices;
pub use outcomes::Outcomes;
pub use run_bar::RunBar;
pub use schedules::Schedules;
pub use settings::Settings;
pub use share::Share;
