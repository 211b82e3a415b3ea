//! Tasks and the models that learn them.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::images::{CLASSES, ImageSet, PIXELS, USUAL_CHANNELS};

/// A task with its model.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Task {
    /// Say to which of two classes a point of the plane belongs.
    Points(Points, Perceptron),
    /// Say what a random network would say of a random vector.
    Teacher(Teacher, Perceptron),
    /// Answer a sequence of random tokens with another one.
    Tokens(Tokens, Transformer),
    /// Say what a small image shows.
    Images(Images, Convolutional),
}

/// Where images come from.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Images {
    /// Ten shapes of strokes, drawn for every seed.
    Drawn,
    /// Those that somebody has brought along, such as MNIST. None until then.
    Own(ImageSet),
}

/// A convolutional network: twice a convolution of 3 by 3, maximum pooling of 2 by 2 and ReLU, then a linear layer. Weights
/// Kaiming-uniform.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Convolutional {
    /// Channels of the first convolution; the second has twice as many.
    pub channels: usize,
}

/// Two classes of points.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Points {
    /// Two interleaved spirals.
    Spirals,
    /// A circle around another.
    Circles,
    /// The quadrants of the plane, opposite ones together.
    Xor,
    /// Two half circles that reach into each other.
    Moons,
}

/// What to answer to tokens.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Tokens {
    /// The tokens backwards.
    Reverse,
    /// The tokens.
    Copy,
    /// The tokens in order.
    Sort,
    /// At every place the sum of all tokens, modulo the vocabulary.
    ModularAddition,
}

/// A random network that labels vectors of independent normal numbers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Teacher {
    /// Numbers per vector.
    pub inputs: usize,
    /// Classes.
    pub classes: usize,
    /// Share of the training labels that are replaced by random ones.
    pub noise: f32,
}

/// A bidirectional transformer encoder with learned positions.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Transformer {
    /// Encoder layers.
    pub layers: usize,
    /// Width of the residual stream.
    pub d_model: usize,
    /// Attention heads; divides `d_model`.
    pub heads: usize,
    /// Width of the hidden layer of each feed-forward block.
    pub feed_forward: usize,
    /// Tokens per sequence.
    pub sequence: usize,
    /// Distinct tokens; chance level of the loss is ln(vocabulary).
    pub vocabulary: usize,
    /// Where layer normalisation sits (Xiong et al. 2020, arXiv 2002.04745).
    pub norm: Norm,
}

/// Place of layer normalisation in a transformer block.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Norm {
    /// After the residual addition: `norm(x + f(x))`, as in Vaswani et al. 2017.
    Post,
    /// Inside the residual branch: `x + f(norm(x))`.
    Pre,
}

/// A multi-layer perceptron.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Perceptron {
    /// Width of each hidden layer.
    pub hidden: usize,
    /// Number of hidden layers.
    pub layers: usize,
    /// What stands between layers.
    pub activation: Activation,
}

/// The function between the layers of a perceptron. It decides how weights are drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Activation {
    /// Hyperbolic tangent; weights Xavier-uniform (Glorot and Bengio 2010).
    Tanh,
    /// Rectifier; weights Kaiming-uniform (He et al. 2015, arXiv 1502.01852).
    Relu,
}

impl Points {
    /// Coordinates of a point.
    pub const WIDTH: usize = 2;
    /// Classes.
    pub const CLASSES: usize = 2;
}

impl Task {
    /// The name of the task that needs files of the user's own.
    pub const OWN_IMAGES: &str = "own-images";

    /// One task of every kind, with a model of a usual size.
    pub fn all() -> Vec<Self> {
        let perceptron = Perceptron { hidden: 32, layers: 2, activation: Activation::Tanh };
        let points = [Points::Spirals, Points::Circles, Points::Xor, Points::Moons];
        let mut all: Vec<Self> = points.map(|points| Self::Points(points, perceptron.clone())).into();
        all.push(Self::Teacher(
            Teacher { inputs: 20, classes: 10, noise: 0.15 },
            Perceptron { hidden: 64, layers: 2, activation: Activation::Relu },
        ));
        for tokens in [Tokens::Reverse, Tokens::Copy, Tokens::Sort, Tokens::ModularAddition] {
            let (sequence, vocabulary) = if tokens == Tokens::ModularAddition { (2, 11) } else { (8, 16) };
            let transformer = Transformer {
                layers: 2,
                d_model: 32,
                heads: 4,
                feed_forward: 64,
                sequence,
                vocabulary,
                norm: Norm::Pre,
            };
            all.push(Self::Tokens(tokens, transformer));
        }
        for images in [Images::Drawn, Images::Own(ImageSet::default())] {
            all.push(Self::Images(images, Convolutional { channels: USUAL_CHANNELS }));
        }
        all
    }

    /// The task of that [name](Self::name), with a model of a usual size.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::all().into_iter().find(|task| task.name() == name)
    }

    /// How links and fields call it.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Points(Points::Spirals, _) => "spirals",
            Self::Points(Points::Circles, _) => "circles",
            Self::Points(Points::Xor, _) => "xor",
            Self::Points(Points::Moons, _) => "two-moons",
            Self::Teacher(..) => "teacher",
            Self::Tokens(Tokens::Reverse, _) => "reverse",
            Self::Tokens(Tokens::Copy, _) => "copy",
            Self::Tokens(Tokens::Sort, _) => "sort",
            Self::Tokens(Tokens::ModularAddition, _) => "modular-addition",
            Self::Images(Images::Drawn, _) => "images",
            Self::Images(Images::Own(_), _) => Self::OWN_IMAGES,
        }
    }

    /// What is asked, in a few words.
    pub fn title(&self) -> &'static str {
        match self {
            Self::Points(Points::Spirals, _) => "Tell two spirals apart",
            Self::Points(Points::Circles, _) => "Tell a circle from one around it",
            Self::Points(Points::Xor, _) => "Tell opposite quadrants from the others",
            Self::Points(Points::Moons, _) => "Tell two half moons apart",
            Self::Teacher(..) => "Label as a random network does",
            Self::Tokens(Tokens::Reverse, _) => "Reverse random tokens",
            Self::Tokens(Tokens::Copy, _) => "Copy random tokens",
            Self::Tokens(Tokens::Sort, _) => "Sort random tokens",
            Self::Tokens(Tokens::ModularAddition, _) => "Add random tokens modulo their number",
            Self::Images(Images::Drawn, _) => "Tell ten drawn shapes apart",
            Self::Images(Images::Own(_), _) => "Classify images of your own (MNIST files)",
        }
    }

    /// How many answers there are to choose from. Guessing costs ln(classes) and is right once in `classes`.
    pub fn classes(&self) -> usize {
        match self {
            Self::Points(..) => Points::CLASSES,
            Self::Teacher(teacher, _) => teacher.classes,
            Self::Tokens(_, model) => model.vocabulary,
            Self::Images(..) => CLASSES,
        }
    }

    /// Numbers per row of the input.
    pub fn width(&self) -> usize {
        match self {
            Self::Points(..) => Points::WIDTH,
            Self::Teacher(teacher, _) => teacher.inputs,
            Self::Tokens(_, model) => model.vocabulary,
            Self::Images(..) => PIXELS,
        }
    }

    /// Rows per example, each with an answer of its own: 1, or the tokens of a sequence.
    pub fn rows(&self) -> usize {
        match self {
            Self::Points(..) | Self::Teacher(..) | Self::Images(..) => 1,
            Self::Tokens(_, model) => model.sequence,
        }
    }

    /// Where the transformer normalises, if the model is one.
    pub fn norm(&self) -> Option<Norm> {
        match self {
            Self::Tokens(_, model) => Some(model.norm),
            Self::Points(..) | Self::Teacher(..) | Self::Images(..) => None,
        }
    }

    /// Moves the layer normalisation of a transformer.
    pub fn set_norm(&mut self, norm: Norm) {
        if let Self::Tokens(_, model) = self {
            model.norm = norm;
        }
    }

    /// Channels of the first convolution, where the model has one.
    pub fn channels(&self) -> Option<usize> {
        match self {
            Self::Images(_, model) => Some(model.channels),
            _ => None,
        }
    }

    /// Changes the channels of a convolutional network.
    pub fn set_channels(&mut self, channels: usize) {
        if let Self::Images(_, model) = self {
            model.channels = channels;
        }
    }

    /// Whether somebody must bring along images before it can be trained.
    pub fn lacks_images(&self) -> bool {
        matches!(self, Self::Images(Images::Own(images), _) if images.is_empty())
    }

    /// Share of the training labels that are replaced by random ones, where the task has labels to replace.
    pub fn noise(&self) -> Option<f32> {
        match self {
            Self::Teacher(teacher, _) => Some(teacher.noise),
            Self::Points(..) | Self::Tokens(..) | Self::Images(..) => None,
        }
    }

    /// Changes the share of random labels.
    pub fn set_noise(&mut self, noise: f32) {
        if let Self::Teacher(teacher, _) = self {
            teacher.noise = noise;
        }
    }
}

/// The task and the model, in two or three sentences.
impl fmt::Display for Task {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Points(_, model) => write!(formatter, "{}. {model}.", self.title()),
            Self::Teacher(teacher, model) => {
                write!(formatter, "{}: {} inputs, {} classes", self.title(), teacher.inputs, teacher.classes)?;
                if teacher.noise > 0.0 {
                    let percent = (teacher.noise * 1000.0).round() / 10.0;
                    write!(formatter, ", {percent} % of the training labels random")?;
                }
                write!(formatter, ". {model}.")
            }
            Self::Tokens(_, model) => write!(
                formatter,
                "{}, {} of {}. Transformer encoder, {} layers, width {}, {} heads.",
                self.title(),
                model.sequence,
                model.vocabulary,
                model.layers,
                model.d_model,
                model.heads
            ),
            Self::Images(Images::Drawn, model) => write!(formatter, "{}. {model}.", self.title()),
            Self::Images(Images::Own(images), model) => {
                write!(formatter, "{}: {} images. {model}.", self.title(), images.len())
            }
        }
    }
}

impl fmt::Display for Convolutional {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Convolutional network, {} and {} channels, ReLU", self.channels, 2 * self.channels)
    }
}

impl fmt::Display for Perceptron {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let activation = match self.activation {
            Activation::Tanh => "tanh",
            Activation::Relu => "ReLU",
        };
        write!(formatter, "Perceptron, {} hidden layers of {}, {activation}", self.layers, self.hidden)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_task_is_told_in_words() {
        let words = |name| Task::from_name(name).unwrap().to_string();
        assert_eq!(
            words("teacher"),
            "Label as a random network does: 20 inputs, 10 classes, 15 % of the training labels random. Perceptron, 2 hidden \
             layers of 64, ReLU."
        );
        assert_eq!(words("two-moons"), "Tell two half moons apart. Perceptron, 2 hidden layers of 32, tanh.");
        assert_eq!(words("sort"), "Sort random tokens, 8 of 16. Transformer encoder, 2 layers, width 32, 4 heads.");
    }
}
