//! One message of a size, to be numbered and sent again and again.

use std::sync::Arc;

use super::{DIGITS, FIELD, LINE, PATTERN, closing, write_digits};

/// A message ready for the wire, the end of data included. Clones share the lines of the body.
#[derive(Debug, Clone)]
pub struct Template {
    head: Vec<u8>,
    /// Where the digits of the number stand in the head.
    places: [usize; 2],
    lines: Arc<[u8]>,
    closing: [u8; DIGITS + 5],
}

impl Template {
    /// A message of about so many octets, header included: a whole number of lines, and at least one.
    pub fn new(reverse_path: &str, forward_path: &str, octets: usize) -> Self {
        let head = |body: usize| {
            format!(
                "From: <{reverse_path}>\r\nTo: <{forward_path}>\r\nSubject: numbered\r\n\
                 Date: Sat, 21 Nov 2026 12:00:00 +0000\r\nMessage-ID: <{zeros}@load.fabrikam.com>\r\n\
                 MIME-Version: 1.0\r\nContent-Type: text/plain; charset=us-ascii\r\n\
                 {FIELD}: {zeros} {body:0DIGITS$}\r\n\r\n",
                zeros = "0".repeat(DIGITS),
            )
        };
        let taken = head(0).len() + DIGITS + 2;
        let lines = (octets.saturating_sub(taken) / LINE).max(1) * LINE;
        let head = head(lines + DIGITS + 2).into_bytes();
        let place = |before: &str| {
            memchr::memmem::find(&head, before.as_bytes()).map_or(0, |at| at + before.len())
        };
        Self {
            places: [place("Message-ID: <"), place(&format!("{FIELD}: "))],
            lines: PATTERN.iter().copied().cycle().take(lines).collect(),
            closing: closing(0),
            head,
        }
    }

    /// Makes it the message of this number.
    pub fn number(&mut self, number: u64) {
        for place in self.places {
            write_digits(&mut self.head[place..place + DIGITS], number);
        }
        self.closing = closing(number);
    }

    /// What goes over the wire after the reply to DATA.
    pub fn wire(&self) -> [&[u8]; 3] {
        [&self.head, &self.lines, &self.closing]
    }

    /// Octets of the message without the end of data.
    pub fn len(&self) -> usize {
        self.head.len() + self.lines.len() + DIGITS + 2
    }

    /// Never: a message has a header.
    pub fn is_empty(&self) -> bool {
        false
    }
}
