//! axe-core finds nothing in any view, in both colour schemes, wide and narrow.

use std::env;
use std::fs;

use crate::navigation::{VIEWS, wait_for_view};
use crate::page::{Gpu, Page};

/// The script of axe-core.
pub fn axe() -> String {
    let script = env::var("LRSCOPE_AXE").expect("LRSCOPE_AXE names axe.min.js: run these tests by `cargo xtask test`");
    fs::read_to_string(&script).unwrap_or_else(|error| panic!("{script} cannot be read: {error}."))
}

/// What axe finds in the page as it is now; it must have been injected.
pub fn violations(page: &Page) -> Vec<String> {
    let found = page.run(
        "return axe.run(document).then(result => result.violations.flatMap(violation =>
            violation.nodes.slice(0, 4).map(node => `${violation.id}: ${node.target} ${node.failureSummary}`)))",
    );
    let found = found.as_array().expect("axe gives a list");
    found.iter().map(|violation| violation.as_str().unwrap_or_default().to_owned()).collect()
}

#[test]
fn axe_finds_no_violation_in_any_view() {
    let page = Page::open("axe", Gpu::Absent, "");
    page.inject(&axe());
    let mut found = Vec::new();
    for view in VIEWS {
        page.click(&format!("view-{view}"));
        wait_for_view(&page, view);
        if view == "log" {
            page.click("example-peak-too-high-2.metrics.csv");
            page.wait_for_script("document.querySelector('[data-testid=symptoms] .report')");
        }
        if view == "learn" {
            page.run("document.querySelectorAll('.entries details').forEach((entry, index) => entry.open = index % 20 === 0)");
        }
        for (width, height) in [(1440, 900), (768, 1024), (360, 740)] {
            page.size(width, height);
            for scheme in ["light", "dark"] {
                page.color_scheme(scheme);
                page.screenshot(&format!("{view}-{width}-{scheme}"));
                let violations = violations(&page).into_iter();
                found.extend(violations.map(|violation| format!("{view}, {width}, {scheme}: {violation}")));
            }
        }
    }
    found.sort();
    found.dedup();
    assert!(found.is_empty(), "{} violations:\n{}", found.len(), found.join("\n"));
    page.assert_no_errors();
}
