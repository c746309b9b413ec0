//! SMTP smuggling: what looks like an end of data to somebody is none to us, and does not leave us as one.

use bytes::BytesMut;
use smtp::chunk::{self, Chunk, ChunkDecoder};
use smtp::data::{self, DataDecoder};
use smtp::{BareNewline, BodyFault};

/// What stands around the dot in the sequences that were found to end a message somewhere (CVE-2023-51764, -51765,
/// -51766, CVE-2024-27305), and what is near them.
const BREAKS: [&str; 17] = [
    "\n", "\r", "\r\n", "\n\r", "\r\r", "\n\n", "\r\r\n", "\r\n\r", "\n\r\n", "\r\n\n", "\r\0\n",
    "\0\r\n", "\r\n\0", "\0\n", "\n\0", "\u{85}", "\u{2028}",
];

const INNER: &str = "MAIL FROM:<evil@example>\r\nRCPT TO:<a@example>\r\nDATA\r\ninner\r\n";

/// Every pair of breaks around the dot that is not the one true end.
fn look_alikes() -> impl Iterator<Item = String> {
    let pairs = BREAKS
        .into_iter()
        .flat_map(|before| BREAKS.into_iter().map(move |after| (before, after)));
    pairs
        .filter(|(before, after)| !(before.ends_with("\r\n") && after.starts_with("\r\n")))
        .map(|(before, after)| format!("{before}.{after}"))
}

#[test]
fn no_look_alike_ends_a_message_sent_with_data() {
    let mut seen = 0;
    for look_alike in look_alikes() {
        let wire = format!("outer{look_alike}{INNER}.\r\nNOOP\r\n");
        let (content, fault, rest) = data(&wire, BareNewline::Refuse);
        assert_eq!(rest, "NOOP\r\n", "{look_alike:?}");
        assert!(
            fault.is_some() || is_harmless(&content),
            "{look_alike:?} passed as {content:?}"
        );
        if fault.is_none() {
            assert!(content.ends_with(INNER), "{look_alike:?}");
        }

        let (content, fault, rest) = data(&wire, BareNewline::Normalise);
        assert_eq!(rest, "NOOP\r\n", "{look_alike:?}");
        assert!(
            fault.is_some() || is_harmless(&content),
            "{look_alike:?} became {content:?}"
        );
        seen += 1;
    }
    assert!(seen > 250);
}

#[test]
fn no_look_alike_leaves_a_message_sent_with_bdat() {
    for look_alike in look_alikes() {
        let wire = format!("outer{look_alike}{INNER}");
        for newline in [BareNewline::Refuse, BareNewline::Normalise] {
            let (content, fault) = chunks(&wire, newline);
            assert!(
                fault.is_some() || is_harmless(&content),
                "{look_alike:?} passed as {content:?}"
            );
        }
    }
}

#[test]
fn which_look_alikes_are_which_fault() {
    let check = |look_alike: &str, expected: Option<BodyFault>| {
        let wire = format!("outer{look_alike}{INNER}.\r\n");
        assert_eq!(
            data(&wire, BareNewline::Refuse).1,
            expected,
            "{look_alike:?}"
        );
    };
    let (bare, nul) = (Some(BodyFault::BareNewline), Some(BodyFault::NulBesideDot));
    check("\n.\n", bare);
    check("\n.\r\n", bare);
    check("\r\n.\n", bare);
    check("\r.\r", bare);
    check("\r.\r\n", bare);
    check("\r\n.\r", bare);
    check("\r\n.\r\r\n", bare);
    check("\r\r\n.\r\n", bare);
    check("\r\0\n.\r\n", bare);
    check("\r\n.\0\r\n", nul);
    check("\r\n\0.\r\n", nul);
    check("\r\n\0\0.\0\r\n", nul);
    check("\r\n..\0\r\n", nul); // unstuffed it is the one above
    check("\r\n...\0\r\n", None);
    check("\r\n\0\0\r\n", None);
    check("\r\n.\u{85}\r\n", None);
    check("\r\n..\r\n", None);
    check("\r\n. \r\n", None);
}

#[test]
fn a_line_end_made_by_normalising_is_no_framing() {
    let check = |wire: &str, expected: &str| {
        let (content, fault, rest) = data(wire, BareNewline::Normalise);
        assert_eq!(
            (content.as_str(), fault, rest.as_str()),
            (expected, None, ""),
            "{wire:?}"
        );
    };
    check("a\n.\n.\r\nb\r\n.\r\n", "a\r\n.\r\n.\r\nb\r\n");
    check("a\n..b\r\n.\r\n", "a\r\n..b\r\n"); // not stuffed by whoever ends lines in LF
    check("a\r\n..b\r\n.\r\n", "a\r\n.b\r\n");
    check("a\r\n.\nb\r\n.\r\n", "a\r\n.\r\nb\r\n");
    check("a\r\n.\rb\r\n.\r\n", "a\r\n.\r\nb\r\n");
    check("a\r\r\n.\r\n", "a\r\n\r\n");
    check("a\n\r\n.\r\n", "a\r\n\r\n");
    check("a\n.\r\n.\r\n", "a\r\n.\r\n");
}

/// No bare newline, and no line of one dot beside NULs.
fn is_harmless(content: &str) -> bool {
    content.split("\r\n").all(|line| {
        let dots = line.matches('.').count();
        let only_nuls_and_dots = line.chars().all(|c| c == '\0' || c == '.');
        let look_alike = only_nuls_and_dots && dots == 1 && line.contains('\0');
        !line.contains(['\r', '\n']) && !look_alike
    })
}

/// Content, fault, and what is left after the end.
fn data(wire: &str, newline: BareNewline) -> (String, Option<BodyFault>, String) {
    let mut input = BytesMut::from(wire);
    let mut decoder = DataDecoder::new(newline, u64::MAX);
    let (mut content, mut fault) = (Vec::new(), None);
    loop {
        match decoder.decode(&mut input) {
            data::Decoded::Body(piece) => content.extend_from_slice(&piece),
            data::Decoded::Fault(found) => assert_eq!(fault.replace(found), None),
            data::Decoded::End => return (text(&content), fault, text(&input)),
            data::Decoded::NeedInput => panic!("{wire:?} has no end"),
        }
    }
}

fn chunks(wire: &str, newline: BareNewline) -> (String, Option<BodyFault>) {
    let mut decoder = ChunkDecoder::new(newline, u64::MAX);
    let (mut content, mut fault) = (Vec::new(), None);
    let (first, second) = wire.as_bytes().split_at(6); // within the look-alike
    for (octets, last) in [(first, false), (second, true)] {
        let size = octets.len() as u64;
        decoder.begin(Chunk { size, last });
        let mut input = BytesMut::from(octets);
        loop {
            match decoder.decode(&mut input) {
                chunk::Decoded::Body(piece) => content.extend_from_slice(&piece),
                chunk::Decoded::Fault(found) => assert_eq!(fault.replace(found), None),
                chunk::Decoded::ChunkEnd | chunk::Decoded::End => break,
                chunk::Decoded::NeedInput => panic!("a chunk too short"),
            }
        }
        assert!(input.is_empty());
    }
    (text(&content), fault)
}

fn text(octets: &[u8]) -> String {
    String::from_utf8_lossy(octets).into_owned()
}
