//! Logs in every format, the right one and the wrong one: they are read or refused with a sentence, in bounded memory,
//! and what was read is diagnosed.
//!
//! The first byte of the input chooses the format; 0 lets it be guessed.

#![no_main]

use advisor::diagnosis::{self, Run};
use advisor::log::{self, Columns, Format};
use libfuzzer_sys::fuzz_target;
use scheduler::permalink::Permalink;

fuzz_target!(|bytes: &[u8]| {
    let Some((kind, rest)) = bytes.split_first() else { return };
    let format = usize::from(*kind).checked_sub(1).map(|kind| Format::NAMES[kind % Format::NAMES.len()].1);
    let read = match log::read("log", format, rest) {
        Ok(read) => read,
        Err(refused) => return assert!(!refused.to_string().is_empty()),
    };
    let run = Run::new("log", &read, &Columns::guess(&read));
    for symptom in &diagnosis::diagnose(&run).symptoms {
        assert!(!symptom.what.is_empty() && !symptom.causes.is_empty());
        if let Some(suggestion) = &symptom.suggestion {
            let link = suggestion.permalink().expect("what is suggested can be read");
            assert!(Permalink::decode(&link.encode()).1.is_empty());
        }
    }
});
