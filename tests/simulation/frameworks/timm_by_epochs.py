# set: steps_per_epoch=10
import torch
from timm.scheduler import CosineLRScheduler
from torch.utils.data import DataLoader, TensorDataset

epochs = 6
train_loader = DataLoader(TensorDataset(torch.zeros(80, 1)), batch_size=8)
model = torch.nn.Linear(1, 1)
optimizer = torch.optim.SGD(model.parameters(), lr=0.2)
scheduler = CosineLRScheduler(optimizer, t_initial=epochs, lr_min=1e-4, warmup_t=2, warmup_lr_init=1e-3)
for epoch in range(epochs):
    for (x,) in train_loader:
        optimizer.zero_grad()
        model(x).sum().backward()
        optimizer.step()
    scheduler.step(epoch + 1)
