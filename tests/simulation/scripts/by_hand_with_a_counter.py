# set: steps_per_epoch=10
import math

import torch
from torch.utils.data import DataLoader, TensorDataset

dataset = TensorDataset(torch.zeros(80, 1))
train_loader = DataLoader(dataset, batch_size=8)
model = torch.nn.Linear(1, 1)
optimizer = torch.optim.Adam(model.parameters(), lr=5e-4)
global_step = 0
decay_rate = 0.1
for epoch in range(6):
    for (x,) in train_loader:
        optimizer.zero_grad()
        model(x).sum().backward()
        optimizer.step()
        new_lr = 5e-4 * (decay_rate ** (global_step / 50))
        for group in optimizer.param_groups:
            group["lr"] = new_lr
        global_step += 1
