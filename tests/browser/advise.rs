//! Advise: a recipe for each situation, its code, its link.

use crate::navigation::wait_for_view;
use crate::page::{Gpu, Page};

#[test]
fn a_situation_has_a_recipe_and_a_link() {
    let page = Page::open("advise", Gpu::Absent, "view=advise&v=1");
    wait_for_view(&page, "advise");
    let before = page.text("recipe-schedule");
    page.choose("domain", "language");
    page.choose("length", "steps");
    page.type_over("advise-steps", "5000");
    page.wait_for_script("location.hash.includes('steps=5000')");
    page.wait_for_script(
        "document.querySelector('[data-testid=recipe-plot] .description').textContent.includes('5000')",
    );
    let schedule = page.text("recipe-schedule");
    assert_ne!(schedule, before);
    page.size(1440, 900);
    for scheme in ["light", "dark"] {
        page.color_scheme(scheme);
        page.screenshot(scheme);
    }
    assert!(page.text("recipe-code").contains("while step < 5000:"));
    page.choose("code-target", "optax");
    page.wait_for_script("document.querySelector('[data-testid=recipe-code]').textContent.includes('optax')");

    let address = page.run("return location.href");
    page.open_in_new_tab(address.as_str().expect("an address is a text"));
    wait_for_view(&page, "advise");
    assert_eq!(page.text("recipe-schedule"), schedule);
    page.click("recipe-link");
    wait_for_view(&page, "race");
    assert_eq!(page.value("steps"), "5000");
    page.assert_no_errors();
}

#[test]
fn what_a_link_says_wrong_is_told() {
    let page = Page::open("advise-broken", Gpu::Absent, "view=advise&domain=language&batch=many&v=1");
    assert!(page.text("advise-status").contains("batch"));
    page.text("recipe");
    page.type_over("advise-batch", "x");
    page.wait_for_script("document.querySelector('.problem')");
    page.assert_no_errors();
}
