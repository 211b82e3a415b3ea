# set: dataset_size=50
import torch
from transformers import Trainer, TrainingArguments


class Model(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.layer = torch.nn.Linear(1, 1)

    def forward(self, x, labels=None):
        return {"loss": self.layer(x).sum(), "logits": self.layer(x)}


def main():
    data = [{"x": torch.zeros(1), "labels": torch.zeros(1)} for _ in range(50)]
    arguments = TrainingArguments(
        output_dir="out",
        learning_rate=5e-4,
        num_train_epochs=4,
        per_device_train_batch_size=4,
        gradient_accumulation_steps=3,
        lr_scheduler_type="polynomial",
        lr_scheduler_kwargs={"lr_end": 1e-5, "power": 2.0},
        warmup_steps=4,
        report_to="none",
        save_strategy="no",
        use_cpu=True,
    )
    trainer = Trainer(model=Model(), args=arguments, train_dataset=data)
    trainer.train()


if __name__ == "__main__":
    main()
