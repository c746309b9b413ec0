//! What each cell of the matrix must come to.

use testbed::certificates::Purpose;

use super::{Eku, Flaw};

/// What is to happen, and what an operator must read about it; `None`: nothing is worth a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Expected {
    pub(crate) verdict: Verdict,
    pub(crate) cause: Option<&'static str>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// It is believed.
    Believed,
    /// It proves nothing.
    Distrusted,
    /// It proves the provider, and the mail is of another tenant.
    NotOurTenant,
    /// The handshake ends before anything is judged.
    NoHandshake,
}

impl Expected {
    const BELIEVED: Self = Self {
        verdict: Verdict::Believed,
        cause: None,
    };

    const fn distrusted(cause: &'static str) -> Self {
        Self {
            verdict: Verdict::Distrusted,
            cause: Some(cause),
        }
    }
}

/// For a client that would speak for a side whose `accept.eku` is this.
pub(crate) fn from_client(eku: Eku, flaw: Flaw, purpose: Purpose) -> Expected {
    use Purpose::{Both, Client, Server, Unstated};
    let (good_for_it, otherwise) = match eku {
        Eku::Either => (true, ""),
        Eku::Client => (matches!(purpose, Both | Client | Unstated), NOT_A_CLIENTS),
        Eku::Server => (matches!(purpose, Both | Server | Unstated), NOT_A_SERVERS),
    };
    match flaw {
        Flaw::Rsa1024 => Expected {
            verdict: Verdict::NoHandshake,
            cause: Some(SHORT_KEY),
        },
        Flaw::Expired | Flaw::NotYetValid => in_any_case(flaw),
        // Strangers show certificates of their own all day.
        Flaw::OtherName => Expected {
            verdict: Verdict::Distrusted,
            cause: None,
        },
        _ if !good_for_it => Expected::distrusted(otherwise),
        Flaw::Sound => Expected::BELIEVED,
        Flaw::OtherTenant => Expected {
            verdict: Verdict::NotOurTenant,
            cause: Some("it is of tenant "),
        },
        // A client is one certain system, and whoever may hold a wildcard is many.
        Flaw::Wildcard => Expected::distrusted("the peer presented *.protection.outlook.com"),
        _ => in_any_case(flaw),
    }
}

/// For a hop that must prove itself.
pub(crate) fn from_hop(flaw: Flaw, purpose: Purpose) -> Expected {
    match flaw {
        Flaw::Rsa1024 => Expected::distrusted(SHORT_KEY),
        Flaw::Expired | Flaw::NotYetValid => in_any_case(flaw),
        _ if purpose == Purpose::Client => Expected::distrusted(NOT_A_SERVERS),
        // As usual for servers (RFC 9525 §6.3).
        Flaw::Sound | Flaw::Wildcard => Expected::BELIEVED,
        Flaw::OtherTenant => {
            Expected::distrusted("the peer presented fabrikam-com.mail.protection.outlook.com")
        }
        _ => in_any_case(flaw),
    }
}

/// What does not depend on direction or usage.
fn in_any_case(flaw: Flaw) -> Expected {
    Expected::distrusted(match flaw {
        Flaw::CommonNameOnly => "no DNS name at all (a CN alone does not count)",
        Flaw::OtherName => "the peer presented mail.example.net",
        Flaw::Expired => "has expired",
        Flaw::NotYetValid => "is not valid yet",
        Flaw::WithoutChain | Flaw::SelfSigned | Flaw::UnknownAuthority => {
            "no chain from the peer's certificate to a trusted root"
        }
        Flaw::Revoked | Flaw::RevokedIntermediate => "has been revoked",
        Flaw::Sha1 => "signed with an algorithm that can be forged",
        Flaw::Sound | Flaw::Wildcard | Flaw::OtherTenant | Flaw::Rsa1024 => {
            unreachable!("{flaw:?} is another matter in each direction")
        }
    })
}

const NOT_A_CLIENTS: &str = "is not for client authentication";
const NOT_A_SERVERS: &str = "is not for server authentication";
const SHORT_KEY: &str = "an RSA key of 1024 bits";
