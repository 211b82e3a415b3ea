//! What is loaded, saved and copied.

use js_sys::Uint8Array;
use wasm_bindgen::prelude::*;

use super::words;

#[wasm_bindgen(module = "/src/browser.js")]
extern "C" {
    #[wasm_bindgen(js_name = load_bytes, catch)]
    async fn load_bytes_raw(name: &str) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(js_name = save)]
    fn download_raw(name: &str, kind: &str, content: &str);
    #[wasm_bindgen(js_name = svg_of)]
    fn svg_of_raw(plot: &str) -> String;
    #[wasm_bindgen(js_name = download_png)]
    async fn download_png_raw(name: &str, plot: &str) -> JsValue;
    #[wasm_bindgen(js_name = copy)]
    async fn copy_raw(text: &str) -> JsValue;
}

/// A file beside the page.
pub async fn load_bytes(name: &str) -> Result<Vec<u8>, String> {
    load_bytes_raw(name).await.map(|bytes| Uint8Array::from(bytes).to_vec()).map_err(|error| words(&error))
}

/// Puts a text on the clipboard, and says whether the browser allowed it.
pub async fn copy(text: &str) -> bool {
    copy_raw(text).await.as_bool().unwrap_or(false)
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
