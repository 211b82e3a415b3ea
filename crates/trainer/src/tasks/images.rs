//! Small images: strokes that are drawn here, and images of somebody's own.

use super::push_one_hot;
use super::source::Rows;
use crate::experiment::{CLASSES, ImageSet, PIXELS, SIDE, VALIDATION_SHARE};
use crate::random::Random;

/// Half the size of a shape, in pixels, from the smallest to the largest.
const SIZES: [f32; 2] = [3.5, 5.5];
/// How far a shape is moved from the middle, in pixels.
const SHIFT: f32 = 1.5;
/// How far it is turned, in radians.
const TURN: f32 = 0.3;
/// Every pixel is off by up to this, where ink is 1.
const NOISE: f32 = 0.6;

/// A straight stroke from one point to another; a shape reaches from -1 to 1.
type Stroke = [f64; 4];

const LEFT: f64 = -0.8;
const RIGHT: f64 = 0.8;

/// What each class is drawn of; the class without strokes is a circle.
const SHAPES: [&[Stroke]; CLASSES] = [
    &[[-1.0, 0.0, 1.0, 0.0]],
    &[[0.0, -1.0, 0.0, 1.0]],
    &[[LEFT, RIGHT, RIGHT, LEFT]],
    &[[LEFT, LEFT, RIGHT, RIGHT]],
    &[[-1.0, 0.0, 1.0, 0.0], [0.0, -1.0, 0.0, 1.0]],
    &[[LEFT, RIGHT, RIGHT, LEFT], [LEFT, LEFT, RIGHT, RIGHT]],
    &[],
    &[[LEFT, LEFT, RIGHT, LEFT], [RIGHT, LEFT, RIGHT, RIGHT], [RIGHT, RIGHT, LEFT, RIGHT], [LEFT, RIGHT, LEFT, LEFT]],
    &[[0.0, -1.0, 1.0, RIGHT], [1.0, RIGHT, -1.0, RIGHT], [-1.0, RIGHT, 0.0, -1.0]],
    &[[LEFT, LEFT, RIGHT, LEFT], [0.0, LEFT, 0.0, 1.0]],
];

/// Appends one drawn image and its class: a shape somewhere near the middle, a little turned, under noise.
pub(super) fn drawn(random: &mut Random, input: &mut Vec<f32>, target: &mut Vec<f32>) {
    let class = random.below(CLASSES);
    let mut draw = |low: f32, high: f32| f64::from(random.uniform(low, high));
    let size = draw(SIZES[0], SIZES[1]);
    let angle = draw(-TURN, TURN);
    let middle = (SIDE - 1) as f64 / 2.0;
    let (x0, y0) = (middle + draw(-SHIFT, SHIFT), middle + draw(-SHIFT, SHIFT));
    let (cos, sin) = (libm::cos(angle) / size, libm::sin(angle) / size);
    for pixel in 0..PIXELS {
        let (x, y) = ((pixel % SIDE) as f64 - x0, (pixel / SIDE) as f64 - y0);
        let distance = size * distance(SHAPES[class], x * cos + y * sin, y * cos - x * sin);
        let ink = (1.2 - distance).clamp(0.0, 1.0);
        input.push(ink as f32 + random.uniform(-NOISE, NOISE));
    }
    push_one_hot(class, CLASSES, target);
}

/// How far a point is from the nearest stroke.
fn distance(strokes: &[Stroke], x: f64, y: f64) -> f64 {
    if strokes.is_empty() {
        return ((x * x + y * y).sqrt() - 0.85).abs();
    }
    let to = |&[x0, y0, x1, y1]: &Stroke| {
        let (dx, dy) = (x1 - x0, y1 - y0);
        let along = (((x - x0) * dx + (y - y0) * dy) / (dx * dx + dy * dy)).clamp(0.0, 1.0);
        let (away_x, away_y) = (x - x0 - along * dx, y - y0 - along * dy);
        (away_x * away_x + away_y * away_y).sqrt()
    };
    strokes.iter().map(to).fold(f64::INFINITY, f64::min)
}

/// That many of somebody's own images in a random order, none twice as long as there are enough; `validation`: of those that
/// are never trained on.
pub(super) fn own(images: &ImageSet, count: usize, validation: bool, random: &mut Random) -> Rows {
    let kept = images.len().div_ceil(VALIDATION_SHARE);
    let (first, length) = if validation { (images.len() - kept, kept) } else { (0, images.len() - kept) };
    let mut order: Vec<usize> = (first..first + length).collect();
    let mut rows = Rows::default();
    if order.is_empty() {
        return rows;
    }
    for place in 0..count.min(length) {
        let other = place + random.below(length - place);
        order.swap(place, other);
    }
    for &index in order[..count.min(length)].iter().cycle().take(count) {
        let (pixels, class) = images.image(index);
        rows.input.extend(pixels.iter().map(|&pixel| f32::from(pixel) / 255.0));
        push_one_hot(class, CLASSES, &mut rows.target);
    }
    rows
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ink_is_where_the_strokes_are() {
        let mut random = Random::new(0, 1);
        let mut inks = [(0.0f32, 0u16); CLASSES];
        for _ in 0..1000 {
            let (mut input, mut target) = (Vec::new(), Vec::new());
            drawn(&mut random, &mut input, &mut target);
            assert_eq!((input.len(), target.len()), (PIXELS, CLASSES));
            let (ink, images) = &mut inks[target.iter().position(|&value| value == 1.0).unwrap()];
            (*ink, *images) = (*ink + input.iter().sum::<f32>(), *images + 1);
        }
        for (class, (ink, images)) in inks.into_iter().enumerate() {
            assert!(images > 50, "class {class} is drawn {images} times");
            let mean = ink / f32::from(images);
            assert!((8.0..60.0).contains(&mean), "class {class}: {mean}");
        }
        assert_eq!(distance(SHAPES[0], 2.0, 0.0), 1.0);
        assert_eq!(distance(SHAPES[4], 0.0, 0.5), 0.0);
        assert!((distance(SHAPES[6], 0.0, 0.85)).abs() < 1e-12);
        let different: std::collections::BTreeSet<String> = SHAPES.iter().map(|shape| format!("{shape:?}")).collect();
        assert_eq!(different.len(), CLASSES);
    }

    #[test]
    fn own_images_are_for_training_or_for_validation_and_come_once() {
        let pixels = (0..16u8).flat_map(|image| [image; PIXELS]).collect();
        let images = ImageSet::new(pixels, (0..16).map(|image| image % 10).collect()).unwrap();
        let firsts = |rows: Rows| -> Vec<u8> {
            let mut all: Vec<u8> = rows.input.chunks(PIXELS).map(|image| (image[0] * 255.0).round() as u8).collect();
            all.sort_unstable();
            all
        };
        let mut random = Random::new(0, 1);
        assert_eq!(firsts(own(&images, 14, false, &mut random)), (0..14).collect::<Vec<u8>>());
        assert_eq!(firsts(own(&images, 4, true, &mut random)), [14, 14, 15, 15]);
        assert!(own(&ImageSet::default(), 4, false, &mut random).input.is_empty());
    }
}
