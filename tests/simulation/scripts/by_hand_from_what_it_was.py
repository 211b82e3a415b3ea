# set: steps_per_epoch=10
import math

import torch
from torch.utils.data import DataLoader, TensorDataset

dataset = TensorDataset(torch.zeros(80, 1))
train_loader = DataLoader(dataset, batch_size=8)
model = torch.nn.Linear(1, 1)
optimizer = torch.optim.SGD(model.parameters(), lr=0.4)
for epoch in range(1, 41):
    if epoch in [20, 30]:
        for group in optimizer.param_groups:
            group["lr"] *= 0.1
    for (x,) in train_loader:
        optimizer.zero_grad()
        model(x).sum().backward()
        optimizer.step()
