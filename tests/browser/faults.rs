//! Live training breaks as it does in the world, is said to be broken, and goes on. Nothing that was shown is lost.
//!
//! Faults are made outside of the page: by the browser, by the server, or in the global scope of a worker before its program
//! runs. What recovers from them is what visitors have.

use std::sync::atomic::AtomicBool;
use std::thread;
use std::time::{Duration, Instant};

use serde_json::json;

use crate::page::{Gpu, Page, site_folder};
use crate::server::{self, Deed, Deeds};

static RUNNING: AtomicBool = AtomicBool::new(true);

/// The script that every worker starts with.
const WORKER: &str = "trainer-worker.js";
const WASM: &str = "cpu-worker_bg.wasm";

/// Before the page: two cores, so that there are two workers on every machine; no copy of files that the server no longer
/// has; and all workers within reach.
const PREPARED: &str = "
    Object.defineProperty(Navigator.prototype, 'hardwareConcurrency', { get: () => 2 });
    ServiceWorkerContainer.prototype.register = () => new Promise(() => {});
    window.testWorkers = [];
    const Plain = Worker;
    window.Worker = class extends Plain {
        constructor(...parts) { super(...parts); window.testWorkers.push(this); }
    };
";

/// In a worker: throws when the test says so.
const MORTAL: &str = "new BroadcastChannel('test').onmessage = () => { throw new Error('killed by the test') };";
/// In a worker: destroys its GPU device when the test says so.
const LOSES_ITS_GPU: &str = "
    const request = GPUAdapter.prototype.requestDevice;
    GPUAdapter.prototype.requestDevice = async function (...options) {
        const device = await request.apply(this, options);
        new BroadcastChannel('test').onmessage = () => device.destroy();
        return device;
    };
";
/// In a worker: leaves its program no memory beyond what it has when it is ready.
const TAKES_ALL_MEMORY: &str = "
    const instantiate = WebAssembly.instantiate;
    const post = self.postMessage.bind(self);
    WebAssembly.instantiate = async (...parts) => {
        const made = await instantiate(...parts);
        const { memory } = (made.instance ?? made).exports;
        self.postMessage = (...message) => {
            for (let pages = 65536; pages > 0; ) try { memory.grow(pages) } catch { pages >>= 1 }
            post(...message);
        };
        return made;
    };
";

/// A page of a server that does these deeds.
fn open(name: &'static str, gpu: Gpu, fragment: &str, script: &str, deeds: &Deeds) -> Page {
    let address = server::start_with(site_folder(), &RUNNING, deeds.clone());
    Page::open_prepared(name, gpu, &format!("{address}#{fragment}"), &format!("{PREPARED}{script}"))
}

fn deeds(deeds: &[(&'static str, Deed)]) -> Deeds {
    let all = Deeds::default();
    set(&all, deeds);
    all
}

fn set(deeds: &Deeds, to: &[(&'static str, Deed)]) {
    *deeds.lock().expect("no test has panicked with it") = to.to_vec();
}

/// What happens to all workers that listen for it.
fn strike(page: &Page) {
    page.run("new BroadcastChannel('test').postMessage('now')");
}

fn step(page: &Page) -> u32 {
    page.number("step", "step")
}

/// How many curves the loss plot has.
fn curves(page: &Page) -> u64 {
    page.run("return document.querySelectorAll('[data-testid=loss-plot] path.line').length").as_u64().unwrap_or(0)
}

/// The losses of each lane of a run that is kept; `None` where they are not numbers.
fn kept_losses(page: &Page, run: u32) -> Vec<Vec<Option<f64>>> {
    page.run(
        "const make = URL.createObjectURL;
         URL.createObjectURL = blob => { window.saved = blob; return make.call(URL, blob) };",
    );
    page.click(&format!("json-{run}"));
    page.wait_for_script("window.saved");
    let lanes = page.run("return window.saved.text().then(text => JSON.parse(text).lanes.map(lane => lane.loss))");
    serde_json::from_value(lanes).expect("lists of numbers")
}

/// How many steps each lane of a run that is kept has.
fn kept_steps(page: &Page, run: u32) -> Vec<usize> {
    kept_losses(page, run).iter().map(Vec::len).collect()
}

#[test]
fn without_an_adapter_the_cpu_trains_and_the_page_says_why() {
    for (name, script, why) in [
        ("adapter-null", "GPU.prototype.requestAdapter = async () => null", "offers no WebGPU adapter"),
        ("adapter-throws", "GPU.prototype.requestAdapter = () => { throw new Error('no luck') }", "no luck"),
        ("adapter-rejects", "GPU.prototype.requestAdapter = async () => { throw new Error('no luck') }", "no luck"),
        ("adapter-silent", "GPU.prototype.requestAdapter = () => new Promise(() => {})", "no answer for 10 s"),
    ] {
        let fragment = "demo=spirals&steps=30&seeds=2&device=webgpu&v=1";
        let page = open(name, Gpu::Software, fragment, script, &Deeds::default());
        page.train();
        assert!(page.text("device").contains("CPU"), "{name}: {}", page.text("device"));
        let notice = page.text("notice");
        assert!(notice.contains(why) && notice.contains("Training on the CPU instead."), "{name}: {notice}");
        page.assert_no_errors();
    }
}

#[test]
fn a_worker_without_an_adapter_hands_over_to_the_cpu() {
    let deeds = deeds(&[(WORKER, Deed::Prepend("GPU.prototype.requestAdapter = async () => null;"))]);
    let page =
        open("worker-without-adapter", Gpu::Software, "demo=spirals&steps=30&seeds=2&device=webgpu&v=1", "", &deeds);
    page.train();
    assert!(page.text("device").contains("CPU"), "{}", page.text("device"));
    let notice = page.text("notice");
    assert!(notice.contains("WebGPU") && notice.contains("Training on the CPU instead."), "{notice}");
    assert!(!page.has("fault"), "nothing was lost");
}

#[test]
fn a_lost_gpu_keeps_its_curves_and_the_cpu_goes_on() {
    let deeds = deeds(&[(WORKER, Deed::Prepend(LOSES_ITS_GPU))]);
    let page = open("gpu-lost", Gpu::Software, "demo=spirals&steps=4000&seeds=2&device=webgpu&v=1", "", &deeds);
    page.click("run");
    page.wait_for_state("training");
    // Long enough for a checkpoint.
    let trained = Instant::now();
    page.until("some steps", |page| step(page) > 20 && trained.elapsed() > Duration::from_secs(7));
    strike(&page);
    page.wait_for_state("interrupted");
    let (lost_at, lines) = (step(&page), curves(&page));
    let sentence = page.text("fault");
    println!("gpu-lost: {sentence}");
    assert!(sentence.contains("All curves are kept."), "{sentence}");
    assert!(lost_at > 20 && lines >= 2, "{lines} curves at step {lost_at}");
    assert_eq!(page.run("return document.querySelector('[data-testid=fault]').parentElement.ariaLive"), "assertive");
    for (width, height) in [(1440, 900), (360, 740)] {
        page.size(width, height);
        for scheme in ["light", "dark"] {
            page.color_scheme(scheme);
            page.run("document.querySelector('[data-testid=fault]').scrollIntoView({ block: 'center', behavior: 'instant' })");
            page.screenshot(&format!("{width}-{scheme}"));
        }
    }
    page.size(1280, 900);

    let way = page.text("go-on-elsewhere");
    assert!(way.starts_with("Go on on the CPU from step ") && !way.ends_with(" 0"), "{way}");
    page.click("go-on-elsewhere");
    page.until("more steps", |page| {
        assert!(step(page) >= lost_at, "what was shown is shown");
        assert!(curves(page) >= lines, "and drawn");
        step(page) > lost_at + 100
    });
    let (since, before) = (Instant::now(), step(&page));
    page.until("even more steps", |page| step(page) > 3500 || page.data("status", "state").as_deref() == Some("done"));
    let measured = f64::from(step(&page) - before) / since.elapsed().as_secs_f64();
    let shown = page.text("steps-per-second");
    let shown: f64 = shown.split(' ').next().and_then(|text| text.parse().ok()).expect("a speed");
    println!("gpu-lost: {measured:.0} steps/s measured, {shown:.0} shown after the loss");
    assert!(shown < 2.0 * measured, "{shown} steps/s are shown, {measured} were measured");
    page.wait_for_state("done");
    assert_eq!(page.run("return window.testWorkers.length"), 3, "one for the GPU, then one for each core");
    assert!(!page.has("fault") && page.text("device").contains("CPU"), "{}", page.text("device"));
    assert_eq!(kept_steps(&page, 1), [4000; 4], "every lane has every step once");
}

#[test]
fn the_lanes_of_a_killed_worker_wait_while_the_others_go_on() {
    let fragment = "demo=spirals&steps=20000&seeds=2&device=cpu&v=1";
    let page = open("worker-killed", Gpu::Absent, fragment, "", &Deeds::default());
    page.click("run");
    page.wait_for_state("training");
    thread::sleep(Duration::from_secs(7));
    // As a browser does that needs its memory: without a word to anybody.
    page.run("window.testWorkers[0].terminate()");
    let killed_at = step(&page);
    let sentence = page.text("fault");
    println!("worker-killed: {sentence}");
    assert!(sentence.contains("has said nothing for long"), "{sentence}");
    assert!(sentence.contains("2 of the 4 lanes have stopped"), "{sentence}");
    page.until("the others to go on", |page| step(page) > killed_at + 200);
    assert!(page.text("outcomes").contains("1 interrupted"), "{}", page.text("outcomes"));
    page.screenshot("others-go-on");
    let (reached, way) = (step(&page), page.text("go-on"));
    assert!(way.starts_with("Go on from step ") && !way.ends_with(" 0"), "{way}");
    page.click("go-on");
    page.until("the fault to be over", |page| !page.has("fault"));
    page.until("those who catch up", |page| page.text("status").starts_with("Catching up: 2 lanes"));
    page.screenshot("catching-up");
    assert!(step(&page) >= reached, "what was shown is shown");
    page.click("stop");
    page.assert_no_errors();
}

#[test]
fn a_race_whose_workers_die_goes_on_to_its_end() {
    let deeds = deeds(&[(WORKER, Deed::Prepend(MORTAL))]);
    let page = open("workers-die", Gpu::Absent, "demo=spirals&steps=3000&seeds=2&device=cpu&v=1", "", &deeds);
    page.click("run");
    page.until("some steps", |page| step(page) > 100);
    strike(&page);
    page.wait_for_state("interrupted");
    let (lost_at, sentence) = (step(&page), page.text("fault"));
    assert!(sentence.contains("A trainer has died") && sentence.contains("killed by the test"), "{sentence}");
    assert!(sentence.contains("All curves are kept."), "{sentence}");
    page.click("go-on");
    page.until("the end", |page| {
        assert!(step(page) >= lost_at, "what was shown is shown");
        page.data("status", "state").as_deref() == Some("done")
    });
    assert_eq!(kept_steps(&page, 1), [3000; 4], "every lane has every step once");
    let through = page.text("outcomes");

    // The same without a break comes to the same.
    page.click("run");
    page.wait_for_state("training");
    page.wait_for_state("done");
    assert_eq!(page.text("outcomes"), through);

    // A race that was interrupted is kept when another one takes its place.
    page.click("run");
    page.until("some steps", |page| step(page) > 100 && step(page) < 3000);
    strike(&page);
    page.wait_for_state("interrupted");
    page.click("start-again");
    page.wait_for_state("training");
    page.wait_for_state("done");
    page.text("kept-4");
}

#[test]
fn a_trainer_that_cannot_be_loaded_is_said_and_loaded_again() {
    let deeds = Deeds::default();
    let page = open("not-loaded", Gpu::Absent, "demo=warmup&device=cpu&v=1", "", &deeds);
    page.until("the recorded run", |page| curves(page) >= 2);
    for (deed, why) in [
        (Deed::Refuse("404 Not Found"), "404"),
        (Deed::Refuse("503 Service Unavailable"), "503"),
        (Deed::CutOff, "the connection broke off after"),
        (Deed::Replace("<!doctype html><p>Not here.</p>"), "is damaged"),
        (Deed::Stall, "no answer for 20 s"),
    ] {
        set(&deeds, &[(WASM, deed)]);
        page.click("run");
        page.wait_for_state("failed");
        let sentence = page.text("fault");
        println!("not-loaded: {sentence}");
        assert!(sentence.starts_with("The trainer could not be loaded") && sentence.contains(why), "{sentence}");
        assert!(curves(&page) >= 2, "the recorded run is still there");
        set(&deeds, &[]);
        // So that the next failure is not taken for this one.
        page.click("single-step");
        page.until("another state", |page| page.data("status", "state").as_deref() != Some("failed"));
        page.click("stop");
        page.wait_for_state("idle");
        page.reload();
        page.until("the recorded run", |page| curves(page) >= 2);
    }
    set(&deeds, &[("cpu-worker.js", Deed::Refuse("404 Not Found"))]);
    page.click("run");
    page.wait_for_state("failed");
    assert!(page.text("fault").contains("No step was made."), "{}", page.text("fault"));
    assert!(curves(&page) >= 2, "the recorded run is still there");
    page.screenshot("failed");
    set(&deeds, &[]);
    page.click("start-again");
    page.wait_for_state("training");
    page.until("steps", |page| step(page) > 5);
}

#[test]
fn a_slow_download_can_be_stopped() {
    let deeds = deeds(&[(WASM, Deed::Stall)]);
    let page = open("slow", Gpu::Absent, "demo=spirals&steps=30&seeds=2&device=cpu&v=1", "", &deeds);
    page.click("run");
    page.wait_for_state("loading");
    page.until("half of the bytes", |page| page.text("status").contains(" of "));
    page.screenshot("loading");
    page.click("stop");
    page.wait_for_state("idle");
    set(&deeds, &[]);
    page.click("run");
    // The download that stands still is given up, and its failure told; then it can be tried again.
    page.wait_for_state("failed");
    page.click("start-again");
    page.wait_for_state("done");
}

#[test]
fn a_race_that_is_too_large_is_refused_before_it_starts() {
    let page = open(
        "too-large",
        Gpu::Absent,
        "demo=warmup&task=reverse&batch=1024&seeds=32&device=cpu&v=1",
        "",
        &Deeds::default(),
    );
    let notice = page.text("notice");
    assert!(notice.contains("need more memory than a browser gives"), "{notice}");
    page.click("run");
    page.until("the demo's own size to train", |page| step(page) > 2);
}

#[test]
fn a_worker_without_memory_says_so_and_is_started_again() {
    let deeds = deeds(&[(WORKER, Deed::Prepend(TAKES_ALL_MEMORY))]);
    let page = open("out-of-memory", Gpu::Absent, "demo=warmup&seeds=8&batch=64&steps=40&device=cpu&v=1", "", &deeds);
    page.click("run");
    page.wait_for_state("failed");
    let sentence = page.text("fault");
    println!("out-of-memory: {sentence}");
    assert!(sentence.contains("has run out of memory") && sentence.contains("fewer seeds"), "{sentence}");
    page.screenshot("failed");
    set(&deeds, &[]);
    page.click("start-again");
    page.wait_for_state("done");
    assert!(!page.has("fault"));
    assert_eq!(step(&page), 40);
}

#[test]
fn one_lane_of_sixteen_that_turns_nan_leaves_fifteen_alone() {
    // Seven schedules that train, and an LR at which one of two seeds ends in numbers that are none.
    let healthy: String = (1..8).map(|tenth| format!("lane=well-{tenth}~0.0{tenth}~ConstantLR(factor=1.0)&")).collect();
    let fragment =
        format!("{healthy}lane=hot~4.0~ConstantLR(factor=1.0)&demo=noise-floor&steps=100&seeds=2&device=cpu&v=1");
    let page = open("one-nan", Gpu::Absent, &fragment, "", &Deeds::default());
    page.train();
    let outcomes = page.text("outcomes");
    assert!(outcomes.contains("1 diverged"), "{outcomes}");
    let lanes = kept_losses(&page, 1);
    let is_well = |losses: &Vec<Option<f64>>| losses.len() == 100 && losses.iter().all(Option::is_some);
    assert_eq!((lanes.len(), lanes.iter().filter(|losses| is_well(losses)).count()), (16, 15), "one turns NaN");
    let ends = lanes[..14].iter().map(|losses| (losses[0], losses[99]));
    assert!(ends.into_iter().all(|(first, last)| last < first), "the others learn");
    assert!(!page.has("fault"), "a lane that diverges is a result and no fault");
    page.screenshot("one-of-sixteen");
    page.assert_no_errors();
}

#[test]
fn a_hidden_tab_trains_on_and_says_so_to_whoever_comes_back() {
    let page = open(
        "hidden",
        Gpu::Absent,
        "demo=spirals&steps=20000&seeds=2&device=cpu&v=1",
        "addEventListener('visibilitychange', () => (window.testHidden ??= []).push(document.hidden))",
        &Deeds::default(),
    );
    page.click("run");
    page.until("some steps", |page| step(page) > 50);
    page.look_away(Duration::from_secs(3));
    assert_eq!(page.run("return window.testHidden"), json!([true, false]), "the tab was hidden for a while");
    let sentence = page.text("unseen");
    println!("hidden: {sentence}");
    assert!(sentence.contains("went on while this tab was hidden"), "{sentence}");
    let numbers: Vec<u32> =
        sentence.split(|c: char| !c.is_ascii_digit()).filter_map(|word| word.parse().ok()).collect();
    assert!(numbers.len() == 2 && numbers[1] > numbers[0] + 100, "{sentence}");
    assert!(step(&page) >= numbers[1], "the plot is up to date");
    // The curve ends where the status says.
    let end = page.run(
        "const line = document.querySelector('[data-testid=loss-plot] path.line');
         const box = line.getBBox(); const shown = document.querySelector('[data-testid=step]').dataset.step;
         return { right: box.x + box.width, step: Number(shown) }",
    );
    println!("hidden: {end}");
    page.screenshot("back");
    page.click("stop");
    page.assert_no_errors();
}
