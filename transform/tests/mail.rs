//! Messages to convert, and what others make of the result.

use bytes::Bytes;
use mail_parser::{Message, MessageParser, MimeHeaders, PartType};
use testbed::tnef::message::{Body, Message as Tnef};
use tnef_decoder::{Limits, icalendar::Profile, vcard::Version};
use transform::{Converted, Options, Segments};

pub(crate) fn options() -> Options {
    Options {
        profile: Profile::Domino,
        vcard: Version::V4,
        hostname: "mx.contoso.com".to_owned(),
        limits: Limits::default(),
    }
}

/// A note with this text, in base64.
pub(crate) fn winmail(text: &str) -> String {
    in_base64(
        &Tnef::note("Plans")
            .body(Body::Plain(text.to_owned()))
            .bytes(),
    )
}

pub(crate) fn in_base64(octets: &[u8]) -> String {
    let segments = Segments(vec![transform::Segment::Base64(Bytes::copy_from_slice(
        octets,
    ))]);
    String::from_utf8(segments.to_vec()).expect("ASCII")
}

/// A message of these parts, each with its header; the boundary is `b`.
pub(crate) fn mixed(header: &str, parts: &[&str]) -> String {
    let parts: Vec<String> = parts
        .iter()
        .map(|part| format!("--b\r\n{part}\r\n"))
        .collect();
    format!(
        "{header}Content-Type: multipart/mixed; boundary=b\r\n\r\n{}--b--\r\n",
        parts.concat()
    )
}

pub(crate) fn text(text: &str) -> String {
    format!("Content-Type: text/plain; charset=utf-8\r\n\r\n{text}")
}

pub(crate) fn tnef(base64: &str) -> String {
    format!(
        "Content-Type: application/ms-tnef; name=winmail.dat\r\nContent-Transfer-Encoding: base64\r\n\r\n{}",
        base64.trim_end()
    )
}

pub(crate) fn convert(message: impl AsRef<[u8]>) -> Option<Converted> {
    transform::convert(&Bytes::copy_from_slice(message.as_ref()), &options())
}

/// The message as text, and what was done.
pub(crate) fn converted(message: impl AsRef<[u8]>) -> (String, String) {
    let converted = convert(message).expect("there is TNEF");
    let written = String::from_utf8_lossy(&converted.message.to_vec()).into_owned();
    (written, converted.report.to_string())
}

/// `mixed[ plain "text" file "name" 12 ]`, as another parser sees it.
pub(crate) fn shape(message: &[u8]) -> String {
    let message = MessageParser::default().parse(message).expect("a message");
    shape_of(&message, 0)
}

fn shape_of(message: &Message<'_>, part: u32) -> String {
    let part = message.part(part).expect("it is listed");
    let name = part.attachment_name().map(|name| format!("({name})"));
    let name = name.unwrap_or_default();
    let kind = part.content_type().and_then(|kind| kind.subtype());
    let kind = kind.unwrap_or("plain").to_ascii_lowercase();
    match &part.body {
        PartType::Text(text) | PartType::Html(text) => {
            format!("{kind}{name} {:?}", text.trim_end())
        }
        PartType::Binary(octets) | PartType::InlineBinary(octets) => {
            format!("{kind}{name} {}", octets.len())
        }
        PartType::Message(inner) => format!("message[ {} ]", shape_of(inner, 0)),
        PartType::Multipart(parts) => {
            let parts: Vec<String> = parts.iter().map(|p| shape_of(message, *p)).collect();
            format!("{kind}[ {} ]", parts.join(" "))
        }
    }
}

/// The sizes of the leaves that are neither text nor reports, in their order, those of messages within included.
pub(crate) fn files(message: &[u8]) -> String {
    let message = MessageParser::default().parse(message).expect("a message");
    let mut sizes = Vec::new();
    add_files(&message, 0, &mut sizes);
    sizes.join(",")
}

fn add_files(message: &Message<'_>, part: u32, sizes: &mut Vec<String>) {
    let part = message.part(part).expect("it is listed");
    let kind = part.content_type().map(|kind| kind.ctype());
    match &part.body {
        // Python takes reports for multiparts.
        _ if kind.is_some_and(|kind| kind.eq_ignore_ascii_case("message")) => {
            if let PartType::Message(inner) = &part.body {
                add_files(inner, 0, sizes);
            }
        }
        PartType::Text(_) | PartType::Html(_) => {}
        PartType::Binary(octets) | PartType::InlineBinary(octets) => {
            sizes.push(octets.len().to_string());
        }
        PartType::Message(inner) => add_files(inner, 0, sizes),
        PartType::Multipart(parts) => parts.iter().for_each(|p| add_files(message, *p, sizes)),
    }
}
