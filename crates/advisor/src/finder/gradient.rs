//! Slopes and least values as numpy computes them.

use num_traits::Float;

/// `numpy.gradient(values)` with points one apart: central differences, one-sided at the ends.
///
/// `None` for fewer than two values, where numpy raises `ValueError`.
pub(super) fn even<F: Float>(values: &[F]) -> Option<Vec<F>> {
    let last = values.len().checked_sub(1).filter(|last| *last > 0)?;
    let two = F::one() + F::one();
    let slope = |index: usize| match index {
        0 => values[1] - values[0],
        index if index == last => values[last] - values[last - 1],
        index => (values[index + 1] - values[index - 1]) / two,
    };
    Some((0..=last).map(slope).collect())
}

/// `numpy.gradient(values, at)`: the second-order formula for uneven points.
///
/// `None` for fewer than two values, where numpy raises `ValueError`.
pub(super) fn uneven(values: &[f64], at: &[f64]) -> Option<Vec<f64>> {
    let last = values.len().min(at.len()).checked_sub(1).filter(|last| *last > 0)?;
    let gaps: Vec<f64> = at.windows(2).map(|pair| pair[1] - pair[0]).collect();
    if gaps.iter().all(|gap| *gap == gaps[0]) {
        return Some(even(values)?.into_iter().map(|slope| slope / gaps[0]).collect());
    }
    let slope = |index: usize| {
        if index == 0 || index == last {
            let from = index.saturating_sub(usize::from(index == last));
            return (values[from + 1] - values[from]) / gaps[from];
        }
        let (before, after) = (gaps[index - 1], gaps[index]);
        let a = -after / (before * (before + after));
        let b = (after - before) / (before * after);
        let c = before / (after * (before + after));
        a * values[index - 1] + b * values[index] + c * values[index + 1]
    };
    Some((0..=last).map(slope).collect())
}

/// `numpy.argmin`: the first of the least values, or the first NaN.
pub(super) fn argmin<F: Float>(values: &[F]) -> Option<usize> {
    if let Some(index) = values.iter().position(|value| value.is_nan()) {
        return Some(index);
    }
    let mut best = 0;
    for (index, value) in values.iter().enumerate() {
        if *value < values[best] {
            best = index;
        }
    }
    (!values.is_empty()).then_some(best)
}
