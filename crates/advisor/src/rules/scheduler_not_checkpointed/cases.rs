//! Sources that the rule reports, and sources that it does not.

pub(super) const CASES: crate::Cases = crate::Cases {
    fail: &[
        // The range of the epochs has a name.
        "
import torch
from tqdm import tqdm
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
scheduler = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, args.epochs)
start_epoch = 0
if args.resume:
    checkpoint = torch.load(args.resume)
    model.load_state_dict(checkpoint['model'])
    start_epoch = checkpoint['epoch']
epochs = tqdm(range(start_epoch, args.epochs))
for epoch in epochs:
    for x, y in train_loader:
        loss(model(x), y).backward()
        optimizer.step()
    scheduler.step()
",
        // To an end that a sweep tells.
        "
import os, torch, wandb
epochs = wandb.config['n_epochs']
optimizer = torch.optim.AdamW(model.parameters(), lr=0.1)
scheduler = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, epochs)
epoch = 0
if os.path.exists('last.pth'):
    checkpoint = torch.load('last.pth')
    model.load_state_dict(checkpoint['model'])
    epoch = checkpoint['epoch']
while epoch < epochs:
    for x, y in train_loader:
        loss(model(x), y).backward()
        optimizer.step()
    scheduler.step()
    epoch += 1
",
        // The epoch is part of the name of the checkpoint.
        "
import torch
model.load_state_dict(torch.load(args.model_path))
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
scheduler = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, args.epochs)
start_epoch = int(args.model_path[-7:-4])
for epoch in range(start_epoch, args.epochs):
    for x, y in train_loader:
        loss(model(x), y).backward()
        optimizer.step()
    scheduler.step()
",
        // The whole optimizer is in the checkpoint; the scheduler is not.
        "
import torch
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
start_epoch = 0
if args.resume:
    checkpoint = torch.load(args.resume)
    model = checkpoint['model']
    optimizer = checkpoint['optimizer']
    start_epoch = checkpoint['epoch'] + 1
scheduler = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=90)
for epoch in range(start_epoch, 90):
    for x, y in train_loader:
        optimizer.zero_grad()
        loss(model(x), y).backward()
        optimizer.step()
    scheduler.step()
",
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
        // Computed from a counter that begins anew.
        "
import torch
class Trainer:
    def __init__(self, net):
        self.net = net
        if args.resume:
            self.net.load_state_dict(torch.load(args.resume))
        self.optimizer = torch.optim.SGD(self.net.parameters(), lr=args.lr)
        self.lr_scheduler = Poly(base_lr=args.lr, epochs=args.epochs, batches=len(self.loader))
    def train(self):
        iterations = 0
        for epoch in range(args.start_epoch, args.epochs):
            for x, y in self.loader:
                lr = self.lr_scheduler(iterations)
                for group in self.optimizer.param_groups:
                    group['lr'] = lr
                loss(self.net(x), y).backward()
                self.optimizer.step()
                iterations += 1
",
        // A run that puts back all but its scheduler.
        "
import torch
class Runner:
    def __init__(self, model, optimizer, lr_scheduler=None):
        self.model, self.optimizer, self.lr_scheduler = model, optimizer, lr_scheduler
    def load_state_dict(self, state):
        self.model.load_state_dict(state['model'])
        self.optimizer.load_state_dict(state['optimizer'])
    def train(self, epochs):
        for epoch in range(epochs):
            for x, y in self.loader:
                loss(self.model(x), y).backward()
                self.optimizer.step()
            self.lr_scheduler.step()
runner = Runner(model, optimizer, scheduler)
runner.load_state_dict(torch.load(path))
runner.train(90)
",
        // By the number of steps.
        "
import json
import torch
model, step = Model(), 0
if args.continue_from:
    model.load_state_dict(torch.load(args.continue_from))
    with open(args.state) as f:
        state = json.load(f)
    step = state['step']
optimizer = torch.optim.AdamW(model.parameters(), lr=1e-3)
scheduler = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, args.total_steps)
for batch in train_loader:
    if step > args.total_steps:
        break
    loss(model, batch).backward()
    optimizer.step()
    scheduler.step()
    step += 1
",
        "
import torch
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
if args.resume_iteration > 0:
    checkpoint = torch.load(path)
    model.load_state_dict(checkpoint['model'])
    iteration = checkpoint['iteration']
else:
    iteration = 0
for batch in train_loader:
    if iteration % args.reduce_iteration == 0 and iteration > 0:
        for group in optimizer.param_groups:
            group['lr'] *= 0.9
    loss(model, batch).backward()
    optimizer.step()
    optimizer.zero_grad()
    iteration += 1
",
        // The LR itself, of which a new optimizer is built.
        "
import torch
lr = args.lr
optimizer = torch.optim.Adam(net.parameters(), lr=lr)
start_epoch = 0
if args.resume:
    checkpoint = torch.load(args.resume)
    net.load_state_dict(checkpoint['net'])
    start_epoch = checkpoint['epoch']
for epoch in range(start_epoch, args.epochs):
    for x, y in train_loader:
        optimizer.zero_grad()
        loss(net(x), y).backward()
        optimizer.step()
    if (epoch + 1) % args.every == 0:
        lr *= 0.1
        optimizer = torch.optim.Adam(net.parameters(), lr=lr)
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
        // Told the epoch before the checkpoint is read.
        "
import torch
last_epoch = config.begin_epoch
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
optimizer.param_groups[0]['initial_lr'] = 0.1
scheduler = torch.optim.lr_scheduler.MultiStepLR(optimizer, [30, 60], 0.1, last_epoch - 1)
if config.resume:
    checkpoint = torch.load(config.file)
    model.load_state_dict(checkpoint['state_dict'])
    last_epoch = checkpoint['epoch']
for epoch in range(last_epoch, 90):
    for x, y in train_loader:
        loss(x, y).backward()
        optimizer.step()
    scheduler.step()
",
        // Another function brings its own to a position.
        "
import torch
import utils
def train_a(model, optimizer, path=None):
    if path is not None:
        utils.load_checkpoint(path, model, optimizer)
    scheduler = torch.optim.lr_scheduler.MultiStepLR(optimizer, [60, 120])
    for epoch in range(200):
        for x, y in train_loader:
            loss(model(x), y).backward()
            optimizer.step()
        scheduler.step()
def train_b(model, optimizer):
    scheduler = torch.optim.lr_scheduler.MultiStepLR(optimizer, [60, 120])
    for epoch in range(start_epoch):
        scheduler.step()
    for epoch in range(start_epoch, 200):
        for x, y in train_loader:
            loss(model(x), y).backward()
            optimizer.step()
        scheduler.step()
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
        // A test of what is stored.
        "
import torch
def test_checkpoint(path):
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    scheduler = torch.optim.lr_scheduler.StepLR(optimizer, 30)
    scheduler.step()
    torch.save({'model': model.state_dict(), 'optimizer': optimizer.state_dict()}, path)
    raw = torch.load(path)
    assert raw['scheduler'] is None
",
        // The best of the run, when that is over.
        "
import torch
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
scheduler = torch.optim.lr_scheduler.StepLR(optimizer, 30)
for epoch in range(90):
    for x, y in train_loader:
        loss(model(x), y).backward()
        optimizer.step()
    scheduler.step()
checkpoint = torch.load('best.pth')
model.load_state_dict(checkpoint['model'])
optimizer.load_state_dict(checkpoint['optimizer'])
print(evaluate(model, test_loader))
",
        // Built again where the run goes on.
        "
import torch
from solvers import initialize_optimizer, initialize_scheduler
optimizer = initialize_optimizer(model.parameters(), config)
scheduler = initialize_scheduler(optimizer, config)
start = 0
if config.resume:
    state = torch.load(config.resume)
    start = state['epoch'] + 1
    scheduler = initialize_scheduler(optimizer, config, last_step=state['iteration'])
    optimizer.load_state_dict(state['optimizer'])
for epoch in range(start, 100):
    for x, y in train_loader:
        loss(model(x), y).backward()
        optimizer.step()
        scheduler.step()
",
        // A checkpointer has the scheduler.
        "
import torch
from engine.checkpoint import Checkpointer
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
scheduler = {'lr_sched': torch.optim.lr_scheduler.StepLR(optimizer, 30)}
checkpointer = Checkpointer(model, folder, optimizer=optimizer, **scheduler)
start_epoch = checkpointer.resume_or_load(weights, resume=resume).get('epoch', -1) + 1
for epoch in range(start_epoch, 90):
    for x, y in train_loader:
        loss(model(x), y).backward()
        optimizer.step()
    scheduler['lr_sched'].step()
",
        // The one that the resume builds is brought to its position; the other one is a new run's.
        "
import torch
from torch.optim.lr_scheduler import MultiStepLR
def prepare(resume):
    if resume is not None:
        checkpoint = torch.load(resume)
        optimizer = torch.optim.Adam(model.parameters(), lr=1e-4)
        optimizer.load_state_dict(checkpoint['optimizer'])
        epoch_start = checkpoint['epoch'] + 1
        lr_scheduler = MultiStepLR(optimizer, [200, 400])
        for _ in range(epoch_start - 1):
            lr_scheduler.step()
    else:
        optimizer = torch.optim.Adam(model.parameters(), lr=1e-4)
        epoch_start = 1
        lr_scheduler = MultiStepLR(optimizer, [200, 400])
    return optimizer, epoch_start, lr_scheduler
optimizer, epoch_start, lr_scheduler = prepare(config.resume)
for epoch in range(epoch_start, config.epochs + 1):
    for x, y in train_loader:
        optimizer.zero_grad()
        loss(model(x), y).backward()
        optimizer.step()
    lr_scheduler.step()
",
        // From one optimizer to another.
        "
import torch
class PPO:
    def start(self):
        self.lr_scheduler = torch.optim.lr_scheduler.LinearLR(self.optimizer, total_iters=self.iterations)
    def measure(self):
        self.other_optimizer.load_state_dict(self.optimizer.state_dict())
        for batch in self.samples:
            loss(batch).backward()
            self.other_optimizer.step()
    def train(self):
        for batch in self.samples:
            loss(batch).backward()
            self.optimizer.step()
        self.lr_scheduler.step()
",
        // The function counts from where the run goes on.
        "
import torch
from schedules import LrStepTracker
model.load_state_dict(torch.load(args.continue_weights))
start_epoch = args.continue_epoch
init_step = args.continue_epoch * len(train_loader)
lr_stepper = LrStepTracker(args.d_model, 4000, init_step)
optimizer = torch.optim.Adam(model.parameters(), lr=1.0)
lr_scheduler = torch.optim.lr_scheduler.LambdaLR(optimizer, lr_stepper.step)
for epoch in range(start_epoch, args.epochs):
    for x, y in train_loader:
        optimizer.zero_grad()
        loss(model(x), y).backward()
        optimizer.step()
        lr_scheduler.step()
",
        // The whole optimizer is in the checkpoint, with its LR.
        "
import torch
def adjust_learning_rate(optimizer, shrink_factor):
    for param_group in optimizer.param_groups:
        param_group['lr'] = param_group['lr'] * shrink_factor
if checkpoint is None:
    optimizer = torch.optim.Adam(model.parameters(), lr=4e-4)
else:
    checkpoint = torch.load(checkpoint)
    start_epoch = checkpoint['epoch'] + 1
    optimizer = checkpoint['optimizer']
    if fine_tune and optimizer is None:
        optimizer = torch.optim.Adam(model.parameters(), lr=1e-4)
for epoch in range(start_epoch, epochs):
    if since_improvement > 0 and since_improvement % 8 == 0:
        adjust_learning_rate(optimizer, 0.8)
    for x, y in train_loader:
        optimizer.zero_grad()
        loss(model(x), y).backward()
        optimizer.step()
",
        // What is loaded is only tested.
        "
import torch
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
scheduler = torch.optim.lr_scheduler.StepLR(optimizer, step_size=30)
if command == 'train':
    for epoch in range(100):
        for x, y in train_loader:
            loss(model(x), y).backward()
            optimizer.step()
        scheduler.step()
        print(scheduler.get_last_lr())
elif command == 'test':
    state = torch.load(path)
    model.load_state_dict(state['model'])
    optimizer.load_state_dict(state['optimizer'])
    test(model, test_loader)
",
        // The LR follows a count of the script's own.
        "
import torch
seen_tokens = 0
optimizer = torch.optim.Adam(model.parameters(), lr=1e-4)
if resume:
    state = torch.load(path)
    seen_tokens = state['seen_tokens']
    optimizer.load_state_dict(state['optimizer'])
scheduler = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda _: factor(seen_tokens))
for x in train_loader:
    loss(model(x)).backward()
    optimizer.step()
    seen_tokens += len(x)
    scheduler.step()
",
        // No scheduler of torch has `global_step`.
        "
import torch
class Trainer:
    def __init__(self, model, optimizer, scheduler, checkpoint):
        self.model, self.optimizer, self.scheduler = model, optimizer, scheduler
        self.load_model(checkpoint)
    def load_model(self, checkpoint):
        state = torch.load(checkpoint)
        self.model.load_state_dict(state['model'])
        self.optimizer.load_state_dict(state['optimizer'])
    def train(self, train_loader):
        for epoch in range(self.from_epoch, 100):
            for x in train_loader:
                self.model(x).backward()
                self.scheduler.step()
                self.optimizer.step()
                self.board.add_scalar('lr', self.scheduler.lr, self.scheduler.global_step)
",
        // What it reads of a YAML file is no checkpoint.
        "
import torch, yaml
config = yaml.load(open('config.yaml'))
epochs = config['schedular']['epochs']
optimizer, lr_scheduler = build(model)
checkpoint = torch.load(path)
optimizer.load_state_dict(checkpoint['optimizer'])
lr_scheduler.load_state_dict(checkpoint['lr_scheduler'])
for epoch in range(checkpoint['epoch'], epochs):
    lr_scheduler.step()
    torch.save({'optimizer': optimizer.state_dict(), 'lr_scheduler': lr_scheduler.state_dict()}, path)
",
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
        // Each LR is the one before, times gamma.
        "
import torch
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
scheduler = torch.optim.lr_scheduler.ExponentialLR(optimizer, 0.9)
start_epoch = 0
if args.resume:
    checkpoint = torch.load(args.resume)
    start_epoch = checkpoint['epoch'] + 1
    model.load_state_dict(checkpoint['model'])
    optimizer.load_state_dict(checkpoint['optimizer'])
for epoch in range(start_epoch, 90):
    for x, y in train_loader:
        loss(x, y).backward()
        optimizer.step()
    scheduler.step()
",
        // Where to begin, for a function out of sight.
        "
import torch
import utils
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
last_epoch = -1
if args.resume:
    last_epoch = utils.load_checkpoint(model, optimizer, args.resume)
scheduler = utils.get_scheduler(args, optimizer, last_epoch)
for epoch in range(last_epoch + 1, 90):
    for x, y in train_loader:
        loss(x, y).backward()
        optimizer.step()
    if args.scheduler == 'reduce_lr_on_plateau':
        scheduler.step(val_loss)
    else:
        scheduler.step()
",
        // The optimizer is built with the LR of the checkpoint.
        "
import torch
logs, start_epoch = {}, 0
if args.resume:
    checkpoint = torch.load(args.resume)
    model.load_state_dict(checkpoint['model'])
    logs = checkpoint['logs']
    start_epoch = checkpoint['epoch']
lr = logs['lr'] if 'lr' in logs else args.lr
optimizer = torch.optim.SGD(model.parameters(), lr=lr)
scheduler = torch.optim.lr_scheduler.StepLR(optimizer, step_size=2, gamma=0.9)
for epoch in range(start_epoch, 90):
    for x, y in train_loader:
        loss(x, y).backward()
        optimizer.step()
    scheduler.step()
",
        // No call has a state to put back; a copy is none.
        "
import copy
import torch
def build(state=None):
    model = Net()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    if state is not None:
        optimizer.load_state_dict(state)
    return model, optimizer, torch.optim.lr_scheduler.StepLR(optimizer, 30)
model, optimizer, scheduler = build()
best = copy.deepcopy(model)
for epoch in range(args.start_epoch, 90):
    for x, y in train_loader:
        loss(model(x), y).backward()
        optimizer.step()
    scheduler.step()
",
        // Told the epoch as well.
        "
import torch
from utils import adjust_learning_rate
optimizer = torch.optim.SGD(model.parameters(), lr=args.lr)
iterations = 0
model.load_state_dict(torch.load(args.resume))
for epoch in range(args.start_epoch, args.epochs):
    for x, y in train_loader:
        adjust_learning_rate(optimizer, epoch, iterations)
        loss(x, y).backward()
        optimizer.step()
        iterations += 1
",
        // Built in each turn, for where that is.
        "
import torch
def train(epoch):
    for i, (x, y) in enumerate(train_loader):
        done = epoch * len(train_loader) + i
        if args.schedule == 'poly':
            scheduler = torch.optim.lr_scheduler.LambdaLR(optimizer, lr_lambda=lambda _: 1 - done / args.total)
        elif args.schedule == 'warm':
            scheduler = WarmupLR(optimizer, total=args.total, done=done)
        loss(model(x), y).backward()
        optimizer.step()
        scheduler.step()
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
start_epoch = 0
if args.resume:
    checkpoint = torch.load(args.resume)
    model.load_state_dict(checkpoint['model'])
    start_epoch = checkpoint['epoch']
for epoch in range(start_epoch, args.epochs):
    train(epoch)
",
        // The config that it is built with says where to begin.
        "
import torch
class Trainer:
    def __init__(self, config, optimizer):
        self.config, self.optimizer, self.first = config, optimizer, 0
        self.resume(config['resume'])
        arguments = self.config['lr_scheduler']
        self.scheduler = getattr(torch.optim.lr_scheduler, arguments.pop('type'))(self.optimizer, **arguments)
    def resume(self, path):
        checkpoint = torch.load(path)
        self.first = checkpoint['epoch']
        self.config['lr_scheduler']['last_epoch'] = self.first
        self.optimizer.load_state_dict(checkpoint['optimizer'])
    def train(self):
        for epoch in range(self.first, 90):
            for x, y in self.loader:
                loss(x, y).backward()
                self.optimizer.step()
            self.scheduler.step()
",
        // It goes back where it came from.
        "
import torch
class Inner:
    def __init__(self, net):
        self.net, self.state = net, None
        self.optimizer = torch.optim.SGD(net.parameters(), lr=0.1)
        self.scheduler = torch.optim.lr_scheduler.StepLR(self.optimizer, 30)
    def update(self, batches):
        if self.state is not None:
            self.optimizer.load_state_dict(self.state)
        for x, y in batches:
            loss(self.net(x), y).backward()
            self.optimizer.step()
        self.state = self.optimizer.state_dict()
    def run(self):
        for epoch in range(90):
            self.update(self.loader)
            self.scheduler.step()
",
        // Brought to its step by a method of its own.
        "
import torch
from schedulers import WarmupLR
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
scheduler = WarmupLR(optimizer, warmup_steps=1000)
checkpoint = torch.load(path)
optimizer.load_state_dict(checkpoint['optimizer'])
start_epoch = checkpoint['epoch']
scheduler.set_step(checkpoint['step'])
for epoch in range(start_epoch, 90):
    for x, y in train_loader:
        loss(x, y).backward()
        optimizer.step()
        scheduler.step()
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
};
