# set: steps_per_epoch=10
import math

import torch
from torch.optim.lr_scheduler import LambdaLR
from torch.utils.data import DataLoader, TensorDataset


def schedule(optimizer, warmup, total, floor=0.1):
    def factor(step):
        if step < warmup:
            return step / max(1, warmup)
        progress = (step - warmup) / max(1, total - warmup)
        return floor + (1 - floor) * 0.5 * (1 + math.cos(math.pi * progress))

    return LambdaLR(optimizer, factor)


train_loader = DataLoader(TensorDataset(torch.zeros(80, 1)), batch_size=8)
model = torch.nn.Linear(1, 1)
optimizer = torch.optim.Adam(model.parameters(), lr=3e-4)
scheduler = schedule(optimizer, len(train_loader), 5 * len(train_loader))
for epoch in range(5):
    for (x,) in train_loader:
        optimizer.zero_grad()
        model(x).sum().backward()
        optimizer.step()
        scheduler.step()
