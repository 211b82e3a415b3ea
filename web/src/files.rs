//! Rust's side of `files.js`.

use js_sys::{Array, Uint8Array};
use wasm_bindgen::prelude::*;

#[wasm_bindgen(module = "/src/files.js")]
extern "C" {
    #[wasm_bindgen(js_name = files_of)]
    fn files_of_raw(event: &JsValue) -> Array;
    #[wasm_bindgen(js_name = beginning_of, catch)]
    async fn beginning_of_raw(file: &JsValue, most: f64) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(js_name = text_of, catch)]
    async fn text_of_raw(file: &JsValue) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(js_name = fetch_file, catch)]
    async fn fetch_file_raw(address: &str) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(js_name = pack, catch)]
    async fn pack_raw(text: &str) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(js_name = unpack, catch)]
    async fn unpack_raw(packed: &str, most: f64) -> Result<JsValue, JsValue>;
    /// A Blob that holds a text.
    pub fn blob_of(text: &str) -> JsValue;
    /// Keeps the page for times without a network.
    pub fn keep_offline();
    /// Shows a line of a text area and selects a part of it, in UTF-16 units.
    pub fn show_line(area: &web_sys::HtmlTextAreaElement, line: u32, from: u32, to: u32);
}

/// A file that somebody has chosen or dropped.
#[derive(Clone, Debug)]
pub struct ChosenFile {
    /// Its name.
    pub name: String,
    /// Bytes.
    pub size: f64,
    /// The Blob.
    pub blob: JsValue,
}

/// The file of a drop or of the change of a file field; `None` where there is none.
pub fn file_of(event: &JsValue) -> Option<ChosenFile> {
    files_of(event).into_iter().next()
}

/// All files of a drop or of the change of a file field.
pub fn files_of(event: &JsValue) -> Vec<ChosenFile> {
    files_of_raw(event).iter().filter_map(|file| chosen(&file)).collect()
}

/// The first bytes of a file, at most so many, unpacked where gzip has packed it.
///
/// # Errors
/// A sentence, where it cannot be read or unpacked.
pub async fn beginning_of(file: &ChosenFile, most: usize) -> Result<Vec<u8>, String> {
    let bytes = beginning_of_raw(&file.blob, most as f64).await;
    let bytes = bytes.map(|bytes| Uint8Array::from(bytes).to_vec());
    bytes.map_err(|_| format!("{} cannot be read; is it a whole file?", file.name))
}

fn chosen(file: &JsValue) -> Option<ChosenFile> {
    let parts = Array::from(file);
    Some(ChosenFile { name: parts.get(0).as_string()?, size: parts.get(1).as_f64()?, blob: parts.get(2) })
}

/// The text of a Blob.
///
/// # Errors
/// A sentence, where it cannot be read.
pub async fn text_of(blob: &JsValue) -> Result<String, String> {
    let text = text_of_raw(blob).await.ok().and_then(|text| text.as_string());
    text.ok_or_else(|| "The file cannot be read; is it a folder?".into())
}

/// A file beside the page.
///
/// # Errors
/// A sentence, where it cannot be loaded.
pub async fn fetch_file(address: &str) -> Result<ChosenFile, String> {
    let failed = || format!("{address} cannot be loaded; is there a network?");
    let parts = Array::from(&fetch_file_raw(address).await.map_err(|_| failed())?);
    let name = address.rsplit('/').next().unwrap_or(address).to_owned();
    Ok(ChosenFile { name, size: parts.get(0).as_f64().unwrap_or_default(), blob: parts.get(1) })
}

/// A text, deflated, as base64url; `None` where the browser cannot deflate.
pub async fn pack(text: &str) -> Option<String> {
    pack_raw(text).await.ok()?.as_string()
}

/// The text behind [`pack`]; `None` for anything else, and for more than `most` bytes.
pub async fn unpack(packed: &str, most: usize) -> Option<String> {
    unpack_raw(packed, most as f64).await.ok()?.as_string()
}
