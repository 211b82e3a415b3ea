//! The warmup, the peak and the end of a schedule, as one reads them off the curve, and how to move them.

use crate::notation::{PerGroup, Steps, StrictFloat};
use crate::phases::Phase;
use crate::schedule::Schedule;

impl Schedule {
    /// Steps that the LR rises before it first reaches its peak; `None` where the class has no such phase.
    pub fn warmup(&self) -> Option<f64> {
        match self {
            Self::LinearLR(linear) if linear.start_factor < linear.end_factor => Some(linear.total_iters.0),
            Self::OneCycleLR(parameters) => Some((parameters.pct_start.0 * parameters.length()? as f64 - 1.0).max(0.0)),
            Self::SequentialLR(sequential) => sequential.schedulers.first()?.warmup(),
            Self::GradualWarmupScheduler(warmup) => Some(warmup.total_epoch.0),
            Self::Phases(phases) => {
                let first = phases.phases.first()?;
                (first.start < first.end).then_some(first.steps.0)
            }
            _ => None,
        }
    }

    /// Makes the warmup that long. The end of the schedule stays where it is: a cosine that follows the warmup is
    /// shortened or lengthened to fill the rest. Does nothing where [`Schedule::warmup`] is `None`.
    pub fn set_warmup(&mut self, steps: f64) {
        let steps = steps.round().max(1.0);
        match self {
            Self::LinearLR(linear) if linear.start_factor < linear.end_factor => linear.total_iters = Steps(steps),
            Self::OneCycleLR(parameters) => {
                if let Some(length) = parameters.length() {
                    // `pct_start * total_steps` of exactly 1 divides by zero in torch.
                    let rise = (steps + 1.0).clamp(2.0, (length as f64 - 1.0).max(2.0));
                    parameters.pct_start = StrictFloat(rise / length as f64);
                }
            }
            Self::SequentialLR(sequential) => {
                let (schedules, milestones) = (&mut sequential.schedulers, &mut sequential.milestones);
                let Some(before) = schedules.first().and_then(Self::warmup) else { return };
                let change = match milestones.first_mut() {
                    Some(milestone) if *milestone as f64 == before => {
                        *milestone = steps as i64;
                        steps - before
                    }
                    _ => 0.0,
                };
                schedules[0].set_warmup(steps);
                if let ([_, after], [_]) = (schedules.as_mut_slice(), milestones.as_slice()) {
                    after.shorten_cosine(change);
                }
            }
            Self::GradualWarmupScheduler(warmup) => {
                let change = steps - warmup.total_epoch.0;
                warmup.total_epoch = Steps(steps);
                if let Some(after) = warmup.after_scheduler.as_deref_mut() {
                    after.shorten_cosine(change);
                }
            }
            Self::Phases(phases) => {
                if let [first, second, ..] = phases.phases.as_mut_slice()
                    && first.start < first.end
                {
                    let total = first.steps.0 + second.steps.0;
                    first.steps = Steps(steps.min(total - 1.0).max(1.0));
                    second.steps = Steps((total - first.steps.0).max(1.0));
                }
            }
            _ => {}
        }
    }

    /// Takes off a cosine what the warmup before it takes longer.
    fn shorten_cosine(&mut self, steps: f64) {
        if let Self::CosineAnnealingLR(cosine) = self {
            cosine.t_max = Steps((cosine.t_max.0 - steps).max(1.0));
        }
    }

    /// Lets a schedule that ends with a run of `from` steps end with one of `to` steps instead. Schedules that end
    /// elsewhere, or never, are left alone.
    pub fn fit(&mut self, from: usize, to: usize) {
        let (from, to) = (from as f64, to as f64);
        match self {
            Self::OneCycleLR(parameters) if parameters.total_steps.map(|steps| steps as f64) == Some(from) => {
                parameters.total_steps = Some(to as i64);
            }
            Self::CosineAnnealingLR(cosine) if cosine.t_max.0 == from => cosine.t_max = Steps(to),
            Self::PolynomialLR(polynomial) if polynomial.total_iters.0 == from => polynomial.total_iters = Steps(to),
            Self::LinearLR(linear) if linear.total_iters.0 == from && linear.start_factor > linear.end_factor => {
                linear.total_iters = Steps(to);
            }
            Self::SequentialLR(sequential) => {
                let (schedules, milestones) = (&mut sequential.schedulers, &sequential.milestones);
                if let (Some(last), Some(&start)) = (schedules.last_mut(), milestones.last())
                    && (0.0..from.min(to)).contains(&(start as f64))
                {
                    last.fit(from as usize - start as usize, to as usize - start as usize);
                }
            }
            Self::Phases(phases) if phases.repeat == 1 => fit_phases(&mut phases.phases, from, to),
            _ => {}
        }
    }

    /// The LR at the peak for an optimizer built with `base_lr`: OneCycleLR brings its own.
    pub fn peak(&self, base_lr: f64) -> f64 {
        match self {
            Self::OneCycleLR(parameters) => match &parameters.max_lr {
                PerGroup::All(max_lr) => *max_lr,
                PerGroup::Each(max_lrs) => max_lrs.first().copied().unwrap_or(base_lr),
            },
            _ => base_lr,
        }
    }

    /// Moves the peak to `lr`, in the schedule where it brings its own, else in `base_lr`.
    pub fn set_peak(&mut self, base_lr: &mut f64, lr: f64) {
        match self {
            Self::OneCycleLR(parameters) => parameters.max_lr = PerGroup::All(lr),
            _ => *base_lr = lr,
        }
    }
}

/// Stretches or shrinks phases that take `from` steps in all to `to` steps, each in proportion; a warmup keeps its length.
fn fit_phases(phases: &mut [Phase], from: f64, to: f64) {
    let warmup = phases.first().filter(|first| first.start < first.end).map_or(0.0, |first| first.steps.0);
    let total: f64 = phases.iter().map(|phase| phase.steps.0).sum();
    let after = phases.len() - usize::from(warmup > 0.0);
    if total != from || from <= warmup || to < warmup + after as f64 {
        return;
    }
    let factor = (to - warmup) / (from - warmup);
    let rest = phases.len() - after;
    let mut end = warmup;
    let mut fitted = warmup;
    for phase in &mut phases[rest..] {
        end += phase.steps.0;
        // By its end and not by its length, so that rounding does not add up.
        let fitted_end = (warmup + (end - warmup) * factor).round().max(fitted + 1.0);
        phase.steps = Steps(fitted_end - fitted);
        fitted = fitted_end;
    }
}

#[cfg(test)]
mod tests {
    use crate::notation::parse;

    #[test]
    fn a_moved_warmup_keeps_the_end_of_the_run() {
        let mut schedule =
            parse("SequentialLR([LinearLR(0.01, total_iters=5), CosineAnnealingLR(T_max=95)], [5])").unwrap();
        assert_eq!(schedule.warmup(), Some(5.0));
        schedule.set_warmup(20.4);
        let expected =
            "SequentialLR([LinearLR(start_factor=0.01, total_iters=20), CosineAnnealingLR(T_max=80)], milestones=[20])";
        assert_eq!(schedule.to_string(), expected);
    }

    #[test]
    fn one_cycle_peaks_where_it_was_told_to() {
        let mut schedule = parse("OneCycleLR(max_lr=0.1, total_steps=100)").unwrap();
        schedule.set_warmup(49.0);
        assert_eq!(schedule.warmup(), Some(49.0));
        let optimizer = crate::Optimizer::sgd(&[0.1], 0.9);
        let lrs = crate::curve(&schedule, optimizer, 100, &[]).first_group();
        assert_eq!(lrs[49], 0.1);
        schedule.set_warmup(0.0);
        assert!(crate::Scheduler::new(&schedule, &mut crate::Optimizer::sgd(&[0.1], 0.9)).is_ok());
    }

    #[test]
    fn what_ends_with_the_run_goes_on_doing_so() {
        let fitted = |text: &str| {
            let mut schedule = parse(text).unwrap();
            schedule.fit(100, 300);
            schedule.to_string()
        };
        assert_eq!(fitted("OneCycleLR(0.1, total_steps=100)"), "OneCycleLR(max_lr=0.1, total_steps=300)");
        assert_eq!(fitted("CosineAnnealingLR(100)"), "CosineAnnealingLR(T_max=300)");
        assert_eq!(fitted("CosineAnnealingLR(90)"), "CosineAnnealingLR(T_max=90)");
        let as_is = |text: &str| parse(text).unwrap().to_string();
        assert_eq!(fitted("LinearToZero(100)"), as_is("LinearToZero(300)"));
        assert_eq!(fitted("LinearToZero(100, warmup_steps=10)"), as_is("LinearToZero(300, warmup_steps=10)"));
        assert_eq!(fitted("WSD(100, cooldown_steps=40)"), as_is("WSD(300, cooldown_steps=120)"));
        assert_eq!(fitted("LinearToZero(90)"), as_is("LinearToZero(90)"));
        assert_eq!(fitted("LinearLR(0.01, total_iters=100)"), "LinearLR(start_factor=0.01, total_iters=100)");
        assert_eq!(
            fitted("SequentialLR([LinearLR(0.01, total_iters=10), CosineAnnealingLR(90)], [10])"),
            "SequentialLR([LinearLR(start_factor=0.01, total_iters=10), CosineAnnealingLR(T_max=290)], milestones=[10])"
        );
        let mut negative = parse("SequentialLR([ConstantLR(), CosineAnnealingLR(90)], [-10])").unwrap();
        negative.fit(80, 20);
    }

    #[test]
    fn schedules_without_warmup_are_left_alone() {
        let mut schedule = parse("CosineAnnealingLR(T_max=10)").unwrap();
        schedule.set_warmup(5.0);
        assert_eq!((schedule.warmup(), schedule.to_string().as_str()), (None, "CosineAnnealingLR(T_max=10)"));
    }
}
