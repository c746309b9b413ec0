//! The envelope of a message (RFC 5321 §2.3.1) with the parameters of RFC 1870, 6152, 6531 and 3461.

use std::fmt;

use crate::limits::{ENVID_OCTETS_MAX, ORCPT_OCTETS_MAX};
use crate::path::{ForwardPath, Mailbox, ReversePath};
use crate::xtext::Xtext;

/// Everything said of a message before its content.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Envelope {
    /// The MAIL command.
    pub mail: MailFrom,
    /// The RCPT commands that were accepted, in their order.
    pub recipients: Vec<RcptTo>,
}

/// A MAIL command.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct MailFrom {
    /// The reverse path.
    pub path: ReversePath,
    /// BODY.
    pub body: BodyKind,
    /// SMTPUTF8.
    pub smtp_utf8: bool,
    /// SIZE, the client's estimate.
    pub size: Option<u64>,
    /// RET.
    pub ret: Option<Ret>,
    /// ENVID.
    pub envid: Option<Xtext>,
}

impl MailFrom {
    /// A MAIL without parameters.
    pub fn new(path: ReversePath) -> Self {
        Self {
            path,
            body: BodyKind::Unspecified,
            smtp_utf8: false,
            size: None,
            ret: None,
            envid: None,
        }
    }
}

/// A RCPT command.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RcptTo {
    /// The forward path.
    pub path: ForwardPath,
    /// NOTIFY.
    pub notify: Option<Notify>,
    /// ORCPT.
    pub orcpt: Option<OriginalRecipient>,
}

impl RcptTo {
    /// A RCPT without parameters.
    pub fn new(path: ForwardPath) -> Self {
        Self {
            path,
            notify: None,
            orcpt: None,
        }
    }
}

/// What BODY says of the content (RFC 6152 §3).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum BodyKind {
    /// No BODY parameter.
    Unspecified,
    /// `7BIT`.
    SevenBit,
    /// `8BITMIME`.
    EightBit,
}

/// How much of the message a report returns (RFC 3461 §4.3).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Ret {
    /// The whole message.
    Full,
    /// Its header.
    Headers,
}

impl fmt::Display for Ret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Full => "FULL",
            Self::Headers => "HDRS",
        })
    }
}

/// When the sender wants a report (RFC 3461 §4.1).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Notify {
    /// Never.
    Never,
    /// In each case that is set; at least one is.
    On {
        /// Delivered.
        success: bool,
        /// Refused.
        failure: bool,
        /// Delayed.
        delay: bool,
    },
}

impl Notify {
    /// Parses the value of NOTIFY.
    pub fn parse(text: &str) -> Option<Self> {
        if text.eq_ignore_ascii_case("NEVER") {
            return Some(Self::Never);
        }
        let (mut success, mut failure, mut delay) = (false, false, false);
        for word in text.split(',') {
            let flag = match word.to_ascii_uppercase().as_str() {
                "SUCCESS" => &mut success,
                "FAILURE" => &mut failure,
                "DELAY" => &mut delay,
                _ => return None,
            };
            *flag = true;
        }
        Some(Self::On {
            success,
            failure,
            delay,
        })
    }
}

impl fmt::Display for Notify {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self::On {
            success,
            failure,
            delay,
        } = *self
        else {
            return f.write_str("NEVER");
        };
        let words = [(success, "SUCCESS"), (failure, "FAILURE"), (delay, "DELAY")];
        let set: Vec<&str> = words.iter().filter(|w| w.0).map(|w| w.1).collect();
        f.write_str(&set.join(","))
    }
}

/// An ENVID of bounded length.
pub(crate) fn envid(text: &str) -> Option<Xtext> {
    (1..=ENVID_OCTETS_MAX)
        .contains(&text.len())
        .then(|| Xtext::from_encoded(text))?
}

/// Whom the sender named before any rewriting (RFC 3461 §4.2), as `type;encoded address`.
#[derive(Clone, PartialEq, Eq, Debug, Hash)]
pub struct OriginalRecipient {
    kind: String,
    address: String,
}

impl OriginalRecipient {
    /// Parses the value of ORCPT: a type of letters, digits and hyphens, and an address in xtext or, for `utf-8`, in
    /// the forms of RFC 6533 §3.
    pub fn parse(text: &str) -> Option<Self> {
        let (kind, address) = text.split_once(';')?;
        let is_kind = |b: u8| b.is_ascii_alphanumeric() || b == b'-';
        if text.len() > ORCPT_OCTETS_MAX || kind.is_empty() || !kind.bytes().all(is_kind) {
            return None;
        }
        let is_utf8 = kind.eq_ignore_ascii_case("utf-8");
        let valid = !address.is_empty()
            && match is_utf8 {
                true => address
                    .chars()
                    .all(|c| !matches!(c, '\0'..=' ' | '+' | '=' | '\x7f'..='\u{9f}')),
                false => Xtext::from_encoded(address).is_some(),
            };
        valid.then(|| Self {
            kind: kind.to_owned(),
            address: address.to_owned(),
        })
    }

    /// The recipient as it is, for one that is about to be rewritten. One that is too long once it is encoded
    /// [does not fit](Self::fits) and is not written onward: ORCPT may be left out (RFC 3461 §5.2.1).
    pub fn of(mailbox: &Mailbox) -> Self {
        let text = mailbox.to_string();
        match mailbox.is_ascii() {
            true => Self {
                kind: "rfc822".into(),
                address: Xtext::encode(text.as_bytes()).to_string(),
            },
            false => Self {
                kind: "utf-8".into(),
                address: text.chars().map(unitext).collect(),
            },
        }
    }

    /// The address type, such as `rfc822`.
    pub fn kind(&self) -> &str {
        &self.kind
    }

    /// The address, still encoded.
    pub fn encoded(&self) -> &str {
        &self.address
    }

    /// Whether it can be written without SMTPUTF8.
    pub fn is_ascii(&self) -> bool {
        self.address.is_ascii()
    }

    /// Whether it is short enough to be written.
    pub fn fits(&self) -> bool {
        self.kind.len() + ";".len() + self.address.len() <= ORCPT_OCTETS_MAX
    }
}

impl fmt::Display for OriginalRecipient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{};{}", self.kind, self.address)
    }
}

/// RFC 6533 §3, utf-8-addr-xtext: good toward hops with and without SMTPUTF8.
fn unitext(c: char) -> String {
    match c {
        '+' | '=' | '\\' | '\0'..=' ' | '\x7f'.. => format!("\\x{{{:X}}}", u32::from(c)),
        _ => c.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn notify() {
        let check = |text: &str, written: Option<&str>| {
            let found = Notify::parse(text).map(|n| n.to_string());
            assert_eq!(found.as_deref(), written, "{text}");
        };
        check("never", Some("NEVER"));
        check("Failure,DELAY", Some("FAILURE,DELAY"));
        check("DELAY,SUCCESS,SUCCESS", Some("SUCCESS,DELAY"));
        check("", None);
        check("NEVER,DELAY", None);
        check("FAILURE,", None);
        check("SOMETIMES", None);
    }

    #[test]
    fn original_recipients() {
        let check = |text: &str, taken: bool| {
            let written = OriginalRecipient::parse(text).map(|o| o.to_string());
            assert_eq!(written.as_deref(), taken.then_some(text));
        };
        check("rfc822;john+2Bx@contoso.com", true);
        check("x400;/C=de/", false); // `=` has to be encoded
        check("utf-8;j\\x{F6}rg@contoso.com", true);
        check("utf-8;jörg@contoso.com", true);
        check("rfc822;jörg@contoso.com", false);
        check("rfc822;", false);
        check(";a@b", false);
        check("rfc 822;a@b", false);
        check("rfc822", false);
        let long = |octets: usize| format!("rfc822;{}", "x".repeat(octets - 7));
        check(&long(ORCPT_OCTETS_MAX), true);
        check(&long(ORCPT_OCTETS_MAX + 1), false);
    }

    #[test]
    fn a_recipient_about_to_be_rewritten() {
        let check = |address: &str, expected: &str| {
            let mailbox = Mailbox::parse(address).expect(address);
            let original = OriginalRecipient::of(&mailbox).to_string();
            assert_eq!(original, expected);
            assert!(OriginalRecipient::parse(&original).is_some(), "{original}");
        };
        check("john+x@contoso.com", "rfc822;john+2Bx@contoso.com");
        check("\"a b\"@contoso.com", "rfc822;\"a+20b\"@contoso.com");
        check("jörg+x@contoso.com", "utf-8;j\\x{F6}rg\\x{2B}x@contoso.com");
    }

    #[test]
    fn envid_at_the_limit_and_one_past() {
        assert!(envid(&"x".repeat(ENVID_OCTETS_MAX)).is_some());
        assert!(envid(&"x".repeat(ENVID_OCTETS_MAX + 1)).is_none());
        assert!(envid("").is_none());
    }
}
