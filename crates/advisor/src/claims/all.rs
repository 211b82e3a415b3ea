//! The claims themselves.

use super::{Claim, Evidence, Verdict};
use crate::source::{self, Source};

const fn known(finding: &'static str, source: Source) -> Evidence {
    Evidence { finding, source }
}

/// The warmup demo.
const WARMUP: &str = "demo=warmup&v=1";
/// The demo of a LR too high to stay at.
const SPIRALS: &str = "demo=spirals&v=1";

/// All claims.
pub static ALL: &[Claim] = &[
    Claim {
        name: "constant-lr",
        question: "Should I use a schedule at all?",
        said: "A constant LR leaves 2 to 5 % of accuracy on the table.",
        verdict: Verdict::Overstated,
        answer: "Usually yes: it costs one line and is rarely worse. How much it brings depends on how well the constant LR is chosen; \
                 nobody can promise points of accuracy.",
        evidence: &[
            known(
                "Each at its own best LR, a cosine ends with a lower validation loss than a constant in 18 of 20 problems, by 4.0 % in the \
                 median; in two regressions it is worse.",
                source::PROBLEM_RUNS,
            ),
            known(
                "The higher the LR, the more coming down matters: at 0.7 a constant learns as often as OneCycle, at 1.2 in 4 seeds of 40 \
                 against 36.",
                source::SPIRALS_RUNS,
            ),
        ],
        demo: Some(SPIRALS),
    },
    Claim {
        name: "warmup-for-transformers",
        question: "Does my transformer need warmup?",
        said: "Warmup is mandatory for every transformer; without it training diverges.",
        verdict: Verdict::Depends,
        answer: "With layer norm after the residual (Post-LN), Adam and a high LR it decides between learning and not. With the norm first \
                 (Pre-LN), or at a lower LR, the same model learns without. It is cheap, so use it; but do not expect it to cure \
                 everything, nor the lack of it to show as NaN.",
        evidence: &[
            known(
                "Post-LN at LR 0.015: 1 of 40 seeds learns without warmup, 40 of 40 with 80 steps of it.",
                source::WARMUP_RUNS,
            ),
            known("Pre-LN at the same LR, or Post-LN at 0.006: 10 of 10 either way.", source::WARMUP_RUNS),
            known(
                "What fails does not explode: the loss stays at ln 16 = 2.77, the price of guessing.",
                source::WARMUP_RUNS,
            ),
            known(
                "Gradients near the output of a Post-LN model are large at the start; those of Pre-LN are not.",
                source::POST_LN,
            ),
        ],
        demo: Some(WARMUP),
    },
    Claim {
        name: "warmup-complexity",
        question: "Is warmup worth the extra line?",
        said: "Warmup adds complexity.",
        verdict: Verdict::False,
        answer: "It is one LinearLR in a SequentialLR. The trap is elsewhere: shorten the schedule behind it, T_max = length - warmup.",
        evidence: &[
            known(
                "After 5 epochs of warmup, T_max=100 in a run of 100 epochs ends at 0.00089 from 0.1; T_max=95 at 0.000027.",
                source::TORCH,
            ),
            known("The rule t-max-ignores-warmup of `lrscope lint` finds it.", source::SCHEDULER_GOLDENS),
        ],
        demo: None,
    },
    Claim {
        name: "which-scheduler",
        question: "Which scheduler should I use?",
        said: "CosineAnnealingLR is the best default and needs no tuning.",
        verdict: Verdict::Depends,
        answer: "A cosine is a sound default where the length is known; a straight line to zero is as good. Where the length is not known, \
                 keep the LR constant after warmup and come down at the end. Its LR needs tuning like any other.",
        evidence: &[
            known(
                "Linear to zero beats a cosine to a tenth in language models near their best size.",
                source::LINEAR_TO_ZERO,
            ),
            known("Constant with a cooldown does as well as a cosine, at any length.", source::COOLDOWN),
            known("The best peak of a cosine was mostly 2 to 6 times the best constant LR.", source::PROBLEM_RUNS),
        ],
        demo: None,
    },
    Claim {
        name: "too-complicated",
        question: "Is scheduling too complicated for a quick project?",
        said: "Scheduling is too complicated.",
        verdict: Verdict::False,
        answer: "A schedule is two lines. What goes wrong is its unit, epochs or steps: draw it with `lrscope show` and check it with \
                 `lrscope lint`.",
        evidence: &[known(
            "Of 17 LR mistakes that `lrscope lint` found in 65 public repositories, each came down to a unit, an order or a missing \
             argument.",
            source::PRACTICE,
        )],
        demo: None,
    },
    Claim {
        name: "papers-without-schedule",
        question: "The paper mentions no schedule: did it have none?",
        said: "Papers don't mention scheduling, so it can't matter.",
        verdict: Verdict::False,
        answer: "Look into the appendix and the code; nearly all published recipes have one, and numbers are hard to reproduce without it.",
        evidence: &[known(
            "Every domain of `lrscope recommend` names the paper or the code its schedule is from.",
            source::PRACTICE,
        )],
        demo: None,
    },
    Claim {
        name: "small-models",
        question: "Is my model too small for a schedule?",
        said: "My model is too small to need scheduling.",
        verdict: Verdict::False,
        answer: "Size does not decide. Very short runs do: below about ten epochs, or with a small LR, a constant or a straight line to zero \
                 is enough.",
        evidence: &[known(
            "The 20 problems of these runs have 2,000 to 13,000 weights; 18 of them gain.",
            source::PROBLEM_RUNS,
        )],
        demo: Some(SPIRALS),
    },
    Claim {
        name: "adam-adapts",
        question: "Does Adam need a schedule?",
        said: "Just use Adam, it adapts the learning rate by itself.",
        verdict: Verdict::False,
        answer: "Adam evens out the sizes of gradients across weights; how large steps are over time is still the LR's matter.",
        evidence: &[
            known(
                "Under Adam a cosine is better than a constant in 5 of 6 problems, by 3 to 5 %.",
                source::PROBLEM_RUNS,
            ),
            known("AdamW's authors find the best results with a cosine on top.", source::ADAMW),
        ],
        demo: Some(WARMUP),
    },
    Claim {
        name: "tune-later",
        question: "Can I add the schedule later?",
        said: "I'll tune the schedule later.",
        verdict: Verdict::Depends,
        answer: "While you compare architectures in short runs, a constant LR will do. Tune the LR together with the schedule, though: their \
                 best values differ.",
        evidence: &[known(
            "The best peak of a cosine equals the best constant LR in 2 of 20 problems only.",
            source::PROBLEM_RUNS,
        )],
        demo: None,
    },
    Claim {
        name: "one-cycle-best",
        question: "Is OneCycle the best schedule?",
        said: "OneCycle is always best, and ten times faster.",
        verdict: Verdict::Overstated,
        answer: "It is a good short schedule, as a cosine or a straight line with warmup is. Its peak must be tuned, and torch's default \
                 turns SGD's momentum on where you had none.",
        evidence: &[
            known("At peak LR 1.2, OneCycle learns in 36 of 40 seeds and a cosine in 35.", source::SPIRALS_RUNS),
            known("Training ten times faster was reported for residual networks on CIFAR-10.", source::ONE_CYCLE),
            known("SGD(momentum=0) under OneCycleLR trains with momentum 0.95 to 0.85.", source::SCHEDULER_GOLDENS),
        ],
        demo: Some(SPIRALS),
    },
    Claim {
        name: "no-time-for-lr-finder",
        question: "Is an LR finder worth its time?",
        said: "I don't have time to run an LR finder.",
        verdict: Verdict::Depends,
        answer: "Run it for a new model or data set, over several seeds. Skip it where you follow a recipe or fine-tune.",
        evidence: &[known(
            "Our reading over ten seeds lies among the LRs that train best in 19 of 20 problems. A single seed may be off by several times.",
            source::PROBLEM_RUNS,
        )],
        demo: None,
    },
    Claim {
        name: "steepest-times-ten",
        question: "Is ten times the steepest point a good max_lr for OneCycle?",
        said: "Take the LR of steepest descent and multiply it by ten for OneCycle.",
        verdict: Verdict::False,
        answer: "The steepest point of one noisy curve is a lottery ticket, and ten times it is another. Use the band of `lrscope find-lr`.",
        evidence: &[
            known("The steepest slope differs by decades from seed to seed on the same model.", source::PROBLEM_RUNS),
            known(
                "The code that tutorials print puts \"ten times below the minimum\" five points before it, which is 2.8 times.",
                source::SCHEDULER_GOLDENS,
            ),
        ],
        demo: None,
    },
    Claim {
        name: "good-enough",
        question: "My training is good enough; should I still change the schedule?",
        said: "My training is already good enough.",
        verdict: Verdict::Depends,
        answer: "If it is, leave it. If the LR never comes down, a linear decay over the last fifth is the cheapest thing to try.",
        evidence: &[known(
            "The last part of the run, with the LR coming down, brings most of what a decay brings.",
            source::COOLDOWN,
        )],
        demo: None,
    },
    Claim {
        name: "decay-slows",
        question: "Does lowering the LR slow training down?",
        said: "Reducing the LR will slow training.",
        verdict: Verdict::Depends,
        answer: "Too early, yes: a LR that has vanished learns nothing. Late, it is what gets the loss below the jitter that a high LR \
                 keeps up.",
        evidence: &[
            known(
                "A constant LR of 1.2 throws 27 of 40 seeds off in the end; one that comes down none.",
                source::SPIRALS_RUNS,
            ),
            known("`lrscope diagnose` tells a LR that vanished from one that is too high.", source::PRACTICE),
        ],
        demo: Some(SPIRALS),
    },
    Claim {
        name: "t-max",
        question: "What do I set T_max to?",
        said: "T_max is the number of epochs.",
        verdict: Verdict::Depends,
        answer: "To the number of times step() is called after the warmup: epochs if once per epoch, optimizer steps if after each. Past \
                 T_max the LR goes up again.",
        evidence: &[known(
            "torch's cosine reaches its minimum at T_max, half of its base LR again at 1.5 T_max.",
            source::SCHEDULER_GOLDENS,
        )],
        demo: Some(
            "lane=T_max%20too%20short~0.1~CosineAnnealingLR(T_max=50)&lane=T_max%20right~0.1~CosineAnnealingLR(T_max=100)&steps=100&v=1",
        ),
    },
    Claim {
        name: "step-per-epoch",
        question: "Do I call scheduler.step() after every batch or every epoch?",
        said: "Every scheduler but OneCycleLR is stepped once per epoch.",
        verdict: Verdict::False,
        answer: "The class does not decide; the unit of its lengths does. Any schedule may count steps, and those of transformers, CyclicLR \
                 and OneCycleLR usually do.",
        evidence: &[known(
            "A cosine with T_max=100 that is stepped 390 times per epoch does not stay low: it swings, and stands at 98 % of its base LR \
             after the first epoch.",
            source::SCHEDULER_GOLDENS,
        )],
        demo: None,
    },
    Claim {
        name: "plateau-threshold",
        question: "ReduceLROnPlateau never fires: do I lower the threshold?",
        said: "Lower the threshold so that the LR is reduced.",
        verdict: Verdict::False,
        answer: "The other way round: a lower threshold lets smaller progress count as progress, so it cuts later. Raise it, or lower \
                 patience. `lrscope diagnose --plateau` replays the scheduler on your log.",
        evidence: &[known(
            "On a metric that improves by 0.005 % per epoch, patience 0: 7 cuts in 60 epochs at threshold 1e-4, none at 1e-5.",
            source::TORCH,
        )],
        demo: None,
    },
    Claim {
        name: "plateau-stops",
        question: "Does ReduceLROnPlateau stop training?",
        said: "ReduceLROnPlateau stops when the loss has reached its plateau, and needs a validation metric.",
        verdict: Verdict::False,
        answer: "It only cuts the LR, again and again, down to min_lr or 1e-8. It takes any number, a training loss too. Stopping is for \
                 early stopping.",
        evidence: &[known("On a constant metric it goes on cutting until the LR is 1e-8.", source::SCHEDULER_GOLDENS)],
        demo: None,
    },
    Claim {
        name: "group-ratios",
        question: "Do schedulers keep the ratio between parameter groups?",
        said: "Schedulers scale all groups alike, so their ratio stays.",
        verdict: Verdict::Depends,
        answer: "Those that multiply do. A floor (eta_min, min_lr) is absolute and brings groups together, and OneCycleLR and CyclicLR with \
                 one max_lr give all groups the same.",
        evidence: &[known(
            "1e-5 and 1e-3 under a cosine with eta_min=1e-6: a ratio of 100 at first, 91 half way, 1 at the end.",
            source::TORCH,
        )],
        demo: None,
    },
    Claim {
        name: "scale-with-batch",
        question: "Do I scale the LR with the batch size?",
        said: "Multiply the LR by as much as the batch.",
        verdict: Verdict::Depends,
        answer: "For SGD up to a batch of about 8,000, with warmup; for Adam by the square root. Neither brings back the result of a small \
                 batch once there are too few steps.",
        evidence: &[
            known(
                "ResNet-50 on ImageNet keeps its accuracy up to 8,192 with linear scaling and 5 epochs of warmup.",
                source::LARGE_BATCH,
            ),
            known("For Adam, the square root follows from how its noise scales.", source::SQUARE_ROOT_SCALING),
            known(
                "From batch 16 to 64 to 256, the best constant LR of one model went from 0.018 to 0.032 to 0.18.",
                source::PROBLEM_RUNS,
            ),
        ],
        demo: None,
    },
];
