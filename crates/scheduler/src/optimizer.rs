//! The part of an optimizer that schedulers read and write: the LR and the momentum of each parameter group.

/// Which hyperparameter a momentum-cycling schedule drives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MomentumKind {
    /// The optimizer has neither (Adagrad): cycling the momentum is an error.
    None,
    /// `momentum`, as in SGD and RMSprop. Present even where it is 0.
    Momentum,
    /// The first of `betas`, as in Adam and AdamW.
    Beta1,
}

/// One parameter group, with the keys that torch's schedulers store in it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Group {
    pub lr: f64,
    /// Set by the first scheduler that is attached; OneCycleLR overwrites it.
    pub initial_lr: Option<f64>,
    pub max_lr: f64,
    pub min_lr: f64,
    /// `momentum` or `betas[0]`.
    pub momentum: f64,
    pub base_momentum: f64,
    pub max_momentum: f64,
}

/// An optimizer as its schedulers see it.
#[derive(Clone, Debug, PartialEq)]
pub struct Optimizer {
    pub(crate) momentum_kind: MomentumKind,
    pub(crate) groups: Vec<Group>,
}

impl Optimizer {
    /// An optimizer with one parameter group for each of `lrs`, all with the same `momentum` (ignored for
    /// [`MomentumKind::None`]).
    pub fn new(lrs: &[f64], momentum_kind: MomentumKind, momentum: f64) -> Self {
        let group = |&lr| Group {
            lr,
            initial_lr: None,
            max_lr: 0.0,
            min_lr: 0.0,
            momentum,
            base_momentum: 0.0,
            max_momentum: 0.0,
        };
        Self { momentum_kind, groups: lrs.iter().map(group).collect() }
    }

    /// `torch.optim.SGD`.
    pub fn sgd(lrs: &[f64], momentum: f64) -> Self {
        Self::new(lrs, MomentumKind::Momentum, momentum)
    }

    /// `torch.optim.Adam` or `AdamW` with `betas[0] = beta1` (torch's default is 0.9).
    pub fn adam(lrs: &[f64], beta1: f64) -> Self {
        Self::new(lrs, MomentumKind::Beta1, beta1)
    }

    /// The LR of each parameter group.
    pub fn lrs(&self) -> Vec<f64> {
        self.groups.iter().map(|group| group.lr).collect()
    }

    /// The momentum (or beta1) of each parameter group; `None` where the optimizer has neither.
    pub fn momenta(&self) -> Option<Vec<f64>> {
        (self.momentum_kind != MomentumKind::None).then(|| self.groups.iter().map(|group| group.momentum).collect())
    }
}
