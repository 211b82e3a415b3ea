//! Situations in links: `view=advise&domain=language&start=pretrained&epochs=3`. Only what differs from the usual is written,
//! in the words of `lrscope recommend`.

use advisor::recipes::{Domain, Goal, Length, OptimizerKind, Situation, Start};
use scheduler::permalink::Permalink;

use crate::view::View;

/// Names of starts.
pub const STARTS: [(&str, Start, &str); 2] = [
    ("scratch", Start::Scratch, "random weights"),
    ("pretrained", Start::Pretrained, "trained before, with a new head"),
];
/// Names of optimizers.
pub const OPTIMIZERS: [(&str, OptimizerKind, &str); 3] = [
    ("sgd", OptimizerKind::Sgd, "SGD"),
    ("adam", OptimizerKind::Adam, "Adam"),
    ("adamw", OptimizerKind::AdamW, "AdamW"),
];
/// Names of goals.
pub const GOALS: [(&str, Goal, &str); 4] = [
    ("best", Goal::Best, "the best result in the given length"),
    ("fast", Goal::Fast, "a good result soon"),
    ("reproduce", Goal::Reproduce, "the numbers of a paper"),
    ("explore", Goal::Explore, "finding out"),
];

/// The name of a value in a list like the above.
pub fn name_of<T: PartialEq>(list: &[(&'static str, T, &'static str)], value: &T) -> &'static str {
    list.iter().find(|(_, known, _)| known == value).map_or("", |(name, ..)| name)
}

/// The value of that name.
pub fn value_of<T: Copy>(list: &[(&'static str, T, &'static str)], name: &str) -> Option<T> {
    list.iter().find(|(known, ..)| *known == name).map(|(_, value, _)| *value)
}

/// The fragment of a situation.
pub fn encode(situation: &Situation) -> String {
    let mut settings = vec![("domain", name_of(&Domain::ALL, &situation.domain).to_owned())];
    let usual = Situation::new(situation.domain);
    if situation.start != usual.start {
        settings.push(("start", name_of(&STARTS, &situation.start).into()));
    }
    if situation.goal != usual.goal {
        settings.push(("goal", name_of(&GOALS, &situation.goal).into()));
    }
    if let Some(optimizer) = situation.optimizer {
        settings.push(("optimizer", name_of(&OPTIMIZERS, &optimizer).into()));
    }
    if let Some(parameters) = situation.parameters {
        settings.push(("params", format!("{parameters:?}")));
    }
    if let Some(batch) = situation.batch {
        settings.push(("batch", batch.to_string()));
    }
    match situation.length {
        Length::Usual => {}
        Length::Unknown => settings.push(("length", "unknown".into())),
        Length::Steps { steps } => settings.push(("steps", steps.to_string())),
        Length::Epochs { epochs, steps_per_epoch } => {
            settings.push(("epochs", epochs.to_string()));
            settings.extend(steps_per_epoch.map(|steps| ("steps-per-epoch", steps.to_string())));
        }
    }
    View::Advise.link(&settings)
}

/// The situation of a fragment, and a sentence on what cannot be read. `None` where it says nothing of one.
pub fn decode(fragment: &str) -> Option<(Situation, Option<String>)> {
    let (link, _) = Permalink::decode(fragment);
    let get = |key: &str| link.settings.get(key).map(String::as_str);
    let domain = get("domain")?;
    let mut unreadable = Vec::new();
    let mut situation = Situation::new(value_of(&Domain::ALL, domain).unwrap_or_else(|| {
        unreadable.push("domain");
        Domain::Other
    }));
    let mut read = |key: &'static str, set: &mut dyn FnMut(&str) -> Option<()>| {
        if get(key).is_some_and(|text| set(text).is_none()) {
            unreadable.push(key);
        }
    };
    read("start", &mut |text| value_of(&STARTS, text).map(|start| situation.start = start));
    read("goal", &mut |text| value_of(&GOALS, text).map(|goal| situation.goal = goal));
    read("optimizer", &mut |text| value_of(&OPTIMIZERS, text).map(|kind| situation.optimizer = Some(kind)));
    read("params", &mut |text| text.parse().ok().map(|parameters| situation.parameters = Some(parameters)));
    read("batch", &mut |text| text.parse().ok().map(|batch| situation.batch = Some(batch)));
    read("length", &mut |text| (text == "unknown").then(|| situation.length = Length::Unknown));
    read("steps", &mut |text| text.parse().ok().map(|steps| situation.length = Length::Steps { steps }));
    let mut per_epoch = None;
    read("steps-per-epoch", &mut |text| text.parse().ok().map(|steps| per_epoch = Some(steps)));
    read("epochs", &mut |text| {
        text.parse().ok().map(|epochs| situation.length = Length::Epochs { epochs, steps_per_epoch: per_epoch })
    });
    let problem = (!unreadable.is_empty())
        .then(|| format!("Part of the link could not be read, the rest is in place: {}.", unreadable.join(", ")));
    Some((situation, problem))
}
