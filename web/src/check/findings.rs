//! The list of findings, in the order of the code.

use leptos::prelude::*;
use tools::{Finding, Mend, Range};

use super::state::CheckState;
use crate::chart::Chart;
use crate::prose::inline;
use crate::view::View;

/// Plots are drawn for so many findings; each needs a name of its own.
const PLOTS: [&str; 16] = [
    "effect-0",
    "effect-1",
    "effect-2",
    "effect-3",
    "effect-4",
    "effect-5",
    "effect-6",
    "effect-7",
    "effect-8",
    "effect-9",
    "effect-10",
    "effect-11",
    "effect-12",
    "effect-13",
    "effect-14",
    "effect-15",
];

/// The findings that are shown, with their places in the worker's list.
pub fn shown(state: CheckState) -> Vec<(usize, Finding)> {
    let hints = state.hints.get();
    let found = state.checked.with(|checked| checked.as_ref().map(|checked| checked.findings.clone()));
    let all = found.unwrap_or_default().into_iter().enumerate();
    all.filter(|(_, finding)| hints || finding.confidence != "hint").collect()
}

/// The list, what it says in short, and what can be done to all of it.
#[component]
pub fn Findings(state: CheckState) -> impl IntoView {
    let findings = Memo::new(move |_| shown(state));
    let safe = move || {
        let is_safe = |(_, finding): &&(usize, Finding)| finding.fix.as_ref().is_some_and(|fix| fix.1);
        findings.with(|findings| findings.iter().filter(is_safe).count())
    };
    let summary = move || match state.problem.get() {
        Some(problem) => problem,
        None => state.tools.words().unwrap_or_else(|| in_short(state, findings.with(Vec::len))),
    };
    let list = move || {
        let mut plots = PLOTS.into_iter();
        let mut card = |(index, finding): (usize, Finding)| {
            let plot = finding.effect.as_ref().and_then(|_| plots.next());
            card(state, index, finding, plot)
        };
        findings.get().into_iter().map(&mut card).collect_view()
    };
    view! {
        <section aria-label="Findings">
            <div class="bar">
                <p class="summary" role="status" data-testid="check-summary"
                    data-state=move || if state.busy.get() { "busy" } else { "done" }
                    data-findings=move || findings.with(Vec::len).to_string()>{summary}</p>
                <Show when=move || { safe() > 0 }>
                    <button type="button" data-testid="mend-all" on:click=move |_| state.mend(Mend::AllSafe)>
                        {move || format!("Apply all safe fixes ({})", safe())}
                    </button>
                </Show>
                <label class="switch">
                    <input type="checkbox" data-testid="hints" prop:checked=state.hints
                        on:change:target=move |event| state.hints.set(event.target().checked()) />
                    "hints, too"
                </label>
            </div>
            <ol class="reports" data-testid="code-findings">{list}</ol>
        </section>
    }
}

fn in_short(state: CheckState, shown: usize) -> String {
    state.checked.with(|checked| {
        let Some(checked) = checked else { return "Reading.".into() };
        let all = checked.findings.len();
        let mut words = match shown {
            0 if state.source.with(|source| source.text.trim().is_empty()) => "Nothing to read yet.".to_owned(),
            0 => "Nothing wrong is visible.".to_owned(),
            1 => "1 finding.".to_owned(),
            _ => format!("{shown} findings."),
        };
        if all > shown {
            words += &match all - shown {
                1 => " 1 more is a hint: it depends on what cannot be seen here.".to_owned(),
                more => format!(" {more} more are hints: they depend on what cannot be seen here."),
            };
        }
        if checked.silenced > 0 {
            words += &format!(" {} silenced by comments.", checked.silenced);
        }
        words
    })
}

fn card(state: CheckState, index: usize, finding: Finding, plot: Option<&'static str>) -> impl IntoView {
    let go = move |range: Range| state.go_to.set(Some(range));
    let rule = View::Learn.link(&[("about", finding.rule.clone())]);
    let range = finding.range;
    let paragraph =
        |class: &'static str, text: &str| (!text.is_empty()).then(|| view! { <p class=class>{inline(text)}</p> });
    let related = finding.related.iter().map(|(place, range, why)| {
        let range = *range;
        view! { <li><button type="button" class="place" on:click=move |_| go(range)>{place.clone()}</button>": "{why.clone()}</li> }
    });
    let related = (!finding.related.is_empty()).then(|| view! { <ul class="related">{related.collect_view()}</ul> });
    let effect = finding.effect.zip(plot).map(|(effect, plot)| {
        let assumed = (!effect.assumed.is_empty()).then(|| format!(" Assumed: {}.", effect.assumed.join("; ")));
        let description = format!("{}{}", effect.summary, assumed.unwrap_or_default());
        let curves = vec![("as written".to_owned(), 0, effect.written), ("as meant".to_owned(), 1, effect.intended)];
        view! { <Chart title="What it does to the LR" testid=plot description unit=effect.unit curves /> }
    });
    let fix = finding.fix.map(|(title, safe)| {
        let words = if safe { "safe: changes nothing else" } else { "changes what the program does: look at it" };
        view! {
            <div class="fix">
                <button type="button" data-testid=format!("mend-{index}") on:click=move |_| state.mend(Mend::One(index))>
                    {inline(&title)}
                </button>
                <span class=if safe { "safe" } else { "unsafe" }>{words}</span>
            </div>
        }
    });
    let class = format!("report {}", finding.severity);
    view! {
        <li class=class data-rule=finding.rule.clone()>
            <p class="meta">
                <button type="button" class="place" on:click=move |_| go(range)>{finding.place}</button>
                <span class="severity">{finding.severity}</span>
                <span>{finding.confidence}</span>
                <a href=format!("#{rule}")>{finding.rule.clone()}</a>
            </p>
            {paragraph("what", &finding.what)}
            {paragraph("why", &finding.why)}
            {paragraph("help", &finding.help)}
            {related}
            {effect}
            {fix}
        </li>
    }
}
