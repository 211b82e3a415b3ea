//! Vulkan computed in software, for the tests of training on a GPU: Chromium brings it along.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::Result;

use crate::browser;

/// Names the driver to Vulkan's loader.
const DRIVER_VARIABLE: &str = "VK_ICD_FILENAMES";
/// The file that describes the driver.
const DRIVER: &str = "vk_swiftshader_icd.json";

/// Where systems put the files of Chromium and Chrome, whose program on `PATH` may be a script elsewhere.
const FOLDERS: [&str; 4] =
    ["/usr/lib/chromium", "/usr/lib/chromium-browser", "/usr/lib64/chromium-browser", "/opt/google/chrome"];

/// Makes a command see the driver in Chromium's folder, unless somebody has named another one. Where there is no such
/// folder it sees what the system has: a test that needs a GPU then fails without one.
pub fn in_software(command: &mut Command) -> Result<&mut Command> {
    if env::var_os(DRIVER_VARIABLE).is_some() {
        return Ok(command);
    }
    let program = browser::ensure()?.program;
    let beside = program.canonicalize().ok().and_then(|program| program.parent().map(Path::to_path_buf));
    let has_driver = |folder: &PathBuf| folder.join(DRIVER).is_file();
    if let Some(folder) = beside.into_iter().chain(FOLDERS.map(PathBuf::from)).find(has_driver) {
        command.env(DRIVER_VARIABLE, folder.join(DRIVER));
        // The loader itself may be missing, too.
        let libraries = env::var_os("LD_LIBRARY_PATH").unwrap_or_default();
        let libraries = [folder].into_iter().chain(env::split_paths(&libraries));
        command.env("LD_LIBRARY_PATH", env::join_paths(libraries)?);
    }
    Ok(command)
}
