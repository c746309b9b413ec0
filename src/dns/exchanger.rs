//! Which of the hosts that DNS names for a domain are tried, and in which order (RFC 5321 §5.1).

use std::hash::{BuildHasher, RandomState};
use std::net::IpAddr;

use super::{DnsError, Search, Trouble};
use crate::limits;

/// One host that takes mail for a domain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Exchanger {
    pub(crate) host: String,
    /// Never empty.
    pub(crate) addresses: Vec<IpAddr>,
}

/// A host that MX records name, before it is known whether it is of use.
#[derive(Debug, Clone)]
pub(super) struct Candidate {
    pub(super) preference: u16,
    pub(super) host: String,
    pub(super) addresses: Result<Vec<IpAddr>, DnsError>,
}

/// Why there is no host to try. `Display` is for operators, and for senders behind our own words.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum NoExchanger {
    /// The domain does not exist.
    #[error("there is no such domain")]
    NoSuchDomain,
    /// It says that it takes no mail (RFC 7505).
    #[error("its MX record says that it takes no mail")]
    NullMx,
    /// Neither it nor any host that it names has an address.
    #[error("neither MX nor address records lead to a host")]
    Nowhere,
    /// It leads to addresses that cannot be those of its hosts.
    #[error("it leads to {0}, an address of special use")]
    Special(IpAddr),
    /// We are its best host ourselves.
    #[error("its MX records lead to this gateway")]
    Ourselves,
    /// Nobody can say at present.
    #[error("{0}")]
    Temporary(Trouble),
}

impl From<DnsError> for NoExchanger {
    fn from(error: DnsError) -> Self {
        match error {
            DnsError::NoSuchName => Self::NoSuchDomain,
            DnsError::NoData => Self::Nowhere,
            DnsError::Temporary(trouble) => Self::Temporary(trouble),
        }
    }
}

/// The hosts of MX records by preference, equal ones in random order; the preferred [`limits::EXCHANGERS`] of them.
pub(super) fn named(records: Vec<(u16, String)>) -> Result<Vec<(u16, String)>, NoExchanger> {
    let said_something = !records.is_empty();
    let chance = RandomState::new();
    let is_host = |(_, host): &(u16, String)| !host.is_empty();
    // The root stands for nobody, alone (RFC 7505 §3) and, against its rules, beside others.
    let mut hosts: Vec<_> = records.into_iter().filter(is_host).collect();
    hosts.sort_by_cached_key(|(preference, host)| (*preference, chance.hash_one(host)));
    hosts.truncate(limits::EXCHANGERS);
    match hosts.is_empty() && said_something {
        true => Err(NoExchanger::NullMx),
        false => Ok(hosts),
    }
}

/// Those that can be tried. Where we are one of them, only what is preferred to us counts.
pub(super) fn choose(
    mut candidates: Vec<Candidate>,
    search: &Search<'_>,
) -> Result<Vec<Exchanger>, NoExchanger> {
    let is_ours = |one: &&Candidate| {
        search
            .own
            .is(&one.host, one.addresses.as_ref(), search.port)
    };
    let ours = candidates.iter().filter(is_ours);
    let mut nothing = NoExchanger::Nowhere;
    if let Some(best) = ours.map(|one| one.preference).min() {
        candidates.retain(|one| one.preference < best);
        nothing = NoExchanger::Ourselves;
    }
    let mut chosen = Vec::new();
    for Candidate {
        host, addresses, ..
    } in candidates
    {
        match addresses {
            Ok(addresses) => {
                let (fit, unfit): (Vec<_>, Vec<_>) =
                    addresses.into_iter().partition(|one| search.takes(*one));
                if let Some(address) = unfit.first()
                    && nothing == NoExchanger::Nowhere
                {
                    nothing = NoExchanger::Special(*address);
                }
                if !fit.is_empty() {
                    chosen.push(Exchanger {
                        host,
                        addresses: fit,
                    });
                }
            }
            // Who is asked again later may find it.
            Err(DnsError::Temporary(trouble)) => nothing = NoExchanger::Temporary(trouble),
            Err(DnsError::NoSuchName | DnsError::NoData) => {}
        }
    }
    match chosen.is_empty() {
        true => Err(nothing),
        false => Ok(chosen),
    }
}

impl Search<'_> {
    fn takes(&self, address: IpAddr) -> bool {
        let is_listed = |networks: &super::Networks| networks.take(address);
        self.special.is_none_or(is_listed)
    }
}

#[cfg(test)]
mod tests;
