"""Runs the code that `lrscope export` writes against the real libraries and compares every LR.

    python -m venv venv && venv/bin/pip install torch==2.15.0 transformers==5.23.0 accelerate lightning timm==1.0.31 \
        optax==0.2.8 jax==0.10.2 keras==3.15.1
    cargo build -p lrscope
    venv/bin/python tests/codegen/run.py target/debug/lrscope > tests/codegen/result.txt

Each schedule is exported to each target, the printed program is executed as it stands, with stand-ins for the names that
it leaves to the reader (model, loader, compute_loss, ...), and the LR that the real optimizer has at each step is compared
with `lrscope show --format json`. A target that says it cannot express a schedule is counted as such, with its sentence.
"""

import json
import os
import subprocess
import sys
import tempfile
import warnings

os.environ.setdefault("KERAS_BACKEND", "jax")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "")
os.environ.setdefault("TRANSFORMERS_VERBOSITY", "error")
warnings.filterwarnings("ignore")

import jax

jax.config.update("jax_enable_x64", True)

import keras
import torch
import transformers

LRSCOPE = sys.argv[1]
STEPS = 60
LR = 0.1

SCHEDULES = [
    "ConstantLR(factor=0.3, total_iters=20)",
    "LinearLR(start_factor=0.01, total_iters=20)",
    "ExponentialLR(gamma=0.95)",
    "StepLR(step_size=20, gamma=0.5)",
    "MultiStepLR(milestones=[20, 40], gamma=0.1)",
    "PolynomialLR(total_iters=60, power=0.9)",
    "CosineAnnealingLR(T_max=60, eta_min=0.001)",
    "CosineAnnealingWarmRestarts(T_0=10, T_mult=2)",
    "LambdaLR(lambda step: 0.95 ** step if step < 30 else max(0.1, 1 / (1 + step // 10)))",
    "CyclicLR(base_lr=0.01, max_lr=0.1, step_size_up=10, mode='triangular2')",
    "OneCycleLR(max_lr=0.1, total_steps=60)",
    "OneCycleLR(max_lr=0.1, total_steps=60, three_phase=True, anneal_strategy='linear')",
    "SWALR(swa_lr=0.05, anneal_epochs=20)",
    "SequentialLR([LinearLR(0.01, total_iters=10), CosineAnnealingLR(T_max=50)], [10])",
    "SequentialLR([LinearLR(0.1, total_iters=5), ConstantLR(1.0), ExponentialLR(0.9)], [5, 30])",
    "ChainedScheduler([LinearLR(0.01, total_iters=10), StepLR(20)])",
    "ReduceLROnPlateau(patience=2, factor=0.5)",
    "get_scheduler('linear', num_warmup_steps=10, num_training_steps=60)",
    "get_scheduler('cosine', num_warmup_steps=10, num_training_steps=60)",
    "get_scheduler('cosine_with_restarts', num_warmup_steps=10, num_training_steps=60, scheduler_specific_kwargs={'num_cycles': 2})",
    "get_scheduler('polynomial', num_warmup_steps=10, num_training_steps=60, scheduler_specific_kwargs={'power': 2.0})",
    "get_scheduler('constant')",
    "get_scheduler('constant_with_warmup', num_warmup_steps=10)",
    "get_scheduler('inverse_sqrt', num_warmup_steps=10)",
    "get_scheduler('cosine_with_min_lr', num_warmup_steps=10, num_training_steps=60, scheduler_specific_kwargs={'min_lr_rate': 0.1})",
    "get_scheduler('cosine_warmup_with_min_lr', num_warmup_steps=10, num_training_steps=60, scheduler_specific_kwargs={'min_lr': 0.01})",
    "get_scheduler('warmup_stable_decay', num_warmup_steps=10, num_training_steps=60, scheduler_specific_kwargs={'num_decay_steps': 20})",
    "CosineLRScheduler(t_initial=50, warmup_t=10, warmup_lr_init=0.001, warmup_prefix=True)",
    "CosineLRScheduler(t_initial=20, cycle_limit=3, cycle_decay=0.5)",
    "TanhLRScheduler(t_initial=60)",
    "PolyLRScheduler(t_initial=60, power=2.0)",
    "StepLRScheduler(decay_t=20, decay_rate=0.5, warmup_t=5)",
    "MultiStepLRScheduler(decay_t=[20, 40], decay_rate=0.5)",
    "WSDLRScheduler(t_initial=50, decay_t=20, warmup_t=10)",
    "linear_schedule(0.0, 0.1, 60)",
    "exponential_decay(0.1, 10, 0.8, staircase=True)",
    "cosine_decay_schedule(0.1, 60, alpha=0.1)",
    "piecewise_constant_schedule(0.1, {20: 0.1, 40: 0.5})",
    "warmup_cosine_decay_schedule(0.0, 0.1, 10, 60)",
    "cosine_onecycle_schedule(60, 0.1)",
    "sgdr_schedule([{'init_value': 0.0, 'peak_value': 0.1, 'warmup_steps': 5, 'decay_steps': 30}, {'init_value': 0.0, 'peak_value': 0.05, 'warmup_steps': 5, 'decay_steps': 30}])",
    "join_schedules([linear_schedule(0.0, 0.1, 10), constant_schedule(0.1), cosine_decay_schedule(0.1, 30)], [10, 30])",
    "ExponentialDecay(0.1, 10, 0.9)",
    "PiecewiseConstantDecay([20, 40], [0.1, 0.05, 0.01])",
    "PolynomialDecay(0.1, 60, end_learning_rate=0.01, power=2.0)",
    "InverseTimeDecay(0.1, 10, 0.5)",
    "CosineDecay(0.0, 50, warmup_target=0.1, warmup_steps=10)",
    "CosineDecayRestarts(0.1, 20)",
    "WSD(60, warmup_steps=10, cooldown_steps=20)",
    "CosineWithFloor(60, warmup_steps=10)",
    "REX(60)",
    "InverseSqrtWithCooldown(60, 10, 20)",
    "Trapezoid(60)",
    "Points([(0, 0.0), (10, 1.0), (60, 0.1)], interpolation='cosine')",
]
TARGETS = ["pytorch", "lightning", "transformers", "timm", "optax", "keras"]


def lrscope(*arguments):
    return subprocess.run([LRSCOPE, *arguments], capture_output=True, text=True)


class Tiny(torch.nn.Module):
    """A model that transformers' Trainer can train."""

    def __init__(self):
        super().__init__()
        self.weight = torch.nn.Parameter(torch.zeros(1))

    def forward(self, x=None, labels=None):
        return {"loss": (self.weight * x - labels).pow(2).mean()}


def run_loop(code):
    """PyTorch and timm: the LR in force when the loss of a batch is computed."""
    lrs = []

    def compute_loss(model, batch):
        lrs.append(names["optimizer"].param_groups[0]["lr"])
        return model(batch, batch)["loss"] * 0 + 1

    # A metric that never improves after the first.
    names = {"model": Tiny(), "loader": [torch.ones(1)] * STEPS, "compute_loss": compute_loss, "evaluate": lambda model: 1.0}
    exec(code, names)
    return lrs


def run_lightning(code):
    names = {}
    exec(code, names)
    model = names["Model"]()
    model.weight = torch.nn.Parameter(torch.zeros(1))
    configured = model.configure_optimizers()
    optimizer, configuration = configured["optimizer"], configured["lr_scheduler"]
    assert configuration["interval"] == "step"
    lrs = []
    for _ in range(STEPS):
        lrs.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        if "monitor" in configuration:
            configuration["scheduler"].step(1.0)
        else:
            configuration["scheduler"].step()
    return lrs


def run_transformers(code):
    lrs = []

    class Recorder(transformers.TrainerCallback):
        def on_step_begin(self, args, state, control, optimizer=None, **_):
            lrs.append(optimizer.param_groups[0]["lr"])

    class Trainer(transformers.Trainer):
        def __init__(self, *arguments, **keywords):
            super().__init__(*arguments, **keywords, callbacks=[Recorder()])

    with tempfile.TemporaryDirectory() as folder:
        code = code.replace('output_dir="out"', f'output_dir="{folder}", use_cpu=True, report_to=[], disable_tqdm=True, save_strategy="no"')
        data = [{"x": torch.ones(1), "labels": torch.ones(1)}] * (8 * STEPS)
        # The only change to the program: its Trainer writes down the LRs.
        code = code.replace("import Trainer, TrainingArguments", "import TrainingArguments")
        exec(code, {"model": Tiny(), "train_dataset": data, "Trainer": Trainer})
    return lrs


def run_optax(code):
    names = {}
    exec(code, names)
    return [float(names["schedule"](jax.numpy.asarray(step))) for step in range(STEPS)]


def run_keras(code):
    class Model:
        def compile(self, optimizer, loss):
            self.optimizer = optimizer

    model = Model()
    exec(code, {"model": model, "loss": None})
    schedule = model.optimizer._learning_rate
    return [float(schedule(step)) for step in range(STEPS)]


RUN = {
    "pytorch": run_loop,
    "timm": run_loop,
    "lightning": run_lightning,
    "transformers": run_transformers,
    "optax": run_optax,
    "keras": run_keras,
}


def main():
    counts = {target: {"same": 0, "cannot": 0, "different": 0} for target in TARGETS}
    for schedule in SCHEDULES:
        metrics = ["--metrics", ",".join(["1.0"] * STEPS)]
        shown = json.loads(lrscope("show", schedule, "--steps", str(STEPS), "--format", "json", *metrics).stdout)
        expected = [row[0] for row in shown["lrs"]]
        assert len(expected) == STEPS, (schedule, shown["error"])
        scale = max(map(abs, expected))
        for target in TARGETS:
            exported = lrscope("export", target, schedule, "--steps", str(STEPS), "--epochs", "1")
            if exported.returncode != 0:
                counts[target]["cannot"] += 1
                print(f"cannot     {target:13} {schedule}\n           {exported.stderr.strip()}")
                continue
            try:
                lrs = [float(lr) for lr in RUN[target](exported.stdout)]
                difference = max(abs(a - b) for a, b in zip(lrs, expected, strict=True)) / scale
            except Exception as error:
                difference, lrs = float("inf"), repr(error)
            # Keras computes in float32.
            near = 1e-5 if target == "keras" or "keras" in schedule else 2e-6 if schedule[0].isupper() and "Decay" in schedule else 1e-9
            kind = "same" if difference <= near else "different"
            counts[target][kind] += 1
            print(f"{kind:10} {target:13} {schedule}  ({difference:.1e})")
            if kind == "different":
                print(exported.stdout, lrs, expected, sep="\n")
    print()
    for target, count in counts.items():
        print(f"{target:13} {count['same']} the same, {count['cannot']} refused with a sentence, {count['different']} different")
    versions = ", ".join(f"{module.__name__} {module.__version__}" for module in (torch, jax, keras))
    print(f"{len(SCHEDULES)} schedules, {STEPS} steps; {versions}")
    sys.exit(any(count["different"] for count in counts.values()))


main()
