//! Messages within messages, files of other systems, files that are elsewhere.

use mail_parser::MimeHeaders;
use testbed::tnef::attachment::{Attachment, Content};
use testbed::tnef::message::{Body, Message};
use testbed::tnef::property::Property;
use testbed::tnef::recipient::{Kind, Mailbox, Recipient};
use testbed::tnef::{sample, tag};
use tnef_decoder::property_id as id;
use transform::report::Outcome;

use super::reader::{compose, eml, options, parse, sample_eml, shape};

const HEADER: &[u8] = b"From: anna@contoso.com\r\nTo: bernd@contoso.com\r\n";

fn note() -> Message {
    Message::note("Outer").body(Body::Plain("Text\r\n".to_owned()))
}

#[test]
fn a_message_within_has_a_whole_header() {
    let copy = Mailbox::new("Ute Schäfer", "ute.schaefer@contoso.com");
    let mut inner = Message::note("Grüße")
        .body(Body::Plain("Inner\r\n".to_owned()))
        .from("Bernd Groß", "bernd.gross@contoso.com")
        .sent_by("Otto, Müller", "otto.mueller@contoso.com")
        .to("Anna Berg", "anna.berg@contoso.com")
        .recipient(Recipient::new(copy, Kind::Cc))
        .important()
        .with(Property::tag(tag::IN_REPLY_TO, "<before@contoso.com>"));
    inner.message_id = "<inner-1@contoso.com>".to_owned();
    let composed = compose(
        &note().attach(Attachment::message("Inner", inner)).bytes(),
        HEADER,
        &options(),
    );
    let composed = composed.expect("it is there").expect("it is there");
    let eml = eml(HEADER, &composed);
    let whole = parse(&eml);
    let inner = whole
        .attachment(0)
        .expect("it is there")
        .message()
        .expect("it is there");
    let raw = |name: &str| inner.header_raw(name).unwrap_or_default().trim().to_owned();
    assert_eq!(
        raw("From"),
        "=?utf-8?B?QmVybmQgR3Jvw58=?= <bernd.gross@contoso.com>"
    );
    assert_eq!(
        inner
            .sender()
            .expect("it is there")
            .first()
            .expect("it is there")
            .address(),
        Some("otto.mueller@contoso.com")
    );
    assert_eq!(raw("To"), "Anna Berg <anna.berg@contoso.com>");
    assert_eq!(
        inner
            .cc()
            .expect("it is there")
            .first()
            .expect("it is there")
            .name(),
        Some("Ute Schäfer")
    );
    assert_eq!(inner.subject(), Some("Grüße"));
    assert_eq!(inner.message_id(), Some("inner-1@contoso.com"));
    assert_eq!(raw("In-Reply-To"), "<before@contoso.com>");
    assert_eq!(raw("Importance"), "High");
    assert_eq!(raw("MIME-Version"), "1.0");
    assert!(inner.date().is_some());
    // Marks of a message within are not marks of the whole.
    assert!(composed.fields.iter().all(|(name, _)| name != "Importance"));
}

#[test]
fn a_header_that_was_is_kept() {
    let written = "Received: from a.example\r\n\tby b.example; Fri, 9 Jan 2026 16:00:00 +0100\r\n\
        From: Real <real@contoso.com>\r\nSubject: Real\r\nContent-Type: multipart/mixed; boundary=x\r\n\
        MIME-Version: 1.0\r\nX-Own: 1\r\n\r\n";
    let inner = Message::note("Other").body(Body::Plain("Inner\r\n".to_owned()));
    let inner = inner.with(Property::tag(id::TRANSPORT_MESSAGE_HEADERS, written));
    let composed = compose(
        &note().attach(Attachment::message("Inner", inner)).bytes(),
        HEADER,
        &options(),
    );
    let eml = eml(
        HEADER,
        &composed.expect("it is there").expect("it is there"),
    );
    let whole = parse(&eml);
    assert_eq!(
        shape(&whole),
        "mixed[plain, message/rfc822(plain) Inner.eml]"
    );
    let inner = whole
        .attachment(0)
        .expect("it is there")
        .message()
        .expect("it is there");
    assert_eq!(inner.subject(), Some("Real"));
    assert_eq!(inner.header_values("From").count(), 1);
    assert_eq!(inner.header_values("MIME-Version").count(), 1);
    assert!(inner.received().is_some() && inner.header("X-Own").is_some());
    assert!(
        inner.date().is_some(),
        "what it lacks comes from the properties"
    );
}

#[test]
fn deeper_than_allowed_the_stream_is_a_file() {
    let sample = sample("attachment-nested");
    let mut options = options();
    let check = |depth: usize, expected: &str, notes: usize, options: &mut transform::Options| {
        options.limits.depth = depth;
        let composed = compose(&sample.bytes, HEADER, options)
            .expect("it is there")
            .expect("it is there");
        let eml = eml(HEADER, &composed);
        assert!(
            shape(&parse(&eml)).contains(expected),
            "{}",
            shape(&parse(&eml))
        );
        let too_deep = composed
            .report
            .notes()
            .iter()
            .filter(|note| note.outcome == Outcome::KeptTooDeep);
        assert_eq!(too_deep.count(), notes);
    };
    check(4, "plain deep.txt", 0, &mut options);
    check(
        3,
        "message/rfc822(mixed[plain, application/ms-tnef Level 5.tnef]) Level 4.eml",
        1,
        &mut options,
    );
    check(
        0,
        "mixed[plain, application/ms-tnef Level 2.tnef]",
        1,
        &mut options,
    );
}

/// On the stack that a thread has by default.
#[test]
fn the_usual_depth_is_no_burden() {
    let depth = options().limits.depth;
    let innermost = note().attach(Attachment::file("deep.txt", *b"deep"));
    let nested = |levels: usize| {
        let wrap = |inner, _| note().attach(Attachment::message("Inner", inner));
        (0..levels).fold(innermost.clone(), wrap).bytes()
    };
    let check = |levels: usize, name: &str| {
        let composed = compose(&nested(levels), HEADER, &options());
        let eml = eml(HEADER, &composed.expect("TNEF").expect("it can be"));
        let text = String::from_utf8(eml).expect("ASCII");
        assert_eq!(text.matches("message/rfc822").count(), levels.min(depth));
        assert!(text.contains(name), "{name}");
    };
    check(depth, "deep.txt");
    check(depth + 1, "Inner.tnef");
}

#[test]
fn a_message_that_cannot_be_read_is_a_file() {
    let mut bytes = sample("attachment-message").bytes;
    // The signature of the stream within, not that of the first.
    let at = (1..bytes.len() - 4)
        .find(|at| bytes[*at..].starts_with(b"\x78\x9f\x3e\x22"))
        .expect("it is there");
    bytes[at] = 0;
    let composed = compose(&bytes, HEADER, &options())
        .expect("it is there")
        .expect("it is there");
    let eml = eml(HEADER, &composed);
    let message = parse(&eml);
    let file = message.attachment(0).expect("it is there");
    assert_eq!(file.attachment_name(), Some("Inner.tnef"));
    assert_eq!(composed.report.notes()[0].outcome, Outcome::KeptUnreadable);
}

#[test]
fn a_file_that_is_elsewhere_is_told_in_the_text() {
    let linked = Attachment::new("plan.doc", Content::Nothing).with(Property::tag(
        id::ATTACH_LONG_PATHNAME,
        "\\\\server\\share\\plan.doc",
    ));
    let composed = compose(&note().attach(linked).bytes(), HEADER, &options())
        .expect("it is there")
        .expect("it is there");
    let eml = eml(HEADER, &composed);
    let message = parse(&eml);
    assert_eq!(shape(&message), "plain");
    let text = message.body_text(0).expect("it is there");
    assert!(
        text.contains("Linked file: \\\\server\\share\\plan.doc"),
        "{text}"
    );
    assert_eq!(composed.report.notes()[0].outcome, Outcome::Referenced);
}

#[test]
fn a_file_on_the_web_is_a_link() {
    use testbed::tnef::codepage::CodePage;
    let html = "<html><body><p>Text</p></body></html>".to_owned();
    let linked = |path: &str| {
        let linked = Attachment::new("plan.doc", Content::Nothing)
            .with(Property::tag(id::ATTACH_LONG_PATHNAME, path));
        let note = Message::note("Link").body(Body::Html(html.clone(), CodePage::Utf8));
        let composed = compose(&note.attach(linked).bytes(), HEADER, &options());
        let eml = eml(HEADER, &composed.expect("TNEF").expect("it can be"));
        parse(&eml).body_html(0).expect("HTML").into_owned()
    };
    let html = linked("https://contoso.com/\"onclick=x");
    let expected = "<a href=\"https://contoso.com/&quot;onclick=x\">plan.doc &lt;https:";
    assert!(html.contains(expected), "{html}");
    assert!(!linked("javascript:x").contains("href"));
}

#[test]
fn of_a_macintosh_file_the_data_is_the_file() {
    const MAC_BINARY: [u8; 9] = [0x2A, 0x86, 0x48, 0x86, 0xF7, 0x14, 0x03, 0x0B, 0x01];
    let mut octets = vec![0; 128];
    octets[1] = 4;
    octets[2..6].copy_from_slice(b"Plan");
    octets[65..69].copy_from_slice(b"PDF ");
    octets[86] = 5;
    octets[90] = 3;
    octets.extend_from_slice(b"%PDF-");
    octets.resize(256, 0);
    octets.extend_from_slice(b"res");
    let file = |octets: &[u8]| {
        let encoding = Property::tag(tag::ATTACH_ENCODING, MAC_BINARY.to_vec());
        let note = note().attach(Attachment::file("Plan.bin", octets).with(encoding));
        compose(&note.bytes(), HEADER, &options())
            .expect("it is there")
            .expect("it is there")
    };
    let composed = file(&octets);
    let eml_of = |composed| eml(HEADER, composed);
    let text = eml_of(&composed);
    let message = parse(&text);
    assert_eq!(shape(&message), "mixed[plain, application/pdf Plan.pdf]");
    assert_eq!(
        message.attachment(0).expect("it is there").contents(),
        b"%PDF-"
    );
    assert_eq!(
        composed.report.notes()[0].outcome,
        Outcome::DroppedResourceFork
    );
    octets[0] = 1;
    let text = eml_of(&file(&octets));
    assert_eq!(
        parse(&text).attachment(0).expect("it is there").contents(),
        octets
    );
}

#[test]
fn votes_can_be_cast_by_a_click() {
    use testbed::tnef::codepage::CodePage;
    let html = "<html><body><p>Where?</p></body></html>".to_owned();
    let note = Message::note("Lunch?")
        .body(Body::Html(html, CodePage::Utf8))
        .voting(&["Ja", "Nein"]);
    let composed = compose(&note.bytes(), HEADER, &options())
        .expect("it is there")
        .expect("it is there");
    let eml = eml(HEADER, &composed);
    let message = parse(&eml);
    let html = message.body_html(0).expect("it is there");
    assert!(
        html.contains("<a href=\"mailto:anna@contoso.com?subject=Ja%3A%20Lunch%3F\">Ja</a>"),
        "{html}"
    );
    assert!(
        message
            .body_text(0)
            .expect("it is there")
            .starts_with("Voting options: Ja; Nein\r\n")
    );
}

#[test]
fn a_returned_message_is_part_of_its_report() {
    let eml = sample_eml(&sample("report-undelivered-returned")).expect("it is there");
    let message = parse(&eml);
    let parts = message
        .parts
        .iter()
        .filter(|part| part.is_message())
        .count();
    assert_eq!(parts, 1, "delivery-status is no message with a header");
}
