//! The update rules and their constructor text.

use std::fmt;

use scheduler::notation::{Expression, Kind, parse_expression};
use serde::{Deserialize, Serialize};

/// The update rule, with torch's formulas and defaults.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub enum Optimizer {
    /// `torch.optim.SGD`: `g += weight_decay * w; m = momentum * m + g; w -= lr * m`.
    Sgd {
        /// 0 is plain SGD.
        momentum: f64,
        /// Looks one step ahead: `w -= lr * (g + momentum * m)`.
        nesterov: bool,
        /// L2 penalty.
        weight_decay: f64,
    },
    /// `torch.optim.Adam`, bias-corrected.
    Adam {
        /// Decay of the first moment.
        beta1: f64,
        /// Decay of the second moment.
        beta2: f64,
        /// Added to the root of the second moment.
        epsilon: f64,
        /// L2 penalty, which the second moment sees too.
        weight_decay: f64,
    },
    /// `torch.optim.AdamW`: as Adam, with weights that shrink by `lr * weight_decay` beside the update (Loshchilov and
    /// Hutter 2019, arXiv 1711.05101).
    AdamW {
        /// Decay of the first moment.
        beta1: f64,
        /// Decay of the second moment.
        beta2: f64,
        /// Added to the root of the second moment.
        epsilon: f64,
        /// Decoupled weight decay.
        weight_decay: f64,
    },
}

impl Optimizer {
    /// SGD without frills.
    pub const fn sgd(momentum: f64) -> Self {
        Self::Sgd { momentum, nesterov: false, weight_decay: 0.0 }
    }

    /// Adam with torch's defaults.
    pub const fn adam() -> Self {
        Self::Adam { beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weight_decay: 0.0 }
    }

    /// AdamW with torch's defaults.
    pub const fn adam_w() -> Self {
        Self::AdamW { beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weight_decay: 0.01 }
    }

    /// The optimizer as schedulers see it, with a parameter group at each of these factors of an LR.
    pub fn for_scheduler(&self, lr: f64, factors: &[f64]) -> scheduler::Optimizer {
        let lrs: Vec<f64> = factors.iter().map(|factor| lr * factor).collect();
        match *self {
            Self::Sgd { momentum, .. } => scheduler::Optimizer::sgd(&lrs, momentum),
            Self::Adam { beta1, .. } | Self::AdamW { beta1, .. } => scheduler::Optimizer::adam(&lrs, beta1),
        }
    }

    /// Reads constructor text such as `SGD(momentum=0.9, nesterov=True)`; what is not said has torch's default.
    ///
    /// # Errors
    /// One sentence on what cannot be read.
    pub fn parse(text: &str) -> Result<Self, String> {
        let expression = parse_expression(text).map_err(|error| error.message)?;
        let none = Vec::new();
        let (name, keywords) = match &expression.kind {
            Kind::Name(name) => (name, &none),
            Kind::Call { function, keywords, arguments, .. } if arguments.len() <= 1 => (function, keywords),
            _ => return Err(format!("`{text}` is not an optimizer; write SGD(momentum=0.9), Adam() or AdamW().")),
        };
        let mut optimizer = match name.rsplit('.').next() {
            Some("SGD") => Self::sgd(0.0),
            Some("Adam") => Self::adam(),
            Some("AdamW") => Self::adam_w(),
            _ => return Err(format!("`{name}` cannot be trained with here; there are SGD, Adam and AdamW.")),
        };
        for (keyword, value) in keywords {
            // The LR is the schedule's business.
            if keyword != "lr" {
                optimizer.set(keyword, value).ok_or_else(|| format!("`{keyword}` of {name} cannot be read here."))?;
            }
        }
        Ok(optimizer)
    }

    fn set(&mut self, keyword: &str, value: &Expression) -> Option<()> {
        match (self, keyword) {
            (Self::Sgd { momentum, .. }, "momentum") => *momentum = number(value)?,
            (Self::Sgd { nesterov, .. }, "nesterov") => {
                let Kind::Boolean(flag) = value.kind else { return None };
                *nesterov = flag;
            }
            (Self::Adam { epsilon, .. } | Self::AdamW { epsilon, .. }, "eps") => *epsilon = number(value)?,
            (Self::Adam { beta1, beta2, .. } | Self::AdamW { beta1, beta2, .. }, "betas") => {
                let (Kind::Tuple(betas) | Kind::List(betas)) = &value.kind else { return None };
                let [first, second] = betas.as_slice() else { return None };
                (*beta1, *beta2) = (number(first)?, number(second)?);
            }
            (
                Self::Sgd { weight_decay, .. } | Self::Adam { weight_decay, .. } | Self::AdamW { weight_decay, .. },
                "weight_decay",
            ) => *weight_decay = number(value)?,
            _ => return None,
        }
        Some(())
    }
}

fn number(value: &Expression) -> Option<f64> {
    match value.kind {
        Kind::Integer(integer) => Some(integer as f64),
        Kind::Float(float) => Some(float),
        _ => None,
    }
}

/// Constructor text with torch's names, without what equals torch's default.
impl fmt::Display for Optimizer {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (name, mut arguments, weight_decay, usual) = match *self {
            Self::Sgd { momentum, nesterov, weight_decay } => {
                let mut arguments = vec![format!("momentum={momentum}")];
                arguments.extend(nesterov.then(|| "nesterov=True".to_owned()));
                ("SGD", arguments, weight_decay, 0.0)
            }
            Self::Adam { beta1, beta2, epsilon, weight_decay } => {
                ("Adam", vec![format!("betas=({beta1}, {beta2})"), format!("eps={epsilon:e}")], weight_decay, 0.0)
            }
            Self::AdamW { beta1, beta2, epsilon, weight_decay } => {
                ("AdamW", vec![format!("betas=({beta1}, {beta2})"), format!("eps={epsilon:e}")], weight_decay, 0.01)
            }
        };
        if weight_decay != usual {
            arguments.push(format!("weight_decay={weight_decay}"));
        }
        write!(formatter, "{name}({})", arguments.join(", "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_again() {
        for optimizer in [
            Optimizer::sgd(0.0),
            Optimizer::Sgd { momentum: 0.9, nesterov: true, weight_decay: 1e-4 },
            Optimizer::adam(),
            Optimizer::Adam { beta1: 0.5, beta2: 0.98, epsilon: 1e-6, weight_decay: 0.1 },
            Optimizer::adam_w(),
            Optimizer::AdamW { beta1: 0.9, beta2: 0.95, epsilon: 1e-8, weight_decay: 0.0 },
        ] {
            assert_eq!(Optimizer::parse(&optimizer.to_string()), Ok(optimizer));
        }
        assert_eq!(Optimizer::adam_w().to_string(), "AdamW(betas=(0.9, 0.999), eps=1e-8)");
        assert_eq!(Optimizer::parse("torch.optim.SGD(model.parameters(), lr=0.1)"), Ok(Optimizer::sgd(0.0)));
    }

    #[test]
    fn what_cannot_be_read_is_said() {
        let error = |text| Optimizer::parse(text).unwrap_err();
        assert_eq!(error("Lion()"), "`Lion` cannot be trained with here; there are SGD, Adam and AdamW.");
        assert_eq!(error("SGD(momentum='much')"), "`momentum` of SGD cannot be read here.");
        assert_eq!(error("Adam(momentum=0.9)"), "`momentum` of Adam cannot be read here.");
        assert!(error("3").ends_with("write SGD(momentum=0.9), Adam() or AdamW()."));
        assert!(!error("SGD(").is_empty());
    }
}
