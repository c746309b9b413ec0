//! Receipts (RFC 8098) and reports on delivery (RFC 3464), as `multipart/report` (RFC 6522).

use tnef_decoder::icalendar::Person;
use tnef_decoder::view::{Report, ReportKind, Reported};

use super::marks;
use crate::entity::header::Header;
use crate::entity::{Entity, Label};
use crate::outer::Outer;

/// What the type of the whole says.
pub(crate) fn report_type(report: &Report) -> &'static str {
    match report.kind {
        ReportKind::Read | ReportKind::NotRead => "disposition-notification",
        ReportKind::Delivered | ReportKind::NotDelivered => "delivery-status",
    }
}

/// The part for machines, and the header of what it is about, unless that is there itself.
pub(crate) fn parts(
    report: &Report,
    outer: &Outer,
    hostname: &str,
    has_original: bool,
) -> Vec<Entity> {
    let report = filled(report.clone(), outer);
    let status = match report.disposition() {
        Some(fields) => Entity::fields("message/disposition-notification", seven_bit(&fields)),
        None => {
            let fields = report.delivery_status(hostname).unwrap_or_default();
            Entity::fields("message/delivery-status", seven_bit(&fields))
        }
    };
    let original = (!has_original).then(|| original(&report)).flatten();
    std::iter::once(status).chain(original).collect()
}

/// What a report without a word says.
pub(crate) fn summary(report: &Report, outer: &Outer) -> String {
    let report = filled(report.clone(), outer);
    let mut text = String::from(match report.kind {
        ReportKind::Read => "Your message was read.\r\n",
        ReportKind::NotRead => "Your message was deleted without being read.\r\n",
        ReportKind::Delivered => "Your message was delivered.\r\n",
        ReportKind::NotDelivered => "Your message was not delivered.\r\n",
    });
    let mut add = |label: &str, value: Option<&str>| {
        if let Some(value) = value.filter(|value| !value.is_empty()) {
            text.push_str(&format!("\r\n{label}: {value}"));
        }
    };
    add("Subject", report.original_subject.as_deref());
    add("Sent", report.original_sent.map(marks::date).as_deref());
    add("At", report.at.map(marks::date).as_deref());
    let is_receipt = report.disposition().is_some();
    let author = report.author.as_ref().filter(|_| is_receipt);
    add("By", author.map(|author| author.address.as_str()));
    let recipients = report.recipients.iter().filter(|_| !is_receipt);
    for one in recipients {
        add("To", Some(&one.person.address));
        add("Reason", one.diagnostic.as_deref());
    }
    text.push_str("\r\n");
    text
}

/// With whom the header around it names.
fn filled(mut report: Report, outer: &Outer) -> Report {
    if report
        .author
        .as_ref()
        .is_none_or(|author| author.address.is_empty())
    {
        report.author = outer.author().or(report.author);
    }
    // RFC 3464 §2.3: there is one at least.
    if report.recipients.is_empty() {
        let status = match report.kind {
            ReportKind::NotDelivered => "5.0.0",
            ReportKind::Delivered | ReportKind::Read | ReportKind::NotRead => "2.0.0",
        };
        report.recipients.push(Reported {
            person: Person::default(),
            status: status.to_owned(),
            diagnostic: None,
            remote_host: None,
        });
    }
    report
}

/// RFC 6522 §3: the header is enough to know it again.
fn original(report: &Report) -> Option<Entity> {
    let mut header = Header::default();
    if let Some(subject) = &report.original_subject {
        header.text("Subject", subject);
    }
    if let Some(sent) = report.original_sent {
        header.structured("Date", [marks::date(sent).as_str()]);
    }
    if let Some(id) = &report.original_message_id {
        header.text("Message-ID", id);
    }
    let fields = header.finish();
    (!fields.is_empty()).then(|| Entity::fields("text/rfc822-headers", fields))
}

/// Both kinds of reports are ASCII. An address that is not becomes the type that says how it is written (RFC 6533 §3); any
/// other text is only for people.
fn seven_bit(fields: &str) -> String {
    if fields.is_ascii() {
        return fields.to_owned();
    }
    let mut out = String::with_capacity(fields.len());
    for line in fields.split_inclusive("\r\n") {
        match line.split_once(": ") {
            Some((name, value)) if !line.is_ascii() => {
                let value = value.trim_end();
                let value = match value.strip_prefix("rfc822;") {
                    Some(address) => format!("utf-8;{}", numbered(address)),
                    None => numbered(value),
                };
                out.push_str(&format!("{name}: {value}\r\n"));
            }
            _ => out.push_str(line),
        }
    }
    out
}

fn numbered(text: &str) -> String {
    let mut out = String::new();
    for character in text.chars() {
        match character.is_ascii() {
            true => out.push(character),
            false => out.push_str(&format!("\\x{{{:X}}}", u32::from(character))),
        }
    }
    out
}

/// The label of the whole.
pub(crate) fn label<'l>(parameters: &'l [(&'l str, &'l str)]) -> Label<'l> {
    Label {
        media_type: "multipart/report",
        parameters,
        ..Label::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_for_machines_are_ascii() {
        let check = |fields: &str, expected: &str| assert_eq!(seven_bit(fields), expected);
        check("Status: 5.1.1\r\n", "Status: 5.1.1\r\n");
        check(
            "Final-Recipient: rfc822;jörg@a.de\r\nStatus: 5.1.1\r\n",
            "Final-Recipient: utf-8;j\\x{F6}rg@a.de\r\nStatus: 5.1.1\r\n",
        );
        check(
            "Diagnostic-Code: smtp;grün\r\n",
            "Diagnostic-Code: smtp;gr\\x{FC}n\r\n",
        );
    }
}
