//! The LR finder sweeps, says what it has found, and moves the peaks of the schedules there.

use std::thread::sleep;
use std::time::{Duration, Instant};

use crate::page::{Gpu, Page};

#[test]
fn what_the_finder_finds_can_be_used() {
    let page = Page::open("find-lr", Gpu::Absent, "view=find-lr&demo=finder&device=cpu&v=1");
    page.type_over("find-lr-seeds", "4");
    let before = page.value("lr-1");
    page.click("find-lr-run");
    let deadline = Instant::now() + Duration::from_secs(300);
    while page.data("find-lr-status", "state").as_deref() != Some("done") {
        assert!(Instant::now() < deadline, "the sweep has not ended: {}", page.text("find-lr-status"));
        sleep(Duration::from_millis(200));
    }
    let found = page.text("find-lr-result");
    println!("find-lr: {found}");
    assert!(found.starts_with("Learning rate "), "{found}");
    page.screenshot("found");
    assert_eq!(page.value("lr-1"), before, "finding changes nothing");
    page.click("find-lr-use-high");
    assert_ne!(page.value("lr-1"), before, "using does");
    page.assert_no_errors();
}
