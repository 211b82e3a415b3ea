//! The chart itself.

use leptos::ev::PointerEvent;
use leptos::html::Div;
use leptos::prelude::*;

use super::axis::{Axis, Scale};
use super::cursor::Cursor;
use super::drawing::{drawn, happened};
use super::frame::{HEIGHT, LEFT, grid, right, rule};
use super::handle::{DragPoint, Handle, Held, Moved};
use super::labels::labels;
use super::measure;
use super::range::vertical;
use super::readout::{Readout, Values, nearest};
use super::table::Table;
use super::{Line, Mark, Unit};

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
    /// What the horizontal axis counts.
    #[prop(into, default = Unit::STEP.into())]
    unit: Signal<Unit>,
    /// The lines.
    #[prop(into)]
    lines: Signal<Vec<Line>>,
    /// Right end of the horizontal axis, which starts at 0.
    #[prop(into)]
    x_end: Signal<f64>,
    /// The values at a place, for the crosshair and the table; without it, those of the nearest points.
    #[prop(optional)]
    readout: Option<Readout>,
    /// The place under the crosshair, where several charts share it.
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
    let readout = readout.unwrap_or_else(|| Callback::new(move |x| lines.with(|lines| nearest(lines, x))));
    let frame = NodeRef::<Div>::new();
    let width = measure::width(frame);
    let held = RwSignal::new(None::<Held>);
    let x_axis = Memo::new(move |_| {
        let width = width.get();
        Axis::new(0.0, x_end.get(), Scale::Linear, (LEFT, width - right(width)))
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
        let x = x_axis.get_untracked().value(x);
        match held.get_untracked() {
            Some((style, part, axis)) => moved.run(Moved { style, part, x, y: axis.value(y) }),
            None => crosshair.set(Some(unit.get_untracked().nearest(x))),
        }
    };
    let press = move |event: PointerEvent| match (held.with_untracked(Option::is_some), frame.get_untracked()) {
        // What has been taken follows the hand wherever that goes. Fails for pointers that are gone, which hold nothing.
        (true, Some(element)) => drop(element.set_pointer_capture(event.pointer_id())),
        _ => point(event),
    };
    let count = Memo::new(move |_| lines.with(Vec::len));
    let line =
        move |index: usize| Memo::new(move |_| lines.with(|lines| lines.get(index).cloned().unwrap_or_default()));
    let handle = move |which: (usize, usize)| {
        let is_it = move |handle: &&Handle| (handle.style, handle.part) == which;
        Memo::new(move |_| handles.with(|handles| handles.iter().find(is_it).cloned()))
    };
    let (title_id, description_id) = (format!("{testid}-title"), format!("{testid}-description"));

    view! {
        <section class="plot" data-testid=testid>
            <h2 id=title_id.clone()>{title}</h2>
            <div class="frame" node_ref=frame on:pointermove=point on:pointerdown=press
                on:pointerleave=move |_| crosshair.set(None)
                on:pointerup=move |_| held.set(None) on:pointercancel=move |_| held.set(None)>
                <svg role="group" aria-labelledby=title_id aria-describedby=description_id.clone() width="100%" height=HEIGHT>
                    <g aria-hidden="true">
                        {move || grid(&x_axis.get(), &y_axis.get(), width.get(), unit.get().label)}
                        {move || mark.get().map(|(value, words)| rule(&y_axis.get(), width.get(), value, words))}
                        <For each=move || 0..count.get() key=|index| *index let:index>
                            {drawn(line(index), x_axis, y_axis)}
                        </For>
                        {move || lines.with(|lines| labels(lines, &x_axis.get(), &y_axis.get(), width.get()))}
                        {move || happened(&events.get(), &x_axis.get(), &y_axis.get())}
                    </g>
                    <Cursor title at=crosshair x_axis x_end unit readout />
                    <For each=move || handles.get() key=|handle| (handle.style, handle.part) let:held_by>
                        <DragPoint handle=handle((held_by.style, held_by.part)) x_axis y_axis held moved />
                    </For>
                </svg>
                <Values at=crosshair x_axis x_end unit readout />
            </div>
            <p class="description" id=description_id>{description}</p>
            <Table title x_end unit readout />
        </section>
    }
}
