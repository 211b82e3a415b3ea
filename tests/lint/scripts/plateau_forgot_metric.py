"""One of the two steps belongs to the plateau alone, and it is given nothing."""
import torch.optim as optim
from torch.optim import lr_scheduler


def main(config, train_loader):
    optimizer = optim.SGD(params, lr=config["lr"], momentum=config["momentum"])
    if config["scheduler"] == "CosineAnnealingLR":
        scheduler = lr_scheduler.CosineAnnealingLR(optimizer, T_max=config["epochs"], eta_min=config["min_lr"])
    elif config["scheduler"] == "ReduceLROnPlateau":
        scheduler = lr_scheduler.ReduceLROnPlateau(optimizer, factor=config["factor"], patience=config["patience"])
    else:
        raise NotImplementedError
    for epoch in range(config["epochs"]):
        for batch in train_loader:
            optimizer.step()
        if config["scheduler"] == "CosineAnnealingLR":
            scheduler.step()
        elif config["scheduler"] == "ReduceLROnPlateau":
            scheduler.step()  # expect: plateau-without-metric
