//! A run as signals.

use scheduler::format_lr;

use super::learning_rate::LearningRate;
use super::symptom::Suggestion;
use crate::log::{Columns, Log, Message, Places, Role, Series};

/// Values over the run, each with its place.
#[derive(Clone, Debug)]
pub(super) struct Signal {
    /// Place of each value.
    pub at: Vec<f64>,
    /// The values; the finite ones.
    pub values: Vec<f64>,
    /// Running median, robust against single batches.
    pub smooth: Vec<f64>,
    /// Values that are NaN or infinite, and the place of the first.
    pub not_finite: u64,
    pub first_not_finite: Option<f64>,
    /// The greatest single value, and its place.
    pub top: (f64, f64),
}

impl Signal {
    fn of(series: &Series) -> Option<Self> {
        let bins: Vec<_> = series.bins().iter().filter(|bin| bin.finite > 0).collect();
        let first_not_finite = series.bins().iter().find(|bin| bin.not_finite > 0).map(|bin| bin.from);
        if bins.is_empty() && first_not_finite.is_none() {
            return None;
        }
        let values: Vec<f64> = bins.iter().map(|bin| bin.mean()).collect();
        // About a fiftieth of the run, at most 25 values: a spike of a few batches stays visible.
        let window = (values.len() / 50).clamp(1, 25);
        Some(Self {
            at: bins.iter().map(|bin| bin.from).collect(),
            smooth: running_median(&values, window),
            values,
            not_finite: series.not_finite(),
            first_not_finite,
            top: bins
                .iter()
                .map(|bin| (bin.from, bin.max))
                .fold((0.0, f64::NEG_INFINITY), |top, bin| if bin.1 > top.1 { bin } else { top }),
        })
    }

    pub fn len(&self) -> usize {
        self.values.len()
    }

    /// Where the run began: the median of the first few values, unless the loss explodes among them.
    pub fn start(&self) -> f64 {
        let few = median(&self.values[..(self.len() / 100).clamp(1, 5).min(self.len())]);
        match self.values.first() {
            Some(first) if few > 1.2 * first => *first,
            _ => few,
        }
    }

    /// Median of the last tenth, at least of three: where it ended.
    pub fn end(&self) -> f64 {
        median(&self.values[self.len() - (self.len() / 10).max(3).min(self.len())..])
    }

    /// The index of the least smoothed value.
    pub fn lowest(&self) -> usize {
        (0..self.len()).min_by(|a, b| self.smooth[*a].total_cmp(&self.smooth[*b])).unwrap_or(0)
    }

    /// The index of the greatest smoothed value in a range.
    pub fn highest(&self, range: std::ops::Range<usize>) -> Option<usize> {
        range.filter(|index| *index < self.len()).max_by(|a, b| self.smooth[*a].total_cmp(&self.smooth[*b]))
    }

    /// The values of the last share of the run.
    pub fn last_share(&self, share: f64) -> &[f64] {
        &self.values[((self.len() as f64) * (1.0 - share)) as usize..]
    }

    /// The index of the last value at or before a place.
    pub fn index_at(&self, place: f64) -> usize {
        self.at.partition_point(|at| *at <= place).saturating_sub(1)
    }
}

/// A run as its log shows it.
#[derive(Clone, Debug)]
pub struct Run {
    /// What the user calls it.
    pub name: String,
    pub(super) loss: Option<Signal>,
    pub(super) validation: Option<Signal>,
    pub(super) lr: Option<LearningRate>,
    /// The validation loss as it was logged, for replays.
    pub(super) metric: Option<Series>,
    /// Steps per epoch, where the log tells both.
    pub(super) steps_per_epoch: Option<f64>,
    pub(super) places: Places,
    /// Where the steps of the log go back.
    pub(super) goes_back: Option<(f64, f64)>,
    /// What torch has said, each with its line.
    pub(super) messages: Vec<(usize, Message)>,
}

impl Run {
    /// The signals of a log.
    pub fn new(name: &str, log: &Log, columns: &Columns) -> Self {
        let series = |role| columns.series(log, role);
        let validation = series(Role::ValidationLoss);
        let loss = series(Role::Loss).and_then(Signal::of);
        Self {
            name: name.to_owned(),
            // Where only the validation loss is logged, it is the loss.
            loss: loss.or_else(|| validation.and_then(Signal::of)),
            validation: series(Role::Loss).and(validation).and_then(Signal::of),
            lr: series(Role::LearningRate).and_then(LearningRate::of),
            metric: validation.cloned(),
            steps_per_epoch: steps_per_epoch(log, columns),
            places: log.places,
            goes_back: series(Role::Loss).and_then(Series::goes_back_at),
            messages: log.messages.clone(),
        }
    }

    /// Whether there is anything to judge: a loss, or what torch has said.
    pub fn can_be_judged(&self) -> bool {
        self.loss.is_some() || !self.messages.is_empty()
    }

    /// `step 40`, `epoch 3` or `row 12`.
    pub(super) fn place(&self, at: f64) -> String {
        let word = match self.places {
            Places::Steps => "step",
            Places::Epochs => "epoch",
            Places::Rows => "row",
        };
        format!("{word} {}", plain(at))
    }

    /// The plural of what the log counts.
    pub(super) fn unit(&self) -> &'static str {
        match self.places {
            Places::Steps => "steps",
            Places::Epochs => "epochs",
            Places::Rows => "rows",
        }
    }

    /// How many of them the run has.
    pub(super) fn length(&self) -> u64 {
        let last = |at: &Vec<f64>| at.last().copied().unwrap_or(0.0);
        let loss = self.loss.as_ref().map_or(0.0, |loss| last(&loss.at));
        let lr = self.lr.as_ref().map_or(0.0, |lr| last(&lr.at));
        (loss.max(lr) + 1.0).clamp(1.0, 1e9) as u64
    }

    /// A warmup and a cosine over the whole run.
    pub(super) fn warmup_and_cosine(&self, lr: f64, share: f64) -> Option<Suggestion> {
        let length = self.length();
        let warmup = ((length as f64 * share).round() as u64).max(1);
        if !lr.is_finite() || lr <= 0.0 || length < 4 || warmup * 2 > length {
            return None;
        }
        let rest = length - warmup;
        let schedule = format!(
            "SequentialLR([LinearLR(start_factor=0.01, end_factor=1.0, total_iters={warmup}), CosineAnnealingLR(T_max={rest})], \
             milestones=[{warmup}])"
        );
        Some(Suggestion { lr: rounded(lr), schedule, length })
    }

    /// A cosine over the whole run.
    pub(super) fn cosine(&self, lr: f64) -> Option<Suggestion> {
        let length = self.length();
        (lr.is_finite() && lr > 0.0 && length >= 2).then(|| Suggestion {
            lr: rounded(lr),
            schedule: format!("CosineAnnealingLR(T_max={length})"),
            length,
        })
    }

    /// The run in a few sentences.
    pub(super) fn facts(&self) -> Vec<String> {
        let mut facts = Vec::new();
        if let Some(loss) = self.loss.as_ref().filter(|loss| loss.len() > 0) {
            let best = loss.lowest();
            facts.push(format!(
                "{} {}. Loss {} at first, {} at best ({}), {} at the end.",
                self.length(),
                self.unit(),
                rough(loss.start()),
                rough(loss.smooth[best]),
                self.place(loss.at[best]),
                rough(loss.end())
            ));
        }
        if let Some(lr) = &self.lr {
            facts.push(lr.fact(self));
        }
        if let Some(validation) = self.validation.as_ref().filter(|validation| validation.len() > 1) {
            let best = validation.lowest();
            facts.push(format!(
                "Validation loss {} at best ({}), {} at the end.",
                rough(validation.smooth[best]),
                self.place(validation.at[best]),
                rough(validation.values[validation.len() - 1])
            ));
        }
        facts
    }
}

fn steps_per_epoch(log: &Log, columns: &Columns) -> Option<f64> {
    if log.places != Places::Steps {
        return None;
    }
    let epoch = columns.series(log, Role::Epoch)?;
    let points: Vec<(f64, f64)> = epoch.points().into_iter().filter(|point| point.1.is_finite()).collect();
    let (first, last) = (points.first()?, points.last()?);
    let epochs = last.1 - first.1;
    (epochs >= 1.0).then(|| (last.0 - first.0) / epochs).filter(|steps| *steps >= 1.0)
}

/// A number to four digits.
pub(super) fn rough(value: f64) -> String {
    format_lr(value)
}

fn rounded(lr: f64) -> f64 {
    format!("{lr:.2e}").parse().unwrap_or(lr)
}

/// A place without a fraction that says nothing.
pub(super) fn plain(at: f64) -> String {
    if at.fract() == 0.0 { format!("{at}") } else { format!("{at:.2}") }
}

pub(super) fn median(values: &[f64]) -> f64 {
    let mut sorted: Vec<f64> = values.iter().copied().filter(|value| value.is_finite()).collect();
    sorted.sort_by(f64::total_cmp);
    sorted.get(sorted.len() / 2).copied().unwrap_or(f64::NAN)
}

fn running_median(values: &[f64], window: usize) -> Vec<f64> {
    (0..values.len())
        .map(|index| median(&values[index.saturating_sub(window / 2)..(index + window / 2 + 1).min(values.len())]))
        .collect()
}

/// Slope of the least-squares line over the index, and how many of its standard errors it is from zero.
pub(super) fn trend(values: &[f64]) -> Option<(f64, f64)> {
    let n = values.len() as f64;
    if values.len() < 4 {
        return None;
    }
    let middle = (n - 1.0) / 2.0;
    let mean = values.iter().sum::<f64>() / n;
    let spread: f64 = (0..values.len()).map(|index| (index as f64 - middle).powi(2)).sum();
    let slope =
        values.iter().enumerate().map(|(index, value)| (index as f64 - middle) * (value - mean)).sum::<f64>() / spread;
    let residual: f64 =
        values.iter().enumerate().map(|(index, value)| (value - mean - slope * (index as f64 - middle)).powi(2)).sum();
    let error = (residual / (n - 2.0) / spread).sqrt();
    Some((slope, if error > 0.0 { slope / error } else { slope.signum() * f64::INFINITY }))
}
