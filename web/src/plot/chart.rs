//! The chart itself.

use leptos::ev::{KeyboardEvent, PointerEvent};
use leptos::html::Div;
use leptos::prelude::*;
use scheduler::format_lr;

use super::axis::Axis;
use super::{Line, MARKS};

/// A point that can be dragged.
#[derive(Clone, Debug, PartialEq)]
pub struct Handle {
    /// Which of the line styles, and which line it moves.
    pub style: usize,
    /// Where it is.
    pub x: f64,
    /// Where it is.
    pub y: f64,
    /// Whether it also moves sideways.
    pub sideways: bool,
    /// What it is, for those who cannot see it.
    pub label: String,
}

const HEIGHT: f64 = 230.0;
const LEFT: f64 = 58.0;
const RIGHT: f64 = 14.0;
const TOP: f64 = 12.0;
const BOTTOM: f64 = 36.0;

/// A chart. `moved(style, x, y)` is called while a handle is dragged or moved by the arrow keys.
#[component]
pub fn Plot(
    /// Heading.
    title: &'static str,
    /// Name for tests.
    testid: &'static str,
    /// One sentence that says what the chart shows.
    #[prop(into)]
    description: Signal<String>,
    /// Words at the horizontal axis.
    x_label: &'static str,
    /// The lines.
    #[prop(into)]
    lines: Signal<Vec<Line>>,
    /// Right end of the horizontal axis, which starts at 0.
    #[prop(into)]
    x_end: Signal<f64>,
    /// Whether the vertical axis is logarithmic.
    #[prop(into)]
    log: Signal<bool>,
    /// A dashed horizontal line with words.
    #[prop(into)]
    mark: Signal<Option<(f64, String)>>,
    /// Points that can be dragged.
    #[prop(into)]
    handles: Signal<Vec<Handle>>,
    /// Called with the style of the handle and its new place.
    #[prop(into)]
    moved: Callback<(usize, f64, f64)>,
) -> impl IntoView {
    let frame = NodeRef::<Div>::new();
    let width = RwSignal::new(640.0);
    let measure = move || {
        if let Some(element) = frame.get_untracked() {
            let measured = f64::from(element.client_width());
            if measured > 0.0 && measured != width.get_untracked() {
                width.set(measured);
            }
        }
    };
    frame.on_load(move |_| request_animation_frame(measure));
    let listener = window_event_listener(leptos::ev::resize, move |_| measure());
    on_cleanup(move || listener.remove());

    // While a handle is held, the vertical axis holds still too: a scale that follows the hand cannot be aimed at.
    let held = RwSignal::new(None::<(usize, Axis)>);
    let x_axis = Memo::new(move |_| Axis::new(0.0, x_end.get(), false, (LEFT, width.get() - RIGHT)));
    let y_axis = Memo::new(move |_| {
        if let Some((_, axis)) = held.get() {
            return axis;
        }
        let pixels = (HEIGHT - BOTTOM, TOP);
        lines.with(|lines| {
            let finite = |value: &f64| value.is_finite();
            let points = || lines.iter().flat_map(|line| line.points.iter().map(|point| point.1)).filter(finite);
            let highest = points().chain(mark.get().map(|mark| mark.0)).fold(0.0, f64::max);
            // One seed that shoots up must not flatten all the others: the band may leave the chart at the top.
            let bands = lines.iter().flat_map(|line| line.band.iter().map(|band| band.2)).filter(finite);
            let high = bands.fold(highest, f64::max).min(highest * 1.3);
            let low = points().filter(|value| *value > 0.0).fold(f64::INFINITY, f64::min);
            if log.get() && low.is_finite() {
                Axis::new(low.max(high / 1e6) * 0.8, high * 1.25, true, pixels)
            } else {
                Axis::new(0.0, if high > 0.0 { high * 1.06 } else { 1.0 }, false, pixels)
            }
        })
    });

    let drag = move |event: PointerEvent| {
        if let (Some((style, axis)), Some(element)) = (held.get_untracked(), frame.get_untracked()) {
            let place = element.get_bounding_client_rect();
            let x = x_axis.get_untracked().value(f64::from(event.client_x()) - place.left());
            let y = axis.value(f64::from(event.client_y()) - place.top());
            moved.run((style, x, y));
        }
    };
    let title_id = format!("{testid}-title");

    view! {
        <section class="plot" data-testid=testid>
            <h2 id=title_id.clone()>{title}</h2>
            <div class="frame" node_ref=frame on:pointermove=drag on:pointerup=move |_| held.set(None) on:pointercancel=move |_| held.set(None)>
                <svg role=move || if handles.with(Vec::is_empty) { "img" } else { "group" } aria-labelledby=title_id width="100%" height=HEIGHT>
                    <desc>{description}</desc>
                    {move || grid(&x_axis.get(), &y_axis.get(), width.get(), x_label)}
                    {move || mark.get().map(|(value, words)| {
                        let y = y_axis.get().pixel(value);
                        view! {
                            <line class="mark" x1=LEFT x2=width.get() - RIGHT y1=y y2=y />
                            <text class="mark" x=width.get() - RIGHT y=y - 5.0 text-anchor="end">{words}</text>
                        }
                    })}
                    {move || lines.with(|lines| lines.iter().map(|line| drawn(line, &x_axis.get(), &y_axis.get())).collect_view())}
                    <For each=move || handles.get() key=|handle| handle.style let:handle>
                        {
                            let style = handle.style;
                            let current = Memo::new(move |_| handles.with(|handles| {
                                handles.iter().find(|handle| handle.style == style).cloned()
                            }));
                            view! { <DragPoint handle=current x_axis y_axis held moved /> }
                        }
                    </For>
                </svg>
            </div>
            <p class="description">{description}</p>
        </section>
    }
}

fn grid(x_axis: &Axis, y_axis: &Axis, width: f64, x_label: &'static str) -> impl IntoView + use<> {
    let rows = y_axis.ticks(5).into_iter().map(|value| {
        let y = y_axis.pixel(value);
        view! {
            <line class="grid" x1=LEFT x2=width - RIGHT y1=y y2=y />
            <text class="tick" x=LEFT - 8.0 y=y + 4.0 text-anchor="end">{format_lr(value)}</text>
        }
    });
    let columns = x_axis.ticks(((width / 90.0) as usize).clamp(2, 10)).into_iter().map(|value| {
        view! { <text class="tick" x=x_axis.pixel(value) y=HEIGHT - BOTTOM + 18.0 text-anchor="middle">{whole(value)}</text> }
    });
    view! {
        {rows.collect_view()}
        {columns.collect_view()}
        <text class="tick" x=width - RIGHT y=HEIGHT - 3.0 text-anchor="end">{x_label}</text>
    }
}

/// A step as text; steps are whole, but for the ticks of a very short run.
fn whole(value: f64) -> String {
    if (value - value.round()).abs() < 1e-9 { format!("{}", value.round()) } else { format_lr(value) }
}

fn drawn(line: &Line, x_axis: &Axis, y_axis: &Axis) -> impl IntoView + use<> {
    let place = |x: f64, y: f64| format!("{:.1},{:.1}", x_axis.pixel(x), y_axis.pixel(y));
    let finite = line.points.iter().filter(|point| point.1.is_finite());
    let path = finite.enumerate().map(|(index, &(x, y))| {
        let command = if index == 0 { "M" } else { "L" };
        format!("{command}{}", place(x, y))
    });
    let path: String = path.collect();
    let upper = line.band.iter().map(|&(x, _, high)| place(x, high));
    let lower = line.band.iter().rev().map(|&(x, low, _)| place(x, low));
    let band = upper.chain(lower).collect::<Vec<_>>().join(" ");
    let style = line.style;
    view! {
        {(!band.is_empty()).then(|| view! { <polygon class=format!("band style-{style}") points=band /> })}
        <path class=format!("line style-{style}") d=path />
    }
}

#[component]
fn DragPoint(
    handle: Memo<Option<Handle>>,
    x_axis: Memo<Axis>,
    y_axis: Memo<Axis>,
    held: RwSignal<Option<(usize, Axis)>>,
    moved: Callback<(usize, f64, f64)>,
) -> impl IntoView {
    let with = move |read: fn(&Handle) -> f64| handle.with(|handle| handle.as_ref().map_or(0.0, read));
    let style = handle.get_untracked().map_or(0, |handle| handle.style);
    let grab = move |event: PointerEvent| {
        event.prevent_default();
        held.set(Some((style, y_axis.get_untracked())));
    };
    let key = move |event: KeyboardEvent| {
        let Some(handle) = handle.get_untracked() else { return };
        let stride = if event.shift_key() { 10.0 } else { 1.0 };
        let (x, y) = match event.key().as_str() {
            "ArrowUp" => (handle.x, handle.y * 1.1),
            "ArrowDown" => (handle.x, handle.y / 1.1),
            "ArrowRight" if handle.sideways => (handle.x + stride, handle.y),
            "ArrowLeft" if handle.sideways => ((handle.x - stride).max(1.0), handle.y),
            _ => return,
        };
        event.prevent_default();
        moved.run((style, x, y));
    };
    view! {
        <g
            class=format!("handle style-{style}")
            role="slider"
            tabindex="0"
            aria-label=move || handle.with(|handle| handle.as_ref().map(|handle| handle.label.clone()))
            aria-valuenow=move || with(|handle| handle.y)
            aria-valuetext=move || handle.with(|handle| handle.as_ref().map(|handle| format!("LR {} at step {}", format_lr(handle.y), handle.x)))
            on:pointerdown=grab
            on:keydown=key
            transform=move || format!("translate({:.1} {:.1})", x_axis.get().pixel(with(|handle| handle.x)), y_axis.get().pixel(with(|handle| handle.y)))
        >
            <circle class="target" r="14" />
            <circle class="knob" r="6.5" />
            <text class="knob-mark" text-anchor="middle" y="-11">{MARKS[style % MARKS.len()]}</text>
        </g>
    }
}
