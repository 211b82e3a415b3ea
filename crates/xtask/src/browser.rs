//! Chromium and its driver, which the browser tests need.

use std::path::PathBuf;

use anyhow::{Context, Result, bail};

use crate::apt;
use crate::process::on_path;

/// Names under which systems install Chromium or Chrome.
const BROWSERS: [&str; 4] = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

/// A browser and the driver that remote-controls it.
pub struct Browser {
    /// Chromium or Chrome.
    pub program: PathBuf,
    /// chromedriver, of the same version.
    pub driver: PathBuf,
}

/// Finds the browser, or installs it where we may.
pub fn ensure() -> Result<Browser> {
    if let Some(browser) = find() {
        return Ok(browser);
    }
    if apt::available() {
        apt::install(&["chromium", "chromium-driver"])
            .context("The browser tests need Chromium and chromedriver: install both and put them on PATH.")?;
    }
    match find() {
        Some(browser) => Ok(browser),
        None => bail!(
            "The browser tests need Chromium (or Chrome) and chromedriver on PATH: install both \
             (Debian: `apt-get install chromium chromium-driver`)."
        ),
    }
}

fn find() -> Option<Browser> {
    Some(Browser { program: BROWSERS.iter().find_map(|name| on_path(name))?, driver: on_path("chromedriver")? })
}
