"""One million LRs of each pure schedule, beside torch's own step() in the same run.

    cargo build --release -p lrscope-scheduler --example speed
    python crates/scheduler/benches/against_torch.py target/release/examples/speed
"""

import subprocess
import sys
import time
import warnings

import torch
from torch.optim.lr_scheduler import *

warnings.filterwarnings("ignore")
COUNT, TORCH_COUNT = 1_000_000, 20_000

SCHEDULES = [
    "ConstantLR(opt, factor=0.5, total_iters=100)",
    "LinearLR(opt, start_factor=0.01, total_iters=1000)",
    "ExponentialLR(opt, gamma=0.99999)",
    "StepLR(opt, step_size=1000, gamma=0.99)",
    "MultiStepLR(opt, milestones=[1000, 2000, 3000])",
    "PolynomialLR(opt, total_iters=2000000, power=0.9)",
    "CosineAnnealingLR(opt, T_max=2000000)",
    "CosineAnnealingWarmRestarts(opt, T_0=1000, T_mult=2)",
    "LambdaLR(opt, lambda step: min((step + 1) ** -0.5, (step + 1) * 4000 ** -1.5))",
    "CyclicLR(opt, base_lr=0.01, max_lr=0.1, step_size_up=1000)",
    "OneCycleLR(opt, max_lr=0.1, total_steps=2000000)",
    "SequentialLR(opt, [LinearLR(opt, 0.01, total_iters=1000), CosineAnnealingLR(opt, T_max=1999000)], [1000])",
]


def torch_seconds(text):
    opt = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=0.1, momentum=0.9)
    scheduler = eval(text)
    opt.step()
    start = time.perf_counter()
    for _ in range(TORCH_COUNT):
        scheduler.step()
    return (time.perf_counter() - start) / TORCH_COUNT


ours = subprocess.run([sys.argv[1], str(COUNT), *SCHEDULES], capture_output=True, text=True, check=True).stdout
print(f"| schedule | torch {torch.__version__} `step()` | stepping | random access | ratios |\n|---|---|---|---|---|")
for line in ours.splitlines():
    stepping, access, text = line.split("\t")
    torch_ns = torch_seconds(text) * 1e9
    name = text.split("(")[0]
    ratios = f"{torch_ns / float(stepping):.0f}x, {torch_ns / float(access):.0f}x"
    print(f"| {name} | {torch_ns:.0f} ns | {stepping} ns | {access} ns | {ratios} |")
