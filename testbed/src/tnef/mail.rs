//! The MIME message around TNEF, as Exchange sends it ([MS-OXCMAIL] §2.1.3.4).

use super::message::{Body, Message};
use super::recipient::{Kind, Mailbox};
use crate::base64;

/// How TNEF is packed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Packing {
    /// multipart/mixed: text, and `winmail.dat` in base 64.
    Legacy,
    /// The same, but the part says only that it is octets.
    OctetStream,
    /// The root is TNEF, in base 64.
    Summary,
    /// The root is TNEF, as it is; needs BINARYMIME (RFC 3030 §3).
    SummaryBinary,
    /// As `Legacy`, but the correlator is that of the message and the key within is another's: an old attachment,
    /// handed on by somebody who did not know what it is.
    Uncorrelated,
}

/// Packs TNEF that was written from this message.
pub fn packed(message: &Message, tnef: &[u8], packing: Packing) -> Vec<u8> {
    match packing {
        Packing::Legacy => mixed(message, tnef, "application/ms-tnef", &message.message_id),
        Packing::OctetStream => mixed(
            message,
            tnef,
            "application/octet-stream",
            &message.message_id,
        ),
        Packing::Uncorrelated => {
            let other = "<forwarded-1@fabrikam.com>";
            mixed(message, tnef, "application/ms-tnef", other)
        }
        Packing::Summary => root(message, base64::encode(tnef).as_bytes(), "base64"),
        Packing::SummaryBinary => root(message, tnef, "binary"),
    }
}

fn mixed(message: &Message, tnef: &[u8], media_type: &str, id: &str) -> Vec<u8> {
    let text = message.bodies.iter().find_map(|body| match body {
        Body::Plain(text) | Body::Legacy(text) => Some(text.as_str()),
        _ => None,
    });
    let mut out = header(message, id);
    out.extend_from_slice(
        format!(
            "Content-Type: multipart/mixed;\r\n\tboundary=\"{BOUNDARY}\"\r\n\r\n\
             --{BOUNDARY}\r\nContent-Type: text/plain; charset=\"utf-8\"\r\n\
             Content-Transfer-Encoding: base64\r\n\r\n{}\r\n\
             --{BOUNDARY}\r\nContent-Disposition: attachment; filename=\"winmail.dat\"\r\n\
             Content-Transfer-Encoding: base64\r\nContent-Type: {media_type}; name=\"winmail.dat\"\r\n\r\n{}\r\n\
             --{BOUNDARY}--\r\n",
            base64::encode(text.unwrap_or("").as_bytes()),
            base64::encode(tnef),
        )
        .as_bytes(),
    );
    out
}

fn root(message: &Message, body: &[u8], encoding: &str) -> Vec<u8> {
    let mut out = header(message, &message.message_id);
    let fields = format!(
        "Content-Type: application/ms-tnef; name=\"winmail.dat\"\r\nContent-Transfer-Encoding: {encoding}\r\n\r\n"
    );
    out.extend_from_slice(fields.as_bytes());
    out.extend_from_slice(body);
    out
}

fn header(message: &Message, id: &str) -> Vec<u8> {
    let mut fields = vec![format!("From: {}", mailbox(&message.from))];
    if let Some(sender) = &message.sender {
        fields.push(format!("Sender: {}", mailbox(sender)));
    }
    for (name, kind) in [("To", Kind::To), ("CC", Kind::Cc)] {
        fields.extend(addressees(message, name, kind));
    }
    if message.recipients.is_empty() {
        fields.push("To: Bernd Gross <bernd.gross@contoso.com>".to_owned());
    }
    let has_attachments = match message.attachments.is_empty() {
        true => "",
        false => "yes",
    };
    fields.extend([
        format!("Subject: {}", words(&message.subject)),
        format!("Date: {}", message.sent.rfc5322()),
        format!("Message-ID: {id}"),
        format!("X-MS-Has-Attach: {has_attachments}"),
        format!("X-MS-TNEF-Correlator:\r\n\t{id}"),
        "MIME-Version: 1.0".to_owned(),
    ]);
    fields.iter().fold(Vec::new(), |mut header, field| {
        header.extend_from_slice(field.as_bytes());
        header.extend_from_slice(b"\r\n");
        header
    })
}

fn addressees(message: &Message, name: &str, kind: Kind) -> Option<String> {
    let recipients = message.recipients.iter().filter(|r| r.kind == kind);
    let mailboxes: Vec<String> = recipients.map(|r| mailbox(&r.mailbox)).collect();
    let list = mailboxes.join(",\r\n\t");
    (!mailboxes.is_empty()).then(|| format!("{name}: {list}"))
}

fn mailbox(mailbox: &Mailbox) -> String {
    let name = match mailbox.name.is_ascii() {
        true => format!("\"{}\"", mailbox.name),
        false => words(&mailbox.name),
    };
    format!("{name} <{}>", mailbox.address)
}

/// Encoded words (RFC 2047 §2), each short enough, where there is more than ASCII.
fn words(text: &str) -> String {
    if text.is_ascii() {
        return text.to_owned();
    }
    let mut words = Vec::new();
    let mut word = String::new();
    for c in text.chars() {
        // As many octets are four characters for each three, and the name of the field stands before them.
        if word.len() + c.len_utf8() > 39 {
            words.push(std::mem::take(&mut word));
        }
        word.push(c);
    }
    words.push(word);
    let encoded = words.iter().map(|word| {
        let word = base64::encode(word.as_bytes());
        format!("=?utf-8?B?{}?=", word.trim_end())
    });
    encoded.collect::<Vec<_>>().join("\r\n\t")
}

const BOUNDARY: &str = "_000_0123456789ABCDEF_";

#[cfg(test)]
mod tests {
    use super::*;

    fn text(message: &Message, packing: Packing) -> String {
        String::from_utf8(packed(message, b"tnef", packing)).expect("UTF-8")
    }

    #[test]
    fn the_part_says_what_it_is_or_not() {
        let message = Message::note("Grüße").body(Body::Plain("Hello.\r\n".to_owned()));
        let check = |packing: Packing, expected: &[&str]| {
            let text = text(&message, packing);
            for piece in expected {
                assert!(text.contains(piece), "{packing:?} {piece}: {text}");
            }
        };
        check(
            Packing::Legacy,
            &[
                "Subject: =?utf-8?B?R3LDvMOfZQ==?=\r\n",
                "Content-Type: application/ms-tnef; name=\"winmail.dat\"\r\n\r\ndG5lZg==\r\n",
                "X-MS-TNEF-Correlator:\r\n\t<tnef-1@contoso.com>\r\n",
                "SGVsbG8uDQo=",
            ],
        );
        check(
            Packing::OctetStream,
            &["Content-Type: application/octet-stream; name"],
        );
        check(
            Packing::Uncorrelated,
            &["\r\n\t<forwarded-1@fabrikam.com>\r\n"],
        );
        check(Packing::Summary, &["base64\r\n\r\ndG5lZg==\r\n"]);
        check(Packing::SummaryBinary, &["binary\r\n\r\ntnef"]);
    }

    #[test]
    fn lines_are_short() {
        let message = Message::note(&"Übermäßig ".repeat(20)).to("Ωμέγα", "o@contoso.com");
        let text = text(&message, Packing::Legacy);
        assert!(text.lines().all(|line| line.len() <= 78), "{text}");
        assert!(text.is_ascii());
    }
}
