"""Records GradualWarmupScheduler of warmup-scheduler 0.3 on torch 2.15: `python gradual_warmup.py > gradual_warmup.json`."""

import json
import warnings

import torch
from torch.optim import lr_scheduler
from warmup_scheduler import GradualWarmupScheduler

warnings.filterwarnings("ignore")


def build(schedule, optimizer):
    return getattr(lr_scheduler, schedule["class"])(optimizer, **schedule["kwargs"])


def after(name, **kwargs):
    return {"class": name, "kwargs": kwargs}


def start(kwargs, lrs):
    groups = [{"params": [torch.nn.Parameter(torch.zeros(1))], "lr": lr} for lr in lrs]
    optimizer = torch.optim.SGD(groups)
    kwargs = dict(kwargs)
    if kwargs.get("after_scheduler"):
        if "schedulers" in kwargs["after_scheduler"]["kwargs"]:
            parts = [build(part, optimizer) for part in kwargs["after_scheduler"]["kwargs"]["schedulers"]]
            kwargs["after_scheduler"] = lr_scheduler.ChainedScheduler(parts)
        else:
            kwargs["after_scheduler"] = build(kwargs["after_scheduler"], optimizer)
    return optimizer, GradualWarmupScheduler(optimizer, **kwargs)


def lrs_of(optimizer):
    return [group["lr"] for group in optimizer.param_groups]


def record(number, kwargs, lrs=(0.1,), steps=30, metrics=None):
    case = {
        "id": f"warmup_scheduler.GradualWarmupScheduler.{number:03}",
        "library": "warmup-scheduler",
        "version": "0.3",
        "class": "GradualWarmupScheduler",
        "kwargs": kwargs,
        "optimizer": {"name": "SGD", "groups": [{"lr": lr} for lr in lrs]},
        "base_lrs": list(lrs),
    }
    rows, place = [], "init"
    try:
        optimizer, scheduler = start(kwargs, lrs)
        rows.append(lrs_of(optimizer))
        place = "step"
        for step in range(steps):
            if metrics is None:
                scheduler.step()
            else:
                scheduler.step(metrics=metrics[step])
            rows.append(lrs_of(optimizer))
    except Exception as error:
        case["error"] = {"where": place, "type": type(error).__name__, "message": str(error)}
    case |= {"rows": len(rows), "lrs": rows}
    if metrics is not None:
        case["metrics"] = metrics
    elif "error" not in case:
        optimizer, scheduler = start(kwargs, lrs)
        by_epoch = []
        try:
            for epoch in range(steps):
                scheduler.step(epoch)
                by_epoch.append(lrs_of(optimizer))
            case["lrs_closed_form"] = by_epoch
        except Exception as error:
            case["lrs_closed_form"] = {"error": {"type": type(error).__name__}}
    return case


CASES = [
    (dict(multiplier=multiplier, total_epoch=total, after_scheduler=schedule), {})
    for multiplier, total in [(1.0, 5), (1, 3), (2.0, 4), (8, 5)]
    for schedule in [
        None,
        after("CosineAnnealingLR", T_max=20, eta_min=0.001),
        after("StepLR", step_size=6, gamma=0.5),
        after("MultiStepLR", milestones=[2, 9], gamma=0.1),
        after("ExponentialLR", gamma=0.9),
        after("CosineAnnealingWarmRestarts", T_0=4, T_mult=2),
        after("PolynomialLR", total_iters=12, power=2.0),
        after("LinearLR", start_factor=0.5, total_iters=6),
        after("OneCycleLR", max_lr=0.5, total_steps=40),
        after("CyclicLR", base_lr=0.01, max_lr=0.1, step_size_up=4, cycle_momentum=False),
    ]
] + [
    (dict(multiplier=1.0, total_epoch=4, after_scheduler=after("StepLR", step_size=3)), {"lrs": (0.1, 0.02)}),
    (dict(multiplier=0.5, total_epoch=4), {}),
    (dict(multiplier=1.0, total_epoch=0), {}),
    (dict(multiplier=2.0, total_epoch=0), {}),
    (
        dict(
            multiplier=1.0,
            total_epoch=3,
            after_scheduler=after("ChainedScheduler", schedulers=[after("ExponentialLR", gamma=0.9)]),
        ),
        {},
    ),
] + [
    (
        dict(multiplier=multiplier, total_epoch=3, after_scheduler=after("ReduceLROnPlateau", factor=0.5, patience=2)),
        {"metrics": [1.0, 0.9, 0.9, 0.8] + [0.85] * 26},
    )
    for multiplier in [1.0, 4.0]
]

print("[" + ",\n".join(json.dumps(record(n + 1, kwargs, **rest)) for n, (kwargs, rest) in enumerate(CASES)) + "]")
