//! Points of a chart that can be dragged, or moved by the arrow keys.

use leptos::ev::{KeyboardEvent, PointerEvent};
use leptos::prelude::*;
use scheduler::format_lr;

use super::MARKS;
use super::axis::Axis;

/// A point that can be dragged.
#[derive(Clone, Debug, PartialEq)]
pub struct Handle {
    /// Which of the line styles, and which line it moves.
    pub style: usize,
    /// Which of the handles of that line; 0 for the one with a mark.
    pub part: usize,
    /// Where it is.
    pub x: f64,
    /// Where it is.
    pub y: f64,
    /// Whether it moves sideways.
    pub sideways: bool,
    /// Whether it moves up and down.
    pub upright: bool,
    /// What it is, for those who cannot see it.
    pub label: String,
}

/// A handle that has been moved: which, and where to.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Moved {
    /// Which line.
    pub style: usize,
    /// Which of its handles.
    pub part: usize,
    /// Where to.
    pub x: f64,
    /// Where to.
    pub y: f64,
}

/// What is held: the line, the handle, and the vertical axis at that moment.
pub type Held = (usize, usize, Axis);

/// A handle on the screen. `held` keeps the vertical axis of the moment at which it was taken: a scale that follows the
/// hand cannot be aimed at.
#[component]
pub fn DragPoint(
    handle: Memo<Option<Handle>>,
    x_axis: Memo<Axis>,
    y_axis: Memo<Axis>,
    held: RwSignal<Option<Held>>,
    moved: Callback<Moved>,
) -> impl IntoView {
    let with = move |read: fn(&Handle) -> f64| handle.with(|handle| handle.as_ref().map_or(0.0, read));
    let (style, part) = handle.get_untracked().map_or((0, 0), |handle| (handle.style, handle.part));
    let upright = handle.get_untracked().is_some_and(|handle| handle.upright);
    let grab = move |event: PointerEvent| {
        event.prevent_default();
        held.set(Some((style, part, y_axis.get_untracked())));
        // Arrow keys go on where the hand has let go.
        if let Some(element) = event.current_target() {
            crate::browser::focus(&element);
        }
    };
    let key = move |event: KeyboardEvent| {
        let Some(handle) = handle.get_untracked() else { return };
        let stride = if event.shift_key() { 10.0 } else { 1.0 };
        let factor = if event.shift_key() { 2.0 } else { 1.1 };
        let (x, y) = match event.key().as_str() {
            "ArrowUp" if handle.upright => (handle.x, handle.y * factor),
            "ArrowDown" if handle.upright => (handle.x, handle.y / factor),
            "ArrowRight" if handle.sideways => (handle.x + stride, handle.y),
            "ArrowLeft" if handle.sideways => ((handle.x - stride).max(1.0), handle.y),
            _ => return,
        };
        event.prevent_default();
        moved.run(Moved { style, part, x, y });
    };
    view! {
        <g
            class=format!("handle style-{style}")
            role="slider"
            tabindex="0"
            data-testid=if part == 0 { format!("handle-{style}") } else { format!("handle-{style}-{part}") }
            aria-orientation=if upright { "vertical" } else { "horizontal" }
            aria-label=move || handle.with(|handle| handle.as_ref().map(|handle| handle.label.clone()))
            aria-valuemin="0"
            aria-valuemax=move || with(|handle| if handle.upright { 10.0 * handle.y } else { 10.0 * handle.x })
            aria-valuenow=move || with(|handle| if handle.upright { handle.y } else { handle.x })
            aria-valuetext=move || handle.with(|handle| handle.as_ref().map(|handle| format!("LR {} at step {}", format_lr(handle.y), handle.x)))
            on:pointerdown=grab
            on:keydown=key
            transform=move || format!("translate({:.1} {:.1})", x_axis.get().pixel(with(|handle| handle.x)), y_axis.get().pixel(with(|handle| handle.y)))
        >
            <circle class="target" r="14" />
            <circle class="knob" r=if part == 0 { "6.5" } else { "4.5" } />
            {(part == 0).then(|| view! { <text class="knob-mark" text-anchor="middle" y="-11">{MARKS[style % MARKS.len()]}</text> })}
        </g>
    }
}
