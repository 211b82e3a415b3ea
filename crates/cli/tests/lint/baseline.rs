//! Findings that are known and left for later.

use crate::common::{folder, lrscope, seen};
use crate::{order, plateau, write};

#[test]
fn what_is_known_is_not_reported_wherever_it_moves() {
    let folder = folder("baseline");
    let old = plateau().docs.example;
    write(&folder, &[("pkg/a.py", old), ("pkg/b.py", order().docs.example)]);
    let lint = |arguments: &[&str]| {
        let mut all = vec!["lint", "pkg"];
        all.extend(arguments);
        lrscope(&folder, &all)
    };
    insta::assert_snapshot!("baseline", seen(&lint(&["--write-baseline"])));
    insta::assert_snapshot!("baseline_file", std::fs::read_to_string(folder.join("lrscope-baseline.json")).unwrap());
    let known = ["--baseline", "lrscope-baseline.json"];
    assert_eq!(lint(&known).status.code(), Some(0));
    // Lines move: still known.
    write(&folder, &[("pkg/a.py", &format!("# a comment\n\n\n{old}"))]);
    assert_eq!(lint(&known).status.code(), Some(0));
    // One more of the same rule: nobody can tell which one is new.
    let twice = old.replace("    scheduler.step()\n", "    scheduler.step()\n    scheduler.step()\n");
    write(&folder, &[("pkg/a.py", &twice)]);
    insta::assert_snapshot!(
        "baseline_more",
        seen(&lint(&["--baseline", "lrscope-baseline.json", "--format", "concise"]))
    );
    // It is gone: the baseline should know.
    write(&folder, &[("pkg/a.py", plateau().docs.instead)]);
    insta::assert_snapshot!("baseline_gone", seen(&lint(&known)));
    // From the settings, relative to them.
    write(&folder, &[("lrscope.toml", "baseline = \"lrscope-baseline.json\"\n")]);
    assert_eq!(lrscope(&folder.join("pkg"), &["lint"]).status.code(), Some(0));
    write(&folder, &[("lrscope-baseline.json", "{\"version\": 2, \"files\": {}}")]);
    insta::assert_snapshot!("baseline_version", seen(&lint(&["--format", "concise"])));
}
