//! Reverse and forward paths (RFC 5321 §4.1.2, RFC 6531 §3.3).
//!
//! What RFC 5321 keeps only for history is refused: source routes, and in a forward path whatever an older mailer
//! behind us could take for a route of its own (`%`, `!`, a quoted `@`).

use std::borrow::Cow;
use std::fmt::{self, Write as _};
use std::net::{Ipv4Addr, Ipv6Addr};
use std::sync::Arc;

use crate::limits::{
    DOMAIN_OCTETS_MAX, ENCAPSULATED_OCTETS_MAX, LABEL_OCTETS_MAX, LOCAL_PART_OCTETS_MAX,
    PATH_OCTETS_MAX,
};

/// Where reports about a message go: the argument of MAIL.
#[derive(Clone, PartialEq, Eq, Debug, Hash)]
pub enum ReversePath {
    /// `<>`: nobody is to be told (RFC 5321 §4.5.5).
    Null,
    /// A sender.
    Mailbox(Mailbox),
}

impl ReversePath {
    /// Parses what stands between the angle brackets of MAIL.
    pub fn parse(text: &str) -> Result<Self, PathError> {
        match text {
            "" => Ok(Self::Null),
            _ => within_limit(text)
                .and_then(Mailbox::parse)
                .map(Self::Mailbox),
        }
    }

    /// Whether it can be written without SMTPUTF8.
    pub fn is_ascii(&self) -> bool {
        match self {
            Self::Null => true,
            Self::Mailbox(mailbox) => mailbox.is_ascii(),
        }
    }
}

/// Without angle brackets.
impl fmt::Display for ReversePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Null => Ok(()),
            Self::Mailbox(mailbox) => mailbox.fmt(f),
        }
    }
}

/// Where a message goes: the argument of RCPT.
#[derive(Clone, PartialEq, Eq, Debug, Hash)]
pub enum ForwardPath {
    /// `<Postmaster>`, the one address without a domain (RFC 5321 §4.5.1).
    Postmaster,
    /// A recipient.
    Mailbox(Mailbox),
}

impl ForwardPath {
    /// Parses what stands between the angle brackets of RCPT.
    pub fn parse(text: &str) -> Result<Self, PathError> {
        if text.eq_ignore_ascii_case("postmaster") {
            return Ok(Self::Postmaster);
        }
        let mailbox = Mailbox::parse(within_limit(text)?)?;
        match mailbox.local_part.contains(['%', '!', '@']) {
            true => Err(PathError::Route),
            false => Ok(Self::Mailbox(mailbox)),
        }
    }

    /// Whether it can be written without SMTPUTF8.
    pub fn is_ascii(&self) -> bool {
        match self {
            Self::Postmaster => true,
            Self::Mailbox(mailbox) => mailbox.is_ascii(),
        }
    }
}

/// Without angle brackets.
impl fmt::Display for ForwardPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Postmaster => f.write_str("Postmaster"),
            Self::Mailbox(mailbox) => mailbox.fmt(f),
        }
    }
}

/// A local part and a domain.
#[derive(Clone, PartialEq, Eq, Debug, Hash)]
pub struct Mailbox {
    local_part: Arc<str>, // shared: an envelope is copied on its way from one side to the other
    domain: Arc<str>,
}

/// Why a text is not a path we take.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum PathError {
    /// It does not follow the grammar.
    #[error("not an address")]
    Syntax,
    /// A part of it or all of it is too long.
    #[error("the address is too long")]
    TooLong,
    /// It names a route, or could be taken to name one.
    #[error("the address has a route in it")]
    Route,
}

impl Mailbox {
    /// Parses `local@domain`. UTF-8 is taken here; whether the client may use it depends on its MAIL.
    pub fn parse(text: &str) -> Result<Self, PathError> {
        if text.starts_with('@') {
            return Err(PathError::Route);
        }
        let (local_part, written, rest) = match text.starts_with('"') {
            true => quoted(text)?,
            false => dot_string(text)?,
        };
        let domain = rest.strip_prefix('@').ok_or(PathError::Syntax)?;
        let local_max = match is_encapsulated(&local_part) {
            true => ENCAPSULATED_OCTETS_MAX,
            false => LOCAL_PART_OCTETS_MAX,
        };
        if written > local_max || domain.len() > DOMAIN_OCTETS_MAX {
            return Err(PathError::TooLong);
        }
        match is_domain(domain) {
            true => Ok(Self {
                local_part: local_part.into(),
                domain: domain.into(),
            }),
            false => Err(PathError::Syntax),
        }
    }

    /// The local part without quoting.
    pub fn local_part(&self) -> &str {
        &self.local_part
    }

    /// The domain as written, an address literal with its brackets.
    pub fn domain(&self) -> &str {
        &self.domain
    }

    /// Whether it can be written without SMTPUTF8.
    pub fn is_ascii(&self) -> bool {
        self.local_part.is_ascii() && self.domain.is_ascii()
    }
}

/// The form for the wire: quoted where it has to be.
impl fmt::Display for Mailbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if is_dot_string(&self.local_part) {
            f.write_str(&self.local_part)?;
        } else {
            f.write_str("\"")?;
            for c in self.local_part.chars() {
                if matches!(c, '"' | '\\') {
                    f.write_char('\\')?;
                }
                f.write_char(c)?;
            }
            f.write_str("\"")?;
        }
        f.write_str("@")?;
        f.write_str(&self.domain)
    }
}

fn within_limit(text: &str) -> Result<&str, PathError> {
    let max = match is_encapsulated(text) {
        true => PATH_OCTETS_MAX + ENCAPSULATED_OCTETS_MAX,
        false => PATH_OCTETS_MAX,
    };
    match text.len() + "<>".len() <= max {
        true => Ok(text),
        false => Err(PathError::TooLong),
    }
}

/// Whether it holds an address of another world, as Exchange and Notes write it ([MS-OXCMAIL] 2.1.3.1.8). Replies to old
/// messages go to such addresses, and they are long.
fn is_encapsulated(text: &str) -> bool {
    let prefix = text.get(..ENCAPSULATED.len());
    prefix.is_some_and(|prefix| prefix.eq_ignore_ascii_case(ENCAPSULATED))
}

/// The local part, the octets it was written with, and the rest of the text.
type LocalPart<'a> = (Cow<'a, str>, usize, &'a str);

fn dot_string(text: &str) -> Result<LocalPart<'_>, PathError> {
    let end = text
        .find(|c| c != '.' && !is_atext(c))
        .unwrap_or(text.len());
    let (local_part, rest) = text.split_at(end);
    match has_empty_atom(local_part) {
        true => Err(PathError::Syntax),
        false => Ok((local_part.into(), end, rest)),
    }
}

fn is_dot_string(text: &str) -> bool {
    !has_empty_atom(text) && text.chars().all(|c| c == '.' || is_atext(c))
}

fn has_empty_atom(text: &str) -> bool {
    text.is_empty() || text.starts_with('.') || text.ends_with('.') || text.contains("..")
}

fn quoted(text: &str) -> Result<LocalPart<'_>, PathError> {
    let mut local_part = String::new();
    let mut chars = text.char_indices().skip(1);
    while let Some((at, c)) = chars.next() {
        match c {
            '"' if local_part.is_empty() => return Err(PathError::Syntax),
            '"' => return Ok((local_part.into(), at + 1, &text[at + 1..])),
            '\\' => match chars.next() {
                Some((_, c @ ' '..='~')) => local_part.push(c),
                Some(_) | None => return Err(PathError::Syntax),
            },
            _ if c.is_control() => return Err(PathError::Syntax),
            _ => local_part.push(c),
        }
    }
    Err(PathError::Syntax)
}

fn is_atext(c: char) -> bool {
    match c {
        '\0'..='\x7f' => c.is_ascii_alphanumeric() || "!#$%&'*+-/=?^_`{|}~".contains(c),
        _ => !c.is_control() && !c.is_whitespace(),
    }
}

/// A domain or an address literal (RFC 5321 §4.1.3). An underscore is let through: names in use have it.
pub(crate) fn is_domain(text: &str) -> bool {
    if let Some(literal) = text.strip_prefix('[').and_then(|t| t.strip_suffix(']')) {
        return match literal.split_at_checked("IPv6:".len()) {
            Some((tag, v6)) if tag.eq_ignore_ascii_case("IPv6:") => v6.parse::<Ipv6Addr>().is_ok(),
            Some(_) | None => literal.parse::<Ipv4Addr>().is_ok(),
        };
    }
    text.split('.').all(is_label)
}

fn is_label(label: &str) -> bool {
    let ldh = |c: char| match c {
        '\0'..='\x7f' => c.is_ascii_alphanumeric() || matches!(c, '-' | '_'),
        _ => !c.is_control() && !c.is_whitespace(),
    };
    (1..=LABEL_OCTETS_MAX).contains(&label.len())
        && !label.starts_with('-')
        && !label.ends_with('-')
        && label.chars().all(ldh)
}

/// What such a local part begins with.
const ENCAPSULATED: &str = "IMCEA";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mailboxes() {
        let check = |text: &str, local_part: &str, domain: &str, written: &str| {
            let mailbox = Mailbox::parse(text).expect(text);
            assert_eq!(mailbox.local_part(), local_part, "{text}");
            assert_eq!(mailbox.domain(), domain, "{text}");
            assert_eq!(mailbox.to_string(), written, "{text}");
        };
        check(
            "John@Contoso.COM",
            "John",
            "Contoso.COM",
            "John@Contoso.COM",
        );
        check("a.b+c=d@x", "a.b+c=d", "x", "a.b+c=d@x");
        check("\"john\"@x.y", "john", "x.y", "john@x.y");
        check("\"john doe\"@x.y", "john doe", "x.y", "\"john doe\"@x.y");
        check(r#""a\"b\\c"@x.y"#, r#"a"b\c"#, "x.y", r#""a\"b\\c"@x.y"#);
        check("\"a..b\"@x.y", "a..b", "x.y", "\"a..b\"@x.y");
        check(
            "jörg@bücher.example",
            "jörg",
            "bücher.example",
            "jörg@bücher.example",
        );
        check("a@[192.0.2.1]", "a", "[192.0.2.1]", "a@[192.0.2.1]");
        check(
            "a@[IPv6:2001:db8::1]",
            "a",
            "[IPv6:2001:db8::1]",
            "a@[IPv6:2001:db8::1]",
        );
        check(
            "a@under_score.example",
            "a",
            "under_score.example",
            "a@under_score.example",
        );
    }

    #[test]
    fn what_is_no_mailbox() {
        let syntax = [
            "",
            "a",
            "a@",
            "@",
            "a@b@c",
            "a b@c",
            ".a@c",
            "a.@c",
            "a..b@c",
            "a@.c",
            "a@c.",
            "a@b..c",
            "a@-b",
            "a@b-",
            "\"\"@c",
            "\"a@c",
            "\"a\"b@c",
            "\"a\\\"@c",
            "\"a\nb\"@c",
            "a\0@c",
            "a\r@c",
            "a@c\0",
            "a@c d",
            "a@[1.2.3]",
            "a@[1.2.3.4",
            "a@[IPv6:x]",
            "a@[]",
            "a@c\u{85}",
            "a\u{a0}b@c",
            "a<b@c",
            "a@c>",
            "a,b@c",
            "a@b:c",
        ];
        for text in syntax {
            let expected = match text.starts_with('@') {
                true => PathError::Route,
                false => PathError::Syntax,
            };
            assert_eq!(Mailbox::parse(text), Err(expected), "{text:?}");
        }
    }

    #[test]
    fn routes_are_refused_where_a_mailer_behind_us_could_follow_them() {
        let check = |text: &str, forward: bool, reverse: bool| {
            let found = ForwardPath::parse(text);
            assert_eq!(found.is_ok(), forward, "forward {text}: {found:?}");
            assert!(forward || found == Err(PathError::Route), "{text}");
            assert_eq!(ReversePath::parse(text).is_ok(), reverse, "reverse {text}");
        };
        check("a@x.y", true, true);
        check("@relay.example:a@x.y", false, false);
        check("@relay.example,@other.example:a@x.y", false, false);
        check("a%b@x.y", false, true);
        check("host!a@x.y", false, true);
        check("\"a@b\"@x.y", false, true);
        check("\"a%b\"@x.y", false, true);
    }

    #[test]
    fn the_two_paths_without_a_domain() {
        assert_eq!(ReversePath::parse(""), Ok(ReversePath::Null));
        assert_eq!(
            ForwardPath::parse("pOSTMASTER"),
            Ok(ForwardPath::Postmaster)
        );
        assert_eq!(ForwardPath::parse(""), Err(PathError::Syntax));
        assert_eq!(ReversePath::parse("postmaster"), Err(PathError::Syntax));
    }

    #[test]
    fn lengths_at_the_limit_and_one_past() {
        let check = |text: String, past: String| {
            assert!(ForwardPath::parse(&text).is_ok(), "{text}");
            assert!(ForwardPath::parse(&past).is_err(), "{past}");
        };
        let label = |length: usize| "d".repeat(length);
        let local = |length: usize| format!("{}@x.y", "l".repeat(length));
        check(
            local(LOCAL_PART_OCTETS_MAX),
            local(LOCAL_PART_OCTETS_MAX + 1),
        );
        let encapsulated = |length: usize| format!("IMCEAEX-{}@x.y", "l".repeat(length - 8));
        check(
            encapsulated(ENCAPSULATED_OCTETS_MAX),
            encapsulated(ENCAPSULATED_OCTETS_MAX + 1),
        );
        let quoted = |length: usize| format!("\"{}\"@x.y", " ".repeat(length - 2));
        check(
            quoted(LOCAL_PART_OCTETS_MAX),
            quoted(LOCAL_PART_OCTETS_MAX + 1),
        );
        let domain = |length: usize| format!("a@{}.y", label(length));
        check(domain(LABEL_OCTETS_MAX), domain(LABEL_OCTETS_MAX + 1));
        let path = |length: usize| {
            let rest = length - "<@>".len() - 90 - 3 * 51;
            format!(
                "{}@{}{}",
                "l".repeat(90),
                format!("{}.", label(50)).repeat(3),
                "e".repeat(rest)
            )
        };
        assert_eq!(path(PATH_OCTETS_MAX).len() + 2, PATH_OCTETS_MAX);
        check(path(PATH_OCTETS_MAX), path(PATH_OCTETS_MAX + 1));
        let long =
            |octets: usize| format!("a@{}{}", "e.".repeat(octets / 2), label(1 + octets % 2));
        assert!(Mailbox::parse(&long(DOMAIN_OCTETS_MAX - 1)).is_ok());
        assert_eq!(
            Mailbox::parse(&long(DOMAIN_OCTETS_MAX)),
            Err(PathError::TooLong)
        );
    }
}
