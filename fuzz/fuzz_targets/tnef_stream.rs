//! Any octets are either no TNEF, or a stream whose parts account for each of them once.

#![no_main]

use libfuzzer_sys::fuzz_target;
use tnef_decoder::{Ending, Stream};

fuzz_target!(|octets: &[u8]| {
    let Ok(mut stream) = Stream::open(octets) else {
        return;
    };
    let read: usize = stream.by_ref().map(|attribute| attribute.octets()).sum();
    let left = match stream.ending() {
        Some(Ending::Complete) => 0,
        Some(Ending::Junk { octets } | Ending::TooManyAttributes { octets }) => octets,
        None => panic!("it gave no more attributes and did not end"),
    };
    assert_eq!(6 + read + left, octets.len());
});
