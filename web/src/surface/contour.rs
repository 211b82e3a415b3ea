//! Where the values of a grid are above a level: as an area to fill, and as the line around it.

use std::fmt::Write as _;

/// A place in units of the grid: columns to the right, rows downwards.
type Place = (f32, f32);

/// Two SVG paths in units of the grid.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Contour {
    /// Everything at or above the level.
    pub area: String,
    /// The line at the level, within the grid.
    pub line: String,
}

/// The contour of a square grid of `side * side` values, row by row from the lowest, between whose places the values are
/// taken as linear along the edges of each cell (marching squares).
pub fn contour(values: &[u8], side: usize, level: f32) -> Contour {
    let mut contour = Contour::default();
    if side < 2 || values.len() != side * side {
        return contour;
    }
    for row in 0..side - 1 {
        // Cells that are inside altogether are drawn as one rectangle as long as they follow each other.
        let mut run = None;
        for column in 0..side {
            let corners = (column + 1 < side).then(|| corners(values, side, row, column));
            if corners.is_some_and(|corners| corners.iter().all(|(_, value)| *value >= level)) {
                run.get_or_insert(column);
                continue;
            }
            if let Some(start) = run.take() {
                let top = side - 2 - row;
                // Writing to a string cannot fail.
                let _ = write!(contour.area, "M{start} {top}H{column}v1H{start}z");
            }
            if let Some(corners) = corners {
                cut(&corners, level, &mut contour);
            }
        }
    }
    contour
}

/// The corners of a cell, around it, with their values.
fn corners(values: &[u8], side: usize, row: usize, column: usize) -> [(Place, f32); 4] {
    [(0, 0), (1, 0), (1, 1), (0, 1)].map(|(right, up)| {
        let place = ((column + right) as f32, (side - 1 - row - up) as f32);
        (place, f32::from(values[(row + up) * side + column + right]))
    })
}

/// Draws the part of a cell that is inside.
fn cut(corners: &[(Place, f32); 4], level: f32, contour: &mut Contour) {
    let mut area: Vec<Place> = Vec::with_capacity(6);
    // Where the way around the cell crosses the level, and whether it leaves the inside there.
    let mut crossings: Vec<(Place, bool)> = Vec::with_capacity(4);
    for index in 0..4 {
        let ((from, before), (to, after)) = (corners[index], corners[(index + 1) % 4]);
        if before >= level {
            area.push(from);
        }
        if (before >= level) != (after >= level) {
            let share = (level - before) / (after - before);
            let place = (from.0 + share * (to.0 - from.0), from.1 + share * (to.1 - from.1));
            area.push(place);
            crossings.push((place, before >= level));
        }
    }
    for (index, place) in area.iter().enumerate() {
        push(&mut contour.area, if index == 0 { 'M' } else { 'L' }, *place);
    }
    if !area.is_empty() {
        contour.area.push('z');
    }
    for (index, (place, leaves)) in crossings.iter().enumerate() {
        if *leaves {
            push(&mut contour.line, 'M', *place);
            push(&mut contour.line, 'L', crossings[(index + 1) % crossings.len()].0);
        }
    }
}

fn push(path: &mut String, command: char, (x, y): Place) {
    let _ = write!(path, "{command}{x:.2} {y:.2}");
}
