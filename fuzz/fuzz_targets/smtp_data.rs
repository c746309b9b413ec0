//! Any octets after DATA: the message, its fault and its end are the same however the input is cut, and what is given
//! out has no bare newline. The first octet is the size of the pieces; odd ones normalise.

#![no_main]

use bytes::BytesMut;
use libfuzzer_sys::fuzz_target;
use smtp::data::{DataDecoder, Decoded};
use smtp::{BareNewline, BodyFault};

const SIZE_MAX: u64 = 4096;

fuzz_target!(|input: &[u8]| {
    let Some((&piece, wire)) = input.split_first() else {
        return;
    };
    let newline = match piece % 2 {
        0 => BareNewline::Refuse,
        _ => BareNewline::Normalise,
    };
    let whole = decode(wire, wire.len().max(1), newline);
    let cut = decode(wire, usize::from(piece / 2).max(1), newline);
    assert_eq!(whole, cut, "framing depends on how the input was cut");
    let with_crlf = [b"\r\n", wire].concat();
    let end = with_crlf.windows(5).position(|w| w == b"\r\n.\r\n");
    assert_eq!(
        whole.left,
        end.map(|at| wire.len() - (at + 3)),
        "not the first CRLF.CRLF"
    );
    if let (Some(_), Ok(content)) = (whole.left, &whole.content) {
        assert!(content.len() as u64 <= SIZE_MAX);
        assert!(content.is_empty() || content.ends_with(b"\r\n"));
        assert_no_bare_newline(content);
    }
});

#[derive(PartialEq, Debug)]
struct Outcome {
    content: Result<Vec<u8>, BodyFault>,
    /// Octets after the end, if it came.
    left: Option<usize>,
}

fn decode(wire: &[u8], piece: usize, newline: BareNewline) -> Outcome {
    let mut decoder = DataDecoder::new(newline, SIZE_MAX);
    let (mut content, mut fault) = (Vec::new(), None);
    let (mut input, mut rest) = (BytesMut::new(), wire);
    let left = loop {
        match decoder.decode(&mut input) {
            Decoded::Body(piece) => {
                assert!(fault.is_none() && !piece.is_empty());
                content.extend_from_slice(&piece);
            }
            Decoded::Fault(found) => assert_eq!(fault.replace(found), None),
            Decoded::End => break Some(input.len() + rest.len()),
            Decoded::NeedInput if rest.is_empty() => break None,
            Decoded::NeedInput => {
                assert!(input.is_empty());
                let (now, later) = rest.split_at(piece.min(rest.len()));
                input.extend_from_slice(now);
                rest = later;
            }
        }
    };
    let content = fault.map_or(Ok(content), Err);
    Outcome { content, left }
}

fn assert_no_bare_newline(content: &[u8]) {
    for (at, octet) in content.iter().enumerate() {
        match octet {
            b'\r' => assert_eq!(content.get(at + 1), Some(&b'\n')),
            b'\n' => assert_eq!(content.get(at.wrapping_sub(1)), Some(&b'\r')),
            _ => {}
        }
    }
}
