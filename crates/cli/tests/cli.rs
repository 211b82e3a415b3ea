//! What a user of the command line sees.

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

/// A folder of its own for each test.
fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

fn lrscope(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_lrscope"))
        .args(arguments)
        .current_dir(folder)
        .env("COLUMNS", "100")
        .env("NO_COLOR", "1")
        .stdin(Stdio::null())
        .output()
        .unwrap()
}

/// Exit code, what was written, and what was complained about.
fn seen(output: &Output) -> String {
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    format!(
        "exit code: {}\n----- stdout\n{}----- stderr\n{}",
        output.status.code().unwrap(),
        text(&output.stdout),
        text(&output.stderr)
    )
}

#[test]
fn every_rule_as_it_is_shown() {
    for rule in advisor::rules::ALL {
        let folder = folder(rule.name);
        std::fs::write(folder.join("train.py"), rule.docs.example.trim_start()).unwrap();
        insta::assert_snapshot!(rule.name, seen(&lrscope(&folder, &["lint", "train.py"])));
    }
}

#[test]
fn formats_for_programs() {
    let folder = folder("formats");
    std::fs::create_dir(folder.join("pkg")).unwrap();
    let rule = advisor::rules::find("plateau-without-metric").unwrap();
    std::fs::write(folder.join("pkg/b.py"), rule.docs.example.trim_start()).unwrap();
    std::fs::write(folder.join("pkg/a.py"), rule.docs.instead.trim_start()).unwrap();
    std::fs::write(folder.join("pkg/c.py"), "scheduler.step(\n").unwrap();
    std::fs::write(folder.join("pkg/data.txt"), "scheduler.step()").unwrap();
    insta::assert_snapshot!("concise", seen(&lrscope(&folder, &["lint", "pkg", "--format", "concise"])));
    insta::assert_snapshot!("json", seen(&lrscope(&folder, &["lint", "pkg", "--format", "json"])));
    let clean = lrscope(&folder, &["lint", "pkg/a.py", "--format", "json"]);
    assert_eq!((clean.status.code(), &clean.stdout[..]), (Some(0), &b"[]\n"[..]));
}

#[test]
fn what_cannot_be_read_is_one_sentence_each() {
    let folder = folder("unreadable");
    std::fs::create_dir(folder.join("empty")).unwrap();
    std::fs::write(folder.join("syntax.py"), "import torch\ndef f(:\n    pass\n").unwrap();
    std::fs::write(folder.join("binary.py"), b"\x7fELF\0\0\0").unwrap();
    std::fs::write(folder.join("latin.py"), b"# caf\xe9\n").unwrap();
    std::fs::write(folder.join("deep.py"), format!("x = {}1{}\n", "(".repeat(10_000), ")".repeat(10_000))).unwrap();
    std::fs::write(folder.join("large.py"), vec![b'\n'; 4 * 1024 * 1024 + 1]).unwrap();
    let all = ["syntax.py", "binary.py", "latin.py", "deep.py", "large.py", "empty", "missing.py"];
    let mut arguments = vec!["lint", "--format", "concise"];
    arguments.extend(all);
    insta::assert_snapshot!("unreadable", seen(&lrscope(&folder, &arguments)));
    assert_eq!(lrscope(&folder, &["lint", "syntax.py"]).status.code(), Some(1));
    // What is met on the way and has nothing to do with schedules is passed over; what has is told.
    std::fs::create_dir(folder.join("walk")).unwrap();
    std::fs::write(folder.join("walk/latin.py"), b"# caf\xe9\n").unwrap();
    std::fs::write(folder.join("walk/syntax.py"), "def f(:\n").unwrap();
    assert_eq!(lrscope(&folder, &["lint", "walk"]).status.code(), Some(0));
    std::fs::write(folder.join("walk/latin.py"), b"# caf\xe9\nscheduler.step()\n").unwrap();
    assert_eq!(lrscope(&folder, &["lint", "walk"]).status.code(), Some(1));
    assert_eq!(lrscope(&folder, &["lint", "empty"]).status.code(), Some(2));
    assert_eq!(lrscope(&folder, &["lint", "missing.py"]).status.code(), Some(2));
    assert_eq!(lrscope(&folder, &["lint"]).status.code(), Some(2));
}

#[test]
fn gitignored_files_are_left_out() {
    let folder = folder("ignored");
    let rule = advisor::rules::find("plateau-without-metric").unwrap();
    std::fs::write(folder.join("old.py"), rule.docs.example).unwrap();
    std::fs::write(folder.join("new.py"), rule.docs.instead).unwrap();
    assert_eq!(lrscope(&folder, &["lint", "."]).status.code(), Some(1));
    std::fs::write(folder.join(".gitignore"), "old.py\n").unwrap();
    assert_eq!(lrscope(&folder, &["lint", "."]).status.code(), Some(0));
}

#[test]
fn schedules_are_drawn() {
    let folder = folder("show");
    let cosine = "CosineAnnealingLR(opt, T_max=100)";
    insta::assert_snapshot!("chart", seen(&lrscope(&folder, &["show", cosine, "--lr", "0.1", "--steps", "101"])));
    insta::assert_snapshot!(
        "csv",
        seen(&lrscope(&folder, &["show", cosine, "--lr", "0.1,0.01", "--steps", "4", "--format", "csv"]))
    );
    let one_cycle = "OneCycleLR(max_lr=0.1, total_steps=5)";
    insta::assert_snapshot!(
        "past_the_end",
        seen(&lrscope(&folder, &["show", one_cycle, "--steps", "9", "--format", "json"]))
    );
    let plateau = "ReduceLROnPlateau(patience=0)";
    let arguments = ["show", plateau, "--metrics", "1,1,1", "--steps", "4", "--format", "csv"];
    insta::assert_snapshot!("plateau", seen(&lrscope(&folder, &arguments)));
    let link = "https://example.org/#lane=plain~0.1~StepLR(step_size=2)&lane=warm~0.2~LinearLR(total_iters=2)&v=1";
    insta::assert_snapshot!("link", seen(&lrscope(&folder, &["show", link, "--steps", "3", "--format", "json"])));
}

#[test]
fn a_link_brings_its_number_of_steps() {
    let folder = folder("link-steps");
    let link = "https://example.org/#lane=plain~0.1~StepLR(step_size=2)&steps=7&v=1";
    let output = lrscope(&folder, &["show", link, "--format", "csv"]);
    assert_eq!(String::from_utf8_lossy(&output.stdout).lines().count(), 1 + 7);
}

#[test]
fn bad_arguments_are_one_sentence_each() {
    let folder = folder("arguments");
    let cosine = "CosineAnnealingLR(opt, T_max=100)";
    let mut all = String::new();
    for arguments in [
        &["show", cosine, "--lr", "abc"][..],
        &["show", cosine, "--lr", "-1"],
        &["show", cosine, "--lr", "0.1,nan"],
        &["show", cosine, "--steps", "0"],
        &["show", cosine, "--steps", "1e9"],
        &["show", cosine, "--metrics", "a"],
        &["show", cosine, "--optimizer", "Sgd()"],
        &["show", "CosineAnealingLR(T_max=3)"],
        &["show", "CosineAnnealingLR(T_max="],
        &["show", "#lane=broken"],
        &["show", ""],
    ] {
        all += &format!("{}\n{}\n", arguments.join(" "), seen(&lrscope(&folder, arguments)));
    }
    insta::assert_snapshot!("bad_arguments", all);
}

#[test]
fn a_closed_pipe_is_no_panic() {
    let folder = folder("pipe");
    let mut child = Command::new(env!("CARGO_BIN_EXE_lrscope"))
        .args(["show", "ExponentialLR(gamma=0.99)", "--steps", "200000", "--format", "csv"])
        .current_dir(folder)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
    assert_eq!(output.status.code(), Some(0));
}
