//! The chart itself.

use leptos::ev::PointerEvent;
use leptos::html::Div;
use leptos::prelude::*;
use scheduler::format_lr;

use super::axis::Axis;
use super::cursor::{Cursor, Readout, Values};
use super::frame::{BOTTOM, HEIGHT, LEFT, TOP, grid, right, rule};
use super::handle::{DragPoint, Handle, Held, Moved};
use super::labels::labels;
use super::table::Table;
use super::{Line, Mark};

/// A chart. `moved` is called while a handle is dragged or moved by the arrow keys.
#[component]
pub fn Plot(
    /// Heading.
    #[prop(into)]
    title: Signal<String>,
    /// Name for tests and for export.
    testid: &'static str,
    /// One sentence that says what the chart shows.
    #[prop(into)]
    description: Signal<String>,
    /// Words at the horizontal axis.
    #[prop(into)]
    x_label: Signal<String>,
    /// The lines.
    #[prop(into)]
    lines: Signal<Vec<Line>>,
    /// Right end of the horizontal axis, which starts at 0.
    #[prop(into)]
    x_end: Signal<f64>,
    /// The values at a step, for the crosshair and the table; without it, those of the nearest points.
    #[prop(optional)]
    readout: Option<Readout>,
    /// The step under the crosshair, where several charts share it.
    #[prop(default = RwSignal::new(None))]
    crosshair: RwSignal<Option<f64>>,
    /// Whether the vertical axis is logarithmic.
    #[prop(into, default = false.into())]
    log: Signal<bool>,
    /// Whether the vertical axis starts at 0.
    #[prop(default = true)]
    from_zero: bool,
    /// The vertical axis ends here, whatever the lines do; what is above leaves the chart.
    #[prop(into, default = Signal::derive(|| None))]
    ceiling: Signal<Option<f64>>,
    /// A dashed horizontal line with words.
    #[prop(into, default = Signal::derive(|| None))]
    mark: Signal<Option<(f64, String)>>,
    /// What happened where.
    #[prop(into, default = Signal::derive(Vec::new))]
    events: Signal<Vec<Mark>>,
    /// Points that can be dragged.
    #[prop(into, default = Signal::derive(Vec::new))]
    handles: Signal<Vec<Handle>>,
    /// Called with a handle and its new place.
    #[prop(into, default = Callback::new(|_| {}))]
    moved: Callback<Moved>,
) -> impl IntoView {
    let readout = readout.unwrap_or_else(|| Callback::new(move |step| lines.with(|lines| nearest(lines, step))));
    let frame = NodeRef::<Div>::new();
    let width = RwSignal::new(640.0);
    let measure = move || {
        // A frame later the chart may be gone.
        if let (Some(Some(element)), Some(before)) = (frame.try_get_untracked(), width.try_get_untracked()) {
            let measured = f64::from(element.client_width());
            if measured > 0.0 && measured != before {
                width.set(measured);
            }
        }
    };
    frame.on_load(move |_| request_animation_frame(measure));
    let listener = window_event_listener(leptos::ev::resize, move |_| measure());
    on_cleanup(move || listener.remove());

    let held = RwSignal::new(None::<Held>);
    let x_axis = Memo::new(move |_| {
        let width = width.get();
        Axis::new(0.0, x_end.get(), false, (LEFT, width - right(width)))
    });
    let y_axis = Memo::new(move |_| match held.get() {
        Some((.., axis)) => axis,
        None => {
            let ceiling = ceiling.get().unwrap_or(f64::INFINITY);
            lines.with(|lines| vertical(lines, mark.get().map(|mark| mark.0), ceiling, log.get(), from_zero))
        }
    });

    let pointed = move |event: &PointerEvent| {
        let place = frame.get_untracked()?.get_bounding_client_rect();
        Some((f64::from(event.client_x()) - place.left(), f64::from(event.client_y()) - place.top()))
    };
    let point = move |event: PointerEvent| {
        let Some((x, y)) = pointed(&event) else { return };
        let step = x_axis.get_untracked().value(x);
        match held.get_untracked() {
            Some((style, part, axis)) => moved.run(Moved { style, part, x: step, y: axis.value(y) }),
            None => crosshair.set(Some(step.round())),
        }
    };
    let press = move |event: PointerEvent| match (held.with_untracked(Option::is_some), frame.get_untracked()) {
        // What has been taken follows the hand wherever that goes. Fails for pointers that are gone, which hold nothing.
        (true, Some(element)) => drop(element.set_pointer_capture(event.pointer_id())),
        _ => point(event),
    };
    let count = Memo::new(move |_| lines.with(Vec::len));
    let (title_id, description_id) = (format!("{testid}-title"), format!("{testid}-description"));

    view! {
        <section class="plot" data-testid=testid>
            <h2 id=title_id.clone()>{title}</h2>
            <div class="frame" node_ref=frame on:pointermove=point on:pointerdown=press
                on:pointerleave=move |_| crosshair.set(None)
                on:pointerup=move |_| held.set(None) on:pointercancel=move |_| held.set(None)>
                <svg role="group" aria-labelledby=title_id aria-describedby=description_id.clone() width="100%" height=HEIGHT>
                    <g aria-hidden="true">
                        {move || grid(&x_axis.get(), &y_axis.get(), width.get(), x_label.get())}
                        {move || mark.get().map(|(value, words)| rule(&y_axis.get(), width.get(), value, words))}
                        <For each=move || 0..count.get() key=|index| *index let:index>
                            {drawn(Memo::new(move |_| lines.with(|lines| lines.get(index).cloned().unwrap_or_default())), x_axis, y_axis)}
                        </For>
                        {move || lines.with(|lines| labels(lines, &x_axis.get(), &y_axis.get(), width.get()))}
                        {move || happened(&events.get(), &x_axis.get(), &y_axis.get())}
                    </g>
                    <Cursor title at=crosshair x_axis x_end readout />
                    <For each=move || handles.get() key=|handle| (handle.style, handle.part) let:handle>
                        {
                            let which = (handle.style, handle.part);
                            let current = Memo::new(move |_| handles.with(|handles| {
                                handles.iter().find(|handle| (handle.style, handle.part) == which).cloned()
                            }));
                            view! { <DragPoint handle=current x_axis y_axis held moved /> }
                        }
                    </For>
                </svg>
                <Values at=crosshair x_axis x_end readout />
            </div>
            <p class="description" id=description_id>{description}</p>
            <Table title x_end readout />
        </section>
    }
}

/// The values of the lines that have a name, at their last points up to a step.
fn nearest(lines: &[Line], step: usize) -> Vec<(usize, String, String)> {
    let named = lines.iter().filter(|line| !line.label.is_empty());
    let value = |line: &Line| {
        let after = line.points.partition_point(|point| point.0 <= step as f64);
        line.points.get(after.saturating_sub(1)).map_or("none".into(), |point| format_lr(point.1))
    };
    named.map(|line| (line.style, line.label.clone(), value(line))).collect()
}

/// The vertical axis that holds all lines.
fn vertical(lines: &[Line], mark: Option<f64>, ceiling: f64, log: bool, from_zero: bool) -> Axis {
    let pixels = (HEIGHT - BOTTOM, TOP);
    let finite = |value: &f64| value.is_finite();
    let points = || lines.iter().flat_map(|line| line.points.iter().map(|point| point.1)).filter(finite);
    let highest = points().chain(mark).fold(0.0, f64::max);
    // One seed that shoots up must not flatten all the others: the band may leave the chart at the top.
    let bands = lines.iter().flat_map(|line| line.band.iter().map(|band| band.2)).filter(finite);
    let high = bands.fold(highest, f64::max).min(highest * 1.3).min(ceiling);
    let low = points().filter(|value| *value > 0.0).fold(f64::INFINITY, f64::min);
    if log && low.is_finite() {
        return Axis::new(low.max(high / 1e6) * 0.8, high * 1.25, true, pixels);
    }
    if from_zero || !low.is_finite() {
        return Axis::new(0.0, if high > 0.0 { high * 1.06 } else { 1.0 }, false, pixels);
    }
    let margin = (high - low).max(high * 0.01) * 0.1;
    Axis::new((low - margin).max(0.0), high + margin, false, pixels)
}

/// A line with its band. Only the attributes of what has changed are written.
fn drawn(line: Memo<Line>, x_axis: Memo<Axis>, y_axis: Memo<Axis>) -> impl IntoView {
    let path = Memo::new(move |_| {
        let (x_axis, y_axis) = (x_axis.get(), y_axis.get());
        line.with(|line| joined(line.points.iter().copied().filter(|point| point.1.is_finite()), &x_axis, &y_axis))
    });
    let band = Memo::new(move |_| {
        let (x_axis, y_axis) = (x_axis.get(), y_axis.get());
        line.with(|line| {
            let upper = line.band.iter().map(|&(x, _, high)| (x, high));
            joined(upper.chain(line.band.iter().rev().map(|&(x, low, _)| (x, low))), &x_axis, &y_axis)
        })
    });
    let class = move |kind: &'static str| {
        line.with(|line| format!("{kind} style-{}{}", line.style, if line.thin { " thin" } else { "" }))
    };
    view! {
        <path class=move || class("band") d=band />
        <path class=move || class("line") d=path />
    }
}

fn joined(points: impl Iterator<Item = (f64, f64)>, x_axis: &Axis, y_axis: &Axis) -> String {
    use std::fmt::Write as _;
    let mut path = String::new();
    for (x, y) in points {
        let command = if path.is_empty() { 'M' } else { 'L' };
        // Writing to a string cannot fail.
        let _ = write!(path, "{command}{:.1},{:.1}", x_axis.pixel(x), y_axis.pixel(y));
    }
    path
}

/// Signs where something happened.
fn happened(events: &[Mark], x_axis: &Axis, y_axis: &Axis) -> impl IntoView + use<> {
    let signs = events.iter().map(|event| {
        let (x, y) = (x_axis.pixel(event.x), y_axis.pixel(event.y));
        view! {
            <text class=format!("event style-{}", event.style) x=x y=y + 5.0 text-anchor="middle">
                <title>{event.words.clone()}</title>
                {event.sign}
            </text>
        }
    });
    signs.collect_view()
}
