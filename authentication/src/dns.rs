//! What is asked of DNS, and how its failures are told from its answers.

use std::sync::Arc;

use mail_auth::MessageAuthenticator;
use mail_auth::hickory_resolver::TokioResolver;
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

/// DNS did not answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct NoAnswer;

impl Dns {
    /// Asks through `resolver`, whose cache, servers and timeouts count.
    pub fn new(resolver: TokioResolver) -> Self {
        Self(Arc::new(MessageAuthenticator(resolver)))
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
