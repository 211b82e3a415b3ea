//! The gradient of the loss with respect to all weights: by Burn's autodiff or, on WebGPU, by kernels of our own as far as
//! there are any.

use burn_tensor::{Device, Tensor};
#[cfg(feature = "webgpu")]
use burn_tensor::{Int, TensorData};

use super::cross_entropy::CrossEntropy;
#[cfg(feature = "webgpu")]
use super::fused;
use super::model::Model;
#[cfg(feature = "webgpu")]
use crate::experiment::Task;

/// How the gradient of a model is computed on a device.
pub(super) struct Differentiation {
    /// Where each number of the transposed weight matrices is taken from, `[P]`, for kernels.
    #[cfg(feature = "webgpu")]
    places: Tensor<1, Int>,
}

impl Differentiation {
    #[cfg_attr(not(feature = "webgpu"), allow(unused_variables))]
    pub(super) fn new(model: &Model, device: &Device) -> Self {
        Self {
            #[cfg(feature = "webgpu")]
            places: {
                let places = model.parameters().transposition();
                let length = places.len();
                Tensor::from_data(TensorData::new(places, [length]), device)
            },
        }
    }

    /// The gradient of each lane's loss, `[lanes, P]`, and its loss and accuracy, `[lanes, 2]`.
    ///
    /// `weights`: `[lanes, P]`; `input` and one-hot `target`: `[lanes, n, ...]`.
    pub(super) fn gradient(
        &self,
        model: &Model,
        weights: &Tensor<2>,
        input: Tensor<3>,
        target: Tensor<3>,
    ) -> (Tensor<2>, Tensor<2>) {
        #[cfg(feature = "webgpu")]
        if fused::runs_where(weights) {
            return self.by_kernels(model, weights, input, target);
        }
        let leaves = model.parameters().leaves(weights);
        let found = CrossEntropy::new(model.forward(&leaves, input.autodiff()), target.autodiff());
        let mut gradients = found.loss.clone().sum().backward();
        let scores = found.inner().scores();
        (model.parameters().join(&leaves, &mut gradients), scores)
    }

    #[cfg(feature = "webgpu")]
    fn by_kernels(
        &self,
        model: &Model,
        weights: &Tensor<2>,
        input: Tensor<3>,
        target: Tensor<3>,
    ) -> (Tensor<2>, Tensor<2>) {
        let all = || fused::Weights::new(weights, &self.places);
        match model.task() {
            Task::Points(_, model) | Task::Teacher(_, model) => {
                let ends = (input.dims()[2], target.dims()[2]);
                return fused::gradient_of_perceptron(model, ends, &all(), input, target);
            }
            Task::Tokens(_, model) => return fused::gradient_of_transformer(model, &all(), input, target),
            Task::Images(..) => {}
        }
        let leaves = model.parameters().leaves(weights);
        let logits = model.forward(&leaves, input.autodiff());
        let (slopes, scores) = fused::cross_entropy(logits.clone().inner(), target);
        // The gradient of this sum with respect to the logits is what they are multiplied by.
        let mut gradients = (logits * slopes.autodiff()).sum().backward();
        (model.parameters().join(&leaves, &mut gradients), scores)
    }
}
