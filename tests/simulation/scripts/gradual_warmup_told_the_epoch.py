# set: steps_per_epoch=4
import torch
import warmup_scheduler
from torch.utils.data import DataLoader, TensorDataset

train_loader = DataLoader(TensorDataset(torch.zeros(32, 1)), batch_size=8)
model = torch.nn.Linear(1, 1)
optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
after = torch.optim.lr_scheduler.StepLR(optimizer, step_size=4, gamma=0.5)
scheduler = warmup_scheduler.GradualWarmupScheduler(optimizer, 8, 3, after_scheduler=after)
for epoch in range(1, 16):
    scheduler.step(epoch)
    for (x,) in train_loader:
        optimizer.zero_grad()
        model(x).sum().backward()
        optimizer.step()
