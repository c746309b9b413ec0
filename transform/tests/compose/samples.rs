//! Real streams. They are for running against and are no part of the project: where they are not, nothing is tested here,
//! and that is said aloud.

#[path = "../../../tnef-decoder/tests/samples/place.rs"]
mod place;

use std::env;
use std::fs;
use std::io::Write;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use mail_parser::{Message, MessagePart, MimeHeaders, PartType};
use serde_json::Value as Json;
use sha2::{Digest, Sha256};
use testbed::tnef::guid::Guid;
use testbed::tnef::message::{Body, Message as Tnef};
use testbed::tnef::property::Property;
use tnef_decoder::Data;

use super::reader::{compose, eml, options, parse, shape};

const HEADER: &[u8] = b"From: Anna <anna@contoso.com>\r\nTo: Bernd <bernd@contoso.com>\r\n";

#[derive(Debug, Default)]
struct Counts {
    streams: usize,
    composed: usize,
    attachments: usize,
    agreed_attachments: usize,
    agreed_names: usize,
    subjects: usize,
    messages_within: usize,
    calendars: usize,
    html: usize,
    unmapped: usize,
    told_otherwise: Vec<&'static str>,
}

#[test]
fn every_agreed_attachment_is_in_the_mail() {
    let Some((directory, index)) = find() else {
        return;
    };
    let mut counts = Counts::default();
    let files = index["files"].as_array().expect("the index lists files");
    for entry in files.iter().filter(|entry| entry["kind"] == "tnef") {
        counts.streams += 1;
        let file = entry["file"].as_str().expect("it has a path");
        let octets = fs::read(directory.join(file)).expect("it can be read");
        one(entry, &octets, &mut counts);
    }
    say(&format!("composed samples: {counts:?}"));
    assert!(counts.composed > 0, "{counts:?}");
}

/// Streams of verbs that Outlook wrote. None of them is a vote; one that is made to be is found, with its name.
#[test]
fn every_stream_of_verbs_is_read() {
    let Some((directory, index)) = find() else {
        return;
    };
    let files = index["files"].as_array().expect("the index lists files");
    let paths = files.iter().filter_map(|entry| entry["file"].as_str());
    let mut streams = 0;
    for file in paths.filter(|file| file.contains("VerbStream")) {
        let hex = fs::read_to_string(directory.join(file)).expect("it can be read");
        let digits: Vec<u32> = hex.chars().filter_map(|digit| digit.to_digit(16)).collect();
        let octets = digits
            .chunks(2)
            .map(|pair| pair[0] as u8 * 16 + pair[1] as u8);
        let mut octets: Vec<u8> = octets.collect();
        assert_eq!(told(&octets), None, "{file}");
        let kind = octets.windows(8).position(|w| w == b"\x03\0\0\0\x0fRep");
        octets[kind.expect("the reply to a folder")] = 4;
        assert_eq!(told(&octets).as_deref(), Some("Reply to Folder"), "{file}");
        streams += 1;
    }
    say(&format!("{streams} streams of verbs"));
    assert_eq!(streams, 2);
}

/// What the text says of such a stream.
fn told(stream: &[u8]) -> Option<String> {
    let message = Tnef::note("Lunch").body(Body::Plain("Where?".to_owned()));
    let message = message.with(Property::number(Guid::COMMON, 0x8520, stream.to_vec()));
    let composed = compose(&message.bytes(), HEADER, &options()).expect("it is TNEF");
    let eml = eml(HEADER, &composed.expect("it is mail"));
    let text = String::from_utf8(eml).expect("ASCII");
    assert!(text.contains("Where?"), "{text}");
    let mut lines = text.lines();
    lines.find_map(|line| Some(line.strip_prefix("Voting options: ")?.to_owned()))
}

fn one(entry: &Json, octets: &[u8], counts: &mut Counts) {
    let file = &entry["file"];
    let begin = Instant::now();
    let Some(composed) = compose(octets, HEADER, &options()) else {
        let agreed = entry["expected"]["attachments_agreed"].as_array();
        assert!(agreed.is_none_or(Vec::is_empty), "{file}");
        return;
    };
    let composed = composed.unwrap_or_else(|error| panic!("{file}: {error}"));
    let slow = if cfg!(debug_assertions) { 20 } else { 1 };
    assert!(
        begin.elapsed() < slow * Duration::from_millis(50),
        "{file}: {:?}",
        begin.elapsed()
    );
    counts.composed += 1;
    counts.unmapped += composed.report.unmapped_count();
    let eml = eml(HEADER, &composed);
    let message = parse(&eml);
    if env::var_os("TWINMX_SHOW_SHAPES").is_some() {
        say(&format!(
            "{file}: {} | {}",
            shape(&message),
            composed.report
        ));
    }
    let mut found = Vec::new();
    gather(&message, counts, &mut found);
    assert!(
        message.text_part(0).is_some_and(|part| part.is_text())
            || message.is_content_type("multipart", "signed"),
        "{file} has no text"
    );
    let agreed = entry["expected"]["attachments_agreed"].as_array();
    for expected in agreed.into_iter().flatten() {
        let wanted = expected["sha256"].as_str().expect("a hash");
        let same: Vec<_> = found
            .iter()
            .filter(|(_, sha256)| sha256 == wanted)
            .collect();
        let occurrences = expected["occurrences"].as_u64().expect("a count") as usize;
        if same.len() < occurrences
            && let Some(otherwise) = otherwise(octets, wanted)
        {
            counts.told_otherwise.push(otherwise);
            continue;
        }
        assert!(
            same.len() >= occurrences,
            "{file}: {expected} is not in {}",
            shape(&message)
        );
        counts.agreed_attachments += occurrences;
        counts.agreed_names += usize::from(
            same.iter()
                .any(|(name, _)| Some(name.as_str()) == expected["name"].as_str()),
        );
    }
    if let Some(subject) = entry["expected"]["subject"]["agreed"].as_str() {
        let value = composed.fields.iter().find(|(name, _)| name == "Subject");
        let field = value
            .map(|(name, value)| format!("{name}: {value}\r\n\r\n"))
            .unwrap_or_default();
        let read = mail_parser::MessageParser::new().parse(field.as_bytes());
        let read = read
            .and_then(|read| read.subject().map(str::to_owned))
            .unwrap_or_default();
        assert_eq!(
            read.trim(),
            subject.split_whitespace().collect::<Vec<_>>().join(" "),
            "{file}"
        );
        counts.subjects += 1;
    }
}

/// What other decoders write as a file and is none: the text in the place of an object, an object whose own file is here,
/// the stream of a message that is converted, the entity that was signed.
fn otherwise(octets: &[u8], wanted: &str) -> Option<&'static str> {
    let message = tnef_decoder::Message::decode(octets, &tnef_decoder::Limits::default());
    otherwise_within(&message.ok()?, wanted)
}

fn otherwise_within(message: &tnef_decoder::Message<'_>, wanted: &str) -> Option<&'static str> {
    let is_signed = message
        .class
        .to_ascii_lowercase()
        .starts_with("ipm.note.smime");
    message.attachments.iter().find_map(|attachment| {
        let is_it = |octets: &[u8]| sha256(octets) == wanted;
        let is_placeholder = attachment.octets.is_some_and(is_it);
        match attachment.data() {
            Data::Message(_) | Data::Ole(_) if is_placeholder => return Some("placeholder"),
            Data::Message(octets) if is_it(octets) => return Some("message"),
            Data::Ole(octets) if is_it(octets) => return Some("object"),
            Data::Bytes(octets) if is_signed && is_it(&octets) => return Some("signed"),
            _ => {}
        }
        let inner = attachment.embedded(&tnef_decoder::Limits::default())?;
        otherwise_within(&inner.ok()?, wanted)
    })
}

/// All files with their names and hashes, those in messages within too.
fn gather(message: &Message<'_>, counts: &mut Counts, found: &mut Vec<(String, String)>) {
    for part in &message.parts {
        match &part.body {
            PartType::Message(inner) => {
                counts.messages_within += 1;
                gather(inner, counts, found);
            }
            PartType::Multipart(_) => {}
            _ => {
                counts.calendars += usize::from(part.is_content_type("text", "calendar"));
                counts.html += usize::from(part.is_content_type("text", "html"));
                if let Some(name) = part.attachment_name() {
                    counts.attachments += 1;
                    found.push((name.to_owned(), sha256(&octets(message, part))));
                }
            }
        }
    }
}

/// Text as octets: the parser would read it in some charset.
fn octets(message: &Message<'_>, part: &MessagePart<'_>) -> Vec<u8> {
    use base64::Engine as _;
    if !part.is_text() {
        return part.contents().to_vec();
    }
    let range = part.raw_body_offset() as usize..part.raw_end_offset() as usize;
    let mut body = message.raw_message()[range].to_vec();
    body.retain(|octet| !octet.is_ascii_whitespace());
    let decoded = base64::engine::general_purpose::STANDARD.decode(&body);
    decoded.unwrap_or_else(|_| part.contents().to_vec())
}

fn sha256(octets: &[u8]) -> String {
    let digest = Sha256::digest(octets);
    digest.iter().map(|octet| format!("{octet:02x}")).collect()
}

pub(crate) fn find() -> Option<(PathBuf, Json)> {
    let directory = place::directory();
    let Ok(index) = fs::read(directory.join("INDEX.json")) else {
        say(&place::absent());
        return None;
    };
    let index = serde_json::from_slice(&index).expect("the index is JSON");
    Some((directory, index))
}

/// Past the capture of passing tests.
pub(crate) fn say(line: &str) {
    writeln!(std::io::stderr(), "{line}").expect("stderr takes it");
}
