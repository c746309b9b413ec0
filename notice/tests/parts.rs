//! What stands in the header, in the part for programs, and in the part that returns the message.

use notice::limits::{RETURNED_HEADER_OCTETS_MAX, SUBJECT_OCTETS_MAX};
use notice::{Author, Diagnostic, Failure, Fate, Notice, Recipient, Way};
use smtp::{OriginalRecipient, Ret, Xtext};

use crate::reader::Report;
use crate::scene::{
    BODY, HEADER, LAST, Message, UNTIL, compose, mailbox, notice, recipient, whole,
};

const UNKNOWN: Fate<'_> = Fate::Failed(Failure::Unknown);

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

struct Returned {
    ret: Option<Ret>,
    fate: Fate<'static>,
    way: Way,
    octets_max: u64,
}

impl Returned {
    const FULL: Self = Self {
        ret: Some(Ret::Full),
        fate: UNKNOWN,
        way: Way::Ascii,
        octets_max: 1 << 20,
    };

    /// The kind of the third part, its encoding, and what it is when it is decoded.
    fn check(&self, message: &Message, kind: &str, encoding: Option<&str>, decoded: &[u8]) {
        let recipients = [recipient("b@x.example", self.fate)];
        let composed = compose(&Notice {
            ret: self.ret,
            way: self.way,
            return_octets_max: self.octets_max,
            ..notice(message, &recipients)
        });
        let raw = whole(&composed);
        let report = Report::read(&raw);
        assert_eq!(report.kind(2), kind);
        assert_eq!(report.encoding(2), encoding, "{kind}");
        let found = match encoding {
            Some("quoted-printable") => {
                mail_parser::decoders::quoted_printable::quoted_printable_decode(report.octets(2))
            }
            Some("base64") => mail_parser::decoders::base64::base64_decode(report.octets(2)),
            _ => Some(report.octets(2).to_vec()),
        };
        let found = found.expect("it can be decoded");
        assert_eq!(
            String::from_utf8_lossy(&found),
            String::from_utf8_lossy(decoded),
            "{kind}"
        );
        assert_eq!(composed.eight_bit, encoding == Some("8bit"));
        let is_global = kind.starts_with("message/global");
        assert_eq!(composed.smtp_utf8, is_global && encoding == Some("8bit"));
    }
}

#[test]
fn how_much_of_the_message_is_returned() {
    let fields = HEADER.trim_end().as_bytes();
    let fields = [fields, b"\r\n"].concat();
    let message = Message::usual();
    let whole = message.whole();
    let full = Returned::FULL;
    let headers = "text/rfc822-headers";
    full.check(&message, "message/rfc822", None, &whole);
    for ret in [Some(Ret::Headers), None] {
        Returned {
            ret,
            ..Returned::FULL
        }
        .check(&message, headers, None, &fields);
    }
    // RFC 3461 §4.3: RET is about failures.
    for fate in [
        Fate::Delayed { until: UNTIL },
        Fate::Relayed,
        Fate::Delivered,
    ] {
        Returned {
            fate,
            ..Returned::FULL
        }
        .check(&message, headers, None, &fields);
    }
    let at = |octets_max| Returned {
        octets_max,
        ..Returned::FULL
    };
    at(whole.len() as u64).check(&message, "message/rfc822", None, &whole);
    at(whole.len() as u64 - 1).check(&message, headers, None, &fields);
}

#[test]
fn a_message_of_eight_bits_is_returned_as_it_is() {
    let body = Message::new(HEADER, "Grüße\r\n");
    let fields = [HEADER.trim_end().as_bytes(), b"\r\n"].concat();
    for way in [Way::Ascii, Way::Utf8] {
        let full = Returned {
            way,
            ..Returned::FULL
        };
        full.check(&body, "message/rfc822", Some("8bit"), &body.whole());
        let ret = Some(Ret::Headers);
        Returned { ret, ..full }.check(&body, "text/rfc822-headers", None, &fields);
    }
}

#[test]
fn a_header_of_utf8() {
    let fields = "From: anna@contoso.com\r\nSubject: Größe = groß \r\n";
    let message = Message::new(format!("{fields}\r\n"), BODY);
    let (whole, fields) = (message.whole(), fields.as_bytes());
    let check = |way, ret, kind: &str, encoding: &str, decoded: &[u8]| {
        let ret = Some(ret);
        Returned {
            way,
            ret,
            ..Returned::FULL
        }
        .check(&message, kind, Some(encoding), decoded);
    };
    check(Way::Utf8, Ret::Full, "message/global", "8bit", &whole);
    check(Way::Ascii, Ret::Full, "message/global", "base64", &whole);
    check(
        Way::Utf8,
        Ret::Headers,
        "message/global-headers",
        "8bit",
        fields,
    );
    check(
        Way::Ascii,
        Ret::Headers,
        "message/global-headers",
        "quoted-printable",
        fields,
    );
}

#[test]
fn a_header_that_is_not_sound() {
    let check = |fields: &[u8]| {
        let message = Message::new([fields, b"\r\n"].concat(), BODY);
        for way in [Way::Ascii, Way::Utf8] {
            let ret = Some(Ret::Headers);
            let headers = Returned {
                way,
                ret,
                ..Returned::FULL
            };
            headers.check(
                &message,
                "text/rfc822-headers",
                Some("quoted-printable"),
                fields,
            );
        }
    };
    check(b"Subject: Gr\xf6\xdfe\r\n");
    check(format!("Subject: {}\r\n", "x".repeat(990)).as_bytes());
    let latin = Message::new(b"Subject: Gr\xf6\xdfe\r\n\r\n", BODY);
    Returned::FULL.check(&latin, "message/rfc822", Some("8bit"), &latin.whole());
}

#[test]
fn the_header_is_returned_up_to_a_bound() {
    let fields = |count: usize| "X-Filler: 67890\r\n 9\r\n".repeat(count);
    let one = fields(1).len();
    let check = |header: &str, expected: &str| {
        let message = Message::new(format!("{header}\r\n"), BODY);
        let ret = Some(Ret::Headers);
        let headers = Returned {
            ret,
            ..Returned::FULL
        };
        headers.check(&message, "text/rfc822-headers", None, expected.as_bytes());
    };
    let most = RETURNED_HEADER_OCTETS_MAX / one;
    let rest = RETURNED_HEADER_OCTETS_MAX - most * one;
    let last = |octets: usize| format!("Y:{}\r\n", "y".repeat(octets - 4));
    let exact = fields(most - 1) + &last(one + rest);
    check(&exact, &exact);
    check(
        &(fields(most - 1) + &last(one + rest + 1)),
        &fields(most - 1),
    );
}

fn header_of(message: &Message, fate: Fate<'_>, change: impl FnOnce(&Report<'_>)) {
    let recipients = [recipient("b@x.example", fate)];
    let raw = whole(&compose(&notice(message, &recipients)));
    change(&Report::read(&raw));
}

#[test]
fn subjects() {
    let check = |fate: Fate<'_>, header: &[u8], expected: &str| {
        header_of(&Message::new(header, ""), fate, |report| {
            assert_eq!(
                report.message.subject(),
                Some(expected),
                "{}",
                header.escape_ascii()
            );
        });
    };
    let delayed = Fate::Delayed { until: UNTIL };
    check(
        UNKNOWN,
        b"Subject: The\r\n budget\r\n\r\n",
        "Undeliverable: The budget",
    );
    check(
        delayed,
        b"SUBJECT : The budget\r\n\r\n",
        "Delayed: The budget",
    );
    check(Fate::Relayed, b"subject:x\r\n\r\n", "Relayed: x");
    check(
        Fate::Delivered,
        b"A: b\r\nSubject: x\r\nSubject: y\r\n\r\n",
        "Delivered: x",
    );
    check(
        UNKNOWN,
        b"A: b\r\n\r\nSubject: no\r\n",
        "Your message could not be delivered",
    );
    check(delayed, b"\r\nSubject: no\r\n", "Your message is delayed");
    check(Fate::Relayed, b"", "Your message was handed on");
    check(
        Fate::Delivered,
        b"Subject: \r\n\r\n",
        "Your message was delivered",
    );
    check(
        UNKNOWN,
        "Subject: Größe 漢字\r\n\r\n".as_bytes(),
        "Undeliverable: Größe 漢字",
    );
    check(
        UNKNOWN,
        b"Subject: =?iso-8859-1?Q?Gr=F6=DFe_?=\r\n =?utf-8?B?w7w=?= x\r\n\r\n",
        "Undeliverable: Größe ü x",
    );
    check(
        UNKNOWN,
        b"Subject: a =?utf-8?B?w7?= =?utf-8?Q?=0?= =?x?y?z?= =? b\r\n\r\n",
        "Undeliverable: a b",
    );
    check(
        UNKNOWN,
        b"Subject: a\x07\x1b[2J\x7fb\r\n\r\n",
        "Undeliverable: a [2J b",
    );
}

#[test]
fn the_subject_is_cut_at_its_bound() {
    let check = |subject: String, kept: &str| {
        let message = Message::new(format!("Subject: {subject}\r\n\r\n"), "");
        header_of(&message, UNKNOWN, |report| {
            let expected = format!("Undeliverable: {kept}");
            assert_eq!(report.message.subject(), Some(&*expected));
        });
    };
    let exact = "x".repeat(SUBJECT_OCTETS_MAX);
    check(exact.clone(), &exact);
    let cut = format!("{}...", "x".repeat(SUBJECT_OCTETS_MAX - 3));
    check(format!("{exact}y"), &cut);
    let word = "=?utf-8?B?w7zDvMO8w7zDvMO8w7zDvMO8w7zDvMO8w7zDvMO8w7zDvMO8w7zDvA==?=";
    let most = SUBJECT_OCTETS_MAX / (word.len() + 1);
    let words = |count| vec![word; count].join(" ");
    let decoded = "ü".repeat(20 * most);
    check(words(most), &decoded);
    check(words(most + 1), &format!("{decoded} ..."));
}

#[test]
fn references_to_the_original() {
    let check = |id: &str, expected: Option<&str>| {
        let message = Message::new(format!("Message-ID: {id}\r\n\r\n"), "");
        header_of(&message, UNKNOWN, |report| {
            let (reply, references) = (report.message.in_reply_to(), report.message.references());
            assert_eq!(reply.as_text(), expected, "{id}");
            assert_eq!(references.as_text(), expected, "{id}");
        });
    };
    check("<1@contoso.com>", Some("1@contoso.com"));
    check("\r\n <1@contoso.com>", Some("1@contoso.com"));
    check("1@contoso.com", None);
    check("<1@contoso.com> <2@contoso.com>", None);
    check("<1>", None);
    check("<1 2@contoso.com>", None);
    check("<jörg@contoso.com>", None);
    let long = |octets: usize| format!("{}@x", "1".repeat(octets - 4));
    let most = notice::limits::MESSAGE_ID_OCTETS_MAX;
    check(&format!("<{}>", long(most)), Some(&long(most)));
    check(&format!("<{}>", long(most + 1)), None);
}

#[test]
fn the_rest_of_the_header() {
    header_of(&Message::usual(), UNKNOWN, |report| {
        let header = |name: &'static str| report.message.header_raw(name).map(str::trim);
        assert_eq!(header("Auto-Submitted"), Some("auto-replied"));
        assert_eq!(header("MIME-Version"), Some("1.0"));
        assert_eq!(header("To"), Some("<anna@contoso.com>"));
        assert_eq!(
            header("From"),
            Some("Mail Delivery System <postmaster@contoso.com>")
        );
        assert_eq!(header("Message-ID"), Some("<42.report@mx.contoso.com>"));
        assert_eq!(header("Date"), Some("Sat, 21 Nov 2026 10:00:06 +0100"));
        assert_eq!(header("Content-Transfer-Encoding"), None);
    });
}

#[test]
fn names_of_the_author() {
    let check = |name: &str, expected: Option<&str>| {
        let (message, recipients) = (Message::usual(), [recipient("b@x.example", UNKNOWN)]);
        let address = mailbox("postmaster@contoso.com");
        let author = Author {
            name,
            address: &address,
        };
        let raw = whole(&compose(&Notice {
            author,
            ..notice(&message, &recipients)
        }));
        let report = Report::read(&raw);
        let from = report.message.from().and_then(|from| from.first());
        let from = from.expect("it is from somebody");
        assert_eq!(from.name(), expected, "{name}");
        assert_eq!(from.address(), Some("postmaster@contoso.com"), "{name}");
    };
    check("Mail Delivery System", Some("Mail Delivery System"));
    check("Contoso, Inc. (mail)", Some("Contoso, Inc. (mail)"));
    check("a \"b\" \\c", Some("a \"b\" \\c"));
    check("Zustellung für Müller", Some("Zustellung für Müller"));
    check("x\r\nBcc: y@z", Some("x Bcc: y@z"));
    check("", None);
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
