//! Input fields that keep what was typed, also where it makes no sense: then the last value that did stays in force, and
//! a sentence says what is wrong.

use leptos::prelude::*;

/// A text field over a value.
#[component]
pub fn Field(
    /// What it is.
    #[prop(into)]
    label: String,
    /// Name for tests.
    #[prop(into, optional)]
    testid: Option<String>,
    /// The value in force, as text.
    #[prop(into)]
    value: Signal<String>,
    /// Takes a new text, or says what is wrong with it.
    #[prop(into)]
    accept: Callback<String, Result<(), String>>,
    /// Whether it holds a long text.
    #[prop(optional)]
    long: bool,
) -> impl IntoView {
    let typed = RwSignal::new(None::<String>);
    let problem = RwSignal::new(None::<String>);
    // A value that changed by other means replaces what was typed.
    Effect::new(move |before: Option<String>| {
        let value = value.get();
        if before.is_some_and(|before| before != value) && problem.with_untracked(Option::is_none) {
            typed.set(None);
        }
        value
    });
    let input = move |text: String| {
        typed.set(Some(text.clone()));
        problem.set(accept.run(text).err());
    };
    let leave = move |_| {
        if problem.with_untracked(Option::is_none) {
            typed.set(None);
        }
    };
    let text = move || typed.get().unwrap_or_else(|| value.get());
    let invalid = move || problem.with(Option::is_some).to_string();
    let control = if long {
        view! {
            <textarea rows="2" spellcheck="false" data-testid=testid prop:value=text aria-invalid=invalid
                on:input:target=move |event| input(event.target().value()) on:blur=leave></textarea>
        }
        .into_any()
    } else {
        view! {
            <input type="text" inputmode="decimal" autocomplete="off" spellcheck="false" data-testid=testid prop:value=text aria-invalid=invalid
                on:input:target=move |event| input(event.target().value()) on:blur=leave />
        }
        .into_any()
    };
    view! {
        <label class="field" class:long=long>
            <span>{label}</span>
            {control}
            {move || problem.get().map(|sentence| view! { <small class="problem" role="alert">{sentence}</small> })}
        </label>
    }
}

/// A choice among named values.
#[component]
pub fn Choice(
    /// What it is.
    #[prop(into)]
    label: String,
    /// Name for tests.
    #[prop(optional)]
    testid: Option<&'static str>,
    /// `(name, words)` of each value.
    options: Vec<(&'static str, &'static str)>,
    /// Name of the value in force.
    #[prop(into)]
    value: Signal<String>,
    /// Takes a name.
    #[prop(into)]
    choose: Callback<String>,
) -> impl IntoView {
    let options = options.into_iter().map(|(name, words)| {
        view! { <option value=name selected=move || value.get() == name>{words}</option> }
    });
    view! {
        <label class="field">
            <span>{label}</span>
            <select data-testid=testid prop:value=value on:change:target=move |event| choose.run(event.target().value())>
                {options.collect_view()}
            </select>
        </label>
    }
}
