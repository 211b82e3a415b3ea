//! The stories of the plot: every feature of it, looked at by axe and by what is drawn.

use crate::accessibility::{axe, violations};
use crate::page::{Gpu, Page};

/// The attribute `d` of the lines of a story.
fn lines(page: &Page, story: &str) -> Vec<String> {
    let script = format!(
        "return [...document.querySelectorAll('[data-testid={story}] path.line')].map(line => line.getAttribute('d'))"
    );
    let lines = page.run(&script);
    lines.as_array().into_iter().flatten().map(|line| line.as_str().unwrap_or_default().to_owned()).collect()
}

/// The words at the vertical axis of a story.
fn ticks(page: &Page, story: &str) -> Vec<String> {
    let script = format!(
        "return [...document.querySelectorAll('[data-testid={story}] .tick[text-anchor=end]')].map(tick => tick.textContent)"
    );
    let ticks = page.run(&script);
    ticks.as_array().into_iter().flatten().map(|tick| tick.as_str().unwrap_or_default().to_owned()).collect()
}

/// The last `y` of a path.
fn end(path: &str) -> f64 {
    path.rsplit(',').next().and_then(|y| y.parse().ok()).expect("a path ends with a place")
}

#[test]
fn every_feature_of_the_plot_is_drawn_and_accessible() {
    let page = Page::open("stories", Gpu::Absent, "stories");
    page.text("story-linear");
    page.inject(&axe());
    let mut found = Vec::new();
    for (width, height) in [(1440, 900), (360, 740)] {
        page.size(width, height);
        for scheme in ["light", "dark"] {
            page.color_scheme(scheme);
            page.screenshot(&format!("{width}-{scheme}"));
            found.extend(violations(&page).into_iter().map(|violation| format!("{width}, {scheme}: {violation}")));
        }
    }
    assert!(found.is_empty(), "{} violations:\n{}", found.len(), found.join("\n"));
    page.assert_no_errors();
}

#[test]
fn scales_gaps_and_odd_values_are_drawn_as_they_are() {
    let page = Page::open("stories-drawn", Gpu::Absent, "stories");
    page.text("story-linear");

    // The same lines on three scales: 0 is a tick where there is a 0, and its line comes down to the axis.
    assert!(ticks(&page, "story-linear").contains(&"0".into()), "{:?}", ticks(&page, "story-linear"));
    assert!(!ticks(&page, "story-log").contains(&"0".into()), "{:?}", ticks(&page, "story-log"));
    let symlog = ticks(&page, "story-symlog");
    assert!(symlog.contains(&"0".into()) && symlog.contains(&"0.1".into()), "{symlog:?}");
    let (linear, with_zeros) = (lines(&page, "story-linear"), lines(&page, "story-symlog"));
    assert_eq!(end(&with_zeros[1]), end(&linear[1]), "both end at 0, at the foot of the chart");
    assert!(end(&with_zeros[0]) < end(&linear[0]) - 10.0, "small values stand out on the logarithmic scale");

    assert_eq!(lines(&page, "story-lanes").len(), 8);
    let labels = page.run("return [...document.querySelectorAll('[data-testid=story-lanes] .label')].map(label => label.getBoundingClientRect().top).sort((a, b) => a - b)");
    let tops: Vec<f64> = labels.as_array().into_iter().flatten().filter_map(|top| top.as_f64()).collect();
    assert_eq!(tops.len(), 8);
    assert!(tops.windows(2).all(|pair| pair[1] - pair[0] > 14.0), "names keep apart: {tops:?}");

    assert_eq!(lines(&page, "story-gaps")[0].matches('M').count(), 3, "two gaps leave three lines");
    let band = page.attribute("[data-testid=story-gaps] path.band", "d");
    assert_eq!(band.matches('M').count(), 2, "{band}");
    assert!(lines(&page, "story-point")[0].ends_with("h4"), "one point is seen: {:?}", lines(&page, "story-point"));
    assert!(lines(&page, "story-empty").is_empty());
    assert_eq!(lines(&page, "story-nan"), [""]);
    for story in ["story-zero", "story-long", "story-parts", "story-area"] {
        let drawn = lines(&page, story).concat();
        assert!(drawn.len() > 50 && !drawn.contains("NaN") && !drawn.contains("inf"), "{story}: {drawn}");
    }
    let signs = page.run("return [...document.querySelectorAll('[data-testid=story-parts] .event')].map(sign => sign.firstChild.textContent).length");
    assert_eq!(signs, 3);
    assert!(page.text("story-parts").contains("chance: ln 10 = 2.30"));
    page.assert_no_errors();
}

#[test]
fn handles_and_the_crosshair_answer_to_keys() {
    let page = Page::open("stories-keys", Gpu::Absent, "stories");
    page.text("story-handles");
    let before = lines(&page, "story-handles");
    page.focus("[data-testid=story-handles] [data-testid=handle-0]");
    page.press_key("ArrowUp", 0);
    page.until("another line", |page| lines(page, "story-handles") != before);

    let cursor = "[data-testid=story-area] [data-testid=cursor]";
    page.focus(cursor);
    page.press_key("End", 0);
    page.until("the end of the axis", |page| page.attribute(cursor, "aria-valuetext").starts_with("LR area 0.5:"));
    page.press_key("ArrowLeft", 0);
    page.until("one stride back", |page| page.attribute(cursor, "aria-valuetext").starts_with("LR area 0.497"));
    page.run("document.querySelector('[data-testid=story-area] summary').click()");
    page.until("a table in the unit of the axis", |page| {
        page.run("return document.querySelector('[data-testid=story-area] th')?.textContent") == "LR area"
    });
    page.assert_no_errors();
}
