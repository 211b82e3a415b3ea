//! Which files are looked at, and what is told of those that cannot be read.

use crate::common::{folder, lrscope, lrscope_with, seen};
use crate::{order, plateau, write};

#[test]
fn what_cannot_be_read_is_one_sentence_each() {
    let folder = folder("unreadable");
    std::fs::create_dir(folder.join("empty")).unwrap();
    std::fs::write(folder.join("syntax.py"), "import torch\ndef f(:\n    pass\n").unwrap();
    std::fs::write(folder.join("python2.py"), "print 'a'\n").unwrap();
    std::fs::write(folder.join("binary.py"), b"\x7fELF\0\0\0").unwrap();
    std::fs::write(folder.join("latin.py"), b"# caf\xe9\n").unwrap();
    std::fs::write(folder.join("broken.ipynb"), "{\"cells\": [\n{]}").unwrap();
    std::fs::write(folder.join("old.ipynb"), "{\"worksheets\": []}").unwrap();
    std::fs::write(folder.join("broken.yaml"), "a: [\n").unwrap();
    std::fs::write(folder.join("deep.py"), format!("x = {}1{}\n", "(".repeat(10_000), ")".repeat(10_000))).unwrap();
    // Not one byte of it on the disk.
    std::fs::File::create(folder.join("large.py")).unwrap().set_len(100 * 1024 * 1024).unwrap();
    let all = [
        "syntax.py",
        "python2.py",
        "binary.py",
        "latin.py",
        "broken.ipynb",
        "old.ipynb",
        "broken.yaml",
        "deep.py",
        "large.py",
        "empty",
        "missing.py",
    ];
    let mut arguments = vec!["lint", "--format", "concise"];
    arguments.extend(all);
    insta::assert_snapshot!("unreadable", seen(&lrscope(&folder, &arguments)));
    insta::assert_snapshot!("unreadable_full", seen(&lrscope(&folder, &["lint", "syntax.py", "binary.py"])));
    assert_eq!(lrscope(&folder, &["lint", "syntax.py"]).status.code(), Some(1));
    // What is met on the way and has nothing to do with schedules is passed over; what has is told.
    std::fs::create_dir(folder.join("walk")).unwrap();
    std::fs::write(folder.join("walk/latin.py"), b"# caf\xe9\n").unwrap();
    std::fs::write(folder.join("walk/syntax.py"), "def f(:\n").unwrap();
    std::fs::write(folder.join("walk/warmup.yaml"), "{{ warmup }}: [\n").unwrap();
    assert_eq!(lrscope(&folder, &["lint", "walk"]).status.code(), Some(0));
    std::fs::write(folder.join("walk/latin.py"), b"# caf\xe9\noptimizer.step()\nscheduler.step()\n").unwrap();
    assert_eq!(lrscope(&folder, &["lint", "walk"]).status.code(), Some(1));
    assert_eq!(lrscope(&folder, &["lint", "empty"]).status.code(), Some(2));
    assert_eq!(lrscope(&folder, &["lint", "missing.py"]).status.code(), Some(2));
}

#[test]
fn gitignored_files_and_environments_are_left_out() {
    let folder = folder("ignored");
    write(&folder, &[("old.py", plateau().docs.example), ("new.py", plateau().docs.instead)]);
    assert_eq!(lrscope(&folder, &["lint"]).status.code(), Some(1));
    write(&folder, &[(".gitignore", "old.py\n")]);
    assert_eq!(lrscope(&folder, &["lint", "."]).status.code(), Some(0));
    assert_eq!(lrscope(&folder, &["lint", "--no-respect-gitignore"]).status.code(), Some(1));
    assert_eq!(lrscope(&folder, &["lint", "old.py"]).status.code(), Some(1));
    // Somebody else's code is only looked at where it is named.
    write(&folder, &[("env/pyvenv.cfg", ""), ("env/lib/a.py", plateau().docs.example)]);
    assert_eq!(lrscope(&folder, &["lint"]).status.code(), Some(0));
    assert_eq!(lrscope(&folder, &["lint", "env"]).status.code(), Some(1));
}

#[test]
fn standard_input_has_a_name() {
    let folder = folder("stdin");
    write(&folder, &[("sub/lrscope.toml", "ignore = [\"plateau\"]\nexclude = [\"old/\"]\n")]);
    let source = plateau().docs.example.trim_start().as_bytes();
    let lint = |arguments: &[&str]| lrscope_with(&folder, arguments, source);
    insta::assert_snapshot!("stdin", seen(&lint(&["lint", "--format", "concise", "-"])));
    let named = |name| lint(&["lint", "-", "--force-exclude", "--stdin-filename", name]).status.code();
    assert_eq!(named("train.py"), Some(1));
    assert_eq!(named("sub/train.py"), Some(0));
    assert_eq!(lint(&["lint", "-", "a.py"]).status.code(), Some(2));
    // The fixed source is the answer.
    let source = order().docs.example.trim_start().as_bytes();
    let output = lrscope_with(&folder, &["lint", "-", "--fix", "--unsafe-fixes"], source);
    assert_eq!(String::from_utf8(output.stdout).unwrap(), order().docs.instead.trim_start());
    assert_eq!(output.status.code(), Some(0));
}

#[test]
fn completions_are_written() {
    let folder = folder("completions");
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let output = lrscope(&folder, &["completions", shell]);
        assert!(String::from_utf8(output.stdout).unwrap().contains("min-severity"), "{shell}");
    }
}

/// What is removed in a version is an error where the project asks for that version, in the nearest file that says so.
#[test]
fn the_project_says_which_versions_it_needs() {
    let folder = folder("requirements");
    let script = "from transformers import TrainingArguments\nargs = TrainingArguments('out', warmup_ratio=0.1)\n";
    write(
        &folder,
        &[
            ("pyproject.toml", "[project]\ndependencies = [\"transformers>=5.14\"]\n"),
            ("src/train.py", script),
            ("old/requirements.txt", "torch\ntransformers>=4.41,<5\n"),
            ("old/train.py", script),
        ],
    );
    let output = lrscope(&folder, &["lint", "--format", "concise", "."]);
    let text = String::from_utf8(output.stdout).unwrap();
    let lines: Vec<&str> = text.lines().filter(|line| line.contains("removed-warmup-ratio")).collect();
    assert!(matches!(lines[..], [line] if line.contains("src/train.py:2:") && line.contains(" error ")), "{text}");
}

#[test]
fn a_watch_looks_again_when_something_changes() {
    use std::io::{BufRead as _, BufReader};
    use std::time::Duration;

    let folder = folder("watch");
    write(&folder, &[("a.py", plateau().docs.instead)]);
    let mut child = std::process::Command::new(env!("CARGO_BIN_EXE_lrscope"))
        .args(["lint", "--watch", "--format", "concise"])
        .current_dir(&folder)
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::null())
        .spawn()
        .unwrap();
    let (send, lines) = std::sync::mpsc::channel();
    let stdout = BufReader::new(child.stdout.take().unwrap());
    std::thread::spawn(move || stdout.lines().map_while(Result::ok).try_for_each(|line| send.send(line)));
    // Long enough for the slowest machine: it only passes where nothing comes at all.
    let next = || lines.recv_timeout(Duration::from_secs(120)).unwrap_or_default();
    let first = next();
    write(&folder, &[("a.py", plateau().docs.example)]);
    let mut second = next();
    // A change seen halfway is seen once more when it is complete.
    while second.starts_with("Nothing found") {
        second = next();
    }
    child.kill().unwrap();
    child.wait().unwrap();
    assert_eq!(first, "Nothing found in 1 file.");
    assert!(second.starts_with("a.py:8:5: error LRS301"), "{second}");
}
