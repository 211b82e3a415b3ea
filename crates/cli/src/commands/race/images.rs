//! Images of the user's own, from a pair of IDX files.

use std::fs::File;
use std::io::{self, BufReader, Read};
use std::path::Path;

use flate2::read::MultiGzDecoder;
use trainer::experiment::ImageSet;
use trainer::idx::{self, GZIP, Idx, MOST_BYTES};

use crate::Failure;

/// Reads images and their labels, in whichever order.
pub fn read(images: &Path, labels: &Path) -> Result<ImageSet, Failure> {
    idx::pair(file(images)?, file(labels)?).map_err(Failure::new)
}

fn file(path: &Path) -> Result<Idx, Failure> {
    let name = path.display().to_string();
    let bytes = beginning(path).map_err(|error| Failure::new(format!("{name} cannot be read: {error}.")))?;
    idx::read(&name, &bytes).map_err(Failure::new)
}

/// The first bytes of a file, unpacked where it is packed, and no more than are needed.
fn beginning(path: &Path) -> io::Result<Vec<u8>> {
    let mut file = BufReader::new(File::open(path)?);
    let mut bytes = Vec::new();
    file.by_ref().take(GZIP.len() as u64).read_to_end(&mut bytes)?;
    let packed = bytes == GZIP;
    let whole = io::Cursor::new(std::mem::take(&mut bytes)).chain(file);
    if packed {
        MultiGzDecoder::new(whole).take(MOST_BYTES as u64).read_to_end(&mut bytes)?;
    } else {
        whole.take(MOST_BYTES as u64).read_to_end(&mut bytes)?;
    }
    Ok(bytes)
}
