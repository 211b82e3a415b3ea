//! `--format svg`: the loss of every schedule, its median over the seeds and the band from the least to the greatest.

use std::fmt::Write as _;

use super::Raced;
use crate::chart::label;
use crate::commands::show::svg::{COLOURS, DASHES, escape, style};

const WIDTH: f64 = 720.0;
const HEIGHT: f64 = 360.0;
const LEFT: f64 = 60.0;
const RIGHT: f64 = 20.0;
const TOP: f64 = 16.0;
const BOTTOM: f64 = 44.0;
/// Lines of the legend are this far apart.
const LINE: f64 = 18.0;
/// Points of a line.
const POINTS: usize = 200;

/// Step, least, median and greatest loss.
type Point = (f64, f64, f64, f64);

pub fn write(raced: &Raced) -> String {
    let steps = raced.race.experiment.steps;
    let bands: Vec<Vec<Point>> = (0..raced.race.schedules.len()).map(|schedule| band(raced, schedule)).collect();
    // One seed that shoots up must not flatten the others.
    let highest = bands.iter().flatten().map(|point| point.2).fold(0.0, f64::max);
    let top = if highest > 0.0 { highest * 1.1 } else { 1.0 };
    let (plot_width, plot_height) = (WIDTH - LEFT - RIGHT, HEIGHT - TOP - BOTTOM);
    let x = |step: f64| LEFT + plot_width * step / (steps.max(2) - 1) as f64;
    let y = |loss: f64| TOP + plot_height * (1.0 - (loss / top).clamp(0.0, 1.0));

    let height = HEIGHT + LINE * bands.len() as f64;
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {height}\" width=\"{WIDTH}\" height=\"{height}\" \
         role=\"img\" aria-label=\"Training loss over optimizer steps\">\n{}",
        style(".band { stroke: none; opacity: .15 }")
    );
    for tick in 0..=4 {
        let value = top * (1.0 - f64::from(tick) / 4.0);
        let at = y(value);
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
            label((value * 100.0).round() / 100.0)
        );
        let step = (steps.max(2) - 1) * tick as usize / 4;
        let _ = writeln!(
            svg,
            "<text x=\"{:.1}\" y=\"{}\" text-anchor=\"middle\">{step}</text>",
            x(step as f64),
            HEIGHT - BOTTOM + LINE
        );
    }
    let _ = writeln!(
        svg,
        "<text x=\"{}\" y=\"{}\" text-anchor=\"middle\">training loss over steps</text>",
        LEFT + plot_width / 2.0,
        HEIGHT - 6.0
    );
    for (index, (band, named)) in bands.iter().zip(&raced.race.schedules).enumerate() {
        let (colour, dash) = (COLOURS[index % COLOURS.len()], DASHES[index / COLOURS.len() % DASHES.len()]);
        let place = |step: f64, loss: f64| format!("{:.1},{:.1}", x(step), y(loss));
        let upper = band.iter().map(|point| place(point.0, point.3));
        let lower = band.iter().rev().map(|point| place(point.0, point.1));
        let outline: Vec<String> = upper.chain(lower).collect();
        let line: Vec<String> = band.iter().map(|point| place(point.0, point.2)).collect();
        let _ = writeln!(svg, "<polygon class=\"band\" fill=\"{colour}\" points=\"{}\"/>", outline.join(" "));
        let stroke = format!("stroke=\"{colour}\" stroke-dasharray=\"{dash}\"");
        let _ = writeln!(svg, "<polyline class=\"curve\" {stroke} points=\"{}\"/>", line.join(" "));
        let at = HEIGHT + LINE * index as f64 + 4.0;
        let _ = writeln!(
            svg,
            "<line {stroke} stroke-width=\"2\" x1=\"{LEFT}\" y1=\"{at}\" x2=\"{}\" y2=\"{at}\"/>",
            LEFT + 24.0
        );
        let _ = writeln!(svg, "<text x=\"{}\" y=\"{}\">{}</text>", LEFT + 32.0, at + 4.0, escape(&named.name));
    }
    svg + "</svg>\n"
}

/// The band of a schedule, each point the mean over a stretch of steps; without the lanes that are not finite there.
fn band(raced: &Raced, schedule: usize) -> Vec<Point> {
    let steps = raced.race.experiment.steps;
    let stretch = steps.div_ceil(POINTS).max(1);
    (0..steps)
        .step_by(stretch)
        .filter_map(|start| {
            let end = (start + stretch).min(steps);
            let mean = |(_, place, reports): (_, usize, &[trainer::StepReport])| {
                let window = reports.get(start..end)?;
                Some(window.iter().map(|report| f64::from(report.loss[place])).sum::<f64>() / window.len() as f64)
            };
            let mut losses: Vec<f64> = raced.lanes(schedule).filter_map(mean).filter(|loss| loss.is_finite()).collect();
            losses.sort_by(f64::total_cmp);
            let middle = (start + end - 1) as f64 / 2.0;
            Some((middle, *losses.first()?, *losses.get(losses.len() / 2)?, *losses.last()?))
        })
        .collect()
}
