# set: steps_per_epoch=4
import torch
from torch.utils.data import DataLoader, TensorDataset
from warmup_scheduler import GradualWarmupScheduler

train_loader = DataLoader(TensorDataset(torch.zeros(32, 1)), batch_size=8)
model = torch.nn.Linear(1, 1)
epochs, warmup_epochs = 30, 5
optimizer = torch.optim.Adam(model.parameters(), lr=2e-4)
cosine = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, epochs - warmup_epochs, eta_min=1e-6)
scheduler = GradualWarmupScheduler(optimizer, multiplier=1, total_epoch=warmup_epochs, after_scheduler=cosine)
# The first epoch would learn nothing.
optimizer.zero_grad()
scheduler.step()
for epoch in range(epochs):
    for (x,) in train_loader:
        optimizer.zero_grad()
        model(x).sum().backward()
        optimizer.step()
    scheduler.step()
