//! What both workers do: obey the page, train, and report.
//!
//! Training is an async function that gives way to the event loop after every chunk of steps. Start, Pause, Resume and
//! Stop only change [`Control`], which the training looks at when it comes back.

use std::cell::Cell;
use std::panic::PanicHookInfo;
use std::rc::Rc;

use js_sys::{Array, Uint8Array};
use trainer::engine::{Engine, Error};
use trainer::experiment::Experiment;
use trainer::{Device, FromWorker, Lane, ScheduledLr, StepReport, ToWorker, decode, encode};
use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::Closure;
use wasm_bindgen_futures::spawn_local;
use web_sys::{DedicatedWorkerGlobalScope, MessageEvent};

use crate::event_loop::{EventLoop, Signal};

/// How long to train before giving way and reporting: ten reports per second are as many as the page can draw with
/// profit, and Pause still feels immediate.
const CHUNK_MS: f64 = 100.0;

/// A device that works.
pub struct Opened {
    /// Where tensors live.
    pub device: Device,
    /// What it is, in words.
    pub name: String,
    /// Whether the first steps take seconds to compile.
    pub compiles_shaders: bool,
}

/// What the page wants, as told by its messages.
#[derive(Default)]
struct Control {
    /// Counts Start and Stop: a run of an older generation is over.
    generation: Cell<u64>,
    paused: Cell<bool>,
    resumed: Signal,
}

impl Control {
    fn next_generation(&self) -> u64 {
        self.generation.set(self.generation.get() + 1);
        self.paused.set(false);
        self.resumed.raise();
        self.generation.get()
    }
}

/// A Start message.
struct Run {
    id: u32,
    experiment: Experiment,
    schedules: Vec<ScheduledLr>,
    lanes: Vec<Lane>,
}

thread_local! {
    /// The run that a panic belongs to; 0 before the first.
    static CURRENT_RUN: Cell<u32> = const { Cell::new(0) };
}

/// Opens the device, says so, and obeys the page from then on.
pub fn start(open: impl Future<Output = Result<Opened, String>> + 'static) {
    trainer::browser::run_constructors();
    std::panic::set_hook(Box::new(report_panic));
    // Burn logs shader compilation failures and nothing else tells of them. A second logger is the only failure.
    console_log::init_with_level(log::Level::Warn).ok();
    spawn_local(async {
        match open.await {
            Ok(opened) => listen(opened),
            Err(message) => post(&FromWorker::Failed { run: CURRENT_RUN.get(), message }),
        }
    });
}

fn scope() -> DedicatedWorkerGlobalScope {
    js_sys::global().unchecked_into()
}

fn listen(opened: Opened) {
    let opened = Rc::new(opened);
    let control = Rc::new(Control::default());
    let on_message = Closure::<dyn FnMut(MessageEvent)>::new({
        let opened = Rc::clone(&opened);
        move |event: MessageEvent| obey(&event, &opened, &control)
    });
    scope().set_onmessage(Some(on_message.as_ref().unchecked_ref()));
    on_message.forget();
    post(&FromWorker::Ready { device: opened.name.clone() });
}

fn obey(event: &MessageEvent, opened: &Rc<Opened>, control: &Rc<Control>) {
    let message = match decode(&Uint8Array::new(&event.data()).to_vec()) {
        Ok(message) => message,
        Err(error) => {
            let message = format!("The worker does not understand the page ({error}); reload the page.");
            return post(&FromWorker::Failed { run: CURRENT_RUN.get(), message });
        }
    };
    match message {
        ToWorker::Start { run: id, experiment, schedules, lanes } => {
            let run = Run { id, experiment, schedules, lanes };
            let generation = control.next_generation();
            let (opened, control) = (Rc::clone(opened), Rc::clone(control));
            CURRENT_RUN.set(id);
            spawn_local(async move {
                if let Err(error) = train(&run, &opened, &control, generation).await {
                    post(&FromWorker::Failed { run: run.id, message: error.to_string() });
                }
            });
        }
        ToWorker::Pause => control.paused.set(true),
        ToWorker::Resume => {
            control.paused.set(false);
            control.resumed.raise();
        }
        ToWorker::Stop => {
            control.next_generation();
        }
    }
}

/// Trains a run to its end, or until another generation begins.
async fn train(run: &Run, opened: &Opened, control: &Control, generation: u64) -> Result<(), Error> {
    let event_loop = EventLoop::new().map_err(|error| Error::Device(format!("{error:?}")))?;
    let mut engine = Engine::new(&run.experiment, &run.schedules, &run.lanes, &opened.device)?;
    if opened.compiles_shaders {
        post(&FromWorker::Compiling { run: run.id });
    }
    let mut chunk = Chunk { steps: 1 };
    let mut reporter = Reporter { run: run.id, pending: Vec::new(), last: now() };
    while !engine.is_done() {
        event_loop.turn().await;
        while control.paused.get() && control.generation.get() == generation {
            reporter.flush();
            control.resumed.wait().await;
        }
        if control.generation.get() != generation {
            return Ok(());
        }
        let begin = now();
        let steps = engine.advance(chunk.steps).await?;
        if control.generation.get() != generation {
            return Ok(());
        }
        chunk.adapt(now() - begin);
        reporter.add(steps);
    }
    reporter.flush();
    post(&FromWorker::Done { run: run.id });
    Ok(())
}

/// How many steps to train at a time.
struct Chunk {
    steps: usize,
}

impl Chunk {
    /// Aims at [`CHUNK_MS`]. Grows by doubling at most, because the time of a short chunk says little.
    fn adapt(&mut self, took_ms: f64) {
        let wanted = (self.steps as f64 * CHUNK_MS / took_ms.max(0.1)) as usize;
        self.steps = wanted.clamp(1, 2 * self.steps);
    }
}

/// Sends steps to the page, not more often than every [`CHUNK_MS`].
struct Reporter {
    run: u32,
    pending: Vec<StepReport>,
    last: f64,
}

impl Reporter {
    fn add(&mut self, steps: Vec<StepReport>) {
        self.pending.extend(steps);
        if now() - self.last >= CHUNK_MS {
            self.flush();
        }
    }

    fn flush(&mut self) {
        if !self.pending.is_empty() {
            let steps = std::mem::take(&mut self.pending);
            post(&FromWorker::Progress { run: self.run, steps });
            self.last = now();
        }
    }
}

/// Milliseconds of a clock that never goes back.
fn now() -> f64 {
    scope().performance().map_or_else(js_sys::Date::now, |performance| performance.now())
}

fn post(message: &FromWorker) {
    let buffer = Uint8Array::from(encode(message).as_slice()).buffer();
    // Posting fails only for what cannot be cloned or transferred, and a fresh buffer can.
    scope().post_message_with_transfer(&buffer, &Array::of1(&buffer)).ok();
}

thread_local! {
    /// A panic while a panic is reported would never end.
    static PANICKED: Cell<bool> = const { Cell::new(false) };
}

/// A panic ends the worker for good; tell the page before that, so that it can start another.
fn report_panic(info: &PanicHookInfo) {
    console_error_panic_hook::hook(info);
    if !PANICKED.replace(true) {
        let message = format!("The worker crashed; start the run again. ({info})");
        post(&FromWorker::Failed { run: CURRENT_RUN.get(), message });
    }
}
