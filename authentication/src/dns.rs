//! What is asked of DNS, and how its failures are told from its answers.

use std::net::SocketAddr;
use std::sync::Arc;

use mail_auth::MessageAuthenticator;
use mail_auth::hickory_resolver::TokioResolver;
use mail_auth::hickory_resolver::config::{
    ConnectionConfig, NameServerConfig, ResolverConfig, ResolverOpts,
};
use mail_auth::hickory_resolver::net::{DnsError, NetError};
use mail_auth::hickory_resolver::proto::op::ResponseCode;
use mail_auth::hickory_resolver::proto::rr::{Name, RData};

/// A resolver with its cache. Cheap to clone.
#[derive(Clone)]
pub struct Dns(pub(crate) Arc<MessageAuthenticator>);

impl std::fmt::Debug for Dns {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Dns(..)")
    }
}

/// There is no resolver that could be used.
#[derive(Debug, thiserror::Error)]
#[error("the resolver: {0}")]
pub struct SystemDnsError(NetError);

/// DNS did not answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct NoAnswer;

impl Dns {
    /// Asks through `resolver`, whose cache, servers and timeouts count.
    pub fn new(resolver: TokioResolver) -> Self {
        Self(Arc::new(MessageAuthenticator(resolver)))
    }

    /// Asks these servers, by datagrams.
    pub fn servers(addresses: &[SocketAddr]) -> Result<Self, SystemDnsError> {
        let servers = addresses.iter().map(|address| {
            let mut connection = ConnectionConfig::udp();
            connection.port = address.port();
            NameServerConfig::new(address.ip(), true, vec![connection])
        });
        let config = ResolverConfig::from_parts(None, Vec::new(), servers.collect());
        let authenticator = MessageAuthenticator::new(config, ResolverOpts::default());
        let authenticator = authenticator.map_err(SystemDnsError)?;
        Ok(Self(Arc::new(authenticator)))
    }

    /// Asks whom the system asks.
    pub fn system() -> Result<Self, SystemDnsError> {
        let authenticator = MessageAuthenticator::new_system_conf().map_err(SystemDnsError)?;
        Ok(Self(Arc::new(authenticator)))
    }

    /// The texts of a name; none where it has none.
    pub(crate) async fn texts(&self, name: &str) -> Result<Vec<Vec<u8>>, NoAnswer> {
        let Ok(name) = Name::from_str_relaxed(name) else {
            return Ok(Vec::new()); // no such name can be
        };
        let lookup = match self.0.0.txt_lookup(name).await {
            Ok(lookup) => lookup,
            Err(error) if is_absence(&error) => return Ok(Vec::new()),
            Err(_) => return Err(NoAnswer),
        };
        let texts = lookup
            .answers()
            .iter()
            .filter_map(|record| match &record.data {
                RData::TXT(text) => Some(text.txt_data.concat()),
                _ => None,
            });
        Ok(texts.collect())
    }
}

/// The name does not exist, or has nothing of this kind.
fn is_absence(error: &NetError) -> bool {
    match error {
        NetError::Dns(DnsError::NoRecordsFound(none)) => {
            matches!(
                none.response_code,
                ResponseCode::NoError | ResponseCode::NXDomain
            )
        }
        _ => false,
    }
}
