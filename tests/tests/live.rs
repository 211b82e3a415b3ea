//! What a rule's live race is said to show, it shows: over ten seeds the schedule as mended ends lower than as written.

use advisor::live;
use trainer::link::Race;
use trainer::native::{Compute, train_run};
use trainer::presets;
use trainer::success::{LaneEnd, Rule, mean};
use trainer::{Lane, Run};

/// Of ten seeds, those in which the mended schedule must end lower.
const LEAST: u32 = 9;
/// With a large batch an unlucky seed fails with warmup too.
const LEAST_OF_LARGE_BATCH: u32 = 8;

#[test]
fn the_mended_schedule_ends_lower() {
    let broken: Vec<String> = live::ALL.iter().filter_map(broken).collect();
    assert!(broken.is_empty(), "{broken:#?}");
}

fn broken(live: &live::Live) -> Option<String> {
    let link = live.link();
    let (race, problems) = Race::from_link(&link);
    assert!(problems.is_empty(), "{link}: {problems:?}");
    assert_eq!((race.schedules.len(), race.seeds), (2, 10), "{link}");
    let run = Run {
        experiment: race.experiment,
        schedules: presets::scheduled(&race.schedules),
        lanes: presets::lanes(2, 0..10),
        ends_when_diverged: false,
    };
    let reports = train_run(&run, &Compute::cores(), &|_| {}).expect("the race can be trained");
    let ends = LaneEnd::all(&run.experiment, &reports, &run.lanes);
    let of = |schedule| {
        let of = ends.iter().filter(move |end| matches!(end.lane, Lane { schedule: it, .. } if it == schedule));
        mean(of.map(LaneEnd::final_loss)).unwrap_or(f32::NAN)
    };
    let measured = format!("{}: as written {:.3}, as mended {:.3}", live.rules[0], of(0), of(1));
    println!("{measured}");
    let least = if live.rules.contains(&"large-batch-without-warmup") { LEAST_OF_LARGE_BATCH } else { LEAST };
    (!Rule::Beats { better: 1, worse: 0, least }.holds(&ends)).then_some(measured)
}
