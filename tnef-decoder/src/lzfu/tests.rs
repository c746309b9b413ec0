use proptest::prelude::*;

use super::*;

/// The first example of MS-OXRTFCP: "hello world".
const HELLO: &[u8] = b"\x2d\x00\x00\x00\x2b\x00\x00\x00\x4c\x5a\x46\x75\xf1\xc5\xc7\xa7\x03\x00\x0a\x00\x72\x63\x70\x67\x31\x32\x35\x42\x32\x0a\xf3\x20\x68\x65\x6c\x09\x00\x20\x62\x77\x05\xb0\x6c\x64\x7d\x0a\x80\x0f\xa0";

fn packed(kind: &[u8; 4], contents: &[u8], raw_size: usize) -> Vec<u8> {
    let size = |n: usize| u32::try_from(n).expect("small").to_le_bytes();
    let crc = match kind {
        b"LZFu" => checksum(contents),
        _ => 0,
    };
    let header = [
        size(contents.len() + 12),
        size(raw_size),
        *kind,
        crc.to_le_bytes(),
    ];
    [&header.concat(), contents].concat()
}

fn rtf(octets: &[u8]) -> Vec<u8> {
    decompress(octets, 1 << 20).expect("it expands").rtf
}

/// A reference to the octets `back` before `end`, the count of octets produced so far.
fn reference(end: usize, back: usize, length: usize) -> [u8; 2] {
    let offset = (end + DICTIONARY.len() - back) % WINDOW;
    u16::try_from(offset << 4 | (length - 2))
        .expect("16 bits")
        .to_be_bytes()
}

#[test]
fn the_examples_of_the_specification() {
    let expected = Decompressed {
        rtf: b"{\\rtf1\\ansi\\ansicpg1252\\pard hello world}\r\n".to_vec(),
        crc_matches: true,
        size_matches: true,
    };
    assert_eq!(decompress(HELLO, 43), Ok(expected));
    // The second: a reference that reads what it writes.
    let overlapping = b"\x1a\0\0\0\x1c\0\0\0LZFu\xe2\xd4\x4b\x51\x41\x00\x04\x20\x57\x58\x59\x5a\x0d\x6e\x7d\x01\x0e\xb0";
    let found = decompress(overlapping, 100).expect("it expands");
    assert_eq!(found.rtf, b"{\\rtf1 WXYZWXYZWXYZWXYZWXYZ}");
    assert!(found.crc_matches && found.size_matches);
}

#[test]
fn uncompressed_contents_are_taken_as_they_are() {
    assert_eq!(rtf(&packed(b"MELA", b"{\\rtf1}\0", 7)), b"{\\rtf1}");
    let short = decompress(&packed(b"MELA", b"{\\rt", 7), 7).expect("it is there");
    assert_eq!((&short.rtf[..], short.size_matches), (&b"{\\rt"[..], false));
    assert!(short.crc_matches);
}

#[test]
fn wrong_checksum_and_size_are_findings() {
    let mut wrong = HELLO.to_vec();
    wrong[4] = 99;
    wrong[12] ^= 1;
    let found = decompress(&wrong, 100).expect("it expands");
    assert_eq!(found.rtf, rtf(HELLO));
    assert!(!found.crc_matches && !found.size_matches);
}

#[test]
fn what_is_cut_gives_its_beginning() {
    let whole = rtf(HELLO);
    for length in Header::OCTETS..HELLO.len() {
        let part = rtf(&HELLO[..length]);
        assert!(whole.starts_with(&part), "{length}");
    }
    assert_eq!(rtf(&HELLO[..HELLO.len() - 2]), whole);
    for length in 0..Header::OCTETS {
        let error = decompress(&HELLO[..length], 100);
        assert_eq!(error, Err(LzfuError::TooShort { octets: length }));
    }
}

#[test]
fn another_kind_is_an_error() {
    let found = u32::from_le_bytes(*b"LZMA");
    let error = decompress(&packed(b"LZMA", b"", 0), 0);
    assert_eq!(error, Err(LzfuError::UnknownKind { found }));
}

#[test]
fn expansion_has_a_bound() {
    let exceeded = |most| LimitExceeded {
        limit: Limit::DecodedOctets,
        most,
    };
    assert!(decompress(HELLO, 43).is_ok());
    assert_eq!(decompress(HELLO, 42), Err(exceeded(42).into()));
    let plain = packed(b"MELA", b"{\\rtf1}", 7);
    assert!(decompress(&plain, 7).is_ok());
    assert_eq!(decompress(&plain, 6), Err(exceeded(6).into()));
    // The size in the header reserves nothing.
    assert_eq!(rtf(&packed(b"LZFu", b"\0a", usize::MAX >> 32)), b"a");
}

#[test]
fn what_was_never_written_is_zero() {
    let far = u16::try_from(3_000_usize << 4)
        .expect("16 bits")
        .to_be_bytes();
    assert_eq!(rtf(&packed(b"LZFu", &[1, far[0], far[1]], 2)), b"\0\0");
}

#[test]
fn the_end_mark_ends() {
    let [high, low] = reference(1, 0, 2);
    let contents = [0b10, b'a', high, low, b'b', b'c'];
    assert_eq!(rtf(&packed(b"LZFu", &contents, 1)), b"a");
    // Also where there is enough after it to be read in one go.
    let contents = [&contents[..], &[0; 64]].concat();
    assert_eq!(rtf(&packed(b"LZFu", &contents, 1)), b"a");
}

#[derive(Debug, Clone)]
enum Token {
    Literal(u8),
    Copy { back: usize, length: usize },
}

/// Written out one octet at a time in a ring, as the specification tells it.
fn plainly(tokens: &[Token]) -> (Vec<u8>, Vec<u8>) {
    let mut ring = [0; WINDOW];
    ring[..DICTIONARY.len()].copy_from_slice(DICTIONARY);
    let (mut contents, mut output) = (Vec::new(), Vec::new());
    let write = |ring: &mut [u8; WINDOW], output: &mut Vec<u8>, octet| {
        ring[(output.len() + DICTIONARY.len()) % WINDOW] = octet;
        output.push(octet);
    };
    for group in tokens.chunks(8) {
        let control_at = contents.len();
        contents.push(0);
        for (bit, token) in group.iter().enumerate() {
            match *token {
                Token::Literal(octet) => {
                    contents.push(octet);
                    write(&mut ring, &mut output, octet);
                }
                Token::Copy { back, length } => {
                    contents[control_at] |= 1 << bit;
                    let back = back.min(output.len() + DICTIONARY.len());
                    contents.extend(reference(output.len(), back, length));
                    for _ in 0..length {
                        let from = (output.len() + DICTIONARY.len() - back) % WINDOW;
                        let octet = ring[from];
                        write(&mut ring, &mut output, octet);
                    }
                }
            }
        }
    }
    (contents, output)
}

fn token() -> impl Strategy<Value = Token> {
    prop_oneof![
        any::<u8>().prop_map(Token::Literal),
        (prop_oneof![1..40_usize, 1..WINDOW], 2..=17_usize)
            .prop_map(|(back, length)| Token::Copy { back, length }),
    ]
}

proptest! {
    #[test]
    fn it_agrees_with_a_ring_written_octet_by_octet(tokens in prop::collection::vec(token(), 0..2_000)) {
        // A last group that is not full has no room for an end mark here.
        let full = tokens.len() / 8 * 8;
        let (contents, expected) = plainly(&tokens[..full]);
        let found = decompress(&packed(b"LZFu", &contents, expected.len()), 1 << 20);
        let found = found.expect("it expands");
        prop_assert!(found.size_matches && found.crc_matches);
        prop_assert_eq!(found.rtf, expected);
    }

    #[test]
    fn any_octets_expand_within_the_bound(contents in prop::collection::vec(any::<u8>(), 0..600), stated in any::<u16>()) {
        let octets = packed(b"LZFu", &contents, stated.into());
        if let Ok(found) = decompress(&octets, 1_000) {
            prop_assert!(found.rtf.len() <= 1_000);
        }
    }
}
