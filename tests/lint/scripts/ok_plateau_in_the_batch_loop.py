"""Validation and the plateau's step stand behind one guard on the step; the score is its metric."""
import torch


def train_model(model, train_loader, val_loader, epochs: int = 5, learning_rate: float = 1e-5):
    optimizer = torch.optim.RMSprop(model.parameters(), lr=learning_rate, momentum=0.999)
    scheduler = torch.optim.lr_scheduler.ReduceLROnPlateau(optimizer, "max", patience=5)
    grad_scaler = torch.cuda.amp.GradScaler()
    global_step = 0
    for epoch in range(1, epochs + 1):
        with tqdm(total=n_train) as pbar:
            for batch in train_loader:
                grad_scaler.scale(model(batch)).backward()
                grad_scaler.step(optimizer)
                grad_scaler.update()
                global_step += 1
                if global_step % 100 == 0:
                    val_score = evaluate(model, val_loader)
                    scheduler.step(val_score)
