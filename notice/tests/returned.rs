//! The part that returns the message.

use notice::limits::{LINE_OCTETS_MAX, RETURNED_HEADER_OCTETS_MAX};
use notice::{Fate, Notice, Way};
use smtp::Ret;

use crate::reader::Report;
use crate::scene::{BODY, HEADER, Message, UNKNOWN, UNTIL, compose, notice, recipient, whole};

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
    check(format!("Subject: {}\r\n", "x".repeat(LINE_OCTETS_MAX - 8)).as_bytes());
    let exact = format!(
        "Subject: {}\r\n",
        "x".repeat(LINE_OCTETS_MAX - "Subject: ".len())
    );
    let message = Message::new(format!("{exact}\r\n"), BODY);
    let ret = Some(Ret::Headers);
    let headers = Returned {
        ret,
        ..Returned::FULL
    };
    headers.check(&message, "text/rfc822-headers", None, exact.as_bytes());
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
