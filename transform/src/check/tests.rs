use super::*;
use crate::entity::{Disposition, Label};

fn text() -> Entity {
    let label = Label {
        media_type: "text/plain",
        ..Label::default()
    };
    Entity::text(label, "Hello, wörld\n")
}

fn file(octets: usize) -> Entity {
    let label = Label {
        media_type: "application/pdf",
        name: Some("Übersicht.pdf"),
        disposition: Some(Disposition::Attachment),
        ..Label::default()
    };
    Entity::file(label, vec![7; octets].into())
}

fn mixed(parts: Vec<Entity>) -> Entity {
    let label = Label {
        media_type: "multipart/mixed",
        ..Label::default()
    };
    Entity::multipart(label, parts, || "=_b".to_owned())
}

fn verbatim(header: &'static str, body: &'static [u8]) -> Entity {
    Entity::verbatim(header.into(), Bytes::from_static(body))
}

#[test]
fn what_we_make_is_what_was_meant() {
    let check = |made: Entity, parts: usize| {
        let checked = entity(&made).expect("it is right");
        assert_eq!(checked.parts, parts, "{made:?}");
    };
    check(text(), 1);
    check(file(0), 1);
    check(mixed(vec![text(), file(1), file(100_000)]), 4);
    check(mixed(vec![text(), file(2 * REPARSED_OCTETS_MAX)]), 3);
    check(mixed(vec![mixed(vec![text()]), text()]), 4);
    // Somebody else's parts are not ours to judge.
    let signed = verbatim(
        "Content-Type: multipart/signed; boundary=s\r\n",
        b"--s\n\n\xff\n--s--\n",
    );
    check(mixed(vec![signed, file(3)]), 4);
}

#[test]
fn the_method_is_that_of_the_message_itself() {
    let calendar = || {
        let label = Label {
            media_type: "text/calendar",
            parameters: &[("method", "REQUEST")],
            ..Label::default()
        };
        Entity::text(label, "BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n")
    };
    let within = || {
        let label = Label {
            media_type: "message/rfc822",
            ..Label::default()
        };
        Entity::message(label, "Subject: x\r\n".to_owned(), calendar())
    };
    let check = |made: Entity, expected: Option<&str>| {
        let checked = entity(&made).expect("it is right");
        assert_eq!(checked.method.as_deref(), expected);
    };
    check(mixed(vec![text(), calendar()]), Some("REQUEST"));
    check(mixed(vec![text(), within()]), None);
    check(mixed(vec![within(), calendar()]), Some("REQUEST"));
}

/// Checks octets against the outline of another entity.
fn fault(meant: &Entity, written: &str) -> Option<Fault> {
    let expected = meant.outline();
    let mut reader = Reader::new(&expected);
    let mut scanner = Scanner::new();
    let mut tape = Tape::default();
    tape.push(Bytes::copy_from_slice(written.as_bytes()));
    scanner.push(written.as_bytes(), &mut |event| {
        reader.event(event, &mut tape)
    });
    scanner.finish(&mut |event| reader.event(event, &mut tape));
    reader.finish().err()
}

#[test]
fn what_is_not_as_meant_is_found() {
    let made = mixed(vec![text(), file(60)]);
    let written = String::from_utf8(made.segments().to_vec()).expect("ASCII");
    let check = |from: &str, to: &str, expected: Option<Fault>| {
        assert!(written.contains(from), "{from}: {written}");
        let altered = written.replacen(from, to, 1);
        assert_eq!(fault(&made, &altered), expected, "{from} {to}");
    };
    check("mixed", "mixed", None);
    check("mixed", "other", Some(Fault::Part(0)));
    check("application/pdf", "application/pdx", Some(Fault::Part(2)));
    check("%9Cbersicht", "%9Dbersicht", Some(Fault::Part(2)));
    check("Hello", "Hell", Some(Fault::Part(1)));
    check("BwcH", "Bwc=", Some(Fault::Part(2)));
    check("\r\n--=_b--", "", None);
    check("Hello", "\nHell", Some(Fault::BareLineEnd(1)));
    check("Hello", "\rHell", Some(Fault::BareLineEnd(1)));
    check("Hello", "Hellö", Some(Fault::EightBit(1)));
    check(
        "Hello",
        &"x".repeat(LINE_OCTETS_MAX + 1),
        Some(Fault::LongLine(1)),
    );
    let more = mixed(vec![text(), file(60), text()]);
    let missing = Fault::Parts {
        found: 3,
        expected: 4,
    };
    assert_eq!(fault(&more, &written), Some(missing));
}

#[test]
fn a_line_may_have_998_octets() {
    let check = |octets: usize, expected: Option<Fault>| {
        let body = "x".repeat(octets);
        let made = Entity::verbatim(Bytes::new(), Bytes::new());
        let mut expected_parts = made.outline();
        expected_parts[0].body = ExpectedBody::Decoded(octets as u64 + 2);
        let mut reading = Pass::new(&expected_parts);
        let written = Bytes::from(format!("\r\n{body}\r\n"));
        for cut in [&written[..500], &written[500..]] {
            reading.push(Bytes::copy_from_slice(cut));
        }
        assert_eq!(reading.finish().err(), expected, "{octets}");
    };
    check(LINE_OCTETS_MAX, None);
    check(LINE_OCTETS_MAX + 1, Some(Fault::LongLine(0)));
}

#[test]
fn another_parser_is_asked() {
    let made = mixed(vec![text(), file(60)]);
    let written = made.segments().to_vec();
    assert_eq!(second::compare(&written, &made.outline()), Ok(()));
    let other = mixed(vec![text(), file(61)]);
    let fault = second::compare(&written, &other.outline()).expect_err("other sizes");
    assert_eq!(
        fault.to_string(),
        "another parser finds 1 texts and 1 files of 60 octets where 1 texts and 1 files of 61 octets were meant"
    );
}

#[test]
fn another_parser_is_not_asked_about_deep_messages() {
    // In less than a mebibyte, its stack would end the process.
    let deep = "Content-Type: message/rfc822\r\n\r\n".repeat(30_000);
    let made = Entity::verbatim(Bytes::from_static(b"A: b\r\n"), deep.clone().into());
    assert_eq!(entity(&made).map(|checked| checked.parts), Ok(1));
    // Nor if it were taken for ours.
    let expected = [Expected {
        depth: 0,
        media_type: "text/plain",
        name: None,
        body: ExpectedBody::Decoded(1),
    }];
    assert_eq!(second::compare(deep.as_bytes(), &expected), Ok(()));
}

#[test]
fn parts_of_a_message_are_counted() {
    let message = mixed(vec![text(), file(60), mixed(vec![file(0)])]);
    let written = message.segments();
    assert_eq!(parts(&written, 5), Ok(()));
    let fault = Fault::Parts {
        found: 5,
        expected: 4,
    };
    assert_eq!(parts(&written, 4), Err(fault));
}
