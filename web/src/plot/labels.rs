//! Names at the ends of lines, instead of a legend.

use leptos::prelude::*;

use super::axis::Axis;
use super::frame::{BOTTOM, HEIGHT, TOP, is_wide};
use super::{Line, MARKS};

/// Pixels between two names.
const APART: f64 = 15.0;
/// Letters of a name that there is room for.
const LETTERS: usize = 18;

/// The names of all lines that have one, beside their ends and apart from each other.
pub fn labels(lines: &[Line], x_axis: &Axis, y_axis: &Axis, width: f64) -> impl IntoView + use<> {
    let mut ends: Vec<(f64, f64, &Line)> = lines
        .iter()
        .filter(|line| !line.label.is_empty())
        .filter_map(|line| {
            let (x, y) = line.points.iter().rev().find(|point| point.1.is_finite())?;
            Some((x_axis.pixel(*x), y_axis.pixel(*y), line))
        })
        .collect();
    ends.sort_by(|a, b| a.1.total_cmp(&b.1));
    let places: Vec<f64> = ends.iter().map(|(_, y, _)| *y).collect();
    let places = spread(&places, TOP, HEIGHT - BOTTOM);
    let names = ends.iter().zip(places).map(|((x, _, line), y)| {
        let style = line.style;
        let mark = MARKS[style % MARKS.len()];
        let text = if is_wide(width) { format!("{mark} {}", shortened(&line.label)) } else { mark.to_owned() };
        view! { <text class=format!("label style-{style}") x=x + 7.0 y=y + 4.0>{text}</text> }
    });
    names.collect_view()
}

fn shortened(name: &str) -> String {
    match name.char_indices().nth(LETTERS) {
        Some((end, _)) => format!("{}…", name[..end].trim_end()),
        None => name.to_owned(),
    }
}

/// Moves places, in ascending order, so that they are apart and within bounds.
fn spread(places: &[f64], low: f64, high: f64) -> Vec<f64> {
    let mut places = places.to_vec();
    for index in 1..places.len() {
        places[index] = places[index].max(places[index - 1] + APART);
    }
    let mut limit = high;
    for place in places.iter_mut().rev() {
        *place = place.min(limit).max(low);
        limit = *place - APART;
    }
    places
}
