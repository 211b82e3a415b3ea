//! What a user of `recommend`, `claims`, `find-lr` and `diagnose` sees.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

/// A folder of its own for each test.
fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("advice").join(name);
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
    let code = output.status.code().unwrap();
    format!("exit code: {code}\n----- stdout\n{}----- stderr\n{}", text(&output.stdout), text(&output.stderr))
}

/// The recorded logs of runs with planted faults.
fn log(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/logs/files").join(name);
    path.to_str().unwrap().to_owned()
}

/// Copies a recorded log, so that its name in the output is short.
fn copied(folder: &Path, name: &str) {
    std::fs::copy(log(name), folder.join(name)).unwrap();
}

#[test]
fn recipes() {
    let folder = folder("recipes");
    for (name, arguments) in [
        ("recipe", &["recommend", "--domain", "image-cnn", "--epochs", "100", "--batch", "1024"][..]),
        (
            "recipe_markdown",
            &["recommend", "--domain", "image-transformer", "--start", "pretrained", "--format", "markdown"],
        ),
        ("recipe_code", &["recommend", "--domain", "detection-transformer", "--format", "code"]),
        (
            "recipe_unknown_length",
            &["recommend", "--domain", "language", "--params", "125e6", "--unknown-length", "--format", "json"],
        ),
    ] {
        insta::assert_snapshot!(name, seen(&lrscope(&folder, arguments)));
    }
}

#[test]
fn claims() {
    let folder = folder("claims");
    insta::assert_snapshot!("claims", seen(&lrscope(&folder, &["claims"])));
    insta::assert_snapshot!("claim", seen(&lrscope(&folder, &["claims", "warmup-for-transformers"])));
    insta::assert_snapshot!("claim_markdown", seen(&lrscope(&folder, &["claims", "t-max", "--format", "markdown"])));
    let all = lrscope(&folder, &["claims", "--format", "json"]);
    let all: serde_json::Value = serde_json::from_slice(&all.stdout).unwrap();
    assert_eq!(all.as_array().unwrap().len(), advisor::claims::ALL.len());
}

/// A curve like that of a range test: falls from 2.3 around 1e-2, rises again around `end`.
fn sweep(end: f64) -> String {
    let mut text = String::from("lr,loss\n");
    for step in 0..100 {
        let lr = 1e-5 * 1e6f64.powf(f64::from(step) / 99.0);
        let noise = 0.01 * (f64::from(step) * 2.399).sin();
        let _ = writeln!(text, "{lr:e},{}", 2.3 - 1.2 / (1.0 + (0.01 / lr).powi(2)) + (lr / end).powi(2) + noise);
    }
    text
}

#[test]
fn lr_finder() {
    let folder = folder("finder");
    for (seed, end) in [0.5, 0.6, 0.4, 0.7].into_iter().enumerate() {
        std::fs::write(folder.join(format!("seed{seed}.csv")), sweep(end)).unwrap();
    }
    // The same model as if its LR were a hundred times smaller.
    let apart = sweep(0.5).lines().skip(1).fold(String::from("lr,loss\n"), |mut text, line| {
        let (lr, loss) = line.split_once(',').unwrap();
        let _ = writeln!(text, "{:e},{loss}", lr.parse::<f64>().unwrap() / 100.0);
        text
    });
    std::fs::write(folder.join("apart.csv"), apart).unwrap();
    std::fs::write(folder.join("history.json"), r#"{"lr": [1, 2, NaN], "loss": [1, 2]}"#).unwrap();
    insta::assert_snapshot!("find_lr", seen(&lrscope(&folder, &["find-lr", "seed0.csv"])));
    insta::assert_snapshot!(
        "find_lr_seeds",
        seen(&lrscope(&folder, &["find-lr", "seed0.csv", "seed1.csv", "seed2.csv", "seed3.csv"]))
    );
    insta::assert_snapshot!("find_lr_json", seen(&lrscope(&folder, &["find-lr", "seed1.csv", "--format", "json"])));
    let refused = lrscope(&folder, &["find-lr", "seed0.csv", "apart.csv", "seed1.csv", "seed2.csv"]);
    insta::assert_snapshot!("find_lr_refused", seen(&refused));
    insta::assert_snapshot!("find_lr_short", seen(&lrscope(&folder, &["find-lr", "history.json"])));
}

#[test]
fn diagnoses() {
    let folder = folder("diagnoses");
    let names = [
        "stuck-at-chance-1.csv",
        "decayed-too-fast-2.tfevents",
        "healthy-4.log",
        "plateau-fires-always-2.trainer_state.json",
    ];
    for name in names {
        copied(&folder, name);
        let snapshot = format!("diagnose_{}", name.split('.').next().unwrap());
        insta::assert_snapshot!(snapshot, seen(&lrscope(&folder, &["diagnose", name])));
    }
    let mut arguments = vec!["diagnose", "--no-charts"];
    arguments.extend(names);
    insta::assert_snapshot!("diagnose_several", seen(&lrscope(&folder, &arguments)));
    let replay = [
        "diagnose",
        "--no-charts",
        "--plateau",
        "ReduceLROnPlateau(mode='max', factor=0.3, patience=1)",
        "plateau-fires-always-2.trainer_state.json",
    ];
    insta::assert_snapshot!("diagnose_replay", seen(&lrscope(&folder, &replay)));
    let json = ["diagnose", "--format", "json", "--column", "loss=val_loss", "stuck-at-chance-1.csv"];
    insta::assert_snapshot!("diagnose_wrong_column", seen(&lrscope(&folder, &json)));
}

#[test]
fn bad_input_is_one_sentence_each() {
    let folder = folder("bad");
    let files: [(&str, &[u8]); 11] = [
        ("empty.csv", b""),
        ("junk.bin", b"\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\xff\xfe\xfd"),
        ("words.csv", b"name,colour\nfirst,red\nsecond,blue\n"),
        ("no-loss.csv", b"step,speed\n1,20\n2,21\n"),
        ("headless.csv", b"1,0.5\n2,0.4\n3,0.3\n"),
        ("cut.json", br#"{"log_history": [{"loss": 2.0, "step": 1}, {"loss": 1.9, "st"#),
        ("broken.json", b"{\"a\": tru}"),
        ("prose.txt", b"The quick brown fox\njumps over the lazy dog\n"),
        ("events.tfevents", b"\x18\0\0\0\0\0\0\0abcdefgh"),
        ("all-nan.csv", b"step,loss\n1,nan\n2,nan\n3,nan\n"),
        ("mixed.csv", b"step,loss,lr\n1,2.0,0.1\n2,1.9\n3,1.8,0.1,7\n4,oops,0.1\n5,1.6,0.1\n"),
    ];
    let mut all = String::new();
    for (name, bytes) in files {
        std::fs::write(folder.join(name), bytes).unwrap();
        let _ = writeln!(all, "{name}\n{}", seen(&lrscope(&folder, &["diagnose", "--no-charts", name])));
    }
    for arguments in [
        &["diagnose", "missing.csv"][..],
        &["diagnose", "mixed.csv", "--column", "loss"],
        &["diagnose", "mixed.csv", "--column", "loss=los"],
        &["diagnose", "mixed.csv", "--log-format", "xml"],
        &["diagnose", "mixed.csv", "--plateau", "ReduceLROnPlateau("],
        &["diagnose", "mixed.csv", "--plateau", "StepLR(step_size=3)"],
        &["find-lr", "mixed.csv"],
        &["find-lr", "no-loss.csv"],
        &["recommend"],
        &["recommend", "--domain", "image-cnn", "--epochs", "0"],
        &["recommend", "--domain", "image-cnn", "--params", "-3"],
        &["claims", "nothing"],
    ] {
        let _ = writeln!(all, "{}\n{}", arguments.join(" "), seen(&lrscope(&folder, arguments)));
    }
    insta::assert_snapshot!("bad_input", all);
}
