//! Any message is had in 7 bit, or it is said why not; how it is cut changes nothing, and what is 7 bit stays.

#![no_main]

use bytes::Bytes;
use libfuzzer_sys::fuzz_target;
use transform::{Impossible, Rewritten, Segments, SevenBit};

fuzz_target!(|octets: &[u8]| {
    let (cuts, octets) = cuts(octets);
    let message = Bytes::copy_from_slice(octets);
    let (whole, done) = rewritten(&message, &[]);
    let (cut, cut_done) = rewritten(&message, cuts);
    assert_eq!(done, cut_done);
    if done.is_err() {
        return;
    }
    assert!(whole.is_ascii());
    assert_eq!(whole, cut);
    // Once is enough.
    let again = Bytes::from(whole.clone());
    let (same, nothing) = rewritten(&again, cuts);
    assert_eq!(nothing, Ok(Rewritten::default()));
    assert_eq!(same, whole);
});

/// The first octet says how many of the next say where to cut.
fn cuts(octets: &[u8]) -> (&[u8], &[u8]) {
    let Some((count, rest)) = octets.split_first() else {
        return (&[], &[]);
    };
    rest.split_at(usize::from(count % 32).min(rest.len()))
}

fn rewritten(message: &Bytes, cuts: &[u8]) -> (Vec<u8>, Result<Rewritten, Impossible>) {
    let mut seven = SevenBit::new();
    let mut out = Segments::default();
    let mut rest = message.clone();
    for cut in cuts {
        let piece = rest.split_to(usize::from(*cut).min(rest.len()));
        seven.push(piece, &mut out);
    }
    seven.push(rest, &mut out);
    let done = seven.finish(&mut out);
    (out.to_vec(), done)
}
