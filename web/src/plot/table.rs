//! The values of a chart as a table, for those who cannot or do not want to see it drawn.

use leptos::prelude::*;

use super::cursor::Readout;

/// Rows of a table.
const ROWS: usize = 20;

/// Values at even steps, made when asked for.
#[component]
pub fn Table(#[prop(into)] title: Signal<String>, #[prop(into)] x_end: Signal<f64>, readout: Readout) -> impl IntoView {
    let open = RwSignal::new(false);
    let rows = move || {
        let end = x_end.get() as usize;
        let stride = end.div_ceil(ROWS).max(1);
        let mut steps: Vec<usize> = (0..=end).step_by(stride).collect();
        if steps.last() != Some(&end) {
            steps.push(end);
        }
        let names = readout.run(0);
        if names.is_empty() {
            return view! { <p>"No values yet."</p> }.into_any();
        }
        let head = names.into_iter().map(|(_, name, _)| view! { <th scope="col">{name}</th> }).collect_view();
        let body = steps.into_iter().map(|step| {
            let cells = readout.run(step).into_iter().map(|(_, _, value)| view! { <td>{value}</td> });
            view! { <tr><th scope="row">{step}</th>{cells.collect_view()}</tr> }
        });
        view! {
            <table>
                <caption class="visually-hidden">{title}</caption>
                <thead><tr><th scope="col">"step"</th>{head}</tr></thead>
                <tbody>{body.collect_view()}</tbody>
            </table>
        }
        .into_any()
    };
    view! {
        <details class="table" on:toggle=move |_| open.update(|open| *open = !*open)>
            <summary>"As a table"</summary>
            <div class="scroll" tabindex="0" role="region" aria-label=move || format!("{} as a table", title.get())>
                {move || open.get().then(rows)}
            </div>
        </details>
    }
}
