//! The config files that a script reads: what they say are the defaults of the run.

use std::path::Path;

use crate::common::{folder, lrscope, seen};
use crate::write;

const CONFIG: &str = "
train:
  epochs: 100
  lr: 0.1
scheduler:
  name: CosineAnnealingLR
  args:
    T_max: 50
";

/// A run of 100 epochs under a cosine of 50, both said by a config.
fn train(reading: &str) -> String {
    format!(
        "
import argparse, json, os, yaml
from pathlib import Path
import torch
from torch.optim.lr_scheduler import CosineAnnealingLR
parser = argparse.ArgumentParser()
parser.add_argument('--config', default='conf/train.yaml')
parser.add_argument('--epochs', type=int)
args = parser.parse_args()
{reading}
optimizer = torch.optim.SGD(model.parameters(), lr=cfg['train']['lr'])
scheduler = CosineAnnealingLR(optimizer, T_max=cfg['scheduler']['args']['T_max'])
for epoch in range(cfg['train']['epochs']):
    for x, y in train_loader:
        optimizer.zero_grad()
        model(x, y).backward()
        optimizer.step()
    scheduler.step()
    print(scheduler.get_last_lr())
"
    )
}

const BY_OPTION: &str = "with open(args.config) as file:\n    cfg = yaml.safe_load(file)";

fn codes(folder: &Path) -> Vec<String> {
    let shown = seen(&lrscope(folder, &["lint", "train.py", "--format", "concise"]));
    shown.lines().filter_map(|line| Some(line.split_once("LRS")?.1.split(' ').next()?.to_owned())).collect()
}

#[test]
fn a_config_says_how_long_the_run_is() {
    let folder = folder("configs-read");
    write(&folder, &[("conf/train.yaml", CONFIG), ("train.py", &train(BY_OPTION))]);
    insta::assert_snapshot!("configs", seen(&lrscope(&folder, &["lint", "train.py"])));
    let show = ["show", "train.py", "--set", "steps_per_epoch=1", "--format", "csv", "--steps", "5"];
    insta::assert_snapshot!("configs_shown", seen(&lrscope(&folder, &show)));
    // What somebody says goes before.
    let shown = seen(&lrscope(&folder, &[&show[..], &["--set", "epochs=3"]].concat()));
    assert_eq!(
        shown.lines().filter(|line| line.starts_with(|first: char| first.is_ascii_digit())).count(),
        3,
        "{shown}"
    );
    // It is no longer read once it is right.
    write(&folder, &[("conf/train.yaml", &CONFIG.replace("50", "100"))]);
    assert_eq!(codes(&folder), Vec::<String>::new());
}

#[test]
fn all_ways_to_read_a_config() {
    let folder = folder("configs-ways");
    let json = r#"{"train": {"epochs": 100, "lr": 0.1}, "scheduler": {"args": {"T_max": 50}}}"#;
    write(&folder, &[("conf/train.yaml", CONFIG), ("conf/train.json", json), ("utils.py", "")]);
    for reading in [
        "cfg = yaml.load(open('conf/train.yaml'), Loader=yaml.FullLoader)",
        "cfg = yaml.safe_load(open(args.config).read())",
        "cfg = yaml.safe_load(Path(args.config).read_text())",
        "cfg = yaml.safe_load((Path('conf') / 'train.yaml').read_text())",
        "cfg = yaml.safe_load((Path(__file__).parent / 'conf' / 'train.yaml').open())",
        "with open(os.path.join(os.path.dirname(__file__), 'conf', 'train.json')) as file:\n    cfg = json.load(file)",
        "cfg = json.loads(open('conf/train.json').read())",
        "from omegaconf import OmegaConf\ncfg = OmegaConf.load(args.config)",
        "from easydict import EasyDict\ncfg = EasyDict(yaml.safe_load(open(args.config)))",
        // A function of the script.
        "def read(path):\n    with open(path) as file:\n        return yaml.safe_load(file)\ncfg = read(args.config)",
        // What the command line may say instead.
        &format!("{BY_OPTION}\nif args.epochs:\n    cfg['train']['epochs'] = args.epochs"),
    ] {
        write(&folder, &[("train.py", &train(reading))]);
        assert_eq!(codes(&folder), ["402"], "{reading}");
    }
    // The dict as it is afterwards.
    write(&folder, &[("train.py", &train(&format!("{BY_OPTION}\ncfg['train']['epochs'] = 50")))]);
    assert_eq!(codes(&folder), Vec::<String>::new());
}

#[test]
fn options_take_over_what_a_config_holds() {
    let folder = folder("configs-options");
    write(&folder, &[("flat.yaml", "epochs: 100\nlr: 0.1\nT_max: 50\n")]);
    let body = "
optimizer = torch.optim.SGD(model.parameters(), lr=args.lr)
scheduler = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=args.T_max)
for epoch in range(args.epochs):
    for x, y in train_loader:
        optimizer.zero_grad()
        model(x, y).backward()
        optimizer.step()
    scheduler.step()
    print(scheduler.get_last_lr())
";
    for ways in [
        "for key, value in cfg.items():\n    parser.add_argument(f'--{key}', default=value)\nargs = parser.parse_args()",
        "parser.set_defaults(**cfg)\nargs = parser.parse_args()",
        "args = parser.parse_args()\nfor key, value in cfg.items():\n    setattr(args, key, value)",
        "args = parser.parse_args()\nvars(args).update(cfg)",
        "args = parser.parse_args()\nargs.__dict__.update(cfg)",
    ] {
        let reading = "import argparse, yaml\nimport torch\nparser = argparse.ArgumentParser()\n\
                       cfg = yaml.safe_load(open('flat.yaml'))\n";
        write(&folder, &[("train.py", &format!("{reading}{ways}\n{body}"))]);
        assert_eq!(codes(&folder), ["402"], "{ways}");
    }
    // Hydra, until 1.0.
    let main = "import hydra\nimport torch\n@hydra.main(config_path='flat.yaml')\ndef main(args):\n    ";
    write(&folder, &[("train.py", &format!("{main}{}\nmain()\n", body.trim().replace('\n', "\n    ")))]);
    assert_eq!(codes(&folder), ["402"]);
}

#[test]
fn names_in_a_config_are_followed() {
    let folder = folder("configs-names");
    let by_name = train(BY_OPTION).replace(
        "CosineAnnealingLR(optimizer, T_max=cfg['scheduler']['args']['T_max'])",
        "getattr(torch.optim.lr_scheduler, cfg['scheduler']['name'])(optimizer, **cfg['scheduler']['args'])",
    );
    write(&folder, &[("conf/train.yaml", CONFIG), ("train.py", &by_name)]);
    assert_eq!(codes(&folder), ["402"]);
    // Arguments that are not written there cannot be changed there.
    let fixed = seen(&lrscope(&folder, &["lint", "train.py", "--diff", "--unsafe-fixes"]));
    assert!(!fixed.contains("+++"), "{fixed}");
    // A choice that a config makes is still a choice: another config makes another.
    let chosen = train(BY_OPTION).replace(
        "scheduler = CosineAnnealingLR(",
        "if cfg['scheduler']['name'] == 'StepLR':\n    scheduler = torch.optim.lr_scheduler.StepLR(optimizer, 200)\nelse:\n    scheduler = CosineAnnealingLR(",
    );
    write(&folder, &[("train.py", &chosen)]);
    assert_eq!(codes(&folder), ["403", "402"]);
}

#[test]
fn hydra_composes_configs() {
    let folder = folder("configs-hydra");
    let script = "
import hydra
import torch
from torch.optim.lr_scheduler import CosineAnnealingLR

@hydra.main(config_path='conf', config_name='main', version_base=None)
def main(cfg):
    optimizer = torch.optim.SGD(model.parameters(), lr=cfg.optimizer.lr)
    scheduler = CosineAnnealingLR(optimizer, T_max=cfg.optimizer.T_max)
    for epoch in range(cfg.epochs):
        for x, y in train_loader:
            optimizer.zero_grad()
            model(x, y).backward()
            optimizer.step()
        scheduler.step()
        print(scheduler.get_last_lr())

if __name__ == '__main__':
    main()
";
    write(
        &folder,
        &[
            ("train.py", script),
            (
                "conf/main.yaml",
                "defaults:\n  - _self_\n  - optimizer: sgd\n  - override hydra/launcher: joblib\nepochs: 1\n",
            ),
            // Of two that say it, the later one counts.
            ("conf/optimizer/sgd.yaml", "defaults:\n  - base\nlr: 0.1\n"),
            ("conf/optimizer/base.yaml", "lr: 1.0\nT_max: 50\n"),
        ],
    );
    write(&folder, &[("conf/main.yaml", "defaults:\n  - optimizer: sgd\n  - _self_\nepochs: 100\n")]);
    assert_eq!(codes(&folder), ["402"]);
    let show = ["show", "train.py", "--set", "steps_per_epoch=1", "--format", "csv", "--steps", "3"];
    insta::assert_snapshot!("configs_hydra", seen(&lrscope(&folder, &show)));
    // A config that includes itself ends.
    write(&folder, &[("conf/optimizer/base.yaml", "defaults:\n  - sgd\nT_max: 50\n")]);
    assert_eq!(codes(&folder), ["402"]);
}

#[test]
fn configs_that_cannot_be_read_say_nothing() {
    let folder = folder("configs-odd");
    let large = format!("{CONFIG}#{}\n", "x".repeat(70_000));
    let deep = format!("{CONFIG}deep: {}\n", "[".repeat(5000));
    write(&folder, &[("train.py", &train(BY_OPTION))]);
    for broken in ["train: [", "- 1\n- 2\n", "", "a: &a [*a]\n", &large, &deep] {
        write(&folder, &[("conf/train.yaml", broken)]);
        assert_eq!(codes(&folder), Vec::<String>::new(), "{}", &broken[..broken.len().min(20)]);
    }
    std::fs::write(folder.join("conf/train.yaml"), b"\xff\xfe\0").unwrap();
    assert_eq!(codes(&folder), Vec::<String>::new());
    // What is outside of the project is nobody's business.
    let outside = crate::common::folder("configs-outside").join("other.yaml");
    std::fs::write(&outside, CONFIG).unwrap();
    write(&folder, &[("train.py", &train(&format!("cfg = yaml.safe_load(open({outside:?}))")))]);
    assert_eq!(codes(&folder), Vec::<String>::new());
}
