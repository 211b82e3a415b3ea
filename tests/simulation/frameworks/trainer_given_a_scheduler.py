# set: steps_per_epoch=12
import torch
from torch.optim.lr_scheduler import CosineAnnealingLR
from transformers import Trainer, TrainingArguments


class Model(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.layer = torch.nn.Linear(1, 1)

    def forward(self, x, labels=None):
        return {"loss": self.layer(x).sum(), "logits": self.layer(x)}


data = [{"x": torch.zeros(1), "labels": torch.zeros(1)} for _ in range(48)]
model = Model()
optimizer = torch.optim.SGD(model.parameters(), lr=0.02)
scheduler = CosineAnnealingLR(optimizer, T_max=24)
arguments = TrainingArguments(
    output_dir="out",
    num_train_epochs=2,
    per_device_train_batch_size=4,
    report_to="none",
    save_strategy="no",
    use_cpu=True,
)
Trainer(model=model, args=arguments, train_dataset=data, optimizers=(optimizer, scheduler)).train()
