# set: steps_per_epoch=10
import argparse

import torch
from timm.scheduler import create_scheduler
from torch.utils.data import DataLoader, TensorDataset

parser = argparse.ArgumentParser()
parser.add_argument("--epochs", type=int, default=8)
parser.add_argument("--lr", type=float, default=0.05)
parser.add_argument("--sched", default="step", type=str)
parser.add_argument("--warmup-lr", type=float, default=1e-4)
parser.add_argument("--min-lr", type=float, default=1e-5)
parser.add_argument("--decay-epochs", type=float, default=3)
parser.add_argument("--decay-rate", type=float, default=0.2)
parser.add_argument("--warmup-epochs", type=int, default=2)
parser.add_argument("--cooldown-epochs", type=int, default=0)
parser.add_argument("--patience-epochs", type=int, default=10)
parser.add_argument("--lr-noise", type=float, nargs="+", default=None)
args = parser.parse_args([])

train_loader = DataLoader(TensorDataset(torch.zeros(80, 1)), batch_size=8)
model = torch.nn.Linear(1, 1)
optimizer = torch.optim.SGD(model.parameters(), lr=args.lr)
scheduler, _ = create_scheduler(args, optimizer)
for epoch in range(args.epochs):
    for (x,) in train_loader:
        optimizer.zero_grad()
        model(x).sum().backward()
        optimizer.step()
    scheduler.step(epoch)
