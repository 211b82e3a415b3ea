"""Lengths that the command line gives, by click, typer and absl."""
import click
import torch
import typer
from absl import flags
from torch.optim.lr_scheduler import CosineAnnealingLR, MultiStepLR

FLAGS = flags.FLAGS
flags.DEFINE_integer("max_epochs", 50, "How many epochs.")


@click.command()
@click.option("--epochs", type=int, default=20, help="How many epochs.")
@click.option("-t", "--length", "t_max", type=int, default=5)
@click.option("--drops", type=str, default="10,15,30")
def by_click(epochs, t_max, drops):
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    scheduler = CosineAnnealingLR(optimizer, T_max=t_max)  # expect: length-differs-from-run
    for epoch in range(epochs):
        for x, y in train_loader:
            optimizer.zero_grad()
            loss(model(x), y).backward()
            optimizer.step()
        scheduler.step()
    # Numbers that are written as text.
    drops = [int(epoch) for epoch in drops.split(",")]
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    scheduler = MultiStepLR(optimizer, milestones=drops)  # expect: milestones-beyond-run
    for epoch in range(epochs):
        for x, y in train_loader:
            optimizer.zero_grad()
            loss(model(x), y).backward()
            optimizer.step()
        scheduler.step()


def by_typer(epochs: int = typer.Option(40, help="How many epochs.")):
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    scheduler = MultiStepLR(optimizer, milestones=[60, 80])  # expect: milestones-beyond-run
    for epoch in range(epochs):
        for x, y in train_loader:
            optimizer.zero_grad()
            loss(model(x), y).backward()
            optimizer.step()
        scheduler.step()


def by_absl(_):
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    scheduler = CosineAnnealingLR(optimizer, T_max=10)  # expect: length-differs-from-run
    for epoch in range(FLAGS.max_epochs):
        for x, y in train_loader:
            optimizer.zero_grad()
            loss(model(x), y).backward()
            optimizer.step()
        scheduler.step()
