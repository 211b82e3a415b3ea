//! For people: the code, what is wrong, why, what to do, and the LR as written against the LR as meant.

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
    let range = |span: Span| {
        let (start, end) = (span.start as usize, (span.end as usize).min(part.end));
        (part.start <= start && start <= end).then(|| start - part.start..end - part.start)
    };
    let mut snippet = Snippet::source(code).path(path);
    snippet = snippet.annotations(range(finding.span).map(|range| AnnotationKind::Primary.span(range)));
    for (span, label) in &finding.related {
        // Other cells have lines of their own.
        snippet = snippet.annotations(range(*span).map(|range| AnnotationKind::Context.span(range).label(label)));
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
