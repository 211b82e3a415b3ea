//! Read log: real logs of small runs, pasted and dropped text, columns corrected.

use crate::navigation::wait_for_view;
use crate::page::{Gpu, Page};

#[test]
fn a_log_is_judged_and_the_change_becomes_a_lane() {
    let page = Page::open("log", Gpu::Absent, "view=log&v=1");
    wait_for_view(&page, "log");
    page.click("example-decayed-too-fast-4.trainer_state.json");
    page.wait_for_script("document.querySelector('[data-symptom=decayed-too-fast]')");
    assert!(page.text("log-summary").contains("JSON"));
    let lines = page.run("return document.querySelectorAll('[data-testid=run-loss] path.line').length");
    assert!(lines.as_u64() >= Some(2), "the loss and the place where the LR is gone, not {lines} lines");
    page.size(1440, 900);
    for scheme in ["light", "dark"] {
        page.color_scheme(scheme);
        page.screenshot(scheme);
    }
    page.click("suggestion-0");
    wait_for_view(&page, "race");
    assert!(page.value("schedule-text-0").contains("CosineAnnealingLR"));
    assert!(!page.has("notice"));
    page.assert_no_errors();
}

#[test]
fn columns_can_be_corrected_and_what_is_no_log_is_told() {
    let page = Page::open("log-columns", Gpu::Absent, "view=log&v=1");
    wait_for_view(&page, "log");
    let rows: String = (0..200).map(|step| format!("{step},{},0.1\n", 1.0 / f64::from(step + 1))).collect();
    page.upload("open-log", "run.csv", &format!("step,y,lr\n{rows}"));
    page.text("no-loss");
    page.choose("column-loss", "y");
    page.wait_for_script("!document.querySelector('[data-testid=no-loss]')");
    page.wait_for_script("document.querySelector('[data-testid=run-loss] path.line')");

    page.paste("log-text", "nothing of the kind");
    page.click("read-log");
    page.wait_for_script("document.querySelector('[data-testid=log-summary]').textContent.includes('no numbers')");
    page.assert_no_errors();
}
