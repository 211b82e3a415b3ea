//! Parameter groups on the one row of numbers that a lane is to the optimizer.

use burn_tensor::{Device, Int, Tensor, TensorData};

use super::parameters::Parameters;
use crate::experiment::Groups;

/// Weights that get the same numbers from the optimizer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Cell {
    /// Their parameter group.
    pub group: usize,
    /// Whether weight decay acts on them.
    decays: bool,
}

impl Cell {
    /// Their weight decay.
    pub(super) fn decay(self, weight_decay: f64) -> f64 {
        if self.decays { weight_decay } else { 0.0 }
    }
}

/// The cells of a model, and where they are.
pub(super) struct Cells {
    list: Vec<Cell>,
    /// The cell of each weight, `[P]`, where there is more than one.
    of_weight: Option<Tensor<1, Int>>,
    device: Device,
}

impl Cells {
    pub(super) fn new(parameters: &Parameters, groups: &Groups, device: &Device) -> Self {
        let mut list = Vec::new();
        let mut of_weight: Vec<i32> = Vec::with_capacity(parameters.len());
        for (part, vector, length) in parameters.kinds() {
            let cell = Cell { group: groups.group_of(part), decays: groups.decay_vectors || !vector };
            let place = list.iter().position(|known| *known == cell).unwrap_or_else(|| {
                list.push(cell);
                list.len() - 1
            });
            of_weight.extend(std::iter::repeat_n(place as i32, length));
        }
        let length = of_weight.len();
        let of_weight = (list.len() > 1).then(|| Tensor::from_data(TensorData::new(of_weight, [length]), device));
        Self { list, of_weight, device: device.clone() }
    }

    /// Whether weight decay acts on all weights.
    pub(super) fn all_decay(&self) -> bool {
        self.list.iter().all(|cell| cell.decays)
    }

    /// Numbers for each lane and cell, `[lanes, cells * N]`.
    pub(super) fn table<const N: usize>(&self, lanes: usize, values: impl Fn(usize, Cell) -> [f64; N]) -> Tensor<2> {
        let cells = (0..lanes).flat_map(|lane| self.list.iter().map(move |&cell| (lane, cell)));
        let values: Vec<f32> = cells.flat_map(|(lane, cell)| values(lane, cell)).map(|value| value as f32).collect();
        Tensor::from_data(TensorData::new(values, [lanes, self.list.len() * N]), &self.device)
    }

    /// The cell of each weight, `[P]`, where there is more than one.
    #[cfg(feature = "webgpu")]
    pub(super) fn of_weight(&self) -> Option<Tensor<1, Int>> {
        self.of_weight.clone()
    }

    /// A number for each lane and cell, where the weights are: `[lanes, P]`, or `[lanes, 1]` where all weights are one cell.
    ///
    /// Looked up and not multiplied out: every weight gets exactly the number of its cell, in one operation.
    pub(super) fn spread(&self, lanes: usize, value: impl Fn(usize, Cell) -> f64) -> Tensor<2> {
        let values = self.table(lanes, |lane, cell| [value(lane, cell)]);
        match &self.of_weight {
            Some(of_weight) => values.select(1, of_weight.clone()),
            None => values,
        }
    }
}
