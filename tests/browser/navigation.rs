//! From view to view, by mouse, keyboard and link.

use crate::page::{Gpu, Page};

/// The views by the names in their links.
pub const VIEWS: [&str; 6] = ["race", "find-lr", "check", "advise", "log", "learn"];

/// Waits until a view is shown and has what it shows at first.
pub fn wait_for_view(page: &Page, view: &str) {
    page.wait_for_script(&format!("document.querySelector('[data-testid=view-{view}]')?.ariaCurrent === 'page'"));
    match view {
        "check" => page.wait_for_script("document.querySelector('[data-testid=code-findings] .report')"),
        "advise" => page.wait_for_script("document.querySelector('[data-testid=recipe]')"),
        "learn" => page.wait_for_script("document.querySelectorAll('.entries details').length > 50"),
        "find-lr" => page.wait_for_script("document.querySelector('[data-testid=find-lr-run]')?.checkVisibility()"),
        "log" => page.wait_for_script("document.querySelector('[data-testid=read-log]')"),
        _ => page.wait_for_script("document.querySelector('[data-testid=lr-plot] path')"),
    }
}

#[test]
fn every_view_has_a_link_and_fits_on_a_phone() {
    let page = Page::open("views", Gpu::Absent, "");
    page.size(360, 740);
    for view in VIEWS {
        page.click(&format!("view-{view}"));
        wait_for_view(&page, view);
        assert_eq!(page.run("return document.querySelectorAll('header [aria-current]').length"), 1);
        assert_eq!(
            page.run("return [...document.querySelectorAll('main')].filter(main => main.checkVisibility()).length"),
            1,
            "{view}"
        );
        let overflow = page.run("return document.documentElement.scrollWidth - document.documentElement.clientWidth");
        page.screenshot(&format!("{view}-phone"));
        assert!(overflow.as_i64() <= Some(0), "{view} is {overflow} pixels wider than the screen");
        let address = page.run("return location.href");
        page.open_in_new_tab(address.as_str().expect("an address is a text"));
        wait_for_view(&page, view);
        page.size(360, 740);
    }
    page.assert_no_errors();
}

#[test]
fn the_race_stays_as_it_is_while_others_are_shown() {
    let page = Page::open("views-state", Gpu::Absent, "demo=spirals&steps=77&v=1");
    let state = page.state();
    // By keyboard, as a link is followed.
    page.run("document.querySelector('[data-testid=view-learn]').focus()");
    page.type_keys("\u{e007}");
    wait_for_view(&page, "learn");
    page.run("history.back()");
    wait_for_view(&page, "race");
    assert_eq!(page.state(), state);
    page.click("view-log");
    wait_for_view(&page, "log");
    page.click("view-race");
    wait_for_view(&page, "race");
    assert_eq!(page.state(), state);
    let width = page.run("return document.querySelector('[data-testid=lr-plot] svg').getBoundingClientRect().width");
    assert!(width.as_f64() > Some(400.0), "the plot is {width} wide");
    page.assert_no_errors();
}

#[test]
fn a_link_to_no_view_says_so() {
    let page = Page::open("views-unknown", Gpu::Absent, "view=nonsense&v=1");
    assert!(page.text("notice").contains("nonsense"));
    wait_for_view(&page, "race");
    page.assert_no_errors();
}
