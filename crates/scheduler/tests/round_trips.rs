//! What is written reads back as it was, and nothing that is read can do harm.

mod common;

use common::schedule;
use proptest::prelude::*;
use scheduler::codegen::{Program, Target};
use scheduler::permalink::{NamedSchedule, Permalink};
use scheduler::{Cadence, Library, Optimizer, Schedule, curve, notation};

fn permalink() -> impl Strategy<Value = Permalink> {
    let lane =
        (".{0,20}", -1e3..1e3f64, schedule()).prop_map(|(name, lr, schedule)| NamedSchedule { name, lr, schedule });
    let key = "[a-z]([a-z-]{0,8}[a-z])?".prop_filter("reserved", |key| key != "v" && key != "lane");
    (prop::collection::vec(lane, 0..4), prop::collection::btree_map(key, ".{0,20}", 0..6))
        .prop_map(|(lanes, settings)| Permalink { lanes, settings })
}

proptest! {
    #[test]
    fn a_schedule_reads_back_as_itself(schedule in schedule()) {
        prop_assert_eq!(notation::parse(&schedule.to_string()), Ok(schedule));
    }

    #[test]
    fn exported_pytorch_reads_back_as_the_same_schedule(schedule in schedule()) {
        let optimizer = Optimizer::sgd(&[0.1], 0.9);
        let program = Program { schedule: &schedule, optimizer: &optimizer, cadence: Cadence::Step, epochs: None, steps: None };
        if let Ok(code) = program.write(Target::PyTorch) {
            let call = code.split("scheduler = ").nth(1).and_then(|rest| rest.split("\n\nfor epoch").next()).unwrap();
            let read = notation::parse(call).unwrap();
            let (written, exported) = (curve(&schedule, optimizer.clone(), 60, &[1.0; 60]), curve(&read, optimizer, 60, &[1.0; 60]));
            let of_torch = |schedule: &Schedule| schedule.class().library == Library::Torch;
            if of_torch(&schedule) && schedule.children().iter().all(of_torch) && !call.contains("LambdaLR") {
                prop_assert_eq!(&read, &schedule);
                prop_assert_eq!(&exported, &written);
            } else {
                // As a LambdaLR it is the same but for the last digits.
                for (a, b) in exported.first_group().iter().zip(written.first_group()) {
                    prop_assert!((a - b).abs() <= 1e-9, "{} {}: {}", a, b, schedule);
                }
            }
        }
    }

    #[test]
    fn a_link_reads_back_as_itself(permalink in permalink()) {
        let link = permalink.encode();
        prop_assert!(!link.contains([' ', '#', '"', '<', '>']), "{}", link);
        prop_assert_eq!(Permalink::decode(&link), (permalink, vec![]));
    }

    #[test]
    fn any_text_is_read_or_refused(text in ".{0,200}") {
        let _ = notation::parse(&text);
        let _ = Permalink::decode(&text);
    }

    #[test]
    fn python_like_text_is_read_or_refused(text in "([A-Za-z]{1,8}LR)?[\\[\\]()a-z0-9.,=*/%+ -]{0,60}") {
        let _ = notation::parse(&text);
    }

    #[test]
    fn a_damaged_link_is_read_as_far_as_possible(permalink in permalink(), place in any::<prop::sample::Index>(), byte in "[ -~]") {
        let mut link = permalink.encode();
        let at = place.index(link.len());
        if link.is_char_boundary(at) && link.is_char_boundary(at + 1) {
            link.replace_range(at..=at, &byte);
        }
        let (read, problems) = Permalink::decode(&link);
        prop_assert!(read.lanes.len() + problems.len() <= link.len());
    }
}

/// Links of released versions are read for ever.
#[test]
fn links_of_version_1_keep_working() {
    let (permalink, problems) = Permalink::decode(
        "https://example.org/play/#lane=no%20warmup~0.015~ConstantLR(factor=1.0)\
         &lane=warmup~0.015~SequentialLR([LinearLR(start_factor=0.01,total_iters=40),ConstantLR(factor=1.0)],milestones=[40])\
         &demo=warmup&steps=250&v=1",
    );
    assert_eq!(problems, []);
    assert_eq!(permalink.lanes.len(), 2);
    assert_eq!(permalink.lanes[0].name, "no warmup");
    assert_eq!(permalink.lanes[1].lr, 0.015);
    assert_eq!(permalink.lanes[1].schedule.name(), "SequentialLR");
    assert_eq!(permalink.settings["steps"], "250");
}

#[test]
fn a_broken_link_says_what_is_wrong_in_one_sentence_a_part() {
    let message = |link: &str| Permalink::decode(link).1.into_iter().map(|problem| problem.message).collect::<Vec<_>>();
    assert_eq!(
        message("#lane=a~0.1~CosineAnealingLR(T_max=5)&v=1"),
        ["`CosineAnealingLR` is not a schedule; did you mean CosineAnnealingLR?"]
    );
    assert_eq!(message("#lane=a~abc~ConstantLR()"), ["`abc` is not an LR."]);
    assert_eq!(message("#lane=a"), ["A lane is written name~LR~schedule."]);
    assert_eq!(message("#steps=1&v=99"), ["The link was made with a newer version (99); reload the page to get it."]);
    assert_eq!(message("#%%%"), ["Expected key=value."]);
    assert_eq!(message("#a=%ff"), ["The text is not valid UTF-8."]);
}

#[test]
fn a_preset_without_finite_factors_is_refused() {
    let error = notation::parse("InverseSqrtWithCooldown(10, 0, 10)").unwrap_err();
    assert_eq!(error.message, "InverseSqrtWithCooldown needs a warmup and lengths that make finite factors.");
}

#[test]
fn a_negative_zero_is_a_zero() {
    let schedule = notation::parse("PolyLRScheduler(t_initial=-.0)").unwrap();
    assert_eq!(format!("{:?}", notation::parse(&schedule.to_string()).unwrap()), format!("{schedule:?}"));
}

#[test]
fn deep_nesting_is_refused() {
    for text in [
        "(".repeat(4000),
        "-".repeat(4000) + "1",
        "1+".repeat(2000) + "1",
        "not ".repeat(1000),
        "2**".repeat(1000) + "2",
    ] {
        assert!(notation::parse_expression(&text).is_err());
    }
}

#[test]
fn errors_point_at_the_place() {
    let at = |text: &str| {
        notation::parse(text).map_err(|error| (text[error.span.start..error.span.end].to_string(), error.message))
    };
    assert_eq!(
        at("LinearLR(start_facor=0.1)"),
        Err(("0.1".into(), "LinearLR has no parameter `start_facor`; did you mean `start_factor`?".into()))
    );
    assert_eq!(
        at("CosineAnnealingLR(opt, T_max=epochs)"),
        Err(("epochs".into(), "`T_max`: `epochs` has no value here; write the number.".into()))
    );
    assert_eq!(at("StepLR(opt, 30"), Err(("".into(), "Expected `)`, found the end of the text.".into())));
    assert_eq!(at("StepLR(opt)"), Err(("StepLR(opt)".into(), "StepLR needs `step_size`.".into())));
    assert_eq!(
        at("torch.optim.lr_scheduler.StepLR(optimizer=opt, step_size=30, verbose=True)").unwrap_err().1,
        "`verbose` is gone from torch's schedulers; leave it out."
    );
}

#[test]
fn the_notation_of_python_code_is_understood() {
    let same = |a: &str, b: &str| assert_eq!(notation::parse(a), notation::parse(b), "{a}");
    let plain = "SequentialLR([LinearLR(0.01, total_iters=5), CosineAnnealingLR(T_max=95)], milestones=[5])";
    same("SequentialLR(opt, [LinearLR(opt, 0.01, total_iters=5), CosineAnnealingLR(opt, T_max=95)], [5])", plain);
    same(
        "lr_scheduler.SequentialLR(self.optimizer, schedulers=[LinearLR(self.optimizer, start_factor=1/100, total_iters=5),\n  optim.lr_scheduler.CosineAnnealingLR(self.optimizer, 100 - 5)], milestones=[5],)  # five epochs",
        plain,
    );
    same("StepLR(torch.optim.SGD(lr=0.1), 30)", "StepLR(step_size=30, gamma=0.1)");
    same("LambdaLR(opt, lambda epoch: 0.95 ** epoch)", "LambdaLR(lr_lambda=lambda epoch: 0.95 ** epoch)");
}
