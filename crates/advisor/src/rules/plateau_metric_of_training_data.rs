//! `ReduceLROnPlateau` that watches the training loss.

use crate::classes::PLATEAU;
use crate::finding::{Confidence, Finding, Severity};
use crate::plan::{ArgumentValue, Data, Owner, Plan};
use crate::rule::{Rule, of_source};
use crate::sites::{Frame, Site, exclude, sites};

/// The rule.
pub static RULE: Rule = Rule {
    name: "plateau-metric-of-training-data",
    code: "LRS302",
    severity: Severity::Warning,
    confidence: Confidence::Likely,
    #[cfg(feature = "docs")]
    docs: crate::Docs {
        what: "`ReduceLROnPlateau` is given a metric that was computed on the training batches.",
        why: "The training loss keeps falling while the model overfits, so the scheduler waits although nothing is gained \
              any more. A loss over held-out data stalls when it should.",
        example: "
import torch
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
scheduler = torch.optim.lr_scheduler.ReduceLROnPlateau(optimizer, factor=0.5, patience=3)
for epoch in range(90):
    losses = []
    for x, y in train_loader:
        loss = criterion(model(x), y)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    scheduler.step(sum(losses) / len(losses))
",
        instead: "
import torch
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
scheduler = torch.optim.lr_scheduler.ReduceLROnPlateau(optimizer, factor=0.5, patience=3)
for epoch in range(90):
    for x, y in train_loader:
        loss = criterion(model(x), y)
        loss.backward()
        optimizer.step()
    val_loss = evaluate(model, val_loader)
    scheduler.step(val_loss)
",
        fine: "A metric counts as one of training only if it is called so, or if everything it is made of comes from turns \
               that compute gradients. Where there is no held-out data at all, as in fitting one image, it is the right \
               metric: silence the rule there.",
    },
    #[cfg(feature = "cases")]
    cases: crate::Cases {
        fail: &[
            // It may come back from something out of sight.
            "
import torch
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
scheduler = torch.optim.lr_scheduler.ReduceLROnPlateau(optimizer)
model, optimizer, distributed_scheduler = backend.distribute(model, optimizer, scheduler)
if distributed_scheduler is None:
    distributed_scheduler = scheduler
for epoch in range(90):
    for x, y in train_loader:
        train_loss = loss(model(x), y)
        train_loss.backward()
        optimizer.step()
        mean_loss = backend.average(train_loss)
    distributed_scheduler.step(mean_loss)
",
            // Handed on after a warmup.
            "
import torch
from warmup_scheduler import GradualWarmupScheduler
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
plateau = torch.optim.lr_scheduler.ReduceLROnPlateau(optimizer)
scheduler = GradualWarmupScheduler(optimizer, multiplier=1.0, total_epoch=10, after_scheduler=plateau)
for epoch in range(90):
    losses = []
    for x, y in train_loader:
        loss = criterion(model(x), y)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    scheduler.step(epoch=epoch, metrics=sum(losses) / len(losses))
",
            // As Keras names them.
            "
import torch
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
scheduler = torch.optim.lr_scheduler.ReduceLROnPlateau(optimizer)
for epoch in range(90):
    for x, y in loader:
        loss(x, y).backward()
        optimizer.step()
    logs = summary(epoch)
    print(logs['val_loss'])
    scheduler.step(logs['loss'], epoch)
",
            "
import pytorch_lightning as pl
import torch
class Model(pl.LightningModule):
    def training_step(self, batch, index):
        return self.loss(batch)
    def configure_optimizers(self):
        optimizer = torch.optim.Adam(self.parameters(), lr=1e-3)
        scheduler = torch.optim.lr_scheduler.ReduceLROnPlateau(optimizer)
        return {'optimizer': optimizer, 'lr_scheduler': {'scheduler': scheduler, 'monitor': 'train_loss'}}
",
            "
import keras
def callbacks():
    return [keras.callbacks.ReduceLROnPlateau(monitor='loss', factor=0.1, patience=2)]
def train(model, x, y):
    model.compile(optimizer='adam', loss='mse')
    model.fit(x, y, epochs=50, validation_split=0.1, callbacks=callbacks())
",
            "
import torch
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
scheduler = torch.optim.lr_scheduler.ReduceLROnPlateau(optimizer)
for epoch in range(90):
    mean_loss = train_one_epoch(model, train_loader, optimizer)
    scheduler.step(mean_loss)
",
            // The validation uses the same names, later.
            "
import numpy as np
import torch
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
scheduler = torch.optim.lr_scheduler.ReduceLROnPlateau(optimizer)
for epoch in range(90):
    epoch_loss = []
    for x, y in train_loader:
        loss = criterion(model(x), y)
        loss.backward()
        optimizer.step()
        epoch_loss.append(float(loss))
    scheduler.step(np.mean(epoch_loss))
    for x, y in val_loader:
        with torch.no_grad():
            loss = criterion(model(x), y)
",
        ],
        pass: &[
            // For want of other data.
            "
import torch
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
scheduler = torch.optim.lr_scheduler.ReduceLROnPlateau(optimizer)
for epoch in range(90):
    for x, y in train_loader:
        optimizer.zero_grad()
        loss = criterion(model(x), y)
        loss.backward()
        optimizer.step()
    if val_loader:
        val_loss = validate(model, val_loader)
        scheduler.step(val_loss)
    else:
        scheduler.step(loss)
",
            // Computed again where nothing trains.
            "
import torch
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
scheduler = torch.optim.lr_scheduler.ReduceLROnPlateau(optimizer)
for epoch in range(90):
    for batch in source_loader:
        out = model(batch[0])
        loss = criterion(out, batch[1])
        loss.backward()
        optimizer.step()
        mse = distance(out, batch[1])
    for batch in held_back_loader:
        out = model(batch[0])
        mse = distance(out, batch[1])
    scheduler.step(mse)
",
            // The last of several phases.
            "
import torch
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
scheduler = torch.optim.lr_scheduler.ReduceLROnPlateau(optimizer)
for epoch in range(90):
    for phase in phases:
        for x, y in loaders[phase]:
            loss = criterion(model(x), y)
            if phase == 'train':
                loss.backward()
                optimizer.step()
    scheduler.step(loss)
",
            // One function for both.
            "
import torch
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
scheduler = torch.optim.lr_scheduler.ReduceLROnPlateau(optimizer)
for epoch in range(90):
    for phase in ['train', 'val']:
        running_loss = 0.0
        for x, y in loaders[phase]:
            loss = criterion(model(x), y)
            if phase == 'train':
                loss.backward()
                optimizer.step()
            running_loss += loss.item()
        epoch_loss = running_loss / len(loaders[phase])
        if phase == 'val':
            scheduler.step(epoch_loss)
",
            "
import torch
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
scheduler = torch.optim.lr_scheduler.ReduceLROnPlateau(optimizer)
for epoch in range(90):
    train_one_epoch(model, train_loader, optimizer)
    with torch.no_grad():
        loss = criterion(model(x_val), y_val)
    scheduler.step(loss)
",
            // There is no other data where this is done.
            "
import torch
def train(train_with_dev, by_loss):
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
    scheduler = torch.optim.lr_scheduler.ReduceLROnPlateau(optimizer)
    for epoch in range(90):
        train_loss = 0
        for x, y in train_loader:
            loss = criterion(model(x), y)
            loss.backward()
            optimizer.step()
            train_loss += loss.item()
        if not train_with_dev and by_loss:
            scheduler.step(evaluate(model, dev_loader))
        if train_with_dev:
            scheduler.step(train_loss)
",
        ],
    },
    check: of_source(check),
};

/// What a framework is told to watch: Lightning by the name that is logged, Keras by a name of its own.
fn monitored(plan: &Plan, findings: &mut Vec<Finding>) {
    for settings in &plan.settings {
        let Some(monitor) = settings.argument("monitor") else { continue };
        let ArgumentValue::Text(name) = &monitor.value else { continue };
        let of_training = match settings.owner {
            Owner::LightningScheduler => {
                let drives_plateau = settings.schedules.iter().any(|id| plan.schedule(*id).class == PLATEAU);
                drives_plateau && name.starts_with("train")
            }
            // With data to validate on, `loss` is still that of training.
            Owner::KerasCallback => {
                settings.class == PLATEAU
                    && matches!(name.as_str(), "loss" | "acc" | "accuracy")
                    && plan.script.words.validates
            }
            _ => false,
        };
        if !of_training || findings.iter().any(|f| f.span == monitor.span && f.rule.code == RULE.code) {
            continue;
        }
        findings.push(RULE.finding(
            monitor.span,
            format!("ReduceLROnPlateau watches `{name}`, which is computed on training data."),
            "It keeps falling while the model overfits, so the LR is not reduced when it should be.",
            "Watch a metric of data that is not trained on, `val_loss`.",
        ));
    }
}

fn check(plan: &Plan, findings: &mut Vec<Finding>) {
    monitored(plan, findings);
    if plan.script.words.physics {
        return;
    }
    let all = sites(plan);
    for site in &all {
        let is_plateau = |id: &_| plan.plateau(*id).is_some();
        let Some(metric) = &site.step.first else { continue };
        // One of several that it may be has no use for any metric.
        if !site.step.schedules.iter().any(is_plateau) || site.step.or_unknown || metric.data != Data::Training {
            continue;
        }
        if is_for_want_of_another(&all, site) {
            continue;
        }
        findings.push(RULE.finding(
            site.span,
            format!("ReduceLROnPlateau watches `{}`, which was computed on training data.", metric.text),
            "It keeps falling while the model overfits, so the LR is not reduced when it should be.",
            "Give it a metric of data that is not trained on.",
        ));
    }
}

/// `if validation_loader: scheduler.step(val_loss) else: scheduler.step(loss)`: there is no other data.
fn is_for_want_of_another(all: &[Site<'_>], site: &Site<'_>) -> bool {
    let is_alternative = |other: &Site<'_>| {
        let is_of_other_data = other.step.first.as_ref().is_some_and(|metric| metric.data == Data::Unknown);
        let is_apart = || exclude(&other.arms, &site.arms) || contradict(&other.frames, &site.frames);
        is_of_other_data && other.step.schedules == site.step.schedules && is_apart()
    };
    all.iter().any(is_alternative)
}

/// `if not train_with_dev and by_loss:` and, further down, `if train_with_dev:`.
fn contradict(one: &[Frame<'_>], other: &[Frame<'_>]) -> bool {
    fn conditions<'p>(frames: &[Frame<'p>]) -> Vec<&'p str> {
        let arms = frames.iter().filter_map(|frame| match frame {
            // Without the comment above it.
            Frame::Arm(arm) => arm.condition.split(" #").next(),
            Frame::Loop(..) => None,
        });
        arms.flat_map(|condition| condition.split(" and ")).filter(|condition| !condition.is_empty()).collect()
    }
    let (one, other) = (conditions(one), conditions(other));
    let is_denied = |condition: &str, by: &[&str]| by.iter().any(|it| it.strip_prefix("not ") == Some(condition));
    one.iter().any(|condition| is_denied(condition, &other)) || other.iter().any(|condition| is_denied(condition, &one))
}
