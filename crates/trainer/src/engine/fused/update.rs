//! What an optimizer does to all weights, in one launch and in place.

use burn_cubecl::cubecl;
use burn_cubecl::cubecl::prelude::*;
use burn_tensor::{Int, Tensor};

use super::{THREADS, buffer, buffer_of_int, count, empty, groups, tensor};

/// How many numbers the update of a weight is told: step size, momentum, share of the weight that is added to its gradient,
/// share of the weight that is kept, epsilon, beta2.
pub(in super::super) const NUMBERS: usize = 6;

/// The update rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(in super::super) enum Rule {
    /// With a momentum buffer.
    Sgd { nesterov: bool },
    /// Adam and AdamW. Its momentum is 1 - beta1, and epsilon is scaled as the step size is.
    Adam,
}

/// The update of all weights of all lanes.
pub(in super::super) struct Update<'a> {
    pub rule: Rule,
    /// `[lanes, P]`.
    pub gradient: Tensor<2>,
    /// What each gradient is multiplied by, `[lanes, 1]`; nothing for 1.
    pub factors: Option<Tensor<2>>,
    /// Which row of numbers a weight is told, `[P]`; nothing where there is one for all.
    pub of_weight: Option<Tensor<1, Int>>,
    /// `[lanes, rows * NUMBERS]`.
    pub numbers: Tensor<2>,
    /// The buffers of the rule, each `[lanes, P]`; changed in place.
    pub moments: &'a [Tensor<2>],
}

impl Update<'_> {
    /// Updates the weights, `[lanes, P]`, and the moments where they lie: whoever holds a clone of them sees them change.
    pub(in super::super) fn apply(self, weights: &Tensor<2>) {
        let [lanes, length] = weights.dims();
        let rows = self.numbers.dims()[1] / NUMBERS;
        let weights = buffer(weights.clone());
        let mut moments = self.moments.iter().map(|moment| buffer(moment.clone()).into_buffer_arg());
        let first = moments.next().expect("every rule has a moment");
        let of_weight = self.of_weight.map(|of_weight| buffer_of_int(of_weight).into_buffer_arg());
        let (groups, threads) = groups(length, lanes);
        // SAFETY: lanes and length bound every index, and the buffers were made for them.
        #[allow(unsafe_code)]
        unsafe {
            kernel::launch_unchecked(
                &weights.client.clone(),
                groups,
                threads,
                weights.into_buffer_arg(),
                first,
                moments.next().into(),
                buffer(self.gradient).into_buffer_arg(),
                buffer(self.numbers).into_buffer_arg(),
                of_weight.into(),
                self.factors.map(|factors| buffer(factors).into_buffer_arg()).into(),
                self.rule,
                length,
                rows,
            );
        }
    }
}

#[cube(launch_unchecked)]
fn kernel(
    weights: &mut [f32],
    first: &mut [f32],
    second: ComptimeOption<&mut [f32]>,
    gradient: &[f32],
    numbers: &[f32],
    of_weight: ComptimeOption<&[i32]>,
    factors: ComptimeOption<&[f32]>,
    #[comptime] rule: Rule,
    #[comptime] length: usize,
    #[comptime] rows: usize,
) {
    let lane = CUBE_POS_Z as usize;
    let weight = (CUBE_POS_X * comptime!(THREADS as u32) + UNIT_POS_X) as usize;
    if weight >= length {
        terminate!();
    }
    let at = lane * length + weight;
    #[comptime]
    let row = match of_weight {
        ComptimeOption::Some(of_weight) => lane * rows + of_weight[weight] as usize,
        ComptimeOption::None => lane,
    };
    let told = row * comptime!(NUMBERS);
    let (step, momentum, penalty, kept) = (numbers[told], numbers[told + 1], numbers[told + 2], numbers[told + 3]);
    let mut slope = gradient[at];
    #[comptime]
    if let ComptimeOption::Some(factors) = factors {
        slope *= factors[lane];
    }
    let old = weights[at];
    slope += old * penalty;
    match rule {
        Rule::Sgd { nesterov } => {
            let moment = first[at] * momentum + slope;
            first[at] = moment;
            let direction = if comptime!(nesterov) { slope + moment * momentum } else { moment };
            weights[at] = old * kept - direction * step;
        }
        Rule::Adam => {
            let (epsilon, beta2) = (numbers[told + 4], numbers[told + 5]);
            let moment = first[at] + (slope - first[at]) * momentum;
            first[at] = moment;
            #[comptime]
            if let ComptimeOption::Some(second) = second {
                let square = second[at] * beta2 + slope * slope * (1.0 - beta2);
                second[at] = square;
                weights[at] = old * kept - moment / (square.sqrt() + epsilon) * step;
            }
        }
    }
}

/// What the gradient of each lane, `[lanes, P]`, is to be multiplied by so that none is longer than `most`: `[lanes, 1]`.
/// As `torch.nn.utils.clip_grad_norm_`.
pub(in super::super) fn clip_factors(gradient: &Tensor<2>, most: f64) -> Tensor<2> {
    let [lanes, length] = gradient.dims();
    let gradient = buffer(gradient.clone());
    let factors = empty(&gradient, [lanes, 1]);
    // SAFETY: lanes and length bound every index, and the buffers were made for them.
    #[allow(unsafe_code)]
    unsafe {
        clip::launch_unchecked(
            &gradient.client.clone(),
            count(1, 1, lanes),
            CubeDim::new_1d(THREADS as u32),
            gradient.into_buffer_arg(),
            factors.clone().into_buffer_arg(),
            most as f32,
            length,
        );
    }
    tensor(factors)
}

#[cube(launch_unchecked)]
fn clip(gradient: &[f32], factors: &mut [f32], most: f32, #[comptime] length: usize) {
    let lane = CUBE_POS_Z as usize;
    let thread = UNIT_POS_X as usize;
    let mut squares = Shared::<[f32]>::new_slice(THREADS);
    let mut sum = 0.0f32;
    for turn in 0..comptime!(length.div_ceil(THREADS)) {
        let weight = turn * comptime!(THREADS) + thread;
        if weight < length {
            let value = gradient[lane * length + weight];
            sum += value * value;
        }
    }
    squares[thread] = sum;
    sync_cube();
    if thread == 0 {
        let mut sum = 0.0f32;
        for each in 0..comptime!(THREADS) {
            sum += squares[each];
        }
        factors[lane] = min(most / (sum.sqrt() + 1e-6), 1.0);
    }
}
