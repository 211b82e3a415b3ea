//! Puts fixes into a source.

use std::ops::Range;

use advisor::{Edit, Fix};

/// A source with fixes in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Applied {
    /// The new text.
    pub text: String,
    /// How many fixes are in it; others touch the same places and have to wait for the next turn.
    pub count: usize,
}

/// Puts fixes into source number `source`, each whole or not at all, the first ones first.
pub fn apply<'f>(text: &str, source: u32, fixes: impl IntoIterator<Item = &'f Fix>) -> Applied {
    let (edits, count) = choose(text, source, fixes);
    Applied { text: put(text, 0..text.len(), &edits), count }
}

/// The edits of the fixes that can be made together, in order, and how many fixes they are.
pub(crate) fn choose<'f>(text: &str, source: u32, fixes: impl IntoIterator<Item = &'f Fix>) -> (Vec<&'f Edit>, usize) {
    let mut chosen: Vec<&Edit> = Vec::new();
    let mut count = 0;
    for fix in fixes {
        let fits = |edit: &Edit| {
            let span = edit.span;
            span.source == source
                && text.get(span.start as usize..span.end as usize).is_some()
                && chosen.iter().all(|other| are_apart(edit, other))
        };
        if !fix.edits.is_empty() && fix.edits.iter().all(fits) {
            chosen.extend(&fix.edits);
            count += 1;
        }
    }
    chosen.sort_by_key(|edit| edit.span);
    (chosen, count)
}

/// A part of a text with edits in it, which lie in this part, apart and in order.
pub(crate) fn put(text: &str, part: Range<usize>, edits: &[&Edit]) -> String {
    let mut result = String::with_capacity(part.len());
    let mut at = part.start;
    for edit in edits {
        result += text.get(at..edit.span.start as usize).unwrap_or_default();
        result += &edit.text;
        at = edit.span.end as usize;
    }
    result + text.get(at..part.end).unwrap_or_default()
}

/// Whether two edits do not touch: of two that meet at one byte, nobody knows which comes first.
fn are_apart(one: &Edit, other: &Edit) -> bool {
    one.span.end < other.span.start || other.span.end < one.span.start
}

#[cfg(test)]
mod tests {
    use advisor::{Applicability, Span};

    use super::*;

    fn fix(edits: &[(u32, u32, &str)]) -> Fix {
        let edits =
            edits.iter().map(|(start, end, text)| Edit { span: Span::new(0, *start, *end), text: (*text).into() });
        Fix { applicability: Applicability::Safe, title: String::new(), changes: Vec::new(), edits: edits.collect() }
    }

    #[test]
    fn edits_go_where_they_belong() {
        let applied = apply("abcdef", 0, [&fix(&[(4, 5, "E"), (0, 1, "")]), &fix(&[(2, 2, "-")])]);
        assert_eq!(applied, Applied { text: "b-cdEf".into(), count: 2 });
    }

    #[test]
    fn a_fix_is_made_whole_or_not_at_all() {
        let first = fix(&[(2, 4, "X")]);
        for second in [&[(3, 5, "Y")][..], &[(0, 1, "Y"), (4, 4, "Y")], &[(5, 99, "Y")], &[]] {
            assert_eq!(apply("abcdef", 0, [&first, &fix(second)]), Applied { text: "abXef".into(), count: 1 });
        }
        assert_eq!(apply("abcdef", 1, [&first]).count, 0);
        assert_eq!(apply("ä", 0, [&fix(&[(1, 2, "")])]), Applied { text: "ä".into(), count: 0 });
    }
}
