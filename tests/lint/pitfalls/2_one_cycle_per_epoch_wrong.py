import torch
from torch.optim.lr_scheduler import CosineAnnealingLR, LinearLR, OneCycleLR, ReduceLROnPlateau, SequentialLR, StepLR

optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
best_lr = find_lr(model)
scheduler = OneCycleLR(optimizer, max_lr=best_lr, epochs=20, steps_per_epoch=len(train_loader))
for epoch in range(20):
    for images, labels in train_loader:
        optimizer.zero_grad()
        criterion(model(images), labels).backward()
        optimizer.step()
    scheduler.step()  # expect: step-schedule-stepped-per-epoch
    print(epoch, scheduler.get_last_lr())
