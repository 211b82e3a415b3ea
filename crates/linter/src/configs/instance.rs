//! Objects that a config has built by name: `_target_` of Hydra, `class_path` of Lightning's and jsonargparse's.

use advisor::Plan;
use advisor::classes::class_named;
use advisor::plan::{Evidence, Library, OptimizerFacts, OptimizerId, ScheduleFacts, ScheduleId};
use advisor::quantity::Quantity;

use super::tree::{Entry, Kind, Map, Node};

/// Composed schedules nested deeper than this are not followed.
const DEEPEST: usize = 4;

/// A class and its arguments.
pub struct Instance<'a> {
    /// The full name, `torch.optim.lr_scheduler.StepLR`.
    pub name: &'a str,
    arguments: Option<&'a Map>,
}

impl<'a> Instance<'a> {
    /// The instance that a map describes, in either way.
    pub fn of(map: &'a Map) -> Option<Self> {
        if let Some(name) = map.get("_target_").and_then(Node::text) {
            return Some(Self { name, arguments: Some(map) });
        }
        let name = map.get("class_path")?.text()?;
        Some(Self { name, arguments: map.get("init_args").and_then(Node::map) })
    }

    fn class(&self) -> &'a str {
        self.name.rsplit('.').next().unwrap_or(self.name)
    }

    fn entries(&self) -> impl Iterator<Item = &'a Entry> + use<'a> {
        // What Hydra itself reads: `_partial_`, `_recursive_`.
        let own = |entry: &&Entry| !entry.key.starts_with('_');
        self.arguments.into_iter().flat_map(|map| &map.entries).filter(own)
    }

    /// Whether this is a scheduler of PyTorch or transformers.
    pub fn is_schedule(&self) -> bool {
        let known = class_named(self.class()).is_some();
        known
            && (self.name.contains("lr_scheduler.")
                || self.name.starts_with("transformers.")
                || !self.name.contains('.'))
    }

    /// Whether this is an optimizer.
    pub fn is_optimizer(&self) -> bool {
        self.name.contains("optim")
            && !self.name.contains("lr_scheduler")
            && self.class().starts_with(|first: char| first.is_ascii_uppercase())
    }
}

/// The instance that a value describes.
pub fn instance(node: &Node) -> Option<(Instance<'_>, &Node)> {
    Some((Instance::of(node.map()?)?, node))
}

/// Adds the optimizer that a value describes.
pub fn add_optimizer(plan: &mut Plan, (instance, node): &(Instance<'_>, &Node)) -> OptimizerId {
    let number = |name: &str| {
        let found = instance.entries().find(|entry| entry.key == name);
        match found.map(|entry| &entry.value.kind) {
            Some(Kind::Number(number)) => Quantity::number(*number),
            _ => Quantity::unknown(),
        }
    };
    plan.optimizers.push(OptimizerFacts {
        class: instance.class().to_owned(),
        span: node.span,
        lr: number("lr"),
        momentum: number("momentum"),
        ..OptimizerFacts::default()
    });
    OptimizerId(plan.optimizers.len() - 1)
}

/// Adds the schedule that a value describes, parts first.
pub fn add_schedule(
    plan: &mut Plan,
    (instance, node): &(Instance<'_>, &Node),
    optimizer: Option<OptimizerId>,
    source: &str,
    depth: usize,
) -> Option<ScheduleId> {
    if depth > DEEPEST {
        return None;
    }
    let mut parts = Vec::new();
    let mut arguments = Vec::new();
    for entry in instance.entries() {
        match entry.key.as_str() {
            "optimizer" => {}
            "schedulers" => {
                let each = entry.value.list().iter().map(|node| {
                    let part = crate::configs::instance::instance(node).filter(|(part, _)| part.is_schedule())?;
                    add_schedule(plan, &part, optimizer, source, depth + 1)
                });
                parts = each.collect::<Option<Vec<_>>>().unwrap_or_default();
                arguments.push(entry.argument(source, entry.key.clone()));
            }
            _ if matches!(entry.value.kind, Kind::Nothing) => {}
            _ => arguments.push(entry.argument(source, entry.key.clone())),
        }
    }
    plan.schedules.push(ScheduleFacts {
        own_lr: Vec::new(),
        steps_as_torch: false,
        class: instance.class().to_owned(),
        evidence: Evidence::Proved,
        span: node.span,
        optimizer,
        may_drive: Vec::new(),
        arguments,
        parts,
        library: Library::Torch,
        name: String::new(),
    });
    Some(ScheduleId(plan.schedules.len() - 1))
}
