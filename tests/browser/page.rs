//! The playground in a browser, as its tests speak of it.
//!
//! Tests know the page by `data-testid` attributes only, so that its look can change freely.

use std::env;
use std::fs;
use std::path::PathBuf;
use std::sync::OnceLock;
use std::sync::atomic::AtomicBool;
use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::server;
use crate::webdriver::Session;

/// How long anything but training may take. Generous: the machine may be slow, and only a hang should fail a test.
const PATIENCE: Duration = Duration::from_secs(60);

/// What every browser of the tests is started with.
const ALWAYS: [&str; 9] = [
    "--headless=new",
    "--no-sandbox",
    "--disable-dev-shm-usage",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    // A site may store nothing where less than 1 GB of the disk is free: right for users, no matter of these tests.
    "--unlimited-storage",
];

/// Kept by the page from its first moment: how long it was busy without a break, and what went wrong in it.
const OBSERVER: &str = "
    window.testLongTasks = [];
    new PerformanceObserver(list => window.testLongTasks.push(...list.getEntries()))
        .observe({ entryTypes: ['longtask'] });
    window.testTrainingSince = Infinity;
    window.testErrors = [];
    addEventListener('error', event => window.testErrors.push(String(event.message)));
    addEventListener('unhandledrejection', event => window.testErrors.push(String(event.reason)));
";

/// Whether the browser has WebGPU.
#[derive(Clone, Copy, PartialEq)]
pub enum Gpu {
    /// Computed on the CPU, so that it is there on every machine.
    Software,
    /// As in a browser without WebGPU.
    Absent,
}

/// An open page.
pub struct Page {
    browser: Session,
    name: &'static str,
}

impl Page {
    /// Opens the playground at a fragment (without `#`, may be empty). The name is that of the screenshots.
    pub fn open(name: &'static str, gpu: Gpu, fragment: &str) -> Self {
        Self::open_at(name, gpu, &format!("{}#{fragment}", site()))
    }

    /// Opens an address.
    pub fn open_at(name: &'static str, gpu: Gpu, address: &str) -> Self {
        Self::open_prepared(name, gpu, address, "")
    }

    /// Opens an address, where a script has been before the page.
    pub fn open_prepared(name: &'static str, gpu: Gpu, address: &str, script: &str) -> Self {
        let mut arguments = ALWAYS.to_vec();
        match gpu {
            Gpu::Software => arguments.extend(["--enable-unsafe-webgpu", "--use-webgpu-adapter=swiftshader"]),
            Gpu::Absent => arguments.push("--disable-blink-features=WebGPU"),
        }
        let page = Self { browser: Session::start(&arguments), name };
        page.observe();
        page.browser.devtools("Page.addScriptToEvaluateOnNewDocument", json!({ "source": script }));
        page.size(1280, 900);
        page.browser.open(address);
        page
    }

    /// Opens an address in a new tab and goes on there.
    pub fn open_in_new_tab(&self, address: &str) {
        self.browser.new_tab();
        self.observe();
        self.size(1280, 900);
        self.browser.open(address);
    }

    /// Looks at another tab for a while.
    pub fn look_away(&self, how_long: Duration) {
        let here = self.browser.handle();
        self.browser.new_tab();
        thread::sleep(how_long);
        self.browser.switch_to(&here);
    }

    fn observe(&self) {
        self.browser.devtools("Page.addScriptToEvaluateOnNewDocument", json!({ "source": OBSERVER }));
    }

    /// Sets the size of the view, in CSS pixels.
    pub fn size(&self, width: u32, height: u32) {
        let metrics = json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600 });
        self.browser.devtools("Emulation.setDeviceMetricsOverride", metrics);
    }

    /// Asks the page to be `light` or `dark`.
    pub fn color_scheme(&self, scheme: &str) {
        let features = json!([{ "name": "prefers-color-scheme", "value": scheme }]);
        self.browser.devtools("Emulation.setEmulatedMedia", json!({ "features": features }));
    }

    /// A command of the Chrome DevTools protocol.
    pub fn devtools(&self, command: &str, parameters: Value) -> Value {
        self.browser.devtools(command, parameters)
    }

    /// Waits until something holds.
    pub fn until(&self, what: &str, mut holds: impl FnMut(&Self) -> bool) {
        self.wait(what, PATIENCE, || holds(self).then_some(()));
    }

    /// Saves what is visible as `target/e2e/NAME-WHAT.png`.
    pub fn screenshot(&self, what: &str) {
        let folder = screenshots();
        fs::create_dir_all(&folder).expect("the folder of the screenshots can be created");
        let file = folder.join(format!("{}-{what}.png", self.name));
        fs::write(&file, self.photograph()).expect("a screenshot can be written");
    }

    /// What is visible, as PNG.
    pub fn photograph(&self) -> Vec<u8> {
        base64(&self.browser.screenshot())
    }

    /// True when an element is on the page.
    pub fn has(&self, id: &str) -> bool {
        self.browser.find(&selector(id)).is_some()
    }

    /// Waits until an element is there, and returns its text.
    pub fn text(&self, id: &str) -> String {
        self.wait(&format!("{id} to be there"), PATIENCE, || {
            let text = self.browser.run(
                "const element = document.querySelector(arguments[0]); return element && element.textContent.trim()",
                json!([selector(id)]),
            );
            text.as_str().map(str::to_owned)
        })
    }

    /// The value of a field.
    pub fn value(&self, id: &str) -> String {
        self.text(id);
        let script = "return document.querySelector(arguments[0]).value";
        self.browser.run(script, json!([selector(id)])).as_str().unwrap_or_default().to_owned()
    }

    /// The value of `data-KEY` of an element.
    pub fn data(&self, id: &str, key: &str) -> Option<String> {
        let script = "return document.querySelector(arguments[0])?.getAttribute('data-' + arguments[1])";
        self.browser.run(script, json!([selector(id), key])).as_str().map(str::to_owned)
    }

    /// The value of `data-KEY` of an element as a number.
    pub fn number(&self, id: &str, key: &str) -> u32 {
        let text = self.data(id, key);
        let number = text.as_deref().and_then(|text| text.parse().ok());
        number.unwrap_or_else(|| panic!("data-{key} of {id} should be a number and is {text:?}"))
    }

    /// Waits until an element can be clicked, and clicks it.
    pub fn click(&self, id: &str) {
        let mut reason = "it is not there".to_owned();
        let end = Instant::now() + PATIENCE;
        while Instant::now() < end {
            // To the middle, as a person would scroll: at the edge, what sticks there may cover it.
            let script =
                "document.querySelector(arguments[0])?.scrollIntoView({ block: 'center', behavior: 'instant' })";
            self.browser.run(script, json!([selector(id)]));
            match self.browser.find(&selector(id)).map(|element| element.click()) {
                Some(Ok(())) => return,
                Some(Err(error)) => reason = error,
                None => {}
            }
            thread::sleep(Duration::from_millis(50));
        }
        self.screenshot("failed");
        panic!("{id} cannot be clicked: {reason}");
    }

    /// Replaces the content of a text field and leaves it.
    pub fn type_over(&self, id: &str, text: &str) {
        self.text(id);
        self.browser.find(&selector(id)).expect("the field is there").type_over(&format!("{text}\u{e004}"));
    }

    /// Chooses an entry of a select.
    pub fn choose(&self, id: &str, value: &str) {
        self.text(id);
        self.browser.run(
            "const select = document.querySelector(arguments[0]); select.value = arguments[1];
             for (const kind of ['input', 'change']) select.dispatchEvent(new Event(kind, { bubbles: true }));",
            json!([selector(id), value]),
        );
    }

    /// Waits until a text field holds something, and returns it.
    pub fn wait_for_value(&self, id: &str) -> String {
        self.wait(&format!("{id} to hold something"), PATIENCE, || {
            Some(self.value(id)).filter(|value| !value.is_empty())
        })
    }

    /// Waits until the run is in a state.
    pub fn wait_for_state(&self, wanted: &str) {
        self.wait(&format!("the state {wanted}"), PATIENCE, || {
            (self.data("status", "state").as_deref() == Some(wanted)).then_some(())
        });
    }

    /// Waits until a JavaScript expression is true.
    pub fn wait_for_script(&self, expression: &str) {
        let script = format!("return Boolean({expression})");
        self.wait(expression, PATIENCE, || (self.run(&script) == true).then_some(()));
    }

    /// Goes to another fragment, as a click on a link would.
    pub fn go(&self, fragment: &str) {
        self.browser.run("location.hash = arguments[0]", json!([fragment]));
    }

    /// Replaces the content of a text field at once, as pasting would.
    pub fn paste(&self, id: &str, text: &str) {
        self.text(id);
        let script = "const field = document.querySelector(arguments[0]); field.value = arguments[1];
            field.dispatchEvent(new Event('input', { bubbles: true }))";
        self.browser.run(script, json!([selector(id), text]));
    }

    /// Puts a file into a file field.
    pub fn upload(&self, id: &str, name: &str, text: &str) {
        self.text(id);
        let script = "const field = document.querySelector(arguments[0]); const files = new DataTransfer();
            files.items.add(new File([arguments[2]], arguments[1])); field.files = files.files;
            field.dispatchEvent(new Event('change', { bubbles: true }))";
        self.browser.run(script, json!([selector(id), name, text]));
    }

    /// Presses keys, to whatever has the focus.
    pub fn type_keys(&self, keys: &str) {
        let active = self.browser.find(":focus").expect("something has the focus");
        active.press(keys);
    }

    /// Why the browser would not let the page be installed; empty where it would.
    pub fn installability(&self) -> Vec<String> {
        let answer = self.browser.devtools("Page.getInstallabilityErrors", json!({}));
        let errors = answer["installabilityErrors"].as_array().cloned().unwrap_or_default();
        errors.iter().map(|error| error["errorId"].as_str().unwrap_or_default().to_owned()).collect()
    }

    /// Loads the page again.
    pub fn reload(&self) {
        self.browser.devtools("Page.reload", json!({}));
        thread::sleep(Duration::from_millis(500));
    }

    /// Runs a script in the page that its Content-Security-Policy has no say in.
    pub fn inject(&self, script: &str) {
        self.browser.devtools("Runtime.evaluate", json!({ "expression": script }));
    }

    /// Presses Run and waits for the end.
    pub fn train(&self) {
        self.text("run");
        self.run("window.testTrainingSince = performance.now()");
        self.click("run");
        self.wait_until_done();
        self.screenshot("done");
    }

    /// Waits until training has ended well, for as long as it keeps making progress, and prints how it went.
    fn wait_until_done(&self) {
        let started = Instant::now();
        let mut last_step = None;
        let mut last_progress = Instant::now();
        loop {
            let state = self.data("status", "state").unwrap_or_default();
            let step = self.data("step", "step");
            match state.as_str() {
                "done" => break,
                "failed" => {
                    self.screenshot("failed");
                    panic!("training failed: {}", self.text("status"));
                }
                _ => {}
            }
            if step != last_step {
                last_step = step;
                last_progress = Instant::now();
            }
            // Compiling shaders reports nothing while it lasts.
            let patience = if state == "compiling" { 6 * PATIENCE } else { 3 * PATIENCE };
            if last_progress.elapsed() > patience {
                self.screenshot("stuck");
                panic!("training is stuck: state {state}, step {last_step:?}, {}", self.text("status"));
            }
            thread::sleep(Duration::from_millis(250));
        }
        println!(
            "{}: {} steps in {:.1} s, {} at the end. {}",
            self.name,
            self.data("step", "steps").unwrap_or_default(),
            started.elapsed().as_secs_f64(),
            self.text("steps-per-second"),
            self.text("device")
        );
    }

    /// Prints what the page's user would feel: when it first painted, and how long it did not react.
    pub fn print_responsiveness(&self) {
        let paint = self.run("return Math.round(performance.getEntriesByType('paint')[0]?.startTime)");
        let tasks = "const longest = (tasks) => Math.max(0, ...tasks.map(task => task.duration));
            const training = window.testLongTasks.filter(task => task.startTime >= window.testTrainingSince);
            const starting = window.testLongTasks.filter(task => task.startTime < window.testTrainingSince);";
        let starting = self.run(&format!("{tasks} return longest(starting)"));
        let training = self.run(&format!("{tasks} return longest(training)"));
        let count = self.run(&format!("{tasks} return training.length"));
        println!(
            "{}: first paint after {paint} ms; longest task on the main thread {starting} ms before Run, {training} ms \
             after ({count} over 50 ms)",
            self.name
        );
    }

    /// Fails when anything went wrong in the page that nobody has shown to the user.
    pub fn assert_no_errors(&self) {
        let severe = self.browser.console().into_iter().filter(|(level, _)| level == "SEVERE").map(|(_, text)| text);
        let thrown = self.browser.run("return window.testErrors ?? []", json!([]));
        let thrown = thrown.as_array().cloned().unwrap_or_default().into_iter().map(|error| error.to_string());
        let errors: Vec<String> = severe.chain(thrown).collect();
        assert!(errors.is_empty(), "errors in the page:\n{}", errors.join("\n"));
    }

    /// Everything that a permalink restores, as far as the page shows it.
    pub fn state(&self) -> Vec<(&'static str, String)> {
        // The page fills its fields a moment after it has put them there.
        self.wait_for_value("schedule-text-0");
        let field = |id: &'static str| (id, if self.has(id) { self.value(id) } else { String::new() });
        let mut state: Vec<_> = ["schedule-text-0", "schedule-text-1", "device-select"].map(field).into();
        state.push(("steps", self.data("step", "steps").unwrap_or_default()));
        state
    }

    /// Runs JavaScript in the page.
    pub fn run(&self, script: &str) -> Value {
        self.browser.run(script, json!([]))
    }

    fn wait<T>(&self, what: &str, patience: Duration, mut look: impl FnMut() -> Option<T>) -> T {
        let end = Instant::now() + patience;
        loop {
            if let Some(found) = look() {
                return found;
            }
            if Instant::now() > end {
                self.screenshot("failed");
                panic!("waited in vain for {what}; the console says {:?}", self.browser.console());
            }
            thread::sleep(Duration::from_millis(50));
        }
    }
}

fn selector(id: &str) -> String {
    format!("[data-testid='{id}']")
}

/// The address of the built site, served once for all tests.
fn site() -> &'static str {
    static SITE: OnceLock<String> = OnceLock::new();
    SITE.get_or_init(|| {
        let folder = folder("LRSCOPE_SITE", "dist");
        assert!(
            folder.join("index.html").is_file(),
            "There is no site in {}: run these tests by `cargo xtask test`.",
            folder.display()
        );
        server::start(folder, &RUNNING)
    })
}

/// The server of all tests is never stopped.
static RUNNING: AtomicBool = AtomicBool::new(true);

/// The folder of the built site.
pub fn site_folder() -> PathBuf {
    folder("LRSCOPE_SITE", "dist")
}

fn screenshots() -> PathBuf {
    folder("LRSCOPE_SCREENSHOTS", "target/e2e")
}

/// A folder that `cargo xtask test` names, or where it is in a checkout with the usual folders.
fn folder(variable: &str, usual: &str) -> PathBuf {
    env::var_os(variable)
        .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("..").join(usual), PathBuf::from)
}

/// The bytes behind base64 text.
fn base64(text: &str) -> Vec<u8> {
    const ALPHABET: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut bytes = Vec::with_capacity(text.len() / 4 * 3);
    let (mut bits, mut count) = (0_u32, 0);
    for digit in text.bytes().filter_map(|byte| ALPHABET.iter().position(|&letter| letter == byte)) {
        bits = bits << 6 | digit as u32;
        count += 6;
        if count >= 8 {
            count -= 8;
            bytes.push((bits >> count) as u8);
        }
    }
    bytes
}

#[test]
fn base64_is_read() {
    assert_eq!(base64("TGVhcm5pbmcgcmF0ZXM="), b"Learning rates");
}
