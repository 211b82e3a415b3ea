//! The course of a race: load the trainer, start the workers, collect what they say, show it, stop them.
//!
//! What arrives is kept at once and shown by a clock, at the pace that the user has chosen. So the page repaints a few
//! times per second however many workers report, and a race can be looked at step by step.

use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

use leptos::prelude::*;
use trainer::messages::{Checkpoint, FromWorker, Run, ToWorker, decode, encode};
use trainer::presets;

use super::{Device, Kept, Looks, Pace, Results, Seen, decide};
use crate::browser::{self, Trainer};
use crate::state::State;

/// How far a race is.
#[derive(Clone, Debug, PartialEq)]
pub enum Phase {
    /// Nothing has been run.
    Idle,
    /// The trainer is on its way: bytes received and, where known, bytes in all.
    Loading(f64, f64),
    /// The workers start, and on a GPU the first steps compile shaders.
    Compiling,
    /// Steps are being made.
    Training,
    /// The user has paused it.
    Paused,
    /// All steps are made.
    Done,
    /// The user has ended it.
    Stopped,
    /// It broke, with a sentence.
    Failed(String),
}

impl Phase {
    /// One word.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Idle => "idle",
            Self::Loading(..) => "loading",
            Self::Compiling => "compiling",
            Self::Training => "training",
            Self::Paused => "paused",
            Self::Done => "done",
            // Stopping gives the controls back as they were before the run.
            Self::Stopped => "idle",
            Self::Failed(_) => "failed",
        }
    }

    /// Whether workers are busy or about to be.
    pub fn is_running(&self) -> bool {
        matches!(self, Self::Loading(..) | Self::Compiling | Self::Training | Self::Paused)
    }
}

/// A race and its signals. A copy is a handle on the same race.
#[derive(Clone, Copy)]
pub struct Race {
    /// How far it is.
    pub phase: RwSignal<Phase>,
    /// What has come back.
    pub results: RwSignal<Results>,
    /// What was raced: the state at the moment of Run.
    pub raced: RwSignal<Option<State>>,
    /// What it runs on, in words.
    pub device: RwSignal<String>,
    /// A sentence where the choice of device could not be met.
    pub device_notice: RwSignal<Option<String>>,
    /// Optimizer steps per second of the whole race.
    pub steps_per_second: RwSignal<f64>,
    /// How fast it is shown.
    pub pace: RwSignal<Pace>,
    /// The runs of the session, oldest first.
    pub kept: RwSignal<Vec<Kept>>,
    /// The number of the kept run that is drawn behind the one that is shown.
    pub compared: RwSignal<Option<usize>>,
    /// What the user looks at beside the numbers.
    pub looks: Looks,
    pub(super) workers: StoredValue<Workers, LocalStorage>,
}

/// The workers of the race under way, and how to tell their answers from those of the one before.
#[derive(Default)]
pub(super) struct Workers {
    pub(super) run: u32,
    pub(super) trainers: Vec<Rc<RefCell<Option<Trainer>>>>,
    pub(super) done: usize,
    /// When the first steps arrived, and how many those were: compiling and loading do not count as training.
    pub(super) started: Option<(f64, usize)>,
    /// Time spent waiting, for the user or for what is shown, which does not count as training.
    pub(super) paused: f64,
    pub(super) paused_since: Option<f64>,
    /// All workers have made all steps.
    pub(super) complete: bool,
    /// One more step is to be shown, however long that takes.
    pub(super) single_step: bool,
    pub(super) clock: Option<IntervalHandle>,
    pub(super) ticked: f64,
    /// Less than a step, left over at the last tick.
    pub(super) carry: f64,
    /// When the models were last looked at, and those of which seed.
    pub(super) looked: Option<(f64, u64)>,
    /// What is trained on a GPU, which may be lost, and where it had got to when it last said so.
    pub(super) on_gpu: Option<(State, Run)>,
    pub(super) saved: Option<Checkpoint>,
}

impl Race {
    /// No race yet.
    pub fn new() -> Self {
        Self {
            phase: RwSignal::new(Phase::Idle),
            results: RwSignal::new(Results::default()),
            raced: RwSignal::new(None),
            device: RwSignal::new(String::new()),
            device_notice: RwSignal::new(None),
            steps_per_second: RwSignal::new(0.0),
            pace: RwSignal::new(Pace::Live),
            kept: RwSignal::new(Vec::new()),
            compared: RwSignal::new(None),
            looks: Looks::new(),
            workers: StoredValue::new_local(Workers::default()),
        }
    }

    /// Starts from the beginning; a race under way is dropped. `paused`: stops again after the first step.
    pub fn start(self, state: State, paused: bool) {
        let run = Run {
            experiment: state.experiment.clone(),
            schedules: presets::scheduled(&state.schedules),
            lanes: presets::lanes(state.schedules.len(), 0..state.seeds as u64),
            ends_when_diverged: false,
        };
        self.begin(state, run, paused);
    }

    /// As [`start`](Self::start), for a run that is made from the state in another way.
    pub fn start_run(self, state: State, of: Run) {
        self.begin(state, of, false);
    }

    fn begin(self, state: State, of: Run, paused: bool) {
        self.drop_workers();
        self.workers.update_value(|workers| workers.single_step = paused);
        let run = self.workers.with_value(|workers| workers.run);
        self.phase.set(Phase::Loading(0.0, 0.0));
        self.steps_per_second.set(0.0);
        self.looks.seen.set(Seen::default());
        leptos::task::spawn_local(async move {
            let gpu = browser::probe_gpu().await;
            let (device, reason, unmet) = decide(state.device, &gpu);
            if !self.is_current(run) {
                return;
            }
            self.device.set(reason.clone());
            self.device_notice.set(unmet.then_some(reason));
            self.results.set(Results::new(&of.lanes, &of.experiment));
            self.load(run, state, of, device, None).await;
        });
    }

    /// Loads the trainer of a device and begins, or goes on from a checkpoint.
    async fn load(self, run: u32, state: State, of: Run, device: Device, from: Option<Checkpoint>) {
        let progress = move |received, total| {
            if self.is_current(run) {
                self.phase.set(Phase::Loading(received, total));
            }
        };
        match browser::load_trainer(device.trainer(), progress).await {
            _ if !self.is_current(run) => {}
            Ok(module) => self.spawn(run, state, of, device, from, &module),
            Err(error) => self.fail(
                run,
                format!("The trainer could not be loaded: {error}. Check the connection and press Run again."),
            ),
        }
    }

    /// A worker has failed. A run on a GPU goes on on the CPU from where it was last saved; any other is over.
    fn lose(self, run: u32, sentence: String) {
        if !self.is_current(run) {
            return;
        }
        let lost = self.workers.try_update_value(|workers| workers.on_gpu.take().zip(Some(workers.saved.take())));
        let Some(((state, of), saved)) = lost.flatten() else { return self.fail(run, sentence) };
        let step = saved.as_ref().map_or(0, |saved| saved.step as usize);
        self.drop_workers();
        let run = self.workers.with_value(|workers| workers.run);
        // What came after the checkpoint will be trained again.
        self.results.update(|results| results.cut(step));
        self.device.set("The CPU: the GPU was lost.".into());
        self.device_notice.set(Some(format!("{sentence} The run goes on on the CPU from step {step}.")));
        self.phase.set(Phase::Loading(0.0, 0.0));
        leptos::task::spawn_local(async move { self.load(run, state, of, Device::Cpu, saved).await });
    }

    fn spawn(
        self,
        run: u32,
        state: State,
        of: Run,
        device: Device,
        from: Option<Checkpoint>,
        module: &wasm_bindgen::JsValue,
    ) {
        self.phase.set(Phase::Compiling);
        let lanes = &of.lanes;
        let count = match device {
            // A checkpoint holds the lanes of one worker.
            Device::Cpu if from.is_some() => 1,
            Device::Cpu => browser::trainer_threads().min(lanes.len()),
            Device::WebGpu => 1,
        };
        for worker in 0..count {
            // Dealt out in turn, so that all workers have as much to do and the schedules advance together.
            let which: Vec<usize> = (worker..lanes.len()).step_by(count).collect();
            let part = Run { lanes: which.iter().map(|&index| lanes[index]).collect(), ..of.clone() };
            let start = ToWorker::Start { id: run, run: Box::new(part), from: from.clone() };
            let slot = Rc::new(RefCell::new(None::<Trainer>));
            let answer_to = Rc::downgrade(&slot);
            let message = move |bytes: Vec<u8>| {
                if !self.is_current(run) {
                    return;
                }
                match decode::<FromWorker>(&bytes) {
                    Ok(FromWorker::Ready { device }) => {
                        // Every worker says so; once is enough.
                        self.device.update(|words| {
                            if !words.contains(&device) {
                                *words = format!("Runs on {device}. {words}");
                            }
                        });
                        if let Some(slot) = answer_to.upgrade()
                            && let Some(trainer) = slot.borrow().as_ref()
                        {
                            trainer.send(&encode(&start));
                            if let Some(seed) = self.looks.seed.get_untracked() {
                                trainer.send(&encode(&ToWorker::Look { seed }));
                            }
                        }
                    }
                    Ok(message) => self.hear(run, &which, count, message),
                    Err(error) => self
                        .fail(run, format!("A message of the trainer could not be read ({error}); reload the page.")),
                }
            };
            let failed = move |error: String| self.lose(run, format!("The trainer has died: {error}."));
            *slot.borrow_mut() = Some(Trainer::start(module, message, failed));
            self.workers.update_value(|workers| workers.trainers.push(slot));
        }
        if device == Device::WebGpu {
            self.workers.update_value(|workers| workers.on_gpu = Some((state.clone(), of)));
        }
        self.raced.set(Some(state));
    }

    fn hear(self, run: u32, which: &[usize], workers: usize, message: FromWorker) {
        match message {
            FromWorker::Ready { .. } | FromWorker::Compiling { .. } => {}
            FromWorker::Surfaces { surfaces, .. } => self.see(which, surfaces),
            FromWorker::Saved { checkpoint, .. } => {
                self.workers.update_value(|workers| workers.saved = Some(checkpoint));
            }
            FromWorker::Progress { steps, .. } => {
                let now = browser::now();
                // Nobody is told: the clock shows it.
                self.results.write_untracked().add(which, &steps);
                let received = self.results.with_untracked(Results::received);
                if received > 0 {
                    self.workers.update_value(|workers| {
                        workers.started.get_or_insert((now, received));
                    });
                }
                if self.phase.get_untracked() == Phase::Compiling {
                    self.phase.set(Phase::Training);
                    self.start_clock();
                }
                self.measure(now);
            }
            FromWorker::Done { .. } => {
                self.workers.update_value(|course| {
                    course.done += 1;
                    course.complete = course.done == workers;
                });
                self.tick();
            }
            FromWorker::Failed { message, .. } => self.lose(run, message),
        }
    }

    fn measure(self, now: f64) {
        let steps = self.results.with_untracked(Results::received);
        let since = self.workers.with_value(|workers| {
            let (started, before) = workers.started?;
            Some((now - started - workers.paused, steps - before))
        });
        if let Some((elapsed, made)) = since.filter(|(elapsed, made)| *elapsed > 0.0 && *made > 0) {
            self.steps_per_second.set(made as f64 * 1000.0 / elapsed);
        }
    }

    /// Ends a race; what it has shown stays.
    pub fn stop(self) {
        if self.phase.get_untracked().is_running() {
            self.end(Phase::Stopped);
            self.results.update(Results::cut_to_shown);
            self.keep();
        }
    }

    /// Forgets everything.
    pub fn clear(self) {
        self.end(Phase::Idle);
        self.raced.set(None);
        self.results.set(Results::default());
        self.looks.seen.set(Seen::default());
        self.device_notice.set(None);
    }

    fn fail(self, run: u32, sentence: String) {
        if self.is_current(run) {
            self.end(Phase::Failed(sentence));
        }
    }

    pub(super) fn end(self, phase: Phase) {
        self.drop_workers();
        self.phase.set(phase);
    }

    fn is_current(self, run: u32) -> bool {
        self.workers.try_with_value(|workers| workers.run) == Some(run)
    }

    fn drop_workers(self) {
        let dropped = self.workers.try_update_value(|workers| {
            std::mem::replace(workers, Workers { run: workers.run.wrapping_add(1), ..Workers::default() })
        });
        // Often called from within a message of one of these workers, whose closure must outlive the call.
        if let Some(dropped) = dropped {
            if let Some(clock) = dropped.clock {
                clock.clear();
            }
            set_timeout(move || drop(dropped.trainers), Duration::ZERO);
        }
    }
}
