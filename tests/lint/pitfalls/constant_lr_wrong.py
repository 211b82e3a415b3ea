import torch

optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
for epoch in range(90):  # expect: long-run-at-constant-lr
    for images, labels in train_loader:
        optimizer.zero_grad()
        criterion(model(images), labels).backward()
        optimizer.step()
