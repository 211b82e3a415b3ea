# set: steps_per_epoch=10
import torch
from torch.utils.data import DataLoader, TensorDataset

dataset = TensorDataset(torch.zeros(80, 1))
train_loader = DataLoader(dataset, batch_size=8)
model = torch.nn.Linear(1, 1)
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
scheduler = torch.optim.lr_scheduler.CosineAnnealingWarmRestarts(optimizer, T_0=2, T_mult=2)
iters = len(train_loader)
for epoch in range(6):
    for i, (x,) in enumerate(train_loader):
        optimizer.zero_grad()
        model(x).sum().backward()
        optimizer.step()
        scheduler.step(epoch + i / iters)
