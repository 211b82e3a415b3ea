//! An optimizer that is replaced after a scheduler was built on it, or after its state was put back.

use crate::finding::{Confidence, Finding, Severity};
use crate::plan::{Action, Block, OptimizerId, Plan, ScheduleId};
use crate::rule::{Rule, of_source};
use crate::sites::{Arms, exclude};
use crate::span::Span;

/// The rule.
pub static RULE: Rule = Rule {
    name: "optimizer-replaced",
    code: "LRS206",
    severity: Severity::Error,
    confidence: Confidence::Likely,
    #[cfg(feature = "docs")]
    docs: crate::Docs {
        what: "An optimizer is replaced by a new one of the same name, after a scheduler was built on the old one or after \
               the state of the old one was loaded from a checkpoint.",
        why: "The scheduler goes on changing the LR of the old optimizer, which no longer trains. A loaded state is lost: \
              LR and momentum start afresh.",
        example: "
import torch
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
scheduler = torch.optim.lr_scheduler.StepLR(optimizer, step_size=30)
model = model.cuda()
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
for epoch in range(90):
    for x, y in train_loader:
        loss(x, y).backward()
        optimizer.step()
    scheduler.step()
",
        instead: "
import torch
model = model.cuda()
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
scheduler = torch.optim.lr_scheduler.StepLR(optimizer, step_size=30)
for epoch in range(90):
    for x, y in train_loader:
        loss(x, y).backward()
        optimizer.step()
    scheduler.step()
",
        fine: "A new optimizer with a new scheduler begins a new phase of the training.",
    },
    #[cfg(feature = "cases")]
    cases: crate::Cases {
        fail: &[
            // From the class of the one that the checkpoint has.
            "
import torch
if resume:
    checkpoint = Checkpoint.load(path)
    model = checkpoint.model
    resume_optim = checkpoint.optimizer
    defaults = resume_optim.param_groups[0]
    defaults.pop('params', None)
    optimizer = resume_optim.__class__(model.parameters(), **defaults)
",
            // Both are built out of sight.
            "
import torch
from project.setup import setup_optimizer
optimizer = setup_optimizer(net.parameters(), config)
scheduler = torch.optim.lr_scheduler.StepLR(optimizer, step_size=30)
optimizer = setup_optimizer(net.parameters(), config)
for epoch in range(90):
    for x, y in train_loader:
        optimizer.zero_grad()
        loss(net(x), y).backward()
        optimizer.step()
    scheduler.step()
",
            "
import os
import torch
def train(args):
    if os.path.exists(args.checkpoint):
        state = torch.load(args.checkpoint)
        optimizer = torch.optim.Adam(net.parameters())
        optimizer.load_state_dict(state['optimizer'])
    optimizer = torch.optim.Adam(net.parameters(), lr=args.lr)
    for epoch in range(args.epochs):
        for x, y in train_loader:
            loss(x, y).backward()
            optimizer.step()
",
            // All of it, in a checkpoint.
            "
import torch
def model_load(path):
    global model, optimizer
    with open(path, 'rb') as f:
        model, optimizer = torch.load(f)
optimizer = None
if args.resume:
    model_load(args.resume)
    optimizer.param_groups[0]['lr'] = args.lr
def train():
    for x, y in train_loader:
        optimizer.zero_grad()
        loss(model(x), y).backward()
        optimizer.step()
optimizer = torch.optim.SGD(model.parameters(), lr=args.lr)
for epoch in range(args.epochs):
    train()
",
            // In the first batch.
            "
import torch
optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
scheduler = torch.optim.lr_scheduler.MultiStepLR(optimizer, milestones=[20, 30])
batches_seen = 0
for epoch in range(50):
    for x, y in train_loader:
        optimizer.zero_grad()
        output = model(x)
        if batches_seen == 0:
            optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
        batches_seen += 1
        loss(output, y).backward()
        optimizer.step()
    scheduler.step()
",
        ],
        pass: &[
            // It is wrapped.
            "
import torch
from project.setup import setup_optimizer, wrap_optimizer
optimizer = setup_optimizer(net.parameters(), config)
scheduler = torch.optim.lr_scheduler.StepLR(optimizer, step_size=30)
optimizer = wrap_optimizer(optimizer, config)
for epoch in range(90):
    for x, y in train_loader:
        optimizer.zero_grad()
        loss(net(x), y).backward()
        optimizer.step()
    scheduler.step()
",
            // One network after the other, each with a state of its own.
            "
import torch
class Network:
    def __init__(self, lr):
        self.net = Net()
        self.optimizer = torch.optim.SGD(self.net.parameters(), lr=lr)
    def train(self, batches):
        for x, y in batches:
            loss(self.net(x), y).backward()
            self.optimizer.step()
def load(path):
    checkpoint = torch.load(path)
    network = Network(0.1)
    network.optimizer.load_state_dict(checkpoint['optimizer'])
    return network
for path in paths:
    load(path).train(batches)
    load(path + '.best').train(batches)
",
            // Another variable of the same name.
            "
import torch
def probe(model, epochs):
    optimizer = torch.optim.Adam(model.parameters(), 3e-4)
    for e in range(epochs):
        for x, y in probe_loader:
            loss(model(x), y).backward()
            optimizer.step()
def main(train_loader):
    optimizer = torch.optim.Adam(model.parameters(), 3e-4)
    scheduler = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=100)
    for epoch in range(100):
        for x, y in train_loader:
            loss(model(x), y).backward()
            optimizer.step()
        probe(model, 10)
        scheduler.step()
main(loader)
",
            // One or the other.
            "
import torch
if args.optimizer == 'sgd':
    optimizer = torch.optim.SGD(net.parameters(), lr=0.1)
    scheduler = torch.optim.lr_scheduler.MultiStepLR(optimizer, milestones=[60, 120])
elif args.optimizer == 'adam':
    optimizer = torch.optim.Adam(net.parameters(), lr=0.001)
    scheduler = DummyScheduler()
for epoch in range(200):
    for x, y in train_loader:
        loss(x, y).backward()
        optimizer.step()
    scheduler.step()
",
            "
import torch
optimizer = torch.optim.SGD(head.parameters(), lr=0.1)
scheduler = torch.optim.lr_scheduler.StepLR(optimizer, step_size=3)
for epoch in range(10):
    for x, y in train_loader:
        loss(x, y).backward()
        optimizer.step()
    scheduler.step()
optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
scheduler = torch.optim.lr_scheduler.StepLR(optimizer, step_size=10)
for epoch in range(30):
    for x, y in train_loader:
        loss(x, y).backward()
        optimizer.step()
    scheduler.step()
",
        ],
    },
    check: of_source(check),
};

/// What happens, in order, as far as it matters here.
#[derive(Clone, Copy)]
enum What {
    Built(OptimizerId, Span),
    Restored(OptimizerId, Span),
    /// Its LR is set by hand.
    Set(OptimizerId, Span),
    Scheduled(ScheduleId),
    Stepped(Option<OptimizerId>),
    /// One of several that a step is of.
    MayBeStepped(OptimizerId),
    SchedulerStepped(ScheduleId),
}

/// A thing that happens, and the arms of the branches that it stands in.
struct Event {
    what: What,
    arms: Arms,
    /// The loops around.
    loops: usize,
}

fn check(plan: &Plan, findings: &mut Vec<Finding>) {
    for span in &plan.script.optimizers_made_again {
        if !RULE.is_among(findings, *span) {
            findings.push(RULE.finding(
                *span,
                "The optimizer of the checkpoint is made anew, and its state is lost.",
                "A resumed run starts without momentum, and a scheduler that came with the old one goes on driving that.",
                "Build the optimizer on the parameters of the model first, and load its state_dict() from the checkpoint.",
            ));
        }
    }
    let mut events = Vec::new();
    collect(&plan.run, &mut Vec::new(), 0, &mut events);
    for (at, event) in events.iter().enumerate() {
        let What::Built(new, span) = event.what else { continue };
        let facts = plan.optimizer(new);
        let trains = |id: OptimizerId| {
            events[at..].iter().any(|event| matches!(event.what, What::Stepped(Some(stepped)) if stepped == id))
        };
        // Built behind a condition in a loop, it is one of two in what follows.
        let may_train = || {
            let has_own = plan.schedules.iter().any(|schedule| schedule.optimizer == Some(new));
            !has_own && events[at..].iter().any(|event| matches!(event.what, What::Stepped(None)))
        };
        if facts.name.is_empty() || !(trains(new) || may_train()) {
            continue;
        }
        // What was not built in sight is known by its name.
        let is_held = |id: OptimizerId| facts.replaces.contains(&id) || !plan.optimizer(id).built;
        let is_old = |id: OptimizerId| id != new && plan.optimizer(id).name == facts.name && is_held(id) && !trains(id);
        let stepped_before = |id: OptimizerId| {
            events[..at].iter().any(|event| matches!(event.what, What::Stepped(Some(stepped)) if stepped == id))
        };
        // It gets a state of its own.
        let is_loaded = events[at..].iter().any(|event| matches!(event.what, What::Restored(id, _) if id == new));
        // What has come out of a checkpoint as a whole is known by what is done to it.
        let restored = events[..at].iter().rev().find_map(|before| {
            let (id, span, what) = match before.what {
                What::Restored(id, span) => (id, span, "the state is loaded here"),
                What::Set(id, span) if !plan.optimizer(id).built => (id, span, "its LR is set here"),
                _ => return None,
            };
            let may_train = events.iter().any(|event| matches!(event.what, What::MayBeStepped(of) if of == id));
            // In a loop each turn begins anew: with another model, another task.
            let is_lost = is_old(id)
                && before.loops == event.loops
                && !may_train
                && !stepped_before(id)
                && !exclude(&before.arms, &event.arms);
            (is_lost && !is_loaded).then_some((span, what))
        });
        let scheduled = events[..at].iter().find_map(|before| match &before.what {
            What::Scheduled(id) if !exclude(&before.arms, &event.arms) => {
                let schedule = plan.schedule(*id);
                // Until it is built anew, in another run of the same code.
                let goes_on = events[at..]
                    .iter()
                    .take_while(|event| !matches!(event.what, What::Scheduled(built) if built == *id))
                    .any(|event| matches!(event.what, What::SchedulerStepped(stepped) if stepped == *id));
                (schedule.optimizer.is_some_and(is_old) && goes_on).then_some(schedule)
            }
            _ => None,
        });
        // Each of several that an option chooses from replaces the same.
        let lost = scheduled.map(|schedule| schedule.span).or(restored.map(|(span, _)| span));
        let is_told = |finding: &Finding| {
            finding.rule.code == RULE.code && finding.related.iter().any(|(span, _)| Some(*span) == lost)
        };
        if RULE.is_among(findings, span) || findings.iter().any(is_told) {
            continue;
        }
        let name = &facts.name;
        if let Some(schedule) = scheduled {
            let mut finding = RULE.finding(
                span,
                format!("`{name}` is replaced, but the {} still drives the old one.", schedule.class),
                "The scheduler changes the LR of an optimizer that no longer trains.",
                "Build the scheduler after the optimizer has got its final form.",
            );
            finding.related.push((schedule.span, "built on the old optimizer".to_owned()));
            findings.push(finding);
        } else if let Some((restored, what)) = restored {
            let mut finding = RULE.finding(
                span,
                format!("`{name}` is replaced, and the state that was loaded into it is lost."),
                "A resumed run starts with the initial LR and without momentum.",
                "Build the optimizer first, and load its state after that.",
            );
            finding.related.push((restored, what.to_owned()));
            findings.push(finding);
        }
    }
}

fn collect(block: &Block, arms: &mut Arms, loops: usize, events: &mut Vec<Event>) {
    for node in block {
        let mut push = |what| events.push(Event { what, arms: arms.clone(), loops });
        match &node.action {
            Action::Loop(inner) => collect(&inner.body, arms, loops + 1, events),
            Action::Branch(all) => {
                for (index, arm) in all.iter().enumerate() {
                    arms.push((node.span, index));
                    collect(&arm.body, arms, loops, events);
                    arms.pop();
                }
            }
            Action::BuildOptimizer(id) => push(What::Built(*id, node.span)),
            Action::RestoreOptimizer(id) => push(What::Restored(*id, node.span)),
            Action::BuildSchedule(id) => push(What::Scheduled(*id)),
            Action::OptimizerStep(step) => {
                push(What::Stepped(step.optimizer));
                step.may_step.iter().for_each(|id| push(What::MayBeStepped(*id)));
            }
            Action::SchedulerStep(step) => step.schedules.iter().for_each(|id| push(What::SchedulerStepped(*id))),
            Action::UpdateSchedule(id) => push(What::SchedulerStepped(*id)),
            Action::SetLr(set) => set.optimizer.into_iter().for_each(|id| push(What::Set(id, node.span))),
        }
    }
}
