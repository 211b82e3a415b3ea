//! Entries of a dict that move into another entry of it.

use advisor::{Edit, Span};
use ruff_python_ast::{DictItem, Expr, ExprDict, Stmt};
use ruff_text_size::{Ranged, TextRange};

use super::spell::{edit, range};
use crate::walk::{Visitor, walk_expr};

/// Moves entries into the value of another one, which becomes a dict under `key` where it is none. Only in a dict that is
/// written out as `{...}`, without comments between what moves.
pub(super) fn moved(source: &str, body: &[Stmt], into: Span, key: &str, entries: &[Span]) -> Option<Vec<Edit>> {
    let into = range(into);
    let mut search = Dicts { into, found: None };
    search.visit_body(body);
    let dict = search.found?;
    let at = |wanted: TextRange| dict.items.iter().position(|item| span_of(item) == Some(wanted));
    let indices: Vec<usize> = entries.iter().map(|entry| at(range(*entry))).collect::<Option<_>>()?;
    let text = |range: TextRange| source.get(range.to_std_range());

    let texts: Vec<&str> = indices.iter().map(|index| text(span_of(&dict.items[*index])?)).collect::<Option<_>>()?;
    let moved = texts.join(", ");
    let target = &dict.items[at(into)?];
    let mut edits = vec![match &target.value {
        Expr::Dict(inner) if inner.items.is_empty() => return None,
        // Behind its last entry.
        Expr::Dict(inner) => edit(TextRange::empty(inner.items.last()?.value.end()), format!(", {moved}")),
        value => {
            let quote =
                text(target.key.as_ref()?.range())?.chars().next().filter(|first| matches!(first, '"' | '\''))?;
            edit(value.range(), format!("{{{quote}{key}{quote}: {}, {moved}}}", text(value.range())?))
        }
    }];
    for index in indices {
        let here = span_of(&dict.items[index])?;
        // With the comma before it or, where it is the first, the one behind it.
        let (removed, between) = match index.checked_sub(1) {
            Some(before) => {
                let end = dict.items[before].value.end();
                (TextRange::new(end, here.end()), TextRange::new(end, here.start()))
            }
            None => {
                let start = span_of(dict.items.get(1)?)?.start();
                (TextRange::new(here.start(), start), TextRange::new(here.end(), start))
            }
        };
        // Brackets and comments are in the way.
        let between = text(between)?;
        if between.matches(',').count() != 1 || !between.chars().all(|each| each.is_whitespace() || each == ',') {
            return None;
        }
        edits.push(edit(removed, String::new()));
    }
    Some(edits)
}

/// A key with its value; `None` for `**other`.
fn span_of(item: &DictItem) -> Option<TextRange> {
    Some(TextRange::new(item.key.as_ref()?.start(), item.value.end()))
}

/// Finds the dict that has an entry.
struct Dicts<'a> {
    into: TextRange,
    found: Option<&'a ExprDict>,
}

impl<'a> Visitor<'a> for Dicts<'a> {
    fn visit_expr(&mut self, expression: &'a Expr) {
        if let Expr::Dict(dict) = expression
            && dict.items.iter().any(|item| span_of(item) == Some(self.into))
        {
            self.found = Some(dict);
        }
        walk_expr(self, expression);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The source after `'interval'` and `'frequency'`, where they are, have moved into `'lr_scheduler'`.
    fn changed(source: &str) -> Option<String> {
        let parsed = ruff_python_parser::parse_module(source).unwrap();
        let span = |name: &str, value: &str| {
            let entry = format!("{name}: {value}");
            source.find(&entry).map(|at| Span::new(0, at as u32, (at + entry.len()) as u32))
        };
        let into = span("'lr_scheduler'", "s").or_else(|| span("'lr_scheduler'", "{'scheduler': s}"))?;
        let entries: Vec<Span> =
            [span("'interval'", "'step'"), span("'frequency'", "2")].into_iter().flatten().collect();
        let mut edits = moved(source, &parsed.syntax().body, into, "scheduler", &entries)?;
        edits.sort_by_key(|edit| std::cmp::Reverse(edit.span));
        let mut text = source.to_owned();
        for edit in edits {
            text.replace_range(edit.span.start as usize..edit.span.end as usize, &edit.text);
        }
        Some(text)
    }

    #[test]
    fn entries_move_into_a_dict_of_the_schedulers_own() {
        for (source, expected) in [
            (
                "x = {'optimizer': o, 'lr_scheduler': s, 'interval': 'step'}",
                "x = {'optimizer': o, 'lr_scheduler': {'scheduler': s, 'interval': 'step'}}",
            ),
            (
                "return_({'interval': 'step', 'lr_scheduler': s, 'frequency': 2,})",
                "return_({'lr_scheduler': {'scheduler': s, 'interval': 'step', 'frequency': 2},})",
            ),
            (
                "x = {\n    'lr_scheduler': {'scheduler': s},\n    'interval': 'step',\n}",
                "x = {\n    'lr_scheduler': {'scheduler': s, 'interval': 'step'},\n}",
            ),
        ] {
            assert_eq!(changed(source).as_deref(), Some(expected), "{source}");
        }
        for source in
            ["x = {'lr_scheduler': s,  # mine\n 'interval': 'step'}", "x = dict(lr_scheduler=s, interval='step')"]
        {
            assert_eq!(changed(source), None, "{source}");
        }
    }
}
