//! How the wasm that people wait for is built: as small as the compiler can make it.
//!
//! Measured on the lint engine, brotli: the standard library compiled for size and a panic that only traps take 7 % off.
//! The compiler offers both only to those who ask for unstable features, so we do, and only here: development builds and
//! tests never need them.
//! What wasm-bindgen makes of it then goes through [`crate::wasm_opt`].

use std::process::Command;

use crate::process::cargo;

/// The variables that ask for it, each read by cargo, whoever starts it.
///
/// * The standard library from source, for size; nothing prints where or why a panic happened: a worker that dies is told
///   by its trap, and all that a user can see of it is a sentence of the page. No derived `Debug` prints more than a name.
/// * Leptos' views without the types of what they are made of.
const VARIABLES: [(&str, &str); 4] = [
    ("RUSTC_BOOTSTRAP", "1"),
    ("CARGO_UNSTABLE_BUILD_STD", "std,panic_abort"),
    ("CARGO_UNSTABLE_BUILD_STD_FEATURES", "optimize_for_size"),
    (
        "CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUSTFLAGS",
        "-Zunstable-options -Cpanic=immediate-abort -Zlocation-detail=none -Zfmt-debug=shallow --cfg erase_components",
    ),
];

/// Makes a command build small wasm, also where it only calls cargo.
pub fn shrink(command: &mut Command) -> &mut Command {
    command.envs(VARIABLES)
}

/// Cargo without what [`shrink`] told the program that has called this one: for whatever is not wasm.
pub fn plain_cargo() -> Command {
    let mut cargo = cargo();
    for (name, _) in VARIABLES {
        cargo.env_remove(name);
    }
    cargo
}
