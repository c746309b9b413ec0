//! Every property is accounted for.

use mail_parser::MimeHeaders;
use testbed::tnef::guid::Guid;
use testbed::tnef::message::{Body, Message};
use testbed::tnef::property::Property;
use testbed::tnef::{sample, samples};
use tnef_decoder::Limits;
use transform::report::Outcome;

use super::reader::{compose, composed, eml, options, parse, shape};

#[test]
fn no_property_is_forgotten() {
    for sample in samples() {
        let Some(composed) = composed(&sample) else {
            continue;
        };
        let report = &composed.report;
        let counted = report.mapped() + report.kept() + report.dropped();
        let message =
            tnef_decoder::Message::decode(&sample.bytes, &Limits::default()).expect("it is there");
        assert_eq!(
            counted,
            properties(&message, report.messages() > 1),
            "{}",
            sample.name
        );
        let said = report.to_string();
        assert!(
            said.starts_with(&format!("{} mapped, ", report.mapped())),
            "{said}"
        );
    }
}

/// Those of messages within too, if they were converted.
fn properties(message: &tnef_decoder::Message<'_>, deep: bool) -> usize {
    let of_attachments = message.attachments.iter().map(|attachment| {
        let inner = attachment.embedded(&Limits::default()).filter(|_| deep);
        let inner = inner.map_or(0, |inner| properties(&inner.expect("it is there"), deep));
        attachment.properties.len() + inner
    });
    message.properties.len() + of_attachments.sum::<usize>()
}

#[test]
fn usual_mail_loses_no_text() {
    for sample in samples() {
        let is_odd =
            ["property-types", "damaged-unknown-attributes"].contains(&sample.name.as_str());
        if let Some(composed) = composed(&sample).filter(|_| !is_odd) {
            assert_eq!(composed.report.unmapped(), [""; 0], "{}", sample.name);
        }
    }
    let odd = composed(&sample("property-types"))
        .expect("it is there")
        .report;
    assert!(
        odd.unmapped().iter().any(|name| name.contains("\"one-7\"")),
        "{odd}"
    );
}

#[test]
fn of_a_class_that_nobody_knows_the_texts_are_kept() {
    let note = Message::note("Ticket")
        .of_class("IPM.Note.Contoso.Ticket")
        .body(Body::Plain("See form.\r\n".to_owned()))
        .with(Property::word(
            Guid::PUBLIC_STRINGS,
            "Customer",
            "Grüße & Söhne",
        ))
        .with(Property::word(Guid::PUBLIC_STRINGS, "Level", 3));
    let header = b"From: anna@contoso.com\r\n";
    let composed = compose(&note.bytes(), header, &options())
        .expect("it is there")
        .expect("it is there");
    let eml = eml(header, &composed);
    let message = parse(&eml);
    assert_eq!(shape(&message), "mixed[plain, plain properties.txt]");
    let kept = message
        .attachment(0)
        .expect("it is there")
        .text_contents()
        .expect("it is there");
    assert_eq!(
        kept,
        "Message class: IPM.Note.Contoso.Ticket\r\nPS_PUBLIC_STRINGS \"Customer\": Grüße & Söhne\r\n"
    );
    assert_eq!(composed.report.kept(), 1);
    assert_eq!(composed.report.notes()[0].outcome, Outcome::KeptTexts);
}

#[test]
fn what_is_cut_is_said() {
    let report = composed(&sample("damaged-cut"))
        .expect("it is there")
        .report;
    assert!(
        report
            .notes()
            .iter()
            .any(|note| note.outcome == Outcome::Damaged),
        "{report}"
    );
    let report = composed(&sample("damaged-checksum"))
        .expect("it is there")
        .report;
    assert_eq!(report.notes().len(), 0, "{report}");
}

#[test]
fn an_object_within_rtf_is_said() {
    use testbed::tnef::rtf;
    let body = "Before {\\object\\objemb{\\*\\objclass Chart}{\\*\\objdata 0105}} after\\par";
    let note = Message::note("Chart").body(Body::Rtf(rtf::document(body, rtf::Letters::Unicode)));
    let composed = compose(&note.bytes(), b"From: anna@contoso.com\r\n", &options());
    let report = composed.expect("TNEF").expect("it can be").report;
    let outcomes: Vec<Outcome> = report.notes().iter().map(|note| note.outcome).collect();
    assert_eq!(outcomes, [Outcome::DroppedObject], "{report}");
}

#[test]
fn a_file_within_rtf_is_attached_once() {
    use testbed::tnef::attachment::Attachment;
    use testbed::tnef::rtf;
    let counted = |octets: &[u8]| [&(octets.len() as u32).to_le_bytes(), octets].concat();
    let package = [
        &b"\x02\0menu.txt\0C:\\menu.txt\0\0\0\x03\0"[..],
        &counted(b"C:\\menu.txt\0"),
        &counted(b"Soup"),
    ]
    .concat();
    let object = [
        &b"\x01\x05\0\0\x02\0\0\0"[..],
        &counted(b"Package\0"),
        &counted(b""),
        &counted(b""),
        &counted(&package),
    ]
    .concat();
    let digits: String = object.iter().map(|octet| format!("{octet:02x}")).collect();
    let body = format!("Today {{\\object\\objemb{{\\*\\objdata {digits}}}}}\\par");
    let note = Message::note("Menu").body(Body::Rtf(rtf::document(&body, rtf::Letters::Unicode)));
    let check = |note: Message, names: &[&str], outcomes: &[Outcome]| {
        let composed = compose(&note.bytes(), b"From: anna@contoso.com\r\n", &options());
        let composed = composed.expect("TNEF").expect("it can be");
        let found: Vec<Outcome> = composed.report.notes().iter().map(|n| n.outcome).collect();
        assert_eq!(found, outcomes, "{}", composed.report);
        let eml = eml(b"From: anna@contoso.com\r\n", &composed);
        let message = parse(&eml);
        let files = message.attachments().map(|part| {
            assert_eq!(part.contents(), b"Soup");
            part.attachment_name().expect("it has a name").to_owned()
        });
        assert_eq!(files.collect::<Vec<String>>(), names);
    };
    check(note.clone(), &["menu.txt"], &[]);
    let attached = note.attach(Attachment::file("soup.txt", *b"Soup"));
    check(attached, &["soup.txt"], &[Outcome::Merged]);
}

#[test]
fn the_storage_around_a_file_is_said() {
    let check = |name: &str, expected: &[(&str, Outcome)]| {
        let report = composed(&sample(name)).expect("it is there").report;
        let notes: Vec<(&str, Outcome)> = report
            .notes()
            .iter()
            .map(|note| (note.subject.as_str(), note.outcome))
            .collect();
        assert_eq!(notes, expected, "{name}");
    };
    check(
        "attachment-ole-package",
        &[("inside.bin", Outcome::DroppedStorage)],
    );
    check(
        "attachment-ole-document",
        &[("Document.ole", Outcome::KeptStorage)],
    );
}

/// People are not to see it in a list of files; that it is there is not for us to conceal.
#[test]
fn a_hidden_file_is_neither_lost_nor_listed() {
    use testbed::tnef::attachment::Attachment;
    let hidden = Attachment::file("logo.png", *b"\x89PNG").hidden();
    let note = Message::note("x").body(Body::Plain("Hello".to_owned()));
    let note = note.attach(hidden);
    let composed = compose(&note.bytes(), b"From: anna@contoso.com\r\n", &options());
    let composed = composed.expect("TNEF").expect("it can be");
    let eml = eml(b"From: anna@contoso.com\r\n", &composed);
    let message = parse(&eml);
    assert_eq!(shape(&message), "mixed[plain, image/png ~logo.png]");
    assert_eq!(message.part(2).expect("the picture").contents(), b"\x89PNG");
}
