"""Runs the code of recipes against the real torch and compares every LR with the schedule that the recipe names.

    python -m venv venv && venv/bin/pip install torch==2.15.0
    cargo build -p lrscope
    venv/bin/python tests/codegen/recipes.py target/debug/lrscope > tests/codegen/recipes.txt

Every domain, start and goal, for several lengths and optimizers. The printed program is executed as it stands, with
stand-ins for the names that it leaves to the reader; runs are cut after 400 steps.
"""

import itertools
import json
import subprocess
import sys
import warnings

import torch

warnings.filterwarnings("ignore", message=".*lr_scheduler.step.*")

LRSCOPE = sys.argv[1]
MOST = 400
DOMAINS = (
    "image-cnn image-transformer language detection-two-stage detection-transformer segmentation-cnn "
    "segmentation-transformer reinforcement gan diffusion tabular other other-transformer"
).split()
LENGTHS = ["", "--epochs 1", "--epochs 7", "--epochs 40", "--epochs 90 --steps-per-epoch 3", "--steps 300", "--unknown-length"]
OPTIMIZERS = ["", "--optimizer sgd", "--optimizer adam"]


class Enough(Exception):
    """The run is long enough."""


class Model(torch.nn.Module):
    """A model with whatever parts a recipe asks for."""

    def __init__(self, leaf=False):
        super().__init__()
        self.weight = torch.nn.Parameter(torch.zeros(1))
        if not leaf:
            for part in ("backbone", "head", "transformer", "encoder", "decoder", "hidden", "embedding"):
                self.add_module(part, Model(leaf=True))


def run(code):
    """The LR of every group when the loss of a batch is computed, and how many batches an epoch has."""
    lrs = []

    def compute_loss(model, batch):
        if len(lrs) == MOST:
            raise Enough
        lrs.append([group["lr"] for group in names["optimizer"].param_groups])
        return sum((parameter * 0).sum() for parameter in model.parameters()) + 1

    batches = 3 if "while step <" in code or "range(90)" in code else 1
    names = {"model": Model(), "train_loader": [None] * batches, "compute_loss": compute_loss, "validate": lambda model: 1.0}
    try:
        exec(code, names)
    except Enough:
        pass
    return lrs, batches


def lrscope(*arguments):
    done = subprocess.run([LRSCOPE, *arguments], capture_output=True, text=True)
    assert done.returncode == 0, (arguments, done.stderr)
    return done.stdout


def expected(recipe, rows, batches):
    """What the recipe's schedule gives for each of so many batches."""
    lrs = [group["lr"] for group in recipe["groups"]]
    if recipe["schedule"] is None:
        return [lrs] * rows
    per_epoch = recipe["run"]["unit"] == "epochs"
    steps = -(-rows // batches) if per_epoch else rows
    optimizer = recipe["optimizer"]
    kind = f"SGD(momentum={optimizer['momentum']})" if optimizer["kind"] == "sgd" else f"Adam(betas=({optimizer['betas'][0]}, {optimizer['betas'][1]}))"
    metrics = ["--metrics", ",".join(["1.0"] * steps)]
    shown = lrscope("show", recipe["schedule"], "--lr", ",".join(map(repr, lrs)), "--steps", str(steps), "--optimizer", kind, "--format", "json", *metrics)
    values = json.loads(shown)["lrs"]
    return [values[row // batches] for row in range(rows)] if per_epoch else values


def main():
    same, different, classes = 0, 0, {}
    for domain, start, goal, length, optimizer in itertools.product(
        DOMAINS, ("scratch", "pretrained"), ("reproduce", "best", "fast", "explore"), LENGTHS, OPTIMIZERS
    ):
        asked = ["recommend", "--domain", domain, "--start", start, "--goal", goal, *length.split(), *optimizer.split()]
        code = lrscope(*asked, "--format", "code")
        recipe = json.loads(lrscope(*asked, "--format", "json"))["recipe"]
        try:
            lrs, batches = run(code)
            wanted = expected(recipe, len(lrs), batches)
            whole = recipe["run"]["length"] * (batches if recipe["run"]["unit"] == "epochs" else 1)
            right = len(lrs) == min(MOST, whole) and all(
                abs(a - b) <= 1e-9 * max(map(abs, row)) for got, row in zip(lrs, wanted, strict=True) for a, b in zip(got, row, strict=True)
            )
        except Exception as error:
            right, lrs = False, repr(error)
        name = (recipe["schedule"] or "constant").split("(")[0]
        classes[name] = classes.get(name, 0) + 1
        same, different = same + right, different + (not right)
        if not right:
            print("different:", *asked, code, lrs if isinstance(lrs, str) else lrs[:5], sep="\n")
    for name, count in sorted(classes.items()):
        print(f"{name:30} {count}")
    print(f"{same} recipes whose code runs and gives the LRs of its schedule, {different} others; torch {torch.__version__}")
    sys.exit(different > 0)


main()
