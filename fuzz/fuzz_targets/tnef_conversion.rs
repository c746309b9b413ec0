//! Any message is converted, or kept as it was below one field, or has no TNEF; whole, or as it streams.

#![no_main]

use bytes::Bytes;
use libfuzzer_sys::fuzz_target;
use transform::{Options, Passage, Possibility, Segments, Watch, convert, has_tnef};

fuzz_target!(|octets: &[u8]| {
    let message = Bytes::copy_from_slice(octets);
    let options = Options::new("mx.example.com").with_decoded_octets(1 << 20);
    match convert(&message, &options) {
        None => assert!(!has_tnef(&message)),
        Some(converted) => {
            let written = converted.message.to_vec();
            assert!(written.starts_with(b"X-Twinmx-Conversion: "));
            assert_eq!(written.len(), converted.message.len());
            assert!(!converted.report.parts().is_empty());
        }
    }
    let mut passage = Passage::new(&options, 1 << 20);
    let mut out = Segments::default();
    passage.push(message.clone(), &mut out);
    let report = passage.finish(&mut out);
    assert!(report.is_some() || out.to_vec() == octets);
    if Watch::new(octets).1 == Possibility::Certain {
        assert!(has_tnef(&message));
    }
});
