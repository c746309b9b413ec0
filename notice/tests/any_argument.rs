//! Whatever the arguments and the original hold, a report has its three parts, its own fields, and no others.

use bytes::Bytes;
use notice::{Author, Diagnostic, Failure, Fate, Notice, Original, Recipient, Way};
use proptest::prelude::*;
use smtp::{Enhanced, Mailbox, OriginalRecipient, Ret, Xtext};

use crate::reader::Report;
use crate::scene::{mailbox, notice, recipient, whole};

/// Text that tries: fields, line ends, boundaries, controls, and anything.
fn hostile() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        Just("\r\n".to_owned()),
        Just("\n".to_owned()),
        Just("\r\n\r\n".to_owned()),
        Just("\r\n ".to_owned()),
        Just("Bcc: mallory@x.example".to_owned()),
        Just("Action: delivered".to_owned()),
        Just("--=_twinmx_report_0000000000000007".to_owned()),
        Just("=?utf-8?Q?=0D=0ABcc:_x?=".to_owned()),
        Just("\0\u{85}\u{2028}\u{202e}\u{1b}".to_owned()),
        Just(" ".repeat(1100)),
        "x{900,1100}",
        "[ -~]{0,30}",
        ".{0,20}",
        "ü{0,1100}",
    ];
    prop::collection::vec(piece, 0..8).prop_map(|pieces| pieces.concat())
}

fn octets() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        hostile().prop_map(String::into_bytes),
        prop::collection::vec(any::<u8>(), 0..200),
        hostile().prop_map(|text| format!(
            "Subject: {text}\r\nMessage-ID: <{text}@x>\r\n\r\n{text}"
        )
        .into_bytes()),
    ]
}

fn fate(number: u8, text: &str) -> Fate<'_> {
    match number % 5 {
        0 => Fate::Delayed { until: text },
        1 => Fate::Relayed,
        2 => Fate::Delivered,
        3 => Fate::Failed(Failure::Policy),
        _ => Fate::Failed(Failure::Unknown),
    }
}

const NAMES: &[&str] = &[
    "Date",
    "From",
    "To",
    "Subject",
    "Message-ID",
    "In-Reply-To",
    "References",
    "Auto-Submitted",
    "MIME-Version",
    "Content-Type",
    "Content-Transfer-Encoding",
];

const STATUS_NAMES: &[&str] = &[
    "Original-Envelope-Id",
    "Reporting-MTA",
    "Arrival-Date",
    "Original-Recipient",
    "Final-Recipient",
    "Action",
    "Status",
    "Remote-MTA",
    "Diagnostic-Code",
    "Last-Attempt-Date",
    "Will-Retry-Until",
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]

    #[test]
    fn breaks_no_structure(
        texts in prop::collection::vec(hostile(), 9),
        content in octets(),
        numbers in prop::collection::vec(any::<u8>(), 1..4),
        seed in 0..10u64,
        cut in any::<prop::sample::Index>(),
        utf8 in any::<bool>(),
        full in any::<bool>(),
    ) {
        let author = mailbox("postmaster@contoso.com");
        let envelope_id = Xtext::encode(texts[0].as_bytes());
        let orcpt: String = texts[1].bytes().map(|octet| format!("+{octet:02X}")).take(160).collect();
        let original = OriginalRecipient::parse(&format!("rfc822;{orcpt}"));
        let recipients: Vec<Recipient<'_>> = numbers.iter().map(|&number| Recipient {
            original: original.as_ref(),
            address: &texts[2],
            fate: fate(number, &texts[3]),
            status: Enhanced { class: number, subject: u16::from(number) * 9, detail: u16::MAX },
            remote_mta: Some(&texts[4]),
            diagnostic: Some(match number % 2 {
                0 => Diagnostic::Reply(&texts[5]),
                _ => Diagnostic::Observed(&texts[5]),
            }),
            last_attempt: Some(&texts[6]),
        }).collect();
        let message = crate::scene::Message::usual();
        let at = cut.index(content.len() + 1);
        let pieces = [&content[..at], &content[at..]].map(Bytes::copy_from_slice);
        let report = Notice {
            reporting_mta: &texts[7],
            author: Author { name: &texts[8], address: &author },
            message_id: &texts[0],
            date: &texts[3],
            arrival: &texts[6],
            boundary_seed: seed,
            envelope_id: Some(&envelope_id),
            original: Original { header: &content, content: Some(&pieces), octets: u64::MAX },
            ret: Some(if full { Ret::Full } else { Ret::Headers }),
            way: if utf8 { Way::Utf8 } else { Way::Ascii },
            ..notice(&message, &recipients)
        };
        judge(&report, &content, full)?;
    }

    #[test]
    fn the_boundary_is_in_no_content(seeds in prop::collection::vec(0..20u64, 0..40), cut in any::<prop::sample::Index>()) {
        let content: String = seeds.iter().map(|seed| format!("\r\n--=_twinmx_report_{seed:016x}\r\n")).collect();
        let at = cut.index(content.len() + 1);
        let pieces: Vec<Bytes> = [&content[..at], &content[at..]].map(|p| Bytes::copy_from_slice(p.as_bytes())).into();
        let message = crate::scene::Message { header: Vec::new(), pieces };
        let recipients = [recipient("b@x.example", Fate::Failed(Failure::Full))];
        let raw = whole(&notice(&message, &recipients).compose());
        let report = Report::read(&raw);
        prop_assert_eq!(report.octets(2), content.as_bytes());
    }
}

fn judge(notice: &Notice<'_>, content: &[u8], full: bool) -> Result<(), TestCaseError> {
    let composed = notice.compose();
    let raw = whole(&composed);
    let report = Report::read(&raw);
    // Our own lines; those of the original are as they came.
    let own = &composed.content[0];
    let lines: Vec<&[u8]> = own.split(|&octet| octet == b'\n').collect();
    let (_, ended) = lines.split_last().expect("there is one");
    for line in ended {
        let line = line.strip_suffix(b"\r").unwrap_or(b"\n");
        prop_assert!(line.len() <= 998 && !line.contains(&b'\r') && !line.contains(&b'\n'));
        prop_assert!(!line.contains(&0));
    }
    let mut names: Vec<&str> = report
        .message
        .root_part()
        .headers()
        .iter()
        .map(|h| h.name())
        .collect();
    prop_assert!(names.iter().all(|name| NAMES.contains(name)), "{names:?}");
    names.sort_unstable();
    let count = names.len();
    names.dedup();
    prop_assert_eq!(names.len(), count, "a field stands there twice");
    let to: Option<Mailbox> = report
        .message
        .to()
        .and_then(|to| to.first()?.address())
        .and_then(|a| Mailbox::parse(a).ok());
    prop_assert_eq!(to.as_ref(), Some(notice.to));
    let blocks = report.blocks();
    prop_assert_eq!(blocks.len(), 1 + notice.recipients.len());
    for (block, recipient) in blocks[1..].iter().zip(notice.recipients) {
        prop_assert!(
            block
                .iter()
                .all(|(name, _)| STATUS_NAMES.contains(&name.as_str()))
        );
        let actions: Vec<&str> = block
            .iter()
            .filter(|f| f.0 == "Action")
            .map(|f| f.1.as_str())
            .collect();
        prop_assert_eq!(actions, [recipient.fate.action().as_str()]);
    }
    let has_failed = notice
        .recipients
        .iter()
        .any(|r| r.fate.action() == notice::Action::Failed);
    if full
        && has_failed
        && content.len() as u64 <= notice.return_octets_max
        && report.encoding(2) != Some("base64")
    {
        let boundary = report.boundary();
        let end = [content, format!("\r\n--{boundary}--\r\n").as_bytes()].concat();
        prop_assert!(raw.ends_with(&end), "the original is not what it was");
    }
    Ok(())
}
