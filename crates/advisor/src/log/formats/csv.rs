//! CSV, with commas, semicolons or tabs.

use std::io::BufRead;

use crate::log::limited::LimitedLines;
use crate::log::recorder::Recorder;

pub(in crate::log) fn read(mut input: impl BufRead, log: &mut Recorder) -> Result<(), String> {
    let beginning = input.fill_buf().map_err(|error| error.to_string())?;
    let header = beginning.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let count = |delimiter: u8| header.iter().filter(|byte| **byte == delimiter).count();
    let delimiter = [b',', b';', b'\t'].into_iter().rev().max_by_key(|delimiter| count(*delimiter)).unwrap_or(b',');
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(delimiter)
        .flexible(true)
        .trim(csv::Trim::All)
        .from_reader(LimitedLines::new(input));
    let names: Vec<String> = match reader.byte_headers() {
        Ok(names) => names.iter().map(name).collect(),
        Err(error) => return Err(sentence(&error)),
    };
    if let Some(name) = names.iter().find(|name| name.parse::<f64>().is_ok()) {
        log.note(format!("the first line must name the columns, but holds the number {name}"));
        return Ok(());
    }
    let mut record = csv::ByteRecord::new();
    let mut cells = Vec::new();
    let mut odd_rows = 0u64;
    // A row with too few cells waits for the next one: the last of a run that was killed may end within a number.
    let mut short: Option<Vec<(String, f64)>> = None;
    loop {
        match reader.read_byte_record(&mut record) {
            Ok(true) => {}
            Ok(false) => break,
            Err(error) => return Err(sentence(&error)),
        }
        if let Some(short) = short.take() {
            log.row(&short);
        }
        odd_rows += u64::from(record.len() != names.len());
        cells.clear();
        for (name, cell) in names.iter().zip(&record) {
            // An empty cell is no value; a word is not for us.
            if let Some(value) = number(cell) {
                cells.push((name.clone(), value));
            }
        }
        if record.len() < names.len() {
            short = Some(std::mem::take(&mut cells));
        } else {
            log.row(&cells);
        }
    }
    if let Some(short) = short {
        if reader.get_ref().breaks_off() {
            odd_rows -= 1;
            log.note("The last row breaks off and is left out.");
        } else {
            log.row(&short);
        }
    }
    match odd_rows {
        0 => {}
        1 => log.note("One row has more or fewer cells than the header; what fits is used."),
        _ => log.note(format!("{odd_rows} rows have more or fewer cells than the header; what fits is used.")),
    }
    Ok(())
}

fn name(cell: &[u8]) -> String {
    String::from_utf8_lossy(cell).trim_start_matches('\u{feff}').to_owned()
}

fn number(cell: &[u8]) -> Option<f64> {
    let text = std::str::from_utf8(cell).ok()?;
    text.parse().ok().or_else(|| {
        // torch tensors that were written as they are: tensor(0.5), tensor(0.5, device='cuda:0').
        let inner = text.strip_prefix("tensor(")?;
        inner.split([',', ')']).next()?.parse().ok()
    })
}

fn sentence(error: &csv::Error) -> String {
    match error.position() {
        Some(position) => format!("line {} is no row: {error}", position.line()),
        None => error.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use crate::log::{Format, Log, read};

    fn of(text: &str) -> Log {
        read("log.csv", Some(Format::Csv), text.as_bytes()).unwrap()
    }

    #[test]
    fn a_last_row_that_breaks_off_is_left_out() {
        let log = of("step,loss,lr\n0,2.0,0.1\n1,1.5,0.1\n2,1.2");
        assert_eq!(log.rows, 2);
        assert_eq!(
            log.notes.iter().map(|note| note.0.as_str()).collect::<Vec<_>>(),
            ["The last row breaks off and is left out."]
        );
    }

    #[test]
    fn short_rows_that_end_are_kept() {
        let log = of("step,loss,lr\n0,2.0,0.1\n1,1.5\n2,1.2\n");
        assert_eq!(log.rows, 3);
        assert_eq!(log.series("loss").unwrap().points(), [(0.0, 2.0), (1.0, 1.5), (2.0, 1.2)]);
    }
}
