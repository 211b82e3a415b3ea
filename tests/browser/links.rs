//! What is shared by link comes back, and what is broken is said.

use crate::page::{Gpu, Page};

#[test]
fn a_shared_link_opens_the_same_state() {
    let page = Page::open("share", Gpu::Software, "");
    let before = page.state();
    page.type_over("schedule-text-0", "CosineAnnealingLR(T_max=123)");
    page.choose("device-select", "cpu");
    let changed = page.state();
    assert_ne!(before, changed, "the fields have taken what was typed");
    page.click("share");
    let link = page.wait_for_value("share-link");
    println!("share: {link}");
    page.screenshot("link");

    page.open_in_new_tab(&link);
    assert_eq!(page.state(), changed);
    page.screenshot("reopened");
    page.click("share");
    assert_eq!(page.wait_for_value("share-link"), link, "sharing what a link opened gives the same link");
    page.assert_no_errors();
}

#[test]
fn a_broken_link_says_what_is_wrong_and_opens_the_defaults() {
    let defaults = Page::open("defaults", Gpu::Absent, "").state();
    let page = Page::open("broken-link", Gpu::Absent, "lane=broken~0.1~CosineAnnealingLR(T_max=&steps=many&v=1");
    let notice = page.text("notice");
    println!("broken link: {notice}");
    assert!(notice.ends_with('.') || notice.ends_with(')'), "the notice is a sentence, not {notice:?}");
    assert_eq!(page.state(), defaults);
    page.screenshot("notice");
    page.assert_no_errors();
}
