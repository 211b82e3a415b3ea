"""T_max is one pass over the loader, stepped once per epoch after a while; built outside, stepped in a class."""
import torch
from torch.utils.data import DataLoader


class SimCLR(object):
    def __init__(self, *args, **kwargs):
        self.args = kwargs["args"]
        self.model = kwargs["model"]
        self.optimizer = kwargs["optimizer"]
        self.scheduler = kwargs["scheduler"]

    def train(self, train_loader):
        n_iter = 0
        for epoch_counter in range(self.args.epochs):
            for images, _ in train_loader:
                loss = self.model(images)
                self.optimizer.zero_grad()
                loss.backward()
                self.optimizer.step()
                n_iter += 1
            if epoch_counter >= 10:
                self.scheduler.step()  # expect: step-schedule-stepped-per-epoch


def main():
    args = parser.parse_args()
    train_loader = DataLoader(dataset, batch_size=args.batch_size, shuffle=True)
    optimizer = torch.optim.Adam(model.parameters(), args.lr, weight_decay=args.weight_decay)
    scheduler = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=len(train_loader), eta_min=0, last_epoch=-1)
    simclr = SimCLR(model=model, optimizer=optimizer, scheduler=scheduler, args=args)
    simclr.train(train_loader)


if __name__ == "__main__":
    main()
