//! Notebooks that are not as they should be.

use linter::{Document, lint};

/// A notebook with one cell of code.
fn notebook(code: &str) -> Document {
    let cell = serde_json::json!({ "cell_type": "code", "source": code });
    let json = serde_json::json!({ "cells": [cell], "metadata": {}, "nbformat": 4 }).to_string();
    Document::read("a.ipynb", json.as_bytes()).unwrap()
}

/// Found by fuzzing: the bracket that is closed wrongly lets the parser meet a command of IPython within a call.
#[test]
fn what_the_parser_gives_up_on_is_a_syntax_error() {
    let document = notebook(
        "import torch\nfor e in range(90):\n    s.step(e <= args(s.get_lr())\n    f]or b in loader:\n        opt:\n,)\n",
    );
    let error = lint(&document).unwrap_err();
    assert!(error.message.starts_with("Syntax error: "), "{}", error.message);
}

#[test]
fn commands_of_ipython_are_read() {
    for code in
        ["%matplotlib inline\n!pip install torch )\nx = !ls\n?torch\ntorch?\n", ",print a b\n;print a\n/print 1\n"]
    {
        assert!(lint(&notebook(code)).is_ok(), "{code}");
    }
}
