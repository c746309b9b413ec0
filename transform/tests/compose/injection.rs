//! No text of a sender becomes a field, a parameter, a part or a tag.

use mail_parser::MimeHeaders;
use testbed::tnef::attachment::Attachment;
use testbed::tnef::codepage::CodePage;
use testbed::tnef::guid::Guid;
use testbed::tnef::message::{Body, Message};
use testbed::tnef::property::Property;

use super::reader::{compose, eml, options, parse, shape};

const EVIL: &[&str] = &[
    "a\r\nX-Evil: 1",
    "a\nX-Evil: 1",
    "a\rX-Evil: 1",
    "a\"; x-evil=1; b=\"",
    "a\r\n\r\n--=_twinmx",
    "a\u{2028}X-Evil: 1\u{85}X-Evil: 2",
    "=?utf-8?Q?=0D=0AX-Evil:_1?=",
    "a\0X-Evil: 1",
    "\\\"\\",
    "<script>x-evil</script>",
    "\u{feff}\u{202e}gnp.exe",
    "",
    " ",
];

const HEADER: &[u8] = b"From: anna@contoso.com\r\nTo: bernd@contoso.com\r\n";

/// Composes, and reads: the header has no field that was not asked for, and the shape is what it should be.
fn check(message: &Message, expected: &str, what: &str) {
    let composed = compose(&message.bytes(), HEADER, &options())
        .expect("it is there")
        .expect("it is there");
    let eml = eml(HEADER, &composed);
    let text = String::from_utf8(eml.clone()).expect("it is there");
    let is_field = |line: &str| line.to_ascii_lowercase().starts_with("x-evil");
    assert!(!text.split("\r\n").any(is_field), "{what}: {text}");
    assert!(
        !text
            .split("\r\n")
            .any(|line| line.contains(['\r', '\n', '\0'])),
        "{what}"
    );
    let message = parse(&eml);
    let found = shape(&message);
    let kinds: String = found.split(' ').next().unwrap_or_default().to_owned();
    assert!(found.starts_with(expected), "{what}: {found} {kinds}");
    for part in &message.parts {
        let kind = part.content_type().expect("it is there");
        assert_eq!(kind.attribute("x-evil"), None, "{what}");
        let disposition = part.content_disposition();
        assert!(
            disposition.is_none_or(|one| one.attribute("x-evil").is_none()),
            "{what}"
        );
    }
}

#[test]
fn names_subjects_types_and_ids_stay_values() {
    let note = || Message::note("Hello").body(Body::Plain("Text\r\n".to_owned()));
    for evil in EVIL {
        check(
            &note().attach(Attachment::file(evil, *b"x")),
            "mixed[plain, ",
            evil,
        );
        let typed = Attachment::file("a.png", *b"x").typed(evil);
        check(&note().attach(typed), "mixed[plain, image/png a.png]", evil);
        let mut renamed = note();
        renamed.subject = (*evil).to_owned();
        check(&renamed, "plain", evil);
        check(&note().categories(&[evil, "b"]), "plain", evil);
        check(
            &note().flagged(evil, testbed::tnef::time::Civil::date(2026, 1, 9)),
            "plain",
            evil,
        );
        check(&note().voting(&[evil, "Nein"]), "plain", evil);
        let mut inner = note().from(evil, evil).to(evil, evil);
        inner.subject = (*evil).to_owned();
        inner.message_id = (*evil).to_owned();
        check(
            &note().attach(Attachment::message(evil, inner)),
            "mixed[plain, message/rfc822(plain)",
            evil,
        );
        let word = Property::word(Guid::INTERNET_HEADERS, evil, *evil);
        check(&note().with(word), "plain", evil);
    }
}

#[test]
fn content_ids_stay_values() {
    for evil in EVIL {
        let html = "<img src=\"cid:a@b\"><img src=\"cid:EVIL\">".replace("EVIL", evil);
        let note = Message::note("Pictures")
            .body(Body::Html(html, CodePage::Utf8))
            .attach(
                Attachment::file("a.png", *b"x")
                    .typed("image/png")
                    .inline("a@b"),
            )
            .attach(
                Attachment::file("b.png", *b"y")
                    .typed("image/png")
                    .inline(evil),
            );
        let composed = compose(&note.bytes(), HEADER, &options())
            .expect("it is there")
            .expect("it is there");
        let eml = eml(HEADER, &composed);
        let message = parse(&eml);
        let ids: Vec<_> = message
            .parts
            .iter()
            .filter_map(|part| part.content_id())
            .collect();
        assert_eq!(ids.first(), Some(&"a@b"), "{evil}");
        let is_plain = |id: &&str| {
            id.bytes()
                .all(|octet| octet.is_ascii_graphic() && octet != b'>')
        };
        assert!(ids.iter().all(is_plain), "{evil}: {ids:?}");
        let html = message.body_html(0).expect("it is there");
        assert!(
            ids.iter().all(|id| html.contains(&format!("cid:{id}"))),
            "{evil}: {ids:?} {html}"
        );
    }
}

#[test]
fn a_lying_type_breaks_no_structure() {
    let types = [
        "multipart/mixed",
        "multipart/alternative; boundary=x",
        "message/rfc822",
        "message/delivery-status",
        "text/calendar",
        "application/ms-tnef",
        "text/plain; charset=utf-16",
    ];
    for media_type in types {
        let file = Attachment::file("a.dat", *b"--x\r\n\r\nb\r\n--x--\r\n").typed(media_type);
        let note = Message::note("Lie")
            .body(Body::Plain("Text\r\n".to_owned()))
            .attach(file);
        check(
            &note,
            "mixed[plain, application/octet-stream a.dat]",
            media_type,
        );
    }
}
