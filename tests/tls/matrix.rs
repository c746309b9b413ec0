//! Every flaw that a certificate can have, with every usage, in both directions: what is believed, what the other end
//! hears, and what an operator is told.
//!
//! The tests with OpenSSL and Postfix go by the same table.

mod expected;
mod inbound;
mod issuers;
mod outbound;

pub(crate) use expected::{Expected, Verdict, from_client, from_hop};
pub(crate) use issuers::Issuers;

use testbed::certificates::Purpose;

/// Whose name the certificates carry, in both directions.
pub(crate) const NAME: &str = "mail.protection.outlook.com";

/// What is wrong with a certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Flaw {
    /// Nothing.
    Sound,
    CommonNameOnly,
    Wildcard,
    OtherName,
    /// As a client: the certificate that all tenants share, with mail of another one. As a hop: the host of another one.
    OtherTenant,
    Expired,
    NotYetValid,
    /// The intermediate that issued it is not sent.
    WithoutChain,
    SelfSigned,
    UnknownAuthority,
    Revoked,
    /// The authority that issued it is revoked.
    RevokedIntermediate,
    Sha1,
    Rsa1024,
}

impl Flaw {
    pub(crate) const ALL: [Self; 14] = [
        Self::Sound,
        Self::CommonNameOnly,
        Self::Wildcard,
        Self::OtherName,
        Self::OtherTenant,
        Self::Expired,
        Self::NotYetValid,
        Self::WithoutChain,
        Self::SelfSigned,
        Self::UnknownAuthority,
        Self::Revoked,
        Self::RevokedIntermediate,
        Self::Sha1,
        Self::Rsa1024,
    ];
}

/// Every extended key usage.
pub(crate) const PURPOSES: [Purpose; 4] = [
    Purpose::Server,
    Purpose::Client,
    Purpose::Both,
    Purpose::Unstated,
];

/// What a side's `accept.eku` asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Eku {
    Either,
    Client,
    Server,
}

/// Which way the connection goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Direction {
    /// A client shows the certificate to us.
    Inbound,
    /// A hop does.
    Outbound,
}
