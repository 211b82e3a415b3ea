"""Length in epochs, stepped in a helper that is called per epoch."""
import torch

EPOCHS = 30


def train_one_epoch(model, loader, optimizer, scheduler, scaler):
    for x, y in loader:
        optimizer.zero_grad()
        scaler.scale(model(x, y)).backward()
        scaler.step(optimizer)
        scaler.update()
        scheduler.step()  # expect: epoch-schedule-stepped-per-batch


def main(model, train_loader, val_loader):
    optimizer = torch.optim.AdamW(model.parameters(), lr=3e-4)
    scheduler = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=EPOCHS, eta_min=1e-6)
    scaler = torch.cuda.amp.GradScaler()
    for epoch in range(EPOCHS):
        train_one_epoch(model, train_loader, optimizer, scheduler, scaler)
        evaluate(model, val_loader)


main(*build())
