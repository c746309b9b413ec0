//! The header of a report (RFC 5322, RFC 3834 §5).

use crate::boundary::Boundary;
use crate::fate::Action;
use crate::field;
use crate::limits::{MESSAGE_ID_OCTETS_MAX, SUBJECT_OCTETS_MAX};
use crate::notice::Notice;
use crate::printable;
use crate::subject;

/// All fields, with the text for readers that know no MIME. The empty line comes with the first boundary.
pub(crate) fn header(notice: &Notice<'_>, boundary: &Boundary, eight_bit: bool) -> Vec<u8> {
    let mut out = Vec::with_capacity(1024);
    field::put(&mut out, "Date", &printable::ascii(notice.date));
    let author = format!(
        "{} <{}>",
        subject::phrase(notice.author.name),
        notice.author.address
    );
    field::put(&mut out, "From", &author);
    field::put(&mut out, "To", &format!("<{}>", notice.to));
    field::put(&mut out, "Subject", &subject_of(notice));
    field::put(&mut out, "Message-ID", &message_id(notice.message_id));
    if let Some(original) = notice.original.message_id() {
        field::put(&mut out, "In-Reply-To", original);
        field::put(&mut out, "References", original);
    }
    field::put(&mut out, "Auto-Submitted", "auto-replied");
    field::put(&mut out, "MIME-Version", "1.0");
    let kind = format!(
        "multipart/report; report-type=delivery-status; boundary=\"{}\"",
        boundary.as_str()
    );
    field::put(&mut out, "Content-Type", &kind);
    if eight_bit {
        // No part may need more than the whole says (RFC 2045 §6.4).
        field::put(&mut out, "Content-Transfer-Encoding", "8bit");
    }
    out
}

fn subject_of(notice: &Notice<'_>) -> String {
    let (with, without) = match notice.worst() {
        Action::Failed => ("Undeliverable", "Your message could not be delivered"),
        Action::Delayed => ("Delayed", "Your message is delayed"),
        Action::Relayed => ("Relayed", "Your message was handed on"),
        Action::Delivered => ("Delivered", "Your message was delivered"),
        Action::Expanded => ("Expanded", "Your message was handed on"),
    };
    let original = notice.original.field("Subject").unwrap_or_default();
    match subject::for_header(original, SUBJECT_OCTETS_MAX) {
        original if original.is_empty() => without.to_owned(),
        original => format!("{with}: {original}"),
    }
}

/// With brackets, and only of characters that need no quoting (RFC 5322 §3.6.4).
fn message_id(id: &str) -> String {
    let is_plain = |c: &char| c.is_ascii_alphanumeric() || "!#$%&'*+-/=?^_`{|}~.@".contains(*c);
    let id: String = id
        .chars()
        .filter(is_plain)
        .take(MESSAGE_ID_OCTETS_MAX)
        .collect();
    match id.is_empty() {
        true => String::new(),
        false => format!("<{id}>"),
    }
}
