//! The envelope as it is written to a hop: parameters only as far as the hop offers their extension.

use std::fmt::{self, Write as _};

use crate::envelope::{BodyKind, MailFrom, OriginalRecipient, RcptTo};
use crate::extension::{Capabilities, SizeLimit};
use crate::reply::Reply;

/// The envelope toward a hop.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct HopEnvelope {
    /// MAIL, with `size` set if it is known.
    pub mail: MailFrom,
    /// RCPT, at least one.
    pub recipients: Vec<RcptTo>,
}

impl HopEnvelope {
    /// Why a hop that offers `capabilities` cannot take this envelope: RFC 1870 §6.1, RFC 6152 §3, RFC 6531 §3.6.
    pub fn unfit_for(&self, capabilities: &Capabilities) -> Option<Reply> {
        let is_utf8 = self.mail.smtp_utf8
            || !self.mail.path.is_ascii()
            || self.recipients.iter().any(|r| !r.path.is_ascii());
        let too_large = match (capabilities.size, self.mail.size) {
            (SizeLimit::Max(max), Some(size)) => size > max,
            (SizeLimit::NotOffered | SizeLimit::Unbounded, _) | (_, None) => false,
        };
        if too_large {
            Some(Reply::TOO_LARGE)
        } else if self.mail.body == BodyKind::EightBit && !capabilities.eight_bit_mime {
            Some(Reply::HOP_LACKS_8BITMIME)
        } else if is_utf8 && !capabilities.smtp_utf8 {
            Some(Reply::HOP_LACKS_SMTPUTF8)
        } else {
            None
        }
    }

    /// How many commands these are: MAIL and each RCPT.
    pub(super) fn commands(&self) -> usize {
        1 + self.recipients.len()
    }

    /// Writes the command of this number with its CRLF.
    pub(super) fn write(&self, number: usize, capabilities: &Capabilities, line: &mut String) {
        match number.checked_sub(1).and_then(|at| self.recipients.get(at)) {
            None => mail(&self.mail, capabilities, line),
            Some(recipient) => rcpt(recipient, capabilities, line),
        }
        line.push_str("\r\n");
    }
}

fn mail(mail: &MailFrom, capabilities: &Capabilities, line: &mut String) {
    add(line, format_args!("MAIL FROM:<{}>", mail.path));
    if let (true, Some(size)) = (capabilities.size != SizeLimit::NotOffered, mail.size) {
        add(line, format_args!(" SIZE={size}"));
    }
    if capabilities.eight_bit_mime {
        line.push_str(match mail.body {
            BodyKind::Unspecified => "",
            BodyKind::SevenBit => " BODY=7BIT",
            BodyKind::EightBit => " BODY=8BITMIME",
        });
    }
    if capabilities.smtp_utf8 && mail.smtp_utf8 {
        line.push_str(" SMTPUTF8");
    }
    if let (true, Some(ret)) = (capabilities.dsn, mail.ret) {
        add(line, format_args!(" RET={ret}"));
    }
    if let (true, Some(envid)) = (capabilities.dsn, &mail.envid) {
        add(line, format_args!(" ENVID={envid}"));
    }
}

fn rcpt(rcpt: &RcptTo, capabilities: &Capabilities, line: &mut String) {
    add(line, format_args!("RCPT TO:<{}>", rcpt.path));
    if let (true, Some(notify)) = (capabilities.dsn, rcpt.notify) {
        add(line, format_args!(" NOTIFY={notify}"));
    }
    let writable = |o: &&OriginalRecipient| o.fits() && (capabilities.smtp_utf8 || o.is_ascii());
    let orcpt = rcpt.orcpt.as_ref().filter(writable);
    if let (true, Some(orcpt)) = (capabilities.dsn, orcpt) {
        add(line, format_args!(" ORCPT={orcpt}"));
    }
}

fn add(line: &mut String, text: fmt::Arguments<'_>) {
    line.write_fmt(text).expect("a String takes everything");
}
