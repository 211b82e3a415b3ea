//! The recipe as code, for one framework at a time.

use leptos::prelude::*;

use super::state::AdviseState;
use crate::browser;
use crate::views::Choice;

/// What the frameworks are called.
const NAMES: [(&str, &str); 7] = [
    ("pytorch", "PyTorch, the whole loop"),
    ("lightning", "Lightning"),
    ("transformers", "transformers"),
    ("timm", "timm"),
    ("optax", "optax"),
    ("keras", "Keras"),
    ("burn", "Burn (Rust)"),
];

/// The code, with a choice of the framework and a button that copies.
#[component]
pub fn Code(state: AdviseState) -> impl IntoView {
    let target = RwSignal::new("pytorch".to_owned());
    let copied = RwSignal::new(None::<bool>);
    let code = Memo::new(move |_| {
        state.report.with(|report| {
            let programs = report.as_ref().map(|report| report.code.clone()).unwrap_or_default();
            programs.into_iter().find(|(name, _)| *name == target.get()).map(|(_, code)| code)
        })
    });
    Effect::new(move |_| {
        code.track();
        copied.set(None);
    });
    let copy = move |_| {
        if let Some(Ok(text)) = code.get_untracked() {
            leptos::task::spawn_local(async move {
                let done = browser::copy(&text).await;
                // By then somebody may have left the view.
                let _ = copied.try_set(Some(done));
            });
        }
    };
    view! {
        <section class="code" aria-label="The recipe as code">
            <div class="bar">
                <Choice label="As code for" testid="code-target" options=NAMES.to_vec() value=target choose=Callback::new(move |name| target.set(name)) />
                <button type="button" class="quiet" disabled=move || !matches!(code.get(), Some(Ok(_))) on:click=copy>"Copy"</button>
                <span aria-live="polite">{move || match copied.get() {
                    Some(true) => "Copied.",
                    Some(false) => "The browser does not let the page copy.",
                    None => "",
                }}</span>
            </div>
            {move || match code.get() {
                Some(Ok(text)) => view! { <pre tabindex="0" role="region" aria-label="Program" data-testid="recipe-code"><code>{text}</code></pre> }.into_any(),
                Some(Err(sentence)) => view! { <p class="notice" data-testid="recipe-code">{sentence}</p> }.into_any(),
                None => ().into_any(),
            }}
        </section>
    }
}
