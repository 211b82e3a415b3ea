//! Every feature of the plot on one page, at `#stories`, to look at while working on it and for its tests. Only in
//! development builds.

mod data;

use leptos::prelude::*;

use crate::plot::{Handle, Line, Mark, Moved, Plot, Unit};
use crate::views::Choice;
use data::{curve, flat, lanes, line};

/// Steps of the stories.
const END: f64 = 100.0;

/// The page.
#[component]
pub fn Stories() -> impl IntoView {
    let scheme = RwSignal::new("light dark".to_owned());
    document().set_title("Stories of the plot · lrscope");
    view! {
        <main class="stories" style:display="block" style:color-scheme=scheme style:background="var(--ground)" style:color="var(--ink)">
            <h1>"Stories of the plot"</h1>
            <Choice label="Colour scheme" testid="scheme" value=scheme choose=Callback::new(move |name| scheme.set(name))
                options=vec![("light dark", "as the system"), ("light", "light"), ("dark", "dark")] />
            {scales()}
            {parts()}
            {Dragged()}
            {odd()}
        </main>
    }
}

/// A plot of lines over [`END`] steps, with nothing else.
fn story(title: &'static str, testid: &'static str, lines: Vec<Line>, log: bool) -> AnyView {
    view! { <Plot title testid description="" lines=RwSignal::new(lines) x_end=Signal::stored(END) log /> }.into_any()
}

/// Linear, logarithmic, and logarithmic with zeros.
fn scales() -> impl IntoView {
    let exponential = || line("exponential", 0, curve(|x| 0.1 * 0.93f64.powf(x)));
    let triangle = || line("from 0 to 0", 1, curve(|x| 0.1 * (1.0 - (x / 50.0 - 1.0).abs())));
    view! {
        {story("Linear", "story-linear", vec![exponential(), triangle()], false)}
        {story("Logarithmic", "story-log", vec![exponential()], true)}
        {story("Logarithmic with zeros (symlog)", "story-symlog", vec![exponential(), triangle()], true)}
    }
}

/// Bands, signs, a dashed rule, an axis that counts something else, eight lanes.
fn parts() -> impl IntoView {
    let loss = |style: usize, rate: f64| {
        let points = curve(|x| 2.5 * (-rate * x).exp() + 0.2);
        let band = points.iter().map(|&(x, y)| (x, 0.8 * y, 1.25 * y)).collect();
        Line { band, ..line(["slow", "fast"][style], style, points) }
    };
    let thin = Line { thin: true, label: String::new(), ..line("", 1, curve(|x| 1.5 - 0.01 * x)) };
    let sign =
        |style: usize, x: f64, y: f64, sign: &'static str, words: &str| Mark { style, x, y, sign, words: words.into() };
    let events = vec![
        sign(0, 40.0, 1.2, "✕", "slow, seed 0: diverged at step 40"),
        sign(1, 60.0, 0.3, "▾", "fast: LR cut to 1e-2 after step 60"),
        sign(0, 99.0, 2.3, "◯", "slow: 2 of 5 stuck at chance"),
    ];
    let with_bands = RwSignal::new(vec![loss(0, 0.02), loss(1, 0.06), thin]);
    let over_area = RwSignal::new(vec![line(
        "LR 0.01",
        0,
        (0..=50).map(|step| (f64::from(step) * 0.01, 1.0 / f64::from(step + 1))).collect(),
    )]);
    view! {
        <Plot title="Bands, signs, a rule and a thin line" testid="story-parts" description="Losses with what happened to them."
            lines=with_bands x_end=Signal::stored(END) events=RwSignal::new(events)
            mark=RwSignal::new(Some((2.3, "chance: ln 10 = 2.30".to_owned()))) ceiling=RwSignal::new(Some(3.0)) />
        <Plot title="Over the LR spent" testid="story-area" description="" lines=over_area x_end=Signal::stored(0.5)
            unit=Signal::stored(Unit::lr_area(0.5)) from_zero=false />
        {story("Eight lanes that end together", "story-lanes", lanes(), false)}
    }
}

/// Handles that are dragged, by hand or by the arrow keys.
#[component]
fn Dragged() -> impl IntoView {
    let handles = RwSignal::new(vec![
        Handle { style: 0, part: 0, x: 30.0, y: 0.1, sideways: true, upright: true, label: "Peak".into() },
        Handle { style: 0, part: 1, x: 80.0, y: 0.02, sideways: true, upright: false, label: "End".into() },
    ]);
    let moved = Callback::new(move |to: Moved| {
        handles.update(|handles| {
            if let Some(handle) = handles.iter_mut().find(|handle| handle.part == to.part) {
                handle.x = to.x.round().clamp(1.0, END);
                if handle.upright {
                    handle.y = to.y;
                }
            }
        });
    });
    let lines = Memo::new(move |_| {
        let mut points = vec![(0.0, 0.0)];
        handles.with(|handles| points.extend(handles.iter().map(|handle| (handle.x, handle.y))));
        points.sort_by(|a, b| a.0.total_cmp(&b.0));
        vec![line("dragged", 0, points)]
    });
    view! { <Plot title="Handles" testid="story-handles" description="" lines x_end=Signal::stored(END) handles moved /> }
}

/// What a plot must bear: nothing, one point, gaps, no number at all, one value throughout.
fn odd() -> impl IntoView {
    let gaps = curve(|x| if (30.0..50.0).contains(&x) || x == 52.0 { f64::NAN } else { 0.05 + x / 1e3 });
    let alone = Line {
        band: vec![(0.0, 0.1, 0.2), (9.0, f64::NAN, 0.2), (10.0, 0.1, 0.2), (60.0, 0.1, 0.2)],
        ..line("gaps", 0, gaps)
    };
    view! {
        {story("Empty", "story-empty", Vec::new(), false)}
        {story("One point", "story-point", vec![line("one point", 0, vec![(50.0, 0.1)])], true)}
        {story("Gaps where there is no number", "story-gaps", vec![alone], false)}
        {story("No number at all", "story-nan", vec![line("NaN", 0, flat(f64::NAN))], false)}
        {story("Nothing but 0", "story-zero", vec![line("zero", 0, flat(0.0))], true)}
        {story("A very long name and a very large value", "story-long", vec![line("warmup, then cosine with restarts", 3, flat(1e30))], false)}
    }
}
