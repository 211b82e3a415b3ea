"""Runs the scripts with the real torch and writes down the LR of each optimizer step.

    python -m venv venv && venv/bin/pip install torch==2.15.0 warmup-scheduler==0.3
    venv/bin/python tests/simulation/record.py

`../tests/simulation.rs` asks that lrscope reads the same LRs out of the same scripts without running them.
"""

import json
import pathlib
import warnings

import torch

warnings.simplefilter("ignore")
HERE = pathlib.Path(__file__).parent
lrs = []


def recorded(step):
    def recording(self, *arguments, **keywords):
        lrs.append(self.param_groups[0]["lr"])
        return step(self, *arguments, **keywords)

    return recording


for kind in (torch.optim.SGD, torch.optim.Adam):
    kind.step = recorded(kind.step)

results = {}
for path in sorted((HERE / "scripts").glob("*.py")):
    lrs.clear()
    error = None
    try:
        exec(compile(path.read_text(), path.name, "exec"), {"__name__": "__main__"})
    except ValueError as raised:
        error = str(raised)
    results[path.stem] = {"lrs": list(lrs), "error": error}

lines = ",\n".join(f"{json.dumps(name)}: {json.dumps(result)}" for name, result in results.items())
(HERE / "recorded.json").write_text("{\n" + lines + "\n}\n")
print(f"{len(results)} scripts; torch {torch.__version__}")
