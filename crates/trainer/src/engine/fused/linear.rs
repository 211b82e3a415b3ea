//! A linear layer: its products forward and backward.

use super::product::{Bias, Finish, Matrix, Product};

/// A linear layer, and what it is applied to.
#[derive(Clone, Copy)]
pub(super) struct Linear {
    /// Numbers that go in and come out.
    pub from: usize,
    pub to: usize,
    /// Examples of a lane.
    pub rows: usize,
    /// Where its matrix begins, of how many weights. The bias follows, if there is one.
    pub start: usize,
    pub length: usize,
    pub has_bias: bool,
}

impl Linear {
    /// Numbers of its weights.
    pub(super) fn size(&self) -> usize {
        (self.from + usize::from(self.has_bias)) * self.to
    }

    fn weights(&self) -> Matrix {
        Matrix::new(self.start, self.length, self.to)
    }

    /// Values `[rows, from]` times the weights, and the bias.
    pub(super) fn forward(&self, finish: Finish) -> Product {
        let (values, out) = (Matrix::alone(self.rows, self.from), Matrix::alone(self.rows, self.to));
        let bias = self.has_bias.then_some(Bias { start: self.start + self.from * self.to, rows: 1 });
        Product { bias, finish, ..Product::new([self.rows, self.from, self.to], values, self.weights(), out) }
    }

    /// The values, and for the bias a row of ones, times the slopes of what came out: the gradient of the weights.
    pub(super) fn of_weights(&self) -> Product {
        let (values, slopes) = (Matrix::alone(self.rows, self.from), Matrix::alone(self.rows, self.to));
        let rows = self.from + usize::from(self.has_bias);
        let sizes = [rows, self.rows, self.to];
        Product { ones: self.has_bias, ..Product::new(sizes, values.transposed(), slopes, self.weights()) }
    }

    /// The slopes of what came out times the weights, of which there is a transposed copy: the slopes of what went in.
    pub(super) fn of_input(&self, finish: Finish) -> Product {
        let (slopes, out) = (Matrix::alone(self.rows, self.to), Matrix::alone(self.rows, self.from));
        let transposed = Matrix::new(self.start, self.length, self.from);
        Product { finish, ..Product::new([self.rows, self.to, self.from], slopes, transposed, out) }
    }
}
