//! The header block: found, judged and changed.

use bytes::BytesMut;
use smtp::data::{DataDecoder, Decoded};
use smtp::limits::HEADER_BLOCK_OCTETS_MAX;
use smtp::{BareNewline, Content, HeaderBlock, HeaderScan, Progress, Strictness, TraceField};

use crate::message::{self, READ, SEGMENT};
use crate::{HotPath, Work};

pub(crate) fn paths() -> Vec<HotPath> {
    let octets = message::well_travelled_header().len() as u64;
    let path = |name: &str, strictness, read| {
        let name = format!("header/{name}");
        HotPath::new(name, Work::Octets(octets), move || found(strictness, read))
    };
    vec![
        path("lenient", Strictness::Lenient, READ),
        path("strict", Strictness::Fields, READ),
        path("strict/segments", Strictness::Fields, SEGMENT),
        HotPath::new("header/names", Work::Octets(octets - 2), names),
        HotPath::new("header/changed", Work::Octets(octets), changed),
    ]
}

/// A field of the usual length for our own.
pub(crate) fn trace_field() -> TraceField {
    let value = "from relay4.fabrikam.example ([192.0.2.4])\r\n\
        \tby mx.contoso.com (twinmx) with ESMTPS id 1a2b3c4d-17\r\n\
        \t(twinmx-loop 0123456789abcdef)\r\n\
        \tfor <anna.berg@contoso.com>; Fri, 21 Nov 2025 13:52:05 +0000";
    TraceField::new("Received", value).expect("a folded value")
}

/// Looks for the header block in `pieces`.
pub(crate) fn scan(
    strictness: Strictness,
    pieces: impl IntoIterator<Item = Content>,
) -> (HeaderBlock, Content) {
    let mut scan = HeaderScan::new(HEADER_BLOCK_OCTETS_MAX, strictness);
    for piece in pieces {
        match scan.push(piece) {
            Ok(Progress::More) => {}
            Ok(Progress::Complete { header, rest }) => return (header, rest),
            Err(fault) => panic!("{fault}"),
        }
    }
    panic!("the header block has no end")
}

fn found(strictness: Strictness, read: usize) -> impl FnMut() -> u64 {
    let pieces = pieces(read);
    move || {
        let (header, rest) = scan(strictness, pieces.iter().cloned());
        (header.into_content().len() + rest.len()) as u64
    }
}

/// All fields are looked at, as whoever asks for one of them does.
fn names() -> impl FnMut() -> u64 {
    let (header, _) = scan(Strictness::Fields, pieces(READ));
    move || {
        let fields = header.fields();
        fields
            .map(|field| match field.name().is_empty() {
                true => 0,
                false => field.raw().len() as u64,
            })
            .sum()
    }
}

/// One field is taken out and ours put above.
fn changed() -> impl FnMut() -> u64 {
    let (header, _) = scan(Strictness::Fields, pieces(READ));
    let ours = trace_field();
    let last = b"X-Field-11";
    move || {
        let kept = header.without(|field| field.name().eq_ignore_ascii_case(last));
        let dropped = header.len() - kept.len();
        let written = kept.prepend(&ours).into_content();
        (written.len() - ours.as_str().len() + dropped) as u64
    }
}

/// The header block as it comes from the decoder, without a body.
fn pieces(read: usize) -> Vec<Content> {
    let wire = message::on_the_wire(&message::well_travelled_header());
    let mut decoder = DataDecoder::new(BareNewline::Refuse, u64::MAX);
    let mut pieces = Vec::new();
    for read in wire.chunks(read) {
        if let Decoded::Body(piece) = decoder.decode(&mut BytesMut::from(read)) {
            pieces.push(piece);
        }
    }
    pieces
}
