//! A message of anna@contoso.com and what may become of it.

use std::sync::LazyLock;

use bytes::Bytes;
use notice::limits::LINE_OCTETS_MAX;
use notice::{Author, Composed, Diagnostic, Failure, Fate, Notice, Original, Recipient, Way};
use smtp::{Enhanced, LineCheck, Mailbox, Ret};

pub(crate) const HEADER: &str = "Received: from client.contoso.com by mx.contoso.com; Sat, 21 Nov 2026 10:00:00 +0100\r\n\
    From: Anna <anna@contoso.com>\r\nTo: bert@fabrikam.com\r\nSubject: The budget\r\n\
    Message-ID: <1@contoso.com>\r\nDate: Sat, 21 Nov 2026 09:59:58 +0100\r\n\r\n";
pub(crate) const BODY: &str = "Here it is.\r\n";
pub(crate) const ARRIVAL: &str = "Sat, 21 Nov 2026 10:00:00 +0100";
pub(crate) const LAST: &str = "Sat, 21 Nov 2026 10:00:05 +0100";
pub(crate) const UNTIL: &str = "Thu, 26 Nov 2026 10:00:00 +0100";

pub(crate) const UNKNOWN: Fate<'_> = Fate::Failed(Failure::Unknown);

/// The message, in the pieces of the network.
pub(crate) struct Message {
    pub(crate) header: Vec<u8>,
    pub(crate) pieces: Vec<Bytes>,
}

impl Message {
    pub(crate) fn new(header: impl AsRef<[u8]>, body: impl AsRef<[u8]>) -> Self {
        let header = header.as_ref().to_vec();
        let whole = [&header[..], body.as_ref()].concat();
        let pieces = whole.chunks(1000).map(Bytes::copy_from_slice).collect();
        Self { header, pieces }
    }

    pub(crate) fn usual() -> Self {
        Self::new(HEADER, BODY)
    }

    pub(crate) fn whole(&self) -> Vec<u8> {
        self.pieces.concat()
    }

    pub(crate) fn original(&self) -> Original<'_> {
        Original {
            header: &self.header,
            content: Some(&self.pieces),
            octets: self.whole().len() as u64,
        }
    }
}

pub(crate) fn mailbox(address: &str) -> Mailbox {
    Mailbox::parse(address).expect(address)
}

static POSTMASTER: LazyLock<Mailbox> = LazyLock::new(|| mailbox("postmaster@contoso.com"));
static ANNA: LazyLock<Mailbox> = LazyLock::new(|| mailbox("anna@contoso.com"));

/// The usual report on a message.
pub(crate) fn notice<'a>(message: &'a Message, recipients: &'a [Recipient<'a>]) -> Notice<'a> {
    Notice {
        reporting_mta: "mx.contoso.com",
        author: Author {
            name: "Mail Delivery System",
            address: &POSTMASTER,
        },
        to: &ANNA,
        message_id: "42.report@mx.contoso.com",
        date: "Sat, 21 Nov 2026 10:00:06 +0100",
        boundary_seed: 7,
        envelope_id: None,
        arrival: ARRIVAL,
        original: message.original(),
        ret: Some(Ret::Full),
        return_octets_max: 64 * 1024,
        way: Way::Ascii,
        recipients,
    }
}

/// Composes, and holds what is true of every report on a message with sound lines.
pub(crate) fn compose(notice: &Notice<'_>) -> Composed {
    let composed = notice.compose();
    let whole = composed.content.concat();
    assert!(whole.ends_with(b"--\r\n"));
    // What the gateway asks before anything is written to a hop.
    let mut judge = LineCheck::new();
    for piece in &composed.content {
        judge.pass(piece.clone()).expect("its lines are sound");
    }
    judge.end().expect("its lines are sound");
    let mut lines = whole.split(|&octet| octet == b'\n');
    assert!(lines.all(|line| line.len() <= LINE_OCTETS_MAX + "\r".len()));
    let end_of_header = memchr::memmem::find(&whole, b"\r\n\r\n").expect("it has a body");
    let (header, body) = whole.split_at(end_of_header);
    assert_eq!(composed.eight_bit, !body.is_ascii());
    assert!(composed.smtp_utf8 || header.is_ascii());
    composed
}

pub(crate) fn recipient<'a>(address: &'a str, fate: Fate<'a>) -> Recipient<'a> {
    Recipient {
        original: None,
        address,
        fate,
        status: Enhanced {
            class: 5,
            subject: 1,
            detail: 1,
        },
        remote_mta: Some("mail.fabrikam.com"),
        diagnostic: Some(Diagnostic::Reply(
            "550 5.1.1 <bert@fabrikam.com>: nobody here of that name",
        )),
        last_attempt: Some(LAST),
    }
}

/// The message as one.
pub(crate) fn whole(composed: &Composed) -> Vec<u8> {
    composed.content.concat()
}
