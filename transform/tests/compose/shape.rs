//! What becomes of every sample.

use super::reader::{parse, sample_eml, shape};

#[test]
fn every_sample_has_its_shape() {
    let samples = testbed::tnef::samples();
    let names: Vec<&str> = samples.iter().map(|sample| sample.name.as_str()).collect();
    for (name, _) in SHAPES {
        assert!(names.contains(name), "there is no sample {name}");
    }
    for sample in &samples {
        let Some((_, expected)) = SHAPES.iter().find(|(name, _)| *name == sample.name) else {
            panic!("{} has no shape", sample.name);
        };
        let found = sample_eml(sample).map(|eml| shape(&parse(&eml)));
        assert_eq!(
            found.as_deref().unwrap_or_default(),
            *expected,
            "{}",
            sample.name
        );
    }
}

/// A name after `~` is of a part that is shown inline; `#` is a Content-ID. Empty: it is no TNEF.
const SHAPES: &[(&str, &str)] = &[
    ("body-plain", "plain"),
    ("body-none", "plain"),
    ("body-html-utf8", "alternative[plain, html]"),
    ("body-html-windows-1252", "alternative[plain, html]"),
    ("body-all-three", "alternative[plain, html]"),
    ("body-rtf-html", "alternative[plain, html]"),
    ("body-rtf-stored", "alternative[plain, html]"),
    ("body-rtf-html-entities", "alternative[plain, html]"),
    ("body-rtf-text", "plain"),
    (
        "body-rtf-native",
        "mixed[related[alternative[plain, html], image/png ~picture-1.png #], csv table.csv]",
    ),
    ("body-rtf-html-long", "alternative[plain, html]"),
    ("body-oem-850", "plain"),
    ("body-japanese", "mixed[plain, plain 会議の予定表ソ.txt]"),
    ("body-rtf-japanese", "alternative[plain, html]"),
    (
        "body-chinese-simplified",
        "mixed[plain, plain 会议日程安排.txt]",
    ),
    ("body-rtf-chinese-simplified", "alternative[plain, html]"),
    (
        "body-chinese-traditional",
        "mixed[plain, plain 會議許功蓋.txt]",
    ),
    ("body-rtf-chinese-traditional", "alternative[plain, html]"),
    ("body-korean", "mixed[plain, plain 회의 일정.txt]"),
    ("body-rtf-korean", "alternative[plain, html]"),
    ("body-russian", "mixed[plain, plain Привет, коллеги.txt]"),
    ("body-rtf-russian", "alternative[plain, html]"),
    ("body-greek", "mixed[plain, plain Καλημέρα.txt]"),
    ("body-rtf-greek", "alternative[plain, html]"),
    ("body-hebrew", "mixed[plain, plain שלום.txt]"),
    ("body-rtf-hebrew", "alternative[plain, html]"),
    ("body-arabic", "mixed[plain, plain مرحبا.txt]"),
    ("body-rtf-arabic", "alternative[plain, html]"),
    ("body-polish", "mixed[plain, plain Zażółć gęślą jaźń.txt]"),
    ("body-rtf-polish", "alternative[plain, html]"),
    ("body-turkish", "mixed[plain, plain Günaydın İstanbul.txt]"),
    ("body-rtf-turkish", "alternative[plain, html]"),
    ("body-thai", "mixed[plain, plain สวัสดี.txt]"),
    ("body-rtf-thai", "alternative[plain, html]"),
    ("voting-buttons", "plain"),
    ("vote", "plain"),
    ("marks", "plain"),
    ("delegated", "plain"),
    (
        "smime-signed",
        "signed[plain, application/x-pkcs7-signature smime.p7s]",
    ),
    ("smime-enveloped", "application/pkcs7-mime smime.p7m"),
    ("property-types", "plain"),
    ("packing-octet-stream", "mixed[plain, plain note.txt]"),
    ("packing-summary", "mixed[plain, plain note.txt]"),
    ("packing-summary-binary", "mixed[plain, plain note.txt]"),
    ("packing-uncorrelated", "mixed[plain, plain note.txt]"),
    ("packing-without-key", "mixed[plain, plain note.txt]"),
    (
        "attachment-files",
        "mixed[plain, plain empty.txt, application/octet-stream one.bin, application/octet-stream noise.bin]",
    ),
    (
        "attachment-same-name",
        "mixed[plain, image/png image.png, image/png image.png, image/png image.png]",
    ),
    (
        "attachment-names",
        "mixed[plain, plain Übersicht März.txt, plain 会議の予定.txt, plain 😀.txt, plain evil.txt, plain evil.txt, plain evil.txt, plain aX-Evil_ 1.txt, plain quote_.txt, plain semicolon; a=b.txt, plain _con.txt, application/octet-stream .hidden, application/octet-stream no extension, plain long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long long l.txt]",
    ),
    (
        "attachment-nameless",
        "mixed[plain, application/octet-stream attachment.bin]",
    ),
    ("attachment-in-property", "mixed[plain, plain property.txt]"),
    (
        "attachment-inline",
        "mixed[related[alternative[plain, html], image/png ~logo.png #, image/png ~chart.png #], image/png ~unused.png, plain minutes.txt]",
    ),
    (
        "attachment-message",
        "mixed[plain, message/rfc822(mixed[plain, plain inner.txt]) Inner.eml]",
    ),
    (
        "attachment-nested",
        "mixed[plain, message/rfc822(mixed[plain, message/rfc822(mixed[plain, message/rfc822(mixed[plain, message/rfc822(mixed[plain, plain deep.txt]) Level 5.eml]) Level 4.eml]) Level 3.eml]) Level 2.eml]",
    ),
    (
        "attachment-ole-package",
        "mixed[alternative[plain, html], application/octet-stream inside.bin]",
    ),
    (
        "attachment-ole-document",
        "mixed[plain, image/bmp Document.bmp, application/octet-stream Document.ole]",
    ),
    (
        "attachment-ole-stream",
        "mixed[plain, application/octet-stream Old.ole]",
    ),
    (
        "attachment-data-before-names",
        "mixed[plain, plain first.txt, plain second.txt]",
    ),
    ("meeting-request", "alternative[plain, calendar]"),
    ("meeting-update", "alternative[plain, calendar]"),
    ("meeting-born-in-notes", "alternative[plain, calendar]"),
    ("meeting-all-day", "alternative[plain, calendar]"),
    ("meeting-three-days", "alternative[plain, calendar]"),
    ("meeting-new-york", "alternative[plain, calendar]"),
    ("meeting-kolkata", "alternative[plain, calendar]"),
    ("meeting-sydney", "alternative[plain, calendar]"),
    ("meeting-zone-by-structure", "alternative[plain, calendar]"),
    ("meeting-zone-not-told", "alternative[plain, calendar]"),
    ("meeting-no-reminder", "alternative[plain, calendar]"),
    ("meeting-free", "alternative[plain, calendar]"),
    ("meeting-special-characters", "alternative[plain, calendar]"),
    ("meeting-by-delegate", "alternative[plain, calendar]"),
    ("meeting-accepted", "alternative[plain, calendar]"),
    ("meeting-tentative", "alternative[plain, calendar]"),
    ("meeting-declined", "alternative[plain, calendar]"),
    (
        "meeting-accepted-by-delegate",
        "alternative[plain, calendar]",
    ),
    ("meeting-counter", "alternative[plain, calendar]"),
    ("meeting-cancelled", "alternative[plain, calendar]"),
    ("meeting-forwarded", "alternative[plain, calendar]"),
    ("meeting-forward-notification", "plain"),
    ("meeting-japanese", "alternative[plain, calendar]"),
    ("meeting-8-bit", "alternative[plain, calendar]"),
    ("meeting-8-bit-cancelled", "alternative[plain, calendar]"),
    ("meeting-8-bit-accepted", "alternative[plain, calendar]"),
    ("meeting-8-bit-tentative", "alternative[plain, calendar]"),
    ("meeting-8-bit-declined", "alternative[plain, calendar]"),
    ("series-daily", "alternative[plain, calendar]"),
    ("series-every-third-day", "alternative[plain, calendar]"),
    ("series-weekdays", "alternative[plain, calendar]"),
    ("series-every-other-week", "alternative[plain, calendar]"),
    ("series-monthly-15", "alternative[plain, calendar]"),
    ("series-monthly-31", "alternative[plain, calendar]"),
    ("series-second-tuesday", "alternative[plain, calendar]"),
    ("series-last-weekday", "alternative[plain, calendar]"),
    ("series-yearly", "alternative[plain, calendar]"),
    ("series-fourth-thursday", "alternative[plain, calendar]"),
    ("series-without-end", "alternative[plain, calendar]"),
    ("series-with-exceptions", "alternative[plain, calendar]"),
    (
        "series-with-exception-attached",
        "alternative[plain, calendar]",
    ),
    ("series-new-york", "alternative[plain, calendar]"),
    ("series-sydney", "alternative[plain, calendar]"),
    ("series-all-day", "alternative[plain, calendar]"),
    ("series-instance-moved", "alternative[plain, calendar]"),
    ("series-instance-cancelled", "alternative[plain, calendar]"),
    ("series-instance-declined", "alternative[plain, calendar]"),
    ("series-cancelled", "alternative[plain, calendar]"),
    ("task", "alternative[plain, calendar]"),
    ("task-complete", "alternative[plain, calendar]"),
    ("task-weekly", "alternative[plain, calendar]"),
    ("task-request", "alternative[plain, calendar]"),
    (
        "contact",
        "mixed[plain, vcard Dr. Zoë Q. Šimůnková, MBA.vcf]",
    ),
    (
        "contact-picture",
        "mixed[plain, vcard Dr. Zoë Q. Šimůnková, MBA.vcf]",
    ),
    (
        "contact-8-bit",
        "mixed[plain, vcard Dr. Zoë Q. Šimůnková, MBA.vcf]",
    ),
    ("group", "mixed[plain, vcard Board.vcf]"),
    (
        "receipt-read-8-bit",
        "report[plain, message/disposition-notification, rfc822-headers]",
    ),
    (
        "receipt-read",
        "report[plain, message/disposition-notification, rfc822-headers]",
    ),
    (
        "receipt-not-read",
        "report[plain, message/disposition-notification, rfc822-headers]",
    ),
    (
        "report-delivered",
        "report[plain, message/delivery-status, rfc822-headers]",
    ),
    (
        "report-undelivered",
        "report[plain, message/delivery-status, rfc822-headers]",
    ),
    (
        "report-undelivered-returned",
        "report[plain, message/delivery-status, message/rfc822(plain) Budget.eml]",
    ),
    (
        "report-undelivered-8-bit",
        "report[plain, message/delivery-status, rfc822-headers]",
    ),
    (
        "damaged-checksum",
        "mixed[plain, plain first.txt, plain last.txt]",
    ),
    (
        "damaged-no-last-checksum",
        "mixed[plain, plain first.txt, plain last.txt]",
    ),
    (
        "damaged-junk",
        "mixed[plain, plain first.txt, plain last.txt]",
    ),
    (
        "damaged-one-octet-more",
        "mixed[plain, plain first.txt, plain last.txt]",
    ),
    (
        "damaged-unknown-attributes",
        "mixed[plain, plain first.txt, plain last.txt]",
    ),
    (
        "damaged-properties-last",
        "mixed[plain, plain first.txt, plain last.txt]",
    ),
    (
        "damaged-cut",
        "mixed[plain, plain first.txt, plain last.txt]",
    ),
    (
        "damaged-cut-in-a-header",
        "mixed[plain, plain first.txt, plain LAST.TXT]",
    ),
    (
        "damaged-huge-count",
        "mixed[plain, plain first.txt, plain last.txt]",
    ),
    (
        "damaged-huge-length",
        "mixed[plain, plain first.txt, plain last.txt, application/octet-stream attachment.bin]",
    ),
    ("damaged-signature", ""),
    ("damaged-empty", "plain"),
    (
        "damaged-second-stream",
        "mixed[plain, plain first.txt, plain last.txt]",
    ),
    ("damaged-no-octets", ""),
];
