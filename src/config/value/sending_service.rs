//! Who may send in our name: a network that mail comes from, or a domain that signs it.

use ipnet::IpNet;
use toml::de::DeValue;

use super::domain_name::DomainName;
use super::{Value, text};
use crate::config::SendingService;
use crate::config::fault::Fault;

const NOTE: &str =
    "write a network like 198.51.100.0/24, or the domain (d=) of the service's DKIM signatures";

impl Value for SendingService {
    fn read(value: &DeValue<'_>) -> Result<Self, Fault> {
        let written = text(value)?;
        if let Some(DomainName(name)) = DomainName::parse(written) {
            return Ok(Self::Signer(name));
        }
        let network = <IpNet as Value>::read(value);
        network
            .map(Self::Network)
            .map_err(|fault| match written.contains(['/', ':']) {
                true => fault,
                false => Fault::bad(
                    format!("`{written}` is neither a network nor a domain"),
                    NOTE,
                ),
            })
    }
}

impl std::fmt::Display for SendingService {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Network(network) => network.fmt(f),
            Self::Signer(domain) => domain.fmt(f),
        }
    }
}
