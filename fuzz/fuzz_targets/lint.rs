//! Sources of every kind: they are read or refused with a sentence, linted in bounded time, and mended into something
//! that can still be read.
//!
//! The first byte of the input chooses what the rest is: a Python file, a notebook, a config, or the code of a notebook.

#![no_main]

use libfuzzer_sys::fuzz_target;
use linter::{Document, lint, may_concern};

const NAMES: [&str; 4] = ["a.py", "a.ipynb", "a.yaml", "a.json"];

fuzz_target!(|bytes: &[u8]| {
    let Some((kind, rest)) = bytes.split_first() else { return };
    let kind = usize::from(*kind) % (NAMES.len() + 1);
    let (name, wrapped);
    let source = match NAMES.get(kind) {
        Some(of_file) => {
            name = *of_file;
            rest
        }
        None => {
            name = "a.ipynb";
            let Ok(code) = std::str::from_utf8(rest) else { return };
            let cell = serde_json::json!({ "cell_type": "code", "source": code });
            wrapped = serde_json::json!({ "cells": [cell], "metadata": {}, "nbformat": 4 }).to_string();
            wrapped.as_bytes()
        }
    };
    let _ = may_concern(name, source);
    let document = match Document::read(name, source) {
        Ok(document) => document,
        Err(refused) => return assert!(!refused.message.is_empty()),
    };
    // The parser is known to panic on some notebooks with syntax errors, which the engine catches and this fuzzer does not
    // let it.
    if name == "a.ipynb" && lint(&Document::python(document.code.as_str())).is_err() {
        return;
    }
    let Ok(linted) = lint(&document) else { return };
    for finding in &linted.findings {
        let (start, end) = (finding.span.start as usize, finding.span.end as usize);
        assert!(start <= end && document.code.get(start..end).is_some(), "{start}..{end}");
        assert!(!finding.what.is_empty() && !finding.help.is_empty());
    }
    let (fixed, applied) = document.fixed(linted.findings.iter().filter_map(|finding| finding.fix.as_ref()));
    if applied == 0 {
        return;
    }
    let fixed = Document::read(name, fixed.as_bytes()).expect("what was mended can be read");
    assert!(lint(&fixed).is_ok(), "{}", fixed.code);
});
