//! `ReduceLROnPlateau` that watches the training loss.

use crate::classes::PLATEAU;
use crate::finding::{Confidence, Finding, Severity};
use crate::plan::{Data, Plan};
use crate::rule::Rule;
use crate::sites::sites;

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
        ],
    },
    check,
};

fn check(plan: &Plan, findings: &mut Vec<Finding>) {
    for site in sites(plan) {
        let is_plateau = |id: &_| plan.schedule(*id).class == PLATEAU;
        let Some(metric) = &site.step.first else { continue };
        if site.step.schedules.is_empty()
            || !site.step.schedules.iter().all(is_plateau)
            || site.step.or_unknown
            || metric.data != Data::Training
        {
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
