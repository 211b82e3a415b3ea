# set: steps_per_epoch=10
import math

import torch
from torch.utils.data import DataLoader, TensorDataset

dataset = TensorDataset(torch.zeros(80, 1))
train_loader = DataLoader(dataset, batch_size=8)
model = torch.nn.Linear(1, 1)
base_lr = 0.4
optimizer = torch.optim.SGD(model.parameters(), lr=base_lr)


def adjust_learning_rate(optimizer, epoch, step, len_epoch):
    factor = epoch // 6
    if epoch >= 10:
        factor = factor + 1
    lr = base_lr * (0.1**factor)
    if epoch < 3:
        lr = lr * float(1 + step + epoch * len_epoch) / (3.0 * len_epoch)
    for param_group in optimizer.param_groups:
        param_group["lr"] = lr


for epoch in range(14):
    for i, (x,) in enumerate(train_loader):
        adjust_learning_rate(optimizer, epoch, i, len(train_loader))
        optimizer.zero_grad()
        model(x).sum().backward()
        optimizer.step()
