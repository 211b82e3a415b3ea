"""Two optimizers, a list of schedulers, each stepped after its optimizer."""
import itertools

import torch


class CycleModel:
    def __init__(self, opt):
        self.optimizer_G = torch.optim.Adam(itertools.chain(a.parameters(), b.parameters()), lr=opt.lr)
        self.optimizer_D = torch.optim.Adam(d.parameters(), lr=opt.lr)
        self.optimizers = [self.optimizer_G, self.optimizer_D]
        self.schedulers = [get_scheduler(optimizer, opt) for optimizer in self.optimizers]

    def optimize_parameters(self):
        self.optimizer_G.step()
        self.optimizer_D.step()

    def update_learning_rate(self):
        for scheduler in self.schedulers:
            scheduler.step()


def get_scheduler(optimizer, opt):
    if opt.lr_policy == "plateau":
        return torch.optim.lr_scheduler.ReduceLROnPlateau(optimizer)
    return torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=opt.n_epochs)


model = CycleModel(options)
for epoch in range(options.n_epochs):
    for i, data in enumerate(dataset):
        model.optimize_parameters()
    model.update_learning_rate()
