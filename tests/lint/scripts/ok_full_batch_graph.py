"""Full-batch training: a turn of the loop is an epoch and a step, so any length that is its count is right."""
import torch

optimizer = torch.optim.AdamW(model.parameters())
scheduler = torch.optim.lr_scheduler.OneCycleLR(optimizer, total_steps=args.n_epoch, max_lr=args.max_lr)


def train(model, graph):
    for epoch in range(1, args.n_epoch + 1):
        model.train()
        loss = model(graph)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        scheduler.step()


train(model, graph)
