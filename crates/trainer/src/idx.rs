//! IDX files, the format of MNIST and what has followed it (Fashion-MNIST, KMNIST): a magic number, the dimensions as big-endian
//! 32-bit numbers, then bytes. <https://github.com/zalandoresearch/fashion-mnist> describes it with real files.
//!
//! ```text
//! file --inflate, at most MOST_BYTES--> read --> Images or Labels --pair--> ImageSet
//! ```
//!
//! Nothing here unpacks: the page has the browser's `DecompressionStream`, the command line a library.

use crate::experiment::{ImageSet, MOST_IMAGES, PIXELS, SIDE};

/// The most bytes of an unpacked file that are looked at.
pub const MOST_BYTES: usize = IMAGES_HEADER + MOST_IMAGES * FULL_SIDE * FULL_SIDE;

/// The first bytes of what gzip has packed (RFC 1952, section 2.3.1).
pub const GZIP: [u8; 2] = [0x1f, 0x8b];

/// Pixels along each side of an image in a file.
const FULL_SIDE: usize = 2 * SIDE;
const IMAGES_HEADER: usize = 16;
const LABELS_HEADER: usize = 8;
/// Unsigned bytes in three dimensions: images.
const IMAGES: [u8; 4] = [0, 0, 8, 3];
/// Unsigned bytes in one dimension: labels.
const LABELS: [u8; 4] = [0, 0, 8, 1];

/// What a file holds.
#[derive(Clone, Debug, PartialEq)]
pub enum Idx {
    /// Images of [`SIDE`] by [`SIDE`] pixels, one after the other: the first [`MOST_IMAGES`] of the file.
    Images {
        /// How many the file holds.
        count: usize,
        /// Grey values from 0 to 255.
        pixels: Vec<u8>,
    },
    /// Labels: the first [`MOST_IMAGES`] of the file.
    Labels {
        /// How many the file holds.
        count: usize,
        /// One for each image.
        labels: Vec<u8>,
    },
}

/// Reads the first [`MOST_BYTES`] of an unpacked file. Images are halved to 14 by 14 pixels, each the mean of 2 by 2.
///
/// # Errors
/// One sentence on what is wrong with the file.
pub fn read(name: &str, bytes: &[u8]) -> Result<Idx, String> {
    let number = |place: usize| -> usize {
        let bytes = bytes.get(place..place + 4).and_then(|bytes| bytes.try_into().ok()).unwrap_or_default();
        u32::from_be_bytes(bytes) as usize
    };
    let is = |magic: [u8; 4], header: usize| bytes.starts_with(&magic) && bytes.len() >= header;
    let count = number(4);
    let taken = count.min(MOST_IMAGES);
    let body = |header: usize, length: usize| {
        let cut = || format!("{name} is cut off: it says that it holds {count} entries and ends before.");
        bytes.get(header..header + length).ok_or_else(cut)
    };
    if is(LABELS, LABELS_HEADER) {
        let labels = body(LABELS_HEADER, taken)?.to_vec();
        return some(name, count).map(|()| Idx::Labels { count, labels });
    }
    if !is(IMAGES, IMAGES_HEADER) {
        return Err(format!(
            "{name} is no IDX file of images or labels; those of MNIST are called train-images-idx3-ubyte and \
             train-labels-idx1-ubyte."
        ));
    }
    let (height, width) = (number(8), number(12));
    if (height, width) != (FULL_SIDE, FULL_SIDE) {
        return Err(format!(
            "{name} holds images of {height} by {width} pixels; they must be {FULL_SIDE} by {FULL_SIDE}."
        ));
    }
    let full = body(IMAGES_HEADER, taken * FULL_SIDE * FULL_SIDE)?;
    let mut pixels = Vec::with_capacity(taken * PIXELS);
    for image in full.chunks_exact(FULL_SIDE * FULL_SIDE) {
        for rows in image.chunks_exact(2 * FULL_SIDE) {
            let (upper, lower) = rows.split_at(FULL_SIDE);
            let sums = upper.chunks_exact(2).zip(lower.chunks_exact(2));
            let sums = sums.map(|(upper, lower)| upper.iter().chain(lower).map(|&pixel| u16::from(pixel)).sum::<u16>());
            pixels.extend(sums.map(|sum| (sum / 4) as u8));
        }
    }
    some(name, count).map(|()| Idx::Images { count, pixels })
}

fn some(name: &str, count: usize) -> Result<(), String> {
    if count < 16 { Err(format!("{name} holds {count} entries; at least 16 are needed.")) } else { Ok(()) }
}

/// Images and labels that belong together.
///
/// # Errors
/// One sentence where they do not.
pub fn pair(one: Idx, other: Idx) -> Result<ImageSet, String> {
    match (one, other) {
        (Idx::Images { count, pixels }, Idx::Labels { count: of_labels, labels })
        | (Idx::Labels { count: of_labels, labels }, Idx::Images { count, pixels }) => {
            if count != of_labels {
                return Err(format!("There are {count} images and {of_labels} labels; they do not belong together."));
            }
            ImageSet::new(pixels, labels)
        }
        (Idx::Images { .. }, Idx::Images { .. }) => Err("Both files hold images; one of them must hold labels.".into()),
        (Idx::Labels { .. }, Idx::Labels { .. }) => Err("Both files hold labels; one of them must hold images.".into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(magic: [u8; 4], dimensions: &[u32], body: impl IntoIterator<Item = u8>) -> Vec<u8> {
        let header = dimensions.iter().flat_map(|dimension| dimension.to_be_bytes());
        magic.into_iter().chain(header).chain(body).collect()
    }

    fn images(count: u32) -> Vec<u8> {
        let body = (0..count).flat_map(|image| (0..784u32).map(move |pixel| (image + pixel % 28) as u8));
        file(IMAGES, &[count, 28, 28], body)
    }

    fn labels(count: u32) -> Vec<u8> {
        file(LABELS, &[count], (0..count).map(|label| (label % 10) as u8))
    }

    #[test]
    fn a_pair_of_files_is_a_set() {
        let (images, labels) = (read("i", &images(20)).unwrap(), read("l", &labels(20)).unwrap());
        let set = pair(labels.clone(), images.clone()).unwrap();
        assert_eq!(set, pair(images, labels).unwrap());
        assert_eq!(set.len(), 20);
        let (pixels, class) = set.image(13);
        assert_eq!(class, 3);
        // Columns 0 and 1 of image 13 are 13 and 14, the mean 13.5 is cut.
        assert_eq!(pixels[..3], [13, 15, 17]);
        assert_eq!(pixels[SIDE..SIDE + 2], [13, 15]);
    }

    #[test]
    fn only_so_many_are_taken() {
        let bytes = images(8200);
        let Idx::Images { count, pixels } = read("i", &bytes[..MOST_BYTES]).unwrap() else { panic!() };
        assert_eq!((count, pixels.len()), (8200, MOST_IMAGES * PIXELS));
        let set = pair(Idx::Images { count, pixels }, read("l", &labels(8200)).unwrap()).unwrap();
        assert_eq!(set.len(), MOST_IMAGES);
        let message = crate::encode(&set);
        assert_eq!(crate::decode::<ImageSet>(&message).unwrap(), set);
        #[cfg(not(target_family = "wasm"))]
        assert_eq!(serde_json::to_string(&set).unwrap(), "8192", "reports hold nobody's data");
    }

    #[test]
    fn what_is_wrong_is_said() {
        let error = |bytes: &[u8]| read("x.gz", bytes).unwrap_err();
        assert!(error(b"").starts_with("x.gz is no IDX file of images or labels"));
        assert!(error(b"\x89PNG").starts_with("x.gz is no IDX file"));
        assert!(error(&images(20)[..15]).starts_with("x.gz is no IDX file"));
        let cut = "x.gz is cut off: it says that it holds 20 entries and ends before.";
        for length in [16, 100, 15_695] {
            assert_eq!(error(&images(20)[..length]), cut);
        }
        assert_eq!(error(&labels(20)[..27]), cut);
        assert_eq!(
            error(&file(IMAGES, &[20, 32, 32], [])),
            "x.gz holds images of 32 by 32 pixels; they must be 28 by 28."
        );
        assert_eq!(error(&labels(3)), "x.gz holds 3 entries; at least 16 are needed.");
        assert!(error(&file(IMAGES, &[u32::MAX, 28, 28], [0; 99])).contains("is cut off"));
        let (i, l) = (read("i", &images(20)).unwrap(), read("l", &labels(19)).unwrap());
        assert_eq!(
            pair(i.clone(), l.clone()).unwrap_err(),
            "There are 20 images and 19 labels; they do not belong together."
        );
        assert!(pair(i.clone(), i.clone()).unwrap_err().starts_with("Both files hold images"));
        assert!(pair(l.clone(), l).unwrap_err().starts_with("Both files hold labels"));
        let wrong = read("l", &file(LABELS, &[20], [46; 20])).unwrap();
        assert_eq!(pair(i, wrong).unwrap_err(), "There is a label 46; only the classes 0 to 9 can be trained.");
    }
}
