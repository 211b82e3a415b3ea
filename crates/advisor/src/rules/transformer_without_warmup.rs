//! A transformer that is trained from scratch at the full LR from the first step.

use scheduler::{Optimizer, curve, notation};

use crate::effect::constructor;
use crate::finding::{Confidence, Finding, Severity};
use crate::plan::{Action, Block, Library, Loop, Node, Plan, ScheduleFacts, Turn};
use crate::rule::{Rule, of_source};
use crate::rules::run::value_or;
use crate::rules::{warmup_by_waiting, written};
use crate::sites::{contains_optimizer_step, updates_directly};

/// The rule.
pub static RULE: Rule = Rule {
    name: "transformer-without-warmup",
    code: "LRS902",
    severity: Severity::Warning,
    confidence: Confidence::Likely,
    #[cfg(feature = "docs")]
    docs: crate::Docs {
        what: "A model named after attention is built and trained, nothing is loaded into it or kept fixed, and nothing raises \
               the LR at the start.",
        why: "Without a warmup, Adam divides by second moments that it has seen only a few gradients of, and its first steps \
              are too large for attention layers. Training gets stuck or diverges at LRs that work with a warmup.",
        example: "
import torch
model = VisionTransformer(depth=12)
optimizer = torch.optim.AdamW(model.parameters(), lr=1e-3)
scheduler = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=100)
for epoch in range(100):
    for x, y in train_loader:
        loss(model(x), y).backward()
        optimizer.step()
    scheduler.step()
",
        instead: "
import torch
from torch.optim.lr_scheduler import CosineAnnealingLR, LinearLR, SequentialLR
model = VisionTransformer(depth=12)
optimizer = torch.optim.AdamW(model.parameters(), lr=1e-3)
warmup = LinearLR(optimizer, start_factor=0.01, total_iters=5)
cosine = CosineAnnealingLR(optimizer, T_max=95)
scheduler = SequentialLR(optimizer, [warmup, cosine], milestones=[5])
for epoch in range(100):
    for x, y in train_loader:
        loss(model(x), y).backward()
        optimizer.step()
    scheduler.step()
",
        fine: "Fine-tuning does not need it. A small model at a small LR often trains without; what is measured is in the \
               documentation of the playground.",
    },
    #[cfg(feature = "cases")]
    cases: crate::Cases {
        fail: &[
            // The table of positions is no pretrained model.
            "
import torch
class Transformer(torch.nn.Module):
    def __init__(self):
        self.positions = torch.nn.Embedding.from_pretrained(sinusoids(512, 128), freeze=True)
        self.layers = torch.nn.ModuleList([Layer() for _ in range(6)])
model = Transformer()
optimizer = torch.optim.Adam(model.parameters(), lr=0.001)
for epoch in range(20):
    for x, y in train_loader:
        optimizer.zero_grad()
        loss(model(x), y).backward()
        optimizer.step()
",
            // Restarts are no warmup.
            "
import torch
from models import VisionTransformer
model = VisionTransformer(depth=6, num_heads=8)
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
scheduler = torch.optim.lr_scheduler.CosineAnnealingWarmRestarts(optimizer, T_0=10)
for epoch in range(90):
    for x, y in train_loader:
        loss(model(x), y).backward()
        optimizer.step()
    scheduler.step()
",
            // The optimizer tells the model.
            "
import torch
from models import get_model
model = get_model(d_model=512)
optimizer = torch.optim.Adam(model.parameters(), lr=1e-4, betas=(0.9, 0.98), eps=1e-9)
for epoch in range(90):
    for x, y in train_loader:
        loss(model(x), y).backward()
        optimizer.step()
",
            // Lightning steps it.
            "
import pytorch_lightning as pl
import torch
class Model(pl.LightningModule):
    def __init__(self):
        super().__init__()
        self.transformer = Transformer(n_layers=6, n_heads=8)
    def training_step(self, batch, index):
        return self.loss(self.transformer(batch))
    def configure_optimizers(self):
        return torch.optim.Adam(self.parameters(), lr=2e-4)
",
            // A function that only decays.
            "
import torch
model = TransformerModel(ntokens)
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
scheduler = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: 1 - step / args.total_steps)
for step in range(args.total_steps):
    loss(model(next(batches))).backward()
    optimizer.step()
    scheduler.step()
",
            "
import torch
from transformers import get_linear_schedule_with_warmup
model = TransformerModel(ntokens)
optimizer = torch.optim.AdamW(model.parameters(), lr=1e-3)
total = 10 * len(train_loader)
scheduler = get_linear_schedule_with_warmup(optimizer, num_warmup_steps=0, num_training_steps=total)
for epoch in range(10):
    for x, y in train_loader:
        loss(model(x), y).backward()
        optimizer.step()
        scheduler.step()
",
        ],
        pass: &[
            // A graph network, and shapes of molecules.
            "
import torch
from torch_geometric.nn import EGConv
model = Net(hidden_channels=236, num_layers=4, num_heads=4)
features = GetNumConformers(molecule)
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
for epoch in range(90):
    for x, y in train_loader:
        optimizer.zero_grad()
        loss(model(x), y).backward()
        optimizer.step()
",
            // A trial.
            "
import torch
model = Transformer()
optimizer = torch.optim.Adam(model.parameters(), lr=1e-4)
for i in range(10):
    loss(model(x), y).backward()
    optimizer.step()
",
            // A function that rises.
            "
import torch
model = TransformerModel(ntokens)
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
scheduler = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: min(1.0, (step + 1) / args.ramp))
for step in range(args.total_steps):
    loss(model(next(batches))).backward()
    optimizer.step()
    scheduler.step()
",
            // A convolutional network that transfers a style.
            "
import torch
from transformer_net import TransformerNet
transformer = TransformerNet().to(device)
optimizer = torch.optim.Adam(transformer.parameters(), lr=1e-3)
for epoch in range(2):
    for x, y in train_loader:
        loss(transformer(x), y).backward()
        optimizer.step()
",
            "
import torch
model = BertForClassification.from_pretrained('bert-base-uncased')
optimizer = torch.optim.AdamW(model.parameters(), lr=2e-5)
for epoch in range(3):
    for x, y in train_loader:
        loss(model(x), y).backward()
        optimizer.step()
",
        ],
    },
    check: of_source(check),
};

fn check(plan: &Plan, findings: &mut Vec<Finding>) {
    let script = &plan.script;
    let words = script.words;
    let Some((mut span, mut class)) = script.transformers.first().cloned() else { return };
    // A "warmup" that only holds the scheduler back is none.
    let warmup = words.warmup && findings.iter().all(|finding| finding.rule.code != warmup_by_waiting::RULE.code);
    if warmup || words.pretrained || words.frozen || words.reinforcement {
        return;
    }
    // Somebody steps its optimizer.
    let built: Vec<_> = plan.optimizers.iter().filter(|optimizer| optimizer.built).collect();
    if script.optimizers_stepped.is_empty() {
        // Lightning does, for the module that has the model.
        let modules = script.lightning_modules.iter().filter(|module| built.iter().any(|it| module.contains(it.span)));
        let mut models = modules.flat_map(|module| script.transformers.iter().filter(|(at, _)| module.contains(*at)));
        let Some(model) = models.next() else { return };
        (span, class) = model.clone();
    }
    // What is built out of sight, and what the optimizer does by itself.
    let ramps = plan.schedules.iter().any(|schedule| {
        matches!(schedule.class.as_str(), "CyclicLR" | "SequentialLR" | "ChainedScheduler")
            || schedule.class == "OneCycleLR" && value_or(schedule, "pct_start", 0.3) != Some(0.0)
            || schedule.class == "LambdaLR" && !starts_at_full_lr(plan, schedule)
            || schedule.library == Library::Other
                && crate::classes::class_named(&schedule.class).is_none()
                && !only_decays(&schedule.class)
                && (schedule.own_lr.is_empty() || !starts_at_full_lr(plan, schedule))
            || matches!(schedule.library, Library::Timm | Library::GradualWarmup)
            || schedule.class == "LinearLR"
                && value_or(schedule, "start_factor", 1.0 / 3.0).is_none_or(|start| start < 1.0)
            // Its warmup has no default: without one in sight it is in `**options`.
            || schedule.class.ends_with("_with_warmup") && value_or(schedule, "num_warmup_steps", 1.0) != Some(0.0)
            || schedule.class == "get_scheduler" && value_or(schedule, "num_warmup_steps", 0.0) != Some(0.0)
    });
    let by_hand = !script.lr_writes.is_empty() && !written::only_multiplies(plan);
    // A LR this small needs none.
    const SMALL: f64 = 3e-5;
    // Rectified, alone and under a lookahead (Liu et al. 2020; Ranger).
    let is_rectified = |class: &str| matches!(class, "RAdam" | "Ranger" | "Ranger21" | "RangerVA");
    let careful = built.is_empty()
        || built
            .iter()
            .all(|optimizer| optimizer.lr.value.is_some_and(|lr| lr <= SMALL) || is_rectified(&optimizer.class));
    if ramps || by_hand || careful || findings.iter().any(|finding| finding.rule.code == RULE.code) {
        return;
    }
    let optimizer = built[0];
    if is_one_step(&plan.run) {
        return;
    }
    let mut finding = RULE.finding(
        optimizer.span,
        format!("{class} is trained from scratch without a warmup."),
        match optimizer.class.contains("Adam") {
            true => {
                "The first steps of Adam are too large for attention layers: training gets stuck, or needs a lower LR than it \
                 could have."
            }
            false => {
                "At the full LR from the first step attention layers get stuck, or need a lower LR than they could have."
            }
        },
        "Raise the LR linearly over the first few per cent of the run.",
    );
    finding.related.push((span, "the model".to_owned()));
    findings.push(finding);
}

/// Whether a run builds its optimizer and steps it outside of any loop, or a few times for nothing but that: a trial of the
/// code.
fn is_one_step(run: &Block) -> bool {
    let builds = |node: &Node| matches!(node.action, Action::BuildOptimizer(_));
    /// As many turns of no epoch try something.
    const FEW: f64 = 10.0;
    let is_few = |inner: &Loop| inner.turn == Turn::Other && inner.turns.value.is_some_and(|turns| turns <= FEW);
    let in_loop = |node: &Node| matches!(&node.action, Action::Loop(inner) if contains_optimizer_step(&inner.body) && !is_few(inner));
    let in_few = |node: &Node| matches!(&node.action, Action::Loop(inner) if updates_directly(&inner.body));
    let out_of_sight = |node: &Node| matches!(&node.action, Action::OptimizerStep(step) if !step.in_sight);
    let one_step = |node: &Node| matches!(&node.action, Action::OptimizerStep(step) if step.in_sight);
    run.iter().any(builds)
        && run.iter().any(|node| one_step(node) || in_few(node))
        && !run.iter().any(|node| in_loop(node) || out_of_sight(node))
}

/// Whether a schedule of the user's own only goes down, by its name.
fn only_decays(class: &str) -> bool {
    let lower = class.to_ascii_lowercase();
    ["decay", "poly", "multistep", "exponential", "cosine"].iter().any(|word| lower.contains(word))
        && !lower.contains("warm")
}

/// Whether the function of a `LambdaLR` begins at the full LR, whatever the numbers are that the source does not give.
fn starts_at_full_lr(plan: &Plan, schedule: &ScheduleFacts) -> bool {
    // Two lengths that are far apart.
    [10.0, 100_000.0].into_iter().all(|length| {
        let text = constructor(plan, schedule, &mut |_, quantity, _| Some(quantity.value.unwrap_or(length)));
        let Some(schedule) = text.and_then(|text| notation::parse(&text).ok()) else { return false };
        let first = curve(&schedule, Optimizer::sgd(&[1.0], 0.9), 1, &[]);
        first.error.is_none() && first.lrs.first().and_then(|row| row.first()).is_some_and(|lr| *lr >= 1.0)
    })
}
