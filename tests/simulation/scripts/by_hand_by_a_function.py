# set: steps_per_epoch=10
import math

import torch
from torch.utils.data import DataLoader, TensorDataset

dataset = TensorDataset(torch.zeros(80, 1))
train_loader = DataLoader(dataset, batch_size=8)
model = torch.nn.Linear(1, 1)
warmup, epochs = 2, 8


def lr_at(t):
    if t < warmup:
        return 0.4 * t / warmup
    return 0.4 * 0.5 * (1 + math.cos(math.pi * (t - warmup) / (epochs - warmup)))


optimizer = torch.optim.SGD(model.parameters(), lr=0.4)
for epoch in range(epochs):
    for i, (x,) in enumerate(train_loader):
        lr = lr_at(epoch + (i + 1) / len(train_loader))
        optimizer.param_groups[0].update(lr=lr)
        optimizer.zero_grad()
        model(x).sum().backward()
        optimizer.step()
