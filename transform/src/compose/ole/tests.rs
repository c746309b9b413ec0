use testbed::tnef::compound;

use super::*;

#[test]
fn files_are_taken_out_of_their_objects() {
    let check = |streams: &[(&str, &[u8])], expected: Contents| {
        let found = object(&compound::file(streams), CodePages::default());
        assert_eq!(found.file, expected);
    };
    let own = |extension, octets: &[u8]| Contents::Own {
        name: None,
        extension: Some(extension),
        octets: octets.to_vec(),
    };
    check(&[("CONTENTS", b"%PDF-1.4")], own("pdf", b"%PDF-1.4"));
    check(
        &[("Package", b"PK\x03\x04 xl/workbook.xml")],
        own("xlsx", b"PK\x03\x04 xl/workbook.xml"),
    );
    check(
        &[("WordDocument", b"x")],
        Contents::Document { extension: "doc" },
    );
    check(&[("CONTENTS", b"of a program")], Contents::Unknown);
    check(
        &[("\u{1}Ole10Native", b"\x02\0\0\0BMxx")],
        own("bmp", b"BM"),
    );
    check(&[], Contents::Unknown);
}

#[test]
fn a_package_gives_its_file_and_name() {
    let found = object(
        &compound::package("inside.bin", b"hello"),
        CodePages::default(),
    );
    let expected = Contents::Own {
        name: Some("inside.bin".to_owned()),
        extension: None,
        octets: b"hello".to_vec(),
    };
    assert_eq!(found.file, expected);
}

#[test]
fn damaged_objects_give_what_they_can() {
    let whole = compound::package("inside.bin", &[7; 5_000]);
    for end in (0..whole.len()).step_by(97) {
        object(&whole[..end], CodePages::default());
    }
    // Each octet of the header and of the lists says something else.
    for at in (0..1_536).chain((1_536..whole.len()).step_by(31)) {
        for value in [0, 1, 0x7f, 0xff] {
            let mut damaged = whole.clone();
            damaged[at] = value;
            object(&damaged, CodePages::default());
        }
    }
}

#[test]
fn entries_are_looked_at_to_their_bound() {
    let found = |others: usize| {
        // Shorter names come first.
        let names: Vec<String> = (0..others).map(|number| format!("s{number}")).collect();
        let mut streams: Vec<(&str, &[u8])> =
            names.iter().map(|name| (name.as_str(), &b""[..])).collect();
        streams.push(("CONTENTS", b"%PDF-1.4"));
        object(&compound::file(&streams), CodePages::default()).file != Contents::Unknown
    };
    assert!(found(OLE_ENTRIES_MAX - 1));
    assert!(!found(OLE_ENTRIES_MAX));
}
