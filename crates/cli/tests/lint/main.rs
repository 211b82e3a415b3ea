//! What a user of `lrscope lint` and `lrscope rule` sees.

#[path = "../common/mod.rs"]
mod common;

mod baseline;
mod choices;
mod configs;
mod files;
mod fixes;
mod formats;
mod imports;
mod rules;
mod settings;

use std::path::Path;

use advisor::{Rule, rules::find};

/// Writes files below a folder.
fn write(folder: &Path, files: &[(&str, &str)]) {
    for (name, content) in files {
        let path = folder.join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, content.trim_start_matches('\n')).unwrap();
    }
}

fn plateau() -> &'static Rule {
    find("plateau-without-metric").unwrap()
}

fn order() -> &'static Rule {
    find("scheduler-step-before-optimizer-step").unwrap()
}
