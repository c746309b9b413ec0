//! What a parser of somebody else makes of an entity.

use mail_parser::{Message, MessageParser, PartType};
use memchr::memchr_iter;

use super::Fault;
use crate::entity::outline::{Expected, ExpectedBody};
use crate::limits::DEPTH_MAX;

/// Compares how many leaves there are, and the sizes of those that are no text.
///
/// The parser's stack ends the process at a depth of some ten thousand messages within each other. So it gets only what holds
/// no part of others, and at most as many words that could make it go down as we allow levels.
pub(super) fn compare(written: &[u8], expected: &[Expected<'_>]) -> Result<(), Fault> {
    let is_ours = |one: &Expected<'_>| !matches!(one.body, ExpectedBody::Verbatim(_));
    let is_plain_message = |one: &Expected<'_>| {
        !one.media_type.starts_with("message/")
            || one.body == ExpectedBody::Composite
            || is_report(one.media_type)
    };
    if !expected
        .iter()
        .all(|one| is_ours(one) && is_plain_message(one))
    {
        return Ok(());
    }
    if descents(written) > DEPTH_MAX {
        return Ok(());
    }
    let mut meant = Leaves::default();
    for one in expected {
        meant.add_expected(one);
    }
    let mut found = Leaves::default();
    if let Some(message) = MessageParser::default().parse(written) {
        found.add_message(&message);
    }
    meant.sizes.sort_unstable();
    found.sizes.sort_unstable();
    match meant == found {
        true => Ok(()),
        false => Err(Fault::Second {
            found: found.to_string(),
            expected: meant.to_string(),
        }),
    }
}

/// Parts that are called messages and are none.
fn is_report(media_type: &str) -> bool {
    matches!(
        media_type,
        "message/delivery-status" | "message/disposition-notification"
    )
}

/// How often a word stands there that makes a parser look for a message in a part: a message type, or a digest's.
fn descents(octets: &[u8]) -> usize {
    let slashes = memchr_iter(b'/', octets).filter(|at| {
        let is = |word: &[u8], from: usize| {
            let found = octets.get(from..from + word.len());
            found.is_some_and(|found| found.eq_ignore_ascii_case(word))
        };
        at.checked_sub(7).is_some_and(|from| is(b"message", from)) || is(b"digest", at + 1)
    });
    slashes.count()
}

#[derive(Debug, Default, PartialEq, Eq)]
struct Leaves {
    texts: usize,
    sizes: Vec<u64>,
}

impl Leaves {
    fn add_expected(&mut self, one: &Expected<'_>) {
        match one.body {
            ExpectedBody::Composite | ExpectedBody::Verbatim(_) => {}
            ExpectedBody::Decoded(_) if one.media_type.starts_with("text/") => self.texts += 1,
            ExpectedBody::Decoded(octets) => self.sizes.push(octets),
        }
    }

    fn add_message<'m>(&mut self, message: &'m Message<'m>) {
        let mut waiting = vec![message];
        while let Some(message) = waiting.pop() {
            for part in &message.parts {
                match &part.body {
                    PartType::Text(_) | PartType::Html(_) => self.texts += 1,
                    PartType::Binary(octets) | PartType::InlineBinary(octets) => {
                        self.sizes.push(octets.len() as u64);
                    }
                    PartType::Message(inner) => waiting.push(inner),
                    PartType::Multipart(_) => {}
                }
            }
        }
    }
}

impl std::fmt::Display for Leaves {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let octets: u64 = self.sizes.iter().sum();
        let (texts, files) = (self.texts, self.sizes.len());
        write!(f, "{texts} texts and {files} files of {octets} octets")
    }
}
