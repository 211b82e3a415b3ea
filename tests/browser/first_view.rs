//! What a visitor sees before touching anything.

use crate::page::{Gpu, Page};

#[test]
fn the_page_opens_with_a_recorded_run() {
    let page = Page::open("first-view", Gpu::Software, "");
    page.text("lr-plot");
    page.text("loss-plot");
    assert!(!page.text("outcome-0").is_empty(), "the recorded run has counts");
    assert!(page.has("run"));
    let paths = page.run(
        "return [...document.querySelectorAll('[data-testid=lr-plot] path, [data-testid=loss-plot] path')]
            .filter(path => (path.getAttribute('d') ?? '').length > 20).length",
    );
    assert!(paths.as_u64() >= Some(3), "the plots hold curves of the schedules and of the recorded run, not {paths}");

    for (width, height, name) in [(1280, 900, "wide"), (390, 844, "phone")] {
        page.size(width, height);
        for scheme in ["light", "dark"] {
            page.color_scheme(scheme);
            page.screenshot(&format!("{name}-{scheme}"));
        }
        let overflow = page.run("return document.documentElement.scrollWidth - document.documentElement.clientWidth");
        assert!(overflow.as_i64() <= Some(0), "at a width of {width} the page is {overflow} pixels too wide");
    }
    page.print_responsiveness();
    page.assert_no_errors();
}
