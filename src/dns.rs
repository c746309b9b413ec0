//! Names to addresses and to mail exchangers (RFC 5321 §5.1).
//!
//! One [`Resolver`] for the whole gateway, made where everything is wired and handed on from there. What it says is
//! bounded: in time, in the number of hosts and addresses, in the aliases followed. A name server that fails or is silent
//! is never taken for a name that does not exist.

mod exchanger;
mod health;
mod network;
mod own;
mod stub;

pub(crate) use exchanger::{Exchanger, NoExchanger};
pub(crate) use network::Networks;
pub(crate) use own::Own;

use std::net::IpAddr;
use std::sync::Arc;

use arc_swap::ArcSwap;
use futures_util::future::{join, join_all};
use hickory_resolver::TokioResolver;
use hickory_resolver::config::{ResolverConfig, ResolverOpts};
use hickory_resolver::net::NetError;
use hickory_resolver::proto::rr::{RData, RecordType};
use tokio::time::timeout;

use crate::config::Dns;
use crate::event::Events;
use crate::limits;
use exchanger::Candidate;
use health::Health;
use stub::{Scope, records};

/// Why a name led to nothing. `Display` is for operators, and for senders behind our own words.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum DnsError {
    /// The name does not exist (RFC 8020).
    #[error("there is no such name")]
    NoSuchName,
    /// It exists, and has nothing of what was asked for.
    #[error("the name has no address")]
    NoData,
    /// Nobody can say at present.
    #[error("{0}")]
    Temporary(Trouble),
}

/// Why a lookup gave no answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Trouble {
    /// Within the time allowed.
    #[error("no name server answered")]
    Silent,
    /// SERVFAIL, REFUSED and their like.
    #[error("the name server answered {0}")]
    Failed(String),
    /// An answer that leads nowhere, or none that can be read.
    #[error("the answer is of no use: {0}")]
    Broken(String),
}

/// See the module's text. Cheap to clone.
#[derive(Debug, Clone)]
pub(crate) struct Resolver(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    stub: ArcSwap<TokioResolver>,
    health: Health,
}

/// Whose exchangers are wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Search<'a> {
    pub(crate) domain: &'a str,
    /// The port that they are spoken to at.
    pub(crate) port: u16,
    /// Who we are: mail must not come back.
    pub(crate) own: &'a Own,
    /// Addresses of special use that count all the same; `None`: all do, the domain is our operator's choice.
    pub(crate) special: Option<&'a Networks>,
}

impl Resolver {
    pub(crate) fn new(dns: &Dns, events: Events) -> Result<Self, NetError> {
        Ok(Self(Arc::new(Inner {
            stub: ArcSwap::from_pointee(stub::resolver(Self::parts(dns))?),
            health: Health::new(events),
        })))
    }

    /// Takes what the configuration, and where that names no servers the system, says now. What was remembered is
    /// forgotten.
    pub(crate) fn reload(&self, dns: &Dns) -> Result<(), NetError> {
        let stub = stub::resolver(Self::parts(dns))?;
        self.0.stub.store(Arc::new(stub));
        Ok(())
    }

    /// What a resolver of the library is made from, for whoever needs one of his own: the same servers, the same patience.
    pub(crate) fn parts(dns: &Dns) -> (ResolverConfig, ResolverOpts) {
        stub::parts(dns)
    }

    /// The library's resolver with our servers, bounds and cache, for whoever asks for other records.
    pub(crate) fn stub(&self) -> Arc<TokioResolver> {
        self.0.stub.load_full()
    }

    /// The addresses of a host that our operator has named, at most [`limits::HOP_ADDRESSES`], the families by turns and
    /// IPv4 first. A short name is completed as the system does it.
    pub(crate) async fn addresses(&self, host: &str) -> Result<Vec<IpAddr>, DnsError> {
        match host.parse() {
            Ok(address) => Ok(vec![address]),
            Err(_) => self.addresses_of(host, Scope::Searched).await,
        }
    }

    /// The hosts that take mail for a domain, the preferred ones first, each with its addresses.
    pub(crate) async fn exchangers(
        &self,
        search: &Search<'_>,
    ) -> Result<Vec<Exchanger>, NoExchanger> {
        let domain = search.domain;
        if domain.starts_with('[') {
            return Err(NoExchanger::NoSuchDomain); // an address literal is no name
        }
        let stub = self.stub();
        let found = within(records(&stub, domain, Scope::Absolute, RecordType::MX)).await;
        self.0.health.heard(domain, &found);
        let named = match found {
            Ok(found) => exchanger::named(found.iter().filter_map(exchange).collect())?,
            // The implicit one (RFC 5321 §5.1).
            Err(DnsError::NoData) => vec![(0, domain.to_owned())],
            Err(error) => return Err(error.into()),
        };
        let candidates = named.into_iter().map(async |(preference, host)| Candidate {
            addresses: self.addresses_of(&host, Scope::Absolute).await,
            preference,
            host,
        });
        exchanger::choose(join_all(candidates).await, search)
    }

    async fn addresses_of(&self, host: &str, scope: Scope) -> Result<Vec<IpAddr>, DnsError> {
        let stub = self.stub();
        let family = async |kind| {
            let found = records(&stub, host, scope, kind).await?;
            Ok(found.iter().filter_map(RData::ip_addr).collect())
        };
        let lookups = join(family(RecordType::A), family(RecordType::AAAA));
        let found = within(async {
            let (v4, v6) = lookups.await;
            both(v4, v6)
        })
        .await;
        self.0.health.heard(host, &found);
        found
    }
}

/// What an MX record says; the root, which is nobody, without a name.
fn exchange(record: &RData) -> Option<(u16, String)> {
    let RData::MX(mx) = record else {
        return None;
    };
    let host = mx.exchange.to_ascii();
    let host = host.strip_suffix('.').unwrap_or(&host);
    Some((mx.preference, host.to_ascii_lowercase()))
}

/// One bound for everything that belongs to a question.
async fn within<T>(lookup: impl Future<Output = Result<T, DnsError>>) -> Result<T, DnsError> {
    let answered = timeout(limits::DNS_LOOKUP, lookup).await;
    answered.unwrap_or(Err(DnsError::Temporary(Trouble::Silent)))
}

/// What both families together say. One of them is enough.
fn both(
    v4: Result<Vec<IpAddr>, DnsError>,
    v6: Result<Vec<IpAddr>, DnsError>,
) -> Result<Vec<IpAddr>, DnsError> {
    let (v4, v6) = match (v4, v6) {
        (Ok(v4), Ok(v6)) => (v4, v6),
        (Ok(one), Err(_)) | (Err(_), Ok(one)) => (one, Vec::new()),
        (Err(trouble @ DnsError::Temporary(_)), Err(_))
        | (Err(_), Err(trouble @ DnsError::Temporary(_))) => return Err(trouble),
        (Err(DnsError::NoData), Err(_)) | (Err(_), Err(DnsError::NoData)) => {
            return Err(DnsError::NoData);
        }
        (Err(DnsError::NoSuchName), Err(DnsError::NoSuchName)) => {
            return Err(DnsError::NoSuchName);
        }
    };
    let (mut v4, mut v6) = (v4.into_iter(), v6.into_iter());
    let mut found = Vec::new();
    while found.len() < limits::HOP_ADDRESSES {
        let before = found.len();
        found.extend(v4.next());
        found.extend(v6.next());
        if found.len() == before {
            break;
        }
    }
    found.truncate(limits::HOP_ADDRESSES);
    match found.is_empty() {
        true => Err(DnsError::NoData),
        false => Ok(found),
    }
}

#[cfg(test)]
mod tests {
    use std::net::{Ipv4Addr, Ipv6Addr};

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_lookup_has_its_time_and_no_more() {
        let asked = async |takes| {
            within(async {
                let _ = timeout(takes, std::future::pending::<()>()).await; // so long nobody says anything
                Ok(())
            })
            .await
        };
        let little = std::time::Duration::from_millis(1);
        assert_eq!(asked(limits::DNS_LOOKUP - little).await, Ok(()));
        let late = Err(DnsError::Temporary(Trouble::Silent));
        assert_eq!(asked(limits::DNS_LOOKUP + little).await, late);
    }

    #[test]
    fn both_families_together() {
        let v4 = |count: usize| -> Vec<IpAddr> {
            let all = (0..count).map(|n| Ipv4Addr::new(192, 0, 2, n as u8).into());
            all.collect()
        };
        let v6 = |count: usize| -> Vec<IpAddr> {
            let all = (0..count).map(|n| Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, n as u16));
            all.map(IpAddr::from).collect()
        };
        let trouble = || Err(DnsError::Temporary(Trouble::Silent));
        let check = |four, six, expected| assert_eq!(both(four, six), expected);
        check(Ok(v4(1)), Ok(v6(1)), Ok([v4(1), v6(1)].concat()));
        check(Ok(v4(1)), trouble(), Ok(v4(1)));
        check(Err(DnsError::NoData), Ok(v6(1)), Ok(v6(1)));
        check(Err(DnsError::NoData), trouble(), trouble());
        check(trouble(), Err(DnsError::NoSuchName), trouble());
        check(
            Err(DnsError::NoSuchName),
            Err(DnsError::NoSuchName),
            Err(DnsError::NoSuchName),
        );
        check(
            Err(DnsError::NoSuchName),
            Err(DnsError::NoData),
            Err(DnsError::NoData),
        );
        check(Ok(v4(0)), Ok(v6(0)), Err(DnsError::NoData));
        let most = limits::HOP_ADDRESSES;
        check(Ok(v4(most)), Err(DnsError::NoData), Ok(v4(most)));
        check(Ok(v4(most + 1)), Err(DnsError::NoData), Ok(v4(most)));
        let mixed = both(Ok(v4(most)), Ok(v6(most))).expect("addresses");
        assert_eq!(mixed.len(), most);
        assert!(mixed[0].is_ipv4() && mixed[1].is_ipv6() && mixed[2].is_ipv4());
    }
}
