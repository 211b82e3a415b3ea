//! From what a rule wants changed to the text of Python.
//!
//! Where the source is written in a way that cannot be changed with certainty (a comment inside the arguments, two
//! statements on one line), there is no fix.

use advisor::{Change, Edit, Fix, Span};
use ruff_python_ast::{Expr, ExprCall, Stmt};
use ruff_text_size::{Ranged, TextRange, TextSize};

use super::entries;
use crate::walk::{Visitor, walk_expr, walk_stmt};

/// Fills in the edits of a fix; `false` where it cannot be made.
pub(crate) fn spell(fix: &mut Fix, source: &str, body: &[Stmt]) -> bool {
    let speller = Speller { source, body };
    let edits: Option<Vec<Vec<Edit>>> = fix.changes.iter().map(|change| speller.spell(change)).collect();
    let edits: Vec<Edit> = edits.into_iter().flatten().flatten().collect();
    let mut edits = carried_along(edits, source);
    edits.sort_by_key(|edit| edit.span);
    let are_apart = edits.windows(2).all(|pair| pair[0].span.end <= pair[1].span.start);
    fix.edits = edits;
    are_apart && !fix.edits.is_empty()
}

/// Makes the changes inside of what is moved where it is put.
fn carried_along(edits: Vec<Edit>, source: &str) -> Vec<Edit> {
    let is_inside = |inner: &Edit, outer: &Edit| inner != outer && outer.span.contains(inner.span);
    let is_taken = |edit: &Edit| edit.text.is_empty() && edits.iter().any(|other| is_inside(other, edit));
    let Some(taken) = edits.iter().find(|edit| is_taken(edit)).cloned() else { return edits };
    let (inner, mut outer): (Vec<Edit>, Vec<Edit>) = edits.into_iter().partition(|edit| is_inside(edit, &taken));
    let [change] = &inner[..] else { return outer };
    let range = |from: u32, to: u32| source.get(from as usize..to as usize).unwrap_or_default();
    let (before, after) = (range(taken.span.start, change.span.start), range(change.span.end, taken.span.end));
    let lines = format!("{before}{}{after}", change.text);
    let moved = range(taken.span.start, taken.span.end).trim_end_matches(['\r', '\n']);
    for put in &mut outer {
        put.text = put.text.replace(moved, lines.trim_end_matches(['\r', '\n']));
    }
    outer
}

struct Speller<'a> {
    source: &'a str,
    body: &'a [Stmt],
}

impl<'a> Speller<'a> {
    fn spell(&self, change: &Change) -> Option<Vec<Edit>> {
        match change {
            // Of several arguments that are unpacked at once, one is not written there.
            Change::Replace { span, .. } | Change::RemoveArgument { value: span } if self.is_unpacked(range(*span)) => {
                None
            }
            Change::Replace { span, text } => Some(vec![Edit { span: *span, text: text.clone() }]),
            Change::RemoveArgument { value } => Some(vec![self.without_argument(range(*value))?]),
            Change::RemoveArguments { call } => Some(vec![self.without_arguments(range(*call))?]),
            Change::RenameMethod { call, name } => {
                let Expr::Attribute(method) = &*self.call(range(*call), |found| found.range() == range(*call))?.func
                else {
                    return None;
                };
                Some(vec![edit(method.attr.range(), name.clone())])
            }
            Change::MoveEntries { into, key, entries } => entries::moved(self.source, self.body, *into, key, entries),
            Change::MoveStatement { statement, after } => self.moved(range(*statement), after.map(range)),
        }
    }

    /// The innermost call around a place that `is_it` accepts.
    fn call(&self, around: TextRange, is_it: impl Fn(&ExprCall) -> bool) -> Option<&'a ExprCall> {
        let mut search = Calls { around, is_it, found: None };
        search.visit_body(self.body);
        search.found
    }

    /// Whether something is unpacked into arguments: `**settings`, `*args`.
    fn is_unpacked(&self, value: TextRange) -> bool {
        self.call(value, |call| {
            let by_name = call.arguments.keywords.iter().any(|word| word.arg.is_none() && word.value.range() == value);
            by_name || call.arguments.args.iter().any(|one| one.is_starred_expr() && one.range() == value)
        })
        .is_some()
    }

    fn text(&self, range: TextRange) -> &'a str {
        self.source.get(range.to_std_range()).unwrap_or_default()
    }

    /// Takes an argument out with the comma before it or, where it is the first, the one behind it.
    fn without_argument(&self, value: TextRange) -> Option<Edit> {
        let is_keyword = |call: &ExprCall| call.arguments.keywords.iter().any(|keyword| keyword.value.range() == value);
        let is_positional = |call: &ExprCall| call.arguments.args.iter().any(|argument| argument.range() == value);
        let call = self.call(value, |call| is_keyword(call) || is_positional(call))?;
        let all: Vec<TextRange> = call.arguments.iter_source_order().map(|argument| argument.range()).collect();
        let index = all.iter().position(|range| range.contains_range(value))?;
        let inside = TextRange::new(
            call.arguments.start() + TextSize::from(1),
            call.arguments.end().checked_sub(TextSize::from(1))?,
        );
        let (removed, between) = match (index.checked_sub(1).and_then(|at| all.get(at)), all.get(index + 1)) {
            (Some(before), _) => {
                let removed = TextRange::new(before.end(), all[index].end());
                (removed, TextRange::new(before.end(), all[index].start()))
            }
            (None, Some(next)) => {
                let removed = TextRange::new(all[index].start(), next.start());
                (removed, TextRange::new(all[index].end(), next.start()))
            }
            (None, None) => (inside, TextRange::empty(inside.start())),
        };
        // Brackets of the arguments themselves, and comments, are in the way.
        let is_plain = |text: &str| text.chars().all(|char| char.is_whitespace() || char == ',');
        let alone = all.len() == 1;
        let around =
            [TextRange::new(inside.start(), all[index].start()), TextRange::new(all[index].end(), inside.end())];
        let fits = if alone {
            around.iter().all(|range| is_plain(self.text(*range)))
        } else {
            self.text(between).matches(',').count() == 1 && is_plain(self.text(between))
        };
        fits.then(|| edit(removed, String::new()))
    }

    fn without_arguments(&self, call: TextRange) -> Option<Edit> {
        let call = self.call(call, |found| found.range() == call)?;
        let harmless = call.arguments.keywords.iter().map(|keyword| &keyword.value).chain(&call.arguments.args);
        // An argument may do something besides having a value.
        if call.arguments.is_empty()
            || !harmless.into_iter().all(is_only_read)
            || self.text(call.arguments.range()).contains('#')
        {
            return None;
        }
        Some(edit(call.arguments.range(), "()".to_owned()))
    }

    fn moved(&self, statement: TextRange, after: Option<TextRange>) -> Option<Vec<Edit>> {
        let mut place = Place::default();
        locate(self.body, statement, Holder::Other, &mut place);
        // What holds nothing but the statement goes with it.
        let mut level = place.levels.pop()?;
        // `x = scheduler.step()` and `if scheduler.step():` are more than the call.
        if level.block.get(level.index)?.range() != statement {
            return None;
        }
        while level.holder == Holder::Condition && level.block.len() == 1 {
            level = place.levels.pop()?;
        }
        let Level { block, index, holder } = level;
        let (moved, later) = (block.get(index)?, block.get(index + 1..)?);
        let target = match later.iter().find(|sibling| after.is_some_and(|after| sibling.range().contains_range(after)))
        {
            Some(sibling) => sibling,
            // To the end of the turn, if every turn gets there.
            None if holder == Holder::Loop && !later.iter().any(may_leave) => later.last()?,
            None => return None,
        };
        let taken = self.lines_of(moved)?;
        let (mut text, insert) = (self.text(taken).to_owned(), self.lines_of(target)?.end());
        if !text.ends_with('\n') {
            return None;
        }
        let mut put = text.clone();
        if !self.text(TextRange::up_to(insert)).ends_with('\n') {
            text.truncate(text.trim_end_matches(['\r', '\n']).len());
            put = format!("\n{text}");
        }
        Some(vec![edit(taken, String::new()), edit(TextRange::empty(insert), put)])
    }

    /// The lines of a statement, if nothing else stands on them but a comment.
    fn lines_of(&self, statement: &Stmt) -> Option<TextRange> {
        let (start, end) = (statement.start().to_usize(), statement.end().to_usize());
        let first = self.source.get(..start)?.rfind('\n').map_or(0, |at| at + 1);
        let last = self.source.get(end..)?.find('\n').map_or(self.source.len(), |at| end + at + 1);
        let before = self.source.get(first..start)?;
        let behind = self.source.get(end..last)?.trim();
        let alone = before.trim().is_empty() && (behind.is_empty() || behind.starts_with('#'));
        alone.then(|| TextRange::new(size(first), size(last)))
    }
}

pub(super) fn range(span: Span) -> TextRange {
    TextRange::new(TextSize::from(span.start.min(span.end)), TextSize::from(span.end))
}

fn size(at: usize) -> TextSize {
    // Sources are at most 4 MB long.
    TextSize::try_from(at).unwrap_or_default()
}

pub(super) fn edit(range: TextRange, text: String) -> Edit {
    Edit { span: Span::new(0, range.start().to_u32(), range.end().to_u32()), text }
}

/// An expression that has a value and does nothing else, as far as anybody writes such things.
fn is_only_read(expression: &Expr) -> bool {
    match expression {
        Expr::Name(_) | Expr::NumberLiteral(_) | Expr::NoneLiteral(_) | Expr::BooleanLiteral(_) => true,
        Expr::Attribute(attribute) => is_only_read(&attribute.value),
        Expr::Subscript(subscript) => is_only_read(&subscript.value) && is_only_read(&subscript.slice),
        Expr::UnaryOp(operation) => is_only_read(&operation.operand),
        Expr::BinOp(operation) => is_only_read(&operation.left) && is_only_read(&operation.right),
        Expr::Call(call) => {
            let is_conversion =
                matches!(&*call.func, Expr::Name(name) if matches!(name.id.as_str(), "len" | "int" | "float"));
            is_conversion && call.arguments.keywords.is_empty() && call.arguments.args.iter().all(is_only_read)
        }
        _ => false,
    }
}

struct Calls<'a, F> {
    around: TextRange,
    is_it: F,
    found: Option<&'a ExprCall>,
}

impl<'a, F: Fn(&ExprCall) -> bool> Visitor<'a> for Calls<'a, F> {
    fn visit_body(&mut self, body: &'a [Stmt]) {
        if let Some(index) = at(body, self.around) {
            self.visit_stmt(&body[index]);
        }
    }

    fn visit_expr(&mut self, expression: &'a Expr) {
        if !expression.range().contains_range(self.around) {
            return;
        }
        if let Expr::Call(call) = expression
            && (self.is_it)(call)
        {
            self.found = Some(call);
        }
        walk_expr(self, expression);
    }
}

/// What a block belongs to.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Holder {
    Loop,
    /// An `if` without `elif` and `else`.
    Condition,
    Other,
}

/// A statement in its block.
struct Level<'a> {
    block: &'a [Stmt],
    index: usize,
    holder: Holder,
}

/// The way to a statement, from the module inwards.
#[derive(Default)]
struct Place<'a> {
    levels: Vec<Level<'a>>,
}

/// The statement of a block that holds `range`.
fn at(block: &[Stmt], range: TextRange) -> Option<usize> {
    let index = block.partition_point(|statement| statement.end() < range.end());
    block.get(index).is_some_and(|statement| statement.range().contains_range(range)).then_some(index)
}

/// Finds the way to the innermost statement that holds `range`.
fn locate<'a>(block: &'a [Stmt], range: TextRange, holder: Holder, place: &mut Place<'a>) {
    let Some(index) = at(block, range) else { return };
    place.levels.push(Level { block, index, holder });
    let holder = match &block[index] {
        Stmt::For(inner) => {
            if at(&inner.body, range).is_some() {
                Holder::Loop
            } else {
                Holder::Other
            }
        }
        Stmt::While(inner) => {
            if at(&inner.body, range).is_some() {
                Holder::Loop
            } else {
                Holder::Other
            }
        }
        Stmt::If(inner) if inner.elif_else_clauses.is_empty() => Holder::Condition,
        _ => Holder::Other,
    };
    for inner in blocks(&block[index]) {
        locate(inner, range, holder, place);
    }
}

/// The blocks of a statement.
fn blocks(statement: &Stmt) -> Vec<&[Stmt]> {
    match statement {
        Stmt::FunctionDef(inner) => vec![&inner.body],
        Stmt::ClassDef(inner) => vec![&inner.body],
        Stmt::For(inner) => vec![&inner.body, &inner.orelse],
        Stmt::While(inner) => vec![&inner.body, &inner.orelse],
        Stmt::If(inner) => std::iter::once(&inner.body[..])
            .chain(inner.elif_else_clauses.iter().map(|clause| &clause.body[..]))
            .collect(),
        Stmt::With(inner) => vec![&inner.body],
        Stmt::Match(inner) => inner.cases.iter().map(|case| &case.body[..]).collect(),
        Stmt::Try(inner) => {
            let handlers = inner.handlers.iter().map(|handler| {
                let ruff_python_ast::ExceptHandler::ExceptHandler(handler) = handler;
                &handler.body[..]
            });
            [&inner.body[..], &inner.orelse, &inner.finalbody].into_iter().chain(handlers).collect()
        }
        _ => Vec::new(),
    }
}

/// Whether a statement may end the turn of the loop that it stands in.
fn may_leave(statement: &Stmt) -> bool {
    struct Leaves(bool, usize);
    impl<'a> Visitor<'a> for Leaves {
        fn visit_stmt(&mut self, statement: &'a Stmt) {
            match statement {
                Stmt::Return(_) => self.0 = true,
                Stmt::Break(_) | Stmt::Continue(_) => self.0 |= self.1 == 0,
                Stmt::For(_) | Stmt::While(_) => {
                    self.1 += 1;
                    walk_stmt(self, statement);
                    self.1 -= 1;
                }
                Stmt::FunctionDef(_) | Stmt::ClassDef(_) => {}
                _ => walk_stmt(self, statement),
            }
        }
    }
    let mut leaves = Leaves(false, 0);
    leaves.visit_stmt(statement);
    leaves.0
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The source with a change in it, which names parts of the source by their text (the last place it stands at).
    fn changed(source: &str, change: impl Fn(&dyn Fn(&str) -> Span) -> Change) -> Option<String> {
        changed_by(source, |span| vec![change(span)])
    }

    fn changed_by(source: &str, changes: impl Fn(&dyn Fn(&str) -> Span) -> Vec<Change>) -> Option<String> {
        let parsed = ruff_python_parser::parse_module(source).unwrap();
        let span = |part: &str| {
            let at = source.rfind(part).unwrap();
            Span::new(0, at as u32, (at + part.len()) as u32)
        };
        let mut changes = changes(&span);
        let mut fix = Fix::safe("", changes.remove(0));
        fix.changes.extend(changes);
        let applied =
            spell(&mut fix, source, &parsed.syntax().body).then(|| crate::fix::apply(source, 0, [&fix]).text)?;
        assert!(ruff_python_parser::parse_module(&applied).is_ok(), "{applied}");
        Some(applied)
    }

    #[test]
    fn an_argument_goes_with_its_comma() {
        let without = |source| changed(source, |span| Change::RemoveArgument { value: span("True") });
        assert_eq!(changed("f(o, **c)", |span| Change::RemoveArgument { value: span("c") }), None);
        assert_eq!(changed("f(o, **c)", |span| Change::Replace { span: span("c"), text: "1".to_owned() }), None);
        assert_eq!(changed("f(o, *c)", |span| Change::Replace { span: span("*c"), text: "1".to_owned() }), None);
        for (source, expected) in [
            ("f(a, verbose=True)", "f(a)"),
            ("f(a, verbose=True, b=1)", "f(a, b=1)"),
            ("f(verbose=True, b=1)", "f(b=1)"),
            ("f(verbose=True,)", "f()"),
            ("f( True )", "f()"),
            ("f(a, True)", "f(a)"),
            ("f(a,\n  verbose=True,\n)", "f(a,\n)"),
            ("f(g(verbose=True))", "f(g())"),
            ("class A(b, verbose=True): pass\nf(a, verbose=True)", "class A(b, verbose=True): pass\nf(a)"),
        ] {
            assert_eq!(without(source).as_deref(), Some(expected), "{source}");
        }
        for source in ["f(a,  # why\n  verbose=True)", "f(verbose=True,  # why\n  b=1)", "f((True), b)", "x = True"] {
            assert_eq!(without(source), None, "{source}");
        }
    }

    #[test]
    fn all_arguments_go_if_they_are_only_read() {
        let without = |source, call: &str| changed(source, |span| Change::RemoveArguments { call: span(call) });
        for call in
            ["s.step(epoch)", "s.step(self.epoch + 1)", "s.step(epoch=i / len(loader))", "s.step(\n    e[0],\n)"]
        {
            assert_eq!(without(call, call).as_deref(), Some("s.step()"), "{call}");
        }
        for call in ["s.step()", "s.step(next(it))", "s.step(e := 1)", "s.step(e  # why\n)"] {
            assert_eq!(without(call, call), None, "{call}");
        }
    }

    #[test]
    fn a_method_gets_another_name() {
        let renamed = |source, call: &str| {
            changed(source, |span| Change::RenameMethod { call: span(call), name: "get_last_lr".to_owned() })
        };
        assert_eq!(renamed("x = s.get_lr()[0]", "s.get_lr()").as_deref(), Some("x = s.get_last_lr()[0]"));
        assert_eq!(renamed("x = get_lr()", "get_lr()"), None);
    }

    #[test]
    fn what_is_moved_is_changed_on_the_way() {
        let source = "for e in r:\n    s.step(e)  # why\n    for b in l:\n        o.step()\n";
        let fixed = changed_by(source, |span| {
            let after = Some(span("o.step()"));
            vec![
                Change::RemoveArguments { call: span("s.step(e)") },
                Change::MoveStatement { statement: span("s.step(e)"), after },
            ]
        });
        let expected = "for e in r:\n    for b in l:\n        o.step()\n    s.step()  # why\n";
        assert_eq!(fixed.as_deref(), Some(expected));
    }

    #[test]
    fn a_statement_goes_behind_another() {
        let moved = |source, after: Option<&str>| {
            changed(source, |span| Change::MoveStatement { statement: span("s.step()"), after: after.map(span) })
        };
        for (source, after, expected) in [
            ("s.step()  # why\no.step()\nx\n", Some("o.step()"), "o.step()\ns.step()  # why\nx\n"),
            ("s.step()\no.step()", Some("o.step()"), "o.step()\ns.step()"),
            ("for e in r:\n    s.step()\n    f()\n    g()\n", None, "for e in r:\n    f()\n    g()\n    s.step()\n"),
            (
                "for e in r:\n    if s:\n        s.step()\n    for b in l:\n        o.step()\n    g()\n",
                Some("o.step()"),
                "for e in r:\n    for b in l:\n        o.step()\n    if s:\n        s.step()\n    g()\n",
            ),
            // The optimizer is stepped in a function.
            (
                "def f():\n    o.step()\nwhile x:\n    s.step()\n    f()\n",
                Some("o.step()"),
                "def f():\n    o.step()\nwhile x:\n    f()\n    s.step()\n",
            ),
        ] {
            assert_eq!(moved(source, after).as_deref(), Some(expected), "{source}");
        }
        for (source, after) in [
            ("s.step(); o.step()\n", Some("o.step()")),
            ("x; s.step()\no.step()\n", Some("o.step()")),
            ("for e in r:\n    s.step()\n    if x: continue\n    f()\n", None),
            ("for e in r:\n    if x:\n        s.step()\n    else:\n        y\n    f()\n", None),
            ("for e in r:\n    s.step()\n", None),
            ("s.step()\nf()\n", None),
            ("while t:\n    x = s.step()\n    f()\n", None),
            ("while t:\n    if s.step():\n        f()\n    f()\n", None),
        ] {
            assert_eq!(moved(source, after), None, "{source}");
        }
    }
}
