import torch
from torch.optim.lr_scheduler import CosineAnnealingLR, LinearLR, OneCycleLR, ReduceLROnPlateau, SequentialLR, StepLR

optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
lrs, losses = find_lr(model, train_loader)
max_lr = suggest(lrs, losses) * 10
scheduler = OneCycleLR(optimizer, max_lr=max_lr, epochs=20, steps_per_epoch=len(train_loader))
for epoch in range(20):
    for images, labels in train_loader:
        optimizer.zero_grad()
        criterion(model(images), labels).backward()
        optimizer.step()
        scheduler.step()
    print(epoch, scheduler.get_last_lr())
