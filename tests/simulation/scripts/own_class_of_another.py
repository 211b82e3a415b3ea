# set: steps_per_epoch=10
import math
import warnings

import torch
from torch.optim.lr_scheduler import LRScheduler
from torch.utils.data import DataLoader, TensorDataset

dataset = TensorDataset(torch.zeros(80, 1))
train_loader = DataLoader(dataset, batch_size=8)
model = torch.nn.Linear(1, 1)


class Warmup(LRScheduler):
    def __init__(self, optimizer, warmup=20, last_epoch=-1):
        self.warmup = warmup
        super().__init__(optimizer, last_epoch)

    def get_lr(self):
        ratio = self.get_ratio()
        return [ratio * lr for lr in self.base_lrs]

    def get_ratio(self):
        return (1 + self.last_epoch) / self.warmup if self.last_epoch < self.warmup else self.get_main_ratio()

    def get_main_ratio(self):
        raise NotImplementedError


class WarmupCosine(Warmup):
    def __init__(self, optimizer, steps, floor=0.1, warmup=20, last_epoch=-1):
        self.steps = steps
        self.floor = floor
        super().__init__(optimizer, warmup, last_epoch)

    def get_main_ratio(self):
        done = (self.last_epoch - self.warmup) / (self.steps - self.warmup)
        return self.floor + (1 - self.floor) * (1 + math.cos(math.pi * done)) / 2


optimizer = torch.optim.Adam(model.parameters(), lr=3e-4)
scheduler = WarmupCosine(optimizer, steps=6 * len(train_loader), warmup=15)
for epoch in range(6):
    for (x,) in train_loader:
        optimizer.zero_grad()
        model(x).sum().backward()
        optimizer.step()
        scheduler.step()
