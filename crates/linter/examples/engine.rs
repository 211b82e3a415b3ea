//! The lint engine as a WebAssembly module, to see what it weighs:
//!
//! ```sh
//! cargo build -p lrscope-linter --example engine --target wasm32-unknown-unknown --profile release-page
//! cd target/wasm32-unknown-unknown/release-page/examples
//! wasm-opt -Oz --low-memory-unused --one-caller-inline-max-function-size=1 --reorder-functions-by-name --all-features --strip-producers --flatten --rereloop -Oz -Oz engine.wasm -o engine.min.wasm
//! brotli -q 11 -c engine.min.wasm | wc -c
//! ```
//!
//! Built so, it holds texts of the rules that only tests need. As the site is built (`xtask/src/small.rs`), without them, it is
//! some 391 kB, and with them 21 kB more. The parser is 66 kB of it.
//!
//! The page uses the same crate through its own bindings; here are the fewest that keep all of it in.
#![expect(unsafe_code, reason = "what is called from outside needs a plain name")]

use linter::Document;

/// Lints a source in memory and returns how many bytes of JSON there are; 0 where it cannot be read.
///
/// # Safety
/// The source must be at `start` and `length` bytes long.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lint(start: *const u8, length: usize, notebook: bool) -> usize {
    // SAFETY: the caller says where it has put the source.
    let bytes = unsafe { std::slice::from_raw_parts(start, length) };
    let name = if notebook { "a.ipynb" } else { "a.py" };
    let Ok(document) = Document::read(name, bytes) else { return 0 };
    let Ok(linted) = linter::lint(&document) else { return 0 };
    let fixed = document.fixed(linted.findings.iter().filter_map(|finding| finding.fix.as_ref())).0;
    let findings: Vec<serde_json::Value> = linted
        .findings
        .iter()
        .map(|finding| {
            serde_json::json!({
                "rule": finding.rule.name,
                "what": finding.what,
                "why": finding.why,
                "help": finding.help,
                "start": finding.span.start,
                "end": finding.span.end,
                "written": finding.effect.as_ref().map(|effect| &effect.written),
                "intended": finding.effect.as_ref().map(|effect| &effect.intended),
            })
        })
        .collect();
    serde_json::to_string(&findings).map_or(0, |json| json.len() + fixed.len())
}
