//! Sentences about what did not go as asked.

use leptos::prelude::*;

use crate::race::Race;

/// A banner for each: an unreadable link, a device that is not there.
#[component]
pub fn Notices(problems: RwSignal<Vec<String>>, race: Race) -> impl IntoView {
    let unreadable = move || {
        problems.with(|problems| {
            (!problems.is_empty())
                .then(|| format!("Part of the link could not be read, the rest is in place: {}", problems.join(" ")))
        })
    };
    let banner = |sentence: Option<String>| {
        sentence.map(|sentence| view! { <p class="notice" role="status" data-testid="notice">{sentence}</p> })
    };
    view! {
        {move || banner(unreadable())}
        {move || banner(race.device_notice.get())}
    }
}
