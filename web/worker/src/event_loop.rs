//! Giving way to the browser's event loop, so that messages from the page arrive while a run is under way.

use std::cell::RefCell;
use std::rc::Rc;

use js_sys::{Function, Promise};
use wasm_bindgen::JsCast;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::Closure;
use wasm_bindgen_futures::JsFuture;
use web_sys::MessageChannel;

/// A promise that Rust code resolves.
#[derive(Clone, Default)]
pub struct Signal(Rc<RefCell<Option<Function>>>);

impl Signal {
    /// Resolves the promise that is waited for, if any.
    pub fn raise(&self) {
        if let Some(resolve) = self.0.take() {
            // Calling a promise's resolve function cannot throw.
            resolve.call0(&JsValue::NULL).ok();
        }
    }

    /// Waits for the next [`raise`](Self::raise).
    pub async fn wait(&self) {
        let promise = self.promise();
        JsFuture::from(promise).await.ok();
    }

    fn promise(&self) -> Promise {
        Promise::new(&mut |resolve, _| {
            self.0.replace(Some(resolve));
        })
    }
}

/// Gives way to whatever waits in the event loop.
///
/// A message to ourselves comes back after everything that was queued before it, and at once; `setTimeout(0)` is
/// delayed by 4 ms when nested.
pub struct EventLoop {
    channel: MessageChannel,
    turned: Signal,
    _on_message: Closure<dyn FnMut()>,
}

impl EventLoop {
    /// Opens the channel to ourselves.
    pub fn new() -> Result<Self, JsValue> {
        let channel = MessageChannel::new()?;
        let turned = Signal::default();
        let on_message = Closure::<dyn FnMut()>::new({
            let turned = turned.clone();
            move || turned.raise()
        });
        channel.port1().set_onmessage(Some(on_message.as_ref().unchecked_ref()));
        Ok(Self { channel, turned, _on_message: on_message })
    }

    /// Returns after the events that are queued now.
    pub async fn turn(&self) {
        let promise = self.turned.promise();
        if self.channel.port2().post_message(&JsValue::NULL).is_ok() {
            JsFuture::from(promise).await.ok();
        }
    }
}
