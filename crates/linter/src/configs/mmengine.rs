//! `param_scheduler` and what it depends on in a config of mmengine (mmdetection, mmpretrain and their kin).

use advisor::Plan;
use advisor::plan::{Argument, Owner, Settings};

use super::tree::{Kind, Map, Node};

/// The plan in such a config.
pub fn plan(node: &Node, map: &Map, source: &str) -> Option<Plan> {
    let schedulers = map.get("param_scheduler")?.list();
    let mut settings = vec![Settings {
        owner: Owner::MmengineRun,
        class: "Runner".to_owned(),
        span: node.span,
        arguments: run(map, source),
        complete: map.complete,
        schedules: Vec::new(),
        given: Vec::new(),
    }];
    for scheduler in schedulers {
        let Kind::Map(options) = &scheduler.kind else { return None };
        settings.push(Settings {
            owner: Owner::MmengineScheduler,
            class: options.get("type").and_then(Node::text).unwrap_or_default().to_owned(),
            span: scheduler.span,
            arguments: options.arguments(source),
            complete: options.complete,
            schedules: Vec::new(),
            given: Vec::new(),
        });
    }
    // A scheduler without a class is none of mmengine's.
    let all_named = settings[1..].iter().all(|settings| !settings.class.is_empty());
    (settings.len() > 1 && all_named).then(|| Plan { settings, ..Plan::default() })
}

/// How long the run is, and the LR it starts from.
fn run(map: &Map, source: &str) -> Vec<Argument> {
    let mut arguments = Vec::new();
    if let Some(train) = map.get("train_cfg").and_then(Node::map) {
        let all = train.arguments(source).into_iter();
        arguments.extend(all.filter(|argument| {
            matches!(argument.name.as_str(), "by_epoch" | "max_epochs" | "max_iters" | "val_interval" | "val_begin")
        }));
        // Loops are named for what they count, too.
        if let Some(entry) = train.entry("type") {
            arguments.push(entry.argument(source, "loop".to_owned()));
        }
    }
    let wrapper = map.get("optim_wrapper").and_then(Node::map);
    let optimizer = wrapper.and_then(|wrapper| wrapper.get("optimizer")).and_then(Node::map);
    let lr = optimizer.and_then(|optimizer| optimizer.entry("lr"));
    let accumulation = wrapper.and_then(|wrapper| wrapper.entry("accumulative_counts"));
    arguments.extend([lr, accumulation].into_iter().flatten().map(|entry| entry.argument(source, entry.key.clone())));
    arguments
}
