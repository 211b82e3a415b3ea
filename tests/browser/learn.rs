//! Learn: search, anchors, and examples that can be tried.

use crate::navigation::wait_for_view;
use crate::page::{Gpu, Page};

#[test]
fn entries_are_found_and_linked() {
    let page = Page::open("learn", Gpu::Absent, "view=learn&about=plateau-without-metric&v=1");
    wait_for_view(&page, "learn");
    page.wait_for_script("document.querySelector('[data-testid=entry-plateau-without-metric]').open");
    assert!(page.text("entry-plateau-without-metric").contains("Do this instead"));
    page.screenshot("anchor");
    page.type_over("search", "one cycle momentum");
    page.wait_for_script("document.querySelectorAll('.entries details').length < 30");
    page.text("entry-pytorch-OneCycleLR");
    page.size(1440, 900);
    page.screenshot("search");
    page.go("view=learn&about=removed-verbose-argument&v=1");
    page.wait_for_script("document.querySelector('[data-testid=entry-removed-verbose-argument]').open");
    page.run("document.querySelector('[data-testid=entry-removed-verbose-argument] a[href*=check]').click()");
    wait_for_view(&page, "check");
    page.wait_for_script("document.querySelector('.report[data-rule=removed-verbose-argument]')");
    page.go("view=learn&about=nonsense&v=1");
    page.wait_for_script("document.querySelector('[data-testid=learn-summary]')?.textContent.includes('nonsense')");
    page.assert_no_errors();
}
