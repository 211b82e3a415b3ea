//! Links: whatever can be read is, the rest is told, and what was read makes a link that reads back as it.

#![no_main]

use libfuzzer_sys::fuzz_target;
use scheduler::permalink::{MAX_LENGTH, Permalink};

fuzz_target!(|link: &str| {
    let (permalink, problems) = Permalink::decode(link);
    assert!(problems.len() <= link.len() + 1);
    let encoded = permalink.encode();
    if encoded.len() <= MAX_LENGTH / 4 && problems.is_empty() {
        let (again, _) = Permalink::decode(&encoded);
        assert_eq!(again.lanes.len(), permalink.lanes.len(), "{encoded}");
        assert_eq!(again.settings, permalink.settings, "{encoded}");
    }
});
