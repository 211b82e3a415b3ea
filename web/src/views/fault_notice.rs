//! What has broken, and buttons that mend it.

use leptos::prelude::*;

use crate::race::{Race, Way};

/// A banner while something is wrong with the race. It is read out; the buttons come after it in the order of the tab key.
#[component]
pub fn FaultNotice(race: Race) -> impl IntoView {
    let sentence = move || {
        race.fault.with(|fault| fault.as_ref().map(|fault| fault.sentence.clone())).map(|sentence| {
            view! { <p class="notice" data-testid="fault">{sentence}</p> }
        })
    };
    let ways =
        Memo::new(move |_| race.fault.with(|fault| fault.as_ref().map(|fault| fault.ways.clone()).unwrap_or_default()));
    let buttons = move || {
        let button = |way: Way| {
            view! { <button type="button" data-testid=way.name() on:click=move |_| race.mend(way)>{way.words()}</button> }
        };
        let buttons = ways.get().into_iter().map(button).collect_view();
        ways.with(|ways| !ways.is_empty()).then(|| view! { <div class="ways">{buttons}</div> })
    };
    view! {
        <div class="fault" aria-live="assertive">{sentence}</div>
        {buttons}
    }
}
