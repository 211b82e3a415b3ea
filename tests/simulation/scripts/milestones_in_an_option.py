# set: steps_per_epoch=10
import argparse

import torch
from torch.utils.data import DataLoader, TensorDataset

dataset = TensorDataset(torch.zeros(80, 1))
train_loader = DataLoader(dataset, batch_size=8)
model = torch.nn.Linear(1, 1)
parser = argparse.ArgumentParser()
parser.add_argument("--milestones", default="4, 8", type=str)
args = parser.parse_args([])
milestones = [int(part.strip()) for part in args.milestones.split(",") if part]
optimizer = torch.optim.SGD(model.parameters(), lr=0.5)
scheduler = torch.optim.lr_scheduler.MultiStepLR(optimizer, milestones=milestones, gamma=0.1)
for epoch in range(12):
    for (x,) in train_loader:
        optimizer.zero_grad()
        model(x).sum().backward()
        optimizer.step()
    scheduler.step()
