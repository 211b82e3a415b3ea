//! Tells the service worker which files it has to keep, and gives it a version that changes with them.

use std::fs;
use std::hash::{DefaultHasher, Hasher};
use std::path::Path;

use anyhow::{Context, Result, bail};

use crate::files::{read, read_text, write};

/// The service worker in the site.
const WORKER: &str = "service-worker.js";
/// The lines of it that are filled in.
const VERSION: &str = "const VERSION = \"\";";
const FILES: &str = "const FILES = [];";
/// What is not kept before it is used: the largest worker by far, and what only machines read.
const LEFT_OUT: [&str; 4] = ["webgpu-worker", "robots.txt", WORKER, "index.html"];

/// Fills in the service worker of a site.
pub fn list_files(site: &Path) -> Result<()> {
    let mut files = Vec::new();
    collect(site, "", &mut files)?;
    files.sort();
    let mut hasher = DefaultHasher::new();
    for file in &files {
        hasher.write(file.as_bytes());
        hasher.write(&read(&site.join(file))?);
    }
    // The page under the address that it is opened by, and what it asks the workers by.
    let workers = read_text(&site.join("workers.json"))?;
    let addresses = files.iter().map(|file| address(file, &workers));
    let kept: Vec<String> = std::iter::once("\"./\"".to_owned())
        .chain(addresses.map(|address| format!("\"./{address}\"")))
        .filter(|address| !LEFT_OUT.iter().any(|name| address.contains(name)))
        .collect();
    let script = site.join(WORKER);
    let template = read_text(&script)?;
    if !(template.contains(VERSION) && template.contains(FILES)) {
        bail!("{} lacks the lines that are filled in.", script.display());
    }
    let filled = template
        .replace(VERSION, &format!("const VERSION = \"{:016x}\";", hasher.finish()))
        .replace(FILES, &format!("const FILES = [\n  {},\n];", kept.join(",\n  ")));
    // Trunk may have linked the template itself.
    fs::remove_file(&script).with_context(|| format!("{} cannot be replaced.", script.display()))?;
    write(&script, filled.as_bytes())
}

/// All files below a folder, with `/` between the parts of their names.
fn collect(folder: &Path, prefix: &str, files: &mut Vec<String>) -> Result<()> {
    let entries = fs::read_dir(folder).with_context(|| format!("The folder {} cannot be read.", folder.display()))?;
    for entry in entries {
        let entry = entry.with_context(|| format!("The folder {} cannot be read.", folder.display()))?;
        let name = format!("{prefix}{}", entry.file_name().to_string_lossy());
        if entry.path().is_dir() {
            collect(&entry.path(), &format!("{name}/"), files)?;
        } else {
            files.push(name);
        }
    }
    Ok(())
}

/// The address by which a file is asked for: those of workers carry the version that `workers.json` has.
fn address(file: &str, workers: &str) -> String {
    let worker = file.strip_suffix("_bg.wasm").or_else(|| file.strip_suffix(".js")).unwrap_or(file);
    let version = workers
        .split_once(&format!("\"{worker}\":"))
        .and_then(|(_, entry)| entry.split_once("\"version\":\""))
        .and_then(|(_, rest)| rest.split_once('"'))
        .map(|(version, _)| version);
    version.map_or_else(|| file.to_owned(), |version| format!("{file}?v={version}"))
}

#[cfg(test)]
mod tests {
    use super::address;

    #[test]
    fn workers_have_their_version() {
        let workers = r#"{"cpu-worker":{"bytes":1,"version":"0a"},"tools-worker":{"bytes":2,"version":"0b"}}"#;
        assert_eq!(address("tools-worker_bg.wasm", workers), "tools-worker_bg.wasm?v=0b");
        assert_eq!(address("cpu-worker.js", workers), "cpu-worker.js?v=0a");
        assert_eq!(address("page-0123456789abcdef_bg.wasm", workers), "page-0123456789abcdef_bg.wasm");
        assert_eq!(address("trainer-worker.js", workers), "trainer-worker.js");
    }
}
