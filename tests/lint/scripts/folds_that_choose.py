"""Folds, each with the optimizer and the schedule that options choose, one of them out of sight."""
import torch
from scheduler import CyclicLR
from torch.optim import lr_scheduler


def train(loader, model, optimizer, scheduler=None):
    for x, y in loader:
        if args.scheduler == "CyclicLR":
            scheduler.batch_step()
        optimizer.zero_grad()
        loss(model(x), y).backward()
        optimizer.step()


for fold, (train_index, val_index) in enumerate(folds.split(paths)):
    if args.optimizer == "Adam":
        optimizer = torch.optim.Adam(model.parameters(), lr=args.lr)
    elif args.optimizer == "SGD":
        optimizer = torch.optim.SGD(model.parameters(), lr=args.lr)
    if args.scheduler == "StepLR":
        scheduler = lr_scheduler.StepLR(optimizer, 20, gamma=0.5)
    elif args.scheduler == "CyclicLR":
        scheduler = CyclicLR(optimizer, step_size=800)
    elif args.scheduler == "CosineAnnealingLR":
        scheduler = lr_scheduler.CosineAnnealingLR(optimizer, T_max=args.epochs)
    for epoch in range(args.epochs):
        if args.scheduler == "CyclicLR":
            train(train_loader, model, optimizer, scheduler)
        else:
            scheduler.step()  # expect: scheduler-step-before-optimizer-step
            train(train_loader, model, optimizer)
        print(epoch, optimizer.param_groups[0]["lr"])
