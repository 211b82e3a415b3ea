# set: steps_per_epoch=10
import torch
from torch.utils.data import DataLoader, TensorDataset

dataset = TensorDataset(torch.zeros(80, 1))
train_loader = DataLoader(dataset, batch_size=8)
model = torch.nn.Linear(1, 1)


def factor(epoch):
    decay = 1.0
    for milestone in [4, 8]:
        if epoch >= milestone:
            decay *= 0.1
    return decay


optimizer = torch.optim.SGD(model.parameters(), lr=0.5)
scheduler = torch.optim.lr_scheduler.LambdaLR(optimizer, factor)
for epoch in range(12):
    for (x,) in train_loader:
        optimizer.zero_grad()
        model(x).sum().backward()
        optimizer.step()
    scheduler.step()
