//! Races of the playground that show what a rule warns of: the LR that the mistake causes beside the LR that was meant, on the
//! same model, data and seeds.
//!
//! Only where the mended schedule really ends lower: `cargo test -p lrscope-tests --test live` trains them all. Left out,
//! because they were measured and there was nothing to see on the task of [`TEACHER`] (of 10 seeds, those in which the mended
//! schedule ended lower): `t-max-ignores-warmup`, 5 with a warmup of 5 % of the run and 7 with 25 %; `one-cycle-in-long-run`, 4;
//! `milestones-beyond-run` where the first drop still comes within the run, 2.

use scheduler::notation;
use scheduler::permalink::{NamedSchedule, Permalink};

use crate::rule::Rule;

/// A race that shows what rules warn of.
#[derive(Debug)]
pub struct Live {
    /// The names of the rules.
    pub rules: &'static [&'static str],
    /// What there is to see.
    pub words: &'static str,
    /// The demo of the playground that gives the task, the model, the steps and the seeds.
    demo: &'static str,
    lr: f64,
    /// The LR as the mistake makes it, optimizer step by optimizer step.
    written: &'static str,
    /// The LR as it was meant.
    mended: &'static str,
}

/// The demo that most of them race on: 1600 steps of SGD with a batch of 16 fresh examples. Here they are 16 epochs of 100
/// batches.
const TEACHER: &str = "noise-floor";
const LR: f64 = 0.05;
const COSINE: &str = "CosineAnnealingLR(T_max=1600)";
const CONSTANT: &str = "ConstantLR(factor=1.0)";

/// All of them. In comments the mean validation loss, as written and mended, of seeds 0-9 on a CPU.
pub static ALL: &[Live] = &[
    // 0.94, 0.73
    Live {
        rules: &["epoch-schedule-stepped-per-batch"],
        words: "A cosine of 16 epochs, stepped after each of 1600 batches, swings a hundred times and is back at its peak at \
                the end.",
        demo: TEACHER,
        lr: LR,
        written: "CosineAnnealingLR(T_max=16)",
        mended: COSINE,
    },
    // 1.00, 0.73
    Live {
        rules: &["step-schedule-stepped-per-epoch"],
        words: "A cosine of 100 batches, stepped once in each of 16 epochs, has hardly begun to fall when the run ends.",
        demo: TEACHER,
        lr: LR,
        written: "CosineAnnealingLR(T_max=10000)",
        mended: COSINE,
    },
    // 1.02, 0.73
    Live {
        rules: &[
            "scheduler-never-stepped",
            "scheduler-created-in-loop",
            "scheduler-of-another-optimizer",
            "optimizer-replaced",
            "lightning-manual-schedule-never-stepped",
            "schedule-without-effect",
            "lr-expression-without-effect",
            "lr-computed-in-vain",
            "long-run-at-constant-lr",
        ],
        words: "The LR stays where it is, and the loss stops falling at a floor that a cosine goes below.",
        demo: TEACHER,
        lr: LR,
        written: CONSTANT,
        mended: COSINE,
    },
    // 0.84, 0.78
    Live {
        rules: &["scheduler-stepped-twice"],
        words: "Two steps where one was meant: the LR drops in half the time, and what is left of the run learns little.",
        demo: TEACHER,
        lr: LR,
        written: "StepLR(step_size=267)",
        mended: "StepLR(step_size=533)",
    },
    // 0.96, 0.73
    Live {
        rules: &["length-differs-from-run", "lightning-frequency-stretches-schedule"],
        words: "A cosine four times as long as the run is cut off near its peak.",
        demo: TEACHER,
        lr: LR,
        written: "CosineAnnealingLR(T_max=6400)",
        mended: COSINE,
    },
    // 1.02, 0.80
    Live {
        rules: &["milestones-beyond-run"],
        words: "No drop comes before the run ends. With one of several drops left within the run there is little to see.",
        demo: TEACHER,
        lr: LR,
        written: "MultiStepLR(milestones=[1920, 2560])",
        mended: "MultiStepLR(milestones=[800, 1200])",
    },
    // 1.09, 0.72
    Live {
        rules: &["warmup-outlasts-run", "warmup-longer-than-run"],
        words: "The LR rises to the end of the run, where it should be lowest.",
        demo: TEACHER,
        lr: LR,
        written: "LinearToZero(1600, warmup_steps=1600)",
        mended: "LinearToZero(1600, warmup_steps=160)",
    },
    // 0.93, 0.72
    Live {
        rules: &["accumulation-not-counted"],
        words: "Of the 6400 batches that the schedule counts, every fourth is a step: the LR comes down by a quarter.",
        demo: TEACHER,
        lr: LR,
        written: "LinearToZero(6400, warmup_steps=100)",
        mended: "LinearToZero(1600, warmup_steps=100)",
    },
    // 1.02, 0.81
    Live {
        rules: &["plateau-wrong-mode", "keras-plateau-wrong-mode"],
        words: "Told to wait for a loss to rise, it takes progress for a plateau and cuts the LR until nothing moves.",
        demo: TEACHER,
        lr: LR,
        written: "ReduceLROnPlateau(mode='max', patience=3)",
        mended: "ReduceLROnPlateau(mode='min', patience=3)",
    },
    // 0.90, 0.79
    Live {
        rules: &["lr-vanishes"],
        words: "A tenth after every tenth of the run: the weights stand still long before the end.",
        demo: TEACHER,
        lr: LR,
        written: "StepLR(step_size=160)",
        mended: "StepLR(step_size=640)",
    },
    // 2.23, 0.70
    Live {
        rules: &["minimum-above-lr", "configured-floor-above-lr"],
        words: "The cosine rises to its minimum, ten times the LR.",
        demo: TEACHER,
        lr: 0.02,
        written: "CosineAnnealingLR(T_max=1600, eta_min=0.2)",
        mended: "CosineAnnealingLR(T_max=1600, eta_min=0.0002)",
    },
    // 1.08, 0.72
    Live {
        rules: &["lambda-returns-absolute-lr"],
        words: "The LR is multiplied with itself, 0.05 with 0.05, and is too low to get anywhere.",
        demo: TEACHER,
        lr: LR,
        written: "LambdaLR(lambda step: 0.05 * 0.95 ** (step // 20))",
        mended: "LambdaLR(lambda step: 0.95 ** (step // 20))",
    },
    // 2.11, 0.73
    Live {
        rules: &["keras-decay-steps-in-epochs"],
        words: "16 epochs taken for 16 steps: the LR is zero after a hundredth of the run.",
        demo: TEACHER,
        lr: LR,
        written: "CosineDecay(0.05, 16)",
        mended: "CosineDecay(0.05, 1600)",
    },
    // 0.88, 0.73
    Live {
        rules: &["scheduler-not-checkpointed"],
        words: "Resumed at half of the run without its state, the cosine starts again from its peak and does not come down in time.",
        demo: TEACHER,
        lr: LR,
        written: "SequentialLR([CosineAnnealingLR(T_max=1600), CosineAnnealingLR(T_max=1600)], milestones=[800])",
        mended: COSINE,
    },
    // Of ten seeds 1 and 10 learn.
    Live {
        rules: &["transformer-without-warmup", "warmup-by-waiting"],
        words: "At its full LR from the first step on this transformer stays at chance; with 80 steps of warmup it learns.",
        demo: "warmup",
        lr: 1.5e-2,
        written: CONSTANT,
        mended: "LinearLR(start_factor=0.0125, total_iters=80)",
    },
    // Of twenty seeds 9 and 17 learn.
    Live {
        rules: &["large-batch-without-warmup"],
        words: "At an LR scaled up to a batch of 512 about half of the seeds learn, and most do with a warmup of 38 of 96 steps. A \
                warmup of 10 steps hardly helps here.",
        demo: "large-batch",
        lr: 0.96,
        written: "LinearToZero(96)",
        mended: "LinearToZero(96, warmup_steps=38)",
    },
];

/// The race that shows what a rule warns of, if there is one.
pub fn of(rule: &Rule) -> Option<&'static Live> {
    ALL.iter().find(|live| live.rules.contains(&rule.name))
}

impl Live {
    /// The fragment of the link that opens it in the playground, without `#`: first the schedule as written, then as mended.
    pub fn link(&self) -> String {
        let lane = |name: &str, text: &str| {
            let schedule = notation::parse(text).ok()?;
            Some(NamedSchedule { name: name.into(), lr: self.lr, schedule })
        };
        let lanes = [lane("as written", self.written), lane("as mended", self.mended)];
        let settings = [("demo".to_owned(), self.demo.to_owned())].into();
        Permalink { lanes: lanes.into_iter().flatten().collect(), settings }.encode()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules;

    #[test]
    fn every_race_is_of_rules_that_there_are_and_has_two_schedules() {
        for (index, live) in ALL.iter().enumerate() {
            for name in live.rules {
                let rule = rules::find(name).unwrap_or_else(|| panic!("there is no rule {name}"));
                assert!(std::ptr::eq(of(rule).unwrap(), live), "{name} has one race");
            }
            let (link, problems) = Permalink::decode(&live.link());
            assert_eq!((link.lanes.len(), problems), (2, vec![]), "race {index}");
            assert_ne!(link.lanes[0].schedule, link.lanes[1].schedule);
            assert!(live.words.ends_with('.'));
        }
    }
}
