//! `ReduceLROnPlateau` that takes better for worse.

use crate::finding::{Confidence, Finding, Severity};
use crate::fix::{Change, Fix};
use crate::plan::{ArgumentValue, Evidence, Plan, StepArgument};
use crate::rule::Rule;
use crate::sites::sites;

/// The rule.
pub static RULE: Rule = Rule {
    name: "plateau-wrong-mode",
    code: "LRS303",
    severity: Severity::Error,
    confidence: Confidence::Likely,
    #[cfg(feature = "docs")]
    docs: crate::Docs {
        what: "`ReduceLROnPlateau` waits for a metric to fall (`mode='min'`, the default) that rises when training goes \
               well, as an accuracy does; or the other way round for a loss.",
        why: "Progress looks like a plateau to it: after `patience` good epochs the LR is cut, again and again.",
        example: "
import torch
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
scheduler = torch.optim.lr_scheduler.ReduceLROnPlateau(optimizer, mode='max', patience=3)
for epoch in range(90):
    train_one_epoch(model, train_loader, optimizer)
    val_loss = evaluate(model, val_loader)
    scheduler.step(val_loss)
",
        instead: "
import torch
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
scheduler = torch.optim.lr_scheduler.ReduceLROnPlateau(optimizer, mode='min', patience=3)
for epoch in range(90):
    train_one_epoch(model, train_loader, optimizer)
    val_loss = evaluate(model, val_loader)
    scheduler.step(val_loss)
",
        fine: "The direction is read from the name of the metric; a name that tells nothing, an expression like `1 - acc`, or \
               a mode that comes from an option is left alone.",
    },
    #[cfg(feature = "cases")]
    cases: crate::Cases {
        fail: &[
            // Behind a warmup, and in another style.
            "
import torch
from warmup_scheduler import GradualWarmupScheduler
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
plateau = torch.optim.lr_scheduler.ReduceLROnPlateau(optimizer, mode='min', patience=5)
scheduler = GradualWarmupScheduler(optimizer, multiplier=1, total_epoch=20, after_scheduler=plateau)
for epoch in range(90):
    for x, y in train_loader:
        loss(model(x), y).backward()
        optimizer.step()
    valLoss, valF1 = evaluate(model, val_loader)
    scheduler.step(valF1)
",
            "
import torch
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
scheduler = torch.optim.lr_scheduler.ReduceLROnPlateau(optimizer, patience=3)
for epoch in range(90):
    train_one_epoch(model, train_loader, optimizer)
    scheduler.step(evaluate(model, val_loader)['val_acc'])
",
        ],
        pass: &["
import torch
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
scheduler = torch.optim.lr_scheduler.ReduceLROnPlateau(optimizer, patience=3)
for epoch in range(90):
    train_one_epoch(model, train_loader, optimizer)
    val_acc = evaluate(model, val_loader)
    scheduler.step(1 - val_acc)
"],
    },
    check,
};

fn check(plan: &Plan, findings: &mut Vec<Finding>) {
    for site in sites(plan) {
        let [id] = site.step.schedules[..] else { continue };
        let Some((schedule, metric)) = plan.plateau(id).zip(site.step.first.as_ref()) else { continue };
        if site.step.or_unknown {
            continue;
        }
        // What is built elsewhere may be built with another mode.
        if schedule.evidence != Evidence::Proved && schedule.argument("mode").is_none() {
            continue;
        }
        let rises = match schedule.argument("mode").map(|mode| &mode.value) {
            None => false,
            Some(ArgumentValue::Text(mode)) if mode == "min" => false,
            Some(ArgumentValue::Text(mode)) if mode == "max" => true,
            Some(_) => continue,
        };
        let Some(good) = rises_when_good(metric) else { continue };
        if good == rises {
            continue;
        }
        let (mode, needed) = if rises { ("max", "min") } else { ("min", "max") };
        let argument = schedule.argument("mode");
        let mut finding = RULE.finding(
            argument.map_or(schedule.span, |argument| argument.span),
            format!(
                "mode='{mode}' with `{}`, which {} when training goes well.",
                metric.text,
                if good { "rises" } else { "falls" }
            ),
            "Progress looks like a plateau, and the LR is cut although the model improves.",
            format!("Use mode='{needed}'."),
        );
        finding.related.push((site.span, "the metric".to_owned()));
        finding.fix = argument.map(|argument| {
            Fix::not_safe(
                format!("Use mode='{needed}'"),
                Change::Replace { span: argument.span, text: format!("'{needed}'") },
            )
        });
        findings.push(finding);
    }
}

/// Whether a metric rises when training goes well, by its name.
fn rises_when_good(metric: &StepArgument) -> Option<bool> {
    const RISING: [&str; 14] = [
        "acc",
        "accuracy",
        "f1",
        "auc",
        "dice",
        "iou",
        "miou",
        "map",
        "score",
        "precision",
        "recall",
        "bleu",
        "psnr",
        "ssim",
    ];
    const FALLING: [&str; 8] = ["loss", "error", "err", "mse", "rmse", "mae", "perplexity", "ppl"];
    // Arithmetic may turn it round: `-loss`, `1 / loss`; a percentage does not. The name of a metric has none: `val-acc`.
    let is_name = metric.keyword.as_deref() == Some("monitor");
    let is_number = |text: &str| text.trim().parse::<f64>().is_ok();
    let divides_number = metric.text.split_once('/').is_some_and(|(number, _)| is_number(number));
    let multiplies = metric.text.contains('*') && !metric.text.split('*').any(is_number);
    if !is_name && (metric.text.contains('-') || divides_number || multiplies) {
        return None;
    }
    // The last names say what it is: `metrics['val_acc']`. A Dice loss is a loss.
    let tells = |words: &[&str]| {
        metric.names.iter().any(|name| {
            let lower = name.to_ascii_lowercase();
            if lower.ends_with("loss") {
                return words.contains(&"loss");
            }
            // `val_f1`, and `valF1`.
            let parted = crate::words::words(name);
            words.iter().any(|word| {
                lower.split(|c: char| !c.is_ascii_alphanumeric()).any(|part| part == *word)
                    || parted.split(' ').any(|part| part == *word)
                    || word.len() > 3 && lower.ends_with(word)
            })
        })
    };
    match (tells(&RISING), tells(&FALLING)) {
        (true, false) => Some(true),
        (false, true) => Some(false),
        _ => None,
    }
}
