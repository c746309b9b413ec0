//! A message as a sink took it.

use std::net::SocketAddr;

use super::Departure;
use crate::stamp::Stamp;
use crate::tls::TlsInfo;

/// A message whose end came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// The path of MAIL without its brackets; empty: the null reverse path.
    pub reverse_path: String,
    /// The parameters of MAIL as they were spelled.
    pub mail_parameters: Vec<String>,
    /// The accepted recipients.
    pub forward_paths: Vec<ForwardPath>,
    /// The content, its dots unstuffed, otherwise octet for octet. Empty if the sink keeps none.
    pub content: Vec<u8>,
    /// How many octets of content came.
    pub octets: usize,
    /// The name in EHLO or HELO.
    pub hello: String,
    /// The TLS session; `None`: in clear.
    pub tls: Option<TlsInfo>,
    /// How the content came.
    pub transfer: Transfer,
    /// Octets that had come behind DATA before our 354 was written: a client must not send any.
    pub early_octets: usize,
    /// The connection's number, from 0.
    pub connection: usize,
    /// Where it came from.
    pub peer: SocketAddr,
}

/// A recipient.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ForwardPath {
    /// The path of RCPT without its brackets.
    pub path: String,
    /// Its parameters as they were spelled.
    pub parameters: Vec<String>,
}

/// How content is transferred.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Transfer {
    /// RFC 5321 §4.1.1.4
    #[default]
    Data,
    /// RFC 3030 §2
    Bdat,
}

/// A message whose content began and never ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Aborted {
    /// What had come of it.
    pub message: Message,
    /// How the client left it.
    pub departure: Departure,
}

impl Message {
    /// The recipients' paths.
    pub fn recipients(&self) -> Vec<&str> {
        self.forward_paths.iter().map(|f| f.path.as_str()).collect()
    }

    /// What its stamp says.
    pub fn stamp(&self) -> Stamp {
        Stamp::of(&self.content)
    }

    /// The header fields in their order: name and raw value, folding included.
    pub fn fields(&self) -> Vec<(String, String)> {
        let text = |octets: &[u8]| String::from_utf8_lossy(octets).into_owned();
        raw_fields(&self.content)
            .iter()
            .map(|field| {
                let colon = field.iter().position(|&o| o == b':').unwrap_or(field.len());
                let value = field.get(colon + 1..).unwrap_or(b"");
                (text(&field[..colon]), text(value).trim().to_owned())
            })
            .collect()
    }

    /// The values of the fields of this name.
    pub fn field(&self, name: &str) -> Vec<String> {
        self.fields()
            .into_iter()
            .filter(|(n, _)| n.trim_end().eq_ignore_ascii_case(name))
            .map(|(_, v)| v)
            .collect()
    }

    /// The content below its first `count` header fields: what trace fields were prepended to.
    pub fn below(&self, count: usize) -> &[u8] {
        let above: usize = raw_fields(&self.content)
            .iter()
            .take(count)
            .map(|field| field.len())
            .sum();
        &self.content[above..]
    }

    /// The content below the empty line.
    pub fn body(&self) -> &[u8] {
        let header: usize = raw_fields(&self.content)
            .iter()
            .map(|field| field.len())
            .sum();
        let rest = &self.content[header..];
        rest.strip_prefix(b"\r\n").unwrap_or(rest)
    }
}

/// The fields with their folding and their CRLF, up to the empty line (RFC 5322 §2.2).
fn raw_fields(content: &[u8]) -> Vec<&[u8]> {
    let mut fields = Vec::new();
    let (mut start, mut at) = (0, 0);
    loop {
        let next = match content[at..].windows(2).position(|pair| pair == b"\r\n") {
            Some(0) => break,
            Some(length) => at + length + 2,
            None => content.len(),
        };
        at = next;
        let folded = content.get(at).is_some_and(|o| matches!(o, b' ' | b'\t'));
        if !folded && at > start {
            fields.push(&content[start..at]);
            start = at;
        }
        if at == content.len() {
            break;
        }
    }
    fields
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(content: &str) -> Message {
        Message {
            reverse_path: String::new(),
            mail_parameters: Vec::new(),
            forward_paths: Vec::new(),
            content: content.as_bytes().to_vec(),
            octets: content.len(),
            hello: String::new(),
            tls: None,
            transfer: Transfer::Data,
            early_octets: 0,
            connection: 0,
            peer: ([127, 0, 0, 1], 25).into(),
        }
    }

    #[test]
    fn fields_end_at_the_empty_line_and_keep_their_folding() {
        let check = |content: &str, expected: &[(&str, &str)], body: &str| {
            let message = message(content);
            let expected: Vec<_> = expected
                .iter()
                .map(|&(n, v)| (n.to_owned(), v.to_owned()))
                .collect();
            assert_eq!(message.fields(), expected, "{content:?}");
            assert_eq!(message.body(), body.as_bytes(), "{content:?}");
        };
        check(
            "A: 1\r\nB: 2\r\n\r\nC: 3\r\n",
            &[("A", "1"), ("B", "2")],
            "C: 3\r\n",
        );
        check(
            "A: 1\r\n\t2\r\nB:3\r\n\r\n",
            &[("A", "1\r\n\t2"), ("B", "3")],
            "",
        );
        check("\r\nbody\r\n", &[], "body\r\n");
        check("A: 1\r\n", &[("A", "1")], "");
        check("A: 1", &[("A", "1")], "");
        check("", &[], "");
    }

    #[test]
    fn below_a_field_stands_what_it_was_prepended_to() {
        let message = message("Received: from a\r\n\tby b\r\nA: 1\r\n\r\nbody\r\n");
        assert_eq!(message.below(0), message.content);
        assert_eq!(message.below(1), b"A: 1\r\n\r\nbody\r\n");
        assert_eq!(message.below(2), b"\r\nbody\r\n");
        assert_eq!(message.below(9), b"\r\nbody\r\n");
        assert_eq!(message.field("received"), ["from a\r\n\tby b"]);
    }
}
