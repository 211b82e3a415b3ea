//! What a file imports from the project around it.

use std::path::Path;

use crate::common::{folder, lrscope, seen};
use crate::write;

const CONFIG: &str = "
EPOCHS = 90
LR = 0.1
OPTIMIZER = 'sgd'
";

const ENGINE: &str = "
def train_one_epoch(model, loader, optimizer, scheduler):
    for x, y in loader:
        optimizer.zero_grad()
        model(x, y).backward()
        optimizer.step()
        scheduler.step()
";

const TRAIN: &str = "
import torch
from torch.optim.lr_scheduler import CosineAnnealingLR
from config import EPOCHS, LR
from engine import train_one_epoch
from data import train_loader
from model import model

optimizer = torch.optim.SGD(model.parameters(), lr=LR)
scheduler = CosineAnnealingLR(optimizer, T_max=EPOCHS)
for epoch in range(EPOCHS):
    train_one_epoch(model, train_loader, optimizer, scheduler)
    print(epoch, scheduler.get_last_lr())
";

/// The schedule of one module and the loop of another, brought together by a third.
const PACKAGE: [(&str, &str); 4] = [
    (
        "pkg/schedules.py",
        "
import torch

def build(optimizer, epochs):
    return torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=epochs)
",
    ),
    ("pkg/loops/__init__.py", "from .batches import one_epoch\n"),
    (
        "pkg/loops/batches.py",
        "
def one_epoch(loader, optimizer, scheduler):
    for batch in loader:
        optimizer.step()
        scheduler.step()
",
    ),
    (
        "pkg/main.py",
        "
import torch
from . import schedules
from .loops import one_epoch
import pkg.settings as settings

def main(model, train_loader):
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    scheduler = schedules.build(optimizer, settings.epochs)
    for epoch in range(settings.epochs):
        one_epoch(train_loader, optimizer, scheduler)
        print(scheduler.get_last_lr())
",
    ),
];

fn concise(folder: &Path, paths: &[&str]) -> String {
    seen(&lrscope(folder, &[&["lint", "--format", "concise"], paths].concat()))
}

#[test]
fn the_loop_of_another_file_is_followed() {
    let folder = folder("imports");
    write(&folder, &[("config.py", CONFIG), ("engine.py", ENGINE), ("train.py", TRAIN)]);
    insta::assert_snapshot!("imports", seen(&lrscope(&folder, &["lint"])));
    // The same if it is the only file that is looked at; and the loop by itself is right.
    assert_eq!(concise(&folder, &["train.py"]), concise(&folder, &["."]).replace("of 3 files", "of 1 file"));
    assert_eq!(lrscope(&folder, &["lint", "engine.py"]).status.code(), Some(0));
    insta::assert_snapshot!(
        "imports_shown",
        seen(&lrscope(&folder, &["show", "train.py", "--set", "steps_per_epoch=2", "--format", "csv", "--steps", "5"]))
    );
    // What can be mended is mended in the file that is looked at, and nowhere else.
    write(&folder, &[("engine.py", &ENGINE.replace("        scheduler.step()\n", "    scheduler.step()\n"))]);
    assert_eq!(lrscope(&folder, &["lint"]).status.code(), Some(0));
}

#[test]
fn what_only_an_importer_shows_is_told_in_the_module() {
    let folder = folder("package");
    write(&folder, &PACKAGE);
    write(&folder, &[("pkg/settings.py", "epochs = 90\n"), ("pkg/__init__.py", "")]);
    insta::assert_snapshot!("imports_elsewhere", seen(&lrscope(&folder, &["lint"])));
    // Two that run it tell it once.
    write(&folder, &[("pkg/again.py", PACKAGE[3].1)]);
    assert_eq!(concise(&folder, &["."]).matches("LRS101").count(), 1);
    // Nobody looks at the module.
    assert_eq!(lrscope(&folder, &["lint", "pkg/main.py"]).status.code(), Some(0));
    // Its comments and settings hold.
    let silenced = PACKAGE[2].1.replace("scheduler.step()", "scheduler.step()  # lrscope: ignore[LRS101] short epochs");
    write(&folder, &[("pkg/loops/batches.py", &silenced)]);
    assert_eq!(lrscope(&folder, &["lint"]).status.code(), Some(0));
    write(&folder, &[("pkg/loops/batches.py", PACKAGE[2].1), ("pkg/loops/lrscope.toml", "ignore = [\"LRS101\"]\n")]);
    assert_eq!(lrscope(&folder, &["lint"]).status.code(), Some(0));
}

#[test]
fn modules_that_cannot_be_followed_are_names() {
    let folder = folder("odd-imports");
    let train = |imports: &str| {
        format!(
            "{imports}{}",
            TRAIN.replace("from config import EPOCHS, LR\n", "").replace("from engine import train_one_epoch\n", "")
        )
    };
    let engine = "from engine import *\n";
    let all = "from config import *\n";
    write(&folder, &[("config.py", CONFIG), ("engine.py", ENGINE), ("train.py", &train(&format!("{all}{engine}")))]);
    assert_eq!(lrscope(&folder, &["lint", "train.py"]).status.code(), Some(1));
    let import = "import config as c, engine\nEPOCHS, LR, train_one_epoch = c.EPOCHS, c.LR, engine.train_one_epoch\n";
    write(&folder, &[("train.py", &train(import))]);
    assert_eq!(lrscope(&folder, &["lint", "train.py"]).status.code(), Some(1));
    // What imports itself, a module that is no Python, and one without a word that matters.
    for broken in ["from train import scheduler\nfrom engine import nothing\n", "def train_one_epoch(:\n", "x = 1\n"] {
        write(&folder, &[("engine.py", broken), ("train.py", TRAIN)]);
        assert_eq!(lrscope(&folder, &["lint", "train.py"]).status.code(), Some(0), "{broken}");
    }
    std::fs::write(folder.join("engine.py"), b"\xff\0").unwrap();
    assert_eq!(lrscope(&folder, &["lint", "train.py"]).status.code(), Some(0));
    // An endless chain ends.
    let chain: Vec<(String, String)> =
        (0..40).map(|at| (format!("m{at}.py"), format!("from m{} import epochs\nlr = 1\n", at + 1))).collect();
    let chain: Vec<(&str, &str)> = chain.iter().map(|(name, code)| (name.as_str(), code.as_str())).collect();
    write(&folder, &chain);
    write(&folder, &[("train.py", &format!("from m0 import epochs\n{TRAIN}"))]);
    assert_eq!(lrscope(&folder, &["lint", "train.py"]).status.code(), Some(0));
    // A choice that another file makes for this run is still a choice.
    let chosen = "
import torch
from config import OPTIMIZER
if OPTIMIZER == 'adam':
    scheduler = torch.optim.lr_scheduler.StepLR(optimizer, 30, verbose=True)
optimizer.step()
";
    write(&folder, &[("train.py", chosen)]);
    assert!(concise(&folder, &["train.py"]).contains("removed-verbose-argument"));
}

/// A Lightning module in a package that only hands it on, and a script that trains it.
const MODULE: &str = "
import pytorch_lightning as pl
import torch
class Net(pl.LightningModule):
    def __init__(self, layers, lr=0.1, **kwargs):
        super().__init__()
        self.save_hyperparameters()
    def training_step(self, batch, index):
        return self(batch)
    def configure_optimizers(self):
        optimizer = torch.optim.SGD(self.parameters(), lr=self.hparams.lr)
        scheduler = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=self.hparams.decay_epochs)
        return [optimizer], [scheduler]
";
const TRAINER: &str = "
from argparse import ArgumentParser
from pytorch_lightning import Trainer
from nets import Net
def main(args):
    Trainer(fast_dev_run=True).fit(Net(**vars(args)))
    net = Net(**vars(args))
    trainer = Trainer.from_argparse_args(args)
    trainer.fit(net)
parser = ArgumentParser()
parser.add_argument('--layers', default=3, type=int)
parser.add_argument('--lr', default=0.01, type=float)
parser.add_argument('--decay_epochs', default=20, type=int)
parser = Trainer.add_argparse_args(parser)
parser.set_defaults(max_epochs=50)
main(parser.parse_args())
";

#[test]
fn a_trainer_trains_the_module_of_another_file() {
    let folder = folder("lightning");
    write(&folder, &[("nets/__init__.py", "from .net import Net\n"), ("nets/net.py", MODULE), ("train.py", TRAINER)]);
    insta::assert_snapshot!("lightning_elsewhere", seen(&lrscope(&folder, &["lint"])));
    let show = ["show", "train.py", "--format", "csv", "--steps", "50"];
    insta::assert_snapshot!("lightning_shown", seen(&lrscope(&folder, &show)));
    // The module by itself does not know for how long.
    assert_eq!(lrscope(&folder, &["lint", "nets"]).status.code(), Some(0));
    // What the trainer knows of the run, the module may ask it.
    write(&folder, &[("nets/net.py", &MODULE.replace("self.hparams.decay_epochs", "self.trainer.max_epochs"))]);
    assert_eq!(lrscope(&folder, &["lint"]).status.code(), Some(0));
    assert!(seen(&lrscope(&folder, &show)).contains("49,"));
    let by_steps = MODULE
        .replace("self.hparams.decay_epochs", "self.trainer.estimated_stepping_batches")
        .replace("[optimizer], [scheduler]", "[optimizer], [{'scheduler': scheduler, 'interval': 'step'}]");
    write(&folder, &[("nets/net.py", &by_steps)]);
    assert_eq!(lrscope(&folder, &["lint"]).status.code(), Some(0));
    let shown = seen(&lrscope(&folder, &[&show[..4], &["--set", "steps_per_epoch=4"]].concat()));
    assert_eq!(shown.lines().filter(|line| line.starts_with(|c: char| c.is_ascii_digit())).count(), 200, "{shown}");
    // A module that comes from nowhere.
    write(&folder, &[("train.py", &TRAINER.replace("net = Net(**vars(args))", "net = build(args)"))]);
    let refused = seen(&lrscope(&folder, &["show", "train.py"]));
    assert!(refused.contains("The module that the trainer is given is built out of sight."), "{refused}");
}
