//! Images that somebody brings along.

use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Pixels along each side of an image that is trained on.
pub const SIDE: usize = 14;
/// Pixels of an image.
pub const PIXELS: usize = SIDE * SIDE;
/// Classes of images.
pub const CLASSES: usize = 10;
/// The most images of a set: enough for a small model, and 1.6 MB.
pub const MOST_IMAGES: usize = 8192;

/// One in so many images is kept for validation.
pub(crate) const VALIDATION_SHARE: usize = 8;
/// Channels of a network of a usual size.
pub(super) const USUAL_CHANNELS: usize = 8;

/// Images with their classes, of [`SIDE`] by [`SIDE`] pixels. A clone shares them.
///
/// In a format for people, such as JSON, only their number is written, and nothing is read again: a link or a report is no
/// place for somebody's data.
#[derive(Clone, Default, PartialEq)]
pub struct ImageSet {
    /// Grey values from 0 to 255, image after image, row after row.
    pixels: Arc<Vec<u8>>,
    /// The class of each image, below [`CLASSES`].
    labels: Arc<Vec<u8>>,
}

impl ImageSet {
    /// A set of images with a label each.
    ///
    /// # Errors
    /// One sentence where the numbers do not fit, or a label is no class.
    pub fn new(pixels: Vec<u8>, labels: Vec<u8>) -> Result<Self, String> {
        let images = pixels.len() / PIXELS;
        if images * PIXELS != pixels.len() || images != labels.len() {
            return Err(format!("There are {images} images and {} labels; they do not belong together.", labels.len()));
        }
        if images > MOST_IMAGES {
            return Err(format!("There are {images} images; at most {MOST_IMAGES} are trained on."));
        }
        if let Some(label) = labels.iter().find(|&&label| usize::from(label) >= CLASSES) {
            return Err(format!("There is a label {label}; only the classes 0 to {} can be trained.", CLASSES - 1));
        }
        Ok(Self { pixels: Arc::new(pixels), labels: Arc::new(labels) })
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.labels.len()
    }

    /// Whether nobody has brought any yet.
    pub fn is_empty(&self) -> bool {
        self.labels.is_empty()
    }

    /// The pixels of an image, from 0 to 255, and its class.
    pub fn image(&self, index: usize) -> (&[u8], usize) {
        (&self.pixels[index * PIXELS..(index + 1) * PIXELS], usize::from(self.labels[index]))
    }
}

impl fmt::Debug for ImageSet {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} images", self.len())
    }
}

impl Serialize for ImageSet {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if serializer.is_human_readable() {
            return self.len().serialize(serializer);
        }
        (&*self.pixels, &*self.labels).serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for ImageSet {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        if deserializer.is_human_readable() {
            return usize::deserialize(deserializer).map(|_| Self::default());
        }
        let (pixels, labels) = <(Vec<u8>, Vec<u8>)>::deserialize(deserializer)?;
        Self::new(pixels, labels).map_err(serde::de::Error::custom)
    }
}
