"""Literal lengths in iterations, stepped per batch, with the number of epochs known to be small."""
import torch
from torch.optim.lr_scheduler import MultiStepLR, StepLR

optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
schedule = StepLR(optimizer, 10000, 0.9) if args.policy == "step" else MultiStepLR(optimizer, [32000, 48000])
for epoch in range(30):
    for images, labels in train_loader:
        optimizer.zero_grad()
        optimizer.step()
        schedule.step()
