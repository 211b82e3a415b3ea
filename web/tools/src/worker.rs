//! The shell around the engine: messages in, messages out.

use js_sys::{Array, Uint8Array};
use tools::{Question, decode, encode, engine};
use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::Closure;
use web_sys::{DedicatedWorkerGlobalScope, MessageEvent};

use crate::blob::BlobReader;

/// Answers from now on, and says so by an empty message.
pub fn start() {
    // A panic ends the worker: the page hears of it as of any error in a worker, and starts another.
    console_error_panic_hook::set_once();
    let on_message = Closure::<dyn FnMut(MessageEvent)>::new(|event: MessageEvent| {
        let parts = Array::from(&event.data());
        let bytes = Uint8Array::new(&parts.get(0)).to_vec();
        // Bytes of another version are those of a page that is about to be reloaded.
        let Ok((number, question)) = decode::<(u32, Question)>(&bytes) else { return };
        let answer = engine::answer(&question, BlobReader::new(parts.get(1)));
        post(&encode(&(number, answer)));
    });
    scope().set_onmessage(Some(on_message.as_ref().unchecked_ref()));
    on_message.forget();
    // Messages that come before this are lost: nothing says that the worker listens.
    post(&[]);
}

fn post(bytes: &[u8]) {
    let buffer = Uint8Array::from(bytes).buffer();
    // Posting fails only for what cannot be transferred, and a fresh buffer can.
    scope().post_message_with_transfer(&buffer, &Array::of1(&buffer)).ok();
}

fn scope() -> DedicatedWorkerGlobalScope {
    js_sys::global().unchecked_into()
}
