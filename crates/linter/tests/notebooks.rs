//! Notebooks that are not as they should be.

use linter::{Document, lint};

/// A notebook with one cell of code.
fn notebook(code: &str) -> Document {
    notebook_of(&[code])
}

fn notebook_of(cells: &[&str]) -> Document {
    let cell = |code: &&str| serde_json::json!({ "cell_type": "code", "source": code });
    let cells: Vec<_> = cells.iter().map(cell).collect();
    let json = serde_json::json!({ "cells": cells, "metadata": {}, "nbformat": 4 }).to_string();
    Document::read("a.ipynb", json.as_bytes()).unwrap()
}

/// What is found, each as the number of its cell and its rule.
fn found(cells: &[&str]) -> Vec<(usize, &'static str)> {
    let document = notebook_of(cells);
    let linted = lint(&document).unwrap();
    let cell = |at: u32| document.code.get(..at as usize).unwrap_or_default();
    let ends: Vec<usize> = cells.iter().map(|code| code.len() + 1).collect();
    let number = |at: usize| {
        let mut end = 0;
        ends.iter()
            .take_while(|length| {
                end += **length;
                end <= at
            })
            .count()
            + 1
    };
    linted.findings.iter().map(|finding| (number(cell(finding.span.start).len()), finding.rule.name)).collect()
}

const SETUP: &str = "import torch\noptimizer = torch.optim.SGD(model.parameters(), lr=0.1)\n\
                     scheduler = torch.optim.lr_scheduler.StepLR(optimizer, 30, verbose=True)\nscheduler.step()\n";

/// People try things in notebooks, and what does not parse does not keep the rest from being read.
#[test]
fn a_broken_cell_is_told_and_the_others_are_read() {
    let told = found(&["def load_his\n", SETUP, "print('a' 'b'\n", SETUP]);
    assert_eq!(
        told.iter().filter(|(_, rule)| *rule == "unreadable-source").map(|(cell, _)| *cell).collect::<Vec<_>>(),
        [1, 3]
    );
    let removed: Vec<usize> =
        told.iter().filter(|(_, rule)| *rule == "removed-verbose-argument").map(|(cell, _)| *cell).collect();
    assert_eq!(removed, [2, 4]);
    let broken = ["x = (\n"; 12];
    assert!(lint(&notebook_of(&broken)).is_err(), "a notebook of nothing else is none");
}

/// IPython takes them without their percent sign, and takes the beginning of a cell back to the margin.
#[test]
fn bare_commands_and_indented_ones_are_read() {
    let told = found(&["pip install timm", " ! pip install -q kaggle", "cd /content/drive\nls\n", SETUP]);
    assert_eq!(told.iter().map(|(cell, _)| *cell).min(), Some(4), "{told:?}");
}

/// Found by fuzzing: the bracket that is closed wrongly lets the parser meet a command of IPython within a call.
#[test]
fn what_the_parser_gives_up_on_is_a_syntax_error() {
    let document = notebook(
        "import torch\nfor e in range(90):\n    s.step(e <= args(s.get_lr())\n    f]or b in loader:\n        opt:\n,)\n",
    );
    let told = match lint(&document) {
        Ok(linted) => linted.findings[0].what.clone(),
        Err(problem) => problem.message,
    };
    assert!(told.starts_with("Syntax error: "), "{told}");
}

#[test]
fn commands_of_ipython_are_read() {
    for code in
        ["%matplotlib inline\n!pip install torch )\nx = !ls\n?torch\ntorch?\n", ",print a b\n;print a\n/print 1\n"]
    {
        assert!(lint(&notebook(code)).is_ok(), "{code}");
    }
}
