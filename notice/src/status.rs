//! The part for programs (RFC 3464 §2.2, §2.3).

use std::net::IpAddr;

use smtp::Xtext;

use crate::address::{self, Form};
use crate::field;
use crate::limits::{DIAGNOSTIC_OCTETS_MAX, HOST_OCTETS_MAX};
use crate::notice::{Diagnostic, Notice, Recipient, Way};
use crate::printable;

/// The part with its header.
#[derive(Debug)]
pub(crate) struct Status {
    part: Vec<u8>,
    form: Form,
}

impl Status {
    pub(crate) fn of(notice: &Notice<'_>) -> Self {
        let form = match notice.way {
            Way::Utf8 if notice.recipients.iter().any(is_international) => Form::Utf8,
            Way::Utf8 | Way::Ascii => Form::Ascii,
        };
        let mut part = Vec::with_capacity(256 + 512 * notice.recipients.len());
        match form {
            Form::Ascii => field::put(&mut part, "Content-Type", "message/delivery-status"),
            Form::Utf8 => {
                // RFC 6533 §4.
                field::put(&mut part, "Content-Type", "message/global-delivery-status");
                field::put(&mut part, "Content-Transfer-Encoding", "8bit");
            }
        }
        part.extend_from_slice(b"\r\n");
        of_message(notice, &mut part);
        for recipient in notice.recipients {
            part.extend_from_slice(b"\r\n");
            of_recipient(recipient, form, &mut part);
        }
        Self { part, form }
    }

    pub(crate) fn part(&self) -> &[u8] {
        &self.part
    }

    pub(crate) fn is_eight_bit(&self) -> bool {
        self.form == Form::Utf8
    }
}

/// The name of a host as it is shown, an address as an address literal (RFC 5321 §4.1.3).
pub(crate) fn host(name: &str) -> String {
    match name.parse() {
        Ok(IpAddr::V4(address)) => format!("[{address}]"),
        Ok(IpAddr::V6(address)) => format!("[IPv6:{address}]"),
        Err(_) => printable::line(name, HOST_OCTETS_MAX).replace(' ', "?"),
    }
}

fn is_international(recipient: &Recipient<'_>) -> bool {
    let original = recipient.original.and_then(address::decoded);
    !address::shown(recipient.address).is_ascii() || original.is_some_and(|o| !o.is_ascii())
}

fn of_message(notice: &Notice<'_>, out: &mut Vec<u8>) {
    if let Some(id) = notice.envelope_id.and_then(envelope_id) {
        field::put(out, "Original-Envelope-Id", &id);
    }
    let name = printable::ascii(&host(notice.reporting_mta));
    field::put(out, "Reporting-MTA", &format!("dns; {name}"));
    field::put(out, "Arrival-Date", &printable::ascii(notice.arrival));
}

fn of_recipient(recipient: &Recipient<'_>, form: Form, out: &mut Vec<u8>) {
    let action = recipient.fate.action();
    let original = recipient.original.and_then(address::decoded);
    if let Some(original) = original.and_then(|original| original.typed(form)) {
        field::put(out, "Original-Recipient", &original);
    }
    field::put(
        out,
        "Final-Recipient",
        &address::typed(recipient.address, form),
    );
    field::put(out, "Action", action.as_str());
    let (subject, detail) = (recipient.status.subject, recipient.status.detail);
    let status = format!(
        "{}.{}.{}",
        action.class(),
        subject.min(999),
        detail.min(999)
    );
    field::put(out, "Status", &status);
    if let Some(name) = recipient
        .remote_mta
        .map(host)
        .filter(|name| !name.is_empty())
    {
        field::put(
            out,
            "Remote-MTA",
            &format!("dns; {}", printable::ascii(&name)),
        );
    }
    if let Some(said) = recipient.diagnostic {
        let (kind, text) = match said {
            Diagnostic::Reply(text) => ("smtp", text),
            Diagnostic::Observed(text) => ("x-twinmx", text),
        };
        let text = printable::ascii(&printable::line(text, DIAGNOSTIC_OCTETS_MAX));
        if !text.is_empty() {
            field::put(out, "Diagnostic-Code", &format!("{kind}; {text}"));
        }
    }
    let last = recipient.last_attempt.unwrap_or_default();
    field::put(out, "Last-Attempt-Date", &printable::ascii(last));
    if let crate::Fate::Delayed { until } = recipient.fate {
        field::put(out, "Will-Retry-Until", &printable::ascii(until));
    }
}

/// Decoded, which it has to be printable for (RFC 3461 §4.4); the sender compares it, so it is whole or absent.
fn envelope_id(id: &Xtext) -> Option<String> {
    let text = String::from_utf8(id.decode()).ok()?;
    let is_printable = text.bytes().all(|octet| matches!(octet, b' '..=b'~'));
    is_printable.then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_at_the_limit_and_one_past() {
        let exact = "x".repeat(HOST_OCTETS_MAX);
        assert_eq!(host(&exact), exact);
        let past = host(&format!("{exact}y"));
        assert_eq!(past, format!("{}...", "x".repeat(HOST_OCTETS_MAX - 3)));
    }
}
