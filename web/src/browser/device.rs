//! What the page can train on.

use js_sys::Array;
use wasm_bindgen::prelude::*;

use super::window;

#[wasm_bindgen(module = "/src/browser.js")]
extern "C" {
    #[wasm_bindgen(js_name = probe_gpu)]
    async fn probe_gpu_raw() -> JsValue;
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

/// Cores that training may use; one is left to the page where there are more than two.
pub fn trainer_threads() -> usize {
    let cores = window().navigator().hardware_concurrency() as usize;
    if cores > 2 { (cores - 1).min(8) } else { cores.max(1) }
}
