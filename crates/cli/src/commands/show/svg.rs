//! `--format svg`: a picture for documents, in light and dark.

use std::fmt::Write as _;

use super::{Rows, Shown};
use crate::chart::label;

const WIDTH: f64 = 720.0;
const HEIGHT: f64 = 320.0;
const LEFT: f64 = 70.0;
const RIGHT: f64 = 20.0;
const TOP: f64 = 16.0;
const BOTTOM: f64 = 44.0;
/// Lines of a legend are this far apart.
const LINE: f64 = 18.0;

/// Okabe and Ito's colours, which can be told apart without red and green (jfly.uni-koeln.de/color).
pub const COLOURS: [&str; 6] = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9"];
/// For the curves after those.
pub const DASHES: [&str; 4] = ["none", "8 4", "2 4", "10 3 2 3"];

pub(super) fn write(shown: &[Shown], log: bool) -> String {
    let curves: Vec<(String, Vec<f64>)> = shown
        .iter()
        .flat_map(|shown| (0..shown.groups()).map(|group| (shown.title(group), shown.lrs(group))))
        .collect();
    let drawable = |lr: &&f64| lr.is_finite() && (!log || **lr > 0.0);
    let values = || curves.iter().flat_map(|(_, lrs)| lrs).filter(drawable).copied();
    let (top, lowest) = (values().fold(f64::MIN, f64::max), values().fold(f64::MAX, f64::min));
    let (top, lowest) = if top >= lowest { (top, lowest) } else { (1.0, 0.0) };
    let bottom = if log { lowest.max(top * 1e-12).min(top * 0.999) } else { lowest.min(0.0) };
    let top = if top > bottom { top } else { bottom + 1.0 };
    let depth = |lr: f64| {
        let depth = if log { (top / lr).ln() / (top / bottom).ln() } else { (top - lr) / (top - bottom) };
        depth.clamp(0.0, 1.0)
    };
    let steps = curves.iter().map(|(_, lrs)| lrs.len()).max().unwrap_or(0).saturating_sub(1).max(1);
    let legend = if curves.len() > 1 { LINE * curves.len() as f64 } else { 0.0 };
    let (plot_width, plot_height) = (WIDTH - LEFT - RIGHT, HEIGHT - TOP - BOTTOM);
    let x = |step: usize| LEFT + plot_width * step as f64 / steps as f64;
    let y = |lr: f64| TOP + plot_height * depth(lr);

    let height = HEIGHT + legend;
    let unit = Rows::of(shown).many();
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {height}\" width=\"{WIDTH}\" height=\"{height}\" \
         role=\"img\" aria-label=\"Learning rate over {unit}\">\n{}",
        style("")
    );
    for tick in 0..=4 {
        let share = f64::from(tick) / 4.0;
        let value = if log { top * (bottom / top).powf(share) } else { top - (top - bottom) * share };
        let at = TOP + plot_height * share;
        let _ = writeln!(
            svg,
            "<line class=\"grid\" x1=\"{LEFT}\" y1=\"{at:.1}\" x2=\"{}\" y2=\"{at:.1}\"/>",
            WIDTH - RIGHT
        );
        let _ = writeln!(
            svg,
            "<text x=\"{}\" y=\"{:.1}\" text-anchor=\"end\">{}</text>",
            LEFT - 8.0,
            at + 4.0,
            label(value)
        );
        let step = steps * tick as usize / 4;
        let _ = writeln!(
            svg,
            "<text x=\"{:.1}\" y=\"{}\" text-anchor=\"middle\">{step}</text>",
            x(step),
            HEIGHT - BOTTOM + LINE
        );
    }
    let (middle, baseline) = (LEFT + plot_width / 2.0, HEIGHT - 6.0);
    let _ = writeln!(svg, "<text x=\"{middle}\" y=\"{baseline}\" text-anchor=\"middle\">{unit}</text>");
    for (index, (name, lrs)) in curves.iter().enumerate() {
        let (colour, dash) = (COLOURS[index % COLOURS.len()], DASHES[index / COLOURS.len() % DASHES.len()]);
        let style = format!("stroke=\"{colour}\" stroke-dasharray=\"{dash}\"");
        for path in paths(lrs, log, plot_width as usize) {
            let points: Vec<String> = path.iter().map(|&(step, lr)| format!("{:.1},{:.1}", x(step), y(lr))).collect();
            let _ = writeln!(svg, "<polyline class=\"curve\" {style} points=\"{}\"/>", points.join(" "));
        }
        if legend > 0.0 {
            let at = HEIGHT + LINE * index as f64 + 4.0;
            let _ = writeln!(
                svg,
                "<line {style} stroke-width=\"2\" x1=\"{LEFT}\" y1=\"{at}\" x2=\"{}\" y2=\"{at}\"/>",
                LEFT + 24.0
            );
            let _ = writeln!(svg, "<text x=\"{}\" y=\"{}\">{}</text>", LEFT + 32.0, at + 4.0, escape(name));
        }
    }
    svg + "</svg>\n"
}

/// The style of a picture, in light and dark, with what it needs beyond that.
pub fn style(more: &str) -> String {
    let more = if more.is_empty() { String::new() } else { format!("{more}\n") };
    format!(
        "<style>\n\
         svg {{ color: #222; background: #fff; font: 12px system-ui, sans-serif }}\n\
         @media (prefers-color-scheme: dark) {{ svg {{ color: #ddd; background: #16181d }} }}\n\
         text {{ fill: currentColor }} .grid {{ stroke: currentColor; opacity: .18 }} .curve {{ fill: none; stroke-width: 2 }}\n\
         {more}</style>\n"
    )
}

/// The parts of a curve that can be drawn, with at most the lowest and the highest value of each column.
fn paths(lrs: &[f64], log: bool, columns: usize) -> Vec<Vec<(usize, f64)>> {
    let per_column = lrs.len().div_ceil(columns.max(1)).max(1);
    let mut paths = vec![Vec::new()];
    for (column, chunk) in lrs.chunks(per_column).enumerate() {
        let numbered = || chunk.iter().enumerate().map(|(index, lr)| (column * per_column + index, *lr));
        if chunk.iter().any(|lr| !lr.is_finite() || log && *lr <= 0.0) {
            // A gap: the steps one by one.
            for (step, lr) in numbered() {
                if lr.is_finite() && (!log || lr > 0.0) {
                    if let Some(path) = paths.last_mut() {
                        path.push((step, lr));
                    }
                } else {
                    paths.push(Vec::new());
                }
            }
            continue;
        }
        let lowest = numbered().min_by(|a, b| a.1.total_cmp(&b.1));
        let highest = numbered().max_by(|a, b| a.1.total_cmp(&b.1));
        let mut ends: Vec<(usize, f64)> = numbered().next().into_iter().chain(lowest).chain(highest).collect();
        ends.sort_by_key(|(step, _)| *step);
        ends.dedup();
        if let Some(path) = paths.last_mut() {
            path.extend(ends);
        }
    }
    if let (Some(path), Some(last)) = (paths.last_mut(), lrs.last().filter(|lr| lr.is_finite() && (!log || **lr > 0.0)))
        && path.last().is_none_or(|(step, _)| step + 1 < lrs.len())
    {
        path.push((lrs.len() - 1, *last));
    }
    paths.retain(|path| !path.is_empty());
    paths
}

/// Text as a part of XML.
pub fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
