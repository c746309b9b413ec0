//! The header of a report.

use notice::limits::SUBJECT_OCTETS_MAX;
use notice::{Author, Fate, Notice};

use crate::reader::Report;
use crate::scene::{Message, UNKNOWN, UNTIL, compose, mailbox, notice, recipient, whole};

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
