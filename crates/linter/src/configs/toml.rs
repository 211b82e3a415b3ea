//! TOML.

use advisor::Span;
use toml::de::{DeTable, DeValue};

use super::tree::{Entry, Kind, MOST_NODES, Map, Node, too_large};
use crate::source::Unreadable;

/// The document in a text. How deep it goes is bounded by the parser.
///
/// # Errors
/// What is no TOML, or too large, and where.
pub fn document(text: &str) -> Result<Node, Unreadable> {
    let table = DeTable::parse(text).map_err(|error| {
        let at = error.span().map_or(0, |span| span.start);
        Unreadable::new(format!("Not TOML: {}.", error.message().trim_end_matches('.')), at)
    })?;
    let mut left = MOST_NODES;
    let kind = map(table.get_ref(), &mut left).map(Kind::Map);
    let span = Span::new(0, 0, u32::try_from(text.trim_end().len()).unwrap_or(u32::MAX));
    Ok(Node { span, kind: kind.ok_or_else(|| too_large(0))? })
}

/// A table in the order of the source; `None` when there are too many values.
fn map(table: &DeTable<'_>, left: &mut usize) -> Option<Map> {
    let mut entries = Vec::new();
    for (key, value) in table.iter() {
        let node = Node { span: span(value.span()), kind: kind(value.get_ref(), left)? };
        entries.push(Entry { key: key.get_ref().to_string(), key_span: span(key.span()), value: node });
    }
    entries.sort_by_key(|entry| entry.key_span.start);
    Some(Map { entries, complete: true })
}

fn kind(value: &DeValue<'_>, left: &mut usize) -> Option<Kind> {
    *left = left.checked_sub(1)?;
    Some(match value {
        DeValue::String(text) => Kind::Text(text.to_string()),
        DeValue::Boolean(truth) => Kind::Truth(*truth),
        DeValue::Integer(number) if number.radix() == 10 => parsed(number.as_str()),
        DeValue::Float(number) => parsed(number.as_str()),
        DeValue::Integer(_) | DeValue::Datetime(_) => Kind::Unknown,
        DeValue::Array(items) => Kind::List(
            items
                .iter()
                .map(|item| Some(Node { span: span(item.span()), kind: kind(item.get_ref(), left)? }))
                .collect::<Option<_>>()?,
        ),
        DeValue::Table(table) => Kind::Map(map(table, left)?),
    })
}

fn parsed(number: &str) -> Kind {
    number.replace('_', "").parse().map_or(Kind::Unknown, Kind::Number)
}

fn span(range: std::ops::Range<usize>) -> Span {
    let at = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
    Span::new(0, at(range.start), at(range.end))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_entry_knows_its_place() {
        let text = "lr = 1e-4 # note\n[train]\nsteps = 1_000\nname = 'a'\n";
        let document = document(text).unwrap();
        let map = document.map().unwrap();
        let slice = |entry: &Entry| &text[entry.span().start as usize..entry.span().end as usize];
        assert_eq!(slice(map.entry("lr").unwrap()), "lr = 1e-4");
        let train = map.get("train").and_then(Node::map).unwrap();
        assert_eq!(train.entries.iter().map(slice).collect::<Vec<_>>(), ["steps = 1_000", "name = 'a'"]);
        assert!(matches!(train.get("steps").unwrap().kind, Kind::Number(1000.0)));
    }

    #[test]
    fn what_is_no_toml_is_told_in_a_sentence() {
        assert!(document("a = [1, 2\nb = {").unwrap_err().message.starts_with("Not TOML: "));
        assert!(document(&format!("a = {}", "[".repeat(5000))).is_err());
        let long = format!("a = [{}]", "0,".repeat(MOST_NODES));
        assert!(document(&long).unwrap_err().message.contains("100000 values"));
    }
}
