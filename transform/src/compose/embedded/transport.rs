//! The header that a message once had (PidTagTransportMessageHeaders).

use crate::entity::header::Header;
use crate::entity::words;
use crate::limits::TRANSPORT_HEADER_OCTETS_MAX;

/// Copies its fields, but for those of a content that is no more and those that nobody was to see. Gives their names.
pub(super) fn copy(written: &str, header: &mut Header) -> Vec<String> {
    let end = written.floor_char_boundary(TRANSPORT_HEADER_OCTETS_MAX);
    let mut names = Vec::new();
    for field in fields(&written[..end]) {
        let Some((name, value)) = field.split_once(':') else {
            continue;
        };
        let name = name.trim_end();
        if !is_name(name) || is_left_out(name) {
            continue;
        }
        copy_field(name, value, header);
        names.push(name.to_owned());
    }
    names
}

/// Each with its continuation lines; the first empty line ends them.
fn fields(written: &str) -> Vec<String> {
    let mut fields: Vec<String> = Vec::new();
    for line in written.lines() {
        let line = line.trim_end_matches('\r');
        if line.is_empty() {
            break;
        }
        match fields.last_mut() {
            Some(last) if line.starts_with([' ', '\t']) => {
                last.push_str("\r\n");
                last.push_str(line);
            }
            _ => fields.push(line.to_owned()),
        }
    }
    fields
}

/// As it stands, if it can; otherwise written anew.
fn copy_field(name: &str, value: &str, header: &mut Header) {
    let is_plain = |c: char| c == '\t' || c == '\r' || c == '\n' || (' '..='~').contains(&c);
    let mut lines = value.split("\r\n");
    let fits =
        value.chars().all(is_plain) && lines.all(|line| line.len() + name.len() < LINE_OCTETS_MAX);
    let is_blank = value
        .split("\r\n")
        .skip(1)
        .any(|line| line.trim().is_empty());
    match fits && !is_blank && !value.contains("\r\r") {
        true => header.raw(&format!("{name}:{value}\r\n")),
        false => header.text(name, words::plain(value).trim()),
    }
}

/// RFC 5322 §2.2, and not a boundary.
fn is_name(name: &str) -> bool {
    let is_inner = |octet: u8| octet.is_ascii_alphanumeric() || b"-_.".contains(&octet);
    let is_begun = name
        .bytes()
        .next()
        .is_some_and(|octet| octet.is_ascii_alphanumeric());
    is_begun && name.len() <= NAME_OCTETS_MAX && name.bytes().all(is_inner)
}

fn is_left_out(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    name.starts_with("content-")
        || matches!(
            name.as_str(),
            "mime-version" | "bcc" | "x-ms-tnef-correlator"
        )
}

/// RFC 5322 §2.1.1.
const LINE_OCTETS_MAX: usize = 998;
const NAME_OCTETS_MAX: usize = 200;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_copied_or_written_anew() {
        let check = |written: &str, expected: &str| {
            let mut header = Header::default();
            copy(written, &mut header);
            assert_eq!(header.finish(), expected);
        };
        check(
            "Received: from a\r\n\tby b\r\nSubject: x\r\nContent-Type: a/b\r\nBcc: x@y\r\n\r\nTo: z@y",
            "Received: from a\r\n\tby b\r\nSubject: x\r\n",
        );
        check(
            "Subject: Grüße\nX: y",
            "Subject: =?utf-8?B?R3LDvMOfZQ==?=\r\nX: y\r\n",
        );
        check(
            "Microsoft Mail Internet Headers Version 2.0\r\nTo: a@b\r\n",
            "To: a@b\r\n",
        );
        check("--=_x: y\r\n: z\r\n", "");
        check("X: a\r\r\n b\r\n", "X: a\r\n b\r\n");
        let long = format!("X: {}\r\n", "y".repeat(2_000));
        let mut header = Header::default();
        copy(&long, &mut header);
        assert!(header.finish().lines().all(|line| line.len() <= 78));
    }

    #[test]
    fn a_header_is_copied_to_its_bound() {
        let last = "Y: z";
        let filling = |octets: usize| format!("X: {}\r\n{last}", "y".repeat(octets - 5));
        let names = |octets: usize| copy(&filling(octets), &mut Header::default());
        assert_eq!(names(TRANSPORT_HEADER_OCTETS_MAX - last.len()), ["X", "Y"]);
        assert_eq!(names(TRANSPORT_HEADER_OCTETS_MAX), ["X"]);
    }
}
