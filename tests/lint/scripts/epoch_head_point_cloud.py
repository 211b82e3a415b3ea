"""2018 style: the scheduler opens the epoch; module-level code; several conditions on options."""
import argparse

import torch
import torch.optim as optim

parser = argparse.ArgumentParser()
parser.add_argument("--nepoch", type=int, default=250)
opt = parser.parse_args()

dataset = ShapeDataset(opt)
dataloader = torch.utils.data.DataLoader(dataset, batch_size=32, shuffle=True)
classifier = Classifier(k=16)
optimizer = optim.Adam(classifier.parameters(), lr=0.001, betas=(0.9, 0.999))
scheduler = optim.lr_scheduler.StepLR(optimizer, step_size=20, gamma=0.5)

for epoch in range(opt.nepoch):
    scheduler.step()  # expect: scheduler-step-before-optimizer-step
    for i, data in enumerate(dataloader, 0):
        points, target = data
        optimizer.zero_grad()
        loss = classifier(points, target)
        loss.backward()
        optimizer.step()
        if i % 10 == 0:
            print(loss.item())
