//! Scripts that choose their optimizer and schedule by options: what is chosen is what is shown.

use crate::common::{folder, lrscope, seen};
use crate::write;

const SCRIPT: &str = "
import argparse
import torch
parser = argparse.ArgumentParser()
parser.add_argument('--opt', default='adam', choices=['sgd', 'adam'])
parser.add_argument('--scheduler', default='cosine', choices=['step', 'cosine'])
parser.add_argument('--warm-start', action='store_true')
parser.add_argument('--epochs', type=int, default=4)
args = parser.parse_args()

def build(name):
    match name:
        case 'sgd':
            return torch.optim.SGD(model.parameters(), lr=0.1)
        case 'adam' | 'adamw':
            return torch.optim.Adam(model.parameters(), lr=0.01)
        case _:
            raise ValueError(name)

optimizer = build(args.opt)
if args.scheduler.lower() == 'step':
    scheduler = torch.optim.lr_scheduler.StepLR(optimizer, step_size=2)
elif args.scheduler.lower() == 'cosine':
    if args.warm_start:
        scheduler = torch.optim.lr_scheduler.LinearLR(optimizer, total_iters=2)
    else:
        scheduler = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=args.epochs)
for epoch in range(args.epochs):
    for x, y in train_loader:
        scaler.scale(model(x, y)).backward()
        scaler.step(optimizer=optimizer)
    scheduler.step()
    print(scheduler.get_last_lr())
";

#[test]
fn options_choose_the_optimizer_and_the_schedule() {
    let folder = folder("choices");
    write(&folder, &[("train.py", SCRIPT)]);
    let show = |said: &[&str]| {
        let said = said.iter().flat_map(|said| ["--set", said]);
        let all = ["show", "train.py", "--format", "csv", "--set", "steps_per_epoch=1"].into_iter().chain(said);
        seen(&lrscope(&folder, &all.collect::<Vec<_>>()))
    };
    insta::assert_snapshot!("choices_by_default", show(&[]));
    insta::assert_snapshot!("choices_as_said", show(&["opt=SGD", "scheduler=step"]));
    insta::assert_snapshot!("choices_of_a_flag", show(&["warm_start=1"]));
    insta::assert_snapshot!("choices_nobody_asked_for", show(&["sheduler=step"]));
    insta::assert_snapshot!("choices_no_number", show(&["epochs=many"]));
}

/// A trainer that is told everything by a dict, with defaults of its own.
const TRAINER: &str = "
import torch

class Trainer:
    def __init__(self, config):
        self.kind = config.get('lr_scheduler', 'steplr')
        self.epochs = config.get('max_epoch', 4)
        self.optimizer = torch.optim.SGD(model.parameters(), lr=config.get('lr', 0.1))
        if self.kind.lower() == 'cosine':
            self.scheduler = torch.optim.lr_scheduler.CosineAnnealingLR(self.optimizer, config.get('T_max', 2))
        elif self.kind.lower() == 'steplr':
            self.scheduler = torch.optim.lr_scheduler.StepLR(self.optimizer, config.get('step_size', 1))
        else:
            self.scheduler = None

    def train(self):
        for epoch in range(self.epochs):
            for x, y in train_loader:
                model(x, y).backward()
                self.optimizer.step()
            if self.scheduler is not None:
                self.scheduler.step()
";

#[test]
fn a_dict_of_settings_chooses_by_its_defaults() {
    let folder = folder("choices-of-a-dict");
    write(&folder, &[("trainer.py", TRAINER)]);
    let show = ["show", "trainer.py", "--format", "csv", "--set", "steps_per_epoch=1"];
    insta::assert_snapshot!("choices_of_a_dict", seen(&lrscope(&folder, &show)));
    let cosine = [&show[..], &["--set", "lr_scheduler=cosine"]].concat();
    insta::assert_snapshot!("choices_of_a_dict_as_said", seen(&lrscope(&folder, &cosine)));
}
