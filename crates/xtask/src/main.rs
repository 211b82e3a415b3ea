//! The tasks of this repository, called as `cargo xtask TASK`: serve the playground, build it, test everything.
//!
//! The only build script that people call. It installs what is missing, so a checkout needs rustup and a C compiler
//! and nothing else. It depends on nearly nothing, so that it is there within seconds.

mod apt;
mod axe;
mod bench;
mod browser;
mod files;
mod inline_scripts;
mod library;
mod npm;
mod offline;
mod paths;
mod process;
mod report;
mod serve;
mod site;
mod small;
mod stages;
mod test;
mod toolchain;
mod tools;
mod vulkan;
mod wasm_opt;
mod wheel;
mod workers;

use std::env;
use std::process::ExitCode;

use anyhow::{Context, Result, bail};

const HELP: &str = "\
The tasks of this repository.

  cargo xtask serve [--port N] [--release]   build the playground, serve it on http://127.0.0.1:8080, rebuild on edits
  cargo xtask build [--dev]                  build the static site into dist/
  cargo xtask test [--stage NAME]...         run all tests, or some stages of them
  cargo xtask bench --browser [--release-webgpu] [--only NAMES]
                                             time the trainer beside jax-js and TensorFlow.js in one browser
  cargo xtask wheel                          build the Python wheel of the command and try it in a fresh environment
  cargo xtask pictures                       take the pictures of the README
  cargo xtask tools                          only install what the other tasks need

Missing tools are installed into a cache folder (LRSCOPE_CACHE moves it), once for all checkouts.
";

fn main() -> ExitCode {
    match run(env::args().skip(1)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let causes: Vec<String> = error.chain().map(ToString::to_string).collect();
            eprintln!("error: {}", causes.join(" "));
            ExitCode::FAILURE
        }
    }
}

fn run(mut arguments: impl Iterator<Item = String>) -> Result<()> {
    let task = arguments.next().unwrap_or_default();
    let mut options = Options::default();
    while let Some(argument) = arguments.next() {
        match (task.as_str(), argument.as_str()) {
            ("serve", "--port") => options.port = port(arguments.next())?,
            ("serve", "--release") => options.release = true,
            // A site to be hosted is a release unless somebody is in a hurry.
            ("build", "--release") => options.dev = false,
            ("build", "--dev") => options.dev = true,
            ("test", "--stage") => options.stages.push(arguments.next().context("`--stage` needs a name.")?),
            ("bench", "--browser") => options.browser = true,
            ("bench", "--release-webgpu") => options.release_webgpu = true,
            ("bench", "--only") => {
                options.only = arguments.next().context("`--only` needs names, such as cpu,wasm.")?
            }
            _ => bail!("`cargo xtask {task}` does not know `{argument}`; `cargo xtask help` says what there is."),
        }
    }
    match task.as_str() {
        "serve" => serve::serve(options.port, options.release),
        "build" => site::build(!options.dev),
        "test" => test::test(&options.stages),
        "bench" if options.browser => bench::browser(options.release_webgpu, &options.only),
        "bench" => bail!("Say which bench: `cargo xtask bench --browser`."),
        "pictures" => stages::pictures(),
        "wheel" => wheel::build_and_try(),
        "tools" => test::install(),
        "finish" => site::finish(),
        "" | "help" | "--help" | "-h" => {
            print!("{HELP}");
            Ok(())
        }
        _ => bail!("There is no task `{task}`; `cargo xtask help` says which there are."),
    }
}

/// What the command line may say.
struct Options {
    port: u16,
    release: bool,
    dev: bool,
    stages: Vec<String>,
    browser: bool,
    release_webgpu: bool,
    only: String,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            port: 8080,
            release: false,
            dev: false,
            stages: Vec::new(),
            browser: false,
            release_webgpu: false,
            only: String::new(),
        }
    }
}

fn port(text: Option<String>) -> Result<u16> {
    let text = text.context("`--port` needs a number.")?;
    text.parse().ok().filter(|port| *port > 0).with_context(|| format!("`{text}` is not a port (1 to 65535)."))
}
