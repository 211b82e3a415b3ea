//! Recipes: against the tables of a well-known guide to LR scheduling, and as such over random situations.

use advisor::recipes::{Domain, Goal, Length, OptimizerKind, Recipe, Situation, Start, Topic, Unit, recommend};
use scheduler::{Optimizer, curve};

/// What a row of the guide asks for.
struct Row {
    /// Which row.
    row: &'static str,
    situation: Situation,
    optimizer: Option<OptimizerKind>,
    /// Classes of which one must be the body of the schedule; empty for "constant".
    body: &'static [&'static str],
    /// Warmup in the unit of the schedule; for steps in percent of the run.
    warmup: std::ops::RangeInclusive<u64>,
    /// Epochs, where the row says so.
    epochs: Option<std::ops::RangeInclusive<u64>>,
    /// Why we differ on purpose.
    difference: Option<&'static str>,
}

fn row(
    row: &'static str,
    situation: Situation,
    body: &'static [&'static str],
    warmup: std::ops::RangeInclusive<u64>,
) -> Row {
    Row { row, situation, optimizer: None, body, warmup, epochs: None, difference: None }
}

impl Row {
    fn by(mut self, optimizer: OptimizerKind) -> Self {
        self.optimizer = Some(optimizer);
        self
    }

    fn epochs(mut self, epochs: std::ops::RangeInclusive<u64>) -> Self {
        self.epochs = Some(epochs);
        self
    }

    fn but(mut self, difference: &'static str) -> Self {
        self.difference = Some(difference);
        self
    }

    /// What in the recipe is not as the row asks.
    fn mismatch(&self, recipe: &Recipe) -> Option<String> {
        let schedule = recipe.schedule.as_deref().unwrap_or("constant");
        if let Some(optimizer) = self.optimizer.filter(|optimizer| *optimizer != recipe.optimizer.kind) {
            return Some(format!("optimizer {:?}, not {optimizer:?}", recipe.optimizer.kind));
        }
        let constant_fits =
            self.body.is_empty() && (recipe.schedule.is_none() || schedule.starts_with("LinearLR(start_factor=0."));
        if !constant_fits && !self.body.iter().any(|class| schedule.contains(class)) {
            return Some(format!("schedule {schedule}, not {:?}", self.body));
        }
        let warmup = match recipe.run.unit {
            Unit::Epochs => recipe.warmup,
            Unit::Steps => (recipe.warmup * 100).div_ceil(recipe.run.length),
        };
        if !self.warmup.contains(&warmup) {
            return Some(format!("warmup {warmup}, not {:?}", self.warmup));
        }
        let epochs = match (recipe.run.unit, recipe.run.steps_per_epoch) {
            (Unit::Epochs, _) => Some(recipe.run.length),
            (Unit::Steps, Some(per_epoch)) => Some(recipe.run.length / per_epoch),
            (Unit::Steps, None) => None,
        };
        match (&self.epochs, epochs) {
            (Some(expected), Some(epochs)) if !expected.contains(&epochs) => {
                Some(format!("{epochs} epochs, not {expected:?}"))
            }
            (Some(expected), None) => Some(format!("{} steps, not {expected:?} epochs", recipe.run.length)),
            _ => None,
        }
    }
}

fn of(domain: Domain) -> Situation {
    Situation::new(domain)
}

fn lasting(domain: Domain, epochs: u64) -> Situation {
    Situation { length: Length::Epochs { epochs, steps_per_epoch: None }, ..of(domain) }
}

fn pretrained(domain: Domain, epochs: u64) -> Situation {
    Situation { start: Start::Pretrained, ..lasting(domain, epochs) }
}

fn aiming(goal: Goal, situation: Situation) -> Situation {
    Situation { goal, ..situation }
}

fn batch(batch: u64, situation: Situation) -> Situation {
    Situation { batch: Some(batch), ..situation }
}

/// The rows of the guide's decision framework, warmup rules, flowchart, paper-or-modern pages, domain recipes, table of
/// defaults, cheatsheet and red flags.
fn rows() -> Vec<Row> {
    use Domain::*;
    use OptimizerKind::*;
    const COSINE: &[&str] = &["CosineAnnealingLR"];
    const STEPS: &[&str] = &["MultiStepLR"];
    const EITHER: &[&str] = &["CosineAnnealingLR", "MultiStepLR"];
    const SHORT: &[&str] = &["OneCycleLR", "CosineAnnealingLR"];
    const LINEAR: &[&str] = &["end_factor=0.0"];
    const POLYNOMIAL: &[&str] = &["PolynomialLR"];
    const ONE_CYCLE: &[&str] = &["OneCycleLR"];
    const PLATEAU: &[&str] = &["ReduceLROnPlateau"];
    vec![
        // Decision framework.
        row("decision: long training, 90 epochs of ImageNet", lasting(ImageCnn, 90), EITHER, 0..=5).by(Sgd),
        row("decision: large model on a large data set", Situation { parameters: Some(3e8), ..of(ImageTransformer) }, COSINE, 5..=20),
        row("decision: an established recipe", aiming(Goal::Reproduce, of(ImageCnn)), STEPS, 0..=0).by(Sgd).epochs(100..=100),
        row("decision: competitive results", lasting(ImageCnn, 200), COSINE, 0..=10),
        row("decision: 5 epochs", lasting(ImageCnn, 5), LINEAR, 0..=10),
        row("decision: OneCycle is the strategy itself", aiming(Goal::Fast, lasting(ImageCnn, 20)), ONE_CYCLE, 0..=0),
        row("decision: BERT for 3 epochs at a constant LR", pretrained(Language, 3), &[], 0..=0).but(
            "Mosbach et al. 2020 measured failing seeds without warmup; linear decay with a tenth of warmup is BERT's own recipe",
        ),
        row("decision: reinforcement learning", of(Reinforcement), &[], 0..=0),
        row("decision: PPO sometimes decays linearly", aiming(Goal::Reproduce, of(Reinforcement)), LINEAR, 0..=0),
        row("decision: more than 30 epochs", lasting(Other, 60), COSINE, 0..=6),
        row("decision: less than 10 epochs", lasting(Other, 8), LINEAR, 0..=10),
        row("decision: 10 to 30 epochs", lasting(Other, 20), SHORT, 0..=3),
        // Warmup rules.
        row("warmup: transformers, 100 epochs", lasting(ImageTransformer, 100), COSINE, 5..=10).by(AdamW),
        row("warmup: transformers, 20 epochs", lasting(ImageTransformer, 20), COSINE, 2..=3),
        row("warmup: 300 epochs, 15 to 30 of warmup", lasting(ImageTransformer, 300), COSINE, 15..=30).but(
            "the guide's own ViT recipe has 10 of 300, and DeiT 5; more of a long run buys nothing that anybody measured",
        ),
        row("warmup: batch above 512", batch(1024, lasting(ImageCnn, 100)), COSINE, 5..=10),
        row("warmup: batch above 4096", batch(8192, lasting(ImageCnn, 200)), COSINE, 10..=20),
        row("warmup: high LR from scratch", of(ImageCnn), COSINE, 3..=5),
        row("warmup: fine-tuning skips it", pretrained(ImageTransformer, 10), COSINE, 0..=0),
        row("warmup: established CNN recipe skips it", aiming(Goal::Reproduce, of(ImageCnn)), STEPS, 0..=0),
        row("warmup: more than 1e9 parameters", Situation { parameters: Some(7e9), ..of(Language) }, LINEAR, 1..=10).by(AdamW),
        // Flowchart.
        row("flowchart 1: under 10 epochs", lasting(ImageCnn, 9), LINEAR, 0..=10),
        row("flowchart 1: 10 to 30 epochs", lasting(ImageCnn, 30), SHORT, 0..=3),
        row("flowchart 1: over 30 epochs", lasting(ImageCnn, 90), EITHER, 0..=5),
        row("flowchart 2: vision transformer", of(ImageTransformer), COSINE, 5..=20),
        row("flowchart 2: language transformer, cosine", of(Language), COSINE, 1..=10).but(
            "linear to zero is what its own recipe for text says, and no worse (Bergsma et al. 2025)",
        ),
        row("flowchart 2: CNN", of(ImageCnn), EITHER, 0..=5),
        row("flowchart 2: small model", of(Tabular), &["ReduceLROnPlateau", "StepLR"], 0..=0),
        row("flowchart 3: schedule known from the paper", aiming(Goal::Reproduce, of(DetectionTwoStage)), STEPS, 0..=0),
        row("flowchart 3: exploring", aiming(Goal::Explore, of(ImageCnn)), PLATEAU, 0..=0),
        row("flowchart 3: fast results", aiming(Goal::Fast, of(ImageCnn)), ONE_CYCLE, 0..=0),
        row("flowchart 4: high budget", lasting(ImageCnn, 150), EITHER, 0..=8),
        row("flowchart 4: low budget", aiming(Goal::Fast, lasting(ImageCnn, 15)), ONE_CYCLE, 0..=0),
        row("flowchart 4: adaptive budget", aiming(Goal::Explore, lasting(Other, 100)), PLATEAU, 0..=0),
        // Paper recipe or modern recipe.
        row("paper: ResNet", aiming(Goal::Reproduce, of(ImageCnn)), STEPS, 0..=0).by(Sgd).epochs(100..=100),
        row("modern: ResNet", of(ImageCnn), COSINE, 5..=5).by(Sgd).epochs(100..=100),
        // Recipes of the domains, and the table of defaults.
        row("domain: CNN", of(ImageCnn), EITHER, 0..=5).by(Sgd).epochs(100..=200),
        row("domain: vision transformer", of(ImageTransformer), COSINE, 10..=20).by(AdamW).epochs(300..=300),
        row("domain: text", of(Language), LINEAR, 10..=10).by(AdamW),
        row("domain: two-stage detection", of(DetectionTwoStage), STEPS, 0..=0).by(Sgd).epochs(26..=26),
        row("domain: DETR", of(DetectionTransformer), STEPS, 0..=0).by(AdamW).epochs(300..=300),
        row("domain: segmentation with a CNN", of(SegmentationCnn), POLYNOMIAL, 0..=0).by(Sgd).epochs(100..=100),
        row("domain: SegFormer", of(SegmentationTransformer), POLYNOMIAL, 1..=1).by(AdamW),
        row("domain: fast training", aiming(Goal::Fast, of(ImageCnn)), ONE_CYCLE, 0..=0).by(Sgd).epochs(10..=30),
        row("domain: fine-tuning", pretrained(ImageCnn, 10), COSINE, 0..=0).by(AdamW).epochs(3..=10),
        row("domain: large batch", batch(2048, of(ImageCnn)), COSINE, 5..=20).by(Sgd).epochs(100..=200),
        // Cheatsheet.
        row("cheatsheet: CNN for 100 epochs, cosine over all of it", lasting(ImageCnn, 100), COSINE, 0..=5),
        row("cheatsheet: vision transformer, 5 and 95", lasting(ImageTransformer, 100), COSINE, 5..=5),
        row("cheatsheet: text", lasting(Language, 10), LINEAR, 10..=10),
        row("cheatsheet: fast", aiming(Goal::Fast, lasting(Other, 25)), ONE_CYCLE, 0..=0),
        row("cheatsheet: schedule not known", aiming(Goal::Explore, of(Other)), PLATEAU, 0..=0),
        row("cheatsheet: paper", aiming(Goal::Reproduce, of(Other)), STEPS, 0..=0),
        row("cheatsheet: fine-tuning", pretrained(Other, 5), &["CosineAnnealingLR"], 0..=0),
        row("cheatsheet: batch above 512", batch(600, of(Other)), COSINE, 5..=10),
        // Red flags that a recipe must not raise.
        row("red flag: transformer without warmup", of(OtherTransformer), COSINE, 3..=20),
        row("red flag: more than 30 epochs without scheduler", lasting(SegmentationCnn, 40), POLYNOMIAL, 0..=3),
        row("red flag: large batch without warmup", batch(4096, lasting(DetectionTwoStage, 26)), STEPS, 2..=10),
        row("red flag: vision transformer at a constant LR", lasting(ImageTransformer, 50), COSINE, 3..=10),
        row("red flag: CNN without any schedule", lasting(ImageCnn, 40), EITHER, 0..=5),
    ]
}

#[test]
fn every_row_of_the_guide_is_reached_or_a_difference_is_named() {
    let mut wrong = Vec::new();
    for row in rows() {
        let recipe = recommend(&row.situation).unwrap();
        match (row.mismatch(&recipe), row.difference) {
            (Some(mismatch), None) => wrong.push(format!("{}: {mismatch}", row.row)),
            (None, Some(_)) => wrong.push(format!("{}: listed as a difference, but there is none", row.row)),
            _ => {}
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn numbers_of_the_guide() {
    let lr = |situation: Situation| recommend(&situation).unwrap().optimizer.lr;
    assert_eq!(lr(of(Domain::ImageCnn)), 0.1);
    assert_eq!(lr(batch(2048, of(Domain::ImageCnn))), 0.8);
    assert_eq!(lr(of(Domain::DetectionTwoStage)), 0.02);
    assert_eq!(lr(of(Domain::SegmentationCnn)), 0.01);
    assert_eq!(lr(of(Domain::Language)), 5e-4);
    let detr = recommend(&of(Domain::DetectionTransformer)).unwrap();
    assert_eq!(detr.groups.iter().map(|group| group.lr).collect::<Vec<_>>(), [1e-4, 1e-5]);
    let fine = recommend(&pretrained(Domain::ImageCnn, 10)).unwrap();
    assert_eq!(fine.groups.iter().map(|group| group.lr).collect::<Vec<_>>(), [1e-3, 1e-5]);
    let schedule = |situation: Situation| recommend(&situation).unwrap().schedule.unwrap();
    assert_eq!(schedule(of(Domain::DetectionTwoStage)), "MultiStepLR(milestones=[16, 22], gamma=0.1)");
    assert_eq!(schedule(of(Domain::DetectionTransformer)), "MultiStepLR(milestones=[200], gamma=0.1)");
    assert_eq!(
        schedule(of(Domain::ImageCnn)),
        "SequentialLR([LinearLR(start_factor=0.01, end_factor=1.0, total_iters=5), CosineAnnealingLR(T_max=95, eta_min=0.00001)], \
         milestones=[5])"
    );
}

/// A small generator of its own, so that the situations are the same everywhere: splitmix64.
struct Random(u64);

impl Random {
    fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % end
    }

    /// From 1 to 10^`decades`, evenly in the logarithm.
    fn size(&mut self, decades: f64) -> u64 {
        10f64.powf(decades * self.below(1_000_000) as f64 / 1e6).round() as u64
    }

    fn situation(&mut self) -> Situation {
        Situation {
            domain: Domain::ALL[self.below(Domain::ALL.len() as u64) as usize].1,
            start: if self.below(2) == 0 { Start::Scratch } else { Start::Pretrained },
            parameters: (self.below(2) == 0).then(|| self.size(12.0) as f64),
            length: match self.below(5) {
                0 => Length::Usual,
                1 => Length::Unknown,
                2 => Length::Steps { steps: self.size(5.0) },
                3 => Length::Epochs { epochs: self.size(3.0), steps_per_epoch: None },
                _ => Length::Epochs { epochs: self.size(2.0), steps_per_epoch: Some(self.size(3.0)) },
            },
            batch: (self.below(3) > 0).then(|| self.size(5.0)),
            optimizer: [None, None, Some(OptimizerKind::Sgd), Some(OptimizerKind::Adam), Some(OptimizerKind::AdamW)]
                [self.below(5) as usize],
            goal: [Goal::Reproduce, Goal::Best, Goal::Fast, Goal::Explore][self.below(4) as usize],
        }
    }
}

/// The LR at each step of a recipe, on a validation loss that keeps falling.
fn lrs(recipe: &Recipe) -> Vec<f64> {
    let schedule = recipe.read_schedule().unwrap();
    let lrs: Vec<f64> = recipe.groups.iter().map(|group| group.lr).collect();
    let optimizer = match recipe.optimizer.kind {
        OptimizerKind::Sgd => Optimizer::sgd(&lrs, recipe.optimizer.momentum),
        _ => Optimizer::adam(&lrs, recipe.optimizer.betas.0),
    };
    let length = usize::try_from(recipe.run.length).unwrap();
    let metrics: Vec<f64> = (0..length).map(|step| 1.0 / (step + 1) as f64).collect();
    let curve = curve(&schedule, optimizer, length, &metrics);
    assert_eq!(curve.error, None, "{recipe:?}");
    assert_eq!(curve.lrs.len(), length);
    curve.first_group()
}

#[test]
fn a_thousand_situations() {
    let mut random = Random(1);
    for _ in 0..1000 {
        let situation = random.situation();
        let recipe = recommend(&situation).unwrap_or_else(|error| panic!("{situation:?}: {error}"));
        // The schedule is valid over the whole run, never above its base LR and never negative.
        let lrs = lrs(&recipe);
        let top = recipe.optimizer.lr;
        assert!(top.is_finite() && top > 0.0, "{situation:?}: {top}");
        assert!(lrs.iter().all(|lr| (0.0..=top * (1.0 + 1e-9)).contains(lr)), "{situation:?}: {recipe:?}");
        assert!(lrs.iter().any(|lr| *lr > top * 0.5), "{situation:?}: the LR never gets near its peak: {recipe:?}");
        // A link to it says the same.
        let link = recipe.permalink().unwrap();
        let (read, problems) = scheduler::permalink::Permalink::decode(&link.encode());
        assert_eq!((read, problems), (link, vec![]), "{situation:?}");
        // The linter finds nothing in its code.
        let code = recipe.code();
        let mut linted = linter::lint_source(&code).unwrap_or_else(|error| panic!("{situation:?}: {error:?}\n{code}"));
        linted.retain(|finding| finding.confidence > advisor::Confidence::Hint);
        assert!(linted.is_empty(), "{situation:?}: {:?}\n{code}", linted[0].what);
        // Every topic that matters has a reason.
        for topic in
            [Topic::Optimizer, Topic::LearningRate, Topic::Warmup, Topic::Schedule, Topic::Finder, Topic::Logging]
        {
            assert_eq!(recipe.lines.iter().filter(|line| line.topic == topic).count(), 1, "{situation:?}: {topic:?}");
        }
        assert!(recipe.lines.iter().all(|line| !line.advice.is_empty() && line.reason.ends_with('.')));
        // Longer runs never get fewer warmup steps.
        let longer = match situation.length {
            Length::Epochs { epochs, steps_per_epoch } => Length::Epochs { epochs: epochs * 3 + 1, steps_per_epoch },
            Length::Steps { steps } => Length::Steps { steps: steps * 3 + 1 },
            length => length,
        };
        let longer = recommend(&Situation { length: longer, ..situation }).unwrap();
        let same_schedule = |a: &Recipe, b: &Recipe| {
            let plain = |recipe: &Recipe| {
                recipe.schedule.as_deref().is_some_and(|text| text.contains("OneCycle") || text.contains("Plateau"))
            };
            plain(a) == plain(b)
        };
        if longer.run.unit == recipe.run.unit && same_schedule(&recipe, &longer) {
            assert!(longer.warmup >= recipe.warmup, "{situation:?}: {} < {}", longer.warmup, recipe.warmup);
        }
        // Larger batches never get a smaller LR.
        if let Some(batch) = situation.batch {
            let larger = recommend(&Situation { batch: Some(batch * 4), ..situation }).unwrap();
            assert!(larger.optimizer.lr >= recipe.optimizer.lr, "{situation:?}");
        }
    }
}

#[test]
fn situations_out_of_bounds_are_one_sentence() {
    let bad = [
        Situation { length: Length::Epochs { epochs: 0, steps_per_epoch: None }, ..of(Domain::Other) },
        Situation { length: Length::Steps { steps: 2_000_000_000 }, ..of(Domain::Other) },
        Situation {
            length: Length::Epochs { epochs: 1_000_000, steps_per_epoch: Some(1_000_000) },
            ..of(Domain::Other)
        },
        Situation { batch: Some(0), ..of(Domain::Other) },
        Situation { parameters: Some(f64::NAN), ..of(Domain::Other) },
    ];
    for situation in bad {
        let message = recommend(&situation).unwrap_err().to_string();
        assert!(message.starts_with("The ") && message.ends_with('.'), "{message}");
    }
}
