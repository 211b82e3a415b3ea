//! The picture of one surface. The shade is the class that the model gives a place, and how sure it is; the line is where
//! it cannot decide. Points of class 0 are round and hollow, those of class 1 square and full, so that nothing hangs on
//! colour alone.

use std::fmt::Write as _;

use leptos::prelude::*;
use trainer::surface::{EXTENT, Point, SIDE, Surface};

use super::contour::contour;

/// Probabilities of class 1, in 255ths, from which on the shade is darker.
const SHADES: [f32; 3] = [255.0 * 0.25, 255.0 * 0.5, 255.0 * 0.75];
/// Where the model cannot decide.
const UNDECIDED: f32 = SHADES[1];
/// The greatest coordinate of the grid, in units of the grid.
const LAST: usize = SIDE - 1;

/// Draws a surface in the style of its schedule. `points`: none for a small picture.
pub fn picture(style: usize, surface: Option<&Surface>, points: &[Point]) -> impl IntoView + use<> {
    let values = surface.map_or(&[][..], |surface| &surface.probabilities);
    let contours = SHADES.map(|level| contour(values, SIDE, level));
    let line = contour(values, SIDE, UNDECIDED).line;
    let shades = contours.into_iter().map(|contour| view! { <path class="shade" d=contour.area /> }).collect_view();
    let right = surface.map_or(&[][..], |surface| &surface.right);
    let dots = [0, 1].map(|class| {
        [(true, "dot"), (false, "dot wrong")].map(|(is_right, name)| {
            let those = points.iter().zip(right).filter(|(point, right)| point.class == class && **right == is_right);
            let path = dots(those.map(|(point, _)| point));
            let hole = (class == 0).then(|| view! { <path class="hole" d=path.clone() /> });
            view! { <path class=format!("{name} class-{class}") d=path.clone() />{hole} }
        })
    });
    view! {
        <svg class=format!("surface style-{style}") viewBox=format!("0 0 {LAST} {LAST}") aria-hidden="true">
            {shades}
            <path class="undecided" d=line />
            {dots.into_iter().flatten().collect_view()}
        </svg>
    }
}

/// Lines of no length, which their ends make visible.
fn dots<'p>(points: impl Iterator<Item = &'p Point>) -> String {
    let mut path = String::new();
    let place = |coordinate: f32| (coordinate / EXTENT + 1.0) / 2.0 * LAST as f32;
    for point in points {
        // Writing to a string cannot fail.
        let _ = write!(path, "M{:.1} {:.1}h0", place(point.x), place(-point.y));
    }
    path
}
