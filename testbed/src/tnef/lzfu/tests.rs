use super::*;

/// A reader that follows the text of the standard and knows nothing of the writer.
fn decompressed(stream: &[u8]) -> Vec<u8> {
    let number = |at: usize| u32::from_le_bytes(stream[at..at + 4].try_into().expect("four"));
    assert_eq!(number(0) as usize, stream.len() - 4);
    if &stream[8..12] == b"MELA" {
        assert_eq!(number(4) as usize, stream.len() - 16);
        return stream[16..].to_vec();
    }
    assert_eq!(&stream[8..12], b"LZFu");
    assert_eq!(number(12), crc(&stream[16..]));
    let out = expanded(&stream[16..]);
    assert_eq!(number(4) as usize, out.len());
    out
}

fn expanded(contents: &[u8]) -> Vec<u8> {
    let mut ring = [b' '; 4096];
    ring[..DICTIONARY.len()].copy_from_slice(DICTIONARY);
    let (mut write, mut out) = (DICTIONARY.len(), Vec::new());
    let mut input = contents.iter().copied();
    loop {
        let control = input.next().expect("the end is marked");
        for bit in 0..8 {
            let mut put = |octet: u8| {
                ring[write] = octet;
                write = (write + 1) % 4096;
                out.push(octet);
            };
            let first = input.next().expect("the end is marked");
            if control >> bit & 1 == 0 {
                put(first);
                continue;
            }
            let word = u16::from_be_bytes([first, input.next().expect("two octets")]);
            let offset = usize::from(word >> 4);
            if offset == write {
                assert_eq!(input.next(), None, "nothing follows the end");
                return out;
            }
            for i in 0..usize::from(word & 15) + 2 {
                let octet = ring[(offset + i) % 4096];
                ring[write] = octet;
                write = (write + 1) % 4096;
                out.push(octet);
            }
        }
    }
}

/// Letters that repeat now and then.
fn noise(octets: usize, kinds: u32) -> Vec<u8> {
    let mut state = 1_u32;
    let mut next = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 16) % kinds
    };
    (0..octets).map(|_| next() as u8).collect()
}

#[test]
fn what_is_compressed_comes_back() {
    let check = |rtf: &[u8]| {
        assert_eq!(decompressed(&compress(rtf)), rtf, "{} octets", rtf.len());
        assert_eq!(decompressed(&store(rtf)), rtf);
    };
    check(b"");
    check(b"a");
    check(b"aa");
    check(b"{\\rtf1\\ansi\\mac\\deff0}");
    check(b"abcdefgh");
    for octets in [3, 15, 16, 17, 18, 19, 4095, 4096, 4097, 9000] {
        check(&vec![b'x'; octets]);
        check(&noise(octets, 2));
        check(&noise(octets, 5));
        check(&noise(octets, 256));
    }
    check(&b"{\\pard\\plain Hello, world.\\par}\r\n".repeat(2000));
}

#[test]
fn a_period_of_the_ring_is_no_end() {
    // The only earlier place of these octets is exactly one ring back.
    for distance in 4090..4100 {
        let mut rtf = b"\x01\x02\x03\x04".to_vec();
        rtf.resize(distance, b'.');
        rtf.extend_from_slice(b"\x01\x02\x03\x04");
        assert_eq!(decompressed(&compress(&rtf)), rtf, "{distance}");
    }
}

#[test]
fn text_becomes_smaller() {
    let rtf = b"{\\pard\\plain Hello, world.\\par}\r\n".repeat(100);
    assert!(compress(&rtf).len() < rtf.len() / 5);
}

/// [MS-OXRTFCP] §4.1.1, written by others.
#[test]
fn the_example_of_the_standard_can_be_read() {
    let stream = [
        0x2d, 0x00, 0x00, 0x00, 0x2b, 0x00, 0x00, 0x00, 0x4c, 0x5a, 0x46, 0x75, 0xf1, 0xc5, 0xc7,
        0xa7, 0x03, 0x00, 0x0a, 0x00, 0x72, 0x63, 0x70, 0x67, 0x31, 0x32, 0x35, 0x42, 0x32, 0x0a,
        0xf3, 0x20, 0x68, 0x65, 0x6c, 0x09, 0x00, 0x20, 0x62, 0x77, 0x05, 0xb0, 0x6c, 0x64, 0x7d,
        0x0a, 0x80, 0x0f, 0xa0,
    ];
    let rtf = b"{\\rtf1\\ansi\\ansicpg1252\\pard hello world}\r\n";
    assert_eq!(decompressed(&stream), rtf);
    assert_eq!(compress(rtf).len(), stream.len());
}
