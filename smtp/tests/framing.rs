//! The decoders against a model that is slow and obvious, over input made of the octets that matter.

use bytes::BytesMut;
use proptest::prelude::*;
use smtp::chunk::{self, Chunk, ChunkDecoder};
use smtp::data::{self, DataDecoder};
use smtp::{BareNewline, BodyFault};

type Outcome = Result<Vec<u8>, BodyFault>;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn data_is_what_the_model_says_however_it_is_cut(
        wire in octets(60),
        cuts in cuts(),
        newline in newlines(),
        size_max in 0_u64..80,
    ) {
        let mut wire = wire;
        wire.extend_from_slice(b"\r\n.\r\n");
        let (end, expected) = model_of_data(&wire, newline, size_max);
        let (outcome, left) = decode_data(&wire, &cuts, newline, size_max);
        prop_assert_eq!(outcome, expected);
        prop_assert_eq!(left, wire.len() - end);
    }

    #[test]
    fn chunks_are_what_the_model_says_however_they_are_cut(
        chunks in prop::collection::vec(octets(20), 1..5),
        cuts in cuts(),
        newline in newlines(),
    ) {
        let whole = chunks.concat();
        let expected = judge(&normalised(&whole, newline, false), u64::MAX);
        prop_assert_eq!(decode_chunks(&chunks, &cuts, newline), expected);
    }
}

fn octets(longest: usize) -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof![
        4 => Just(b"\r\n".to_vec()),
        2 => Just(b".".to_vec()),
        1 => Just(b"\r".to_vec()),
        1 => Just(b"\n".to_vec()),
        1 => Just(b"\0".to_vec()),
        2 => Just(b"a".to_vec()),
    ];
    prop::collection::vec(piece, 0..longest).prop_map(|pieces| pieces.concat())
}

fn cuts() -> impl Strategy<Value = Vec<usize>> {
    prop::collection::vec(1_usize..7, 1..10)
}

fn newlines() -> impl Strategy<Value = BareNewline> {
    prop_oneof![Just(BareNewline::Refuse), Just(BareNewline::Normalise)]
}

/// Where the message ends on the wire, and what it is.
fn model_of_data(wire: &[u8], newline: BareNewline, size_max: u64) -> (usize, Outcome) {
    let with_crlf = [b"\r\n", wire].concat();
    let is_end = |w: &[u8]| w == b"\r\n.\r\n";
    let end = with_crlf.windows(5).position(is_end).expect("an end");
    let lines = &with_crlf[2..(end + 2).max(2)];
    (end + 3, judge(&normalised(lines, newline, true), size_max))
}

/// Octets of content, each with whether it is a fault to get this far.
type Judged = Vec<Result<u8, BodyFault>>;

/// Applies the rules line by line; the last line may have no CRLF.
fn normalised(message: &[u8], newline: BareNewline, stuffed: bool) -> Judged {
    let mut judged = Vec::new();
    let lines = split_at_crlf(message);
    let count = lines.len();
    for (index, line) in lines.into_iter().enumerate() {
        let ended = index + 1 < count;
        let has_dot = stuffed && line.starts_with(b".");
        let is_broken = has_dot && matches!(line.get(1), Some(b'\r' | b'\n'));
        if is_broken && newline == BareNewline::Refuse {
            judged.push(Err(BodyFault::BareNewline));
            return judged;
        }
        let is_stuffed = has_dot && !is_broken;
        let content = &line[usize::from(is_stuffed)..];
        let mut start = 0;
        for at in 0..=content.len() {
            let octet = content.get(at).copied();
            if octet.is_some_and(|o| o != b'\r' && o != b'\n') {
                continue;
            }
            let part = &content[start..at];
            judged.extend(part.iter().map(|o| Ok(*o)));
            let framed = is_stuffed && start == 0;
            if is_look_alike(part, framed) {
                judged.push(Err(BodyFault::NulBesideDot));
            }
            match (octet, newline) {
                (None, _) if ended => judged.extend([Ok(b'\r'), Ok(b'\n')]),
                (None, _) => {}
                (Some(b'\r'), BareNewline::Refuse) => {
                    judged.extend([Ok(b'\r'), Err(BodyFault::BareNewline)]);
                }
                (Some(_), BareNewline::Refuse) => judged.push(Err(BodyFault::BareNewline)),
                (Some(_), BareNewline::Normalise) => judged.extend([Ok(b'\r'), Ok(b'\n')]),
            }
            start = at + 1;
        }
    }
    judged
}

fn is_look_alike(line: &[u8], stuffed: bool) -> bool {
    let dots = line.iter().filter(|o| **o == b'.').count();
    let only = line.iter().all(|o| matches!(o, 0 | b'.'));
    only && line.contains(&0) && (dots == 1 || stuffed && dots == 0)
}

fn split_at_crlf(message: &[u8]) -> Vec<&[u8]> {
    let (mut lines, mut rest) = (Vec::new(), message);
    while let Some(at) = rest.windows(2).position(|w| w == b"\r\n") {
        lines.push(&rest[..at]);
        rest = &rest[at + 2..];
    }
    lines.push(rest);
    lines
}

/// The content up to the first fault; too large counts where it comes first.
fn judge(octets: &Judged, size_max: u64) -> Outcome {
    let mut content = Vec::new();
    for octet in octets {
        content.push((*octet)?);
        if content.len() as u64 > size_max {
            return Err(BodyFault::TooLarge);
        }
    }
    Ok(content)
}

fn decode_data(
    wire: &[u8],
    cuts: &[usize],
    newline: BareNewline,
    size_max: u64,
) -> (Outcome, usize) {
    let mut decoder = DataDecoder::new(newline, size_max);
    let (mut content, mut fault) = (Vec::new(), None);
    let (mut input, mut rest) = (BytesMut::new(), wire);
    let mut cuts = cuts.iter().cycle();
    loop {
        match decoder.decode(&mut input) {
            data::Decoded::Body(piece) => content.extend_from_slice(&piece),
            data::Decoded::Fault(found) => assert_eq!(fault.replace(found), None),
            data::Decoded::End => break,
            data::Decoded::NeedInput => {
                assert!(input.is_empty(), "the decoder lets octets pile up");
                let size = cuts.next().map_or(1, |c| *c).min(rest.len());
                let (now, later) = rest.split_at(size);
                assert!(!now.is_empty(), "no end found");
                input.extend_from_slice(now);
                rest = later;
            }
        }
    }
    (fault.map_or(Ok(content), Err), input.len() + rest.len())
}

fn decode_chunks(chunks: &[Vec<u8>], cuts: &[usize], newline: BareNewline) -> Outcome {
    let mut decoder = ChunkDecoder::new(newline, u64::MAX);
    let (mut content, mut fault) = (Vec::new(), None);
    let mut cuts = cuts.iter().cycle();
    for (index, octets) in chunks.iter().enumerate() {
        let last = index + 1 == chunks.len();
        let size = octets.len() as u64;
        decoder.begin(Chunk { size, last });
        let (mut input, mut rest) = (BytesMut::new(), octets.as_slice());
        loop {
            match decoder.decode(&mut input) {
                chunk::Decoded::Body(piece) => content.extend_from_slice(&piece),
                chunk::Decoded::Fault(found) => assert_eq!(fault.replace(found), None),
                chunk::Decoded::ChunkEnd => break assert!(!last),
                chunk::Decoded::End => break assert!(last),
                chunk::Decoded::NeedInput => {
                    let size = cuts.next().map_or(1, |c| *c).min(rest.len());
                    let (now, later) = rest.split_at(size);
                    assert!(!now.is_empty(), "the end of the chunk is not seen");
                    input.extend_from_slice(now);
                    rest = later;
                }
            }
        }
        assert!(input.is_empty() && rest.is_empty());
    }
    fault.map_or(Ok(content), Err)
}
