//! `piecewise_interpolate_schedule`.

use std::f64::consts::PI;

use super::{Prepared, counted, value};
use crate::class::constructor;
use crate::error::value_error;
use crate::notation::Boundaries;

constructor! {
    /// Lines or half cosines between values that are multiplied at each boundary.
    ///
    /// Formula: at boundary n the value is `init_value` times the first n scales; between two boundaries it moves in a line
    /// or a half cosine.
    ///
    /// First value: `init_value`. Last value: that of the last boundary. The scales multiply up: `{4: 0.1, 8: 0.01}` ends at
    /// a thousandth.
    ///
    /// Source: optax 0.2.8, `optax.piecewise_interpolate_schedule`.
    PiecewiseInterpolateSchedule = "piecewise_interpolate_schedule" in Optax;
    /// `linear` or `cosine`.
    interpolate_type: String,
    /// The LR at the beginning.
    init_value: f64,
    /// Steps, and the factor at each. Factors are 0 or more.
    boundaries_and_scales: Option<Boundaries> = None,
}

counted!(PiecewiseInterpolateSchedule);

impl PiecewiseInterpolateSchedule {
    fn prepare(&self) -> Prepared {
        let boundaries = self.boundaries_and_scales.clone().map(|boundaries| boundaries.0).unwrap_or_default();
        interpolated(&self.interpolate_type, self.init_value, &boundaries)
    }
}

pub(super) fn interpolated(kind: &str, first: f64, boundaries: &[(i64, f64)]) -> Prepared {
    let linear = match kind {
        "linear" => true,
        "cosine" => false,
        _ => return Err(value_error("`interpolate_type` must be either 'cosine' or 'linear'")),
    };
    if boundaries.iter().any(|(_, scale)| *scale < 0.0) {
        return Err(value_error("`piecewise_interpolate_schedule` expects non-negative scale factors"));
    }
    let mut points = vec![(0.0, first)];
    for &(boundary, scale) in boundaries {
        let (_, before) = points[points.len() - 1];
        points.push((boundary as f64, before * scale));
    }
    value(move |step| {
        let (last_boundary, last_value) = points[points.len() - 1];
        if last_boundary <= step {
            return last_value;
        }
        let inside = points.windows(2).find(|pair| pair[0].0 <= step && step < pair[1].0);
        let Some([(begin, from), (end, to)]) = inside else { return 0.0 };
        let progress = (step - begin) / (end - begin).max(1.0);
        if linear { (to - from) * progress + from } else { to + (from - to) / 2.0 * ((PI * progress).cos() + 1.0) }
    })
}
