//! The little Markdown that rules, claims and schedules are written in: paragraphs, lists, `code`.

use leptos::prelude::*;

/// Words with `code` in them.
pub fn inline(text: &str) -> AnyView {
    let parts = text.split('`').enumerate().map(|(index, part)| match index % 2 {
        0 => part.to_owned().into_any(),
        _ => view! { <code>{part.to_owned()}</code> }.into_any(),
    });
    parts.collect_view().into_any()
}

/// Paragraphs and lists.
pub fn markdown(text: &str) -> AnyView {
    let mut blocks: Vec<AnyView> = Vec::new();
    for block in text.split("\n\n").map(str::trim).filter(|block| !block.is_empty()) {
        let is_item = |line: &str| line.starts_with("* ") || line.starts_with("- ");
        if is_item(block) {
            let mut items: Vec<String> = Vec::new();
            for line in block.lines() {
                match items.last_mut() {
                    Some(last) if !is_item(line) => *last += &format!(" {}", line.trim()),
                    _ => items.push(line.get(2..).unwrap_or_default().to_owned()),
                }
            }
            let items = items.iter().map(|item| view! { <li>{inline(item)}</li> }).collect_view();
            blocks.push(view! { <ul>{items}</ul> }.into_any());
        } else {
            let paragraph = block.lines().map(str::trim).collect::<Vec<_>>().join(" ");
            blocks.push(view! { <p>{inline(&paragraph)}</p> }.into_any());
        }
    }
    blocks.collect_view().into_any()
}
