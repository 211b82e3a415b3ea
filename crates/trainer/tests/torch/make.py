"""Trains what `tests/torch.rs` trains, in torch: the same weights, the same batches, fifty steps.

    pip install torch numpy
    python crates/trainer/tests/torch/make.py > crates/trainer/tests/torch/losses.json

Weights and examples are drawn as `src/random.rs` draws them; everything after that is torch's: layers, loss, gradients,
clipping, optimizers, schedulers. A line of the file is one case: the experiment as the trainer's serde writes it, the
optimizer's LR, the schedule, and the loss of each step.
"""

import json
import math

import numpy as np
import torch
import torch.nn.functional as F

STEPS = 50
MASK = (1 << 64) - 1
f32 = np.float32


def mix(z):
    z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & MASK
    z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & MASK
    return z ^ (z >> 31)


class Random:
    """SplitMix64, as src/random.rs."""

    def __init__(self, seed, stream):
        self.state = mix((seed + 0x9E3779B97F4A7C15) & MASK) ^ mix(~stream & MASK)

    def next(self):
        self.state = (self.state + 0x9E3779B97F4A7C15) & MASK
        return mix(self.state)

    def below(self, bound):
        return ((self.next() >> 32) * bound) >> 32

    def unit(self):
        return f32((self.next() >> 40) / (1 << 24))

    def uniform(self, low, high):
        return f32(low) + (f32(high) - f32(low)) * self.unit()

    def normal(self):
        radius = math.sqrt(-2.0 * math.log(1.0 - float(self.unit())))
        return f32(radius * math.cos(2 * math.pi * float(self.unit())))


WEIGHTS, EXAMPLES, TEACHER = 0, 1, 2


# ---- weights

def matrix(random, rows, columns, bound):
    values = [random.uniform(-bound, bound) for _ in range(rows * columns)]
    return torch.tensor(np.array(values, dtype=f32)).reshape(rows, columns)


def xavier(random, rows, columns):
    return matrix(random, rows, columns, np.sqrt(f32(6.0) / f32(rows + columns)))


def kaiming(random, rows, columns):
    return matrix(random, rows, columns, np.sqrt(f32(6.0) / f32(rows)))


def normal(random, rows, columns):
    values = [random.normal() for _ in range(rows * columns)]
    return torch.tensor(np.array(values, dtype=f32)).reshape(rows, columns)


def zeros(width):
    return torch.zeros(1, width)


# ---- models: parameters in the order in which they are drawn, and the forward pass

class Perceptron:
    def __init__(self, model, width, classes, random):
        self.activation = torch.tanh if model["activation"] == "Tanh" else F.relu
        hidden_init = xavier if model["activation"] == "Tanh" else kaiming
        self.parameters = []
        for _ in range(model["layers"]):
            self.parameters += [hidden_init(random, width, model["hidden"]), zeros(model["hidden"])]
            width = model["hidden"]
        self.parameters += [xavier(random, width, classes), zeros(classes)]
        # How many of the parameters belong to the first and to the last layer.
        self.ends = (2, 2)

    def forward(self, x):
        layers = list(zip(self.parameters[::2], self.parameters[1::2]))
        for weight, bias in layers[:-1]:
            x = self.activation(x @ weight + bias)
        weight, bias = layers[-1]
        return x @ weight + bias


class Transformer:
    def __init__(self, model, random):
        self.model = model
        d, vocabulary = model["d_model"], model["vocabulary"]
        one = lambda: torch.ones(1, d)
        self.parameters = [normal(random, vocabulary, d), normal(random, model["sequence"], d)]
        for _ in range(model["layers"]):
            self.parameters += [xavier(random, d, d) for _ in range(4)] + [one(), zeros(d)]
            self.parameters += [xavier(random, d, model["feed_forward"]), zeros(model["feed_forward"])]
            self.parameters += [xavier(random, model["feed_forward"], d), zeros(d), one(), zeros(d)]
        if model["norm"] == "Pre":
            self.parameters += [one(), zeros(d)]
        self.parameters += [xavier(random, d, vocabulary), zeros(vocabulary)]
        self.ends = (2, 2)

    def forward(self, tokens):
        model, weights = self.model, iter(self.parameters)
        d, heads, post = model["d_model"], model["heads"], model["norm"] == "Post"
        norm = lambda x, gain, bias: F.layer_norm(x, (d,), gain.reshape(d), bias.reshape(d))
        x = F.embedding(tokens, next(weights)) + next(weights)
        split = lambda x: x.unflatten(-1, (heads, d // heads)).transpose(1, 2)

        def attention(x, q, k, v, o):
            mixed = F.scaled_dot_product_attention(split(x @ q), split(x @ k), split(x @ v))
            return mixed.transpose(1, 2).flatten(-2) @ o

        def block(x, branch, gain, bias):
            return norm(x + branch(x), gain, bias) if post else x + branch(norm(x, gain, bias))

        for _ in range(model["layers"]):
            projections = [next(weights) for _ in range(4)]
            x = block(x, lambda x: attention(x, *projections), next(weights), next(weights))
            w1, b1, w2, b2 = (next(weights) for _ in range(4))
            x = block(x, lambda x: F.relu(x @ w1 + b1) @ w2 + b2, next(weights), next(weights))
        if not post:
            x = norm(x, next(weights), next(weights))
        return (x @ next(weights) + next(weights)).flatten(0, 1)


class Convolutional:
    def __init__(self, model, random):
        c = model["channels"]
        self.parameters = [kaiming(random, 9, c), zeros(c), kaiming(random, 9 * c, 2 * c), zeros(2 * c)]
        self.parameters += [xavier(random, 4 * 2 * c, 10), zeros(10)]
        self.ends = (2, 2)

    def forward(self, x):
        w1, b1, w2, b2, w3, b3 = self.parameters
        # Rows of a weight are kernel row, kernel column, channel.
        kernel = lambda w: w.reshape(3, 3, -1, w.shape[1]).permute(3, 2, 0, 1)
        x = x.reshape(-1, 1, 14, 14)
        for weight, bias in ((w1, b1), (w2, b2)):
            x = F.max_pool2d(F.relu(F.conv2d(x, kernel(weight), bias.flatten())), 2)
        return x.permute(0, 2, 3, 1).flatten(1) @ w3 + b3


# ---- examples

A, B = -0.8, 0.8
SHAPES = [
    [(-1, 0, 1, 0)],
    [(0, -1, 0, 1)],
    [(A, B, B, A)],
    [(A, A, B, B)],
    [(-1, 0, 1, 0), (0, -1, 0, 1)],
    [(A, B, B, A), (A, A, B, B)],
    [],
    [(A, A, B, A), (B, A, B, B), (B, B, A, B), (A, B, A, A)],
    [(0, -1, 1, B), (1, B, -1, B), (-1, B, 0, -1)],
    [(A, A, B, A), (0, A, 0, 1)],
]


def distance(strokes, x, y):
    if not strokes:
        return abs(math.sqrt(x * x + y * y) - 0.85)
    least = math.inf
    for x0, y0, x1, y1 in strokes:
        dx, dy = x1 - x0, y1 - y0
        along = min(max(((x - x0) * dx + (y - y0) * dy) / (dx * dx + dy * dy), 0.0), 1.0)
        least = min(least, math.hypot(x - x0 - along * dx, y - y0 - along * dy))
    return least


def images(random, batch):
    rows, classes = [], []
    for _ in range(batch):
        label = random.below(10)
        size, angle = float(random.uniform(3.5, 5.5)), float(random.uniform(-0.3, 0.3))
        x0 = 6.5 + float(random.uniform(-1.5, 1.5))
        y0 = 6.5 + float(random.uniform(-1.5, 1.5))
        cos, sin = math.cos(angle) / size, math.sin(angle) / size
        row = []
        for pixel in range(196):
            x, y = pixel % 14 - x0, pixel // 14 - y0
            away = size * distance(SHAPES[label], x * cos + y * sin, y * cos - x * sin)
            row.append(f32(min(max(1.2 - away, 0.0), 1.0)) + random.uniform(-0.6, 0.6))
        rows.append(row)
        classes.append(label)
    return torch.tensor(np.array(rows, dtype=f32)), torch.tensor(classes)


def spirals(random, batch):
    points, classes = [], []
    for _ in range(batch):
        spiral = random.below(2)
        along = random.unit()
        angle = 2 * math.pi * (1.25 * float(along) + 0.5 * spiral)
        radius = f32(2.0) * (along + random.uniform(-0.03, 0.03))
        points.append([radius * f32(math.cos(angle)), radius * f32(math.sin(angle))])
        classes.append(spiral)
    return torch.tensor(np.array(points, dtype=f32)), torch.tensor(classes)


class Teacher:
    def __init__(self, teacher, seed):
        random = Random(seed, TEACHER)
        self.inputs, self.classes, self.noise = teacher["inputs"], teacher["classes"], teacher["noise"]
        scale = f32(1.5) / np.sqrt(f32(self.inputs))
        self.first = np.array([scale * random.normal() for _ in range(self.inputs * 32)], dtype=f32).reshape(-1, 32)
        self.second = np.array([random.normal() for _ in range(32 * self.classes)], dtype=f32).reshape(32, -1)

    def draw(self, random, batch):
        rows, labels = [], []
        for _ in range(batch):
            row = np.array([random.normal() for _ in range(self.inputs)], dtype=f32)
            label = int(np.argmax(np.tanh(row @ self.first) @ self.second))
            if self.noise > 0 and random.unit() < f32(self.noise):
                label = random.below(self.classes)
            rows.append(row)
            labels.append(label)
        return torch.tensor(np.array(rows)), torch.tensor(labels)


def sequences(kind, model, random, batch):
    tokens = [[random.below(model["vocabulary"]) for _ in range(model["sequence"])] for _ in range(batch)]
    answer = {
        "Reverse": lambda row: row[::-1],
        "Copy": list,
        "Sort": sorted,
        "ModularAddition": lambda row: [sum(row) % model["vocabulary"]] * len(row),
    }[kind]
    return torch.tensor(tokens), torch.tensor([answer(row) for row in tokens]).flatten()


def task(experiment, seed):
    """The model, and a function that draws a batch."""
    (kind, (which, model)), = experiment["task"].items()
    weights, examples, batch = Random(seed, WEIGHTS), Random(seed, EXAMPLES), experiment["batch"]
    if kind == "Points":
        return Perceptron(model, 2, 2, weights), lambda: spirals(examples, batch)
    if kind == "Teacher":
        teacher = Teacher(which, seed)
        return Perceptron(model, teacher.inputs, teacher.classes, weights), lambda: teacher.draw(examples, batch)
    if kind == "Images":
        return Convolutional(model, weights), lambda: images(examples, batch)
    return Transformer(model, weights), lambda: sequences(which, model, examples, batch)


# ---- training

def parameter_groups(model, groups, lr):
    """The groups of torch: by part of the model, and apart what weight decay leaves alone."""
    first, last = model.ends
    count = len(model.parameters)
    part = lambda index: "input" if index < first else "hidden" if index < count - last else "output"
    named = [name for name in ("input", "hidden", "output") if groups[name] != 1.0]
    made = []
    for group in [None] + named:
        factor = groups[group] if group else 1.0
        own = [p for index, p in enumerate(model.parameters) if (part(index) if part(index) in named else None) == group]
        vectors = [p for p in own if len(p) == 1]
        matrices = [p for p in own if len(p) > 1]
        if groups["decay_vectors"]:
            made.append({"params": own, "lr": lr * factor})
        else:
            made.append({"params": matrices, "lr": lr * factor})
            made.append({"params": vectors, "lr": lr * factor, "weight_decay": 0.0})
    return made


def optimizer(rule, parameters, lr, decay):
    (name, arguments), = rule.items()
    if name == "Sgd":
        return torch.optim.SGD(parameters, lr, momentum=arguments["momentum"], nesterov=arguments["nesterov"], weight_decay=decay)
    kind = torch.optim.Adam if name == "Adam" else torch.optim.AdamW
    return kind(parameters, lr, betas=(arguments["beta1"], arguments["beta2"]), eps=arguments["epsilon"], weight_decay=decay)


def train(experiment, lr, schedule, seed):
    model, draw = task(experiment, seed)
    for parameter in model.parameters:
        parameter.requires_grad_(True)
    decay = next(iter(experiment["optimizer"].values()))["weight_decay"]
    groups = experiment.get("groups", ONE_GROUP)
    opt = optimizer(experiment["optimizer"], parameter_groups(model, groups, lr), lr, decay)
    scheduler = eval(schedule, {name: getattr(torch.optim.lr_scheduler, name) for name in dir(torch.optim.lr_scheduler)} | {"opt": opt})
    losses = []
    for _ in range(STEPS):
        inputs, targets = draw()
        opt.zero_grad()
        loss = F.cross_entropy(model.forward(inputs), targets)
        loss.backward()
        if experiment["clip"] is not None:
            torch.nn.utils.clip_grad_norm_(model.parameters, experiment["clip"])
        opt.step()
        scheduler.step()
        losses.append(loss.item())
    return losses


# ---- cases

def sgd(momentum, nesterov=False, weight_decay=0.0):
    return {"Sgd": {"momentum": momentum, "nesterov": nesterov, "weight_decay": weight_decay}}


def adam(name="Adam", weight_decay=0.0, beta2=0.999, epsilon=1e-8):
    return {name: {"beta1": 0.9, "beta2": beta2, "epsilon": epsilon, "weight_decay": weight_decay}}


SPIRALS = {"Points": ["Spirals", {"hidden": 16, "layers": 2, "activation": "Tanh"}]}
TEACHER_TASK = {"Teacher": [{"inputs": 20, "classes": 10, "noise": 0.15}, {"hidden": 64, "layers": 2, "activation": "Relu"}]}
IMAGES = {"Images": ["Drawn", {"channels": 4}]}
CONSTANT = "ConstantLR(opt, factor=1.0)"
ONE_CYCLE = "OneCycleLR(opt, max_lr=0.1, total_steps=50)"


def transformer(kind, norm):
    model = {"layers": 2, "d_model": 16, "heads": 2, "feed_forward": 24, "sequence": 5, "vocabulary": 6, "norm": norm}
    return {"Tokens": [kind, model]}


ONE_GROUP = {"input": 1.0, "hidden": 1.0, "output": 1.0, "decay_vectors": True}

# Task, optimizer, clipping, LR, schedule, and what differs from a single parameter group.
CASES = [
    (SPIRALS, sgd(0.0), None, 0.1, CONSTANT),
    (SPIRALS, sgd(0.9), None, 0.1, CONSTANT),
    (SPIRALS, sgd(0.9, nesterov=True), None, 0.1, CONSTANT),
    (SPIRALS, sgd(0.9, weight_decay=0.05), None, 0.1, CONSTANT),
    (SPIRALS, sgd(0.9, nesterov=True, weight_decay=0.05), 0.3, 0.1, "CosineAnnealingLR(opt, T_max=50)"),
    (SPIRALS, sgd(0.9), None, 0.1, ONE_CYCLE),
    (TEACHER_TASK, sgd(0.9), None, 0.05, "LinearLR(opt, 1.0, 0.0, total_iters=50)"),
    (TEACHER_TASK, sgd(0.9), 0.5, 0.05, ONE_CYCLE),
    (TEACHER_TASK, adam(), None, 0.003, CONSTANT),
    (TEACHER_TASK, adam(weight_decay=0.05), None, 0.003, CONSTANT),
    (TEACHER_TASK, adam("AdamW", weight_decay=0.5), None, 0.003, CONSTANT),
    (TEACHER_TASK, adam("AdamW", weight_decay=0.5, beta2=0.95, epsilon=1e-3), 0.5, 0.003, "LinearLR(opt, 0.1, total_iters=20)"),
    (TEACHER_TASK, adam(), None, 0.003, "OneCycleLR(opt, max_lr=0.01, total_steps=50)"),
    (transformer("Reverse", "Post"), adam(), None, 0.003, "LinearLR(opt, 0.05, total_iters=20)"),
    (transformer("Reverse", "Pre"), adam(), None, 0.003, CONSTANT),
    (transformer("Copy", "Post"), adam("AdamW", weight_decay=0.1), None, 0.003, CONSTANT),
    (transformer("Sort", "Pre"), adam("AdamW", weight_decay=0.1), 1.0, 0.003, CONSTANT),
    (transformer("ModularAddition", "Pre"), sgd(0.9), None, 0.03, CONSTANT),
    (TEACHER_TASK, sgd(0.9, weight_decay=0.05), None, 0.05, "CosineAnnealingLR(opt, T_max=50)", {"input": 0.1, "hidden": 0.1}),
    (TEACHER_TASK, sgd(0.9, nesterov=True, weight_decay=0.05), 0.5, 0.05, CONSTANT, {"output": 2.0, "decay_vectors": False}),
    (SPIRALS, sgd(0.9), None, 0.1, "OneCycleLR(opt, max_lr=[0.1, 0.02, 0.05], total_steps=50)", {"input": 0.2, "output": 0.5}),
    (TEACHER_TASK, adam("AdamW", weight_decay=0.5), None, 0.003, CONSTANT, {"decay_vectors": False}),
    (transformer("Reverse", "Pre"), adam("AdamW", weight_decay=0.5), 1.0, 0.003, "LinearLR(opt, 0.1, total_iters=20)", {"input": 0.1, "hidden": 0.5, "decay_vectors": False}),
    (transformer("Copy", "Post"), adam(weight_decay=0.05), None, 0.003, "CosineAnnealingLR(opt, T_max=50)", {"input": 0.0, "output": 3.0, "decay_vectors": False}),
    (IMAGES, sgd(0.9), None, 0.05, "CosineAnnealingLR(opt, T_max=50)"),
    (IMAGES, adam("AdamW", weight_decay=0.1), 1.0, 0.003, ONE_CYCLE.replace("0.1", "0.01"), {"input": 0.5, "decay_vectors": False}),
]


def main():
    torch.set_num_threads(1)
    rows = []
    for seed, (kind, rule, clip, lr, schedule, *groups) in enumerate(CASES):
        # OneCycleLR calls step() once more after the last step, which torch refuses.
        schedule = schedule.replace("total_steps=50", "total_steps=51")
        experiment = {
            "task": kind, "optimizer": rule, "clip": clip, "batch": 16, "steps": STEPS, "data": "Fresh",
            "validation": None, "goal": 0.95,
        }
        if groups:
            experiment["groups"] = ONE_GROUP | groups[0]
        losses = train(experiment, lr, schedule, seed)
        rows.append(json.dumps({"experiment": experiment, "lr": lr, "schedule": schedule, "seed": seed, "losses": losses}))
    print("{\"torch\": \"%s\", \"cases\": [\n%s\n]}" % (torch.__version__, ",\n".join(rows)))


main()
