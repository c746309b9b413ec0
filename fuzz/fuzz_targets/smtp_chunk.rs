//! Any octets in any chunks: counted exactly, the same however they are cut into chunks and reads, and without a bare
//! newline. The first octet is the size of the reads, the second that of the chunks; odd ones normalise.

#![no_main]

use bytes::BytesMut;
use libfuzzer_sys::fuzz_target;
use smtp::chunk::{Chunk, ChunkDecoder, Decoded};
use smtp::{BareNewline, BodyFault};

const NEXT_COMMAND: &[u8] = b"BDAT 1";

fuzz_target!(|input: &[u8]| {
    let [read, chunk, message @ ..] = input else {
        return;
    };
    let newline = match chunk % 2 {
        0 => BareNewline::Refuse,
        _ => BareNewline::Normalise,
    };
    let size = usize::from(chunk / 2).max(1);
    let whole = decode(message, message.len().max(1), usize::MAX, newline);
    let cut = decode(message, size, usize::from(*read).max(1), newline);
    assert_eq!(whole, cut, "framing depends on how the message was cut");
    if let Ok(content) = whole {
        let bare = content.iter().enumerate().any(|(at, octet)| match octet {
            b'\r' => content.get(at + 1) != Some(&b'\n'),
            b'\n' => content.get(at.wrapping_sub(1)) != Some(&b'\r'),
            _ => false,
        });
        assert!(!bare);
    }
});

fn decode(
    message: &[u8],
    size: usize,
    read: usize,
    newline: BareNewline,
) -> Result<Vec<u8>, BodyFault> {
    let mut decoder = ChunkDecoder::new(newline, u64::MAX);
    let (mut content, mut fault) = (Vec::new(), None);
    let mut chunks = message.chunks(size).peekable();
    loop {
        let octets = chunks.next().unwrap_or_default();
        let last = chunks.peek().is_none();
        let size = octets.len() as u64;
        decoder.begin(Chunk { size, last });
        let wire = [octets, NEXT_COMMAND].concat();
        let (mut input, mut rest) = (BytesMut::new(), wire.as_slice());
        loop {
            match decoder.decode(&mut input) {
                Decoded::Body(piece) => {
                    assert!(fault.is_none());
                    content.extend_from_slice(&piece);
                }
                Decoded::Fault(found) => assert_eq!(fault.replace(found), None),
                Decoded::ChunkEnd | Decoded::End => break,
                Decoded::NeedInput => {
                    assert!(input.is_empty());
                    let (now, later) = rest.split_at(read.min(rest.len()));
                    input.extend_from_slice(now);
                    rest = later;
                }
            }
        }
        assert_eq!(
            [&input, rest].concat(),
            NEXT_COMMAND,
            "not the chunk's octets"
        );
        if last {
            return fault.map_or(Ok(content), Err);
        }
    }
}
