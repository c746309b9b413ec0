//! Which of our certificates a hop is shown for a message.
//!
//! Exchange Online can be told to treat all that comes under one certificate as internal mail, past its filters. So that
//! certificate vouches for three things at once: the message came from a system that proved itself to be a side of
//! ours, and its reverse path and everybody in its From and Sender fields are of domains of ours. Whatever is not
//! certain is shown the other one, as mail of strangers is. The certificates are read in [`crate::tls`].

mod mailboxes;

use std::borrow::Cow;
use std::fmt;

use routing::{Address, Domain};
use smtp::header_scan::{Field, HeaderBlock};
use smtp::path::ReversePath;

use crate::config::{Config, IdentityOrigin};
use crate::deliver::Way;
use crate::firewall;
use crate::origin::Standing;
use mailboxes::mailboxes;

/// The identity for this message, and why it is not the one that vouches for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shown {
    /// A side's mail by our own people.
    Sides,
    /// Everything else.
    Internet(Why),
}

/// What keeps a message from being internal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Why {
    /// Its origin is no side.
    Origin,
    /// Its reverse path is null: what a report or an automatic answer quotes is chosen by those whom it answers.
    NullPath,
    /// Its reverse path is of a foreign domain.
    Path,
    /// It has no From field, or several.
    Authors,
    /// A From or Sender field cannot be read without doubt.
    Unclear,
    /// Somebody in its From or Sender field is of a foreign domain.
    Foreign,
}

impl Shown {
    /// Judges a message whose origin is settled. `header` is as it was received.
    pub(crate) fn of(
        standing: &Standing,
        reverse: &ReversePath,
        header: &HeaderBlock,
        config: &Config,
    ) -> Self {
        match doubt(standing, reverse, header, config) {
            Some(why) => Self::Internet(why),
            None => Self::Sides,
        }
    }

    /// As outcomes tell it; `None`: the way shows one certificate, whoever it is from.
    pub(crate) fn told(self, way: &Way) -> Option<Cow<'static, str>> {
        way.tells_apart.then(|| match self {
            Self::Sides => "sides".into(),
            Self::Internet(why) => format!("internet ({why})").into(),
        })
    }

    /// The key under which certificates and connections are kept.
    pub(crate) fn origin(self) -> IdentityOrigin {
        match self {
            Self::Sides => IdentityOrigin::Sides,
            Self::Internet(_) => IdentityOrigin::Internet,
        }
    }
}

/// The first reason not to vouch for it; the cheap ones come first.
fn doubt(
    standing: &Standing,
    reverse: &ReversePath,
    header: &HeaderBlock,
    config: &Config,
) -> Option<Why> {
    if !matches!(standing, Standing::Side(_)) {
        return Some(Why::Origin);
    }
    match reverse {
        ReversePath::Null => return Some(Why::NullPath),
        ReversePath::Mailbox(mailbox) if !is_ours(mailbox.domain(), config) => {
            return Some(Why::Path);
        }
        ReversePath::Mailbox(_) => {}
    }
    let named = match people(header) {
        Ok(named) => named,
        Err(why) => return Some(why),
    };
    let is_of_ours = |one: &String| {
        let domain = one.rsplit_once('@').map(|(_, domain)| domain);
        domain.is_some_and(|domain| is_ours(domain, config))
    };
    (!named.iter().all(is_of_ours)).then_some(Why::Foreign)
}

/// Everybody whom a message says it is from: the addresses of its From field, and that of its Sender field.
fn people(header: &HeaderBlock) -> Result<Vec<String>, Why> {
    let (mut authors, mut senders) = (0, 0);
    let mut named = Vec::new();
    for field in header.fields() {
        match Named::of(&field) {
            Named::From => authors += 1,
            Named::Sender => senders += 1,
            Named::Other => continue,
            Named::Unclear => return Err(Why::Unclear),
        }
        named.extend(mailboxes(field.value()).ok_or(Why::Unclear)?);
    }
    match (authors, senders) {
        (1, 0 | 1) => Ok(named),
        (1, _) => Err(Why::Unclear), // RFC 5322 §3.6: at most one
        (_, _) => Err(Why::Authors),
    }
}

/// Whether somebody whose side may send as these addresses alone says that he is anybody else, or cannot be understood.
pub(crate) fn is_from_others(header: &HeaderBlock, may_send_as: &[Address]) -> bool {
    let is_one = |one: &String| Address::parse(one).is_ok_and(|one| may_send_as.contains(&one));
    !people(header).is_ok_and(|named| named.iter().all(is_one))
}

/// Which field it is to every reader.
enum Named {
    From,
    Sender,
    Other,
    /// Some would take it for one of these, or for the end of the header.
    Unclear,
}

impl Named {
    fn of(field: &Field<'_>) -> Self {
        let name = field.name();
        if name.is_empty() {
            return Self::Unclear; // no field at all
        }
        let bare = firewall::bare(name);
        let [from, sender] =
            [b"From".as_slice(), b"Sender"].map(|known| bare.eq_ignore_ascii_case(known));
        match (from, sender) {
            (false, false) => Self::Other,
            _ if !field.raw()[name.len()..].starts_with(b":") || bare.len() != name.len() => {
                Self::Unclear
            }
            (true, _) => Self::From,
            (_, true) => Self::Sender,
        }
    }
}

/// Whether a domain is one of `[domain."NAME"]`. Those below it are not, nor are routing domains: nobody writes as them.
fn is_ours(domain: &str, config: &Config) -> bool {
    let Ok(canonical) = Domain::parse(domain) else {
        return false;
    };
    // UTS #46 reads more as a letter than its readers do: only the letters themselves count.
    let is_plain = domain.is_ascii() || {
        let (labels, read) = idna::domain_to_unicode(canonical.as_str());
        read.is_ok() && labels == domain.to_lowercase()
    };
    let mut ours = config.domains.iter();
    is_plain && ours.any(|one| one.name == canonical.as_str())
}

impl fmt::Display for Why {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Origin => "it is mail of the internet",
            Self::NullPath => "its reverse path is null",
            Self::Path => "its reverse path is of no domain of ours",
            Self::Authors => "it has no From field, or several",
            Self::Unclear => "its From or Sender field cannot be read without doubt",
            Self::Foreign => "its From or Sender field names somebody of no domain of ours",
        })
    }
}

#[cfg(test)]
mod tests;
