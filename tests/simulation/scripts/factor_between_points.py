# set: steps_per_epoch=10
import numpy as np
import torch
from torch.utils.data import DataLoader, TensorDataset

dataset = TensorDataset(torch.zeros(80, 1))
train_loader = DataLoader(dataset, batch_size=8)
model = torch.nn.Linear(1, 1)
optimizer = torch.optim.SGD(model.parameters(), lr=0.4)
scheduler = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda epoch: np.interp([epoch], [0, 5, 12], [0.1, 1, 0])[0])
for epoch in range(15):
    for (x,) in train_loader:
        optimizer.zero_grad()
        model(x).sum().backward()
        optimizer.step()
    scheduler.step()
