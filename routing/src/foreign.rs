//! Addresses of other worlds than SMTP, by which old messages still find people.
//!
//! Outlook keeps the X.500 name of whom it once wrote to, Notes the Notes name. When the person has moved, a reply
//! carries that name in an encapsulated address. Each is kept in the form by which it is looked up.

use std::fmt;
use std::hash::Hasher;

use siphasher::sip128::{Hasher128, SipHasher13};

use crate::limits::FOREIGN_OCTETS_MAX;

/// The world an address belongs to.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum ForeignKind {
    /// Exchange's own names: legacyExchangeDN, and the `X500:` addresses that keep former ones.
    X500,
    /// Names of Notes and Domino.
    Notes,
    /// Names of GroupWise.
    GroupWise,
}

/// An X.500, Notes or GroupWise address in the form by which it is looked up.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct ForeignAddress {
    kind: ForeignKind,
    lookup: Box<str>,
}

impl ForeignAddress {
    /// From an address as written; `None` if nothing is left of it, or more than [`FOREIGN_OCTETS_MAX`].
    pub fn new(kind: ForeignKind, text: &str) -> Option<Self> {
        if text.len() > FOREIGN_OCTETS_MAX {
            return None;
        }
        let lookup = match kind {
            ForeignKind::X500 => x500(text),
            ForeignKind::Notes => notes(text),
            ForeignKind::GroupWise => plain(text),
        };
        let fits = !lookup.is_empty() && lookup.len() <= FOREIGN_OCTETS_MAX;
        fits.then(|| Self {
            kind,
            lookup: lookup.into(),
        })
    }

    /// From a value of proxyAddresses, such as `X500:/o=Contoso/...`; `None` for other kinds.
    pub fn from_proxy(kind: &str, text: &str) -> Option<Self> {
        Self::new(ForeignKind::of_type(kind)?, text)
    }

    /// From what `Display` wrote.
    pub fn parse(text: &str) -> Option<Self> {
        let (kind, address) = text.split_once(':')?;
        Self::from_proxy(kind, address)
    }

    /// The world it belongs to.
    pub fn kind(&self) -> ForeignKind {
        self.kind
    }

    /// The local part that stands for it in canonical addresses: its type and a digest. No other canonical local part
    /// holds a capital letter.
    pub(crate) fn folded(&self) -> String {
        let mut hasher = SipHasher13::new(); // it keeps names short; secrecy is the index's business
        hasher.write(self.lookup.as_bytes());
        let digest = hasher.finish128().as_u128();
        format!("{}={digest:032x}", self.kind.address_type())
    }

    /// The form by which it is looked up: lower case, blanks made one, a Notes name abbreviated and without its domain.
    pub fn lookup(&self) -> &str {
        &self.lookup
    }
}

impl fmt::Display for ForeignAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.kind.address_type(), self.lookup)
    }
}

impl ForeignKind {
    /// From an address type of MAPI or of proxyAddresses.
    pub fn of_type(name: &str) -> Option<Self> {
        let is = |wanted: &str| name.eq_ignore_ascii_case(wanted);
        match () {
            () if is("EX") || is("X500") => Some(Self::X500),
            () if is("NOTES") => Some(Self::Notes),
            () if is("GWISE") || is("GROUPWISE") => Some(Self::GroupWise),
            () => None,
        }
    }

    const ALL: [Self; 3] = [Self::X500, Self::Notes, Self::GroupWise];

    /// Whether a canonical local part stands for such an address.
    pub(crate) fn is_folded(local: &str) -> bool {
        let mut kinds = Self::ALL.iter();
        kinds.any(|kind| {
            let rest = local.strip_prefix(kind.address_type());
            rest.is_some_and(|rest| rest.starts_with('='))
        })
    }

    /// Its type in proxyAddresses.
    pub fn address_type(self) -> &'static str {
        match self {
            Self::X500 => "X500",
            Self::Notes => "NOTES",
            Self::GroupWise => "GWISE",
        }
    }
}

/// Exchange compares these names without regard to case.
fn x500(text: &str) -> String {
    let parts: Vec<String> = plain(text)
        .split('/')
        .map(|part| part.trim().to_owned())
        .collect();
    parts.join("/").trim_end_matches('/').to_owned()
}

/// `CN=Anna Berg/OU=Sales/O=Contoso@NOTESDOM` and `Anna Berg/Sales/Contoso` are one name: the types of the parts may be
/// left out, and the Notes domain says only where to route.
fn notes(text: &str) -> String {
    let name = text.split('@').next().unwrap_or_default();
    let untyped = |mut part: &str| {
        while let Some((kind, value)) = part.split_once('=')
            && is_notes_type(kind)
        {
            part = value;
        }
        plain(part)
    };
    let parts: Vec<String> = name
        .split('/')
        .map(untyped)
        .filter(|part| !part.is_empty())
        .collect();
    parts.join("/")
}

fn is_notes_type(kind: &str) -> bool {
    let known = [
        "cn", "ou", "o", "c", "g", "s", "i", "q", "ou1", "ou2", "ou3", "ou4", "a", "p",
    ];
    known.contains(&kind.trim().to_ascii_lowercase().as_str())
}

fn plain(text: &str) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    words.join(" ").to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_address_has_one_form() {
        let check = |kind, text: &str, expected: &str| {
            let address = ForeignAddress::new(kind, text);
            assert_eq!(address.unwrap().lookup(), expected, "{text}");
        };
        let x500 =
            "/o=contoso/ou=exchange administrative group (fydibohf23spdlt)/cn=recipients/cn=anna";
        let written =
            "/O=Contoso/OU=Exchange  Administrative Group (FYDIBOHF23SPDLT)/cn=Recipients/cn=Anna ";
        check(ForeignKind::X500, written, x500);
        check(
            ForeignKind::X500,
            "/o=CONTOSO/cn=Anna/",
            "/o=contoso/cn=anna",
        );
        check(
            ForeignKind::Notes,
            "CN=Anna Berg/OU=Sales/O=Contoso@NOTESDOM",
            "anna berg/sales/contoso",
        );
        check(
            ForeignKind::Notes,
            "Anna  Berg/Sales/Contoso",
            "anna berg/sales/contoso",
        );
        check(ForeignKind::Notes, "Anna Berg @ NOTESDOM", "anna berg");
        check(ForeignKind::Notes, "x=y/Contoso", "x=y/contoso");
        check(ForeignKind::GroupWise, "DOM.PO1.ABerg", "dom.po1.aberg");
    }

    #[test]
    fn an_address_is_neither_empty_nor_past_its_bound() {
        assert_eq!(ForeignAddress::new(ForeignKind::Notes, " @NOTESDOM"), None);
        assert_eq!(ForeignAddress::new(ForeignKind::X500, "/"), None);
        let of = |count: usize| ForeignAddress::new(ForeignKind::X500, &"x".repeat(count));
        assert!(of(FOREIGN_OCTETS_MAX).is_some());
        assert_eq!(of(FOREIGN_OCTETS_MAX + 1), None);
        // Lower case may be longer: a capital I with a dot becomes three octets.
        let grows = "\u{130}".repeat(FOREIGN_OCTETS_MAX / 2);
        assert_eq!(ForeignAddress::new(ForeignKind::X500, &grows), None);
    }

    #[test]
    fn what_is_written_is_read() {
        let check = |text: &str| {
            let address = ForeignAddress::parse(text).unwrap();
            assert_eq!(address.to_string(), text);
        };
        check("X500:/o=contoso/cn=anna: x");
        check("NOTES:anna berg/sales/contoso");
        assert_eq!(ForeignAddress::parse("SIP:anna"), None);
        assert_eq!(ForeignAddress::parse("X500"), None);
    }

    #[test]
    fn each_name_has_a_local_part_of_its_own() {
        let of = |kind, text: &str| ForeignAddress::new(kind, text).unwrap().folded();
        let anna = of(ForeignKind::X500, "/o=contoso/cn=anna");
        assert_eq!(anna, of(ForeignKind::X500, "/O=Contoso/CN=Anna/"));
        assert_ne!(anna, of(ForeignKind::X500, "/o=contoso/cn=ann"));
        assert_ne!(anna, of(ForeignKind::GroupWise, "/o=contoso/cn=anna"));
        assert!(ForeignKind::is_folded(&anna));
        assert!(!ForeignKind::is_folded(&anna.to_lowercase()));
        assert!(!ForeignKind::is_folded("X500"));
    }

    #[test]
    fn only_three_kinds_lead_to_people() {
        let check =
            |kind: &str, expected| assert_eq!(ForeignKind::of_type(kind), expected, "{kind}");
        check("x500", Some(ForeignKind::X500));
        check("EX", Some(ForeignKind::X500));
        check("Notes", Some(ForeignKind::Notes));
        check("GWISE", Some(ForeignKind::GroupWise));
        check("sip", None);
        check("EUM", None);
        check("SPO", None);
    }
}
