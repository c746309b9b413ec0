//! How a message is cut changes nothing: not what goes on, not what is held.

#![no_main]

use bytes::Bytes;
use libfuzzer_sys::fuzz_target;
use transform::{Options, Passage, Possibility, Report, Segments, Watch};

fuzz_target!(|octets: &[u8]| {
    let (cuts, octets) = cuts(octets);
    let message = Bytes::copy_from_slice(octets);
    let whole = passed(&message, &[]);
    assert_eq!(whole, passed(&message, cuts));
    assert!(whole.1.is_some() || whole.0 == message);
    assert_eq!(watched(&message, &[]), watched(&message, cuts));
});

/// The first octet says how many of the next say where to cut.
fn cuts(octets: &[u8]) -> (&[u8], &[u8]) {
    let Some((count, rest)) = octets.split_first() else {
        return (&[], &[]);
    };
    rest.split_at(usize::from(count % 32).min(rest.len()))
}

fn pieces(message: &Bytes, cuts: &[u8]) -> Vec<Bytes> {
    let mut rest = message.clone();
    let mut pieces: Vec<Bytes> = cuts
        .iter()
        .map(|cut| rest.split_to(usize::from(*cut).min(rest.len())))
        .collect();
    pieces.push(rest);
    pieces
}

fn passed(message: &Bytes, cuts: &[u8]) -> (Vec<u8>, Option<Report>) {
    let options = Options::new("mx.example.com").with_decoded_octets(1 << 20);
    let mut passage = Passage::new(&options, 2000);
    let mut out = Segments::default();
    for piece in pieces(message, cuts) {
        passage.push(piece, &mut out);
    }
    let report = passage.finish(&mut out);
    (out.to_vec(), report)
}

fn watched(message: &Bytes, cuts: &[u8]) -> Possibility {
    let (mut watch, mut known) = Watch::new(b"");
    for piece in pieces(message, cuts) {
        known = watch.push(&piece);
    }
    known
}
