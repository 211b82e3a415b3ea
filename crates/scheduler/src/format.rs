//! LRs as people read them.

/// An LR in at most four significant digits: `0.1`, `6e-3`, `1.5e-2`, `0`.
///
/// For reading only; exact values are printed with all their digits.
pub fn format_lr(lr: f64) -> String {
    if lr == 0.0 || !lr.is_finite() {
        return format!("{lr}");
    }
    let exponent = lr.abs().log10().floor() as i32;
    if (-1..4).contains(&exponent) {
        let digits = (3 - exponent).max(0) as usize;
        let text = format!("{lr:.digits$}");
        return if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.').into() } else { text };
    }
    let text = format!("{lr:.3e}");
    match text.split_once('e') {
        Some((mantissa, exponent)) => {
            format!("{}e{exponent}", mantissa.trim_end_matches('0').trim_end_matches('.'))
        }
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use super::format_lr;

    #[test]
    fn short_and_readable() {
        let cases = [
            (0.1, "0.1"),
            (0.015, "1.5e-2"),
            (0.006000000000000001, "6e-3"),
            (0.0, "0"),
            (1.0, "1"),
            (0.30000000000000004, "0.3"),
            (250.0, "250"),
            (1e-8, "1e-8"),
            (0.085355, "8.536e-2"),
            (-0.5, "-0.5"),
            (1234567.0, "1.235e6"),
            (f64::NAN, "NaN"),
        ];
        for (lr, text) in cases {
            assert_eq!(format_lr(lr), text);
        }
    }
}
