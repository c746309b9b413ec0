//! Any message: the header is the same however the message comes, its fields are its octets, and edits change only
//! what they name. The first octet is the size of the pieces; odd ones are strict.

#![no_main]

use bytes::BytesMut;
use libfuzzer_sys::fuzz_target;
use smtp::chunk::{Chunk, ChunkDecoder, Decoded};
use smtp::{
    BareNewline, Content, HeaderBlock, HeaderFault, HeaderScan, Progress, Strictness, TraceField,
};

const OCTETS_MAX: usize = 512;

fuzz_target!(|input: &[u8]| {
    let Some((&piece, message)) = input.split_first() else {
        return;
    };
    let strictness = match piece % 2 {
        0 => Strictness::Lenient,
        _ => Strictness::Fields,
    };
    let Some(message) = content(message) else {
        return;
    };
    let whole = scan(&message, message.len().max(1), strictness);
    assert_eq!(whole, scan(&message, usize::from(piece).max(1), strictness));
    if let Ok((header, size)) = whole {
        assert_eq!(&header.clone().into_content()[..], &message[..size]);
        judge(&header, strictness);
    }
});

fn judge(header: &HeaderBlock, strictness: Strictness) {
    assert!(header.len() <= OCTETS_MAX);
    let octets = header.clone().into_content();
    let fields: Vec<u8> = header.fields().flat_map(|f| f.raw().to_vec()).collect();
    assert_eq!(fields, octets[..header.len()]);
    for field in header.fields() {
        assert!(strictness == Strictness::Lenient || !field.name().is_empty());
        assert!(!field.raw().contains(&0));
    }
    assert_eq!(&header.without(|_| false), header);
    let empty = header.without(|_| true);
    assert!(empty.is_empty());
    assert_eq!(&empty.into_content()[..], &octets[header.len()..]);
    let ours = TraceField::new("Received", "by x").expect("a field");
    let traced = header.prepend(&ours);
    assert_eq!(traced.fields().count(), header.fields().count() + 1);
    let without = traced.without(|f| f.name() == b"Received");
    assert!(without.len() <= header.len());
}

/// The header and its size in the message.
fn scan(
    message: &Content,
    piece: usize,
    strictness: Strictness,
) -> Result<(HeaderBlock, usize), HeaderFault> {
    let mut scan = HeaderScan::new(OCTETS_MAX, strictness);
    let (mut seen, mut left) = (0, message.clone());
    while !left.is_empty() {
        let (now, later) = left.split_at(piece);
        seen += now.len();
        left = later;
        if let Progress::Complete { header, rest } = scan.push(now)? {
            return Ok((header, seen - rest.len()));
        }
    }
    Ok((scan.end()?, seen))
}

/// The octets as content, the only way in.
fn content(octets: &[u8]) -> Option<Content> {
    let mut decoder = ChunkDecoder::new(BareNewline::Normalise, u64::MAX);
    let size = octets.len() as u64;
    decoder.begin(Chunk { size, last: true });
    let mut input = BytesMut::from(octets);
    match decoder.decode(&mut input) {
        Decoded::Body(content) => Some(content),
        Decoded::NeedInput | Decoded::Fault(_) | Decoded::ChunkEnd | Decoded::End => None,
    }
}
