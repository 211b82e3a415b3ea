# set: steps_per_epoch=10
import math

import torch
from accelerate import Accelerator
from torch.utils.data import DataLoader, TensorDataset
from transformers import get_cosine_schedule_with_warmup

epochs = 3
accelerator = Accelerator(gradient_accumulation_steps=4, cpu=True)
train_loader = DataLoader(TensorDataset(torch.zeros(80, 1)), batch_size=8)
model = torch.nn.Linear(1, 1)
optimizer = torch.optim.AdamW(model.parameters(), lr=1e-3)
updates = math.ceil(len(train_loader) / 4) * epochs
scheduler = get_cosine_schedule_with_warmup(optimizer, num_warmup_steps=2, num_training_steps=updates)
model, optimizer, train_loader, scheduler = accelerator.prepare(model, optimizer, train_loader, scheduler)
for epoch in range(epochs):
    for (x,) in train_loader:
        with accelerator.accumulate(model):
            loss = model(x).sum()
            accelerator.backward(loss)
            optimizer.step()
            scheduler.step()
            optimizer.zero_grad()
