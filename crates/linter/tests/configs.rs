//! Config files: what is recognised, where the problem is said to be, and what merely looks alike.

use linter::Document;
use linter::configs::{Language, plans};
use linter::source::Lines;

fn findings(name: &str, text: &str) -> Vec<(usize, usize, &'static str)> {
    let document = Document::read(name, text.as_bytes()).unwrap();
    let linted = linter::lint(&document).unwrap_or_else(|problem| panic!("{}\n{text}", problem.message));
    let lines = Lines::new(text.as_bytes());
    let place = |at: u32| lines.place(text.as_bytes(), at as usize);
    linted
        .findings
        .iter()
        .map(|finding| {
            let place = place(finding.span.start);
            (place.line, place.column, finding.rule.name)
        })
        .collect()
}

/// Files with `scheduler`, `warmup`, `lr` and their like in them that train nothing.
const LOOK_ALIKE: [(&str, &str); 12] = [
    (
        "ci.yml",
        "name: nightly\non:\n  schedule:\n    - cron: '0 3 * * *'\njobs:\n  warmup_steps:\n    runs-on: ubuntu-latest\n    \
         steps:\n      - run: echo ${{ secrets.TOKEN }}\n",
    ),
    (
        "package.json",
        r#"{"name": "app", "dependencies": {"scheduler": "^0.23.0", "react": "18"}, "scripts": {"warmup": "node x.js"}}"#,
    ),
    ("docker-compose.yml", "services:\n  scheduler:\n    image: airflow\n    environment:\n      WARMUP_STEPS: 100\n"),
    (
        "deployment.yaml",
        "apiVersion: v1\nkind: Pod\nspec:\n  schedulerName: my-scheduler\n---\nkind: Job\nspec:\n  warmup_epochs: 3\n",
    ),
    ("helm.yaml", "scheduler:\n  type: {{ .Values.type }}\n  warmup: {{ .Values.warmup }}\n"),
    (
        "scheduler_config.json",
        r#"{"_class_name": "DDIMScheduler", "num_train_timesteps": 1000, "beta_schedule": "scaled_linear"}"#,
    ),
    ("config.json", r#"{"architectures": ["BertModel"], "hidden_size": 768, "warmup_steps": 0, "max_steps": 0}"#),
    (
        "sweep.yaml",
        "method: bayes\nparameters:\n  learning_rate: {min: 1.0e-5, max: 1.0e-3}\n  lr_scheduler_type: {values: [constant]}\n  \
         num_train_epochs: {value: 3}\n  warmup_steps: {value: 100}\n  per_device_train_batch_size: {value: 8}\n",
    ),
    ("cluster.json", r#"{"scheduler": {"type": "slurm", "params": {"warmup_num_steps": 10, "total_num_steps": 5}}}"#),
    ("benchmark.yaml", "warmup_steps: 100\nmax_steps: 10\noutput_dir: out\n"),
    ("hooks.yaml", "param_scheduler:\n  - {name: cron, begin: 10, end: 5}\n"),
    ("model.yaml", "_target_: app.jobs.Scheduler\nscheduler:\n  _target_: app.jobs.StepLR\n  verbose: true\n"),
];

#[test]
fn what_looks_alike_is_left_alone() {
    for (name, text) in LOOK_ALIKE {
        let language = Language::of_file(name).unwrap();
        // What is no YAML after all, a template, is not read.
        let found = plans(text, language).unwrap_or_default();
        // A sweep has the names, but not the values.
        let is_sweep = name == "sweep.yaml";
        assert!(found.is_empty() || is_sweep, "{name}: {found:?}");
        if !found.is_empty() {
            assert!(findings(name, text).is_empty(), "{name}");
        }
    }
}

#[test]
fn the_place_is_that_of_the_entry() {
    let text = "# fine-tuning\nmodel_name_or_path: x\nper_device_train_batch_size: 1\nnum_train_epochs: 3\n\
                lr_scheduler_type: constant\nwarmup_steps: 50\n";
    assert_eq!(findings("sft.yaml", text), [(6, 1, "warmup-ignored-by-constant-schedule")]);
    let text = "{\n  \"train_batch_size\": 8,\n  \"scheduler\": {\n    \"type\": \"WarmupDecayLR\",\n    \"params\": {\n      \
                \"warmup_num_steps\": 100,\n      \"total_num_steps\": 50\n    }\n  }\n}\n";
    assert_eq!(findings("ds.json", text), [(6, 7, "warmup-longer-than-run")]);
}

/// Settings of a script inside a section, and a second document in the same file.
#[test]
fn sections_and_documents_are_searched() {
    let text = "model: {name: x}\ntraining:\n  output_dir: out\n  num_train_epochs: 1\n  learning_rate: 1e-5\n  \
                lr_scheduler_type: cosine_annealing\n---\nbase_model: x\nmicro_batch_size: 1\nnum_epochs: 1\n\
                lr_scheduler: constant\nwarmup_steps: 3\ndatasets: []\n";
    assert_eq!(
        findings("all.yaml", text),
        [(6, 3, "unknown-scheduler-type"), (12, 1, "warmup-ignored-by-constant-schedule")]
    );
}

/// What a config has built is judged by the rules for schedules, whoever builds them.
#[test]
fn schedules_that_a_config_has_built() {
    let hydra = "_target_: src.Module\noptimizer:\n  _target_: torch.optim.Adam\n  _partial_: true\n  lr: 0.001\n\
                 scheduler:\n  _target_: torch.optim.lr_scheduler.CosineAnnealingLR\n  _partial_: true\n  T_max: 100\n  \
                 eta_min: 0.01\n";
    let plans = plans(hydra, Language::Yaml).unwrap();
    assert_eq!(plans.len(), 1);
    assert_eq!(plans[0].schedules[0].class, "CosineAnnealingLR");
    assert_eq!(plans[0].optimizers[0].lr.value, Some(0.001));
    assert_eq!(findings("model.yaml", hydra).len(), 1, "a floor above the LR");
    assert_eq!(findings("model.yaml", hydra)[0].0, 10);
    let lightning = "trainer: {max_epochs: 10}\noptimizer:\n  class_path: torch.optim.SGD\n  init_args: {lr: 0.1}\n\
                     lr_scheduler:\n  class_path: torch.optim.lr_scheduler.MultiStepLR\n  init_args:\n    milestones: [30, 60]\n";
    assert_eq!(findings("config.yaml", lightning), [(8, 5, "milestones-beyond-run")]);
    // What torch would refuse, a program puts there.
    let placeholder = "optimizer:\n  class_path: torch.optim.AdamW\n  init_args: {lr: 0.0003}\nlr_scheduler:\n  \
                       class_path: torch.optim.lr_scheduler.OneCycleLR\n  init_args: {max_lr: 0.0, total_steps: 0}\n";
    assert!(findings("cifar10.yaml", placeholder).is_empty());
    // As the widely copied template has it.
    let fine = "optimizer:\n  _target_: torch.optim.Adam\n  _partial_: true\n  lr: 0.001\nscheduler:\n  \
                _target_: torch.optim.lr_scheduler.ReduceLROnPlateau\n  _partial_: true\n  mode: min\n  factor: 0.1\n  \
                patience: 10\n";
    assert!(findings("mnist.yaml", fine).is_empty());
}
