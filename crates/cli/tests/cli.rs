//! What a user of the command line sees, save for `lrscope lint`.

#[path = "common/mod.rs"]
mod common;

use std::process::{Command, Stdio};

use common::{folder, lrscope, seen};

#[test]
fn schedules_are_drawn() {
    let folder = folder("show");
    let cosine = "CosineAnnealingLR(opt, T_max=100)";
    insta::assert_snapshot!("chart", seen(&lrscope(&folder, &["show", cosine, "--lr", "0.1", "--steps", "101"])));
    insta::assert_snapshot!(
        "csv",
        seen(&lrscope(&folder, &["show", cosine, "--lr", "0.1,0.01", "--steps", "4", "--format", "csv"]))
    );
    let one_cycle = "OneCycleLR(max_lr=0.1, total_steps=5)";
    insta::assert_snapshot!(
        "past_the_end",
        seen(&lrscope(&folder, &["show", one_cycle, "--steps", "9", "--format", "json"]))
    );
    let plateau = "ReduceLROnPlateau(patience=0)";
    let arguments = ["show", plateau, "--metrics", "1,1,1", "--steps", "4", "--format", "csv"];
    insta::assert_snapshot!("plateau", seen(&lrscope(&folder, &arguments)));
    let link = "https://example.org/#lane=plain~0.1~StepLR(step_size=2)&lane=warm~0.2~LinearLR(total_iters=2)&v=1";
    insta::assert_snapshot!("link", seen(&lrscope(&folder, &["show", link, "--steps", "3", "--format", "json"])));
}

#[test]
fn several_schedules_are_drawn_over_one_another() {
    let folder = folder("overlay");
    let schedules = ["CosineAnnealingLR(T_max=60)", "WSD(60, warmup_steps=5)"];
    let show = |arguments: &[&str]| seen(&lrscope(&folder, &[&["show"][..], &schedules, arguments].concat()));
    insta::assert_snapshot!("overlay", show(&["--steps", "61"]));
    insta::assert_snapshot!("overlay_log", show(&["--steps", "60", "--log"]));
    insta::assert_snapshot!("svg", show(&["--steps", "5", "--format", "svg"]));
    insta::assert_snapshot!("table", seen(&lrscope(&folder, &["show", "StepLR(30)", "--format", "table"])));
}

#[test]
fn epochs_are_rows_where_the_lr_stays_within_them() {
    let folder = folder("epochs");
    let script = "\
import torch
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
scheduler = torch.optim.lr_scheduler.MultiStepLR(optimizer, config.milestones, gamma=0.1)
for epoch in range(8):
    for x, y in train_loader:
        loss(model(x), y).backward()
        optimizer.step()
    scheduler.step()
";
    let factory = "\
from torch.optim.lr_scheduler import CosineAnnealingLR, StepLR
def build(optimizer, name):
    if name == 'cosine':
        return CosineAnnealingLR(optimizer, T_max=40)
    return StepLR(optimizer, step_size=10, gamma=0.5)
";
    std::fs::write(folder.join("train.py"), script).unwrap();
    std::fs::write(folder.join("factory.py"), factory).unwrap();
    let show = |arguments: &[&str]| seen(&lrscope(&folder, &[&["show"][..], arguments].concat()));
    let asked = show(&["train.py"]);
    let csv = show(&["train.py", "--set", "milestones=[2,5]", "--format", "csv"]);
    let alone = show(&["factory.py", "--format", "table", "--steps", "3"]);
    insta::assert_snapshot!("script_by_epoch", [asked, csv, alone].join("\n"));
}

#[test]
fn a_script_is_shown_with_the_config_that_an_option_names() {
    let folder = folder("show_with_config");
    let script = "
import argparse, torch, yaml
parser = argparse.ArgumentParser()
parser.add_argument('--config-file', required=True)
args = parser.parse_args()
with open(args.config_file) as file:
    config = yaml.safe_load(file)
optimizer = torch.optim.SGD(model.parameters(), lr=config['lr'])
scheduler = torch.optim.lr_scheduler.StepLR(optimizer, config['step_size'], gamma=config['gamma'])
for epoch in range(config['epochs']):
    for x, y in train_loader:
        loss(model(x), y).backward()
        optimizer.step()
    scheduler.step()
";
    std::fs::write(folder.join("train.py"), script).unwrap();
    std::fs::write(folder.join("short.yaml"), "lr: 0.1\nstep_size: 2\ngamma: 0.5\nepochs: 4\n").unwrap();
    std::fs::write(folder.join("broken.yaml"), "lr: [\n").unwrap();
    let set = |set: &str| seen(&lrscope(&folder, &["show", "train.py", "--set", set, "--format", "csv"]));
    let asked = seen(&lrscope(&folder, &["show", "train.py"]));
    let texts = ["config_file=short.yaml", "config_file=broken.yaml", "config_file=none.yaml", "settings=short.yaml"];
    insta::assert_snapshot!("script_with_config", [vec![asked], texts.map(set).to_vec()].concat().join("\n"));
}

#[test]
fn a_script_is_shown_by_the_lr_that_it_will_produce() {
    let folder = folder("script");
    let script = "\
import argparse, torch
parser = argparse.ArgumentParser()
parser.add_argument('--epochs', type=int, default=90)
args = parser.parse_args()
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
scheduler = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=args.epochs)
for epoch in range(args.epochs):
    for x, y in train_loader:
        loss(model(x), y).backward()
        optimizer.step()
        scheduler.step()
";
    std::fs::write(folder.join("train.py"), script).unwrap();
    std::fs::write(folder.join("library.py"), "def area(r):\n    return 3.14 * r * r\n").unwrap();
    std::fs::write(folder.join("broken.py"), "scheduler.step(\n").unwrap();
    let show = |arguments: &[&str]| seen(&lrscope(&folder, &[&["show"][..], arguments].concat()));
    insta::assert_snapshot!("script", show(&["train.py", "--set", "steps_per_epoch=20", "--set", "epochs=10"]));
    let few = ["train.py", "--set", "steps_per_epoch=2", "--steps", "4", "--format", "csv"];
    insta::assert_snapshot!("script_csv", show(&few));
    insta::assert_snapshot!(
        "script_refused",
        [
            &["train.py"][..],
            &["train.py", "--set", "steps_per_epoch=2", "--set", "momentum=0.9"],
            &["train.py", "--set", "epochs"],
            &["StepLR(30)", "--set", "epochs=3"],
            &["library.py"],
            &["broken.py"],
        ]
        .map(show)
        .join("\n\n")
    );
}

#[test]
fn a_config_is_shown_by_the_lr_that_its_framework_will_give() {
    let folder = folder("config");
    let options = "learning_rate = 1e-4\nlr_scheduler_type = 'cosine'\nwarmup_steps = 2\noutput_dir = 'out'\n\
                   gradient_accumulation_steps = 2\nper_device_train_batch_size = 4\n";
    std::fs::write(folder.join("train.toml"), options).unwrap();
    std::fs::write(folder.join("ci.yaml"), "jobs: {test: {steps: [lint]}}\n").unwrap();
    std::fs::write(folder.join("broken.toml"), "a = [1,\n").unwrap();
    let show = |arguments: &[&str]| seen(&lrscope(&folder, &[&["show"][..], arguments].concat()));
    insta::assert_snapshot!(
        "config",
        [
            &["train.toml", "--set", "steps_per_epoch=6", "--format", "csv"][..],
            &["train.toml", "--set", "dataset_size=24", "--set", "num_train_epochs=1", "--format", "table"],
            &["train.toml"],
            &["train.toml", "--set", "steps_per_epoch=6", "--set", "warmup=1"],
            &["ci.yaml"],
            &["broken.toml"],
        ]
        .map(show)
        .join("\n\n")
    );
}

#[test]
fn a_training_run_decides_which_step_gets_which_lr() {
    let folder = folder("run");
    let run =
        ["--epochs", "2", "--dataset-size", "1000", "--batch-size", "128", "--accumulation", "2", "--format", "csv"];
    let show = |arguments: &[&str]| {
        seen(&lrscope(&folder, &[&["show", "LinearLR(1.0, 0.0, total_iters=8)"][..], &run, arguments].concat()))
    };
    let runs: Vec<String> = [
        &["--cadence", "step"][..],
        &["--cadence", "epoch"],
        &["--cadence", "batch"],
        &["--processes", "2", "--steps-per-process"],
        &["--resume-at", "4"],
        &["--resume-at", "4", "--resume-as", "LinearLR(1.0, 0.0, total_iters=16)"],
    ]
    .iter()
    .map(|arguments| format!("{}\n{}", arguments.join(" "), show(arguments)))
    .collect();
    insta::assert_snapshot!("run", runs.join("\n"));
}

#[test]
fn what_python_would_refuse_is_told_in_json() {
    let folder = folder("refused");
    let refused: Vec<String> = [
        "CosineAnealingLR(T_max=3)",
        "StepLR(stepsize=3)",
        "OneCycleLR(0.1, total_steps=10, pct_start=1)",
        "get_scheduler('cosine', num_training_steps=10)",
        "CosineLRScheduler(t_initial=0)",
        "StepLR(3, last_epoch=2)",
    ]
    .iter()
    .map(|schedule| seen(&lrscope(&folder, &["show", schedule, "--format", "json"])))
    .collect();
    insta::assert_snapshot!("refused", refused.join("\n"));
    let resumed =
        ["show", "StepLR(3, last_epoch=2)", "--lr", "0.1", "--initial-lr", "0.1", "--steps", "5", "--format", "csv"];
    assert!(seen(&lrscope(&folder, &resumed)).contains("0,0.010000000000000002\n"));
}

#[test]
fn schedules_and_metrics_come_from_files() {
    let folder = folder("files");
    std::fs::write(folder.join("schedules.txt"), "StepLR(2)\n\n# a comment\nExponentialLR(0.5)\n").unwrap();
    std::fs::write(folder.join("metrics.txt"), "1\n1\nnan\n").unwrap();
    let json = seen(&lrscope(&folder, &["show", "schedules.txt", "--steps", "3", "--format", "json"]));
    assert!(json.contains("\"name\":\"StepLR(2)\"") && json.contains("0.025"), "{json}");
    let plateau =
        ["show", "ReduceLROnPlateau(patience=1)", "--metrics", "metrics.txt", "--steps", "4", "--format", "csv"];
    assert!(seen(&lrscope(&folder, &plateau)).contains("3,0.010000000000000002"));
}

#[test]
fn code_is_written_for_every_framework() {
    let folder = folder("export");
    let warmup_cosine = "SequentialLR([LinearLR(0.01, total_iters=10), CosineAnnealingLR(T_max=90)], [10])";
    let mut all = String::new();
    for target in ["pytorch", "lightning", "transformers", "timm", "optax", "keras", "burn"] {
        let arguments = ["export", target, warmup_cosine, "--epochs", "10", "--steps", "100"];
        all += &format!("# {target}\n{}\n", seen(&lrscope(&folder, &arguments)));
    }
    for arguments in [
        &["pytorch", "CosineAnnealingLR(T_max=90)", "--unit", "epoch", "--epochs", "90", "--lr", "0.1,0.01"][..],
        &["pytorch", "ReduceLROnPlateau(patience=3)", "--unit", "epoch", "--optimizer", "AdamW"],
        &["transformers", "get_scheduler('cosine', num_warmup_steps=10, num_training_steps=100)", "--lr", "5e-5"],
        &["timm", "OneCycleLR(0.1, total_steps=10)"],
        &["optax", "ReduceLROnPlateau()"],
        &["keras", "CosineAnnealingLR(T_max=9)", "--unit", "epoch"],
    ] {
        all += &format!("# {}\n{}\n", arguments.join(" "), seen(&lrscope(&folder, &[&["export"], arguments].concat())));
    }
    insta::assert_snapshot!("export", all);
}

#[test]
fn a_link_brings_its_number_of_steps() {
    let folder = folder("link-steps");
    let link = "https://example.org/#lane=plain~0.1~StepLR(step_size=2)&steps=7&v=1";
    let output = lrscope(&folder, &["show", link, "--format", "csv"]);
    assert_eq!(String::from_utf8_lossy(&output.stdout).lines().count(), 1 + 7);
}

#[test]
fn bad_arguments_are_one_sentence_each() {
    let folder = folder("arguments");
    let cosine = "CosineAnnealingLR(opt, T_max=100)";
    let mut all = String::new();
    for arguments in [
        &["show", cosine, "--lr", "abc"][..],
        &["show", cosine, "--lr", "-1"],
        &["show", cosine, "--lr", "0.1,nan"],
        &["show", cosine, "--steps", "0"],
        &["show", cosine, "--steps", "1e9"],
        &["show", cosine, "--metrics", "a"],
        &["show", cosine, "--optimizer", "Sgd()"],
        &["show", "CosineAnealingLR(T_max=3)"],
        &["show", "CosineAnnealingLR(T_max="],
        &["show", "#lane=broken"],
        &["show", ""],
    ] {
        all += &format!("{}\n{}\n", arguments.join(" "), seen(&lrscope(&folder, arguments)));
    }
    insta::assert_snapshot!("bad_arguments", all);
}

#[test]
fn a_closed_pipe_is_no_panic() {
    let folder = folder("pipe");
    let mut child = Command::new(env!("CARGO_BIN_EXE_lrscope"))
        .args(["show", "ExponentialLR(gamma=0.99)", "--steps", "200000", "--format", "csv"])
        .current_dir(folder)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
    assert_eq!(output.status.code(), Some(0));
}

/// LRs that a script computes before the run, as DINO, SwAV and MoCo do; the numbers are those of numpy 2.4.
#[test]
fn lrs_that_are_computed_before_the_run() {
    let folder = folder("computed-lrs");
    let shown = |script: &str, arguments: &[&str]| -> Vec<f64> {
        std::fs::write(folder.join("train.py"), script).unwrap();
        let all = [&["show", "train.py", "--set", "steps_per_epoch=5", "--format", "csv"][..], arguments].concat();
        let output = lrscope(&folder, &all);
        let text = String::from_utf8(output.stdout.clone()).unwrap();
        let lrs = text.lines().skip(1).map(|line| line.split(',').nth(1).unwrap().parse().unwrap()).collect();
        assert_eq!(output.status.code(), Some(0), "{}", seen(&output));
        lrs
    };
    let loops = "
def train_one_epoch(loader, optimizer, schedule, epoch):
    for it, (x, y) in enumerate(loader):
        it = len(loader) * epoch + it
        for i, group in enumerate(optimizer.param_groups):
            group['lr'] = schedule[it]
        loss(model(x), y).backward()
        optimizer.step()
for epoch in range(4):
    train_one_epoch(loader, optimizer, schedule, epoch)
";
    let dino = "
import numpy as np, torch
def cosine_scheduler(base, final, epochs, niter_per_ep, warmup_epochs=0, start=0):
    warmup = np.array([])
    warmup_iters = warmup_epochs * niter_per_ep
    if warmup_epochs > 0:
        warmup = np.linspace(start, base, warmup_iters)
    iters = np.arange(epochs * niter_per_ep - warmup_iters)
    schedule = final + 0.5 * (base - final) * (1 + np.cos(np.pi * iters / len(iters)))
    schedule = np.concatenate((warmup, schedule))
    assert len(schedule) == epochs * niter_per_ep
    return schedule
optimizer = torch.optim.AdamW(groups)
schedule = cosine_scheduler(0.0005, 1e-6, 4, len(loader), warmup_epochs=1)
";
    let numpy = [
        0.0,
        0.000125,
        0.00025,
        0.000375,
        0.0005,
        0.0005,
        0.0004945478263830845,
        0.0004784295916818289,
        0.0004523497400965494,
        0.00041744808628653516,
        0.00037525000000000004,
        0.0003275997400965494,
        0.00027657985158527956,
        0.0002244201484147205,
        0.00017340025990345064,
        0.00012575000000000005,
        8.355191371346494e-05,
        4.865025990345063e-05,
        2.2570408318171056e-05,
        6.45217361691548e-06,
    ];
    assert_eq!(shown(&format!("{dino}{loops}"), &[]), numpy);
    let swav = "
import math
import numpy as np, torch
optimizer = torch.optim.SGD(model.parameters(), lr=4.8)
warmup = np.linspace(0, 4.8, len(loader) * 1)
iters = np.arange(len(loader) * (4 - 1))
cosine = np.array([0.0 + 0.5 * (4.8 - 0.0) * (1 + math.cos(math.pi * t / (len(loader) * (4 - 1)))) for t in iters])
schedule = np.concatenate((warmup, cosine))
";
    let numpy = [
        0.0,
        1.2,
        2.4,
        3.5999999999999996,
        4.8,
        4.8,
        4.747554241761134,
        4.592509098342242,
        4.341640786499874,
        4.005913455261259,
        3.5999999999999996,
        3.141640786499874,
        2.6508683118423684,
        2.149131688157632,
        1.6583592135001264,
        1.2000000000000004,
        0.794086544738741,
        0.4583592135001264,
        0.20749090165775766,
        0.052445758238866345,
    ];
    assert_eq!(shown(&format!("{swav}{loops}"), &[]), numpy);
    // An option chooses what is done by hand.
    let moco = "
import argparse, math, torch
parser = argparse.ArgumentParser()
parser.add_argument('--schedule', default=[1, 3], nargs='*', type=int)
parser.add_argument('--cos', action='store_true')
args = parser.parse_args()
optimizer = torch.optim.SGD(model.parameters(), lr=0.5)
def adjust_learning_rate(optimizer, epoch, args):
    lr = 0.5
    if args.cos:
        lr *= 0.5 * (1. + math.cos(math.pi * epoch / 4))
    else:
        for milestone in args.schedule:
            lr *= 0.5 if epoch >= milestone else 1.
    for group in optimizer.param_groups:
        group['lr'] = lr
for epoch in range(4):
    adjust_learning_rate(optimizer, epoch, args)
    for x, y in loader:
        loss(model(x), y).backward()
        optimizer.step()
";
    let by_epoch = |lrs: Vec<f64>| lrs.into_iter().step_by(5).collect::<Vec<f64>>();
    assert_eq!(by_epoch(shown(moco, &[])), [0.5, 0.25, 0.25, 0.125]);
    let cosine = [0.5, 0.42677669529663687, 0.25, 0.07322330470336313];
    assert_eq!(by_epoch(shown(moco, &["--set", "cos=true"])), cosine);
}

/// The lists that a scheduler of one's own returns are as long as there are groups, however they are made so.
#[test]
fn own_schedulers_return_lists() {
    let folder = folder("own-scheduler");
    for list in [
        "[lr]",
        "[lr] * len(self.base_lrs)",
        "[lr for g in self.optimizer.param_groups]",
        "[lr for _ in self.base_lrs]",
    ] {
        let script = format!(
            "
import torch
class Warm(torch.optim.lr_scheduler.LRScheduler):
    def __init__(self, optimizer, peak, steps):
        self.peak, self.steps = peak, steps
        super().__init__(optimizer)
    def get_lr(self):
        lr = self.peak * min(1.0, (self.last_epoch + 1) / self.steps)
        return {list}
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
scheduler = Warm(optimizer, 0.8, 4)
for step in range(6):
    loss(model(x)).backward()
    optimizer.step()
    scheduler.step()
"
        );
        std::fs::write(folder.join("train.py"), script).unwrap();
        let shown = seen(&lrscope(&folder, &["show", "train.py", "--format", "csv"]));
        assert!(shown.contains("0,0.2\n1,0.4\n2,0.6000000000000001\n3,0.8\n4,0.8\n5,0.8\n"), "{list}: {shown}");
    }
}
