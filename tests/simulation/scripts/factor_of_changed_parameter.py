# set: steps_per_epoch=10
import torch
from torch.utils.data import DataLoader, TensorDataset

dataset = TensorDataset(torch.zeros(80, 1))
train_loader = DataLoader(dataset, batch_size=8)
model = torch.nn.Linear(1, 1)


def factor(epoch):
    epoch = epoch + 1
    warmup = 4
    if epoch in range(0, 3):
        return 0.1
    return min(epoch**-0.5, epoch * warmup**-1.5)


optimizer = torch.optim.SGD(model.parameters(), lr=0.8)
scheduler = torch.optim.lr_scheduler.LambdaLR(optimizer, lr_lambda=[factor])
for epoch in range(12):
    for (x,) in train_loader:
        optimizer.zero_grad()
        model(x).sum().backward()
        optimizer.step()
    scheduler.step()
