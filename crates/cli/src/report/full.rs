//! For people: the code, what is wrong, why, what to do, and the LR as written against the LR as meant.

use advisor::{Effect, Finding, Severity};
use annotate_snippets::{AnnotationKind, Element, Group, Level, Renderer, Snippet};

use super::{Checked, Content, UNREADABLE, places, summary};
use crate::chart::{label, sparkline};

/// All files.
pub fn render(files: &[Checked], colours: bool, width: usize) -> String {
    let renderer = if colours { Renderer::styled() } else { Renderer::plain() }.term_width(width);
    let mut out = String::new();
    for file in files {
        match &file.content {
            Content::Text { text, findings } => {
                for finding in findings {
                    out += &renderer.render(&[group(file, text, finding, width)]);
                    out += "\n\n";
                }
            }
            Content::Unreadable { text, problem } => {
                let (place, _) = places(text, problem.at, problem.at);
                let at = if text.is_empty() { String::new() } else { format!(":{}:{}", place.line, place.column) };
                let title = Level::ERROR.primary_title(format!("{}{at}: {}", file.path, problem.message));
                out += &renderer.render(&[Group::with_title(title.id(format!("{} {}", UNREADABLE.1, UNREADABLE.0)))]);
                out += "\n\n";
            }
        }
    }
    out + &summary(files)
}

fn group<'a>(file: &'a Checked, text: &'a str, finding: &'a Finding, width: usize) -> Group<'a> {
    let level = match finding.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
        Severity::Info => Level::INFO,
    };
    let range = |span: advisor::Span| span.start as usize..(span.end as usize).min(text.len());
    let mut snippet =
        Snippet::source(text).path(&file.path).annotation(AnnotationKind::Primary.span(range(finding.span)));
    for (span, label) in &finding.related {
        snippet = snippet.annotation(AnnotationKind::Context.span(range(*span)).label(label));
    }
    let mut elements: Vec<Element<'a>> = vec![
        snippet.into(),
        Level::NOTE.with_name("why").message(&finding.why).into(),
        Level::HELP.message(&finding.help).into(),
    ];
    if let Some(effect) = &finding.effect {
        elements.push(Level::INFO.with_name("LR").message(curves(effect, width)).into());
    }
    let title = level.primary_title(&finding.what).id(format!("{} {}", finding.rule.code, finding.rule.name));
    title.elements(elements)
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
