//! Composes, and reads the result with a parser that knows nothing of us.

use bytes::Bytes;
use mail_parser::{Message, MessageParser, MimeHeaders, PartType};
use testbed::tnef::Sample;
use tnef_decoder::Limits;
use transform::{Composed, Options, Outer, Unconvertible};

pub(crate) fn options() -> Options {
    Options {
        profile: tnef_decoder::icalendar::Profile::Standard,
        vcard: tnef_decoder::vcard::Version::default(),
        hostname: "gateway.contoso.com".to_owned(),
        limits: Limits::default(),
    }
}

/// The header that the sample travels with.
pub(crate) fn header(sample: &Sample) -> Vec<u8> {
    let eml = sample.eml();
    let end = eml
        .windows(4)
        .position(|four| four == b"\r\n\r\n")
        .expect("it is there");
    eml[..end + 2].to_vec()
}

pub(crate) fn composed(sample: &Sample) -> Option<Composed> {
    compose(&sample.bytes, &header(sample), &options()).map(|result| result.expect("it is there"))
}

/// `None`: it is no TNEF.
pub(crate) fn compose(
    tnef: &[u8],
    header: &[u8],
    options: &Options,
) -> Option<Result<Composed, Unconvertible>> {
    let source = Bytes::copy_from_slice(tnef);
    let message = tnef_decoder::Message::decode(&source, &options.limits).ok()?;
    let outer = Outer::read(header);
    Some(transform::compose(&message, &source, &outer, options))
}

/// A whole message: `header` without what speaks of the content, and what was composed.
pub(crate) fn eml(header: &[u8], composed: &Composed) -> Vec<u8> {
    let header = String::from_utf8(header.to_vec()).expect("it is there");
    let mut out = String::new();
    let mut is_left_out = false;
    for line in header.split_inclusive("\r\n") {
        if !line.starts_with([' ', '\t']) {
            is_left_out = line.to_ascii_lowercase().starts_with("content-");
        }
        if !is_left_out {
            out.push_str(line);
        }
    }
    for (name, value) in &composed.fields {
        out.push_str(&format!("{name}: {value}\r\n"));
    }
    let mut out = out.into_bytes();
    out.extend(composed.entity.segments().to_vec());
    out
}

pub(crate) fn sample_eml(sample: &Sample) -> Option<Vec<u8>> {
    Some(eml(&header(sample), &composed(sample)?))
}

pub(crate) fn parse(eml: &[u8]) -> Message<'_> {
    MessageParser::new().parse(eml).expect("it is there")
}

/// `mixed[plain, png "a.png"]`: types without what is usual, names of files.
pub(crate) fn shape(message: &Message<'_>) -> String {
    shape_of(message, 0)
}

fn shape_of(message: &Message<'_>, at: u32) -> String {
    let part = message.part(at).expect("it is there");
    let kind = part.content_type().expect("it is there");
    let subtype = kind.subtype().expect("it is there");
    let mut shown = match kind.ctype() {
        "multipart" | "text" => subtype.to_owned(),
        other => format!("{other}/{subtype}"),
    };
    match &part.body {
        PartType::Multipart(parts) => {
            let parts = parts.iter().map(|part| shape_of(message, *part));
            shown += &format!("[{}]", parts.collect::<Vec<_>>().join(", "));
        }
        PartType::Message(inner) => shown += &format!("({})", shape(inner)),
        _ => {}
    }
    if let Some(name) = part.attachment_name() {
        let is_inline = part
            .content_disposition()
            .is_some_and(|one| one.is_inline());
        let mark = if is_inline { "~" } else { "" };
        shown += &format!(" {mark}{name}");
    }
    if part.content_id().is_some() {
        shown += " #";
    }
    shown
}
