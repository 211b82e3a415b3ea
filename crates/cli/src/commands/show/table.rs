//! `--format table`: the steps at which something happens.

use std::fmt::Write as _;

use super::Shown;

/// More rows than this are nothing to read; they are thinned out.
const MOST_ROWS: usize = 40;

pub fn write(shown: &[Shown]) -> String {
    shown.iter().map(one).collect::<Vec<_>>().join("\n")
}

fn one(shown: &Shown) -> String {
    let (groups, rows) = (shown.groups(), &shown.curve.lrs);
    let mut text = String::new();
    if let Some(name) = &shown.name {
        let _ = writeln!(text, "{name}");
    }
    let momenta = shown.momenta();
    let mut header = format!("{:>10}", shown.rows.one());
    for group in 0..groups {
        let name = if groups > 1 { format!("LR {group}") } else { "LR".to_owned() };
        let _ = write!(header, "  {name:>24}");
    }
    if momenta.is_some() {
        let _ = write!(header, "  {:>12}", "momentum");
    }
    let _ = writeln!(text, "{}", header.trim_end());
    for step in steps(rows) {
        let _ = write!(text, "{step:>10}");
        for lr in &rows[step] {
            let _ = write!(text, "  {:>24}", format!("{lr:?}"));
        }
        if let Some(momentum) = momenta.and_then(|momenta| momenta.get(step)?.first()) {
            let _ = write!(text, "  {:>12}", format!("{momentum:.6}"));
        }
        text.push('\n');
    }
    text
}

/// The first and the last step, extremes, and the steps at which the LR starts or stops to change its way; then evenly
/// spread ones.
fn steps(rows: &[Vec<f64>]) -> Vec<usize> {
    let last = rows.len().saturating_sub(1);
    if rows.len() <= MOST_ROWS {
        return (0..rows.len()).collect();
    }
    let way = |step: usize| {
        let change =
            |row: &[f64], before: &[f64]| row.iter().zip(before).map(|(a, b)| a.total_cmp(b)).collect::<Vec<_>>();
        change(&rows[step], &rows[step - 1])
    };
    let mut steps: Vec<usize> = vec![0, last];
    steps.extend(
        (2..=last).filter(|&step| way(step) != way(step - 1)).flat_map(|step| [step - 1, step]).take(MOST_ROWS / 2),
    );
    let spread = MOST_ROWS - steps.len().min(MOST_ROWS - 1);
    steps.extend((0..spread).map(|index| index * last / spread));
    steps.sort_unstable();
    steps.dedup();
    steps
}
