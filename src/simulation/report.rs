//! A report on a message (RFC 3464), as whoever gets it reads it.

use super::witness::{header, message_number};

/// What a report says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Report {
    /// Its own name: copies have the same.
    pub(super) id: String,
    /// The message of a client that it is about.
    pub(super) letter: usize,
    pub(super) fates: Vec<(String, Action)>,
}

/// What became of a recipient.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Action {
    Failed,
    Delayed,
    Relayed,
}

impl Report {
    /// `None`: it is none, or nobody can make sense of it.
    pub(super) fn read(content: &[u8]) -> Option<Self> {
        let above = String::from_utf8_lossy(header(content)).into_owned();
        let id = field(&above, "Message-ID: ")?.to_owned();
        let below = &content[above.len()..];
        let letter = message_number(below)?;
        let text = String::from_utf8_lossy(below);
        let mut fates = Vec::new();
        for group in text.split("\r\n\r\n") {
            let recipient = field(group, "Final-Recipient: rfc822; ");
            if let (Some(recipient), Some(action)) = (recipient, field(group, "Action: ")) {
                fates.push((recipient.to_owned(), Action::parse(action)?));
            }
        }
        (!fates.is_empty()).then_some(Self { id, letter, fates })
    }
}

impl Action {
    fn parse(text: &str) -> Option<Self> {
        match text {
            "failed" => Some(Self::Failed),
            "delayed" => Some(Self::Delayed),
            "relayed" => Some(Self::Relayed),
            _ => None,
        }
    }
}

fn field<'t>(text: &'t str, name: &str) -> Option<&'t str> {
    text.split("\r\n").find_map(|line| line.strip_prefix(name))
}
