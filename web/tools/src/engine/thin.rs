//! Curves with fewer points.

/// About two per pixel of a wide screen.
const MOST: usize = 800;

/// At most about [`MOST`] points, keeping the lowest and the highest of each stretch, so that neither peaks nor jumps of a
/// single step are lost. What is not a number is left out.
pub fn thin(points: impl IntoIterator<Item = (f64, f64)>) -> Vec<(f64, f64)> {
    let points: Vec<(f64, f64)> = points.into_iter().filter(|point| point.1.is_finite()).collect();
    let width = points.len().div_ceil(MOST / 2).max(1);
    if width <= 2 {
        return points;
    }
    let last = points.last().copied();
    let mut thinned = Vec::with_capacity(MOST + 2);
    for stretch in points.chunks(width) {
        let order = |a: &&(f64, f64), b: &&(f64, f64)| a.1.total_cmp(&b.1);
        let (Some(low), Some(high)) = (stretch.iter().min_by(order), stretch.iter().max_by(order)) else { continue };
        let (first, second) = if low.0 <= high.0 { (low, high) } else { (high, low) };
        thinned.push(*first);
        if first != second {
            thinned.push(*second);
        }
    }
    if thinned.last().copied() != last {
        thinned.extend(last);
    }
    thinned
}

/// The same for one value per step.
pub fn steps(values: &[f64]) -> Vec<(f64, f64)> {
    thin(values.iter().enumerate().map(|(step, value)| (step as f64, *value)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn peaks_and_ends_stay() {
        let mut values = vec![1.0; 100_000];
        values[54_321] = 9.0;
        values[77_777] = f64::NAN;
        values[99_999] = 0.5;
        let thinned = steps(&values);
        assert!(thinned.len() <= MOST + 2, "{}", thinned.len());
        assert!(thinned.contains(&(54_321.0, 9.0)) && thinned.last() == Some(&(99_999.0, 0.5)));
        assert!(thinned.windows(2).all(|pair| pair[0].0 < pair[1].0));
        assert_eq!(steps(&[1.0, f64::INFINITY, 3.0]), [(0.0, 1.0), (2.0, 3.0)]);
    }
}
