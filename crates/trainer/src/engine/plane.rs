//! What the models of a task of points say of the plane.

use burn_tensor::{Tensor, TensorData, activation};

use super::{Engine, Error, to_host};
use crate::experiment::Task;
use crate::surface::{POINTS, Point, SIDE, Surface, Surfaces, coordinate};
use crate::tasks::Examples;

impl Engine {
    /// The decision surfaces of the lanes with a seed, as they are after the steps made so far. One forward pass; nothing
    /// of the run is changed. No surfaces where the task is not one of points or no lane has the seed.
    ///
    /// # Errors
    /// [`Error::Device`] when the device is lost.
    pub async fn surfaces(&self, seed: u64) -> Result<Surfaces, Error> {
        let lanes: Vec<usize> = (0..self.lanes.len()).filter(|&lane| self.lanes[lane].seed == seed).collect();
        if lanes.is_empty() || !matches!(self.experiment.task, Task::Points(..)) {
            return Ok(Surfaces { seed, ..Surfaces::default() });
        }
        let points = self.points(seed);
        let places = (0..SIDE * SIDE).flat_map(|place| [coordinate(place % SIDE), coordinate(place / SIDE)]);
        let input: Vec<f32> = places.chain(points.iter().flat_map(|point| [point.x, point.y])).collect();
        let rows = input.len() / 2;

        let input = TensorData::new(input.repeat(lanes.len()), [lanes.len(), rows, 2]);
        let weights = lanes.iter().map(|&lane| self.weights.clone().narrow(0, lane, 1)).collect();
        let weights = self.model.parameters().split(&Tensor::cat(weights, 0));
        let logits = self.model.forward(&weights, Tensor::from_data(input, &self.device));
        let of_class_1 = to_host(activation::softmax(logits, 2).narrow(2, 1, 1)).await?;

        let read = |(&lane, said): (&usize, &[f32])| Surface::read(lane, self.step, said, &points);
        let lanes = lanes.iter().zip(of_class_1.chunks(rows)).map(read).collect();
        Ok(Surfaces { seed, points, lanes })
    }

    /// Points of a seed that are never trained on.
    fn points(&self, seed: u64) -> Vec<Point> {
        let batch = Examples::new(&self.experiment, &[seed]).validation(POINTS);
        let pairs = batch.input.chunks_exact(2).zip(batch.target.chunks_exact(2));
        pairs.map(|(at, target)| Point { x: at[0], y: at[1], class: u8::from(target[1] > 0.5) }).collect()
    }
}
