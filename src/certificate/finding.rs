//! One thing to be said about a certificate or a list, in both of its voices.

use std::fmt;

use crate::clock::rfc3339;
use crate::code::Code;

/// `Display` is what both voices say, after the name of the file.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Finding {
    /// Its time is running out.
    Ends {
        /// Its place in the file, from 1.
        number: usize,
        /// Fewer are left.
        days: i64,
        /// Seconds since 1970, as in the others.
        at: i64,
    },
    /// Its time is over.
    Ended {
        /// As above.
        number: usize,
        /// When that was.
        at: i64,
    },
    /// Its time has not come.
    NotYet {
        /// As above.
        number: usize,
        /// When it will.
        at: i64,
    },
    /// No root that is known here issued the last certificate.
    Unrooted {
        /// Who did.
        issuer: String,
    },
    /// Clients may refuse it.
    NotForServers,
    /// Hops may.
    NotForClients,
    /// It does not carry the name under which we are known.
    OtherName {
        /// That name.
        hostname: String,
        /// Those it carries.
        names: Vec<String>,
    },
    /// The time of a trust root is over; it is trusted all the same.
    RootEnded {
        /// Whose root.
        name: String,
        /// Since when.
        since: i64,
    },
    /// The time of a revocation list is over; it is used all the same.
    OldList {
        /// Whose list.
        issuer: String,
        /// Since when.
        since: i64,
    },
}

impl Finding {
    /// As a warning of `check`.
    pub(crate) fn warning(&self) -> Code {
        match self {
            Self::Ends { .. } => Code::CERTIFICATE_ENDS,
            Self::Ended { .. } | Self::NotYet { .. } | Self::RootEnded { .. } => {
                Code::CERTIFICATE_EXPIRED
            }
            Self::Unrooted { .. } => Code::CHAIN_UNROOTED,
            Self::NotForServers | Self::NotForClients => Code::CERTIFICATE_PURPOSE,
            Self::OtherName { .. } => Code::CERTIFICATE_NAME,
            Self::OldList { .. } => Code::REVOCATION_LIST_OLD,
        }
    }

    /// What to do about it, where the code says it of something else.
    pub(crate) fn advice(&self) -> Option<&'static str> {
        match self {
            Self::RootEnded { .. } => {
                Some("take it out of the file, or put the one there that follows it")
            }
            Self::Ends { .. }
            | Self::Ended { .. }
            | Self::NotYet { .. }
            | Self::Unrooted { .. }
            | Self::NotForServers
            | Self::NotForClients
            | Self::OtherName { .. }
            | Self::OldList { .. } => None,
        }
    }

    /// As an event.
    pub(crate) fn event(&self) -> Code {
        match self {
            Self::Ends { .. } => Code::SHOWN_CERTIFICATE_ENDS,
            Self::Ended { .. } | Self::NotYet { .. } => Code::SHOWN_CERTIFICATE_INVALID,
            Self::Unrooted { .. } => Code::SHOWN_CHAIN_UNROOTED,
            Self::NotForServers => Code::SHOWN_CERTIFICATE_PURPOSE,
            Self::NotForClients => Code::SHOWN_WITHOUT_CLIENT_USE,
            Self::OtherName { .. } => Code::SHOWN_CERTIFICATE_NAME,
            Self::RootEnded { .. } => Code::OLD_ROOT_TRUSTED,
            Self::OldList { .. } => Code::OLD_LIST_USED,
        }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Ends { number, days, at } => {
                let left = match days {
                    1 => "a day".to_owned(),
                    days => format!("{days} days"),
                };
                let at = rfc3339(*at);
                write!(f, "certificate {number} of the file ends at {at}, in less than {left}")
            }
            Self::Ended { number, at } => {
                write!(f, "certificate {number} of the file expired at {}", rfc3339(*at))
            }
            Self::NotYet { number, at } => {
                let at = rfc3339(*at);
                write!(f, "certificate {number} of the file is not valid before {at}")
            }
            Self::Unrooted { issuer } => write!(
                f,
                "the chain ends below {issuer}, which is no root known here; a peer that does not know it either will not trust us"
            ),
            Self::NotForServers => f.write_str(
                "the certificate's extended key usage does not allow servers, so that clients which verify will refuse it",
            ),
            Self::NotForClients => f.write_str(
                "the certificate's extended key usage does not name clients; public authorities no longer issue such, and most mail systems do not mind, but a hop that does will refuse us",
            ),
            Self::OtherName { hostname, names } => {
                let names = match names.as_slice() {
                    [] => "no DNS name at all".to_owned(),
                    names => names.join(", "),
                };
                write!(f, "the certificate carries {names}, and we are known as {hostname}; clients that verify will refuse it")
            }
            Self::RootEnded { name, since } => write!(
                f,
                "the time of the root {name} was over at {}; it is trusted all the same, for what it issued has times of its own",
                rfc3339(*since)
            ),
            Self::OldList { issuer, since } => write!(
                f,
                "the list of {issuer} should have been replaced by {}; it is used all the same, and what was revoked since is not known",
                rfc3339(*since)
            ),
        }
    }
}
