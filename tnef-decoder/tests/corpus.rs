//! Real streams, where they lie beside the checkout: they are for running against and are not part of the project.

use std::fs;
use std::path::{Path, PathBuf};

use tnef_decoder::{Ending, Stream};

fn samples() -> Vec<PathBuf> {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/corpus/tnef/tnef");
    let Ok(entries) = fs::read_dir(directory) else {
        eprintln!("skipped: no samples beside the checkout");
        return Vec::new();
    };
    entries
        .filter_map(|entry| entry.ok().map(|entry| entry.path()))
        .collect()
}

#[test]
fn every_octet_of_a_real_stream_is_accounted_for() {
    for path in samples() {
        let octets = fs::read(&path).expect("readable");
        let Ok(mut stream) = Stream::open(&octets) else {
            // Some of the samples are not TNEF at all.
            assert!(
                !octets.starts_with(&[0x78, 0x9f, 0x3e, 0x22]),
                "{}",
                path.display()
            );
            continue;
        };
        let read: usize = stream.by_ref().map(|attribute| attribute.octets()).sum();
        let left = match stream.ending() {
            Some(Ending::Complete) => 0,
            Some(Ending::Junk { octets }) => octets,
            other => panic!("{}: {other:?}", path.display()),
        };
        assert_eq!(6 + read + left, octets.len(), "{}", path.display());
    }
}
