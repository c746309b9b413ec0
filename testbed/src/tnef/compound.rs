//! OLE objects as compound files ([MS-CFB]), of the kinds that are attached to messages.

use std::io::{Cursor, Write as _};

/// A file packaged by the shell: its name and its octets in `\x01Ole10Native` ([MS-OLEDS] §2.3.6).
pub fn package(name: &str, octets: &[u8]) -> Vec<u8> {
    let mut native = 2_u16.to_le_bytes().to_vec();
    let texts = [name, name];
    texts
        .iter()
        .for_each(|text| native.extend([text.as_bytes(), &[0]].concat()));
    // A link it is not; then where it lay for a while.
    native.extend([0, 0, 3, 0]);
    let path = format!("C:\\TEMP\\{name}\0");
    native.extend((path.len() as u32).to_le_bytes());
    native.extend(path.as_bytes());
    native.extend((octets.len() as u32).to_le_bytes());
    native.extend(octets);
    let stream = [&(native.len() as u32).to_le_bytes()[..], &native].concat();
    file(&[
        ("\u{1}CompObj", &comp_obj("Package")),
        ("\u{1}Ole10Native", &stream),
    ])
}

/// A document, and a picture of it in `\x02OlePres000` (§2.3.4).
pub fn document(contents: &[u8], bitmap: &[u8]) -> Vec<u8> {
    file(&[
        ("\u{1}CompObj", &comp_obj("Testbed.Document")),
        ("CONTENTS", contents),
        ("\u{2}OlePres000", &presentation(bitmap)),
    ])
}

/// Streams below the root.
pub fn file(streams: &[(&str, &[u8])]) -> Vec<u8> {
    const OURS: &str = "a file in memory of our own";
    let mut file =
        cfb::CompoundFile::create_with_version(cfb::Version::V3, Cursor::new(Vec::new()))
            .expect(OURS);
    for (name, octets) in streams {
        let mut stream = file.create_stream(format!("/{name}")).expect(OURS);
        stream.write_all(octets).expect(OURS);
    }
    file.flush().expect(OURS);
    file.into_inner().into_inner()
}

/// CompObjStream (§2.3.8), the part that everybody reads.
fn comp_obj(user_type: &str) -> Vec<u8> {
    let mut stream = vec![
        0x01, 0x00, 0xFE, 0xFF, 0x03, 0x0A, 0, 0, 0xFF, 0xFF, 0xFF, 0xFF,
    ];
    stream.extend([0; 16]);
    stream.extend((user_type.len() as u32 + 1).to_le_bytes());
    stream.extend([user_type.as_bytes(), &[0]].concat());
    stream.extend([0; 8]);
    stream
}

/// A device-independent bitmap (clipboard format 8).
fn presentation(bitmap: &[u8]) -> Vec<u8> {
    // Standard format; no target device; content, all of it; no advice; no compression; one by one centimetre.
    let numbers = [0xFFFF_FFFF_u32, 8, 4, 1, u32::MAX, 2, 0, 1000, 1000];
    let mut stream: Vec<u8> = numbers.iter().flat_map(|n| n.to_le_bytes()).collect();
    stream.extend((bitmap.len() as u32).to_le_bytes());
    stream.extend(bitmap);
    stream
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;

    use super::*;

    #[test]
    fn a_package_holds_its_file() {
        let octets = package("a.txt", b"hello");
        assert!(octets.starts_with(&[0xD0, 0xCF, 0x11, 0xE0]));
        assert_eq!(octets.len() % 512, 0);
        let mut file = cfb::CompoundFile::open(Cursor::new(octets)).expect("it is one");
        let mut native = Vec::new();
        let mut stream = file.open_stream("/\u{1}Ole10Native").expect("it is there");
        stream.read_to_end(&mut native).expect("in memory");
        assert_eq!(native.len(), native[0] as usize + 4);
        assert!(native.ends_with(b"\x05\0\0\0hello"));
    }

    #[test]
    fn the_same_object_is_the_same_octets() {
        assert_eq!(document(b"a", b"b"), document(b"a", b"b"));
    }
}
