//! `--format csv`

use std::fmt::Write as _;

use super::Shown;

pub fn write(shown: &[Shown]) -> String {
    shown.iter().map(one).collect::<Vec<_>>().join("\n")
}

fn one(shown: &Shown) -> String {
    let groups = shown.groups();
    let momenta = shown.momenta();
    let column = |what: &str, group: usize| if groups > 1 { format!("{what}_{group}") } else { what.to_owned() };
    let mut header: Vec<String> = vec![shown.rows.one().to_owned()];
    header.extend((0..groups).map(|group| column("lr", group)));
    if momenta.is_some() {
        header.extend((0..groups).map(|group| column("momentum", group)));
    }
    let mut text = header.join(",") + "\n";
    for (step, row) in shown.curve.lrs.iter().enumerate() {
        let _ = write!(text, "{step}");
        for value in row.iter().chain(momenta.and_then(|momenta| momenta.get(step)).into_iter().flatten()) {
            let _ = write!(text, ",{value:?}");
        }
        text.push('\n');
    }
    text
}
