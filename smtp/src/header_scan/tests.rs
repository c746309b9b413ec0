use super::*;
use crate::trace_field::TraceField;

fn scan(
    message: &[u8],
    piece: usize,
    strictness: Strictness,
) -> Result<(String, String), HeaderFault> {
    let text = |octets: &[u8]| String::from_utf8_lossy(octets).into_owned();
    let mut scan = HeaderScan::new(64, strictness);
    let mut pieces = message.chunks(piece);
    for octets in &mut pieces {
        let piece = Content::new(octets.to_vec().into());
        if let Progress::Complete { header, rest } = scan.push(piece)? {
            let rest = [&rest[..], &pieces.flatten().copied().collect::<Vec<_>>()].concat();
            return Ok((text(&header.into_content()), text(&rest)));
        }
    }
    Ok((text(&scan.end()?.into_content()), String::new()))
}

#[test]
fn the_header_ends_at_an_empty_line_only() {
    let check =
        |message: &str, strictness: Strictness, expected: Result<(&str, &str), HeaderFault>| {
            for piece in 1..=message.len().max(1) {
                let found = scan(message.as_bytes(), piece, strictness);
                let found = found.as_ref().map(|(h, r)| (h.as_str(), r.as_str()));
                assert_eq!(
                    found.map_err(|e| *e),
                    expected,
                    "{message:?} in pieces of {piece}"
                );
            }
        };
    use HeaderFault::{NotAField, Nul};
    use Strictness::{Fields, Lenient};
    for strictness in [Lenient, Fields] {
        check("A: b\r\n\r\nbody", strictness, Ok(("A: b\r\n\r\n", "body")));
        check("A: b\r\n\r\n\r\n", strictness, Ok(("A: b\r\n\r\n", "\r\n")));
        check("\r\nbody", strictness, Ok(("\r\n", "body")));
        check("", strictness, Ok(("", "")));
        check("A: b\r\n", strictness, Ok(("A: b\r\n", "")));
        check(
            "A: b\r\n c\r\n\td\r\n\r\n",
            strictness,
            Ok(("A: b\r\n c\r\n\td\r\n\r\n", "")),
        );
        check(
            "A: b\r\n \r\n\r\nc",
            strictness,
            Ok(("A: b\r\n \r\n\r\n", "c")),
        );
        check("A : b\r\n\r\n", strictness, Ok(("A : b\r\n\r\n", "")));
        check("A:\r\n\r\n", strictness, Ok(("A:\r\n\r\n", "")));
        check("A: b\0\r\n\r\n", strictness, Err(Nul));
        check("A: b\r\n\r\n\0", strictness, Ok(("A: b\r\n\r\n", "\0")));
        check(" a: b\r\n\r\n", strictness, Err(NotAField));
        check("A: b\0\r\n", strictness, Err(Nul));
    }
    for message in [
        "A: b\r\nhello\r\n\r\n",
        ": b\r\n\r\n",
        "A b: c\r\n\r\n",
        "Ä: b\r\n\r\n",
        "A\r\n : b\r\n\r\n",
        "hello",
    ] {
        check(message, Fields, Err(NotAField));
        check(message, Lenient, Ok((message, "")));
    }
}

#[test]
fn the_header_is_bounded() {
    let header = |octets: usize| format!("A: {}\r\n", "x".repeat(octets - 5));
    for piece in [1, 7, 64, 1000] {
        for end in ["", "\r\n", "\r\nbody"] {
            let fits = header(64) + end;
            assert!(
                scan(fits.as_bytes(), piece, Strictness::Fields).is_ok(),
                "{fits:?}"
            );
            let past = header(65) + end;
            let found = scan(past.as_bytes(), piece, Strictness::Fields);
            assert_eq!(found, Err(HeaderFault::TooLarge), "{past:?}");
        }
        let endless = "x".repeat(10_000);
        let found = scan(endless.as_bytes(), piece, Strictness::Lenient);
        assert_eq!(found, Err(HeaderFault::TooLarge));
    }
}

fn block(message: &str) -> HeaderBlock {
    let mut scan = HeaderScan::new(1024, Strictness::Lenient);
    match scan.push(Content::new(message.to_owned().into())) {
        Ok(Progress::Complete { header, .. }) => header,
        Ok(Progress::More) => scan.end().expect("a header"),
        Err(fault) => panic!("{fault}"),
    }
}

#[test]
fn fields_are_told_apart_whatever_their_disguise() {
    let check = |message: &str, expected: &[(&str, &str)]| {
        let block = block(message);
        let text = |octets: &[u8]| String::from_utf8_lossy(octets).into_owned();
        let found: Vec<_> = block
            .fields()
            .map(|f| (text(f.name()), text(f.value())))
            .collect();
        let expected: Vec<_> = expected
            .iter()
            .map(|(n, v)| ((*n).to_owned(), (*v).to_owned()))
            .collect();
        assert_eq!(found, expected, "{message:?}");
        let raw: Vec<u8> = block.fields().flat_map(|f| f.raw().to_vec()).collect();
        assert_eq!(raw.len(), block.len());
    };
    check("A: b\r\nC:d\r\n\r\n", &[("A", " b"), ("C", "d")]);
    check(
        "A: b\r\n c\r\nD: e\r\n\r\n",
        &[("A", " b\r\n c"), ("D", " e")],
    );
    check("A \t: b\r\n\r\n", &[("A", " b")]);
    check("A\r\n : b\r\n\r\n", &[("A", " b")]);
    check("hello\r\nA: b:c\r\n\r\n", &[("", "hello"), ("A", " b:c")]);
    check("A: b", &[("A", " b")]);
    check("\r\n", &[]);
    check("", &[]);
}

#[test]
fn edits_change_what_they_name_and_nothing_else() {
    let original = block("X-A: 1\r\n x\r\nB: 2\r\nx-a: 3\r\n\r\n");
    let same = original.without(|_| false);
    assert!(same.is_unchanged());
    assert_eq!(same, original);

    let cut = original.without(|f| f.name().eq_ignore_ascii_case(b"x-a"));
    assert!(!cut.is_unchanged());
    assert_eq!(&cut.clone().into_content()[..], b"B: 2\r\n\r\n");

    let field = TraceField::new("Received", "by x").expect("a field");
    let traced = cut.prepend(&field);
    assert!(!traced.is_unchanged());
    assert_eq!(traced.fields().count(), 2);
    assert_eq!(
        &traced.into_content()[..],
        b"Received: by x\r\nB: 2\r\n\r\n"
    );
    let empty = block("\r\n").prepend(&field);
    assert_eq!(&empty.into_content()[..], b"Received: by x\r\n\r\n");
    let unended = block("B: 2\r\n").prepend(&field);
    assert_eq!(&unended.into_content()[..], b"Received: by x\r\nB: 2\r\n");
}
