import copy

import torch


def find_lr(model, optimizer, train_loader, criterion):
    before = copy.deepcopy(model.state_dict())
    lrs, losses = [], []
    for group in optimizer.param_groups:
        group['lr'] = 1e-7
    for images, labels in train_loader:
        optimizer.zero_grad()
        loss = criterion(model(images), labels)
        loss.backward()
        optimizer.step()
        for group in optimizer.param_groups:
            group['lr'] *= 1.1
            lrs.append(group['lr'])
        losses.append(loss.item())
    model.load_state_dict(before)
    return lrs, losses
