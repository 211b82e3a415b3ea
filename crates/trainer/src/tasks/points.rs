//! Points of the plane in two classes, with coordinates up to about ±2.

use super::push_one_hot;
use crate::experiment::Points;
use crate::random::Random;

/// Turns of each spiral from the centre to its end.
const TURNS: f64 = 1.25;
/// Half the width of a spiral's arm; the arms are 1 / (2 * TURNS) apart.
const ARM: f32 = 0.03;
/// Standard deviation of each coordinate around a circle or a moon.
const NOISE: f32 = 0.15;
/// The radii of the circles.
const RADII: [f32; 2] = [0.9, 1.8];

/// Appends one point and its class.
pub(super) fn example(points: Points, random: &mut Random, input: &mut Vec<f32>, target: &mut Vec<f32>) {
    let (point, class) = match points {
        Points::Spirals => spirals(random),
        Points::Circles => circles(random),
        Points::Xor => xor(random),
        Points::Moons => moons(random),
    };
    input.extend(point);
    push_one_hot(class, Points::CLASSES, target);
}

/// Lang and Witbrock 1988, with fewer turns.
fn spirals(random: &mut Random) -> ([f32; 2], usize) {
    let spiral = random.below(2);
    let along = random.unit();
    let angle = std::f64::consts::TAU * (TURNS * f64::from(along) + 0.5 * spiral as f64);
    let radius = 2.0 * (along + random.uniform(-ARM, ARM));
    ([radius * libm::cos(angle) as f32, radius * libm::sin(angle) as f32], spiral)
}

fn circles(random: &mut Random) -> ([f32; 2], usize) {
    let circle = random.below(2);
    let angle = std::f64::consts::TAU * f64::from(random.unit());
    let radius = RADII[circle];
    let mut around = |at: f64| radius * at as f32 + NOISE * random.normal();
    ([around(libm::cos(angle)), around(libm::sin(angle))], circle)
}

/// A band around the axes is empty, so that the classes can be told apart.
fn xor(random: &mut Random) -> ([f32; 2], usize) {
    let signs = [random.below(2), random.below(2)];
    let mut coordinate = |sign: usize| random.uniform(0.15, 2.0) * if sign == 1 { 1.0 } else { -1.0 };
    ([coordinate(signs[0]), coordinate(signs[1])], usize::from(signs[0] != signs[1]))
}

/// The half circles of scikit-learn's `make_moons`, moved to the origin.
fn moons(random: &mut Random) -> ([f32; 2], usize) {
    let moon = random.below(2);
    let angle = std::f64::consts::PI * f64::from(random.unit());
    let (x, y) = (libm::cos(angle) as f32, libm::sin(angle) as f32);
    let (x, y) = if moon == 0 { (x - 0.5, y - 0.25) } else { (0.5 - x, 0.25 - y) };
    ([x + NOISE * random.normal(), y + NOISE * random.normal()], moon)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn classes_are_where_they_should_be() {
        let mut random = Random::new(0, 1);
        for _ in 0..500 {
            let ([x, y], class) = circles(&mut random);
            assert!(((x * x + y * y).sqrt() - RADII[class]).abs() < 6.0 * NOISE);
            let ([x, y], class) = xor(&mut random);
            assert_eq!(class == 1, x * y < 0.0);
            let ([_, y], class) = moons(&mut random);
            assert!(if class == 0 { y > -0.25 - 6.0 * NOISE } else { y < 0.25 + 6.0 * NOISE });
            let ([x, y], _) = spirals(&mut random);
            assert!(x.abs() < 2.1 && y.abs() < 2.1);
        }
    }

    #[test]
    fn both_classes_are_as_frequent() {
        for points in [Points::Spirals, Points::Circles, Points::Xor, Points::Moons] {
            let (mut input, mut target) = (Vec::new(), Vec::new());
            let mut random = Random::new(3, 1);
            (0..1000).for_each(|_| example(points, &mut random, &mut input, &mut target));
            let first: f32 = target.iter().step_by(2).sum();
            assert!((420.0..580.0).contains(&first), "{points:?}: {first}");
        }
    }
}
