# set: steps_per_epoch=10
import torch
from timm.scheduler import create_scheduler_v2
from torch.utils.data import DataLoader, TensorDataset

train_loader = DataLoader(TensorDataset(torch.zeros(80, 1)), batch_size=8)
model = torch.nn.Linear(1, 1)
optimizer = torch.optim.AdamW(model.parameters(), lr=1e-3)
scheduler, num_epochs = create_scheduler_v2(
    optimizer,
    sched="cosine",
    num_epochs=4,
    warmup_epochs=1,
    warmup_lr=1e-5,
    min_lr=1e-6,
    cooldown_epochs=1,
    step_on_epochs=False,
    updates_per_epoch=len(train_loader),
)
num_updates = 0
for epoch in range(num_epochs):
    for (x,) in train_loader:
        optimizer.zero_grad()
        model(x).sum().backward()
        optimizer.step()
        num_updates += 1
        scheduler.step_update(num_updates=num_updates)
    scheduler.step(epoch + 1)
