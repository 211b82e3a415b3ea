//! A Blob as a stream, so that a log of any length takes little memory.

use std::io::{Error, Read, Result};

use js_sys::{Array, Function, Reflect, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};

/// Bytes that are read at a time.
const PIECE: f64 = 1024.0 * 1024.0;

/// Reads a Blob from its beginning to its end. Only workers can do that while they wait.
pub struct BlobReader {
    blob: JsValue,
    reader: JsValue,
    at: f64,
    piece: Vec<u8>,
    taken: usize,
}

impl BlobReader {
    /// A reader of a Blob, or of nothing where that is none.
    pub fn new(blob: JsValue) -> Self {
        let class = Reflect::get(&js_sys::global(), &"FileReaderSync".into());
        let class = class.and_then(|class| class.dyn_into::<Function>());
        let reader = class.and_then(|class| Reflect::construct(&class, &Array::new())).unwrap_or_default();
        Self { blob, reader, at: 0.0, piece: Vec::new(), taken: 0 }
    }

    fn next_piece(&self) -> std::result::Result<Vec<u8>, JsValue> {
        let method = |object: &JsValue, name: &str| Reflect::get(object, &name.into())?.dyn_into::<Function>();
        let end = JsValue::from_f64(self.at + PIECE);
        let slice = method(&self.blob, "slice")?.call2(&self.blob, &JsValue::from_f64(self.at), &end)?;
        let buffer = method(&self.reader, "readAsArrayBuffer")?.call1(&self.reader, &slice)?;
        Ok(Uint8Array::new(&buffer).to_vec())
    }
}

impl Read for BlobReader {
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize> {
        if self.blob.is_falsy() {
            return Ok(0);
        }
        if self.taken == self.piece.len() {
            self.piece = self.next_piece().map_err(|_| Error::other("the browser cannot read the file"))?;
            self.at += self.piece.len() as f64;
            self.taken = 0;
        }
        let count = buffer.len().min(self.piece.len() - self.taken);
        buffer[..count].copy_from_slice(&self.piece[self.taken..self.taken + count]);
        self.taken += count;
        Ok(count)
    }
}
