//! Schedules are composed by mouse, keyboard and finger, and the page says what it thinks of them.

use crate::gestures::{ALT, CTRL, SHIFT};
use crate::page::{Gpu, Page};

fn blocks(page: &Page) -> u64 {
    page.run("return document.querySelectorAll('[data-testid=blocks-0] button').length").as_u64().unwrap_or(0)
}

fn wait_for_text(page: &Page, wanted: &str) {
    page.until(&format!("the text to be {wanted}, not {}", page.value("schedule-text-0")), |page| {
        page.value("schedule-text-0") == wanted
    });
}

const WARMUP_COSINE: &str =
    "SequentialLR([LinearLR(start_factor=0.01, total_iters=20), CosineAnnealingLR(T_max=180)], milestones=[20])";

#[test]
fn blocks_and_text_are_two_views_of_a_schedule() {
    let page = Page::open("blocks", Gpu::Absent, "");
    page.until("the block of a constant", |page| blocks(page) == 1);
    page.type_over("schedule-text-0", WARMUP_COSINE);
    page.until("two blocks", |page| blocks(page) == 2);

    page.click("block-0-0");
    page.type_over("block-steps-0", "50");
    wait_for_text(
        &page,
        "SequentialLR([LinearLR(start_factor=0.01, total_iters=50), CosineAnnealingLR(T_max=150)], milestones=[50])",
    );
    page.type_over("parameter-0-start_factor", "0.1");
    wait_for_text(
        &page,
        "SequentialLR([LinearLR(start_factor=0.1, total_iters=50), CosineAnnealingLR(T_max=150)], milestones=[50])",
    );
    assert!(page.run("return document.querySelector('[data-testid=later-0]').disabled") == false, "it can go later");
    page.choose("add-block-0", "hold");
    page.until("three blocks", |page| blocks(page) == 3);
    page.screenshot("three");

    // By keyboard: the last block is moved to the left, then the first one is taken out.
    let before = page.value("schedule-text-0");
    page.focus("[data-testid=block-0-2]");
    page.press_key("ArrowLeft", ALT);
    page.until("another order", |page| page.value("schedule-text-0") != before);
    page.focus("[data-testid=block-0-0]");
    page.press_key("Delete", 0);
    page.until("two blocks", |page| blocks(page) == 2);
    assert!(!page.value("schedule-text-0").contains("LinearLR"), "{}", page.value("schedule-text-0"));
    page.assert_no_errors();
}

#[test]
fn every_kind_of_block_can_be_added() {
    let page = Page::open("kinds", Gpu::Absent, "");
    page.wait_for_value("schedule-text-0");
    let kinds = page.run(
        "return [...document.querySelectorAll('[data-testid=add-block-0] option')].map(o => o.value).filter(Boolean)",
    );
    let kinds: Vec<&str> = kinds.as_array().into_iter().flatten().filter_map(|kind| kind.as_str()).collect();
    assert!(kinds.len() > 10, "{kinds:?}");
    for kind in kinds {
        page.type_over("schedule-text-0", "CosineAnnealingLR(T_max=200)");
        page.until("one block", |page| blocks(page) == 1);
        page.choose("add-block-0", kind);
        page.until(&format!("a second block, {kind}"), |page| blocks(page) == 2);
        let drawn = page.attribute("[data-testid=lr-plot] path.line", "d");
        assert!(drawn.len() > 50, "{kind} is drawn: {}", page.value("schedule-text-0"));
    }
    page.assert_no_errors();
}

#[test]
fn changes_are_undone_and_redone() {
    let page = Page::open("undo", Gpu::Absent, "");
    let before = page.wait_for_value("lr-0");
    page.type_over("lr-0", "0.5");
    page.click("undo");
    page.until("the LR of before", |page| page.value("lr-0") == before);
    page.click("redo");
    page.until("the LR of after", |page| page.value("lr-0") == "0.5");
    page.focus("[data-testid=run]");
    page.press_key("z", CTRL);
    page.until("the LR of before, by key", |page| page.value("lr-0") == before);
    page.press_key("Z", CTRL | SHIFT);
    page.until("the LR of after, by key", |page| page.value("lr-0") == "0.5");
    page.assert_no_errors();
}

#[test]
fn a_reload_and_the_way_back_keep_the_state() {
    let page = Page::open("reload", Gpu::Absent, "");
    page.type_over("schedule-text-0", "CosineAnnealingLR(T_max=77)");
    page.until("the address to follow", |page| {
        page.run("return location.hash").as_str().is_some_and(|hash| hash.contains("T_max=77"))
    });
    page.run("location.reload()");
    page.until("the schedule after the reload", |page| {
        page.has("schedule-text-0") && page.value("schedule-text-0") == "CosineAnnealingLR(T_max=77)"
    });
    page.assert_no_errors();
}

#[test]
fn handles_are_moved_by_mouse_keyboard_and_finger() {
    let page = Page::open("handles", Gpu::Absent, "");
    page.wait_for_value("lr-1");
    let lr = |page: &Page| page.value("lr-1").parse::<f64>().expect("an LR");
    let start = lr(&page);
    let text = page.value("schedule-text-1");
    page.drag("[data-testid=handle-1]", (60.0, 40.0));
    page.until("a lower LR and a longer warmup", |page| lr(page) < start && page.value("schedule-text-1") != text);

    let before = lr(&page);
    page.focus("[data-testid=handle-1]");
    page.press_key("ArrowUp", 0);
    page.until("a higher LR by key", |page| lr(page) > before);
    let text = page.value("schedule-text-1");
    page.press_key("ArrowRight", SHIFT);
    page.until("a longer warmup by key", |page| page.value("schedule-text-1") != text);
    assert!(page.attribute("[data-testid=handle-1]", "aria-valuetext").starts_with("LR "));

    let before = lr(&page);
    page.size(360, 740);
    // On a phone, lines end with marks instead of names.
    page.until("the plot to be as narrow as the phone", |page| {
        page.run("return document.querySelector('[data-testid=lr-plot] .label').textContent.length") == 1
    });
    page.swipe("[data-testid=handle-1]", (0.0, 30.0));
    page.until("a lower LR by finger", |page| lr(page) < before);
    page.assert_no_errors();
}

#[test]
fn ends_of_blocks_are_moved_on_the_plot() {
    let page = Page::open("ends", Gpu::Absent, "");
    page.type_over("schedule-text-0", "Phases([Phase(50, 0.0, 1.0), Phase(100, 1.0, 1.0), Phase(50, 1.0, 0.0)])");
    page.text("handle-0-2");
    page.focus("[data-testid=handle-0-2]");
    page.press_key("ArrowLeft", SHIFT);
    wait_for_text(&page, "Phases(phases=[Phase(50, 0.0, 1.0), Phase(90, 1.0, 1.0), Phase(60, 1.0, 0.0)])");
    page.drag("[data-testid=handle-0-2]", (-80.0, 5.0));
    page.until("a longer decay", |page| !page.value("schedule-text-0").contains("Phase(60, 1.0, 0.0)"));
    let text = page.value("schedule-text-0");
    let steps: Vec<u32> =
        text.split("Phase(").skip(1).filter_map(|phase| phase.split(',').next()?.parse().ok()).collect();
    assert_eq!((steps[0], steps.iter().sum::<u32>()), (50, 200), "{text}");
    assert!(steps[2] > 60, "{text}");
    page.screenshot("moved");
    page.assert_no_errors();
}

#[test]
fn all_plots_share_a_crosshair() {
    let page = Page::open("crosshair", Gpu::Absent, "");
    page.text("loss-plot");
    page.focus("[data-testid=lr-plot] [data-testid=cursor]");
    for _ in 0..3 {
        page.press_key("ArrowRight", 0);
    }
    for plot in ["lr-plot", "loss-plot"] {
        let cursor = format!("[data-testid={plot}] [data-testid=cursor]");
        page.until(&format!("{plot} at step 3"), |page| page.attribute(&cursor, "aria-valuenow") == "3");
        let spoken = page.attribute(&cursor, "aria-valuetext");
        assert!(spoken.starts_with("step 3: no warmup "), "{spoken}");
    }
    let read = page.run("return document.querySelector('[data-testid=loss-plot] .readout').textContent");
    assert!(read.as_str().is_some_and(|read| read.contains("step 3")), "{read}");
    page.screenshot("read-off");
    page.run("document.querySelectorAll('details.table summary').forEach(summary => summary.click())");
    page.until("tables", |page| {
        page.run("return document.querySelectorAll('details.table td').length").as_u64() > Some(40)
    });
    page.assert_no_errors();
}

#[test]
fn a_run_of_ones_own_is_drawn_per_optimizer_step() {
    let page = Page::open("own-run", Gpu::Absent, "");
    page.type_over("schedule-text-0", "CosineAnnealingLR(T_max=90)");
    page.click("own-run");
    for (field, value) in [("epochs", "90"), ("dataset-size", "1281167"), ("batch-size", "256"), ("accumulation", "4")]
    {
        page.type_over(field, value);
    }
    page.choose("cadence", "epoch");
    page.until("the length of the run", |page| {
        page.text("run-words").contains("1251 optimizer steps per epoch, 112590 steps")
    });
    page.screenshot("epochs");
    page.type_over("resume-at", "50000");
    page.text("resume-as");
    page.type_over("groups", "0.1");
    page.click("share");
    let link = page.wait_for_value("share-link");
    let fragment = link.split_once('#').map_or("", |(_, fragment)| fragment);
    println!("own run: {} characters: {fragment}", fragment.len());
    assert!(fragment.len() < 300);
    page.open_in_new_tab(&link);
    assert_eq!(page.wait_for_value("resume-at"), "50000");
    assert_eq!(page.value("groups"), "0.1");
    assert!(page.text("run-words").contains("once per epoch: 90 calls"), "{}", page.text("run-words"));
    page.assert_no_errors();
}

#[test]
fn rules_judge_what_is_on_screen_and_mend_it() {
    let page = Page::open("findings", Gpu::Absent, "");
    page.wait_for_value("schedule-text-0");
    assert!(!page.has("fix-0"), "the demo has nothing to mend: {}", page.text("findings"));
    page.type_over("schedule-text-0", "CosineAnnealingLR(T_max=100)");
    page.until("a finding", |page| page.has("fix-0"));
    let found = page.text("findings");
    assert!(found.contains("covers 50 % of 200 steps"), "{found}");
    page.screenshot("found");
    page.click("fix-0");
    wait_for_text(&page, "CosineAnnealingLR(T_max=200)");
    page.until("no finding", |page| !page.has("fix-0"));
    page.assert_no_errors();
}

#[test]
fn schedules_leave_as_code_for_every_target_and_as_files() {
    let page = Page::open("export", Gpu::Absent, "");
    page.type_over("schedule-text-0", WARMUP_COSINE);
    // What would be saved is kept instead.
    page.run(
        "window.saved = []; const make = URL.createObjectURL;
         URL.createObjectURL = blob => { window.saved.push(blob); return make.call(URL, blob) };",
    );
    page.run("document.querySelector('[data-testid=export] summary').click()");
    for (target, word) in [
        ("pytorch", "SequentialLR"),
        ("lightning", "configure_optimizers"),
        ("transformers", "Trainer"),
        ("timm", "step"),
        ("optax", "optax"),
        ("keras", "keras"),
        ("burn", "LrScheduler"),
    ] {
        page.choose("export-target", target);
        page.until(&format!("code for {target}"), |page| page.text("export-code").contains(word));
    }
    for (button, kind, beginning) in [
        ("export-csv", "text/csv", "step,"),
        ("export-svg", "image/svg+xml", "<svg"),
        ("export-png", "image/png", "\u{fffd}PNG"),
    ] {
        page.click(button);
        page.until(&format!("a file of {kind}"), |page| {
            page.run("return window.saved.at(-1)?.type ?? ''").as_str() == Some(kind)
        });
        let text = page.run("return window.saved.at(-1).text()");
        let text = text.as_str().unwrap_or_default();
        assert!(text.starts_with(beginning), "{kind}: {}", text.chars().take(80).collect::<String>());
    }
    page.assert_no_errors();
}

#[test]
fn a_teacher_hides_parts_and_a_page_embeds_it() {
    let page = Page::open("teacher", Gpu::Absent, "hide=schedules,settings&embed=yes&v=1");
    page.text("lr-plot");
    assert!(!page.has("lr-0"));
    assert!(!page.has("device-select") && page.has("run"));
    let header = page.run("return getComputedStyle(document.querySelector('header')).display");
    assert_eq!(header, "none");
    page.screenshot("embedded");
    page.run("document.querySelector('[data-testid=share-menu] summary').click()");
    page.click("shows-schedules");
    page.wait_for_value("lr-0");
    page.assert_no_errors();
}

#[test]
fn nothing_is_too_wide_for_a_phone_or_too_small_for_a_finger() {
    let page = Page::open("phone", Gpu::Absent, "");
    page.wait_for_value("schedule-text-0");
    page.type_over("schedule-text-0", WARMUP_COSINE);
    page.click("block-0-0");
    page.click("own-run");
    page.run("document.querySelectorAll('details').forEach(details => details.open = true)");
    for (width, height) in [(1440, 900), (768, 1024), (360, 740)] {
        page.size(width, height);
        for scheme in ["light", "dark"] {
            page.color_scheme(scheme);
            page.screenshot(&format!("{width}-{scheme}"));
        }
        let overflow = page.run("return document.documentElement.scrollWidth - document.documentElement.clientWidth");
        assert!(overflow.as_i64() <= Some(0), "at a width of {width} the page is {overflow} pixels too wide");
        let small = page.run(
            "return [...document.querySelectorAll('button, select, summary, input, [role=slider].handle')]
                .filter(element => element.checkVisibility())
                .map(element => [element.closest('label') ?? element, element])
                .map(([target, element]) => [target.getBoundingClientRect(), element])
                .filter(([{ width, height }]) => width < 24 || height < 24)
                .map(([{ width, height }, element]) => `${width}x${height} ${element.outerHTML.slice(0, 90)}`)",
        );
        assert_eq!(small.as_array().map(Vec::len), Some(0), "too small at a width of {width}: {small}");
    }
    page.assert_no_errors();
}
