//! The texts to look up, as a file beside the page: most visitors never need them.

use std::path::Path;

use anyhow::{Context, Result, bail};

use crate::files::write;
use crate::paths;
use crate::small::plain_cargo;

/// The file in the site.
const FILE: &str = "library.postcard";

/// Writes the texts into the site.
pub fn add_to_site(site: &Path) -> Result<()> {
    let mut library = plain_cargo();
    library
        .current_dir(paths::root())
        .args(["run", "--quiet", "--package", "lrscope-tools", "--bin", "library"])
        .args(["--no-default-features", "--features", "library"]);
    println!("Writing {FILE}.");
    let written = library.stderr(std::process::Stdio::inherit()).output().context("cargo could not be started.")?;
    if !written.status.success() {
        bail!("{FILE} could not be made ({}).", written.status);
    }
    write(&site.join(FILE), &written.stdout)
}
