//! The recipe: its lines, its schedule, other ways.

use leptos::prelude::*;
use scheduler::format_lr;
use tools::Advice;

use super::state::AdviseState;
use crate::chart::Chart;
use crate::prose::inline;

/// What is recommended.
#[component]
pub fn Recipe(state: AdviseState) -> impl IntoView {
    move || {
        let report = state.report.get()?;
        let lines = report.lines.iter().map(line).collect_view();
        let others = report.alternatives.iter().map(|(instead, when, source)| {
            view! { <li>{inline(instead)} ", if " {inline(when)} "." <span class="source">" "{source.clone()}</span></li> }
        });
        let others = (!report.alternatives.is_empty()).then(|| {
            view! {
                <h3>"Other ways"</h3>
                <ul class="alternatives">{others.collect_view()}</ul>
            }
        });
        let length = format!("{} {}s", report.length, report.unit);
        let description = format!("The LR over {length}, from a base LR of {}.", format_lr(report.lr));
        let curves = vec![("recipe".to_owned(), 0, report.curve.clone())];
        let fragment = format!("#{}", report.link.fragment);
        Some(view! {
            <section aria-label="Recipe" data-testid="recipe">
                <dl class="recipe">{lines}</dl>
                <Chart title="Its schedule" testid="recipe-plot" description unit=report.unit.clone() curves />
                <p class="schedule-text"><code data-testid="recipe-schedule">{report.schedule.clone()}</code></p>
                <p>
                    <a class="button" data-testid="recipe-link" href=fragment>"Open in the playground"</a>
                    {report.link.note.clone().map(|note| format!(" {note}"))}
                </p>
                {others}
            </section>
        })
    }
}

fn line(advice: &Advice) -> impl IntoView + use<> {
    let source = match advice.source == advice.strength {
        true => advice.strength.clone(),
        false => format!("{}: {}", advice.strength, advice.source),
    };
    let place = advice.place.strip_prefix("arXiv ").map(|number| format!("https://arxiv.org/abs/{number}"));
    let source = match place {
        Some(address) => view! { <a href=address rel="noreferrer" target="_blank">{source}</a> }.into_any(),
        None => view! { <span title=advice.place.clone()>{source}</span> }.into_any(),
    };
    view! {
        <div>
            <dt>{advice.topic.clone()}</dt>
            <dd>
                <p class="what">{inline(&advice.advice)}</p>
                <p class="why">{inline(&advice.reason)} " " <span class="source">{source}</span></p>
            </dd>
        </div>
    }
}
