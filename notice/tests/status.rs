//! The part for programs.

use notice::{Diagnostic, Fate, Notice, Recipient, Way};
use smtp::{OriginalRecipient, Xtext};

use crate::reader::Report;
use crate::scene::{LAST, Message, UNKNOWN, UNTIL, compose, mailbox, notice, recipient, whole};

fn field<'a>(block: &'a [(String, String)], name: &str) -> Option<&'a str> {
    let mut found = block.iter().filter(|(known, _)| known == name);
    let value = found.next().map(|(_, value)| value.as_str());
    assert!(found.next().is_none(), "{name} stands there twice");
    value
}

fn blocks(notice: &Notice<'_>) -> Vec<Vec<(String, String)>> {
    let raw = whole(&compose(notice));
    Report::read(&raw).blocks()
}

#[test]
fn the_fields_of_the_message() {
    let check = |envelope_id: &[u8], expected: Option<&str>| {
        let (message, recipients) = (Message::usual(), [recipient("b@x.example", UNKNOWN)]);
        let id = Xtext::encode(envelope_id);
        let blocks = blocks(&Notice {
            envelope_id: Some(&id),
            ..notice(&message, &recipients)
        });
        assert_eq!(field(&blocks[0], "Original-Envelope-Id"), expected);
        assert_eq!(
            field(&blocks[0], "Reporting-MTA"),
            Some("dns; mx.contoso.com")
        );
        assert_eq!(
            field(&blocks[0], "Arrival-Date"),
            Some(crate::scene::ARRIVAL)
        );
    };
    check(b"QQ314159", Some("QQ314159"));
    check(b"a+b=c d", Some("a+b=c d"));
    check(b"a\r\nFinal-Recipient: rfc822; mallory@x.example", None);
    check("ü".as_bytes(), None);
    check(b"", None);
}

#[test]
fn the_action_and_its_status() {
    let check = |fate: Fate<'_>, action: &str, status: &str, until: Option<&str>| {
        let (message, recipients) = (Message::usual(), [recipient("b@x.example", fate)]);
        let blocks = blocks(&notice(&message, &recipients));
        assert_eq!(field(&blocks[1], "Action"), Some(action));
        assert_eq!(field(&blocks[1], "Status"), Some(status));
        assert_eq!(field(&blocks[1], "Will-Retry-Until"), until);
        assert_eq!(field(&blocks[1], "Last-Attempt-Date"), Some(LAST));
        assert_eq!(
            field(&blocks[1], "Final-Recipient"),
            Some("rfc822; b@x.example")
        );
    };
    check(UNKNOWN, "failed", "5.1.1", None);
    check(
        Fate::Delayed { until: UNTIL },
        "delayed",
        "4.1.1",
        Some(UNTIL),
    );
    check(Fate::Relayed, "relayed", "2.1.1", None);
    check(Fate::Delivered, "delivered", "2.1.1", None);
}

#[test]
fn the_hop_and_its_words() {
    let check = |name: &str, said: Diagnostic<'_>, mta: Option<&str>, code: Option<&str>| {
        let mut bert = recipient("b@x.example", UNKNOWN);
        (bert.remote_mta, bert.diagnostic) = (Some(name), Some(said));
        let (message, recipients) = (Message::usual(), [bert]);
        let blocks = blocks(&notice(&message, &recipients));
        assert_eq!(field(&blocks[1], "Remote-MTA"), mta);
        assert_eq!(field(&blocks[1], "Diagnostic-Code"), code);
        assert_eq!(blocks.len(), 2);
    };
    let reply = Diagnostic::Reply("550 No");
    check(
        "mx.x.example",
        reply,
        Some("dns; mx.x.example"),
        Some("smtp; 550 No"),
    );
    check(
        "192.0.2.1",
        reply,
        Some("dns; [192.0.2.1]"),
        Some("smtp; 550 No"),
    );
    check(
        "2001:db8::1",
        reply,
        Some("dns; [IPv6:2001:db8::1]"),
        Some("smtp; 550 No"),
    );
    check("", reply, None, Some("smtp; 550 No"));
    let several =
        Diagnostic::Reply("550-5.1.1 No\r\n550 5.1.1 such\tuser\r\n\r\nAction: delivered");
    let joined = "smtp; 550-5.1.1 No 550 5.1.1 such user Action: delivered";
    check("a b\r\nc", several, Some("dns; a?b?c"), Some(joined));
    check(
        "mx",
        Diagnostic::Reply("Größe\u{202e}\u{7}"),
        Some("dns; mx"),
        Some("smtp; Gr??e"),
    );
    check("mx", Diagnostic::Reply(" \r\n "), Some("dns; mx"), None);
    check(
        "mx",
        Diagnostic::Observed("timed out"),
        Some("dns; mx"),
        Some("x-twinmx; timed out"),
    );
}

#[test]
fn original_recipients() {
    let check = |orcpt: &str, way: Way, kind: &str, expected: Option<&str>| {
        let original = OriginalRecipient::parse(orcpt).expect(orcpt);
        let mut bert = recipient("b@x.example", UNKNOWN);
        bert.original = Some(&original);
        let (message, recipients) = (Message::usual(), [bert]);
        let composed = compose(&Notice {
            way,
            ..notice(&message, &recipients)
        });
        let raw = whole(&composed);
        let report = Report::read(&raw);
        assert_eq!(report.kind(1), kind, "{orcpt}");
        assert_eq!(
            field(&report.blocks()[1], "Original-Recipient"),
            expected,
            "{orcpt}"
        );
        assert_eq!(composed.smtp_utf8, kind != PLAIN);
    };
    check(
        "rfc822;bert+2Bx@x.example",
        Way::Utf8,
        PLAIN,
        Some("rfc822; bert+x@x.example"),
    );
    check("x400;/C+3Dde/", Way::Ascii, PLAIN, Some("x400; /C=de/"));
    check("rfc822;a+0D+0AAction:+20delivered", Way::Ascii, PLAIN, None);
    check("rfc822;+C3+BC@x.example", Way::Ascii, PLAIN, None);
    check(
        "utf-8;j\\x{F6}rg@x.example",
        Way::Ascii,
        PLAIN,
        Some("utf-8; j\\x{F6}rg@x.example"),
    );
    check(
        "utf-8;j\\x{F6}rg@x.example",
        Way::Utf8,
        GLOBAL,
        Some("utf-8; jörg@x.example"),
    );
    check(
        "utf-8;jörg@x.example",
        Way::Ascii,
        PLAIN,
        Some("utf-8; j\\x{F6}rg@x.example"),
    );
    check("utf-8;a\\x{0A}b", Way::Utf8, PLAIN, None);
    check("utf-8;a\\x{D800}b", Way::Utf8, PLAIN, None);
    check("utf-8;a\\x{F6", Way::Utf8, PLAIN, None);
}

const PLAIN: &str = "message/delivery-status";
const GLOBAL: &str = "message/global-delivery-status";

#[test]
fn addresses_of_more_than_ascii() {
    let check = |way: Way, kind: &str, expected: &str| {
        let (message, recipients) = (
            Message::usual(),
            [recipient("jörg+x@bücher.example", UNKNOWN)],
        );
        let composed = compose(&Notice {
            way,
            ..notice(&message, &recipients)
        });
        let raw = whole(&composed);
        let report = Report::read(&raw);
        assert_eq!(report.kind(1), kind);
        assert_eq!(
            field(&report.blocks()[1], "Final-Recipient"),
            Some(expected)
        );
        assert!(report.text().contains("* jörg+x@bücher.example\r\n"));
        assert_eq!(
            (composed.eight_bit, composed.smtp_utf8),
            (way == Way::Utf8, way == Way::Utf8)
        );
    };
    check(
        Way::Ascii,
        PLAIN,
        "utf-8; j\\x{F6}rg\\x{2B}x@b\\x{FC}cher.example",
    );
    check(Way::Utf8, GLOBAL, "utf-8; jörg+x@bücher.example");
}

#[test]
fn a_reader_of_more_than_ascii_needs_smtp_utf8() {
    let (message, recipients) = (Message::usual(), [recipient("b@x.example", UNKNOWN)]);
    let to = mailbox("jörg@contoso.com");
    for way in [Way::Ascii, Way::Utf8] {
        let report = Notice {
            to: &to,
            way,
            ..notice(&message, &recipients)
        };
        let composed = compose(&report);
        assert!(composed.smtp_utf8 && !composed.eight_bit);
    }
}

#[test]
fn many_recipients_are_all_in_the_status() {
    let addresses: Vec<String> = (0..1000).map(|n| format!("r{n}@x.example")).collect();
    let recipients: Vec<Recipient<'_>> = addresses.iter().map(|a| recipient(a, UNKNOWN)).collect();
    let message = Message::usual();
    let blocks = blocks(&notice(&message, &recipients));
    assert_eq!(blocks.len(), 1001);
    for (block, address) in blocks[1..].iter().zip(&addresses) {
        assert_eq!(
            field(block, "Final-Recipient"),
            Some(&*format!("rfc822; {address}"))
        );
    }
}
