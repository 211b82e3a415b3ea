# set: steps_per_epoch=4
import torch
from torch.optim.lr_scheduler import ReduceLROnPlateau
from torch.utils.data import DataLoader, TensorDataset
from warmup_scheduler import GradualWarmupScheduler

train_loader = DataLoader(TensorDataset(torch.zeros(32, 1)), batch_size=8)
model = torch.nn.Linear(1, 1)
optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
plateau = ReduceLROnPlateau(optimizer, mode="max", factor=0.5, patience=3)
scheduler = GradualWarmupScheduler(optimizer, multiplier=4.0, total_epoch=3, after_scheduler=plateau)
for epoch in range(12):
    for (x,) in train_loader:
        optimizer.zero_grad()
        model(x).sum().backward()
        optimizer.step()
    accuracy = 1.0
    scheduler.step(metrics=accuracy)
