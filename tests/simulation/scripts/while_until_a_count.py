# set: weight_decay=0
import argparse

import torch
from torch.utils.data import DataLoader, TensorDataset

parser = argparse.ArgumentParser()
parser.add_argument("--num_steps", type=int, default=25)
args = parser.parse_args([])
dataset = TensorDataset(torch.zeros(80, 1))
train_loader = DataLoader(dataset, batch_size=8)
model = torch.nn.Linear(1, 1)
optimizer = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9)
scheduler = torch.optim.lr_scheduler.OneCycleLR(
    optimizer, 0.4, args.num_steps + 5, pct_start=0.2, cycle_momentum=False, anneal_strategy="linear"
)
total_steps = 0
keep_training = True
while keep_training:
    for (x,) in train_loader:
        optimizer.zero_grad()
        model(x).sum().backward()
        optimizer.step()
        scheduler.step()
        total_steps += 1
        if total_steps > args.num_steps:
            keep_training = False
            break
