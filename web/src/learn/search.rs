//! The search: all words must be there, wherever; those in the heading count more.

use tools::{Entry, Part};

/// The places of the entries that hold every word of a text, the best first; all where it is empty.
pub fn find(entries: &[Entry], sought: &str) -> Vec<usize> {
    let words: Vec<String> = sought.split_whitespace().map(str::to_lowercase).collect();
    let mut found: Vec<(usize, usize)> = Vec::new();
    for (index, entry) in entries.iter().enumerate() {
        let heading = format!("{} {} {}", entry.name, entry.title, entry.note).to_lowercase();
        let elsewhere: Vec<&String> = words.iter().filter(|word| !heading.contains(*word)).collect();
        // Most entries are told by their heading.
        let text = if elsewhere.is_empty() { String::new() } else { text(entry) };
        if elsewhere.iter().all(|word| text.contains(*word)) {
            found.push((elsewhere.len(), index));
        }
    }
    found.sort_unstable();
    found.into_iter().map(|(_, index)| index).collect()
}

fn text(entry: &Entry) -> String {
    let parts = entry.parts.iter().map(|part| match part {
        Part::Heading(text) | Part::Text(text) | Part::Code(text) => text.to_lowercase(),
    });
    parts.collect::<Vec<_>>().join("\n")
}
