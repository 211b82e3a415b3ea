//! The same runs on two devices, for the tests in a browser and those on this machine.

use scheduler::Schedule;
use trainer::engine::Engine;
use trainer::experiment::{
    Activation, Data, Experiment, Groups, Norm, Optimizer, Perceptron, Points, Task, Tokens, Transformer, Validation,
};
use trainer::{Device, Lane, ScheduledLr, StepReport, presets};

/// Runs that between them use every kernel, with the LRs of their schedules.
pub fn runs() -> Vec<(Experiment, [f64; 2])> {
    let transformer = |norm| {
        let model =
            Transformer { layers: 1, d_model: 16, heads: 2, feed_forward: 24, sequence: 5, vocabulary: 6, norm };
        let task = Task::Tokens(Tokens::Reverse, model);
        (Experiment { task, batch: 4, steps: 20, ..presets::warmup().experiment }, [1e-3, 3e-3])
    };
    let perceptron = Experiment { batch: 32, steps: 20, ..spirals(2) };
    let clipped = Experiment {
        task: Task::from_name("teacher").unwrap(),
        optimizer: Optimizer::adam_w(),
        groups: Groups { input: 0.5, decay_vectors: false, ..Groups::ONE },
        clip: Some(0.5),
        batch: 16,
        steps: 20,
        data: Data::Fixed(64),
        validation: Some(Validation { examples: 32, every: 5 }),
        goal: 0.5,
    };
    vec![transformer(Norm::Post), transformer(Norm::Pre), (perceptron, [0.05, 0.1]), (clipped, [1e-3, 3e-3])]
}

/// Points in two spirals, told apart by a narrow perceptron with so many hidden layers.
pub fn spirals(layers: usize) -> Experiment {
    let task = Task::Points(Points::Spirals, Perceptron { hidden: 16, layers, activation: Activation::Tanh });
    Experiment { task, batch: 32, steps: 5, ..presets::spirals().experiment }
}

/// Trains with constant LRs to the end.
pub async fn train(experiment: &Experiment, lrs: &[f64], seeds: &[u64], device: &Device) -> Vec<StepReport> {
    let scheduled = |&base_lr: &f64| ScheduledLr { base_lr, schedule: Schedule::constant() };
    let schedules: Vec<ScheduledLr> = lrs.iter().map(scheduled).collect();
    let lanes: Vec<Lane> =
        (0..lrs.len()).flat_map(|schedule| seeds.iter().map(move |&seed| Lane { schedule, seed })).collect();
    let mut engine = Engine::new(experiment, &schedules, &lanes, device).unwrap();
    let reports = engine.advance(experiment.steps).await.unwrap();
    assert!(engine.is_done());
    reports
}

/// The same program on both devices, from the same weights and on the same data, to 1e-3 of the loss over all steps.
pub async fn assert_alike(experiment: &Experiment, lrs: &[f64], gpu: &Device) {
    let gpu = train(experiment, lrs, &[0, 1], gpu).await;
    let cpu = train(experiment, lrs, &[0, 1], &Device::flex()).await;
    assert_eq!(gpu.len(), experiment.steps);
    for (gpu, cpu) in gpu.iter().zip(&cpu) {
        assert_eq!(gpu.lr, cpu.lr);
        assert_near("training", &gpu.loss, &cpu.loss);
        assert_eq!(gpu.validation.is_some(), cpu.validation.is_some());
        if let (Some(gpu), Some(cpu)) = (&gpu.validation, &cpu.validation) {
            assert_near("validation", &gpu.loss, &cpu.loss);
        }
    }
    let moved = |reports: &[StepReport]| reports[0].loss != reports[experiment.steps - 1].loss;
    assert!(moved(&gpu) && moved(&cpu), "nothing was trained");
}

/// Sums in another order differ, which the updates amplify.
fn assert_near(what: &str, gpu: &[f32], cpu: &[f32]) {
    for (gpu, cpu) in gpu.iter().zip(cpu) {
        assert!((gpu - cpu).abs() < 1e-3 * cpu, "{what}: GPU {gpu}, CPU {cpu}");
    }
}

/// An LR that no model survives leaves the lane beside it as it is.
pub async fn assert_nan_stays_in_its_lane(device: &Device) {
    let mixed = train(&spirals(1), &[1e38, 0.1], &[0], device).await;
    let healthy = train(&spirals(1), &[0.1, 0.1], &[0], device).await;
    assert!(mixed[4].loss[0].is_nan(), "{:?}", mixed[4]);
    assert_eq!(mixed[4].loss[1], healthy[4].loss[1]);
    assert!(healthy[4].loss[1].is_finite());
}
