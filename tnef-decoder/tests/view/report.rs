//! Reports.

use tnef_decoder::view::{Report, ReportKind};
use tnef_decoder::{Limits, Message};

use super::item::{List, recipient, stream};

fn read(class: &str, properties: List, recipients: &[List]) -> Option<Report> {
    let stream = stream(class, properties, recipients);
    let message = Message::decode(stream.octets(), &Limits::default()).expect("it is TNEF");
    Report::read(&message)
}

#[test]
fn a_read_receipt_says_who_read_it() {
    let properties = List::default()
        .text(0x0042, "Anna")
        .text(0x5D02, "anna@example.org")
        .text(0x0049, "Offer")
        .text(0x1046, "<1@example.org>\r\nX: y");
    let receipt = |class: &str| read(class, properties.clone(), &[]).expect("it is a report");
    let expected = "Final-Recipient: rfc822;anna@example.org\r\n\
                    Original-Message-ID: <1@example.org>  X: y\r\n\
                    Disposition: manual-action/MDN-sent-manually; displayed\r\n";
    let read = receipt("REPORT.IPM.Note.IPNRN");
    assert_eq!(read.disposition().as_deref(), Some(expected));
    assert_eq!(read.delivery_status("mx.example.org"), None);
    assert_eq!(read.original_subject.as_deref(), Some("Offer"));
    let not_read = receipt("REPORT.IPM.Note.IPNNRN").disposition();
    assert_eq!(not_read, Some(expected.replace("displayed", "deleted")));
}

#[test]
fn a_delivery_report_tells_of_each_recipient() {
    let recipients = [
        recipient(1, "Bo", "bo@example.org")
            .long(0x0C20, 511)
            .text(0x0C1B, "550 5.1.1\r\nunknown")
            .text(0x0C21, "mail.example.org"),
        recipient(1, "Nobody", "")
            .long(0x0C20, -1)
            .text(0x0C1B, "<mx.example.org #4.0.0 smtp;450 busy>"),
    ];
    let properties = List::default()
        .time(0x004E, "2024-07-01T07:00:00Z")
        .time(0x0032, "2024-07-01T08:00:00Z");
    let report = read("REPORT.IPM.Note.NDR", properties.clone(), &recipients);
    let report = report.expect("it is a report");
    let expected = "Reporting-MTA: dns;mx.example.org\r\n\
                    Arrival-Date: Mon, 01 Jul 2024 07:00:00 +0000\r\n\
                    \r\n\
                    Final-Recipient: rfc822;bo@example.org\r\n\
                    Action: failed\r\n\
                    Status: 5.1.1\r\n\
                    Remote-MTA: dns;mail.example.org\r\n\
                    Diagnostic-Code: smtp;550 5.1.1  unknown\r\n\
                    Last-Attempt-Date: Mon, 01 Jul 2024 08:00:00 +0000\r\n\
                    \r\n\
                    Final-Recipient: rfc822;unknown\r\n\
                    Action: failed\r\n\
                    Status: 5.0.0\r\n\
                    Diagnostic-Code: smtp;450 busy\r\n\
                    Last-Attempt-Date: Mon, 01 Jul 2024 08:00:00 +0000\r\n";
    let status = report.delivery_status("mx.example.org");
    assert_eq!(status.as_deref(), Some(expected));
    assert_eq!(report.disposition(), None);
    let delivered = read("REPORT.IPM.Note.DR", properties, &recipients[1..]);
    let delivered = delivered.and_then(|report| report.delivery_status("mx"));
    assert!(delivered.is_some_and(|text| text.contains("Action: delivered\r\nStatus: 2.0.0\r\n")));
}

#[test]
fn classes_tell_reports() {
    let check = |class: &str, expected| {
        let kind = read(class, List::default(), &[]).map(|report| report.kind);
        assert_eq!(kind, expected, "{class}");
    };
    check(
        "report.ipm.schedule.meeting.request.ipnrn",
        Some(ReportKind::Read),
    );
    check("REPORT.IPM.Note.DR", Some(ReportKind::Delivered));
    check("REPORT.IPM.Note.Other", None);
    check("REPORT", None);
    check("IPM.Note", None);
}
