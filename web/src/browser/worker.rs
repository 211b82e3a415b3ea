//! Workers, and what they run.

use js_sys::{Function, Uint8Array};
use wasm_bindgen::prelude::*;

use super::words;

#[wasm_bindgen(module = "/src/browser.js")]
extern "C" {
    #[wasm_bindgen(js_name = load_trainer, catch)]
    async fn load_trainer_raw(name: &str, progress: &Function) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(js_name = start_worker)]
    fn start_worker_raw(trainer: &JsValue, message: &Function, failed: &Function) -> web_sys::Worker;
    #[wasm_bindgen(js_name = send)]
    fn send_raw(worker: &web_sys::Worker, bytes: Uint8Array);
    #[wasm_bindgen(js_name = send_with)]
    fn send_with_raw(worker: &web_sys::Worker, bytes: Uint8Array, blob: &JsValue);
}

/// Downloads and compiles a trainer, for [`Trainer::start`]; later calls return the same at once.
pub async fn load_trainer(name: &str, progress: impl Fn(f64, f64) + 'static) -> Result<JsValue, String> {
    let progress = Closure::<dyn Fn(f64, f64)>::new(progress);
    load_trainer_raw(name, progress.as_ref().unchecked_ref()).await.map_err(|error| words(&error))
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
