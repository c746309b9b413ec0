//! Who speaks to the gateway, and how each shows who it is.

use std::net::SocketAddr;

use testbed::certificates::{Authority, Certificate, Leaf};
use testbed::client::{Client, ClientError};
use testbed::tls::ClientTls;

/// Who sends a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Speaker {
    /// A stranger in clear.
    Internet,
    /// A stranger under TLS, without a certificate.
    InternetUnderTls,
    /// A stranger who has made himself a certificate in the cloud's name.
    Impostor,
    /// Exchange Online with its certificate, which every tenant of it shows.
    Cloud,
    /// Notes, by its network, on the listener where that counts.
    Notes,
}

impl Speaker {
    /// Whose mail this is when all is well.
    pub(super) const fn origin(self) -> &'static str {
        match self {
            Self::Internet | Self::InternetUnderTls | Self::Impostor => "internet",
            Self::Cloud => "cloud",
            Self::Notes => "notes",
        }
    }

    /// TLS from this client, as the events put it.
    pub(super) const fn tls(self) -> Option<&'static str> {
        match self {
            Self::Internet | Self::Notes => None,
            Self::InternetUnderTls | Self::Impostor | Self::Cloud => Some("TLSv1.3"),
        }
    }

    const fn name(self) -> &'static str {
        match self {
            Self::Internet | Self::InternetUnderTls => "mail.fabrikam.com",
            Self::Impostor | Self::Cloud => "mail.protection.outlook.com",
            Self::Notes => "domino.corp.contoso.com",
        }
    }
}

/// Everybody, with the means to prove it.
#[derive(Debug)]
pub(super) struct Cast {
    pub(super) mx: SocketAddr,
    pub(super) inside: SocketAddr,
    stranger: ClientTls,
    impostor: ClientTls,
    cloud: ClientTls,
}

impl Cast {
    /// `mx` is the listener for everybody, `inside` the one where Notes proves itself by its network.
    pub(super) fn new(
        mx: SocketAddr,
        inside: SocketAddr,
        root: &Authority,
        cloud: &Certificate,
    ) -> Self {
        let tls = || ClientTls::trusting([root], "mx.contoso.com");
        let forged = Certificate::self_signed(&Leaf::new(Speaker::Cloud.name()));
        Self {
            mx,
            inside,
            stranger: tls(),
            impostor: tls().showing(&forged),
            cloud: tls().showing(cloud),
        }
    }

    /// A session of this speaker, ready for MAIL.
    pub(super) async fn session(&self, speaker: Speaker) -> Result<Client, ClientError> {
        let listener = if speaker == Speaker::Notes {
            self.inside
        } else {
            self.mx
        };
        let mut client = Client::connect(listener).await?;
        client.ehlo(speaker.name()).await?;
        let tls = match speaker {
            Speaker::Internet | Speaker::Notes => return Ok(client),
            Speaker::InternetUnderTls => &self.stranger,
            Speaker::Impostor => &self.impostor,
            Speaker::Cloud => &self.cloud,
        };
        let mut client = client.starttls(tls).await?;
        client.ehlo(speaker.name()).await?;
        Ok(client)
    }
}
