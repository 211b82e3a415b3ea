# set: steps_per_epoch=10
import math
import warnings

import torch
from torch.optim.lr_scheduler import LRScheduler
from torch.utils.data import DataLoader, TensorDataset

dataset = TensorDataset(torch.zeros(80, 1))
train_loader = DataLoader(dataset, batch_size=8)
model = torch.nn.Linear(1, 1)


class WarmupPoly(LRScheduler):
    """Up for a few epochs, then down by a power."""

    def __init__(self, optimizer, epochs, warmup=3, power=0.9, last_epoch=-1):
        self.epochs = epochs
        self.warmup = warmup
        self.power = power
        super().__init__(optimizer, last_epoch)

    def get_lr(self):
        if not self._get_lr_called_within_step:
            warnings.warn("To get the last learning rate, use `get_last_lr()`.")
        if self.last_epoch < self.warmup:
            return [base_lr * (self.last_epoch + 1) / self.warmup for base_lr in self.base_lrs]
        factor = 1 - (self.last_epoch - self.warmup) / (self.epochs - self.warmup)
        factor **= self.power
        return [base_lr * factor for base_lr in self.base_lrs]


optimizer = torch.optim.SGD(model.parameters(), lr=0.4)
scheduler = WarmupPoly(optimizer, 12)
for epoch in range(12):
    for (x,) in train_loader:
        optimizer.zero_grad()
        model(x).sum().backward()
        optimizer.step()
    scheduler.step()
