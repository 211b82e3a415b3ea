//! For people: the code, what is wrong, why, what to do, and the LR as written against the LR as meant.

use std::ops::Range;

use advisor::{Effect, Severity, Span};
use annotate_snippets::{AnnotationKind, Element, Group, Level, Renderer, Snippet};

use super::{Diagnostic, Looks, Report};
use crate::chart::{label, sparkline};

/// All files.
pub fn render(report: &Report<'_>, looks: Looks) -> String {
    let renderer = if looks.colours { Renderer::styled() } else { Renderer::plain() }.term_width(looks.width);
    let mut out = String::new();
    for diagnostic in report.diagnostics() {
        let path = match diagnostic.start.cell {
            Some(cell) => format!("{}:cell {cell}", diagnostic.file.path),
            None => diagnostic.file.path.clone(),
        };
        out += &renderer.render(&[group(&diagnostic, &path, looks.width)]);
        out += "\n\n";
    }
    out + &report.summary()
}

fn group<'a>(diagnostic: &'a Diagnostic<'a>, path: &'a str, width: usize) -> Group<'a> {
    let finding = diagnostic.finding;
    let level = match finding.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
        Severity::Info => Level::INFO,
    };
    let id = format!("{} {}", finding.rule.code, finding.rule.name);
    let document = &diagnostic.file.document;
    let part = document.part(finding.span.start as usize);
    let code = document.code.get(part.clone()).unwrap_or_default();
    if !diagnostic.file.readable && finding.span.start as usize >= document.code.len() {
        // There is no text to show: it ends before what is wrong, or there is none.
        return Group::with_title(level.primary_title(format!("{}: {}", diagnostic.at(), finding.what)).id(id));
    }
    // Other cells have lines of their own.
    let range = |span: Span| {
        let (start, end) = (span.start as usize, (span.end as usize).min(part.end));
        (part.start <= start && start <= end).then(|| start - part.start..end - part.start)
    };
    let primary = range(finding.span).map(|range| (range, AnnotationKind::Primary, None));
    let context =
        finding.related.iter().filter_map(|(span, label)| Some((range(*span)?, AnnotationKind::Context, Some(label))));
    let annotations: Vec<_> = primary.into_iter().chain(context).collect();
    let lines = lines_around(code, annotations.iter().map(|(range, ..)| range.clone()));
    let first = 1 + code[..lines.start].matches('\n').count();
    let mut snippet = Snippet::source(&code[lines.clone()]).line_start(first).path(path);
    for (range, kind, label) in annotations {
        let annotation = kind.span(range.start - lines.start..range.end - lines.start);
        snippet = snippet.annotation(match label {
            Some(label) => annotation.label(label),
            None => annotation,
        });
    }
    let mut elements: Vec<Element<'a>> = vec![snippet.into()];
    if !finding.why.is_empty() {
        elements.push(Level::NOTE.with_name("why").message(&finding.why).into());
    }
    if !finding.help.is_empty() {
        elements.push(Level::HELP.message(&finding.help).into());
    }
    if let Some(effect) = &finding.effect {
        elements.push(Level::INFO.with_name("LR").message(curves(effect, width)).into());
    }
    level.primary_title(&finding.what).id(id).elements(elements)
}

/// The whole lines that hold all ranges of a text: a renderer that is given more goes through all of it for each finding.
fn lines_around(text: &str, ranges: impl Iterator<Item = Range<usize>>) -> Range<usize> {
    let all = ranges.reduce(|all, one| all.start.min(one.start)..all.end.max(one.end)).unwrap_or(0..text.len());
    let start = text[..all.start].rfind('\n').map_or(0, |before| before + 1);
    let rest = text[all.end..].split('\n').next().unwrap_or_default();
    start..all.end + rest.strip_suffix('\r').unwrap_or(rest).len()
}

/// What happens to the LR, in words and in two lines of one scale.
fn curves(effect: &Effect, width: usize) -> String {
    const MARGIN: usize = 24;
    let top = effect.written.iter().chain(&effect.intended).copied().filter(|lr| lr.is_finite()).fold(0.0, f64::max);
    let columns = width.saturating_sub(MARGIN).clamp(10, 60);
    let last = effect.written.len().saturating_sub(1);
    let mut text = format!(
        "{}\nas written  {}\nas meant    {}\n            {} 0 to {last}, LR 0 to {}",
        effect.summary,
        sparkline(&effect.written, columns, top),
        sparkline(&effect.intended, columns, top),
        effect.unit,
        label(top),
    );
    if !effect.assumed.is_empty() {
        text += &format!("\nassumed     {}", effect.assumed.join("; "));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_lines_are_shown_without_their_ends() {
        let text = "first\r\nsecond\r\nthird";
        assert_eq!(&text[lines_around(text, std::iter::once(9..11))], "second");
        assert_eq!(&text[lines_around(text, [15..16, 1..2].into_iter())], text);
        assert_eq!(lines_around(text, std::iter::empty()), 0..text.len());
    }
}
