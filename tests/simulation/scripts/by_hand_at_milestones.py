# set: steps_per_epoch=10
import math

import torch
from torch.utils.data import DataLoader, TensorDataset

dataset = TensorDataset(torch.zeros(80, 1))
train_loader = DataLoader(dataset, batch_size=8)
model = torch.nn.Linear(1, 1)
base_lr = 0.03
milestones = [12, 16]
use_cosine = False
optimizer = torch.optim.SGD(model.parameters(), lr=base_lr)


def adjust_learning_rate(optimizer, epoch):
    lr = base_lr
    if use_cosine:
        lr *= 0.5 * (1.0 + math.cos(math.pi * epoch / 20))
    else:
        for milestone in milestones:
            lr *= 0.1 if epoch >= milestone else 1.0
    for param_group in optimizer.param_groups:
        param_group["lr"] = lr


def train(epoch):
    for (x,) in train_loader:
        optimizer.zero_grad()
        model(x).sum().backward()
        optimizer.step()


for epoch in range(20):
    adjust_learning_rate(optimizer, epoch)
    train(epoch)
