//! Schedules that are drawn: one phase after another, and lines through points.

use super::{Formula, f, n};
use crate::phases::{Phase, Phases, Points, Shape};
use crate::python::number;
use crate::schedule::Schedule;

pub(super) fn formula(schedule: &Schedule) -> Option<Formula> {
    match schedule {
        Schedule::Phases(phases) => Formula::factor(&phases_text(phases)?),
        Schedule::Points(points) => Formula::factor(&points_text(points)?),
        _ => None,
    }
}

fn phase_text(phase: &Phase, start: f64) -> String {
    let since = if start == 0.0 { "step".to_owned() } else { format!("(step - {})", number(start)) };
    let progress = format!("{since} / {}", n(phase.steps));
    let (from, to) = (f(phase.start), f(phase.end));
    if phase.start == phase.end && phase.shape != Shape::InversePower {
        return from;
    }
    let way = match phase.shape {
        Shape::Linear => progress,
        Shape::Cosine => format!("(1 - math.cos(math.pi * {progress})) / 2"),
        Shape::OneMinusSqrt => format!("math.sqrt({progress})"),
        Shape::Square => format!("({progress}) ** 2"),
        Shape::Polynomial => format!("1 - (1 - {progress}) ** {}", f(phase.power)),
        Shape::Rex => format!("{since} / (2 * {} - {since})", n(phase.steps)),
        Shape::MirrorCosine => format!("2 * {progress} - (1 - math.cos(math.pi * {progress})) / 2"),
        Shape::Exponential => return format!("{from} * {} ** ({progress})", f(phase.end / phase.start)),
        Shape::InversePower => {
            return format!("{from} * (1 + {since} / {}) ** -{}", n(phase.timescale), f(phase.power));
        }
    };
    format!("{from} + ({to} - {from}) * ({way})")
}

fn phases_text(phases: &Phases) -> Option<String> {
    if phases.repeat != 1 {
        return None;
    }
    let (mut text, mut start) = (String::new(), 0.0);
    for phase in phases.phases.iter().filter(|phase| phase.steps.0 > 0.0) {
        let end = start + phase.steps.0;
        text += &format!("{} if step < {} else ", phase_text(phase, start), number(end));
        start = end;
    }
    Some(text + &f(phases.last()))
}

fn points_text(points: &Points) -> Option<String> {
    let list = &points.points.0;
    let (first, last) = (list.first()?, list.last()?);
    let mut text = format!("{} if step < {} else ", f(first.1), number(first.0));
    for pair in list.windows(2) {
        let ((begin, from), (end, to)) = (pair[0], pair[1]);
        let progress = format!("(step - {}) / {}", number(begin), number(end - begin));
        let value = match points.interpolation.as_str() {
            "linear" => format!("{} + {} * {progress}", f(from), f(to - from)),
            "cosine" => format!("{} + {} * (1 - math.cos(math.pi * {progress})) / 2", f(from), f(to - from)),
            "log" => format!("{} * {} ** ({progress})", f(from), f(to / from)),
            _ => f(from),
        };
        text += &format!("{value} if step < {} else ", number(end));
    }
    Some(text + &f(last.1))
}
