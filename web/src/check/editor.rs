//! The code with line numbers, and marks below what was found. A plain text area: it is accessible as it is, and what it
//! shows is the text and nothing else.

use leptos::html::Textarea;
use leptos::prelude::*;
use tools::Range;

use super::state::CheckState;
use crate::{browser, files};

/// The text area and the bar above it.
#[component]
pub fn Editor(state: CheckState) -> impl IntoView {
    let area = NodeRef::<Textarea>::new();
    let scrolled = RwSignal::new((0, 0));
    let shift = move || {
        let (left, top) = scrolled.get();
        format!("translate({}px, {}px)", -left, -top)
    };
    // A notebook is shown as the code of its cells, which cannot be typed into.
    let cells = Memo::new(move |_| {
        let code = state.checked.with(|checked| checked.as_ref().and_then(|checked| checked.code.clone()));
        code.filter(|_| state.source.with(|source| is_notebook(&source.text)))
    });
    let text = Memo::new(move |_| cells.get().unwrap_or_else(|| state.source.with(|source| source.text.clone())));
    let numbers = move || {
        line_numbers(
            &text.get(),
            &state.checked.with(|checked| {
                checked
                    .as_ref()
                    .filter(|_| cells.with(Option::is_some))
                    .map(|checked| checked.cells.clone())
                    .unwrap_or_default()
            }),
        )
    };
    let marks = move || {
        let lines: Vec<String> = text.with(|text| text.lines().map(str::to_owned).collect());
        shown(state).into_iter().filter_map(|(range, severity)| mark(&lines, range, &severity)).collect_view()
    };
    Effect::new(move |_| {
        if let (Some(range), Some(area)) = (state.go_to.get(), area.get_untracked()) {
            let (from, to) = text.with_untracked(|text| units(text, range));
            files::show_line(&area, u32::try_from(range.line).unwrap_or_default(), from, to);
        }
    });
    let over = RwSignal::new(false);
    let drop = move |event: leptos::ev::DragEvent| {
        event.prevent_default();
        over.set(false);
        state.open(files::file_of(&event));
    };
    view! {
        <EditorBar state />
        <div class="editor" class:over=over on:drop=drop on:dragleave=move |_| over.set(false)
            on:dragover=move |event| { event.prevent_default(); over.set(true); }>
            <div class="gutter" aria-hidden="true"><pre style:transform=move || format!("translateY({}px)", -scrolled.get().1)>{numbers}</pre></div>
            <div class="pane">
                <div class="marks" aria-hidden="true" style:transform=shift>{marks}</div>
                <textarea node_ref=area wrap="off" spellcheck="false" autocomplete="off" autocapitalize="off" data-testid="code"
                    aria-label="Code" placeholder="Paste a training script, a notebook or a config, or drop a file here."
                    prop:value=text readonly=move || cells.with(Option::is_some)
                    on:input:target=move |event| state.typed(event.target().value())
                    on:scroll:target=move |event| scrolled.set((event.target().scroll_left(), event.target().scroll_top()))></textarea>
            </div>
        </div>
    }
}

#[component]
fn EditorBar(state: CheckState) -> impl IntoView {
    let words = move || {
        let name = state.source.with(|source| source.name.clone());
        let kind = state.checked.with(|checked| checked.as_ref().map(|checked| checked.kind.clone()));
        [(!name.is_empty()).then_some(name), kind].into_iter().flatten().collect::<Vec<_>>().join(" · ")
    };
    let save = move |_| {
        let name = state.source.with_untracked(|source| source.name.clone());
        let name = if name.is_empty() { "train.py".to_owned() } else { name };
        state.source.with_untracked(|source| browser::download(&name, "text/plain", &source.text));
    };
    view! {
        <div class="bar">
            <label class="file">
                <input type="file" class="visually-hidden" data-testid="open" accept=".py,.ipynb,.yaml,.yml,.json,.toml,.txt"
                    on:change=move |event| state.open(files::file_of(&event)) />
                <span>"Open a file"</span>
            </label>
            <span class="kind" data-testid="kind">{words}</span>
            <button type="button" class="quiet" data-testid="undo-code" disabled=move || state.before.with(Vec::is_empty)
                on:click=move |_| state.undo()>"Undo"</button>
            <button type="button" class="quiet" on:click=save>"Download"</button>
        </div>
    }
}

fn is_notebook(text: &str) -> bool {
    text.trim_start().starts_with('{')
}

/// The numbers of the lines; those of a notebook start again in each cell, which its number heads.
fn line_numbers(text: &str, cells: &[(usize, usize)]) -> String {
    let count = text.split('\n').count();
    let mut numbers = String::with_capacity(count * 4);
    let (mut number, mut next) = (0, 0);
    for line in 0..count {
        number += 1;
        if cells.get(next).is_some_and(|cell| cell.0 == line) {
            number = 1;
            numbers += &format!("[{}] ", cells[next].1);
            next += 1;
        }
        numbers += &format!("{number}\n");
    }
    numbers
}

/// The places to mark.
fn shown(state: CheckState) -> Vec<(Range, String)> {
    super::findings::shown(state).into_iter().map(|(_, finding)| (finding.range, finding.severity)).collect()
}

/// A mark below a part of a line: the text in front of it, unseen, puts it where it belongs.
fn mark(lines: &[String], range: Range, severity: &str) -> Option<impl IntoView + use<>> {
    let line = lines.get(range.line)?;
    let end = if range.end_line == range.line { range.end_column } else { usize::MAX };
    let before: String = line.chars().take(range.column).collect();
    let marked: String = line.chars().take(end).skip(range.column).collect();
    let marked = if marked.is_empty() { " ".to_owned() } else { marked };
    let top = format!("calc({} * var(--code-line))", range.line);
    Some(
        view! { <div class="mark-line" style:top=top>{before}<span class=format!("underline {severity}")>{marked}</span></div> },
    )
}

/// A range in UTF-16 units.
fn units(text: &str, range: Range) -> (u32, u32) {
    let at = |line: usize, column: usize| {
        let before: usize = text.split_inclusive('\n').take(line).map(|line| line.encode_utf16().count()).sum();
        let within: usize = text.lines().nth(line).unwrap_or_default().chars().take(column).map(char::len_utf16).sum();
        u32::try_from(before + within).unwrap_or_default()
    };
    (at(range.line, range.column), at(range.end_line, range.end_column))
}
