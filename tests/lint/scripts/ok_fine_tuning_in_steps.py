"""Cosine and linear per batch: their lengths are in optimizer steps; accelerate steps both."""
from accelerate import Accelerator
from torch.optim import AdamW
from torch.utils.data import DataLoader
from transformers import get_linear_schedule_with_warmup


def training_function(config, args):
    accelerator = Accelerator(gradient_accumulation_steps=4)
    num_epochs = int(config["num_epochs"])
    train_dataloader = DataLoader(dataset, batch_size=16)
    optimizer = AdamW(params=model.parameters(), lr=config["lr"])
    lr_scheduler = get_linear_schedule_with_warmup(
        optimizer=optimizer,
        num_warmup_steps=100,
        num_training_steps=(len(train_dataloader) * num_epochs) // 4,
    )
    net, optimizer, train_dataloader, lr_scheduler = accelerator.prepare(model, optimizer, train_dataloader, lr_scheduler)
    for epoch in range(num_epochs):
        for step, batch in enumerate(train_dataloader):
            with accelerator.accumulate(net):
                accelerator.backward(net(batch))
                optimizer.step()
                lr_scheduler.step()
                optimizer.zero_grad()
