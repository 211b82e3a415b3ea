//! Fixes, as they are shown and as they are made.

use crate::common::{folder, lrscope, seen};
use crate::{order, plateau, write};

/// A notebook with these cells.
fn notebook(cells: &[&str]) -> String {
    let cell = |source: &&str| {
        let lines: Vec<&str> = source.split_inclusive('\n').collect();
        serde_json::json!({"cell_type": "code", "execution_count": null, "metadata": {}, "outputs": [], "source": lines})
    };
    let notebook = serde_json::json!({
        "cells": cells.iter().map(cell).collect::<Vec<_>>(),
        "metadata": {"language_info": {"name": "python"}},
        "nbformat": 4,
        "nbformat_minor": 5,
    });
    serde_json::to_string_pretty(&notebook).unwrap() + "\n"
}

#[test]
fn fixes_are_shown_then_made() {
    let folder = folder("fixes");
    write(&folder, &[("a.py", order().docs.example), ("b.py", plateau().docs.example)]);
    insta::assert_snapshot!("diff", seen(&lrscope(&folder, &["lint", "--diff", "--unsafe-fixes"])));
    // Nothing that should be looked at is done without being asked for.
    let before = std::fs::read_to_string(folder.join("a.py")).unwrap();
    assert_eq!(lrscope(&folder, &["lint", "--fix"]).status.code(), Some(1));
    assert_eq!(lrscope(&folder, &["lint", "--diff"]).status.code(), Some(0));
    assert_eq!(std::fs::read_to_string(folder.join("a.py")).unwrap(), before);
    let fixed = lrscope(&folder, &["lint", "--fix", "--unsafe-fixes", "--format", "concise"]);
    insta::assert_snapshot!("fixed", seen(&fixed));
    let expected = order().docs.instead.trim_start();
    assert_eq!(std::fs::read_to_string(folder.join("a.py")).unwrap(), expected);
    let only = lrscope(&folder, &["lint", "--fix-only", "--unsafe-fixes"]);
    assert_eq!((only.status.code(), &only.stdout[..]), (Some(0), &b"Fixed 0 problems.\n"[..]));
}

#[test]
fn notebooks_are_linted_and_fixed_by_cell() {
    let folder = folder("notebooks");
    let (setup, training) = order().docs.example.trim_start().split_once("for epoch").unwrap();
    let loops = format!("%%time\nfor epoch{training}");
    let before =
        notebook(&["%matplotlib inline\n!pip install torch", setup, "%%bash\nls", &loops, "scheduler.get_last_lr()"]);
    write(&folder, &[("a.ipynb", &before)]);
    insta::assert_snapshot!("notebook", seen(&lrscope(&folder, &["lint"])));
    let output = lrscope(&folder, &["lint", "--format", "json"]);
    let found: Vec<serde_json::Value> = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!((&found[0]["cell"], &found[0]["line"]), (&4.into(), &3.into()));
    assert_eq!(lrscope(&folder, &["lint", "--fix", "--unsafe-fixes"]).status.code(), Some(0));
    let (_, instead) = order().docs.instead.trim_start().split_once("for epoch").unwrap();
    let cells = [
        "%matplotlib inline\n!pip install torch",
        setup,
        "%%bash\nls",
        &format!("%%time\nfor epoch{instead}"),
        "scheduler.get_last_lr()",
    ];
    assert_eq!(std::fs::read_to_string(folder.join("a.ipynb")).unwrap(), notebook(&cells));
}
