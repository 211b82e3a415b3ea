//! The values of a chart as a table, for those who cannot or do not want to see it drawn.

use leptos::prelude::*;

use super::Unit;
use super::readout::Readout;

/// Rows of a table.
const ROWS: usize = 20;

/// Values at even places, made when asked for.
#[component]
pub fn Table(
    #[prop(into)] title: Signal<String>,
    #[prop(into)] x_end: Signal<f64>,
    #[prop(into)] unit: Signal<Unit>,
    readout: Readout,
) -> impl IntoView {
    let open = RwSignal::new(false);
    let rows = move || {
        let names = readout.run(0.0);
        if names.is_empty() {
            return view! { <p>"No values yet."</p> }.into_any();
        }
        let head = names.into_iter().map(|(_, name, _)| view! { <th scope="col">{name}</th> }).collect_view();
        let unit = unit.get();
        let body = places(x_end.get(), unit.stride).into_iter().map(|x| {
            let cells = readout.run(x).into_iter().map(|(_, _, value)| view! { <td>{value}</td> });
            view! { <tr><th scope="row">{unit.number(x)}</th>{cells.collect_view()}</tr> }
        });
        view! {
            <table>
                <caption class="visually-hidden">{title}</caption>
                <thead><tr><th scope="col">{unit.one}</th>{head}</tr></thead>
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

/// Places from 0 to the end that can be read off, about [`ROWS`] of them.
fn places(end: f64, stride: f64) -> Vec<f64> {
    let last = (end / stride).floor() as usize;
    let every = last.div_ceil(ROWS).max(1);
    let mut places: Vec<f64> = (0..=last).step_by(every).map(|place| place as f64 * stride).collect();
    if !last.is_multiple_of(every) {
        places.push(end);
    }
    places
}
