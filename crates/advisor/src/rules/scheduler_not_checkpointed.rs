//! A run that is resumed without the position of its schedule.

use crate::classes::PLATEAU;
use crate::finding::{Confidence, Finding, Severity};
use crate::plan::{
    Action, Argument, Block, Evidence, Library, Node, OptimizerId, Plan, ScheduleFacts, ScheduleId, Turn, Word,
};
use crate::rule::{Rule, of_source};
use crate::rules::run;
use crate::script::{StateUse, Stateful};
use crate::sites::{contains_optimizer_step, sites};
use crate::span::Span;

/// The rule.
pub static RULE: Rule = Rule {
    name: "scheduler-not-checkpointed",
    code: "LRS801",
    severity: Severity::Warning,
    confidence: Confidence::Likely,
    #[cfg(feature = "docs")]
    docs: crate::Docs {
        what: "A run is resumed from a checkpoint with its optimizer or its epoch, but without the state of its scheduler.",
        why: "The scheduler starts at step 0: the LR jumps back up, or the whole schedule is run again in the epochs that are \
              left. A plateau scheduler forgets the best metric and its patience.",
        example: "
import torch
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
scheduler = torch.optim.lr_scheduler.StepLR(optimizer, step_size=30)
start_epoch = 0
if args.resume:
    checkpoint = torch.load(args.resume)
    start_epoch = checkpoint['epoch']
    model.load_state_dict(checkpoint['model'])
    optimizer.load_state_dict(checkpoint['optimizer'])
for epoch in range(start_epoch, 90):
    for x, y in train_loader:
        loss(x, y).backward()
        optimizer.step()
    scheduler.step()
",
        instead: "
import torch
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
scheduler = torch.optim.lr_scheduler.StepLR(optimizer, step_size=30)
start_epoch = 0
if args.resume:
    checkpoint = torch.load(args.resume)
    start_epoch = checkpoint['epoch']
    model.load_state_dict(checkpoint['model'])
    optimizer.load_state_dict(checkpoint['optimizer'])
    scheduler.load_state_dict(checkpoint['scheduler'])
for epoch in range(start_epoch, 90):
    for x, y in train_loader:
        loss(x, y).backward()
        optimizer.step()
    scheduler.step()
",
        fine: "`last_epoch` of the constructor, `step(epoch)`, stepping up to the start epoch, and frameworks that store the \
               whole state put the schedule where it belongs. Without a resume in sight nothing is reported.",
    },
    #[cfg(feature = "cases")]
    cases: crate::Cases {
        fail: &[
            // What counts the drops.
            "
import torch
optimizer = torch.optim.SGD(net.parameters(), lr=args.lr)
step_index = 0
if args.resume:
    net.load_weights(args.resume)
for iteration in range(args.start_iter, cfg['max_iter']):
    if iteration in cfg['lr_steps']:
        step_index += 1
        adjust_learning_rate(optimizer, args.gamma, step_index)
    optimizer.zero_grad()
    net(next(batches)).backward()
    optimizer.step()
",
            // Only the optimizer knows the drops.
            "
import torch
optimizer = torch.optim.SGD(model.parameters(), lr=args.lr)
start_epoch = 0
if args.resume:
    checkpoint = torch.load(args.resume)
    model.load_state_dict(checkpoint['model'])
    start_epoch = checkpoint['epoch'] + 1
for epoch in range(start_epoch, 90):
    for x, y in train_loader:
        optimizer.zero_grad()
        loss(model(x), y).backward()
        optimizer.step()
    if epoch in (30, 60):
        for group in optimizer.param_groups:
            group['lr'] *= 0.1
",
            // Set too late for the first epoch.
            "
import torch
start_epoch = 0
if args.resume:
    checkpoint = torch.load(args.resume)
    net = checkpoint['net']
    start_epoch = checkpoint['epoch'] + 1
optimizer = torch.optim.SGD(net.parameters(), lr=args.lr)
def train(epoch):
    for x, y in train_loader:
        optimizer.zero_grad()
        loss(net(x), y).backward()
        optimizer.step()
def adjust_learning_rate(optimizer, epoch):
    lr = args.lr
    if epoch >= 100:
        lr /= 10
    for group in optimizer.param_groups:
        group['lr'] = lr
for epoch in range(start_epoch, args.epochs):
    train(epoch)
    adjust_learning_rate(optimizer, epoch)
",
            // The LR itself, in a variable.
            "
import torch
class Solver:
    def train(self):
        g_lr = self.g_lr
        start_iters = 0
        if self.resume_iters:
            start_iters = self.resume_iters
            self.restore_model(self.resume_iters)
        for i in range(start_iters, self.num_iters):
            self.g_optimizer.zero_grad()
            self.loss(next(self.data)).backward()
            self.g_optimizer.step()
            if (i + 1) % self.lr_update_step == 0 and (i + 1) > self.num_iters - self.num_iters_decay:
                g_lr -= self.g_lr / float(self.num_iters_decay)
                self.update_lr(g_lr)
",
            // In an entry of something that a function keeps.
            "
import torch
state = {key: value for key, value in args._get_kwargs()}
optimizer = torch.optim.SGD(model.parameters(), lr=args.lr)
def adjust_learning_rate(optimizer, epoch):
    global state
    if epoch in args.schedule:
        state['lr'] *= args.gamma
        for group in optimizer.param_groups:
            group['lr'] = state['lr']
start_epoch = args.start_epoch
if args.resume:
    checkpoint = torch.load(args.resume)
    start_epoch = checkpoint['epoch']
    model.load_state_dict(checkpoint['state_dict'])
    optimizer.load_state_dict(checkpoint['optimizer'])
for epoch in range(start_epoch, args.epochs):
    adjust_learning_rate(optimizer, epoch)
    for x, y in train_loader:
        loss(x, y).backward()
        optimizer.step()
",
            // Epochs that are over are passed by.
            "
import torch
model.load_state_dict(torch.load(weights_path))
last_step = int(weights_path.split('_')[-1])
print(f'resuming checkpoint from step {last_step}')
optimizer = torch.optim.AdamW(model.parameters(), args.lr)
scheduler = torch.optim.lr_scheduler.ReduceLROnPlateau(optimizer, patience=3)
step = max(0, last_step)
for epoch in range(args.num_epochs):
    last_epoch = step // len(train_loader)
    if epoch < last_epoch:
        continue
    for x, y in train_loader:
        loss(model(x), y).backward()
        optimizer.step()
        step += 1
    scheduler.step(val_loss)
",
            // The resume sets the LR, and the plateau forgets its best.
            "
import torch
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
if len(args.snapshot) > 0:
    model.load_state_dict(torch.load(args.snapshot))
    optimizer.load_state_dict(torch.load('opt_' + args.snapshot))
    optimizer.param_groups[0]['lr'] = args.lr
    start_epoch = int(args.snapshot.split('_')[1]) + 1
scheduler = torch.optim.lr_scheduler.ReduceLROnPlateau(optimizer, patience=10)
for epoch in range(start_epoch, args.epochs):
    for x, y in train_loader:
        loss(model(x), y).backward()
        optimizer.step()
    scheduler.step(val_loss)
",
            // Into a function and out of it.
            "
import torch
from utils import adjust_learning_rate
optimizer = torch.optim.RMSprop(model.parameters(), lr=args.lr)
if args.resume:
    checkpoint = torch.load(args.resume)
    args.start_epoch = checkpoint['epoch']
    model.load_state_dict(checkpoint['state_dict'])
    optimizer.load_state_dict(checkpoint['optimizer'])
lr = args.lr
for epoch in range(args.start_epoch, args.epochs):
    lr = adjust_learning_rate(optimizer, epoch, lr, args.schedule, args.gamma)
    for x, y in train_loader:
        optimizer.zero_grad()
        loss(model(x), y).backward()
        optimizer.step()
",
            // A method that loads what the constructor has set to 0.
            "
import torch
class Trainer:
    def __init__(self, net):
        self.net, self.epoch = net, 0
    def load_checkpoint(self, path):
        checkpoint = torch.load(path)
        self.net.load_state_dict(checkpoint['state_dict'])
        self.epoch = checkpoint['epoch']
    def run(self):
        optimizer = torch.optim.SGD(self.net.parameters(), lr=0.003)
        scheduler = torch.optim.lr_scheduler.StepLR(optimizer, step_size=10)
        for epoch in range(self.epoch, self.epochs):
            for x, y in self.loader:
                optimizer.zero_grad()
                loss(self.net(x), y).backward()
                optimizer.step()
            scheduler.step()
trainer = Trainer(net)
trainer.load_checkpoint('c3d.pth')
trainer.run()
",
            // A cycle of its own.
            "
import torch
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
start_epoch = 0
if args.resume:
    checkpoint = torch.load(path)
    optimizer.load_state_dict(checkpoint['optimizer'])
    start_epoch = checkpoint['epoch']
scheduler = torch.optim.lr_scheduler.OneCycleLR(optimizer, 0.1, epochs=args.epochs - start_epoch, steps_per_epoch=len(train_loader))
for epoch in range(start_epoch, args.epochs):
    for x, y in train_loader:
        loss(x, y).backward()
        optimizer.step()
        scheduler.step()
",
            // What the milestones behind it have done to the LR is lost.
            "
import torch
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
start_epoch = 0
if args.resume:
    checkpoint = torch.load(args.resume)
    start_epoch = checkpoint['epoch'] + 1
    model.load_state_dict(checkpoint['model'])
scheduler = torch.optim.lr_scheduler.MultiStepLR(optimizer, milestones=[30, 60])
scheduler.last_epoch = start_epoch - 1
for epoch in range(start_epoch, 90):
    for x, y in train_loader:
        loss(x, y).backward()
        optimizer.step()
    scheduler.step()
",
            // The loader looks for what is not stored.
            "
import torch
from utils import load_resume_state, save_checkpoint
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
scheduler = torch.optim.lr_scheduler.StepLR(optimizer, step_size=30)
if args.resume:
    model, optimizer, scheduler = load_resume_state(model, optimizer, scheduler, args.resume)
for epoch in range(90):
    for x, y in train_loader:
        loss(x, y).backward()
        optimizer.step()
    scheduler.step()
    save_checkpoint({'model': model.state_dict(), 'optimizer': optimizer.state_dict()}, args.path)
",
            // All of a model, and the epoch to go on from.
            "
import torch
if resume_weights:
    model = torch.load(resume_weights).cuda()
optimizer = torch.optim.Adam(model.parameters(), lr=1e-5)
scheduler = torch.optim.lr_scheduler.ReduceLROnPlateau(optimizer, patience=4)
for epoch in range(resume_epoch + 1, epochs):
    for x, y in train_loader:
        loss(x, y).backward()
        optimizer.step()
    scheduler.step(val_loss)
",
            // A key that is never stored.
            "
import torch
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
scheduler = torch.optim.lr_scheduler.StepLR(optimizer, step_size=30)
if args.resume:
    checkpoint = torch.load(path)
    optimizer.load_state_dict(checkpoint['optimizer'])
    scheduler.load_state_dict(checkpoint['scheduler'])
for epoch in range(90):
    for x, y in train_loader:
        loss(x, y).backward()
        optimizer.step()
    scheduler.step()
    state = {'model': model.state_dict(), 'optimizer': optimizer.state_dict()}
    torch.save(state, path)
",
            // The weights of an epoch that is given, and nothing else of it.
            "
import torch
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
scheduler = torch.optim.lr_scheduler.StepLR(optimizer, step_size=20)
if args.start_epoch:
    model.load_state_dict(torch.load(f'model-{args.start_epoch}.pt'))
for epoch in range(args.start_epoch, args.num_epochs):
    for x, y in train_loader:
        loss(x, y).backward()
        optimizer.step()
    scheduler.step()
",
            // Stepped by what trains.
            "
import torch
from engine import train_epoch
optimizer = torch.optim.Adam(model.parameters(), lr=1e-4)
if 'optimizer' in checkpoint:
    optimizer.load_state_dict(checkpoint['optimizer'])
scheduler = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda epoch: 0.95 ** epoch)
for epoch in range(first_epoch, first_epoch + 100):
    train_epoch(model, optimizer, scheduler, epoch)
",
        ],
        pass: &[
            // The optimizer keeps the drops.
            "
import torch
optimizer = torch.optim.SGD(model.parameters(), lr=args.lr)
start_epoch = 0
if args.resume:
    checkpoint = torch.load(args.resume)
    model.load_state_dict(checkpoint['model'])
    optimizer.load_state_dict(checkpoint['optimizer'])
    start_epoch = checkpoint['epoch'] + 1
for epoch in range(start_epoch, 90):
    for x, y in train_loader:
        optimizer.zero_grad()
        loss(model(x), y).backward()
        optimizer.step()
    if epoch in (30, 60):
        for group in optimizer.param_groups:
            group['lr'] *= 0.1
",
            // Nothing is ever loaded.
            "
import torch
optimizer = torch.optim.SGD(model.parameters(), lr=args.lr)
lr = args.lr
for epoch in range(args.start_epoch, 90):
    for x, y in train_loader:
        loss(x, y).backward()
        optimizer.step()
    if epoch in (30, 60):
        lr *= 0.1
        for group in optimizer.param_groups:
            group['lr'] = lr
",
            // It always starts at 0.
            "
import torch
optimizer = torch.optim.SGD(model.parameters(), lr=args.lr)
lr = args.lr
start_epoch = 0
for epoch in range(start_epoch, 90):
    for x, y in train_loader:
        loss(x, y).backward()
        optimizer.step()
    if epoch in (30, 60):
        lr *= 0.1
        for group in optimizer.param_groups:
            group['lr'] = lr
",
            // The LR of the checkpoint.
            "
import torch
optimizer = torch.optim.SGD(model.parameters(), lr=args.lr)
lr, start_epoch = args.lr, 0
if args.resume:
    checkpoint = torch.load(args.resume)
    model.load_state_dict(checkpoint['model'])
    start_epoch, lr = checkpoint['epoch'], checkpoint['lr']
for epoch in range(start_epoch, 90):
    for x, y in train_loader:
        loss(x, y).backward()
        optimizer.step()
    if epoch in (30, 60):
        lr *= 0.1
        for group in optimizer.param_groups:
            group['lr'] = lr
",
            // The optimizer brings the LR along.
            "
import torch
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
start_epoch = 0
scheduler = torch.optim.lr_scheduler.MultiStepLR(optimizer, milestones=[30, 60])
if args.resume:
    checkpoint = torch.load(args.resume)
    start_epoch = checkpoint['epoch'] + 1
    model.load_state_dict(checkpoint['model'])
    optimizer.load_state_dict(checkpoint['optimizer'])
    scheduler.last_epoch = start_epoch - 1
for epoch in range(start_epoch, 90):
    for x, y in train_loader:
        loss(x, y).backward()
        optimizer.step()
    scheduler.step()
",
            // Built by a function that is chosen, at the epoch that it is given.
            "
import torch
import utils
def build_cifar10(state, **kwargs):
    epoch = kwargs.pop('epoch')
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    if state is not None:
        optimizer.load_state_dict(state)
    scheduler = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, 600, 0.0, epoch)
    return optimizer, scheduler
_, state, epoch = utils.load(args.output_dir)
build = builders[args.dataset]
optimizer, scheduler = build(state, epoch=epoch - 1)
while epoch < args.epochs:
    for x, y in train_loader:
        loss(x, y).backward()
        optimizer.step()
    scheduler.step()
    epoch += 1
",
            // Stepped up to where the run goes on.
            "
import torch
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
scheduler = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: 1.0 - step / args.epochs)
start_epoch = 0
if os.path.exists(args.resume):
    checkpoint = torch.load(args.resume)
    start_epoch = checkpoint['epoch'] + 1
    model.load_state_dict(checkpoint['state_dict'])
for epoch in range(start_epoch):
    scheduler.step()
epoch = start_epoch
while epoch < args.epochs:
    for x, y in train_loader:
        loss(x, y).backward()
        optimizer.step()
    scheduler.step()
    epoch += 1
",
            // A model to look at, for whoever calls it.
            "
import torch
class Learner:
    def __init__(self, model):
        self.model = model
        self.optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
        self.scheduler = torch.optim.lr_scheduler.StepLR(self.optimizer, step_size=30)
    def train(self):
        for epoch in range(90):
            for x, y in self.train_loader:
                loss(x, y).backward()
                self.optimizer.step()
            self.scheduler.step()
    def load_model(self, path):
        checkpoint = torch.load(path)
        self.model.load_state_dict(checkpoint['model'])
        self.optimizer.load_state_dict(checkpoint['optimizer'])
",
            // Checkpoints that are made elsewhere, too.
            "
import torch
from checkpoints import store
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
scheduler = torch.optim.lr_scheduler.StepLR(optimizer, step_size=30)
checkpoint = torch.load(path)
if 'scheduler' in checkpoint:
    scheduler.load_state_dict(checkpoint['scheduler'])
for epoch in range(90):
    for x, y in train_loader:
        loss(x, y).backward()
        optimizer.step()
    scheduler.step()
    store(path, optimizer, scheduler)
",
            // The function is told where to begin.
            "
import torch
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
scheduler = torch.optim.lr_scheduler.LambdaLR(optimizer, lr_lambda=Decay(args.epochs, args.start_epoch).step)
if args.start_epoch:
    model.load_state_dict(torch.load(f'model-{args.start_epoch}.pt'))
for epoch in range(args.start_epoch, args.epochs):
    for x, y in train_loader:
        loss(x, y).backward()
        optimizer.step()
    scheduler.step()
",
            "
import torch
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
scheduler = torch.optim.lr_scheduler.StepLR(optimizer, step_size=30)
checkpoint = torch.load(path)
start_epoch = checkpoint['epoch']
optimizer.load_state_dict(checkpoint['optimizer'])
for _ in range(start_epoch):
    scheduler.step()
for epoch in range(start_epoch, 90):
    for x, y in train_loader:
        loss(x, y).backward()
        optimizer.step()
    scheduler.step()
",
        ],
    },
    check: of_source(check),
};

fn check(plan: &Plan, findings: &mut Vec<Finding>) {
    let script = &plan.script;
    let words = script.words;
    if let Some((span, key)) = script.states_not_stored.first() {
        findings.push(RULE.finding(
            *span,
            format!("Checkpoints are stored without `{key}`."),
            "No run that is resumed gets the state of its scheduler back.",
            format!("Store scheduler.state_dict() as `{key}` in the checkpoint."),
        ));
        return;
    }
    // A counter of drops is a scheduler, too.
    if let Some(head) = script.drops_counted.first() {
        findings.push(RULE.finding(
            *head,
            "A run that starts here later has lost the drops of the LR before it.",
            "They are kept in a variable that begins anew: each LR is computed from that of the very start.",
            "Work the LR out from where the loop starts, and set it before the loop.",
        ));
        return;
    }
    // An optimizer that never steps resumes nothing, as in a test that loads all that there is; nor does one that no scheduler
    // drives.
    let drives = |id: OptimizerId| {
        let mut driven = script.stepped.iter().map(|schedule| plan.schedule(*schedule).optimizer);
        script.stepped.is_empty() || driven.any(|driven| driven.is_none_or(|driven| driven == id))
    };
    let resumes_nothing = |id: OptimizerId| {
        !script.optimizers_stepped.is_empty() && !script.optimizers_stepped.contains(&id) || !drives(id)
    };
    let is_idle = |span: Span| {
        let mut restored = script.optimizers_restored.iter().filter(|(at, _)| *at == span).peekable();
        restored.peek().is_some() && restored.all(|(_, id)| resumes_nothing(*id))
    };
    let all_put_back = |of: Stateful| {
        script.states.iter().filter(move |state| state.restored && state.of == of && !is_idle(state.span))
    };
    let puts_back = |of: Stateful| all_put_back(of).next();
    // Restarts are often told the fraction of an epoch, which is a position.
    let is_counting = |id: &ScheduleId| {
        let schedule = plan.schedule(*id);
        schedule.library == Library::Torch && schedule.class != "CosineAnnealingWarmRestarts"
    };
    let trained_with = script.starts_later && script.trained_with.iter().any(is_counting);
    let steps = !script.stepped.is_empty() || trained_with || script.steps_named && !plan.schedules.is_empty();
    if words.framework || words.whole_state || puts_back(Stateful::Schedule).is_some() {
        return;
    }
    if !steps {
        let resumed = puts_back(Stateful::Epoch).filter(|_| script.goes_on && puts_back(Stateful::Optimizer).is_none());
        if let Some(resumed) = resumed {
            let lost = drop_by_hand(plan).map(|drop| without_drops(resumed.span, drop));
            findings.extend(lost.or_else(|| Some(late(resumed.span, set_behind_training(plan)?))));
        }
        return;
    }
    if let Some(count) = puts_back(Stateful::Count) {
        // The LR in force comes back with the optimizer, wherever that is; others compute it from the count.
        let needs_lr = !script.stepped.is_empty() && script.stepped.iter().all(|id| goes_by_the_lr(plan.schedule(*id)));
        if needs_lr && script.goes_on && puts_back(Stateful::Optimizer).is_none() {
            findings.push(without_lr(count.span));
        }
        return;
    }
    // All in one place: what restores and what steps.
    let positioned = |id: &ScheduleId| {
        let schedule = plan.schedule(*id);
        let begins_with = |start: &String| schedule.arguments.iter().any(|argument| argument.text.contains(start));
        // Of a class of their own, what the parameters are called is not in sight.
        let begins = |argument: &Argument| argument.name.is_empty() && argument.text.ends_with("start_epoch");
        // A new cycle over the epochs that are left rises anew.
        let begins = schedule.class != "OneCycleLR"
            && (script.starts.iter().any(begins_with) || schedule.arguments.iter().any(begins));
        run::goes_on(schedule) || begins
    };
    // No position brings a plateau scheduler back to where it was; another one may be built anew behind the checkpoint.
    let is_plateau = |id: &&ScheduleId| plan.schedule(**id).class == PLATEAU;
    // The resume may build it again, by the same function.
    let is_built_there = |id: &ScheduleId| {
        let again = run::schedules(plan).filter(|(_, other)| other.span == plan.schedule(*id).span);
        again.into_iter().any(|(other, _)| positioned(&other))
    };
    // Where what is stepped is built cannot be told, but somewhere one is built that goes on.
    let is_unbuilt = |id: &ScheduleId| plan.schedule(*id).evidence == Evidence::Named;
    let may_be_positioned =
        !script.stepped.is_empty() && script.stepped.iter().all(is_unbuilt) && plan.schedules.iter().any(run::goes_on);
    let is_positioned = (script.stepped.iter().any(is_built_there) || may_be_positioned)
        && !script.stepped.iter().filter(is_plateau).any(|id| !positioned(id));
    if is_positioned || script.brought_to_position {
        return;
    }
    // The epochs go on from where they are told, to an end that does not move with it.
    let goes_on = script.goes_on && sites(plan).iter().any(|site| site.epochs().is_some());
    // What nothing calls may be there for another script, which only looks at the model.
    let is_used = |state: &&StateUse| !state.unused || script.starts_later;
    let resumed = all_put_back(Stateful::Optimizer)
        .find(is_used)
        .or_else(|| puts_back(Stateful::Epoch).filter(|_| goes_on))
        .or_else(|| all_put_back(Stateful::Other).find(|state| goes_on && (!words.pretrained || state.resumes)));
    let Some(resumed) = resumed else { return };
    let stepped: Vec<_> = script.stepped.iter().filter(|id| !positioned(id)).map(|id| plan.schedule(*id)).collect();
    let is_plateau = !stepped.is_empty() && stepped.iter().all(|schedule| schedule.class == PLATEAU);
    // Set by hand, the LR is what it is meant to be.
    if is_plateau && !script.lr_writes.is_empty() && !only_before_loops(plan) {
        return;
    }
    if findings.iter().any(|finding| finding.rule.code == RULE.code) {
        return;
    }
    let mut finding = RULE.finding(
        resumed.span,
        "The run is resumed, but its scheduler starts at step 0.",
        match resumed.of {
            _ if is_plateau => "Its best metric and its patience begin anew, and the next drop comes late.",
            Stateful::Optimizer if !stepped.is_empty() && stepped.iter().all(|schedule| goes_by_the_lr(schedule)) => {
                "It goes on from the LR of the checkpoint, but counts from step 0 again: all that is left of it comes late."
            }
            _ => "The LR jumps back to where the schedule begins, and the schedule does not end with the run.",
        },
        "Store scheduler.state_dict() in the checkpoint and load it together with the optimizer.",
    );
    if let Some(schedule) = stepped.first().copied().or(plan.schedules.first()) {
        finding.related.push((schedule.span, "this scheduler is not restored".to_owned()));
    }
    findings.push(finding);
}

/// Whether all LRs that are set by hand are set before the run begins, as the resume itself may do.
fn only_before_loops(plan: &Plan) -> bool {
    fn count(block: &Block, in_loop: bool, found: &mut [usize; 2]) {
        for node in block {
            match &node.action {
                Action::Loop(inner) => count(&inner.body, in_loop || inner.turn != Turn::Other, found),
                Action::Branch(arms) => arms.iter().for_each(|arm| count(&arm.body, in_loop, found)),
                Action::SetLr(_) => found[usize::from(in_loop)] += 1,
                _ => {}
            }
        }
    }
    let mut found = [0; 2];
    count(&plan.run, false, &mut found);
    found == [plan.script.lr_writes.len(), 0]
}

/// Where a run without any scheduler lowers the LR that is in force, epoch by epoch, and sets none otherwise.
fn drop_by_hand(plan: &Plan) -> Option<Span> {
    fn collect(block: &Block, trains: bool, found: &mut Vec<(Span, bool)>) {
        for node in block {
            match &node.action {
                Action::Loop(inner) => {
                    let trains = trains || inner.turn == Turn::Epoch && contains_optimizer_step(&inner.body);
                    collect(&inner.body, trains, found);
                }
                Action::Branch(arms) => arms.iter().for_each(|arm| collect(&arm.body, trains, found)),
                Action::SetLr(set) => found.push((node.span, trains && set.value.contains(&Word::Lr))),
                _ => {}
            }
        }
    }
    let is_plain = plan.schedules.is_empty() && plan.script.finders.is_empty() && !plan.script.steps_unknown;
    let mut found = Vec::new();
    collect(&plan.run, false, &mut found);
    found.first().filter(|_| is_plain && found.iter().all(|(_, is_drop)| *is_drop)).map(|(span, _)| *span)
}

/// Drops that only an optimizer knows which nothing brings back.
fn without_drops(resumed: Span, drop: Span) -> Finding {
    let mut finding = RULE.finding(
        resumed,
        "The run is resumed, but the drops of the LR before it are lost.",
        "Each LR is computed from the one in force, and a new optimizer has that of the very start.",
        "Store optimizer.state_dict() in the checkpoint and load it.",
    );
    finding.related.push((drop, "the LR is lowered here".to_owned()));
    finding
}

/// Where a run without any scheduler sets the LR at the end of each epoch, and nowhere else.
fn set_behind_training(plan: &Plan) -> Option<Span> {
    fn first_set(node: &Node) -> Option<Span> {
        match &node.action {
            Action::SetLr(_) => Some(node.span),
            Action::Loop(inner) => inner.body.iter().find_map(first_set),
            Action::Branch(arms) => arms.iter().flat_map(|arm| &arm.body).find_map(first_set),
            _ => None,
        }
    }
    let is_plain = plan.schedules.is_empty() && plan.script.finders.is_empty() && !plan.script.steps_unknown;
    let (epochs, before): (Vec<&Node>, Vec<&Node>) = plan.run.iter().partition(|node| {
        matches!(&node.action, Action::Loop(inner) if inner.turn == Turn::Epoch && contains_optimizer_step(&inner.body))
    });
    let [Node { action: Action::Loop(epochs), .. }] = epochs[..] else { return None };
    let trains = epochs.body.iter().position(|node| contains_optimizer_step(std::slice::from_ref(node)))?;
    let (training, behind) = epochs.body.split_at(trains + 1);
    let is_set_first = before.into_iter().chain(training).any(|node| first_set(node).is_some());
    behind.iter().find_map(first_set).filter(|_| is_plain && !is_set_first)
}

/// An LR that is set too late for the first epoch.
fn late(resumed: Span, set: Span) -> Finding {
    let mut finding = RULE.finding(
        resumed,
        "The first epoch of a resumed run trains with the LR of the very start.",
        "The LR is set at the end of each epoch, and a new optimizer has the one that it was built with.",
        "Set the LR before each epoch, or store optimizer.state_dict() in the checkpoint and load it.",
    );
    finding.related.push((set, "the LR is set here".to_owned()));
    finding
}

/// A scheduler of which only the count is put back.
fn without_lr(span: Span) -> Finding {
    RULE.finding(
        span,
        "`last_epoch` moves the count of the scheduler, but not the LR.",
        "This scheduler computes each LR from the one before: drops that the run has passed are not made up for.",
        "Store scheduler.state_dict() and optimizer.state_dict() in the checkpoint and load both.",
    )
}

/// Whether the next LR is computed from the one in force, which the state of the optimizer brings along; others compute it
/// from the base LR and the count (`get_lr` in torch 2.15).
fn goes_by_the_lr(schedule: &ScheduleFacts) -> bool {
    let classes =
        ["StepLR", "MultiStepLR", "ExponentialLR", "CosineAnnealingLR", "LinearLR", "PolynomialLR", "ConstantLR"];
    classes.contains(&schedule.class.as_str())
}
