//! Text with numbers in it: `Epoch 3/100 | loss=0.52 | lr: 1e-3`, `{'loss': 0.5, 'epoch': 1.0}`, progress bars of Keras
//! and tqdm.
//!
//! A line is scanned once from left to right for a name, `=` or `:` or a space, and a number.

use std::io::BufRead;

use crate::log::columns;
use crate::log::limited::lines;
use crate::log::recorder::Recorder;

pub(in crate::log) fn read(input: impl BufRead, log: &mut Recorder) -> Result<(), String> {
    let mut epoch = None;
    let mut before = String::new();
    lines(input, |number, line| {
        log.message(number, line);
        let mut cells = scan(line);
        let only_place = cells.iter().all(|(name, _)| columns::is_epoch(name) || columns::is_step(name));
        if let Some((_, value)) = cells.iter().find(|(name, _)| columns::is_epoch(name)) {
            epoch = Some(*value);
        }
        // `Epoch 3/10` on a line of its own says where the lines after it belong.
        if cells.is_empty() || only_place {
            return true;
        }
        if let (Some(epoch), false) = (epoch, cells.iter().any(|(name, _)| columns::is_epoch(name))) {
            cells.push(("epoch".to_owned(), epoch));
        }
        // A progress bar that is drawn twice in the same state is one row.
        if line.trim() != before {
            log.row(&cells);
            before.clear();
            before.push_str(line.trim());
        }
        true
    })
}

/// The names and numbers of a line.
fn scan(line: &str) -> Vec<(String, f64)> {
    let mut cells: Vec<(String, f64)> = Vec::new();
    let mut rest = line;
    while let Some(start) = rest.find(|character: char| character.is_ascii_alphabetic()) {
        // A letter within a number or behind one, as in `2ms/step`, starts no name.
        let behind_digit = start > 0 && rest.as_bytes()[start - 1].is_ascii_digit();
        rest = &rest[start..];
        let end = rest.find(|character: char| !is_name(character)).unwrap_or(rest.len());
        let (name, after) = rest.split_at(end);
        rest = after;
        if behind_digit {
            continue;
        }
        let name = name.trim_end_matches(['/', '.', '-']);
        let Some((value, after)) = number_after(name, after, cells.is_empty()) else { continue };
        rest = after;
        // The first of two with the same name: `loss: 0.5 (0.6)` is the value and its mean, and has one name only.
        if !cells.iter().any(|(other, _)| other == name) {
            cells.push((name.to_owned(), value));
        }
    }
    cells
}

fn is_name(character: char) -> bool {
    character.is_alphanumeric() || matches!(character, '_' | '/' | '.' | '-' | '@')
}

/// The number that belongs to a name, and what comes after it.
fn number_after<'a>(name: &str, after: &'a str, first: bool) -> Option<(f64, &'a str)> {
    let unquoted = after.strip_prefix(['\'', '"']).unwrap_or(after);
    let text = unquoted.trim_start_matches(' ');
    let value = match text.strip_prefix(['=', ':']) {
        Some(text) => text.trim_start_matches([' ', '\'', '"', '[', '(']),
        // `epoch 3`, `step 100`, `loss 0.52`: a space will do behind the words we know.
        None if text.len() < unquoted.len() && (columns::is_place_or_loss(name) || first && columns::is_step(name)) => {
            text
        }
        None => text.strip_prefix('[').filter(|_| columns::is_place_or_loss(name))?,
    };
    let (value, tensor) = value.strip_prefix("tensor(").map_or((value, false), |value| (value, true));
    let end = value.find(|character: char| !is_number(character)).unwrap_or(value.len());
    let number = value[..end].trim_end_matches(['.', ',', '-', '+']);
    // Clock times and dates are no values.
    let next = value[end..].chars().next();
    if next == Some(':') || value[..end].matches('-').count() > 2 {
        return None;
    }
    let parsed = number.parse::<f64>().ok()?;
    let percent = if next == Some('%') { 0.01 } else { 1.0 };
    // What else a tensor says of itself, its device, is no value.
    let after = if tensor { value.find(')').unwrap_or(end) } else { end };
    Some((parsed * percent, &value[after..]))
}

fn is_number(character: char) -> bool {
    character.is_ascii_digit()
        || matches!(character, '.' | '-' | '+' | 'e' | 'E' | 'n' | 'a' | 'N' | 'i' | 'f' | 'I' | 'A' | 'F')
}

#[cfg(test)]
mod tests {
    use super::scan;

    #[test]
    fn lines_of_the_usual_writers() {
        let cases: [(&str, &[(&str, f64)]); 12] = [
            ("Epoch 3/100 | train_loss=0.52 | lr=1e-03", &[("Epoch", 3.0), ("train_loss", 0.52), ("lr", 1e-3)]),
            (
                "Epoch: [3][100/390]\tTime 0.112 (0.120)\tLoss 2.31 (2.40)\tLR: 0.1",
                &[("Epoch", 3.0), ("Loss", 2.31), ("LR", 0.1)],
            ),
            (
                "{'loss': 0.5, 'grad_norm': 1.5, 'learning_rate': 5e-05, 'epoch': 0.1}",
                &[("loss", 0.5), ("grad_norm", 1.5), ("learning_rate", 5e-5), ("epoch", 0.1)],
            ),
            (
                "1875/1875 [====] - 3s 2ms/step - accuracy: 0.91 - loss: 0.31 - val_loss: 0.28",
                &[("accuracy", 0.91), ("loss", 0.31), ("val_loss", 0.28)],
            ),
            (
                "2026-11-23 22:46:27,123 INFO step 100 loss 2.5 lr 0.001",
                &[("step", 100.0), ("loss", 2.5), ("lr", 0.001)],
            ),
            ("[22:46:27] iter: 20 loss: nan lr: 1.0e-2", &[("iter", 20.0), ("loss", f64::NAN), ("lr", 0.01)]),
            (
                "step:1600/1750 train_loss:3.2800 step_avg:95.2ms",
                &[("step", 1600.0), ("train_loss", 3.28), ("step_avg", 95.2)],
            ),
            ("val acc: 91.5%", &[("acc", 0.915)]),
            ("loss = tensor(0.25, device='cuda:0')", &[("loss", 0.25)]),
            ("Loading data from /data/train in 3 shards", &[]),
            ("", &[]),
            ("epoch 12, loss -0.5", &[("epoch", 12.0), ("loss", -0.5)]),
        ];
        for (line, expected) in cases {
            let got = scan(line);
            let same =
                |(a, b): (&(String, f64), &(&str, f64))| a.0 == b.0 && (a.1 == b.1 || a.1.is_nan() && b.1.is_nan());
            assert!(got.len() == expected.len() && got.iter().zip(expected).all(same), "{line}: {got:?}");
        }
    }
}
