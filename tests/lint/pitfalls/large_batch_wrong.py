import torch

train_loader = torch.utils.data.DataLoader(train_set, batch_size=1024, shuffle=True)  # expect: large-batch-without-warmup
optimizer = torch.optim.SGD(model.parameters(), lr=0.4)
for epoch in range(20):
    for images, labels in train_loader:
        optimizer.zero_grad()
        criterion(model(images), labels).backward()
        optimizer.step()
