"""Trains small networks with planted faults and lets the usual writers write their logs.

    python record.py          # needs torch, tensorboard, lightning, transformers; some minutes on two cores

Each log is that of a run that really happened; `expected.json` says what was planted. The writers are real:
TensorBoard event files by torch.utils.tensorboard, metrics.csv by Lightning's CSVLogger, trainer_state.json by
transformers' TrainerState; CSV, JSON lines, Keras-like histories and text by a few lines below.
"""

import csv
import json
import math
import pathlib
import shutil
import sys

import torch
from torch import nn
from torch.optim import lr_scheduler as S

HERE = pathlib.Path(__file__).parent / "files"
INPUTS, CLASSES, EPOCH = 20, 10, 40
torch.set_num_threads(1)


class Teacher:
    """A random network whose answers are to be learned; `noise` of the labels are random."""

    def __init__(self, seed, noise=0.1, size=None):
        self.random = torch.Generator().manual_seed(seed)
        self.net = nn.Sequential(nn.Linear(INPUTS, 32), nn.ReLU(), nn.Linear(32, CLASSES))
        for parameter in self.net.parameters():
            parameter.data = torch.randn(parameter.shape, generator=self.random) / math.sqrt(parameter.shape[-1])
        self.noise = noise
        self.held_out = self.draw(1024)
        self.fixed = self.draw(size) if size else None

    def draw(self, count):
        x = torch.randn(count, INPUTS, generator=self.random)
        with torch.no_grad():
            y = self.net(x).argmax(1)
        flip = torch.rand(count, generator=self.random) < self.noise
        return x, torch.where(flip, torch.randint(CLASSES, (count,), generator=self.random), y)

    def batch(self, size):
        if self.fixed is None:
            return self.draw(size)
        at = torch.randint(len(self.fixed[1]), (size,), generator=self.random)
        return self.fixed[0][at], self.fixed[1][at]


class PostNorm(nn.Module):
    """Six layers with the norm after the residual: needs warmup under Adam at a high LR (arXiv 2002.04745)."""

    def __init__(self, layers=6, norm_first=False):
        super().__init__()
        self.tokens, self.places = nn.Embedding(16, 32), nn.Parameter(torch.randn(12, 32))
        layer = nn.TransformerEncoderLayer(32, 4, 64, dropout=0.0, batch_first=True, norm_first=norm_first)
        self.layers = nn.TransformerEncoder(layer, layers, enable_nested_tensor=False)
        self.head = nn.Linear(32, 16)
        for parameter in self.layers.parameters():
            if parameter.dim() > 1:
                nn.init.xavier_uniform_(parameter)

    def forward(self, x):
        return self.head(self.layers(self.tokens(x) + self.places))


def mlp(*widths, activation=nn.ReLU):
    layers = []
    for a, b in zip([INPUTS, *widths], [*widths, CLASSES]):
        layers += [nn.Linear(a, b), activation()]
    return nn.Sequential(*layers[:-1])


def train(seed, schedule, lr, steps=600, optimizer="sgd", batch=64, net=None, step_per="batch", resume=None, noise=0.1, size=None,
          squared=False, momentum=0.9):
    """Rows of step, epoch, lr, loss and, at the end of each epoch, val_loss and val_acc."""
    torch.manual_seed(seed)
    transformer = net == "post" or net == "pre"
    teacher = Teacher(seed, noise, size)
    model = PostNorm(norm_first=net == "pre") if transformer else (net or mlp(64, 64))
    make = {"sgd": lambda: torch.optim.SGD(model.parameters(), lr, momentum), "adam": lambda: torch.optim.Adam(model.parameters(), lr)}
    optimizer = make[optimizer]()
    scheduler = schedule(optimizer)
    rows = []
    for step in range(steps):
        if resume and step == resume[0]:
            for group in optimizer.param_groups:
                group.pop("initial_lr", None)
                group["lr"] = lr
            scheduler = resume[1](optimizer)
        if transformer:
            x = torch.randint(16, (32, 12), generator=teacher.random)
            loss = nn.functional.cross_entropy(model(x).flatten(0, 1), x.flip(1).flatten())
        else:
            x, y = teacher.batch(batch)
            out = model(x)
            loss = ((out - 100 * nn.functional.one_hot(y, CLASSES)) ** 2).mean() if squared else nn.functional.cross_entropy(out, y)
        row = {"step": step, "epoch": step // EPOCH, "lr": optimizer.param_groups[0]["lr"], "loss": loss.item()}
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        if (step + 1) % EPOCH == 0 and not transformer:
            with torch.no_grad():
                x, y = teacher.held_out
                out = model(x)
                row["val_loss"] = (((out - 100 * nn.functional.one_hot(y, CLASSES)) ** 2).mean() if squared
                                   else nn.functional.cross_entropy(out, y)).item()
                row["val_acc"] = (out.argmax(1) == y).float().mean().item()
        rows.append(row)
        if isinstance(scheduler, S.ReduceLROnPlateau):
            if "val_loss" in row:
                scheduler.step(row["val_loss"])
        elif scheduler is not None and (step_per == "batch" or (step + 1) % EPOCH == 0):
            scheduler.step()
    return rows


def keep(rows, name):
    return [row[name] for row in rows if name in row]


def write_csv(path, rows):
    names = ["step", "epoch", "lr", "loss", "val_loss", "val_acc"]
    with path.with_suffix(".csv").open("w") as file:
        out = csv.DictWriter(file, names, restval="")
        out.writeheader()
        out.writerows({name: short(value) for name, value in row.items()} for row in rows)
    return path.with_suffix(".csv")


def write_jsonl(path, rows):
    lines = [json.dumps({("train/" + name if name in ("lr", "loss") else name): short(value) for name, value in row.items()}) for row in rows]
    path.with_suffix(".jsonl").write_text("\n".join(lines) + "\n")
    return path.with_suffix(".jsonl")


def write_text(path, rows):
    lines = []
    for row in rows:
        line = f"[2026-11-23 12:{row['step'] // 60 % 60:02}:{row['step'] % 60:02}] Epoch: {row['epoch']} step {row['step']}/{len(rows)} loss: {row['loss']:.5g} lr: {row['lr']:.4e}"
        lines.append(line)
        if "val_loss" in row:
            lines.append(f"Epoch: {row['epoch']} step {row['step']} val_loss={row['val_loss']:.5g} val_acc={100 * row['val_acc']:.2f}%")
    path.with_suffix(".log").write_text("\n".join(lines) + "\n")
    return path.with_suffix(".log")


def write_keras(path, rows):
    """One value per epoch, as History.history dumped to JSON."""
    history = {"loss": [], "learning_rate": [], "val_loss": keep(rows, "val_loss"), "val_accuracy": keep(rows, "val_acc")}
    for start in range(0, len(rows) - EPOCH + 1, EPOCH):
        epoch = rows[start : start + EPOCH]
        history["loss"].append(sum(keep(epoch, "loss")) / EPOCH)
        history["learning_rate"].append(epoch[-1]["lr"])
    path.with_suffix(".json").write_text(json.dumps({name: values for name, values in history.items() if values}))
    return path.with_suffix(".json")


def write_trainer_state(path, rows):
    from transformers.trainer_callback import TrainerState

    state = TrainerState(max_steps=len(rows), num_train_epochs=len(rows) // EPOCH)
    for at in range(9, len(rows), 10):
        row, mean = rows[at], sum(keep(rows[at - 9 : at + 1], "loss")) / 10
        entry = {"epoch": (at + 1) / EPOCH, "learning_rate": row["lr"], "loss": round(mean, 4) if math.isfinite(mean) else mean, "step": at + 1}
        state.log_history.append(entry)
        if "val_loss" in row:
            state.log_history.append({"epoch": (at + 1) / EPOCH, "eval_loss": row["val_loss"], "eval_accuracy": row["val_acc"], "step": at + 1})
    state.global_step = len(rows)
    state.save_to_json(str(path) + ".trainer_state.json")
    return pathlib.Path(str(path) + ".trainer_state.json")


def write_lightning(path, rows):
    from lightning.pytorch.loggers import CSVLogger

    logger = CSVLogger(path.parent, name="csv", version=path.name, flush_logs_every_n_steps=10_000)
    for row in rows:
        if row["step"] % 5 == 4 or "val_loss" in row:
            logger.log_metrics({"lr-SGD": row["lr"]}, row["step"])
            logger.log_metrics({"train_loss_step": row["loss"], "epoch": row["epoch"]}, row["step"])
        if "val_loss" in row:
            logger.log_metrics({"val_loss": row["val_loss"], "val_acc": row["val_acc"], "epoch": row["epoch"]}, row["step"])
    logger.save()
    target = pathlib.Path(str(path) + ".metrics.csv")
    shutil.move(pathlib.Path(logger.log_dir) / "metrics.csv", target)
    shutil.rmtree(path.parent / "csv")
    return target


def write_tensorboard(path, rows):
    from torch.utils.tensorboard import SummaryWriter

    folder = path.parent / "tensorboard"
    with SummaryWriter(folder) as writer:
        for row in rows:
            writer.add_scalar("train/loss", row["loss"], row["step"])
            writer.add_scalar("train/lr", row["lr"], row["step"])
            if "val_loss" in row:
                writer.add_scalar("val/loss", row["val_loss"], row["step"])
                writer.add_scalar("val/accuracy", row["val_acc"], row["step"])
    target = pathlib.Path(str(path) + ".tfevents")
    shutil.move(next(folder.glob("events.out.tfevents.*")), target)
    shutil.rmtree(folder)
    return target


def short(value):
    return float(f"{value:.6g}") if isinstance(value, float) else value


WRITERS = [write_csv, write_jsonl, write_tensorboard, write_text, write_trainer_state, write_lightning, write_keras]


def constant(optimizer):
    return None


def warm(cut, total):
    """Warmup, then a cosine over the rest."""

    def make(optimizer):
        parts = [S.LinearLR(optimizer, 0.01, total_iters=cut), S.CosineAnnealingLR(optimizer, total - cut)]
        return S.SequentialLR(optimizer, parts, [cut])

    return make


def one_cycle(peak, total):
    return lambda optimizer: S.OneCycleLR(optimizer, peak, total_steps=total)


# What is planted, and the runs: keyword arguments of `train`; the seeds differ in all of them.
RUNS = {
    "healthy": [
        dict(schedule=warm(30, 600), lr=0.1),
        dict(schedule=lambda o: S.CosineAnnealingLR(o, 600), lr=0.1),
        dict(schedule=one_cycle(0.15, 600), lr=0.15),
        dict(schedule=lambda o: S.MultiStepLR(o, [300, 450], 0.1), lr=0.1),
        dict(schedule=lambda o: S.LinearLR(o, 1.0, 0.01, total_iters=600), lr=0.1),
        dict(schedule=lambda o: S.PolynomialLR(o, 600, 0.9), lr=0.1),
        dict(schedule=warm(60, 600), lr=3e-3, optimizer="adam"),
        dict(schedule=lambda o: S.CosineAnnealingLR(o, 15), lr=0.1, step_per="epoch"),
        dict(schedule=lambda o: S.ReduceLROnPlateau(o, factor=0.3, patience=2), lr=0.1, steps=1000),
        dict(schedule=lambda o: S.SequentialLR(o, [S.LinearLR(o, 0.01, total_iters=30), S.ConstantLR(o, 1.0), S.LinearLR(o, 1.0, 0.01, total_iters=120)], [30, 480]), lr=0.08),
        dict(schedule=constant, lr=0.01),
        dict(schedule=lambda o: S.CosineAnnealingWarmRestarts(o, 200), lr=0.1),
        dict(schedule=warm(80, 250), lr=6e-3, optimizer="adam", net="post", steps=250),
        dict(schedule=lambda o: S.StepLR(o, 5, 0.3), lr=0.1, step_per="epoch"),
    ],
    "not-a-number": [dict(schedule=constant, lr=lr, squared=True) for lr in (3.0, 5.0, 10.0)],
    "diverged": [dict(schedule=constant, lr=lr, optimizer="adam", squared=True, net=lambda: mlp(64, 64, 64)) for lr in (3.0, 10.0, 30.0)],
    "stuck-at-chance": [dict(schedule=constant, lr=lr, optimizer="adam", net="post", steps=250) for lr in (1e-2, 1.5e-2, 2e-2)],
    "lr-too-high": [
        dict(schedule=constant, lr=0.3, batch=16, steps=800),
        dict(schedule=constant, lr=0.25, batch=16, steps=800),
        dict(schedule=constant, lr=0.35, batch=16, steps=800),
    ],
    "lr-too-low": [dict(schedule=constant, lr=lr) for lr in (3e-5, 1e-4, 2e-5)],
    "decayed-too-fast": [
        dict(schedule=lambda o: S.ExponentialLR(o, 0.9), lr=0.05),
        dict(schedule=lambda o: S.StepLR(o, 20, 0.1), lr=0.05),
        dict(schedule=lambda o: S.LinearLR(o, 1.0, 0.0, total_iters=40), lr=0.05),
        dict(schedule=lambda o: S.PolynomialLR(o, 60, 2.0), lr=0.05),
    ],
    "wrong-unit": [
        dict(schedule=lambda o: S.CosineAnnealingLR(o, 15), lr=0.1),
        dict(schedule=lambda o: S.CosineAnnealingLR(o, 20), lr=0.05),
        dict(schedule=lambda o: S.CosineAnnealingLR(o, 10), lr=0.05),
    ],
    "ended-early": [
        dict(schedule=lambda o: S.CosineAnnealingLR(o, 1500), lr=0.1),
        dict(schedule=one_cycle(0.15, 1500), lr=0.15),
        dict(schedule=lambda o: S.CosineAnnealingLR(o, 600), lr=0.1, step_per="epoch"),
    ],
    "peak-too-high": [dict(schedule=one_cycle(peak, 600), lr=peak, net=lambda: mlp(64, 64, 64, 64)) for peak in (0.8, 1.0, 1.5)],
    "warmup-missing": [
        dict(schedule=lambda o: S.CosineAnnealingLR(o, 600), lr=lr, optimizer="adam", net=lambda: mlp(256, 256))
        for lr in (0.06, 0.08, 0.1)
    ],
    "plateau-fires-always": [
        dict(schedule=lambda o: S.ReduceLROnPlateau(o, factor=0.5, patience=0, threshold=0.02), lr=0.05, steps=1000),
        dict(schedule=lambda o: S.ReduceLROnPlateau(o, mode="max", factor=0.3, patience=1), lr=0.05, steps=1000),
        dict(schedule=lambda o: S.ReduceLROnPlateau(o, factor=0.5, patience=0), lr=0.05, steps=1000, size=512, noise=0.3),
    ],
    "overfitting": [
        dict(schedule=lambda o: S.CosineAnnealingLR(o, 1000), lr=0.1, steps=1000, size=300, noise=0.2),
        dict(schedule=warm(50, 1000), lr=3e-3, optimizer="adam", steps=1000, size=300, noise=0.2),
        dict(schedule=constant, lr=0.05, steps=1000, size=400, noise=0.2),
    ],
    "resume-jump": [
        dict(schedule=warm(30, 600), lr=0.1, resume=(300, warm(30, 600))),
        dict(schedule=lambda o: S.CosineAnnealingLR(o, 600), lr=0.1, resume=(400, lambda o: S.CosineAnnealingLR(o, 600))),
        dict(schedule=lambda o: S.LinearLR(o, 1.0, 0.01, total_iters=600), lr=0.1, resume=(450, lambda o: S.LinearLR(o, 1.0, 0.01, total_iters=600))),
    ],
}



def shows(fault, rows):
    """Whether what was planted came up in this run: a high LR hurts some seeds and not others."""
    loss, mean = keep(rows, "loss"), lambda values: sum(values) / len(values)
    finite = all(map(math.isfinite, loss))
    if fault == "not-a-number":
        return not finite
    if not finite:
        return False
    if fault == "diverged":
        return mean(loss[-50:]) > 1.5 * loss[0]
    if fault == "warmup-missing":
        return max(loss[2:60]) > 2 * loss[0] and mean(loss[-50:]) < 0.9 * loss[0]
    if fault == "peak-too-high":
        means = [mean(loss[at : at + EPOCH]) for at in range(0, len(loss), EPOCH)]
        return max(means[2:8]) > 1.4 * min(means[:5])
    if fault == "stuck-at-chance":
        return mean(loss[-50:]) > 0.98 * math.log(16)
    return True


if __name__ == "__main__":
    HERE.mkdir(exist_ok=True)
    expected, number = {}, 0
    for fault, runs in RUNS.items():
        for index, run in enumerate(runs):
            net = run.get("net")
            for attempt in range(20):
                rows = train(100 + number + 1000 * attempt, **{**run, "net": net() if callable(net) else net})
                if shows(fault, rows):
                    break
            else:
                sys.exit(f"{fault} {index + 1} does not show in twenty seeds")
            # The means per epoch of a Keras history hide what happens within one; the writer that sees it takes over.
            writer = WRITERS[number % len(WRITERS)]
            if writer is write_keras and fault in ("wrong-unit", "decayed-too-fast", "warmup-missing", "stuck-at-chance"):
                writer = write_csv
            path = writer(HERE / f"{fault}-{index + 1}", rows)
            expected[path.name] = fault
            number += 1
            print(path.name, keep(rows, "loss")[0], keep(rows, "loss")[-1], keep(rows, "val_loss")[-1:], file=sys.stderr)
    (HERE.parent / "expected.json").write_text(json.dumps(expected, indent=1) + "\n")
