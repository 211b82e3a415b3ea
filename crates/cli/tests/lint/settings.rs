//! Settings in files and on the command line.

use crate::common::{folder, lrscope, seen};
use crate::{order, plateau, write};

fn codes(folder: &std::path::Path, arguments: &[&str]) -> Vec<String> {
    let mut all = vec!["lint", "--format", "concise"];
    all.extend(arguments);
    let text = String::from_utf8(lrscope(folder, &all).stdout).unwrap();
    text.lines().filter_map(|line| Some(line[line.find("LRS")?..].split(' ').next()?.to_owned())).collect()
}

#[test]
fn the_nearest_file_holds() {
    let folder = folder("nearest");
    write(
        &folder,
        &[
            ("pyproject.toml", "[project]\nname = \"x\"\n[tool.lrscope]\nselect = [\"order\"]\n"),
            ("a.py", order().docs.example),
            ("b.py", plateau().docs.example),
            ("sub/lrscope.toml", "select = [\"plateau\"]\n"),
            ("sub/pyproject.toml", "[tool.lrscope]\nselect = [\"source\"]\n"),
            ("sub/a.py", order().docs.example),
            ("sub/deeper/b.py", plateau().docs.example),
            ("other/pyproject.toml", "[tool.ruff]\nselect = [\"F\"]\n"),
            ("other/a.py", order().docs.example),
        ],
    );
    assert_eq!(codes(&folder, &[]), ["LRS201", "LRS201", "LRS301"]);
    assert_eq!(codes(&folder, &["sub/a.py", "b.py"]), [""; 0]);
    assert_eq!(codes(&folder, &["--isolated", "sub"]), ["LRS201", "LRS301"]);
    assert_eq!(codes(&folder, &["--select", "plateau", "a.py", "b.py"]), ["LRS301"]);
    assert_eq!(codes(&folder, &["--config", "sub/lrscope.toml", "a.py", "b.py"]), ["LRS301"]);
    assert_eq!(codes(&folder, &["--config", "select = ['plateau']", "a.py", "b.py"]), ["LRS301"]);
    assert_eq!(codes(&folder.join("sub"), &["."]), ["LRS301"]);
}

#[test]
fn settings_for_files_and_severities() {
    let folder = folder("severities");
    let settings = "
exclude = [\"old/\", \"*_pb2.py\"]
min-severity = \"warning\"
fail-on = \"error\"
[per-file-ignores]
\"tests/**\" = [\"ALL\"]
\"b.py\" = [\"plateau\"]
[severity]
order = \"error\"
LRS301 = \"info\"
";
    write(
        &folder,
        &[
            ("lrscope.toml", settings),
            ("a.py", order().docs.example),
            ("b.py", plateau().docs.example),
            ("c.py", plateau().docs.example),
            ("c_pb2.py", order().docs.example),
            ("old/a.py", order().docs.example),
            ("tests/deep/a.py", order().docs.example),
        ],
    );
    insta::assert_snapshot!("severities", seen(&lrscope(&folder, &["lint", "--format", "concise"])));
    // What is named is looked at, unless that is forbidden, too.
    assert_eq!(codes(&folder, &["old/a.py"]), ["LRS201"]);
    assert_eq!(codes(&folder, &["--force-exclude", "old/a.py", "old"]), [""; 0]);
    assert_eq!(codes(&folder, &["--exclude", "a.py,c_pb2.py"]), [""; 0]);
}

#[test]
fn what_is_wrong_with_settings_is_told_and_the_run_goes_on() {
    let folder = folder("wrong-settings");
    let wrong = "[tool.lrscope]\nselct = [\"order\"]\nhints = \"yes\"\nignore = [\"plateau-wihtout-metric\"]\n";
    write(&folder, &[("pyproject.toml", wrong), ("a.py", order().docs.example)]);
    insta::assert_snapshot!("wrong_settings", seen(&lrscope(&folder, &["lint", "--format", "concise"])));
    write(&folder, &[("pyproject.toml", "[tool.lrscope\n")]);
    insta::assert_snapshot!("broken_settings", seen(&lrscope(&folder, &["lint", "--format", "concise"])));
    let arguments = ["lint", "--format", "concise", "--isolated", "--config", "missing.toml", "--config", "hint=true"];
    insta::assert_snapshot!("wrong_config_flags", seen(&lrscope(&folder, &arguments)));
}

#[test]
fn settings_are_shown() {
    let folder = folder("shown");
    write(
        &folder,
        &[("a.py", ""), ("lrscope.toml", "select = [\"plateau-without-metric\", \"source\"]\nhints = true\n")],
    );
    let output = lrscope(&folder, &["lint", "--show-settings", "--fail-on", "error", "a.py"]);
    let folder = folder.to_str().unwrap();
    insta::assert_snapshot!("shown_settings", seen(&output).replace(folder, "[folder]"));
}
