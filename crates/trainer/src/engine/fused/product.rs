//! Products of matrices, with what a layer does before and after.

use burn_cubecl::cubecl;
use burn_cubecl::cubecl::prelude::*;
use burn_cubecl::tensor::CubeTensor;

use super::count;

/// Threads of a group across the columns and down the rows.
const ACROSS: usize = 8;
const DOWN: usize = 8;
/// Rows of one thread, and the most columns. Each number that is read is used as often as there are of the other, and reading is
/// what takes the time: measured on SwiftShader, four columns of threads twice as far apart train sixteen lanes at 0.6 of the speed,
/// eight rows no faster than four. The columns are [`ACROSS`] apart, so that neighbouring threads read and write neighbouring numbers.
const ROWS: usize = 4;
const COLUMNS: usize = 8;

/// Where matrices lie in a buffer: entry `(row, column)` at `start + lane * lane_stride + part * part_stride +
/// turn * turn_stride + row * row_stride + column * column_stride`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Matrix {
    pub start: usize,
    pub lane_stride: usize,
    pub part_stride: usize,
    pub turn_stride: usize,
    pub row_stride: usize,
    pub column_stride: usize,
}

impl Matrix {
    /// One matrix for each lane, of rows of so many columns, where lanes begin so far apart.
    pub(super) fn new(start: usize, lane_stride: usize, columns: usize) -> Self {
        Self { start, lane_stride, part_stride: 0, turn_stride: 0, row_stride: columns, column_stride: 1 }
    }

    /// One matrix for each lane, and nothing else in the buffer.
    pub(super) fn alone(rows: usize, columns: usize) -> Self {
        Self::new(0, rows * columns, columns)
    }

    /// With rows and columns exchanged.
    pub(super) fn transposed(self) -> Self {
        Self { row_stride: self.column_stride, column_stride: self.row_stride, ..self }
    }

    /// Several, so far apart, each of which is a part of the product.
    pub(super) fn parts(self, part_stride: usize) -> Self {
        Self { part_stride, ..self }
    }

    /// Several, so far apart, whose products are added.
    pub(super) fn turns(self, turn_stride: usize) -> Self {
        Self { turn_stride, ..self }
    }
}

/// What is done to each number of the product at last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Finish {
    /// Nothing.
    Plain,
    Tanh,
    Relu,
    /// It is multiplied by the slope of tanh, of whose value there is one for each number.
    SlopeOfTanh,
    /// The same for the rectifier.
    SlopeOfRelu,
    /// A number is added to each.
    Add,
}

/// Rows that are added to the product, in the buffer of the right matrix: one, or several in turn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Bias {
    pub start: usize,
    pub rows: usize,
}

/// `out = finish(left * right + bias)`: `[rows, depth]` times `[depth, columns]`, for each lane and part; the sum of several
/// such products where there are several turns.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Product {
    pub rows: usize,
    pub columns: usize,
    pub depth: usize,
    pub parts: usize,
    pub turns: usize,
    pub left: Matrix,
    pub right: Matrix,
    pub out: Matrix,
    pub bias: Option<Bias>,
    /// Whether the last row of the left matrix is ones, and not in its buffer: its product is the gradient of a bias.
    pub ones: bool,
    pub finish: Finish,
}

impl Product {
    /// Of `[rows, depth]` and `[depth, columns]`, and nothing else.
    pub(super) fn new([rows, depth, columns]: [usize; 3], left: Matrix, right: Matrix, out: Matrix) -> Self {
        let (parts, turns) = (1, 1);
        Self { rows, columns, depth, parts, turns, left, right, out, bias: None, ones: false, finish: Finish::Plain }
    }

    /// Computes it for all lanes. `also`: what [`Finish`] takes, laid out as `out`.
    pub(super) fn launch(
        self,
        lanes: usize,
        left: &CubeTensor,
        right: &CubeTensor,
        also: Option<&CubeTensor>,
        out: &CubeTensor,
    ) {
        let across = self.columns.div_ceil(ACROSS * self.columns_each());
        let groups = count(across, self.rows.div_ceil(DOWN * ROWS), lanes * self.parts);
        let threads = CubeDim::new_2d(ACROSS as u32, DOWN as u32);
        let arg = |buffer: &CubeTensor| buffer.clone().into_buffer_arg();
        // SAFETY: lanes, parts, turns, rows, columns and depth bound every index, and the buffers were made for them.
        #[allow(unsafe_code)]
        unsafe {
            product_kernel::launch_unchecked(
                &out.client,
                groups,
                threads,
                arg(left),
                arg(right),
                also.map(arg).into(),
                arg(out),
                self,
            );
        }
    }

    /// Columns of one thread.
    fn columns_each(self) -> usize {
        self.columns.div_ceil(ACROSS).min(COLUMNS)
    }

    /// The last row of the left matrix that is in its buffer.
    fn last_row(self) -> usize {
        self.rows - 1 - usize::from(self.ones)
    }
}

#[cube(launch_unchecked)]
fn product_kernel(left: &[f32], right: &[f32], also: ComptimeOption<&[f32]>, out: &mut [f32], #[comptime] of: Product) {
    let lane = CUBE_POS_Z as usize / comptime!(of.parts);
    let part = CUBE_POS_Z as usize % comptime!(of.parts);
    let columns_each = comptime!(of.columns_each());
    let first_row = (CUBE_POS_Y * comptime!((DOWN * ROWS) as u32) + UNIT_POS_Y * comptime!(ROWS as u32)) as usize;
    let first_column = (CUBE_POS_X * comptime!((ACROSS * of.columns_each()) as u32) + UNIT_POS_X) as usize;
    let of_left = lane * comptime!(of.left.lane_stride) + part * comptime!(of.left.part_stride);
    let of_right = lane * comptime!(of.right.lane_stride) + part * comptime!(of.right.part_stride);

    // Beyond the edge the last row and column are computed once more, without a branch, and not written.
    let mut left_at = Sequence::<usize>::new();
    #[unroll]
    for row in 0..comptime!(ROWS) {
        let row = min(first_row + row, comptime!(of.last_row()));
        left_at.push(of_left + row * comptime!(of.left.row_stride) + comptime!(of.left.start));
    }
    let mut right_at = Sequence::<usize>::new();
    #[unroll]
    for column in 0..columns_each {
        let column = min(first_column + column * comptime!(ACROSS), comptime!(of.columns - 1));
        right_at.push(of_right + column * comptime!(of.right.column_stride) + comptime!(of.right.start));
    }
    let mut sums = Sequence::<RuntimeCell<f32>>::new();
    #[unroll]
    for _ in 0..comptime!(ROWS * of.columns_each()) {
        sums.push(RuntimeCell::<f32>::new(0.0));
    }

    for turn in 0..comptime!(of.turns) {
        let (left_turn, right_turn) = (turn * comptime!(of.left.turn_stride), turn * comptime!(of.right.turn_stride));
        for depth in 0..comptime!(of.depth) {
            let left_depth = left_turn + depth * comptime!(of.left.column_stride);
            let right_depth = right_turn + depth * comptime!(of.right.row_stride);
            let mut across = Sequence::<f32>::new();
            #[unroll]
            for column in 0..columns_each {
                across.push(right[*right_at.index(column) + right_depth]);
            }
            #[unroll]
            for row in 0..comptime!(ROWS) {
                let mut value = left[*left_at.index(row) + left_depth];
                if comptime!(of.ones) {
                    value = select(first_row + row >= comptime!(of.rows - 1), 1.0, value);
                }
                #[unroll]
                for column in 0..columns_each {
                    let sum = sums.index(row * columns_each + column);
                    sum.store(sum.read() + value * *across.index(column));
                }
            }
        }
    }

    let of_out = lane * comptime!(of.out.lane_stride) + part * comptime!(of.out.part_stride);
    #[unroll]
    for row in 0..comptime!(ROWS) {
        #[unroll]
        for column in 0..columns_each {
            let (down, across) = (first_row + row, first_column + column * comptime!(ACROSS));
            if down < comptime!(of.rows) && across < comptime!(of.columns) {
                let mut value = sums.index(row * columns_each + column).read();
                if comptime!(of.bias.is_some()) {
                    let bias = comptime!(of.bias.unwrap_or(Bias { start: 0, rows: 1 }));
                    let row = down % comptime!(bias.rows) * comptime!(of.columns);
                    value += right[lane * comptime!(of.right.lane_stride) + row + across + comptime!(bias.start)];
                }
                let at = of_out
                    + down * comptime!(of.out.row_stride)
                    + across * comptime!(of.out.column_stride)
                    + comptime!(of.out.start);
                out[at] = finished(value, &also, at, of.finish);
            }
        }
    }
}

/// `also`: what is needed beside the value, in the place of the value.
#[cube]
fn finished(value: f32, also: &ComptimeOption<&[f32]>, at: usize, #[comptime] finish: Finish) -> f32 {
    match finish {
        Finish::Plain => value,
        Finish::Tanh => value.tanh(),
        Finish::Relu => max(value, 0.0),
        Finish::SlopeOfTanh => {
            let tanh = also.as_ref().unwrap()[at];
            value * (1.0 - tanh * tanh)
        }
        Finish::SlopeOfRelu => select(also.as_ref().unwrap()[at] > 0.0, value, 0.0),
        Finish::Add => value + also.as_ref().unwrap()[at],
    }
}
