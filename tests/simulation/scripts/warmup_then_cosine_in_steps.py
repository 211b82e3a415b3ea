# set: steps_per_epoch=10
import torch
from torch.utils.data import DataLoader, TensorDataset

dataset = TensorDataset(torch.zeros(80, 1))
train_loader = DataLoader(dataset, batch_size=8)
model = torch.nn.Linear(1, 1)
import argparse
from torch.optim.lr_scheduler import CosineAnnealingLR, LinearLR, SequentialLR

parser = argparse.ArgumentParser()
parser.add_argument("--epochs", type=int, default=6)
parser.add_argument("--warmup", type=int, default=2)
parser.add_argument("--lr", type=float, default=0.4)
args = parser.parse_args([])
optimizer = torch.optim.SGD(model.parameters(), lr=args.lr, momentum=0.9)
warmup_steps = args.warmup * len(train_loader)
warmup = LinearLR(optimizer, start_factor=0.01, total_iters=warmup_steps)
cosine = CosineAnnealingLR(optimizer, T_max=args.epochs * len(train_loader) - warmup_steps)
scheduler = SequentialLR(optimizer, [warmup, cosine], milestones=[warmup_steps])
for epoch in range(args.epochs):
    for (x,) in train_loader:
        loss = model(x).sum()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        scheduler.step()
