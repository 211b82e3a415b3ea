"""The cosine is as long as the run although a warmup comes first."""
import argparse

import torch
from torch.optim.lr_scheduler import CosineAnnealingLR, LinearLR, SequentialLR


def build(args, optimizer):
    warmup = LinearLR(optimizer, start_factor=0.01, total_iters=args.warmup_epochs)
    cosine = CosineAnnealingLR(optimizer, T_max=args.epochs)  # expect: t-max-ignores-warmup
    return SequentialLR(optimizer, schedulers=[warmup, cosine], milestones=[args.warmup_epochs])


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--epochs", default=90, type=int)
    parser.add_argument("--warmup-epochs", default=5, type=int)
    args = parser.parse_args()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.4)
    scheduler = build(args, optimizer)
    for epoch in range(args.epochs):
        for batch in train_loader:
            optimizer.step()
        scheduler.step()


if __name__ == "__main__":
    main()
