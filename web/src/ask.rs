//! The tools' worker as the page sees it: questions go in, answers come back by callback.

use std::collections::HashMap;
use std::time::Duration;

use leptos::prelude::*;
use tools::{Answer, Question, decode, encode};
use wasm_bindgen::JsValue;

use crate::browser::{self, Trainer};

/// How far the worker is.
#[derive(Clone, Debug, PartialEq)]
pub enum Readiness {
    /// Nothing has been asked.
    Idle,
    /// It is on its way: bytes received and, where known, bytes in all.
    Loading(f64, f64),
    /// It answers.
    Ready,
}

/// A handle on the worker. Copies are the same one.
#[derive(Clone, Copy)]
pub struct Tools {
    /// How far it is.
    pub readiness: RwSignal<Readiness>,
    inner: StoredValue<Inner, LocalStorage>,
}

type Callback = Box<dyn FnOnce(Result<Answer, String>)>;

#[derive(Default)]
struct Inner {
    worker: Option<Trainer>,
    loading: bool,
    /// Whether the worker has said that it listens.
    listens: bool,
    asked: u32,
    waiting: HashMap<u32, Callback>,
    /// What was asked before the worker was there.
    queue: Vec<(Vec<u8>, JsValue)>,
}

impl Tools {
    /// No worker yet: it is loaded with the first question.
    pub fn new() -> Self {
        Self { readiness: RwSignal::new(Readiness::Idle), inner: StoredValue::new_local(Inner::default()) }
    }

    /// Asks, and calls back with the answer, or with a sentence on why there is none. A log goes beside the question.
    pub fn ask(
        self,
        question: &Question,
        blob: Option<JsValue>,
        callback: impl FnOnce(Result<Answer, String>) + 'static,
    ) {
        let blob = blob.unwrap_or_default();
        let load = self.inner.try_update_value(|inner| {
            inner.asked += 1;
            inner.waiting.insert(inner.asked, Box::new(callback));
            let bytes = encode(&(inner.asked, question));
            match &inner.worker {
                Some(worker) if inner.listens => worker.send_with(&bytes, &blob),
                _ => inner.queue.push((bytes, blob)),
            }
            inner.worker.is_none() && !std::mem::replace(&mut inner.loading, true)
        });
        if load == Some(true) {
            leptos::task::spawn_local(self.load());
        }
    }

    async fn load(self) {
        self.readiness.set(Readiness::Loading(0.0, 0.0));
        let progress = move |received, total| self.readiness.set(Readiness::Loading(received, total));
        match browser::load_trainer("tools-worker", progress).await {
            Ok(loaded) => {
                let failed = move |error: String| self.fail(&format!("The worker has died ({error}); ask again."));
                let worker = Trainer::start(&loaded, move |bytes| self.hear(&bytes), failed);
                self.inner.update_value(|inner| {
                    inner.worker = Some(worker);
                    inner.loading = false;
                });
            }
            Err(error) => self.fail(&format!("The tools could not be loaded: {error}. Is there a network?")),
        }
    }

    /// What was asked while the worker was not there yet.
    fn send_queue(self) {
        self.inner.update_value(|inner| {
            inner.listens = true;
            if let Some(worker) = &inner.worker {
                for (bytes, blob) in inner.queue.drain(..) {
                    worker.send_with(&bytes, &blob);
                }
            }
        });
        self.readiness.set(Readiness::Ready);
    }

    fn hear(self, bytes: &[u8]) {
        // Its first message is empty: it listens.
        if bytes.is_empty() {
            return self.send_queue();
        }
        let Ok((number, answer)) = decode::<(u32, Answer)>(bytes) else {
            return self.fail("The worker is of another version than the page; reload the page.");
        };
        let callback = self.inner.try_update_value(|inner| inner.waiting.remove(&number)).flatten();
        if let Some(callback) = callback {
            callback(Ok(answer));
        }
    }

    /// Ends whatever is under way; those who wait are told.
    pub fn cancel(self) {
        self.fail("Stopped.");
    }

    fn fail(self, sentence: &str) {
        let ended = self.inner.try_update_value(|inner| {
            inner.loading = false;
            inner.listens = false;
            inner.queue.clear();
            (inner.worker.take(), std::mem::take(&mut inner.waiting))
        });
        self.readiness.set(Readiness::Idle);
        if let Some((worker, waiting)) = ended {
            // Not from within a callback of the worker itself.
            set_timeout(move || drop(worker), Duration::ZERO);
            for callback in waiting.into_values() {
                callback(Err(sentence.into()));
            }
        }
    }

    /// What a reader should know while waiting.
    pub fn words(self) -> Option<String> {
        match self.readiness.get() {
            Readiness::Loading(received, total) if total > 0.0 => {
                Some(format!("Loading the tools: {:.1} of {:.1} MB.", received / 1e6, total / 1e6))
            }
            Readiness::Loading(..) => Some("Loading the tools.".into()),
            Readiness::Idle | Readiness::Ready => None,
        }
    }
}
