# set: steps_per_epoch=10
import math

import torch
from torch.utils.data import DataLoader, TensorDataset

dataset = TensorDataset(torch.zeros(80, 1))
train_loader = DataLoader(dataset, batch_size=8)
model = torch.nn.Linear(1, 1)
optimizer = torch.optim.SGD(model.parameters(), lr=0.4)
epoch = 1
while epoch <= 10:
    if epoch >= 5:
        optimizer.param_groups[0]["lr"] = 0.4 * (1 - epoch / 10)
    elif epoch == 3:
        optimizer.param_groups[0]["lr"] = 0.3
    for (x,) in train_loader:
        optimizer.zero_grad()
        model(x).sum().backward()
        optimizer.step()
    epoch += 1
