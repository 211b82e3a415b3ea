//! Running other programs: what runs is shown, and a failure is one sentence.

use std::env;
use std::ffi::OsStr;
use std::io::{BufRead, BufReader, ErrorKind};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

/// A command without the variables that cargo sets for the program it runs (this one), which mean nothing to a child.
pub fn command(program: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new(program);
    for (name, _) in env::vars_os() {
        let Some(name) = name.to_str() else { continue };
        if name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_") || name.starts_with("CARGO_BIN_") {
            command.env_remove(name);
        }
    }
    command
}

/// Cargo, the same one that runs this program.
pub fn cargo() -> Command {
    command(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
}

/// Shows the command line, runs it with our terminal, and fails when it fails.
pub fn run(command: &mut Command) -> Result<()> {
    println!("$ {}", shown(command));
    let status = command.status().map_err(|error| not_started(command, &error))?;
    if !status.success() {
        bail!("`{}` failed ({status}).", shown(command));
    }
    Ok(())
}

/// Like [`run`], and keeps the lines in which test programs sum up their results.
pub fn run_collecting(command: &mut Command, results: &mut Vec<String>) -> Result<()> {
    println!("$ {}", shown(command));
    let mut child = command.stdout(Stdio::piped()).spawn().map_err(|error| not_started(command, &error))?;
    if let Some(stdout) = child.stdout.take() {
        for line in BufReader::new(stdout).split(b'\n') {
            let line = line.context("The output of the tests cannot be read.")?;
            let line = String::from_utf8_lossy(&line);
            println!("{line}");
            if line.starts_with("test result:") {
                results.push(line.into_owned());
            }
        }
    }
    let status = child.wait().context("The tests could not be waited for.")?;
    if !status.success() {
        bail!("`{}` failed ({status}).", shown(command));
    }
    Ok(())
}

/// Runs quietly and returns what it printed, or nothing when it cannot be started or fails.
pub fn output(command: &mut Command) -> Option<String> {
    let output = command.stdin(Stdio::null()).stderr(Stdio::null()).output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

/// The file of a program that is on `PATH`.
pub fn on_path(program: &str) -> Option<PathBuf> {
    find_in(program, &env::var_os("PATH")?)
}

/// The file of a program in the first folder of a list like `PATH` that holds it.
pub fn find_in(program: &str, path: &OsStr) -> Option<PathBuf> {
    let name = format!("{program}{}", env::consts::EXE_SUFFIX);
    env::split_paths(path).map(|folder| folder.join(&name)).find(|file| file.is_file())
}

/// `PATH` with folders put before what is there.
pub fn path_with(folders: &[PathBuf]) -> Result<std::ffi::OsString> {
    before(folders, &env::var_os("PATH").unwrap_or_default())
}

/// Folders put before what is in a list like `PATH`.
pub fn before(folders: &[PathBuf], path: &OsStr) -> Result<std::ffi::OsString> {
    env::join_paths(folders.iter().cloned().chain(env::split_paths(path)))
        .context("A folder of the tools has a name that cannot be on PATH.")
}

/// The sentence for a program that could not be started at all.
fn not_started(command: &Command, error: &std::io::Error) -> anyhow::Error {
    let program = Path::new(command.get_program()).display();
    match error.kind() {
        ErrorKind::NotFound => anyhow::anyhow!("`{program}` is needed and was not found on PATH."),
        _ => anyhow::anyhow!("`{program}` could not be started: {error}."),
    }
}

/// The command line as a person would type it.
fn shown(command: &Command) -> String {
    let program = Path::new(command.get_program());
    let name = program.file_stem().unwrap_or(program.as_os_str()).to_string_lossy().into_owned();
    let arguments = command.get_args().map(|argument| argument.to_string_lossy().into_owned());
    std::iter::once(name).chain(arguments).collect::<Vec<_>>().join(" ")
}
