//! The envelope as it is written to a hop: parameters only as far as the hop offers their extension.

use std::fmt::Write as _;

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

    /// MAIL and each RCPT, with their CRLF.
    pub(super) fn commands(&self, capabilities: &Capabilities) -> Vec<String> {
        let mut commands = vec![mail(&self.mail, capabilities)];
        commands.extend(self.recipients.iter().map(|r| rcpt(r, capabilities)));
        commands
    }
}

fn mail(mail: &MailFrom, capabilities: &Capabilities) -> String {
    let mut line = format!("MAIL FROM:<{}>", mail.path);
    if capabilities.size != SizeLimit::NotOffered {
        add(&mut line, "SIZE", mail.size);
    }
    if capabilities.eight_bit_mime {
        let kind = match mail.body {
            BodyKind::Unspecified => None,
            BodyKind::SevenBit => Some("7BIT"),
            BodyKind::EightBit => Some("8BITMIME"),
        };
        add(&mut line, "BODY", kind);
    }
    if capabilities.smtp_utf8 && mail.smtp_utf8 {
        line.push_str(" SMTPUTF8");
    }
    if capabilities.dsn {
        add(&mut line, "RET", mail.ret);
        add(&mut line, "ENVID", mail.envid.as_ref());
    }
    line.push_str("\r\n");
    line
}

fn rcpt(rcpt: &RcptTo, capabilities: &Capabilities) -> String {
    let mut line = format!("RCPT TO:<{}>", rcpt.path);
    if capabilities.dsn {
        let writable =
            |o: &&OriginalRecipient| o.fits() && (capabilities.smtp_utf8 || o.is_ascii());
        add(&mut line, "NOTIFY", rcpt.notify);
        add(&mut line, "ORCPT", rcpt.orcpt.as_ref().filter(writable));
    }
    line.push_str("\r\n");
    line
}

fn add(line: &mut String, keyword: &str, value: Option<impl std::fmt::Display>) {
    if let Some(value) = value {
        write!(line, " {keyword}={value}").expect("a String takes everything");
    }
}
