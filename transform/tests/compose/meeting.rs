//! Meetings and their like as iTIP messages.

use mail_parser::{Message, MimeHeaders};
use testbed::tnef::sample::facts::Item;
use testbed::tnef::{Sample, sample, samples};

use super::reader::{composed, eml, header, parse, sample_eml};

/// The calendar of a message, unfolded.
fn calendar(message: &Message<'_>) -> Option<(String, String)> {
    let mut parts = message.parts.iter();
    let part = parts.find(|part| part.is_content_type("text", "calendar"))?;
    let kind = part.content_type()?;
    let method = kind.attribute("method")?.to_owned();
    assert_eq!(
        kind.attribute("charset")
            .map(str::to_ascii_lowercase)
            .as_deref(),
        Some("utf-8")
    );
    let text = part.text_contents()?.replace("\r\n ", "");
    Some((method, text))
}

#[test]
fn every_meeting_is_a_message_that_calendars_understand() {
    let mut count = 0;
    for sample in samples() {
        let Some(expected) = &sample.facts.calendar else {
            continue;
        };
        let eml = sample_eml(&sample).expect("it is there");
        let message = parse(&eml);
        let Some(method) = expected.method else {
            assert_eq!(calendar(&message), None, "{}", sample.name);
            continue;
        };
        let (found, text) = calendar(&message).unwrap_or_else(|| panic!("{}", sample.name));
        assert_eq!(found, method, "{}", sample.name);
        let has = |line: &str| {
            assert!(
                text.contains(line),
                "{}: {line} is not in\n{text}",
                sample.name
            )
        };
        has(&format!("METHOD:{method}\r\n"));
        has(&format!("UID:{}\r\n", expected.uid));
        has(&format!("mailto:{}", expected.meeting.organizer.address));
        match &expected.answer {
            Some((who, state)) => {
                has(&format!("PARTSTAT={state}"));
                has(&format!("mailto:{}", who.address));
            }
            None if !sample.name.starts_with("meeting-forwarded") => {
                expected.attendees.iter().for_each(|(role, address)| {
                    has(&format!("ROLE={role}"));
                    has(&format!("mailto:{address}"));
                });
            }
            None => has("mailto:otto.mueller@contoso.com"),
        }
        count += 1;
    }
    assert!(count > 40, "{count}");
}

/// The header, and who organizes, who is asked, and for whom somebody acts.
#[test]
fn the_header_names_whom_the_stream_does_not() {
    let check = |name: &str, from: &str, expected: &[&str]| {
        let mut sample = sample(name);
        let mut message = sample.message.clone();
        message.recipients.clear();
        sample.bytes = without_addresses(message);
        let rest = "Date: Fri, 9 Jan 2026 16:00:00 +0100\r\n";
        let header = format!("{from}{rest}");
        let options = super::reader::options();
        let composed = super::reader::compose(&sample.bytes, header.as_bytes(), &options);
        let eml = eml(
            header.as_bytes(),
            &composed.expect("it is there").expect("it is there"),
        );
        let message = parse(&eml);
        let (_, text) = calendar(&message).expect("it is there");
        for line in expected {
            assert!(text.contains(line), "{name}: {line} is not in\n{text}");
        }
    };
    let people = "From: Anna <anna@a.example>\r\nSender: Otto <otto@a.example>\r\n\
                  To: Bernd <bernd@a.example>\r\nCc: Ute <ute@a.example>\r\n";
    check(
        "meeting-request",
        people,
        &[
            "SENT-BY=\"mailto:otto@a.example\":mailto:anna@a.example",
            "ROLE=REQ-PARTICIPANT;PARTSTAT=NEEDS-ACTION;RSVP=TRUE;CN=Bernd:mailto:bernd@a.example",
            "ROLE=OPT-PARTICIPANT;PARTSTAT=NEEDS-ACTION;RSVP=TRUE;CN=Ute:mailto:ute@a.example",
        ],
    );
    check(
        "meeting-accepted",
        people,
        &[
            "ORGANIZER;CN=Bernd:mailto:bernd@a.example",
            "PARTSTAT=ACCEPTED",
            "SENT-BY=\"mailto:otto@a.example\":mailto:anna@a.example",
        ],
    );
    check(
        "meeting-cancelled",
        people,
        &["METHOD:CANCEL", "mailto:bernd@a.example"],
    );
}

/// As Exchange has it within an organisation: names and addresses of its own directory.
fn without_addresses(mut message: testbed::tnef::Message) -> Vec<u8> {
    message.from.address = String::new();
    message.sender = None;
    message.bytes()
}

#[test]
fn who_forwards_is_no_delegate() {
    let eml = sample_eml(&sample("meeting-forwarded")).expect("it is there");
    let (_, text) = calendar(&parse(&eml)).expect("it is there");
    assert!(!text.contains("SENT-BY"), "{text}");
}

#[test]
fn a_notice_of_forwarding_is_text() {
    let eml = sample_eml(&sample("meeting-forward-notification")).expect("it is there");
    let message = parse(&eml);
    let text = message.body_text(0).expect("it is there");
    for line in [
        "Forwarded by: ",
        "Forwarded to: Otto Müller <otto.mueller@contoso.com>",
        "When: ",
        "has forwarded",
    ] {
        assert!(text.contains(line), "{line} is not in {text}");
    }
    assert!(!String::from_utf8_lossy(&eml).contains("METHOD"));
}

#[test]
fn a_uid_born_in_notes_is_unchanged() {
    let sample = sample("meeting-born-in-notes");
    let eml = sample_eml(&sample).expect("it is there");
    let (_, text) = calendar(&parse(&eml)).expect("it is there");
    let uid = &sample.facts.calendar.as_ref().expect("it is there").uid;
    assert!(
        uid.ends_with("-Lotus_Notes_Generated") || uid.contains("Notes"),
        "{uid}"
    );
    assert!(text.contains(&format!("UID:{uid}\r\n")));
}

#[test]
fn a_meeting_without_a_word_says_what_it_is() {
    let mut sample = sample("meeting-request");
    sample.message.bodies.clear();
    sample.bytes = sample.message.bytes();
    let eml = sample_eml(&sample).expect("it is there");
    let text = parse(&eml).body_text(0).expect("it is there").into_owned();
    assert!(
        text.contains("When: ") && text.contains("Subject: "),
        "{text}"
    );
}

#[test]
fn a_meeting_with_html_alone_has_a_description() {
    use testbed::tnef::codepage::CodePage;
    use testbed::tnef::message::Body;
    let mut sample = sample("meeting-request");
    let html = "<p>Bring <b>cake</b></p>".to_owned();
    sample.message.bodies = vec![Body::Html(html, CodePage::Utf8)];
    sample.bytes = sample.message.bytes();
    let eml = sample_eml(&sample).expect("it is there");
    let (_, text) = calendar(&parse(&eml)).expect("it is there");
    assert!(text.contains("DESCRIPTION:Bring cake\r\n"), "{text}");
}

#[test]
fn items_are_what_they_are() {
    let check = |sample: &Sample, expected: &[&str]| {
        let eml = sample_eml(sample).expect("it is there");
        let message = parse(&eml);
        let texts = message
            .parts
            .iter()
            .filter_map(|part| match part.is_multipart() {
                true => None,
                false => Some(String::from_utf8_lossy(part.contents()).replace("\r\n ", "")),
            });
        let all = texts.collect::<Vec<_>>().join("\n");
        for line in expected {
            assert!(
                all.contains(line),
                "{}: {line} is not in\n{all}",
                sample.name
            );
        }
    };
    for sample in samples() {
        match &sample.facts.item {
            Some(Item::Task(task)) => {
                let method = if sample.name == "task-request" {
                    "METHOD:REQUEST"
                } else {
                    "METHOD:PUBLISH"
                };
                check(
                    &sample,
                    &["BEGIN:VTODO", method, &format!("SUMMARY:{}", task.subject)],
                );
            }
            Some(Item::Contact(_)) => check(&sample, &["BEGIN:VCARD", "VERSION:4.0"]),
            Some(Item::Group(members)) => {
                let members: Vec<String> = members
                    .iter()
                    .map(|one| format!("mailto:{}", one.address))
                    .collect();
                let members: Vec<&str> = members.iter().map(String::as_str).collect();
                check(&sample, &members);
            }
            Some(Item::Receipt(original, read)) => {
                let fate = if *read { "; displayed" } else { "; deleted" };
                check(
                    &sample,
                    &[
                        fate,
                        &format!("Original-Message-ID: {}", original.message_id),
                        "Final-Recipient: rfc822;",
                    ],
                );
            }
            Some(Item::Delivered(_, people)) => {
                let people: Vec<String> = people
                    .iter()
                    .map(|one| format!("Final-Recipient: rfc822;{}", one.address))
                    .collect();
                check(
                    &sample,
                    &people.iter().map(String::as_str).collect::<Vec<_>>(),
                );
            }
            Some(Item::Undelivered(_, fates)) => {
                for fate in fates {
                    let status = fate.status;
                    let status = format!(
                        "Status: {}.{}.{}",
                        status / 100,
                        status / 10 % 10,
                        status % 10
                    );
                    check(&sample, &[&status, &fate.said, &fate.who.address]);
                }
            }
            Some(Item::Signed(_) | Item::Enveloped(_)) | None => {}
        }
    }
}

#[test]
fn reports_say_what_they_report() {
    let check = |name: &str, expected: &str| {
        let sample = sample(name);
        let eml = eml(&header(&sample), &composed(&sample).expect("it is there"));
        let message = parse(&eml);
        let kind = message.content_type().expect("it is there");
        assert_eq!(kind.subtype(), Some("report"));
        assert_eq!(kind.attribute("report-type"), Some(expected));
    };
    check("receipt-read", "disposition-notification");
    check("receipt-not-read", "disposition-notification");
    check("report-delivered", "delivery-status");
    check("report-undelivered-returned", "delivery-status");
}

/// The exceptions of a series and the task of a request are told by the calendar, their words in RTF too.
#[test]
fn words_of_messages_that_are_merged_are_kept() {
    use testbed::tnef::attachment::Content;
    use testbed::tnef::message::Body;
    use testbed::tnef::rtf;
    let check = |name: &str| {
        let mut sample = sample(name);
        sample.message.bodies.clear();
        for attachment in &mut sample.message.attachments {
            if let Content::Message(inner) = &mut attachment.content {
                let rtf = rtf::document("Only in {\\b RTF}\\par", rtf::Letters::Unicode);
                inner.bodies = vec![Body::Rtf(rtf)];
            }
        }
        sample.bytes = sample.message.bytes();
        let eml = sample_eml(&sample).expect("TNEF");
        let message = parse(&eml);
        let (_, text) = calendar(&message).expect("a calendar");
        assert!(
            text.contains("DESCRIPTION:Only in RTF\r\n"),
            "{name}: {text}"
        );
        assert_eq!(super::reader::shape(&message).matches("rfc822").count(), 0);
    };
    check("series-with-exception-attached");
    check("task-request");
}
