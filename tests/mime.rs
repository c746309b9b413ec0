//! A message read by a library that none of ours is made of: what a mail client would see.

use mail_parser::{Message, MessageParser, MimeHeaders as _, PartType};

/// A part that has content of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Leaf {
    /// As in `text/plain`.
    pub(crate) media_type: String,
    /// A parameter of it, as in `method=REQUEST`; only `method` is of interest here.
    pub(crate) method: Option<String>,
    pub(crate) name: Option<String>,
    /// Decoded.
    pub(crate) octets: Vec<u8>,
}

/// Its parts, messages within it not looked into.
pub(crate) fn leaves(message: &[u8]) -> Vec<Leaf> {
    let parsed = parse(message);
    let parts = parsed.parts.iter();
    parts
        .filter(|part| !matches!(part.body, PartType::Multipart(_)))
        .map(|part| {
            let kind = part.content_type();
            let subtype = kind.and_then(|kind| kind.subtype()).unwrap_or("plain");
            let top = kind.map_or("text", |kind| kind.ctype());
            Leaf {
                media_type: format!("{top}/{subtype}").to_ascii_lowercase(),
                method: kind
                    .and_then(|kind| kind.attribute("method"))
                    .map(str::to_owned),
                name: part.attachment_name().map(str::to_owned),
                octets: part.contents().to_vec(),
            }
        })
        .collect()
}

/// The only part of this type.
#[track_caller]
pub(crate) fn only(message: &[u8], media_type: &str) -> Leaf {
    let leaves = leaves(message);
    let mut found = leaves.iter().filter(|leaf| leaf.media_type == media_type);
    let only = found.next().filter(|_| found.next().is_none());
    only.unwrap_or_else(|| panic!("one {media_type} wanted in {leaves:?}"))
        .clone()
}

/// The values of all fields of this name.
pub(crate) fn fields(message: &[u8], name: &str) -> Vec<String> {
    let parsed = parse(message);
    parsed
        .header_values(name.to_owned())
        .filter_map(|value| value.as_text().map(str::to_owned))
        .collect()
}

fn parse(message: &[u8]) -> Message<'_> {
    let parsed = MessageParser::default().parse(message);
    parsed.expect("a message")
}
