//! The values of one column over a run, in bounded memory.

/// What is kept of a column. Logs with at most so many values are kept exactly.
pub const MOST_BINS: usize = 8192;

/// Neighbouring values of a column; a single one until there are too many.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bin {
    /// Where the first of them is: the step if the log has steps, else the epoch, else the row.
    pub from: f64,
    /// Where the last of them is.
    pub to: f64,
    /// The first finite value; NaN where there is none.
    pub first: f64,
    /// The last finite value.
    pub last: f64,
    /// The least finite value.
    pub min: f64,
    /// The greatest finite value.
    pub max: f64,
    /// The sum of the finite values.
    pub sum: f64,
    /// How many are finite.
    pub finite: u64,
    /// How many are NaN or infinite.
    pub not_finite: u64,
}

impl Bin {
    fn of(at: f64, value: f64) -> Self {
        let finite = value.is_finite();
        let value = if finite { value } else { f64::NAN };
        Self {
            from: at,
            to: at,
            first: value,
            last: value,
            min: value,
            max: value,
            sum: if finite { value } else { 0.0 },
            finite: u64::from(finite),
            not_finite: u64::from(!finite),
        }
    }

    /// The mean of the finite values; NaN where there is none.
    pub fn mean(&self) -> f64 {
        if self.finite == 0 { f64::NAN } else { self.sum / self.finite as f64 }
    }

    fn merge(&mut self, next: &Self) {
        self.to = next.to;
        if self.first.is_nan() {
            self.first = next.first;
        }
        if !next.last.is_nan() {
            self.last = next.last;
        }
        // `f64::min` takes the number where the other is NaN.
        self.min = self.min.min(next.min);
        self.max = self.max.max(next.max);
        self.sum += next.sum;
        self.finite += next.finite;
        self.not_finite += next.not_finite;
    }
}

/// The values of one column.
#[derive(Clone, Debug, PartialEq)]
pub struct Series {
    /// The column's name, as the log has it.
    pub name: String,
    bins: Vec<Bin>,
    /// How many values make a bin, the last perhaps excepted.
    per_bin: u64,
    in_last: u64,
    values: u64,
}

impl Series {
    pub(super) fn new(name: String) -> Self {
        Self { name, bins: Vec::new(), per_bin: 1, in_last: 0, values: 0 }
    }

    /// A series of values at given places, kept as a log's would be.
    pub fn from_values(name: &str, values: impl IntoIterator<Item = (f64, f64)>) -> Self {
        let mut series = Self::new(name.to_owned());
        for (at, value) in values {
            series.push(at, value);
        }
        series
    }

    pub(super) fn push(&mut self, at: f64, value: f64) {
        self.values += 1;
        let bin = Bin::of(at, value);
        match self.bins.last_mut() {
            Some(last) if self.in_last < self.per_bin => {
                last.merge(&bin);
                self.in_last += 1;
                return;
            }
            _ => {}
        }
        if self.bins.len() == MOST_BINS {
            let pairs = self.bins.chunks(2).map(|pair| {
                let mut merged = pair[0];
                if let Some(second) = pair.get(1) {
                    merged.merge(second);
                }
                merged
            });
            self.bins = pairs.collect();
            self.per_bin *= 2;
        }
        self.bins.push(bin);
        self.in_last = 1;
    }

    /// What is kept, in the order of the log.
    pub fn bins(&self) -> &[Bin] {
        &self.bins
    }

    /// How many values the column has.
    pub fn values(&self) -> u64 {
        self.values
    }

    /// Whether every value is kept.
    pub fn is_exact(&self) -> bool {
        self.per_bin == 1
    }

    /// How many values are NaN or infinite.
    pub fn not_finite(&self) -> u64 {
        self.bins.iter().map(|bin| bin.not_finite).sum()
    }

    /// Each value with its place where the series is exact, else the mean of each bin.
    pub fn points(&self) -> Vec<(f64, f64)> {
        self.bins.iter().map(|bin| (bin.from, bin.mean())).collect()
    }

    /// The places of a run that was resumed may go back; whether these do, and where.
    pub fn goes_back_at(&self) -> Option<(f64, f64)> {
        self.bins.windows(2).find(|pair| pair[1].from < pair[0].to).map(|pair| (pair[0].to, pair[1].from))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_series_keeps_its_extremes_in_fixed_memory() {
        let spike = 1_234_567;
        let value = |index: u64| match index {
            _ if index == spike => 1000.0,
            987_654 => f64::NAN,
            _ => 1.0,
        };
        let series = Series::from_values("loss", (0..3_000_000).map(|index| (index as f64, value(index))));
        assert!(series.bins().len() <= MOST_BINS && !series.is_exact());
        assert_eq!((series.values(), series.not_finite()), (3_000_000, 1));
        assert_eq!(series.bins().iter().map(|bin| bin.finite + bin.not_finite).sum::<u64>(), 3_000_000);
        let spiked = series.bins().iter().find(|bin| bin.max == 1000.0).unwrap();
        assert!((spiked.from..=spiked.to).contains(&(spike as f64)));
        assert!(series.bins().windows(2).all(|pair| pair[0].to < pair[1].from));
    }

    #[test]
    fn a_short_series_is_exact() {
        let series = Series::from_values("loss", (0..MOST_BINS).map(|index| (index as f64, 0.1 * index as f64)));
        assert!(series.is_exact());
        assert_eq!(series.points()[5], (5.0, 0.5));
    }
}
