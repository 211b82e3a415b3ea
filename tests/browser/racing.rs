//! A race can be looked at step by step, kept, compared and taken away.

use crate::page::{Gpu, Page};

const SHORT: &str = "demo=spirals&steps=60&seeds=2&device=cpu&v=1";

fn step(page: &Page) -> u32 {
    page.number("step", "step")
}

#[test]
fn a_race_goes_step_by_step_and_at_a_pace() {
    let page = Page::open("single-step", Gpu::Absent, "demo=spirals&steps=120&seeds=2&device=cpu&v=1");
    page.click("single-step");
    page.wait_for_state("paused");
    assert_eq!(step(&page), 1);
    for wanted in 2..=4 {
        page.click("single-step");
        page.until(&format!("step {wanted}"), |page| step(page) == wanted);
    }
    page.screenshot("step-4");
    page.choose("pace", "60");
    page.click("pause");
    page.until("more steps", |page| step(page) > 10);
    assert!(step(&page) < 120, "60 steps per second are not all at once");
    page.wait_for_state("done");
    assert_eq!(step(&page), 120);
    page.assert_no_errors();
}

#[test]
fn runs_are_kept_compared_taken_away_and_forgotten() {
    let page = Page::open("history", Gpu::Absent, SHORT);
    page.train();
    page.text("kept-1");
    page.type_over("lr-0", "0.3");
    page.train();
    page.text("kept-2");
    page.click("compare-1");
    page.until("thin lines", |page| {
        page.run("return document.querySelectorAll('[data-testid=loss-plot] path.line.thin').length").as_u64()
            == Some(2)
    });
    page.screenshot("compared");

    page.run(
        "window.saved = []; const make = URL.createObjectURL;
         URL.createObjectURL = blob => { window.saved.push(blob); return make.call(URL, blob) };",
    );
    page.click("csv-2");
    page.click("json-2");
    page.until("two files", |page| page.run("return window.saved.length").as_u64() == Some(2));
    let rows = page.run("return window.saved[0].text().then(text => text.trim().split('\\n').length)");
    assert_eq!(rows.as_u64(), Some(1 + 4 * 60), "one row for each step of each lane, and a head");
    let json = page.run("return window.saved[1].text().then(text => JSON.parse(text))");
    assert_eq!((&json["steps"], json["lanes"][3]["loss"].as_array().map(Vec::len)), (&60.into(), Some(60)));
    assert!(json["link"].as_str().is_some_and(|link| link.starts_with("#lane=")), "{}", json["link"]);

    page.click("show-1");
    page.until("the LR of the first run", |page| page.value("lr-0") == "1.2");
    page.click("forget-1");
    page.until("one run", |page| !page.has("kept-1"));
    page.assert_no_errors();
}

#[test]
fn diverged_lanes_and_plateaus_are_marked() {
    let page = Page::open(
        "marks",
        Gpu::Absent,
        "lane=hot~1000.0~ConstantLR(factor=1.0)&lane=plateau~0.3~ReduceLROnPlateau(factor=0.5,patience=2)\
         &demo=spirals&steps=80&seeds=2&device=cpu&v=1",
    );
    page.train();
    let crosses = page
        .run("return [...document.querySelectorAll('[data-testid=loss-plot] .event')].map(event => event.textContent)");
    let crosses: Vec<&str> = crosses.as_array().into_iter().flatten().filter_map(|event| event.as_str()).collect();
    assert!(crosses.iter().any(|event| event.contains("hot, seed 0: diverged")), "{crosses:?}");
    assert!(page.text("outcomes").contains("2 diverged"), "{}", page.text("outcomes"));
    let cuts = page.number("plateau-1", "cuts");
    assert!(cuts > 0, "{}", page.text("plateau-1"));
    assert_eq!(crosses.iter().filter(|event| event.contains("plateau: LR cut")).count(), cuts as usize);

    // What may help is added beside what has failed.
    page.click("half-lr-0");
    page.until("a third schedule", |page| page.has("lr-2") && page.value("lr-2") == "500");
    page.screenshot("marked");
    page.assert_no_errors();
}

#[test]
fn the_reason_of_a_demo_can_be_taken_away() {
    let page = Page::open("counter", Gpu::Absent, "");
    page.click("counter-example");
    page.until("Pre-LN", |page| page.value("norm-select") == "pre");
    page.screenshot("switched");
    page.click("counter-example");
    page.until("the demo as it was", |page| page.value("norm-select") == "post" && page.value("lr-1") == "1.5e-2");
    assert!(!page.text("outcome-0").is_empty(), "the recorded run fits again");
    page.assert_no_errors();
}

#[test]
fn parameter_groups_are_set_drawn_trained_and_shared() {
    let page = Page::open("param-groups", Gpu::Absent, SHORT);
    page.click("param-groups");
    page.type_over("group-input", "0.1");
    page.click("no-decay");
    page.until("the groups in words", |page| page.text("param-groups-words") == "input:0.1,no-decay");
    page.until("a thin line for the LR of the group", |page| {
        page.run("return document.querySelectorAll('[data-testid=lr-plot] path.line.thin').length").as_u64() == Some(2)
    });
    page.screenshot("set");
    page.train();
    page.click("share");
    let link = page.wait_for_value("share-link");
    assert!(link.contains("param-groups=input:0.1,no-decay"), "{link}");
    page.open_in_new_tab(&link);
    assert_eq!(page.wait_for_value("group-input"), "0.1");
    page.assert_no_errors();
}

#[test]
fn the_loss_is_drawn_over_the_lr_that_has_been_spent() {
    // A constant 0.5 has spent 20 before step 40; a linear decay to 0 has spent about half of that.
    let page = Page::open(
        "area",
        Gpu::Absent,
        "lane=constant~0.5~ConstantLR(factor=1.0)&lane=linear~0.5~LinearLR(start_factor=1.0,end_factor=0.0,total_iters=40)\
         &lane=plateau~0.5~ReduceLROnPlateau(patience=1000)&demo=spirals&steps=41&seeds=2&device=cpu&v=1",
    );
    page.train();
    let cursor = "[data-testid=loss-plot] [data-testid=cursor]";
    let end = |page: &Page| page.attribute(cursor, "aria-valuemax").parse::<f64>().expect("a number");
    assert_eq!(end(&page), 40.0, "steps");
    assert!(!page.run("return location.hash").to_string().contains("loss-over"), "steps are the default");
    page.click("over-area");
    page.until("the sum of the LRs", |page| end(page) == 20.0);
    page.screenshot("over-area");

    // Each line ends where its schedule has spent what it has: in shares of the axis.
    let ends = page.run(
        "return [...document.querySelectorAll('[data-testid=loss-plot] path.line')]
             .map(line => Number(line.getAttribute('d').split('L').at(-1).split(',')[0]))",
    );
    let ends: Vec<f64> = ends.as_array().into_iter().flatten().filter_map(|end| end.as_f64()).collect();
    let start = 58.0;
    let share = (ends[1] - start) / (ends[0] - start);
    let linear: f64 = (0..40).map(|step| 0.5 * (1.0 - f64::from(step) / 40.0)).sum::<f64>() / 20.0;
    assert!((share - linear).abs() < 0.01, "{share}, {linear}");
    assert!((ends[2] - ends[0]).abs() < 1.0, "a plateau that never cuts spends as much as the constant: {ends:?}");
    page.focus(cursor);
    page.press_key("End", 0);
    page.until("nothing of the linear one at the end", |page| {
        page.attribute(cursor, "aria-valuetext").contains("LR area 20: ")
            && page.attribute(cursor, "aria-valuetext").contains("linear none")
    });

    page.click("share");
    let link = page.wait_for_value("share-link");
    assert!(link.contains("loss-over=area"), "{link}");
    page.open_in_new_tab(&link);
    page.wait_for_value("schedule-text-0");
    assert_eq!(page.run("return document.querySelector('[data-testid=over-area]').checked"), true);
    page.assert_no_errors();
}

#[test]
fn the_lr_is_changed_by_hand_while_a_race_is_under_way() {
    let page = Page::open(
        "by-hand",
        Gpu::Absent,
        "lane=touched~0.5~ConstantLR(factor=1.0)&lane=left~0.5~ConstantLR(factor=1.0)\
         &demo=spirals&steps=5000&seeds=2&device=cpu&v=1",
    );
    assert!(!page.has("halve-lr-now-0"), "there is nothing to change before a race");
    page.click("single-step");
    page.wait_for_state("paused");
    page.click("halve-lr-now-0");
    page.click("halve-lr-now-0");
    page.until("the factor", |page| page.text("outcomes").contains("LR × 0.25 by hand"));
    page.click("pause");
    page.wait_for_state("done");
    assert!(!page.has("halve-lr-now-0"), "nor after it");
    page.run(
        "const make = URL.createObjectURL;
         URL.createObjectURL = blob => { window.saved = blob; return make.call(URL, blob) };",
    );
    page.click("json-1");
    page.wait_for_script("window.saved");
    let json = page.run("return window.saved.text().then(text => JSON.parse(text))");
    let lrs = |lane: usize| -> Vec<f64> {
        serde_json::from_value(json["lanes"][lane]["lr"].clone()).expect("the LR of every step")
    };
    // Steps that were trained ahead of what was shown keep their LR, and workers are not all equally far ahead.
    for lane in [0, 1] {
        let lrs = lrs(lane);
        let changed = lrs.iter().position(|lr| *lr != 0.5);
        let changed = changed.unwrap_or_else(|| panic!("the LR of lane {lane} has not changed"));
        assert!(changed > 0 && lrs[changed..].iter().all(|lr| *lr == 0.125), "lane {lane} changes at step {changed}");
    }
    assert!(lrs(2).iter().chain(&lrs(3)).all(|lr| *lr == 0.5), "no other schedule is changed");
    let factors = [&json["schedules"][0]["lr_factor_by_hand"], &json["schedules"][1]["lr_factor_by_hand"]];
    assert_eq!(factors, [&serde_json::json!(0.25), &serde_json::Value::Null]);
    page.until("a thin line for the LR that was", |page| {
        page.run("return document.querySelectorAll('[data-testid=lr-plot] path.line.thin').length").as_u64() == Some(1)
    });
    page.screenshot("changed");
    page.assert_no_errors();
}
