# set: steps_per_epoch=10
import math

import torch
from torch.utils.data import DataLoader, TensorDataset

dataset = TensorDataset(torch.zeros(80, 1))
train_loader = DataLoader(dataset, batch_size=8)
model = torch.nn.Linear(1, 1)


def one_cycle(low=0.0, high=1.0, steps=100):
    return lambda x: ((1 - math.cos(x * math.pi / steps)) / 2) * (high - low) + low


optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
factor = one_cycle(1, 0.2, 12)
scheduler = torch.optim.lr_scheduler.LambdaLR(optimizer, lr_lambda=factor)
for epoch in range(12):
    for (x,) in train_loader:
        optimizer.zero_grad()
        model(x).sum().backward()
        optimizer.step()
    scheduler.step()
