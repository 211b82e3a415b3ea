//! YAML, and JSON as the part of it that it is.

use advisor::Span;
use saphyr_parser::{Event, Marker, Parser, ScalarStyle};

use super::tree::{Entry, Kind, MOST_NODES, Map, Node, too_large};
use crate::source::Unreadable;

/// Configs nested deeper than this are not read.
const DEEPEST: usize = 100;

/// The documents in a text.
///
/// # Errors
/// What is no YAML, too large or too deep, and where.
pub fn documents(text: &str) -> Result<Vec<Node>, Unreadable> {
    let mut reader = Reader { bytes: Bytes::of(text), open: Vec::new(), anchors: Vec::new(), nodes: 0, text };
    let mut documents = Vec::new();
    let mut last = 0;
    for event in Parser::new_from_str(text) {
        let (event, span) = event.map_err(|error| {
            Unreadable::new(format!("Not YAML: {}.", error.info()), reader.bytes.at(error.marker()))
        })?;
        last = reader.bytes.at(&span.end).max(last);
        if let Some(document) = reader.take(event, span)? {
            documents.push(document);
        }
    }
    Ok(documents)
}

/// From the characters that the parser counts to bytes.
struct Bytes {
    /// The byte at which each character starts; empty where every character is one byte.
    starts: Vec<u32>,
    end: usize,
}

impl Bytes {
    fn of(text: &str) -> Self {
        let starts = if text.is_ascii() { Vec::new() } else { text.char_indices().map(|(at, _)| at as u32).collect() };
        Self { starts, end: text.len() }
    }

    fn at(&self, marker: &Marker) -> usize {
        if self.starts.is_empty() {
            return marker.index().min(self.end);
        }
        self.starts.get(marker.index()).map_or(self.end, |at| *at as usize)
    }
}

/// A list or map that is not closed yet.
struct Open {
    node: Node,
    key: Option<(String, Span)>,
    anchor: usize,
}

struct Reader<'t> {
    bytes: Bytes,
    text: &'t str,
    open: Vec<Open>,
    /// By their numbers, which the parser counts.
    anchors: Vec<Option<Node>>,
    nodes: usize,
}

impl Reader<'_> {
    /// Takes one event; a document when it is complete.
    fn take(&mut self, event: Event<'_>, span: saphyr_parser::Span) -> Result<Option<Node>, Unreadable> {
        let (start, end) = (self.bytes.at(&span.start), self.bytes.at(&span.end));
        let at = Span::new(0, start as u32, end as u32);
        let node = match event {
            Event::Scalar(text, style, anchor, _) => {
                let node = Node { span: self.trimmed(at), kind: scalar(&text, style) };
                self.keep(anchor, &node);
                node
            }
            Event::Alias(anchor) => match self.anchors.get(anchor).and_then(Option::as_ref) {
                // A value that stands elsewhere; what is said of it is said of the alias.
                Some(node) => {
                    self.nodes += size(node);
                    Node { span: at, kind: node.kind.clone() }
                }
                None => Node { span: at, kind: Kind::Unknown },
            },
            Event::SequenceStart(anchor, _) => {
                self.begin(Kind::List(Vec::new()), at, anchor)?;
                return Ok(None);
            }
            Event::MappingStart(anchor, _) => {
                self.begin(Kind::Map(Map { entries: Vec::new(), complete: true }), at, anchor)?;
                return Ok(None);
            }
            Event::SequenceEnd | Event::MappingEnd => match self.open.pop() {
                Some(mut open) => {
                    // Where the parser sees the end of a block is the start of what follows.
                    let inner = match &open.node.kind {
                        Kind::List(items) => items.last().map(|item| item.span.end),
                        Kind::Map(map) => map.entries.last().map(|entry| entry.span().end),
                        _ => None,
                    };
                    open.node.span.end = inner.unwrap_or(at.end).max(if end > start { at.end } else { 0 });
                    self.keep(open.anchor, &open.node);
                    open.node
                }
                None => return Ok(None),
            },
            _ => return Ok(None),
        };
        // Aliases are counted as often as they are used.
        self.nodes += 1;
        if self.nodes > MOST_NODES {
            return Err(too_large(start));
        }
        Ok(self.add(node))
    }

    fn begin(&mut self, kind: Kind, span: Span, anchor: usize) -> Result<(), Unreadable> {
        if self.open.len() >= DEEPEST {
            let message = format!("The config is nested more than {DEEPEST} levels deep; it is not read.");
            return Err(Unreadable::new(message, span.start as usize));
        }
        self.open.push(Open { node: Node { span, kind }, key: None, anchor });
        Ok(())
    }

    /// Puts a value where it belongs; a document when nothing is open.
    fn add(&mut self, node: Node) -> Option<Node> {
        let Some(open) = self.open.last_mut() else { return Some(node) };
        match &mut open.node.kind {
            Kind::List(items) => items.push(node),
            Kind::Map(map) => match open.key.take() {
                None => {
                    let key = match &node.kind {
                        Kind::Text(text) => text.clone(),
                        _ => self
                            .text
                            .get(node.span.start as usize..node.span.end as usize)
                            .unwrap_or_default()
                            .to_owned(),
                    };
                    open.key = Some((key, node.span));
                }
                // `<<: *base`: the names of another map, unless they are given here.
                Some((key, _)) if key == "<<" => match node.kind {
                    Kind::Map(base) => {
                        let given = std::mem::take(&mut map.entries);
                        map.entries = base.entries;
                        map.entries.extend(given);
                    }
                    _ => map.complete = false,
                },
                Some((key, key_span)) => map.entries.push(Entry { key, key_span, value: node }),
            },
            _ => {}
        }
        None
    }

    fn keep(&mut self, anchor: usize, node: &Node) {
        if anchor > 0 {
            self.anchors.resize(self.anchors.len().max(anchor + 1), None);
            self.anchors[anchor] = Some(node.clone());
        }
    }

    /// Without the white space and comments that may follow a scalar.
    fn trimmed(&self, span: Span) -> Span {
        let text = self.text.get(span.start as usize..span.end as usize).unwrap_or_default();
        let length = match text.chars().next() {
            Some(quote @ ('"' | '\'')) => end_of_quoted(text, quote),
            _ => text.trim_end().len(),
        };
        Span::new(span.source, span.start, span.start + length as u32)
    }
}

/// One past the quote that closes a quoted text.
fn end_of_quoted(text: &str, quote: char) -> usize {
    let mut escaped = false;
    for (at, c) in text.char_indices().skip(1) {
        match c {
            _ if escaped => escaped = false,
            '\\' if quote == '"' => escaped = true,
            // Doubled, it stands for a quote inside the text.
            '\'' if quote == '\'' && text[at + 1..].starts_with('\'') => escaped = true,
            _ if c == quote => return at + 1,
            _ => {}
        }
    }
    text.len()
}

fn size(node: &Node) -> usize {
    match &node.kind {
        Kind::List(items) => 1 + items.iter().map(size).sum::<usize>(),
        Kind::Map(map) => 1 + map.entries.iter().map(|entry| size(&entry.value)).sum::<usize>(),
        _ => 1,
    }
}

fn scalar(text: &str, style: ScalarStyle) -> Kind {
    if style != ScalarStyle::Plain {
        return as_text(text);
    }
    match text {
        "" | "~" | "null" | "Null" | "NULL" | "None" => Kind::Nothing,
        "true" | "True" | "TRUE" => Kind::Truth(true),
        "false" | "False" | "FALSE" => Kind::Truth(false),
        // The tools that read these files take `1e-5` for a number in the end, whatever their YAML library says.
        _ if text.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '-' | '+' | '.')) => {
            text.replace('_', "").parse().map_or_else(|_| as_text(text), Kind::Number)
        }
        _ => as_text(text),
    }
}

/// A string, unless it stands for something else: `${trainer.max_epochs}`, `{{ epochs }}`.
fn as_text(text: &str) -> Kind {
    if text.contains("${") || text.contains("{{") { Kind::Unknown } else { Kind::Text(text.to_owned()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn slices(text: &str) -> Vec<String> {
        let documents = documents(text).unwrap_or_else(|problem| panic!("{}", problem.message));
        let map = documents[0].map().unwrap();
        map.entries
            .iter()
            .map(|entry| text[entry.span().start as usize..entry.span().end as usize].to_owned())
            .collect()
    }

    #[test]
    fn every_entry_knows_its_place() {
        assert_eq!(
            slices("a: 1\nü: 'x''y' # note\nc:\n  - 1\n  - 2\n\nd: {e: 1.5}\n"),
            ["a: 1", "ü: 'x''y'", "c:\n  - 1\n  - 2", "d: {e: 1.5}"]
        );
        assert_eq!(slices("{\n\t\"a\": [1, 2],\n\t\"b\": \"c\\/d\"\n}"), ["\"a\": [1, 2]", "\"b\": \"c\\/d\""]);
    }

    #[test]
    fn scalars_are_what_training_tools_take_them_for() {
        let document = &documents("a: 1e-5\nb: '1'\nc: ${x}\nd:\ne: True\nf: -inf\n").unwrap()[0];
        let map = document.map().unwrap();
        assert!(matches!(map.get("a").unwrap().kind, Kind::Number(number) if number == 1e-5));
        assert_eq!(map.get("b").unwrap().text(), Some("1"));
        assert!(matches!(map.get("c").unwrap().kind, Kind::Unknown));
        assert!(matches!(map.get("d").unwrap().kind, Kind::Nothing));
        assert!(matches!(map.get("e").unwrap().kind, Kind::Truth(true)));
    }

    #[test]
    fn merged_maps_are_there_and_overridden() {
        let document = &documents("base: &base {lr: 1, warmup: 2}\nrun:\n  <<: *base\n  lr: 3\n").unwrap()[0];
        let run = document.map().unwrap().get("run").unwrap().map().unwrap();
        assert!(matches!(run.get("lr").unwrap().kind, Kind::Number(3.0)));
        assert!(matches!(run.get("warmup").unwrap().kind, Kind::Number(2.0)));
    }

    #[test]
    fn what_is_no_config_is_told_in_a_sentence() {
        assert!(documents("a: [1, 2\nb: {").unwrap_err().message.starts_with("Not YAML: "));
        let deep = "[".repeat(5000);
        assert!(documents(&deep).is_err());
        // Aliases of aliases: exponential, if they were followed without a bound.
        let mut bomb = String::from("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
        for level in 1..9 {
            let before = format!("*a{}, ", level - 1).repeat(9);
            bomb += &format!("a{level}: &a{level} [{before}x]\n");
        }
        assert!(documents(&bomb).unwrap_err().message.contains("100000 values"));
    }
}
