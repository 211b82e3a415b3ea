//! What both workers do: obey the page, train, and report.
//!
//! ```text
//! page --ToWorker--> Inbox --commands--> Session (trainer) --StepReports--> Reporter --FromWorker--> page
//! ```
//!
//! Training is an async function that gives way to the event loop after every chunk of steps and then looks at what has
//! been asked meanwhile. What a command means is the session's business.

use std::cell::{Cell, RefCell};
use std::panic::PanicHookInfo;
use std::rc::Rc;

use js_sys::{Array, Uint8Array};
use trainer::engine::Error;
use trainer::messages::{Checkpoint, Command, MOST_REPORTS, Run};
use trainer::session::{Session, State};
use trainer::{Device, FromWorker, StepReport, ToWorker, decode, encode};
use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::Closure;
use wasm_bindgen_futures::spawn_local;
use web_sys::{DedicatedWorkerGlobalScope, MessageEvent};

use crate::event_loop::{EventLoop, Signal};

/// How long to train before giving way and reporting: ten reports per second are as many as the page can draw with
/// profit, and Pause still feels immediate.
const CHUNK_MS: f64 = 100.0;

/// How often the state of a run is read to the host and given to the page, which can go on with it when this worker or its
/// device is lost. Reading takes a GPU a few milliseconds, and the message at most some megabytes.
const CHECKPOINT_MS: f64 = 5_000.0;

/// A device that works.
pub struct Opened {
    /// Where tensors live.
    pub device: Device,
    /// What it is, in words.
    pub name: String,
    /// Whether the first steps take seconds to compile.
    pub compiles_shaders: bool,
}

/// What the page has asked for and the training has not yet looked at.
#[derive(Default)]
struct Inbox {
    /// Counts Start and Stop: a run of an older generation is over.
    generation: Cell<u64>,
    commands: RefCell<Vec<Command>>,
    /// The seed whose models the page wants to see; only the last wish counts.
    look: Cell<Option<u64>>,
    arrived: Signal,
}

impl Inbox {
    fn next_generation(&self) -> u64 {
        self.generation.set(self.generation.get() + 1);
        self.commands.borrow_mut().clear();
        self.look.set(None);
        self.arrived.raise();
        self.generation.get()
    }

    fn put(&self, command: Command) {
        self.commands.borrow_mut().push(command);
        self.arrived.raise();
    }

    fn look(&self, seed: u64) {
        self.look.set(Some(seed));
        self.arrived.raise();
    }

    fn take(&self) -> Vec<Command> {
        std::mem::take(&mut self.commands.borrow_mut())
    }
}

/// A Start message.
struct Start {
    id: u32,
    run: Box<Run>,
    from: Option<Vec<u8>>,
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
    let inbox = Rc::new(Inbox::default());
    let on_message = Closure::<dyn FnMut(MessageEvent)>::new({
        let opened = Rc::clone(&opened);
        move |event: MessageEvent| obey(&event, &opened, &inbox)
    });
    scope().set_onmessage(Some(on_message.as_ref().unchecked_ref()));
    on_message.forget();
    post(&FromWorker::Ready { device: opened.name.clone() });
}

fn obey(event: &MessageEvent, opened: &Rc<Opened>, inbox: &Rc<Inbox>) {
    let message = match decode(&Uint8Array::new(&event.data()).to_vec()) {
        Ok(message) => message,
        Err(error) => {
            let message = format!("The worker does not understand the page ({error}); reload the page.");
            return post(&FromWorker::Failed { run: CURRENT_RUN.get(), message });
        }
    };
    match message {
        ToWorker::Start { id, run, from } => {
            let start = Start { id, run, from };
            let generation = inbox.next_generation();
            let (opened, inbox) = (Rc::clone(opened), Rc::clone(inbox));
            CURRENT_RUN.set(id);
            spawn_local(async move {
                if let Err(error) = train(&start, &opened, &inbox, generation).await {
                    let (run, message) = (start.id, error.to_string());
                    post(&match error {
                        Error::Invalid(_) | Error::Schedule(_) => FromWorker::Refused { run, message },
                        Error::Device(_) | Error::Checkpoint => FromWorker::Failed { run, message },
                    });
                }
            });
        }
        ToWorker::Command(command) => inbox.put(command),
        ToWorker::Look { seed } => inbox.look(seed),
        ToWorker::Stop => {
            inbox.next_generation();
        }
    }
}

/// Trains a run to its end, or until another generation begins.
async fn train(start: &Start, opened: &Opened, inbox: &Inbox, generation: u64) -> Result<(), Error> {
    let event_loop = EventLoop::new().map_err(|error| Error::Device(format!("{error:?}")))?;
    let from: Option<Checkpoint> = start.from.as_deref().map(decode).transpose().map_err(|_| Error::Checkpoint)?;
    let mut session = Session::start(&start.run, from.as_ref(), &opened.device)?;
    if opened.compiles_shaders {
        post(&FromWorker::Compiling { run: start.id });
    }
    let mut chunk = Chunk { steps: 1 };
    let mut reporter = Reporter { run: start.id, pending: Vec::new(), last: now() };
    let mut looks = Looks { run: start.id, last: None };
    let mut saved = now();
    while session.state() != State::Done {
        event_loop.turn().await;
        if inbox.generation.get() != generation {
            return Ok(());
        }
        for command in inbox.take() {
            session.obey(&command)?;
            if matches!(command, Command::ScaleLr { .. }) {
                // Who goes on from an earlier checkpoint would not know since which step.
                saved = f64::NEG_INFINITY;
            }
        }
        if let Some(seed) = inbox.look.take() {
            reporter.flush();
            looks.answer(&session, seed).await?;
        }
        if session.state() == State::Paused {
            reporter.flush();
            inbox.arrived.wait().await;
            continue;
        }
        let begin = now();
        let steps = session.train(chunk.steps).await?;
        if inbox.generation.get() != generation {
            return Ok(());
        }
        chunk.adapt(now() - begin);
        reporter.add(steps);
        if now() - saved >= CHECKPOINT_MS && session.state() != State::Done {
            let checkpoint = session.checkpoint().await?;
            // What the page has been shown and where it would go on must fit together.
            reporter.flush();
            let (step, checkpoint) = (checkpoint.step, encode(&checkpoint));
            post(&FromWorker::Saved { run: start.id, step, checkpoint });
            saved = now();
        }
    }
    reporter.flush();
    if inbox.look.take().is_some() || looks.last.is_some() {
        // The session ends here: whoever has looked may want to look at another seed later.
        for seed in start.run.seeds() {
            looks.answer(&session, seed).await?;
        }
    }
    if inbox.generation.get() == generation {
        post(&FromWorker::Done { run: start.id });
    }
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
        self.steps = wanted.clamp(1, 2 * self.steps).min(MOST_REPORTS);
    }
}

/// Answers when the page looks at the models.
struct Looks {
    run: u32,
    /// The seed that was last looked at, and after how many steps.
    last: Option<(u64, usize)>,
}

impl Looks {
    async fn answer(&mut self, session: &Session, seed: u64) -> Result<(), Error> {
        let now = (seed, session.step());
        if self.last.replace(now) != Some(now) {
            let surfaces = session.surfaces(seed).await?;
            post(&FromWorker::Surfaces { run: self.run, surfaces });
        }
        Ok(())
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
        if self.pending.len() + steps.len() > MOST_REPORTS {
            self.flush();
        }
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
        let message = format!("A trainer has crashed: {info}.");
        post(&FromWorker::Failed { run: CURRENT_RUN.get(), message });
    }
}
