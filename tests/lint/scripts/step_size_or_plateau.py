"""One call for two kinds of schedulers: the plateau watches the loss of training, StepLR takes it for the epoch."""
import torch
from torch.optim import lr_scheduler

optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
if opt.scheduler == "decay":
    scheduler = lr_scheduler.StepLR(optimizer, step_size=10, gamma=0.1)
else:
    scheduler = lr_scheduler.ReduceLROnPlateau(optimizer, patience=3)
for epoch in range(opt.epochs):
    for phase in ["train", "val"]:
        total_loss = 0.0
        for x, y in loaders[phase]:
            loss = criterion(model(x), y)
            if phase == "train":
                optimizer.zero_grad()
                loss.backward()
                optimizer.step()
            total_loss += loss.item()
        if phase == "train":
            scheduler.step(total_loss)  # expect: plateau-metric-of-training-data, deprecated-epoch-argument
            print(optimizer.param_groups[0]["lr"])
