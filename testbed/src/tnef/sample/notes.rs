//! Mail with marks, delegates, signatures, and in all packings.

use super::Sample;
use super::facts::Item;
use super::octets::noise;
use crate::tnef::attachment::Attachment;
use crate::tnef::guid::Guid;
use crate::tnef::mail::Packing;
use crate::tnef::mark::Sensitivity;
use crate::tnef::message::{Body, Message};
use crate::tnef::property::{Property, Value};
use crate::tnef::recipient::{Kind, Mailbox, Recipient};
use crate::tnef::tag;
use crate::tnef::time::Civil;

pub(super) fn all() -> Vec<Sample> {
    vec![
        voting(),
        vote(),
        marked(),
        delegated(),
        signed(),
        enveloped(),
        every_type(),
        note("packing-octet-stream").packed(Packing::OctetStream),
        summary("packing-summary").packed(Packing::Summary),
        summary("packing-summary-binary").packed(Packing::SummaryBinary),
        note("packing-uncorrelated").packed(Packing::Uncorrelated),
        without_key(),
    ]
}

fn said(sample: Sample, words: &[&str]) -> Sample {
    let words = words.iter().map(|word| (*word).to_owned());
    sample.known(|facts| facts.said.extend(words))
}

fn voting() -> Sample {
    let note = Message::note("Lunch?")
        .body(Body::Plain("Where?\r\n".to_owned()))
        .voting(&["Kantine", "Café", "Nein, danke"]);
    said(
        Sample::of("voting-buttons", note),
        &["Kantine", "Café", "Nein, danke"],
    )
}

fn vote() -> Sample {
    let note = Message::note("Café: Lunch?")
        .body(Body::Plain(String::new()))
        .vote("Café");
    said(Sample::of("vote", note), &["Café"])
}

fn marked() -> Sample {
    let note = Message::note("Salaries")
        .body(Body::Plain("Between us.\r\n".to_owned()))
        .categories(&["Rot", "Büro; Köln"])
        .sensitive(Sensitivity::Confidential)
        .important()
        .flagged("Reply", Civil::new(2026, 1, 9, 16, 0))
        .with(Property::tag(tag::READ_RECEIPT_REQUESTED, true));
    said(Sample::of("marks", note), &["Rot", "Büro; Köln", "Reply"])
}

fn delegated() -> Sample {
    let note = Message::note("For Anna")
        .body(Body::Plain("In her name.\r\n".to_owned()))
        .sent_by("Otto Müller", "otto.mueller@contoso.com");
    let copy = Mailbox::new("Ute Schäfer", "ute.schaefer@contoso.com");
    let note = note
        .to("Bernd Groß", "bernd.gross@contoso.com")
        .recipient(Recipient::new(copy, Kind::Cc));
    Sample::of("delegated", note)
}

/// The signature was made by openssl with a key that was thrown away.
fn signed() -> Sample {
    let entity = include_bytes!("signed.eml");
    let note = Message::note("Signed").signed(entity);
    Sample::of("smime-signed", note).item(Item::Signed(entity.to_vec()))
}

/// No real encryption: nobody can tell.
fn enveloped() -> Sample {
    let object = [&[0x30, 0x82, 0x04, 0x00][..], &noise(1024)].concat();
    let note = Message::note("Encrypted").enveloped(&object);
    Sample::of("smime-enveloped", note).item(Item::Enveloped(object))
}

/// Each type of property once alone and once with several values.
fn every_type() -> Sample {
    let singles = [
        Value::I16(-7),
        Value::I32(-70_000),
        Value::F32(1.5),
        Value::F64(-2.25),
        Value::Currency(12_345_678),
        Value::AppTime(46_024.5),
        Value::I64(-7_000_000_000),
        Value::String8(b"Gr\xfc\xdfe".to_vec()),
        Value::Unicode("Grüße 😀".to_owned()),
        Value::Time(Civil::new(2026, 1, 2, 3, 4)),
        Value::Guid(Guid::MEETING),
        Value::Binary(vec![1, 2, 3, 4, 5]),
    ];
    let word = |number: usize, value: &Value, many: bool| {
        let (kind, value) = match many {
            true => ("many", Value::Many(vec![value.clone(), value.clone()])),
            false => ("one", value.clone()),
        };
        Property::word(Guid::PUBLIC_STRINGS, &format!("{kind}-{number}"), value)
    };
    let numbered = singles.iter().enumerate();
    let properties = numbered.flat_map(|(n, value)| [word(n, value, false), word(n, value, true)]);
    let note = Message::note("Types")
        .body(Body::Plain("All of them.\r\n".to_owned()))
        .with_all(properties)
        .with(Property::word(
            Guid::PUBLIC_STRINGS,
            "error",
            Value::Error(0x8004_010F),
        ))
        .with(Property::word(Guid::INTERNET_HEADERS, "x-origin", "twice"));
    Sample::of("property-types", note)
}

fn note(name: &str) -> Sample {
    let note = Message::note("Packed")
        .body(Body::Plain("Unpack me.\r\n".to_owned()))
        .attach(Attachment::file("note.txt", *b"Found.\r\n"));
    Sample::of(name, note)
}

/// As between servers of one organisation: no older class, but a recipient table.
fn summary(name: &str) -> Sample {
    let mut message = note(name).message;
    message.legacy_class = None;
    let message = message
        .to("Bernd Groß", "bernd.gross@contoso.com")
        .to("Otto Müller", "otto.mueller@contoso.com");
    Sample::of(name, message)
}

/// No key within: it cannot be told whose it is, so it is the message's.
fn without_key() -> Sample {
    let mut sample = note("packing-without-key");
    sample.message = sample
        .message
        .with(Property::tag(tag::TNEF_CORRELATION_KEY, Vec::new()));
    sample.bytes = sample.message.bytes();
    sample
}
