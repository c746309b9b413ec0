//! What each kind of system is like, where the file does not say.

use super::{Eku, NamePattern, RecipientForm, SideKind, TlsMode, Tnef};

/// The name every tenant's Exchange Online shows.
pub(crate) const CLOUD_NAME: &str = "mail.protection.outlook.com";

impl SideKind {
    /// The recipient form it wants. Exchange Online keeps shared domains apart by the routing address; the others know
    /// their people under every address they have.
    pub const fn recipient(self) -> RecipientForm {
        match self {
            Self::ExchangeOnline => RecipientForm::RoutingAddress,
            Self::Exchange | Self::Domino | Self::GroupWise | Self::Smtp => RecipientForm::AsGiven,
        }
    }

    /// Whether it delivers `john+list@` to `john@`. Exchange on premises, Domino and GroupWise do not.
    pub const fn knows_plus_tags(self) -> bool {
        match self {
            Self::ExchangeOnline | Self::Smtp => true,
            Self::Exchange | Self::Domino | Self::GroupWise => false,
        }
    }

    /// How much is demanded of its hops.
    pub const fn tls_mode(self) -> TlsMode {
        match self {
            Self::ExchangeOnline => TlsMode::Mutual,
            Self::Exchange => TlsMode::Verify,
            Self::Domino | Self::GroupWise | Self::Smtp => TlsMode::Opportunistic,
        }
    }

    /// The names its hops' certificates carry; empty: the hop's host.
    pub(crate) fn server_names(self) -> Vec<NamePattern> {
        match self {
            Self::ExchangeOnline => {
                vec![
                    NamePattern::Exact(CLOUD_NAME.into()),
                    NamePattern::OneLabelUnder(CLOUD_NAME.into()),
                ]
            }
            Self::Exchange | Self::Domino | Self::GroupWise | Self::Smtp => Vec::new(),
        }
    }

    /// The extended key usage of its client certificates. Public authorities no longer issue clientAuth, and Exchange
    /// Online shows the certificate of its servers.
    pub const fn eku(self) -> Eku {
        match self {
            Self::ExchangeOnline => Eku::Either,
            Self::Exchange | Self::Domino | Self::GroupWise | Self::Smtp => Eku::Client,
        }
    }

    /// Exchange reads TNEF better than anything it could become; nobody else reads it.
    pub const fn tnef(self) -> Tnef {
        match self {
            Self::ExchangeOnline | Self::Exchange => Tnef::Keep,
            Self::Domino | Self::GroupWise | Self::Smtp => Tnef::Convert,
        }
    }
}
