//! Rust's side of `browser.js`, and the few things of the window that the page asks for.

use js_sys::{Array, Function, Uint8Array};
use wasm_bindgen::prelude::*;

#[wasm_bindgen(module = "/src/browser.js")]
extern "C" {
    #[wasm_bindgen(js_name = probe_gpu)]
    async fn probe_gpu_raw() -> JsValue;
    #[wasm_bindgen(js_name = load_trainer, catch)]
    async fn load_trainer_raw(name: &str, progress: &Function) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(js_name = load_bytes, catch)]
    async fn load_bytes_raw(name: &str) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(js_name = start_worker)]
    fn start_worker_raw(trainer: &JsValue, message: &Function, failed: &Function) -> web_sys::Worker;
    #[wasm_bindgen(js_name = save)]
    fn download_raw(name: &str, kind: &str, content: &str);
    #[wasm_bindgen(js_name = svg_of)]
    fn svg_of_raw(plot: &str) -> String;
    #[wasm_bindgen(js_name = download_png)]
    async fn download_png_raw(name: &str, plot: &str) -> JsValue;
    #[wasm_bindgen(js_name = copy)]
    async fn copy_raw(text: &str) -> JsValue;
    #[wasm_bindgen(js_name = send)]
    fn send_raw(worker: &web_sys::Worker, bytes: Uint8Array);
    #[wasm_bindgen(js_name = send_with)]
    fn send_with_raw(worker: &web_sys::Worker, bytes: Uint8Array, blob: &JsValue);
}

/// What WebGPU there is.
#[derive(Clone, Debug, PartialEq)]
pub enum Gpu {
    /// None, and why.
    Absent(String),
    /// An adapter that computes on the CPU.
    Software(String),
    /// A GPU.
    Hardware(String),
}

/// Asks the browser for a WebGPU adapter. Never fails.
pub async fn probe_gpu() -> Gpu {
    let answer = Array::from(&probe_gpu_raw().await);
    let text = |index| answer.get(index).as_string().unwrap_or_default();
    match text(0).as_str() {
        "hardware" => Gpu::Hardware(text(1)),
        "software" => Gpu::Software(text(1)),
        _ => Gpu::Absent(text(1)),
    }
}

/// Downloads and compiles a trainer, for [`Trainer::start`]; later calls return the same at once.
pub async fn load_trainer(name: &str, progress: impl Fn(f64, f64) + 'static) -> Result<JsValue, String> {
    let progress = Closure::<dyn Fn(f64, f64)>::new(progress);
    load_trainer_raw(name, progress.as_ref().unchecked_ref()).await.map_err(|error| words(&error))
}

/// A file beside the page.
pub async fn load_bytes(name: &str) -> Result<Vec<u8>, String> {
    load_bytes_raw(name).await.map(|bytes| Uint8Array::from(bytes).to_vec()).map_err(|error| words(&error))
}

/// A worker that runs a trainer. Dropping it ends it, whatever it is doing.
pub struct Trainer {
    worker: web_sys::Worker,
    _message: Closure<dyn Fn(Uint8Array)>,
    _failed: Closure<dyn Fn(String)>,
}

impl Trainer {
    /// Starts a worker from a loaded trainer.
    pub fn start(loaded: &JsValue, message: impl Fn(Vec<u8>) + 'static, failed: impl Fn(String) + 'static) -> Self {
        let message = Closure::<dyn Fn(Uint8Array)>::new(move |bytes: Uint8Array| message(bytes.to_vec()));
        let failed = Closure::<dyn Fn(String)>::new(failed);
        let worker = start_worker_raw(loaded, message.as_ref().unchecked_ref(), failed.as_ref().unchecked_ref());
        Self { worker, _message: message, _failed: failed }
    }

    /// Sends a message.
    pub fn send(&self, bytes: &[u8]) {
        send_raw(&self.worker, Uint8Array::from(bytes));
    }

    /// Sends a message with a Blob, or `null`, beside it.
    pub fn send_with(&self, bytes: &[u8], blob: &JsValue) {
        send_with_raw(&self.worker, Uint8Array::from(bytes), blob);
    }
}

impl Drop for Trainer {
    fn drop(&mut self) {
        self.worker.terminate();
    }
}

/// Puts a text on the clipboard, and says whether the browser allowed it.
pub async fn copy(text: &str) -> bool {
    copy_raw(text).await.as_bool().unwrap_or(false)
}

/// Cores that training may use; one is left to the page where there are more than two.
pub fn trainer_threads() -> usize {
    let cores = window().navigator().hardware_concurrency() as usize;
    if cores > 2 { (cores - 1).min(8) } else { cores.max(1) }
}

/// The fragment of the page's address, without `#`.
pub fn fragment() -> String {
    window().location().hash().unwrap_or_default().trim_start_matches('#').to_string()
}

/// The whole address of the page as it is now.
pub fn address() -> String {
    window().location().href().unwrap_or_default()
}

/// The whole address of the page with a fragment.
pub fn address_of(fragment: &str) -> String {
    let address = address();
    let base = address.split('#').next().unwrap_or_default();
    format!("{base}#{fragment}")
}

/// Replaces the fragment without a new entry in the history, and returns the whole address.
pub fn set_fragment(fragment: &str) -> String {
    let address = address_of(fragment);
    if let Ok(history) = window().history() {
        // Fails only for addresses of another origin, which this is not.
        let _ = history.replace_state_with_url(&JsValue::NULL, "", Some(&address));
    }
    address
}

/// Replaces the fragment once changes have ceased for a moment, unless the user has gone elsewhere by then: browsers allow
/// only so many per second.
pub fn set_fragment_soon(fragment: String) {
    thread_local! {
        static LAST: std::cell::Cell<u32> = const { std::cell::Cell::new(0) };
    }
    const MOMENT: std::time::Duration = std::time::Duration::from_millis(250);
    let turn = LAST.get().wrapping_add(1);
    LAST.set(turn);
    let before = self::fragment();
    let replace = move || {
        // Whoever has gone on to another address meanwhile stays there.
        if LAST.get() == turn && self::fragment() == before {
            set_fragment(&fragment);
        }
    };
    leptos::prelude::set_timeout(replace, MOMENT);
}

/// Milliseconds since the page was opened.
pub fn now() -> f64 {
    window().performance().map_or(0.0, |performance| performance.now())
}

/// Tells all who care for the size of the window that it may have changed.
pub fn announce_resize() {
    if let Ok(event) = web_sys::Event::new("resize") {
        // Fails only for events that are under way already.
        let _ = window().dispatch_event(&event);
    }
}

/// Whether the user wants as little motion as can be.
pub fn prefers_reduced_motion() -> bool {
    let query = window().match_media("(prefers-reduced-motion: reduce)");
    query.ok().flatten().is_some_and(|query| query.matches())
}

/// Brings a part of the page, by its name for tests, into view.
pub fn scroll_to(testid: &str) {
    let element =
        window().document().and_then(|page| page.query_selector(&format!("[data-testid='{testid}']")).ok()?);
    if let Some(element) = element {
        element.scroll_into_view();
    }
}

/// Whether the keyboard is in a field for text.
pub fn is_typing() -> bool {
    let focused = window().document().and_then(|page| page.active_element());
    focused.is_some_and(|element| element.matches("input[type=text], textarea").unwrap_or(false))
}

/// Tells the style sheet whether the page is a part of another one.
pub fn mark_embedded(embedded: bool) {
    if let Some(root) = window().document().and_then(|page| page.document_element()) {
        // Fails only for names that no attribute can have.
        let _ = if embedded { root.set_attribute("data-embedded", "") } else { root.remove_attribute("data-embedded") };
    }
}

/// Puts the keyboard where a pointer has been.
pub fn focus(target: &web_sys::EventTarget) {
    // Fails for what cannot be focused, and then there is nothing to do.
    let focus = js_sys::Reflect::get(target, &"focus".into()).ok().and_then(|focus| focus.dyn_into::<Function>().ok());
    if let Some(focus) = focus {
        let _ = focus.call0(target);
    }
}

/// Hands the user a file.
pub fn download(name: &str, kind: &str, content: &str) {
    download_raw(name, kind, content);
}

/// The drawing of a plot, by its name for tests, as a file of its own: all styles in it. Empty where there is none.
pub fn svg_of(plot: &str) -> String {
    svg_of_raw(plot)
}

/// Hands the user a drawing as a bitmap, or says that the browser cannot make one.
pub async fn download_png(name: &str, plot: &str) -> bool {
    download_png_raw(name, plot).await.as_bool().unwrap_or(false)
}

/// The window of the page.
pub fn window() -> web_sys::Window {
    leptos::prelude::window()
}

fn words(error: &JsValue) -> String {
    match error.dyn_ref::<js_sys::Error>() {
        Some(error) => String::from(error.message()),
        None => error.as_string().unwrap_or_else(|| format!("{error:?}")),
    }
}
