"""A warmup per batch in the first epoch, milestones per epoch after it."""
import torch
from torch.optim.lr_scheduler import MultiStepLR, _LRScheduler


class WarmUpLR(_LRScheduler):
    def __init__(self, optimizer, total_iters, last_epoch=-1):
        self.total_iters = total_iters
        super().__init__(optimizer, last_epoch)

    def get_lr(self):
        return [base_lr * self.last_epoch / (self.total_iters + 1e-8) for base_lr in self.base_lrs]


def train(epoch):
    for batch_index, (images, labels) in enumerate(training_loader):
        optimizer.zero_grad()
        optimizer.step()
        if epoch <= args.warm:
            warmup_scheduler.step()


if __name__ == "__main__":
    optimizer = torch.optim.SGD(net.parameters(), lr=args.lr)
    train_scheduler = MultiStepLR(optimizer, milestones=[60, 120, 160], gamma=0.2)
    warmup_scheduler = WarmUpLR(optimizer, len(training_loader) * args.warm)
    for epoch in range(1, 200 + 1):
        if epoch > args.warm:
            train_scheduler.step()
        train(epoch)
