//! A report as a whole (RFC 3464 §2, RFC 6522 §3).

use bytes::Bytes;
use smtp::{Enhanced, Mailbox, OriginalRecipient, Ret, Xtext};

use crate::boundary::Boundary;
use crate::explanation::explanation;
use crate::fate::{Action, Fate};
use crate::header::header;
use crate::returned::Returned;
use crate::status::Status;

/// What a report is made of. Texts may hold anything: they are cleaned and cut where they are written.
#[derive(Clone, Copy, Debug)]
pub struct Notice<'a> {
    /// The name of the host that reports.
    pub reporting_mta: &'a str,
    /// Who the report says it is from.
    pub author: Author<'a>,
    /// The reverse path of the message. A null one is no mailbox, so there is no report on a report.
    pub to: &'a Mailbox,
    /// What becomes the Message-ID, without brackets, such as `unique@mx.example`.
    pub message_id: &'a str,
    /// Now, as a date of RFC 5322 §3.3.
    pub date: &'a str,
    /// Where the choice of a boundary begins. Nothing depends on its being secret.
    pub boundary_seed: u64,
    /// ENVID.
    pub envelope_id: Option<&'a Xtext>,
    /// When the message came, as a date of RFC 5322 §3.3.
    pub arrival: &'a str,
    /// The message that is reported on.
    pub original: Original<'a>,
    /// RET.
    pub ret: Option<Ret>,
    /// The largest message that is returned as a whole.
    pub return_octets_max: u64,
    /// What the way to the sender takes.
    pub way: Way,
    /// Those that are reported on, in the order of the envelope.
    pub recipients: &'a [Recipient<'a>],
}

/// Who a report is from.
#[derive(Clone, Copy, Debug)]
pub struct Author<'a> {
    /// Such as `Mail Delivery System`.
    pub name: &'a str,
    /// Such as `postmaster@contoso.com`.
    pub address: &'a Mailbox,
}

/// The message that is reported on, as it was received: lines end in CRLF.
#[derive(Clone, Copy, Debug)]
pub struct Original<'a> {
    /// Its header block, with or without the empty line at its end.
    pub header: &'a [u8],
    /// All of it, header block included, if it is at hand.
    pub content: Option<&'a [Bytes]>,
    /// Octets of all of it.
    pub octets: u64,
}

/// One recipient in a report.
#[derive(Clone, Copy, Debug)]
pub struct Recipient<'a> {
    /// ORCPT.
    pub original: Option<&'a OriginalRecipient>,
    /// The forward path as the sender gave it.
    pub address: &'a str,
    /// What became of it.
    pub fate: Fate<'a>,
    /// The status. Its class is written as the fate demands, see [`Action::class`].
    pub status: Enhanced,
    /// The hop that spoke, by its name or its address.
    pub remote_mta: Option<&'a str>,
    /// What was said or seen.
    pub diagnostic: Option<Diagnostic<'a>>,
    /// When it was tried last, as a date of RFC 5322 §3.3.
    pub last_attempt: Option<&'a str>,
}

/// Why a recipient was not served, in the words of who knows.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
pub enum Diagnostic<'a> {
    /// A hop's reply with its codes, word for word; several lines are parted by line ends.
    Reply(&'a str),
    /// What we saw ourselves, such as a connection that was not made.
    Observed(&'a str),
}

/// What the way to the sender takes (RFC 6531).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Way {
    /// The message came with SMTPUTF8, so its sender can read it, and the hop offers it.
    Utf8,
    /// What is not ASCII is written in ASCII. So it is also where only the hop offers SMTPUTF8: a system behind it may
    /// not, and the report would be lost there.
    Ascii,
}

/// A report, ready to be sent from the null reverse path (RFC 3461 §6.1).
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Composed {
    /// The message. Lines end in CRLF and hold at most 998 octets, if those of the original do.
    pub content: Vec<Bytes>,
    /// Whether the body has octets above 127: BODY=8BITMIME, or a hop's share of down-conversion.
    pub eight_bit: bool,
    /// Whether it needs a hop with SMTPUTF8. With [`Way::Ascii`] only where the address of its author or of its
    /// reader does.
    pub smtp_utf8: bool,
}

impl Notice<'_> {
    /// Makes the report.
    pub fn compose(&self) -> Composed {
        let explanation = explanation(self);
        let status = Status::of(self);
        let returned = Returned::of(self);
        let eight_bit = status.is_eight_bit() || returned.is_eight_bit();
        let boundary = {
            let own = [&explanation[..], status.part()].into_iter();
            let original = returned.pieces.iter().map(|piece| &piece[..]);
            Boundary::outside(self.boundary_seed, own.chain(original))
        };
        let mut front = header(self, &boundary, eight_bit);
        for part in [&explanation[..], status.part(), &returned.header] {
            boundary.open(&mut front);
            front.extend_from_slice(part);
        }
        let mut back = Vec::new();
        boundary.close(&mut back);
        let mut content = vec![Bytes::from(front)];
        content.extend(returned.pieces.iter().cloned());
        content.push(back.into());
        Composed {
            content,
            eight_bit,
            smtp_utf8: status.is_eight_bit()
                || returned.is_international()
                || !self.to.is_ascii()
                || !self.author.address.is_ascii(),
        }
    }

    /// The worst that is reported.
    pub(crate) fn worst(&self) -> Action {
        let actions = self.recipients.iter().map(|r| r.fate.action());
        actions.min().unwrap_or(Action::Delivered)
    }
}
