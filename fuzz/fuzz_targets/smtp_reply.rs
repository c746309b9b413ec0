//! Anything a hop may say: the same however it is cut, bounded, and one printable line when it is passed on. The first
//! octet is the size of the pieces.

#![no_main]

use bytes::BytesMut;
use libfuzzer_sys::fuzz_target;
use smtp::limits::{REPLY_LINE_OCTETS_MAX, REPLY_LINE_SENT_OCTETS_MAX, REPLY_LINES_MAX};
use smtp::{Answer, HopReply, Reply, ReplyError, ReplyReader};

fuzz_target!(|input: &[u8]| {
    let Some((&piece, wire)) = input.split_first() else {
        return;
    };
    let whole = read(wire, wire.len().max(1));
    assert_eq!(whole, read(wire, usize::from(piece).max(1)));
    for reply in whole.iter().flatten() {
        assert!(reply.lines.len() <= REPLY_LINES_MAX);
        let mut line = BytesMut::new();
        Answer::of_hop(reply, Reply::HOP_REFUSED).write_to(&mut line);
        let text = line.strip_suffix(b"\r\n").expect("a whole line");
        assert!(line.len() <= REPLY_LINE_SENT_OCTETS_MAX);
        assert!(text.iter().all(|b| (b' '..=b'~').contains(b)));
    }
});

fn read(wire: &[u8], piece: usize) -> Vec<Result<HopReply, ReplyError>> {
    let (mut reader, mut input, mut replies) = (ReplyReader::new(), BytesMut::new(), Vec::new());
    for octets in wire.chunks(piece) {
        input.extend_from_slice(octets);
        loop {
            match reader.poll(&mut input) {
                Ok(None) => break,
                Ok(Some(reply)) => replies.push(Ok(reply)),
                Err(error) => {
                    replies.push(Err(error));
                    return replies;
                }
            }
        }
        assert!(
            input.len() < REPLY_LINE_OCTETS_MAX,
            "an unfinished line piles up"
        );
    }
    replies
}
