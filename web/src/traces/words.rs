//! A curve in words, for those who cannot see it and for what the eye may miss.

use scheduler::format_lr;

use super::Trace;

/// A change from one step to the next by less than this factor is no jump.
const JUMP: f64 = 1.1;

impl Trace {
    /// The curve in one or two sentences.
    pub fn sentence(&self, name: &str) -> String {
        let points = self.groups.first().map_or(&[][..], Vec::as_slice);
        let (Some(&(_, first)), Some(&(_, last))) = (points.first(), points.last()) else {
            return format!("{name}: no LR.");
        };
        if points.iter().all(|point| point.1 == first) {
            return format!("{name}: {} throughout.", format_lr(first));
        }
        let higher = |a: &&(f64, f64), b: &&(f64, f64)| a.1.total_cmp(&b.1).then(b.0.total_cmp(&a.0));
        let lower = |a: &&(f64, f64), b: &&(f64, f64)| a.1.total_cmp(&b.1);
        let &(peak, top) = points.iter().max_by(higher).unwrap_or(&(0.0, first));
        let &(valley, bottom) = points.iter().min_by(lower).unwrap_or(&(0.0, first));
        let (start, high, end) = (format_lr(first), format_lr(top), format_lr(last));
        let mut words = if peak == 0.0 && bottom < last {
            format!("{name}: from {start} down to {} at step {valley}, then up to {end}", format_lr(bottom))
        } else if peak == 0.0 {
            format!("{name}: from {start} to {end}")
        } else if top == last {
            format!("{name}: from {start} up to {high} at step {peak}, then constant")
        } else {
            format!("{name}: from {start} up to {high} at step {peak}, then down to {end}")
        };
        if let Some(step) = self.settled.filter(|_| top != last) {
            words += &format!(", where it stays from step {step} on");
        }
        words.push('.');
        if let Some((step, before, after)) = self.resumed
            && !(before / JUMP..=before * JUMP).contains(&after)
        {
            words += &format!(" Resumed at step {step}, it jumps from {} to {}.", format_lr(before), format_lr(after));
        }
        words
    }
}
