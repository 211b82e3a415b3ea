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
    /// Set by the first scheduler that is attached, or by a checkpoint; OneCycleLR overwrites it.
    pub initial_lr: Option<f64>,
    /// Written and read by OneCycleLR.
    pub max_lr: Option<f64>,
    /// Written and read by OneCycleLR.
    pub min_lr: Option<f64>,
    /// Written and read by SWALR.
    pub swa_lr: f64,
    /// timm's factor for layer-wise decay; 1 for none.
    pub lr_scale: f64,
    /// `momentum` or `betas[0]`.
    pub momentum: f64,
    pub base_momentum: f64,
    pub max_momentum: f64,
}

/// An optimizer as its schedulers see it. Several may be attached to one.
#[derive(Clone, Debug, PartialEq)]
pub struct Optimizer {
    pub(crate) momentum_kind: MomentumKind,
    /// `defaults["lr"]`: what transformers' schedules take for the LR of every group in some places.
    pub(crate) default_lr: f64,
    pub(crate) groups: Vec<Group>,
}

impl Optimizer {
    /// An optimizer with one parameter group for each of `lrs`, all with the same `momentum` (ignored for
    /// [`MomentumKind::None`]). The first LR is also the optimizer's default.
    pub fn new(lrs: &[f64], momentum_kind: MomentumKind, momentum: f64) -> Self {
        let group = |&lr| Group {
            lr,
            initial_lr: None,
            max_lr: None,
            min_lr: None,
            swa_lr: 0.0,
            lr_scale: 1.0,
            momentum,
            base_momentum: 0.0,
            max_momentum: 0.0,
        };
        Self { momentum_kind, default_lr: lrs.first().copied().unwrap_or(0.0), groups: lrs.iter().map(group).collect() }
    }

    /// `torch.optim.SGD`.
    pub fn sgd(lrs: &[f64], momentum: f64) -> Self {
        Self::new(lrs, MomentumKind::Momentum, momentum)
    }

    /// `torch.optim.Adam` or `AdamW` with `betas[0] = beta1` (torch's default is 0.9).
    pub fn adam(lrs: &[f64], beta1: f64) -> Self {
        Self::new(lrs, MomentumKind::Beta1, beta1)
    }

    /// As loaded from a checkpoint: each group remembers the LR that its schedule started from. Groups beyond the list
    /// stay without.
    #[must_use]
    pub fn with_initial_lrs(mut self, initial_lrs: &[f64]) -> Self {
        for (group, &initial_lr) in self.groups.iter_mut().zip(initial_lrs) {
            group.initial_lr = Some(initial_lr);
        }
        self
    }

    /// With timm's `lr_scale` in each group: a factor that timm's schedulers apply to whatever they write. Groups beyond
    /// the list keep a scale of 1.
    #[must_use]
    pub fn with_lr_scales(mut self, lr_scales: &[f64]) -> Self {
        for (group, &lr_scale) in self.groups.iter_mut().zip(lr_scales) {
            group.lr_scale = lr_scale;
        }
        self
    }

    /// The LR of each parameter group.
    pub fn lrs(&self) -> Vec<f64> {
        self.groups.iter().map(|group| group.lr).collect()
    }

    /// Writes the LR of every parameter group, as whoever trains may do past the schedulers.
    pub fn set_lr(&mut self, lr: f64) {
        self.groups.iter_mut().for_each(|group| group.lr = lr);
    }

    /// The momentum (or beta1) of each parameter group; `None` where the optimizer has neither.
    pub fn momenta(&self) -> Option<Vec<f64>> {
        (self.momentum_kind != MomentumKind::None).then(|| self.groups.iter().map(|group| group.momentum).collect())
    }

    /// Python's `group.setdefault("initial_lr", group["lr"])`; the initial LR of each group.
    pub(crate) fn remember_initial_lrs(&mut self) -> Vec<f64> {
        self.groups.iter_mut().map(|group| *group.initial_lr.get_or_insert(group.lr)).collect()
    }
}
