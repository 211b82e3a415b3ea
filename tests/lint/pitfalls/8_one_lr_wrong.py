import torch
from torch.optim.lr_scheduler import CosineAnnealingLR, LinearLR, OneCycleLR, ReduceLROnPlateau, SequentialLR, StepLR

import torchvision

model = torchvision.models.resnet50(pretrained=True)
model.fc = torch.nn.Linear(2048, 10)
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)  # expect: same-lr-for-pretrained
scheduler = CosineAnnealingLR(optimizer, T_max=20)
for epoch in range(20):
    for images, labels in train_loader:
        optimizer.zero_grad()
        criterion(model(images), labels).backward()
        optimizer.step()
    scheduler.step()
    print(epoch, scheduler.get_last_lr())
