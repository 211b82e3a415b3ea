//! The playground end to end: the built site, served below a sub-path, in a headless Chromium.
//!
//! Runs by `cargo xtask test`, which builds the site, finds the browser and turns these tests on. Screenshots of every
//! test are in `target/e2e`. Times are printed and never judged: machines differ.

mod gestures;
mod page;
mod server;
mod webdriver;

mod accessibility;
mod advise;
mod check;
mod composing;
mod faults;
mod find_lr;
mod first_view;
mod journeys;
mod learn;
mod links;
mod log;
mod navigation;
mod offline;
mod own_images;
mod pictures;
mod policy;
mod racing;
mod smoothness;
mod stories;
mod surface;
mod training;
