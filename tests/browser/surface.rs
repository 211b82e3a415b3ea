//! The decision surface: drawn while a race is on, and what is drawn is what the models say.

use crate::accessibility::{axe, violations};
use crate::page::{Gpu, Page};

/// One schedule that learns the moons and one that throws the models off.
const MOONS: &str = "lane=learns~0.3~ConstantLR(factor=1.0)&lane=hot~1e38~ConstantLR(factor=1.0)\
                     &demo=spirals&task=two-moons&seeds=2&device=cpu";

/// Share of the points in the picture that lie on their side of the line that is drawn.
fn read_off(page: &Page) -> f64 {
    let share = page.run(
        "const area = document.querySelectorAll('[data-testid=surface] path.shade')[1];
         const right = [0, 1].flatMap(kind => [...document.querySelectorAll(`[data-testid=surface] .dot.class-${kind}`)]
             .flatMap(path => [...path.getAttribute('d').matchAll(/M([-.\\d]+) ([-.\\d]+)/g)])
             .map(([, x, y]) => area.isPointInFill(new DOMPoint(Number(x), Number(y))) === (kind === 1)));
         return right.length === 200 ? right.filter(Boolean).length / 200 : -1",
    );
    share.as_f64().expect("a number")
}

/// The percentage in the sentence below the picture.
fn shown(page: &Page) -> f64 {
    let words = page.text("surface-words");
    let percent = words.split(" %").next().and_then(|words| words.rsplit(' ').next());
    percent.and_then(|percent| percent.parse::<f64>().ok()).unwrap_or_else(|| panic!("no percentage in {words}"))
        / 100.0
}

#[test]
fn the_surface_that_is_drawn_agrees_with_the_accuracy_that_is_shown() {
    let page = Page::open("surface", Gpu::Absent, &format!("{MOONS}&steps=300&v=1"));
    assert!(page.text("surface-words").contains("Press Run"), "{}", page.text("surface-words"));
    page.train();
    for seed in ["0", "1"] {
        page.choose("surface-seed", seed);
        page.until("the surface of the seed", |page| {
            page.text("surface-words").starts_with(&format!("learns, seed {seed}, after 300 steps"))
        });
        let (drawn, shown) = (read_off(&page), shown(&page));
        println!("surface: {}", page.text("surface-words"));
        assert!(shown > 0.95, "the moons are learned: {shown}");
        assert!((drawn - shown).abs() <= 0.02, "drawn {drawn}, shown {shown}");
    }
    page.size(1440, 900);
    page.inject(&axe());
    for scheme in ["light", "dark"] {
        page.color_scheme(scheme);
        assert_eq!(violations(&page), Vec::<String>::new(), "{scheme}");
        page.run("document.querySelector('[data-testid=surfaces]').scrollIntoView({ block: 'center' })");
        page.screenshot(scheme);
    }

    // By keyboard: the schedule that has diverged.
    page.focus("[data-testid=surface-1]");
    page.type_keys("\u{e007}");
    page.until("NaN", |page| {
        page.text("surface-words").contains("hot, seed 1, after 300 steps: the model answers NaN")
    });
    assert_eq!(page.attribute("[data-testid=surface-1]", "aria-pressed"), "true");
    page.size(360, 740);
    page.run("document.querySelector('[data-testid=surfaces]').scrollIntoView()");
    page.screenshot("phone");
    page.assert_no_errors();
}

#[test]
fn the_surface_follows_the_training_and_only_points_have_one() {
    let page = Page::open("surface-live", Gpu::Absent, &format!("{MOONS}&steps=20000&v=1"));
    let steps = |page: &Page| {
        let words = page.text("surface-words");
        let steps = words.split("after ").nth(1).and_then(|rest| rest.split(' ').next()?.parse::<u32>().ok());
        steps.unwrap_or(0)
    };
    page.click("run");
    page.until("a first surface", |page| steps(page) > 0);
    let first = steps(&page);
    page.until("a later surface", |page| steps(page) > first);
    page.click("pause");
    page.wait_for_state("paused");
    // Another seed is looked at while the run is held, too.
    page.choose("surface-seed", "1");
    page.until("the other seed", |page| page.text("surface-words").starts_with("learns, seed 1, after"));
    page.click("stop");
    page.wait_for_state("idle");
    assert!(page.text("surface-words").starts_with("learns, seed 1, after"), "what was seen stays");

    page.choose("task-select", "sort");
    page.go("demo=warmup&v=1");
    page.until("no surface", |page| !page.has("surfaces"));
    page.assert_no_errors();
}
