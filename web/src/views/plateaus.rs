//! The counters of plateau schedules: best loss, bad steps against patience, cuts.

use leptos::prelude::*;
use scheduler::format_lr;

use crate::plot::MARKS;
use crate::race::{Plateau, Shown, plateaus};

/// One row for each plateau schedule of the race; nothing where there is none.
#[component]
pub fn Plateaus(shown: Shown) -> impl IntoView {
    let counted =
        Memo::new(move |_| shown.with(|shown| shown.map_or(Vec::new(), |(results, state)| plateaus(results, state))));
    let any = Memo::new(move |_| counted.with(|counted| !counted.is_empty()));
    view! {
        <Show when=move || any.get()>
            <ul class="plateaus" aria-label="Plateau counters, first seed" data-testid="plateaus">
                {move || counted.get().iter().map(row).collect_view()}
            </ul>
        </Show>
    }
}

fn row(plateau: &Plateau) -> impl IntoView + use<> {
    let index = plateau.schedule;
    let (bad, patience) = (plateau.bad, plateau.patience);
    let best = match plateau.best {
        Some(best) if best.is_finite() => format!("best loss {}", format_lr(f64::from(best))),
        _ => "no loss yet".to_string(),
    };
    let cuts = match plateau.cuts.as_slice() {
        [] => "not cut yet".to_string(),
        [.., (step, lr)] => format!("cut {} times, last after step {step} to {}", plateau.cuts.len(), format_lr(*lr)),
    };
    view! {
        <li class=format!("style-{index}") data-testid=format!("plateau-{index}") data-cuts=plateau.cuts.len().to_string()>
            <span class="swatch" aria-hidden="true">{MARKS[index % MARKS.len()]}</span>
            <span class="name">{plateau.name.clone()}", first seed"</span>
            <meter min="0" max=(patience + 1).to_string() value=bad.to_string() aria-label="Bad losses in a row"></meter>
            <span>{format!("{bad} bad losses of {patience} let pass")}</span>
            <span class="others">{best}" · "{cuts}</span>
        </li>
    }
}
