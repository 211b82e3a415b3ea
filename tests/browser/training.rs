//! Run trains, on every device, to the end.

use crate::page::{Gpu, Page};

/// The two spirals, small enough for a GPU that is computed on the CPU.
const SPIRALS_ON_WEBGPU: &str = "demo=spirals&steps=20&seeds=2&device=webgpu&v=1";

#[test]
fn warmup_decides_whether_the_transformer_learns() {
    let page = Page::open("warmup", Gpu::Software, "demo=warmup&device=cpu&v=1");
    page.train();
    let seeds = |lane: &str| (page.number(lane, "learned"), page.number(lane, "seeds"));
    let (without, with) = (seeds("outcome-0"), seeds("outcome-1"));
    println!("warmup: {} / {}", page.text("outcome-0"), page.text("outcome-1"));
    assert_eq!((without.1, with.1), (10, 10), "seeds per schedule");
    assert!(without.0 <= 2, "{} of 10 seeds learned without warmup", without.0);
    assert!(with.0 >= 9, "{} of 10 seeds learned with warmup", with.0);
    assert_eq!(page.data("step", "step"), page.data("step", "steps"), "all steps are trained");
    page.print_responsiveness();
    page.assert_no_errors();
}

#[test]
fn the_spirals_train_on_webgpu() {
    let page = Page::open("webgpu", Gpu::Software, SPIRALS_ON_WEBGPU);
    page.train();
    let device = page.text("device");
    assert!(device.contains("WebGPU"), "the device in use is {device}");
    assert_eq!(page.number("step", "steps"), 20);
    page.print_responsiveness();
    page.assert_no_errors();
}

#[test]
fn without_webgpu_the_same_link_runs_on_the_cpu_and_says_so() {
    let page = Page::open("no-webgpu", Gpu::Absent, SPIRALS_ON_WEBGPU);
    let adapter = page.run("return (async () => Boolean(await navigator.gpu?.requestAdapter()))()");
    assert_eq!(adapter, false, "this browser must be one without WebGPU");
    page.train();
    let device = page.text("device");
    assert!(device.contains("CPU"), "the device in use is {device}");
    let notice = page.text("notice");
    assert!(notice.contains("WebGPU"), "the notice says that there is no WebGPU, not {notice:?}");
    page.assert_no_errors();
}

#[test]
fn a_run_can_be_paused_resumed_and_stopped() {
    let page = Page::open("pause", Gpu::Absent, "demo=spirals&steps=20000&seeds=2&device=cpu&v=1");
    page.click("run");
    page.wait_for_state("training");
    page.click("pause");
    page.wait_for_state("paused");
    page.screenshot("paused");
    let step = page.number("step", "step");
    page.click("pause");
    page.wait_for_state("training");
    page.click("stop");
    page.wait_for_state("idle");
    assert!(step < 20_000, "the run was paused before its end");
    page.assert_no_errors();
}
