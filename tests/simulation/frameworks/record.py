"""Runs the scripts and configs with the real libraries and writes down the LR of each optimizer step.

    python -m venv venv && venv/bin/pip install torch transformers accelerate timm keras lightning \
        "jsonargparse[signatures]" mmengine deepspeed hydra-core diffusers
    venv/bin/pip install --no-deps axolotl
    venv/bin/python tests/simulation/frameworks/record.py [FILE ...]

`../../tests/frameworks.rs` asks that lrscope reads the same LRs out of the same files without running anything. Each
file runs in a process of its own. A config is given to the library that reads it; where that needs a GPU (DeepSpeed)
or is no package (timm's train.py, sd-scripts), its schedule is built by the library and stepped as that does it.
"""

import json
import os
import pathlib
import subprocess
import sys
import tempfile
import warnings

HERE = pathlib.Path(__file__).parent
BATCHES = 10

# What lrscope is told beside the file; a script says it in its first line.
SETS = {
    "trainer_cosine_by_epochs.json": {"steps_per_epoch": 15},
    "trainer_min_lr_by_steps.yaml": {},
    "trainer_defaults.toml": {"dataset_size": 60},
    "deepspeed_warmup_decay.json": {},
    "deepspeed_warmup_cosine.json": {},
    "deepspeed_warmup.json": {"steps": 40},
    "deepspeed_one_cycle.json": {"steps": 40},
    "mmengine_warmup_then_steps.py": {"steps_per_epoch": BATCHES},
    "mmengine_cosine_after_warmup.py": {"steps_per_epoch": BATCHES},
    "mmengine_poly_by_iterations.py": {},
    "deepspeed_one_cycle_stairs.json": {"steps": 40},
    "mmengine_restarts.py": {"steps_per_epoch": BATCHES},
    "mmengine_floors.py": {},
    "mmengine_plateau.py": {"steps_per_epoch": BATCHES},
    "axolotl_min_lr.yaml": {},
    "axolotl_constant.yaml": {},
    "axolotl_quadratic.yaml": {},
    "axolotl_rex.yaml": {},
    "axolotl_one_cycle.yaml": {},
    "hydra_cosine.yaml": {"steps": 60, "steps_per_call": BATCHES},
    "lightning_accumulation.yaml": {"steps_per_epoch": BATCHES},
    "lightning_by_steps.yaml": {"steps_per_epoch": BATCHES},
    "timm_cosine.yaml": {"steps_per_epoch": BATCHES},
    "timm_wsd_on_updates.yaml": {"steps_per_epoch": BATCHES},
    "timm_noise.yaml": {"steps_per_epoch": BATCHES},
    "sd_scripts_cosine.toml": {"num_processes": 2},
    "sd_scripts_warmup_stable_decay.toml": {},
    "sd_scripts_inverse_sqrt.toml": {},
    "sd_scripts_torch_class.toml": {},
    "sd_scripts_piecewise.toml": {},
}


def read(path):
    if path.suffix == ".toml":
        import tomllib

        return tomllib.loads(path.read_text())
    if path.suffix == ".json":
        return json.loads(path.read_text())
    import yaml

    return yaml.safe_load(path.read_text())


def record_torch(lrs):
    """Writes down the LR before each step of the optimizers that are used here."""
    import torch

    def recorded(step):
        def recording(self, *arguments, **keywords):
            lrs.append(self.param_groups[0]["lr"])
            return step(self, *arguments, **keywords)

        return recording

    for kind in (torch.optim.SGD, torch.optim.Adam, torch.optim.AdamW):
        # torch keeps the function that it has wrapped; AdamW inherits that of Adam.
        if "step" in vars(kind):
            kind.step = recorded(kind.step)


def optimizer(lr):
    import torch

    return torch.optim.AdamW([torch.nn.Parameter(torch.zeros(1))], lr=lr)


def trainer(config, given):
    import torch
    from transformers import Trainer, TrainingArguments

    class Model(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.layer = torch.nn.Linear(1, 1)

        def forward(self, x, labels=None):
            return {"loss": self.layer(x).sum(), "logits": self.layer(x)}

    size = given.get("dataset_size", given.get("steps_per_epoch", BATCHES) * config["per_device_train_batch_size"])
    data = [{"x": torch.zeros(1), "labels": torch.zeros(1)} for _ in range(size)]
    arguments = TrainingArguments(**config, report_to="none", save_strategy="no", use_cpu=True)
    Trainer(model=Model(), args=arguments, train_dataset=data).train()


def deepspeed(config, given):
    from deepspeed.runtime import lr_schedules

    own, scheduler = optimizer(config["optimizer"]["params"]["lr"]), config["scheduler"]
    schedule = getattr(lr_schedules, scheduler["type"])(own, **scheduler["params"])
    for _ in range(given.get("steps") or scheduler["params"]["total_num_steps"]):
        own.step()
        schedule.step()


def mmengine(path):
    import torch
    from mmengine.config import Config
    from mmengine.evaluator import BaseMetric, Evaluator
    from mmengine.model import BaseModel
    from mmengine.runner import Runner

    class Model(BaseModel):
        def __init__(self):
            super().__init__()
            self.layer = torch.nn.Linear(1, 1)

        def forward(self, x, mode="loss"):
            return {"loss": self.layer(x).sum()} if mode == "loss" else [0]

    class Validation(BaseMetric):
        """A loss that never improves."""

        def process(self, data_batch, data_samples):
            self.results.append(0)

        def compute_metrics(self, results):
            return {"loss": 1.0}

    config = Config.fromfile(path)
    validates = any(entry["type"] == "ReduceOnPlateauLR" for entry in config.param_scheduler)
    data = torch.utils.data.DataLoader(
        [torch.zeros(1)] * BATCHES, batch_size=1, collate_fn=lambda batch: {"x": torch.stack(batch)}
    )
    validation = {"val_dataloader": data, "val_cfg": {}, "val_evaluator": Evaluator([Validation()])} if validates else {}
    Runner(
        model=Model(),
        **validation,
        work_dir=tempfile.mkdtemp(),
        train_dataloader=data,
        train_cfg=config.train_cfg,
        optim_wrapper=config.optim_wrapper,
        param_scheduler=config.param_scheduler,
        default_hooks={"logger": None, "checkpoint": None, "timer": None},
        log_level="ERROR",
    ).train()


def hydra(config, given):
    import torch
    from hydra.utils import instantiate

    own = instantiate(config["optimizer"])([torch.nn.Parameter(torch.zeros(1))])
    schedule = instantiate(config["scheduler"])(own)
    for step in range(1, given["steps"] + 1):
        own.step()
        if step % given["steps_per_call"] == 0:
            schedule.step()


def lightning(path):
    import torch
    from lightning.pytorch import LightningModule
    from lightning.pytorch.cli import LightningCLI

    class Model(LightningModule):
        def __init__(self):
            super().__init__()
            self.layer = torch.nn.Linear(1, 1)

        def training_step(self, batch, index):
            return self.layer(batch).sum()

        def train_dataloader(self):
            return torch.utils.data.DataLoader([torch.zeros(1)] * BATCHES)

    quiet = {"logger": False, "enable_progress_bar": False, "enable_checkpointing": False, "accelerator": "cpu"}
    os.chdir(tempfile.mkdtemp())
    LightningCLI(Model, trainer_defaults=quiet, save_config_callback=None, args=["fit", "--config", str(path)])


def timm(config, given):
    """As train.py does it."""
    from argparse import Namespace

    from timm.scheduler.scheduler_factory import create_scheduler_v2, scheduler_kwargs

    defaults = {"grad_accum_steps": 1, "sched_on_updates": False, "lr": None, "lr_cycle_decay": 0.5}
    args = Namespace(**{**defaults, **config})
    if not args.lr:
        ratio = args.batch_size * args.grad_accum_steps / args.lr_base_size
        if any(kind in args.opt.lower() for kind in ("ada", "lamb")):
            ratio = ratio**0.5
        args.lr = args.lr_base * ratio
    own = optimizer(args.lr)
    updates_per_epoch = (given["steps_per_epoch"] + args.grad_accum_steps - 1) // args.grad_accum_steps
    schedule, epochs = create_scheduler_v2(own, **scheduler_kwargs(args), updates_per_epoch=updates_per_epoch)
    updates = 0
    for epoch in range(epochs):
        for _ in range(updates_per_epoch):
            own.step()
            updates += 1
            schedule.step_update(num_updates=updates)
        schedule.step(epoch + 1)


def axolotl(config, given):
    """As SchedulerMixin.create_scheduler does it; importing the trainer needs all of axolotl."""
    import importlib.util

    import torch

    package = pathlib.Path(importlib.util.find_spec("axolotl").submodule_search_locations[0])
    spec = importlib.util.spec_from_file_location("schedulers", package / "utils" / "schedulers.py")
    schedulers = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(schedulers)
    total, lr, name = config["max_steps"], config["learning_rate"], config["lr_scheduler"]
    warmup = config.get("warmup_steps") or int(config["warmup_ratio"] * total)
    own, ratio = optimizer(lr), config.get("cosine_min_lr_ratio")
    if name == "one_cycle":
        share = warmup / total
        one_cycle = torch.optim.lr_scheduler.OneCycleLR
        schedule = one_cycle(own, max_lr=lr, total_steps=total, pct_start=share, anneal_strategy="cos")
    elif name == "rex":
        schedule = schedulers.RexLR(own, max_lr=lr, min_lr=0, total_steps=total, num_warmup_steps=warmup)
    elif config.get("lr_quadratic_warmup"):
        schedule = schedulers.get_cosine_schedule_with_quadratic_warmup(own, warmup, total)
    elif "cosine_constant_lr_ratio" in config:
        constant = config["cosine_constant_lr_ratio"]
        schedule = schedulers.get_cosine_schedule_with_warmup_decay_constant(own, warmup, total, constant, ratio)
    else:
        schedule = schedulers.get_cosine_schedule_with_min_lr(own, warmup, total, ratio)
    for _ in range(total):
        own.step()
        schedule.step()


def sd_scripts(config, given):
    """As library/train_util.py and train_network.py do it."""
    import ast

    import torch
    from diffusers.optimization import get_piecewise_constant_schedule
    from transformers.optimization import TYPE_TO_SCHEDULER_FUNCTION

    options = {key: value for section in config.values() for key, value in section.items()}
    processes = given.get("num_processes", 1)
    total, name = options["max_train_steps"] * processes, options["lr_scheduler"]

    def steps(key):
        return int(options[key] * total) if isinstance(options[key], float) else options[key]

    extra = dict(pair.split("=", 1) for pair in options.get("lr_scheduler_args", []))
    extra = {key: ast.literal_eval(value) for key, value in extra.items()}
    own, warmup = optimizer(options["learning_rate"]), steps("lr_warmup_steps")
    if "lr_scheduler_type" in options:
        schedule = getattr(torch.optim.lr_scheduler, options["lr_scheduler_type"])(own, **extra)
    elif name == "piecewise_constant":
        schedule = get_piecewise_constant_schedule(own, **extra)
    else:
        if name == "warmup_stable_decay":
            decay, floor = steps("lr_decay_steps"), options["lr_scheduler_min_lr_ratio"]
            extra |= {"num_stable_steps": total - warmup - decay, "num_decay_steps": decay, "min_lr_ratio": floor}
            extra["num_cycles"] = 0.5
        elif name == "inverse_sqrt":
            extra["timescale"] = options["lr_scheduler_timescale"]
        else:
            extra |= {"num_training_steps": total, "num_cycles": options["lr_scheduler_num_cycles"]}
        schedule = TYPE_TO_SCHEDULER_FUNCTION[name](own, num_warmup_steps=warmup, **extra)
    for _ in range(options["max_train_steps"]):
        own.step()
        for _ in range(processes):
            schedule.step()


def execute(path):
    exec(compile(path.read_text(), path.name, "exec"), {"__name__": "__main__"})


def keras(path, lrs):
    os.environ["KERAS_BACKEND"] = "torch"
    import keras

    class Recorder(keras.callbacks.Callback):
        def on_train_batch_begin(self, batch, logs=None):
            lrs.append(float(self.model.optimizer.learning_rate))

    fit = keras.Model.fit

    def recorded(self, *arguments, callbacks=(), **keywords):
        # Behind the callbacks of the script, which set the LR where an epoch begins.
        return fit(self, *arguments, callbacks=[*callbacks, Recorder()], **keywords)

    keras.Model.fit = recorded
    keras.Sequential.fit = recorded
    execute(path)


def on_two_processes(path, target):
    from accelerate import debug_launcher

    debug_launcher(rank, args=(path, target), num_processes=2)


def rank(path, target):
    lrs = []
    record_torch(lrs)
    execute(path)
    if os.environ["RANK"] == "0":
        pathlib.Path(target).write_text(json.dumps(lrs))


def one(path, given, target):
    """The LRs of one file, as JSON in another."""
    name, lrs = path.name, []
    if "two_processes" in name:
        return on_two_processes(path, target)
    record_torch(lrs)
    if name.startswith("keras"):
        keras(path, lrs)
    elif name.startswith("mmengine"):
        mmengine(path)
    elif path.suffix == ".py":
        execute(path)
    elif name.startswith("lightning"):
        lightning(path)
    else:
        runner = {"trainer": trainer, "deepspeed": deepspeed, "hydra": hydra, "timm": timm, "sd": sd_scripts}
        runner["axolotl"] = axolotl
        runner[name.split("_")[0]](read(path), given)
    pathlib.Path(target).write_text(json.dumps(lrs))


def given_to(path):
    if path.name in SETS:
        return SETS[path.name]
    pairs = path.read_text().split("\n", 1)[0].removeprefix("# set: ").split()
    return {name: int(value) for name, value in (pair.split("=") for pair in pairs)}


def main(names):
    files = [path for path in sorted(HERE.iterdir()) if path.suffix in (".py", ".json", ".yaml", ".toml")]
    files = [path for path in files if path.name not in ("record.py", "recorded.json")]
    recorded = HERE / "recorded.json"
    results = json.loads(recorded.read_text()) if names else {}
    for path in files:
        if names and path.name not in names:
            continue
        given, target = given_to(path), tempfile.mktemp()
        subprocess.run([sys.executable, __file__, "--one", path, json.dumps(given), target], check=True)
        lrs = json.loads(pathlib.Path(target).read_text())
        print(path.name, len(lrs))
        results[path.name] = {"set": given, "lrs": lrs}
    lines = ",\n".join(f"{json.dumps(name)}: {json.dumps(result)}" for name, result in sorted(results.items()))
    recorded.write_text("{\n" + lines + "\n}\n")


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    if sys.argv[1:2] == ["--one"]:
        one(pathlib.Path(sys.argv[2]).resolve(), json.loads(sys.argv[3]), sys.argv[4])
    else:
        main(sys.argv[1:])
