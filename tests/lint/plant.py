"""Plants learning-rate mistakes in scripts that have none, and counts which of them the linter finds.

    plant.py FOLDER OUT                      # FOLDER: Python files; OUT gets one changed copy for each mistake
    lrscope lint --isolated OUT --format json > found.json
    plant.py --score found.json OUT rule-map.json [--list]

Each mistake is one edit of one file, made only where the code around it makes it a mistake: a call of a torch scheduler's
`step()` in a loop over epochs is moved to another loop, doubled, deleted; arguments are changed. Every changed file lies
beside its original, under another name, in a folder of its own; scripts of which the linter reports a mistake already are
left out of the count.
Only the standard library is needed.
"""

import ast
import json
import pathlib
import sys
from collections import Counter, defaultdict

CLASSES = {
    "StepLR", "MultiStepLR", "ExponentialLR", "CosineAnnealingLR", "LambdaLR", "ReduceLROnPlateau", "PolynomialLR",
    "LinearLR", "ConstantLR", "MultiplicativeLR", "OneCycleLR", "CosineAnnealingWarmRestarts", "CyclicLR", "SequentialLR",
}
PER_EPOCH = {"StepLR", "MultiStepLR", "ExponentialLR", "CosineAnnealingLR"}
NO_VERBOSE = {"SequentialLR", "ConstantLR"}


class Script:
    """A parsed file: what it calls schedulers, where these are made and stepped."""

    def __init__(self, text):
        self.lines = text.split("\n")
        self.tree = ast.parse(text)
        self.parents = {child: node for node in ast.walk(self.tree) for child in ast.iter_child_nodes(node)}
        self.made = {}
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call):
                name = last(node.value.func)
                if name in CLASSES:
                    for target in node.targets:
                        self.made.setdefault(ast.unparse(target), []).append((name, node.value, node))
        self.made = {name: makes[0] for name, makes in self.made.items() if len(makes) == 1}
        self.steps = []
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call) and is_step(node.value.func):
                owner = ast.unparse(node.value.func.value)
                if owner in self.made and node.lineno == node.end_lineno:
                    self.steps.append((owner, node))

    def above(self, node, kinds):
        while node in self.parents:
            node = self.parents[node]
            if isinstance(node, kinds):
                yield node

    def loops(self, node):
        """The loops around a statement, the inner first, within its function."""
        found = []
        while node in self.parents:
            node = self.parents[node]
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)):
                break
            if isinstance(node, (ast.For, ast.While)):
                found.append(node)
        return found

    def only_step(self, owner):
        steps = [node for name, node in self.steps if name == owner]
        return steps[0] if len(steps) == 1 else None

    def changed(self, edits):
        """The text with lines replaced: {number from 1: text, or None to delete, or a list to put in its place}."""
        out = []
        for number, line in enumerate(self.lines, 1):
            put = edits.get(number, line)
            if put is None:
                indent = line[: len(line) - len(line.lstrip())]
                put = indent + "pass"
            out.extend(put if isinstance(put, list) else [put])
        return "\n".join(out)


def last(node):
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else None


def is_step(function):
    return isinstance(function, ast.Attribute) and function.attr == "step"


def is_epoch_loop(loop):
    return isinstance(loop, ast.For) and "epoch" in (ast.unparse(loop.target) + ast.unparse(loop.iter)).lower()


def is_batch_loop(loop):
    return isinstance(loop, ast.For) and any(
        word in ast.unparse(loop.iter).lower() for word in ("loader", "dataloader", "train_iter", "batches", "train_queue")
    )


def trains(node):
    """Whether an optimizer is stepped in a piece of code, by its own call."""
    return any(
        isinstance(call, ast.Call) and last(call.func) == "step" and "opt" in ast.unparse(call.func).lower()
        for call in ast.walk(node)
    )


def indented(line):
    return line[: len(line) - len(line.lstrip())]


def keyword(call, name):
    return next((keyword.value for keyword in call.keywords if keyword.arg == name), None)


def inside(line, node, text):
    """The line with a node of one line replaced."""
    raw = line.encode()
    return (raw[: node.col_offset] + text.encode() + raw[node.end_col_offset :]).decode()


def mistakes(script):
    """(rule of the corpus, changed text), for every mistake that can be planted."""
    lines = script.lines
    for owner, (name, call, statement) in script.made.items():
        one_line = call.lineno == call.end_lineno
        line = lines[call.lineno - 1]
        if one_line and keyword(call, "verbose") is None and name not in NO_VERBOSE and not any(
            isinstance(argument, ast.Starred) or argument is None for argument in call.args
        ):
            close = call.end_col_offset - 1
            raw = line.encode()
            yield "deprecated-verbose", script.changed(
                {call.lineno: (raw[:close].rstrip(b", ") + b", verbose=True" + raw[close:]).decode()}
            )
        step = script.only_step(owner)
        if step is None:
            continue
        loops = script.loops(step)
        at, step_line = step.lineno, lines[step.lineno - 1]
        per_epoch = bool(loops) and is_epoch_loop(loops[0]) and trains_within(script, loops[0])
        if step_line.strip() == ast.unparse(step) or step_line.strip().startswith(owner + ".step("):
            yield "scheduler-never-stepped", script.changed({at: None})
            if loops:
                yield "stepped-twice", script.changed({at: [step_line, step_line]})
        if name == "ReduceLROnPlateau":
            if step.value.args:
                yield "plateau-without-metric", script.changed({at: inside(step_line, step.value, f"{owner}.step()")})
            mode = keyword(call, "mode") or (call.args[1] if len(call.args) > 1 else None)
            if isinstance(mode, ast.Constant) and mode.lineno == mode.end_lineno and step.value.args:
                metric = ast.unparse(step.value.args[0]).lower()
                if "loss" in metric and mode.value == "min" or "acc" in metric and mode.value == "max":
                    other = "'max'" if mode.value == "min" else "'min'"
                    yield "plateau-wrong-mode", script.changed(
                        {mode.lineno: inside(lines[mode.lineno - 1], mode, other)}
                    )
        elif per_epoch:
            target = ast.unparse(loops[0].target)
            if not step.value.args and target.isidentifier():
                yield "deprecated-epoch-arg", script.changed({at: inside(step_line, step.value, f"{owner}.step({target})")})
            body = loops[0].body
            first = body[0]
            if step in body and first is not step and not step.value.args:
                moved = indented(step_line) + step_line.strip()
                yield "step-before-optimizer", script.changed(
                    {first.lineno: [moved, lines[first.lineno - 1]], at: None}
                )
        if per_epoch and name in PER_EPOCH:
            batch = next(
                (loop for loop in ast.walk(loops[0]) if isinstance(loop, ast.For) and is_batch_loop(loop) and trains(loop)),
                None,
            )
            if batch is not None and not step.value.args:
                end = batch.body[-1].end_lineno
                inner = indented(lines[batch.body[-1].lineno - 1]) + step_line.strip()
                yield "step-per-batch", script.changed({end: [lines[end - 1], inner], at: None})
        if loops and is_batch_loop(loops[0]) and name in {"OneCycleLR", "CyclicLR"} and len(loops) > 1:
            end = loops[0].end_lineno
            outer = indented(lines[loops[0].lineno - 1]) + step_line.strip()
            yield "step-per-epoch", script.changed({end: [lines[end - 1], outer], at: None})
        if name == "MultiStepLR" and per_epoch:
            values = keyword(call, "milestones") or (call.args[1] if len(call.args) > 1 else None)
            if isinstance(values, ast.List) and values.lineno == values.end_lineno and values.elts and all(
                isinstance(value, ast.Constant) and isinstance(value.value, int) for value in values.elts
            ):
                far = "[" + ", ".join(str(value.value * 100) for value in values.elts) + "]"
                yield "milestones-beyond-training", script.changed(
                    {values.lineno: inside(lines[values.lineno - 1], values, far)}
                )
        if name == "CosineAnnealingLR" and per_epoch:
            value = keyword(call, "T_max") or (call.args[1] if len(call.args) > 1 else None)
            if value is not None and value.lineno == value.end_lineno:
                text = f"3 * ({ast.unparse(value)})"
                if not (isinstance(value, ast.Constant) and value.value < 10):
                    yield "tmax-mismatch", script.changed({value.lineno: inside(lines[value.lineno - 1], value, text)})
        optimizer = ast.unparse(call.args[0]) if call.args else None
        yield from of_arguments(script, name, call, step, per_epoch)
        yield from of_optimizer(script, name, call, statement, step, per_epoch, optimizer)
        yield from of_resume(script, owner)
        if per_epoch and optimizer and name in PER_EPOCH:
            # An LR by hand after every step of the schedule.
            by_hand = [
                f"{indented(step_line)}for group in {optimizer}.param_groups:",
                f"{indented(step_line)}    group['lr'] = 0.01",
            ]
            yield "manual-lr-set-conflict", script.changed({at: [step_line, *by_hand]})
            no_effect = [
                f"{indented(step_line)}for group in {optimizer}.param_groups:",
                f"{indented(step_line)}    group['lr'] * 0.5",
            ]
            yield "lr-expression-no-effect", script.changed({at: [step_line, *no_effect]})
            if one_line and script.loops(statement) == [] and same_function(script, statement, loops[0]):
                inner = indented(lines[loops[0].body[0].lineno - 1]) + lines[call.lineno - 1].strip()
                first = loops[0].body[0].lineno
                yield "scheduler-created-in-loop", script.changed(
                    {call.lineno: None, first: [inner, lines[first - 1]]}
                )
    for node in ast.walk(script.tree):
        if isinstance(node, ast.Call) and last(node.func) == "get_last_lr" and node.lineno == node.end_lineno:
            owner = ast.unparse(node.func.value)
            if owner in script.made:
                line = lines[node.lineno - 1]
                yield "get-lr-instead-of-last-lr", script.changed(
                    {node.lineno: inside(line, node, f"{owner}.get_lr()")}
                )
                break


def of_arguments(script, name, call, step, per_epoch):
    """Mistakes in what a scheduler is told."""
    if not per_epoch or call.lineno != call.end_lineno:
        return
    line = script.lines[call.lineno - 1]
    positions = {"StepLR": {"step_size": 1, "gamma": 2}, "ExponentialLR": {"gamma": 1}, "MultiStepLR": {"gamma": 2}}

    def argument(wanted):
        position = positions.get(name, {}).get(wanted, 9)
        return keyword(call, wanted) or (call.args[position] if len(call.args) > position else None)

    gamma = argument("gamma")
    if gamma is not None:
        yield "schedule-has-no-effect", script.changed({call.lineno: inside(line, gamma, "1.0")})
        if name == "ExponentialLR":
            yield "lr-vanishes", script.changed({call.lineno: inside(line, gamma, "0.1")})
    size = argument("step_size")
    if isinstance(size, ast.Constant) and isinstance(size.value, int) and name == "StepLR":
        yield "milestones-beyond-training", script.changed({call.lineno: inside(line, size, str(size.value * 1000))})
    if name != "ReduceLROnPlateau" and keyword(call, "last_epoch") is None and len(call.args) <= 3 and not any(
        isinstance(argument, ast.Starred) for argument in call.args
    ):
        close = call.end_col_offset - 1
        raw = line.encode()
        text = (raw[:close].rstrip(b", ") + b", last_epoch=10" + raw[close:]).decode()
        yield "last-epoch-without-initial-lr", script.changed({call.lineno: text})
    if name in {"LambdaLR", "StepLR", "ExponentialLR"} and call.args:
        given = ast.unparse(call.args[0])
        module = ast.unparse(call.func).rpartition(".")[0]
        if module:
            text = f"{module}.LambdaLR({given}, lambda epoch: 0.001 * 0.95 ** epoch)"
            yield "lambda-absolute-lr", script.changed({call.lineno: inside(line, call, text)})
    if "rank" in "\n".join(script.lines) and per_epoch:
        at = step.lineno
        step_line = script.lines[at - 1]
        rank = next((word for word in ("args.local_rank", "args.rank", "local_rank", "rank") if word in "\n".join(script.lines)))
        text = [f"{indented(step_line)}if {rank} == 0:", f"{indented(step_line)}    {step_line.strip()}"]
        yield "scheduler-stepped-on-one-rank", script.changed({at: text})


def of_optimizer(script, name, call, statement, step, per_epoch, optimizer):
    """Mistakes in which optimizer a scheduler drives."""
    if not per_epoch or not optimizer or call.lineno != call.end_lineno or statement.lineno != call.lineno:
        return
    made = [
        node
        for node in ast.walk(script.tree)
        if isinstance(node, ast.Assign)
        and isinstance(node.value, ast.Call)
        and node.lineno == node.end_lineno
        and [ast.unparse(target) for target in node.targets] == [optimizer]
        and same_function(script, node, statement)
    ]
    if len(made) != 1 or made[0].lineno >= statement.lineno or script.loops(statement) or script.loops(made[0]):
        return
    at, line = statement.lineno, script.lines[statement.lineno - 1]
    again = indented(line) + script.lines[made[0].lineno - 1].strip()
    if indented(script.lines[made[0].lineno - 1]) == indented(line):
        yield "scheduler-on-wrong-optimizer", script.changed({at: [line, again]})
    loop = script.loops(step)[0]
    if same_function(script, statement, loop):
        first = loop.body[0]
        inner = indented(script.lines[first.lineno - 1])
        target = ast.unparse(loop.target)
        if target.isidentifier():
            text = [f"{inner}if {target} == 10:", f"{inner}    {again.strip()}", script.lines[first.lineno - 1]]
            yield "lr-recreated-optimizer", script.changed({first.lineno: text})


def of_resume(script, owner):
    """The state of a scheduler that is not put back."""
    loads = [
        node
        for node in ast.walk(script.tree)
        if isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Call)
        and last(node.value.func) == "load_state_dict"
        and node.lineno == node.end_lineno
    ]
    own = [node for node in loads if ast.unparse(node.value.func.value) == owner]
    others = [node for node in loads if "optim" in ast.unparse(node.value.func.value)]
    if len(own) == 1 and others:
        yield "scheduler-not-checkpointed", script.changed({own[0].lineno: None})


def same_function(script, one, other):
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef)
    return next(script.above(one, kinds), None) is next(script.above(other, kinds), None)


def trains_within(script, loop):
    """Whether a loop trains: itself, or by a function of the file that it calls."""
    if trains(loop):
        return True
    functions = {node.name: node for node in ast.walk(script.tree) if isinstance(node, ast.FunctionDef)}
    called = {last(call.func) for call in ast.walk(loop) if isinstance(call, ast.Call)}
    return any(name in functions and trains(functions[name]) for name in called)


def plant(folder, out):
    planted = []
    for path in sorted(folder.rglob("*.py")):
        try:
            text = path.read_text()
            script = Script(text)
        except (SyntaxError, ValueError, RecursionError):
            continue
        name = "_".join(path.relative_to(folder).parts)
        for number, (rule, changed) in enumerate(mistakes(script)):
            try:
                ast.parse(changed)
            except SyntaxError:
                continue
            if changed == text:
                continue
            place = out / f"{len(planted):05}-{rule}"
            place.mkdir(parents=True)
            (place / name).write_text(changed)
            (place / f"original_{name}").write_text(text)
            planted.append({"file": f"{place.name}/{name}", "original": f"{place.name}/original_{name}", "rule": rule})
    (out / "planted.json").write_text(json.dumps(planted, indent=1))
    print(f"{len(planted)} mistakes in {len({entry['file'].split('/')[1] for entry in planted})} files")


def score(found, out, names, listing):
    reported = defaultdict(Counter)
    for finding in json.loads(found.read_text()):
        if finding["severity"] in {"warning", "error"}:
            mapped = names.get(finding["rule"])
            for rule in mapped if isinstance(mapped, list) else [mapped]:
                reported[str(pathlib.Path(finding["filename"]).resolve())][rule] += 1
    counts = defaultdict(Counter)
    for entry in json.loads((out / "planted.json").read_text()):
        if reported[str((out / entry["original"]).resolve())]:
            continue
        new = reported[str((out / entry["file"]).resolve())]
        hit = "found" if new[entry["rule"]] else "found as another" if new else "missed"
        counts[entry["rule"]][hit] += 1
        if listing and hit != "found":
            print(hit, entry["file"], dict(new))
    print("| planted | files | found | found as another mistake | missed |\n| --- | ---: | ---: | ---: | ---: |")
    total = Counter()
    for rule, count in sorted(counts.items(), key=lambda item: -sum(item[1].values())):
        total += count
        print(f"| {rule} | {sum(count.values())} | {count['found']} | {count['found as another']} | {count['missed']} |")
    every = max(1, sum(total.values()))
    print(f"| **all** | {every} | {total['found']} | {total['found as another']} | {total['missed']} |")
    print(f"\nrecall {total['found'] / every:.2f}; with those found as another mistake {1 - total['missed'] / every:.2f}")


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["--score", found, out, rule_map, *rest]:
            names = json.loads(pathlib.Path(rule_map).read_text())
            score(pathlib.Path(found), pathlib.Path(out), names, "--list" in rest)
        case [folder, out]:
            plant(pathlib.Path(folder), pathlib.Path(out))
        case _:
            sys.exit(__doc__)
