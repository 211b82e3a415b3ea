//! TensorBoard event files: TFRecords of `Event` messages
//! (`tensorboard/compat/proto/{event,summary,tensor}.proto`). Scalars are read; images, histograms and the rest are not.

use std::io::{BufRead, Read};

use prost::Message;

use crate::log::recorder::Recorder;

/// Longer records hold images or graphs.
const LONGEST_SCALAR_RECORD: u64 = 64 * 1024;
/// Longer ones are a broken length.
const LONGEST_RECORD: u64 = 1 << 30;

#[derive(Clone, PartialEq, Message)]
struct Event {
    #[prost(int64, tag = "2")]
    step: i64,
    #[prost(message, optional, tag = "5")]
    summary: Option<Summary>,
}

#[derive(Clone, PartialEq, Message)]
struct Summary {
    #[prost(message, repeated, tag = "1")]
    value: Vec<Value>,
}

#[derive(Clone, PartialEq, Message)]
struct Value {
    #[prost(string, tag = "1")]
    tag: String,
    #[prost(float, optional, tag = "2")]
    simple_value: Option<f32>,
    #[prost(message, optional, tag = "8")]
    tensor: Option<Tensor>,
}

#[derive(Clone, PartialEq, Message)]
struct Tensor {
    #[prost(int32, tag = "1")]
    data_type: i32,
    #[prost(bytes = "vec", tag = "4")]
    content: Vec<u8>,
    #[prost(float, repeated, tag = "5")]
    float_values: Vec<f32>,
    #[prost(double, repeated, tag = "6")]
    double_values: Vec<f64>,
}

impl Tensor {
    /// The number of a scalar of float32 (type 1) or float64 (type 2).
    fn scalar(&self) -> Option<f64> {
        match (self.data_type, &self.content[..]) {
            (1, []) => self.float_values.first().map(|value| f64::from(*value)),
            (2, []) => self.double_values.first().copied(),
            (1, bytes) => bytes.try_into().ok().map(|bytes| f64::from(f32::from_le_bytes(bytes))),
            (2, bytes) => bytes.try_into().ok().map(f64::from_le_bytes),
            _ => None,
        }
    }
}

pub(in crate::log) fn read(mut input: impl BufRead, log: &mut Recorder) -> Result<(), String> {
    let mut bytes = Vec::new();
    for record in 0u64.. {
        let mut head = [0; 12];
        match read_up_to(&mut input, &mut head)? {
            0 => return Ok(()),
            12 => {}
            // A run that is still going on, or was killed.
            _ => return Err(format!("record {record} is cut off")),
        }
        let (length, check) = head.split_at(8);
        if masked_crc(length) != little_endian(check) {
            return Err(format!("the length of record {record} does not match its checksum"));
        }
        let length = length.try_into().map_or(u64::MAX, u64::from_le_bytes);
        if length > LONGEST_RECORD {
            return Err(format!("record {record} claims {length} bytes"));
        }
        if length > LONGEST_SCALAR_RECORD {
            skip(&mut input, length + 4).map_err(|()| format!("record {record} is cut off"))?;
            continue;
        }
        bytes.resize(length as usize + 4, 0);
        if read_up_to(&mut input, &mut bytes)? != bytes.len() {
            return Err(format!("record {record} is cut off"));
        }
        let (data, check) = bytes.split_at(length as usize);
        if masked_crc(data) != little_endian(check) {
            return Err(format!("record {record} does not match its checksum"));
        }
        let event = Event::decode(data).map_err(|error| format!("record {record} is no event: {error}"))?;
        for value in event.summary.into_iter().flat_map(|summary| summary.value) {
            let scalar = value.simple_value.map(f64::from).or_else(|| value.tensor.as_ref()?.scalar());
            if let Some(scalar) = scalar {
                log.value_at_step(&value.tag, event.step as f64, scalar);
            }
        }
    }
    Ok(())
}

/// CRC-32C, as iSCSI has it.
static CRC: crc::Crc<u32> = crc::Crc::<u32>::new(&crc::CRC_32_ISCSI);

/// TFRecord's checksum: CRC-32C, rotated and shifted so that checksums of checksums differ.
fn masked_crc(bytes: &[u8]) -> u32 {
    CRC.checksum(bytes).rotate_right(15).wrapping_add(0xa282_ead8)
}

fn little_endian(bytes: &[u8]) -> u32 {
    bytes.iter().rev().fold(0, |number, byte| number << 8 | u32::from(*byte))
}

fn read_up_to(input: &mut impl Read, buffer: &mut [u8]) -> Result<usize, String> {
    let mut filled = 0;
    while filled < buffer.len() {
        match input.read(&mut buffer[filled..]) {
            Ok(0) => break,
            Ok(read) => filled += read,
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error.to_string()),
        }
    }
    Ok(filled)
}

fn skip(input: &mut impl BufRead, length: u64) -> Result<(), ()> {
    let skipped = std::io::copy(&mut input.take(length), &mut std::io::sink()).map_err(|_| ())?;
    if skipped == length { Ok(()) } else { Err(()) }
}
