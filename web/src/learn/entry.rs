//! One entry: its heading, and its text where it is open.

use leptos::html::Details;
use leptos::prelude::*;
use tools::{Entry, EntryKind, Part, Source};

use super::state::LearnState;
use crate::check::CheckState;
use crate::prose::{inline, markdown};
use crate::view::View;

/// An entry by its place in the list.
#[component]
pub fn EntryArticle(state: LearnState, check: CheckState, index: usize) -> impl IntoView {
    let entry = state.entries.with_untracked(|entries| entries.get(index).cloned());
    entry.map(|entry| {
        let node = NodeRef::<Details>::new();
        let open = RwSignal::new(false);
        let name = entry.name.clone();
        Effect::new(move |_| {
            let is_meant = state.about.with(|about| about.as_ref() == Some(&name));
            if let (true, Some(node)) = (is_meant, node.get()) {
                open.set(true);
                request_animation_frame(move || node.scroll_into_view());
            }
        });
        let link = format!("#{}", View::Learn.link(&[("about", entry.name.clone())]));
        let testid = format!("entry-{}", entry.name);
        let (title, note) = (entry.title.clone(), entry.note.clone());
        let id = entry.name.clone();
        view! {
            <details node_ref=node id=id data-testid=testid prop:open=open
                on:toggle:target=move |event| open.set(event.target().open())>
                <summary><h4>{title}</h4> <span class="note">{note}</span></summary>
                <Show when=move || open.get()>
                    {text(&entry, check)}
                    <p><a href=link.clone()>"Link to this"</a></p>
                </Show>
            </details>
        }
    })
}

fn text(entry: &Entry, check: CheckState) -> impl IntoView + use<> {
    let is_rule = entry.kind == EntryKind::Rule;
    let parts = entry.parts.iter().map(|part| match part {
        Part::Heading(words) => view! { <h5>{inline(words)}</h5> }.into_any(),
        Part::Text(words) => markdown(words),
        Part::Code(code) => {
            let source = Source { name: String::new(), text: code.clone() };
            let try_it = move |_| check.replace(source.clone());
            let address = format!("#{}", View::Check.link(&[]));
            view! {
                <pre tabindex="0"><code>{code.clone()}</code></pre>
                {is_rule.then(|| view! { <p><a href=address on:click=try_it>"Check this"</a></p> })}
            }
            .into_any()
        }
    });
    let link = entry.link.clone().map(|(words, fragment)| {
        view! {
            <p><a class="button" href=format!("#{fragment}")>{words}</a></p>
        }
    });
    view! { {parts.collect_view()} {link} }
}
