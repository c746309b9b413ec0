//! Where mail of the internet comes from: from the client that connected, or from one that a mail filter in front of us
//! tells of.
//!
//! A filter's own address says nothing of the mail that it hands on. Where it does not tell beyond doubt whom it had it
//! from, nobody knows; its address never takes that place.

mod received;

use std::fmt;
use std::net::IpAddr;

use authentication::Told;
use smtp::header_scan::HeaderBlock;
use smtp::server::Hello;

use crate::config::{Config, Upstream};
use crate::origin::{Peer, Standing};
use received::From;

/// See the module's text.
#[derive(Debug, Clone)]
pub(crate) struct Source {
    /// `None`: a filter does not say.
    pub(crate) client: Option<IpAddr>,
    /// What it called itself; empty: it is not known.
    pub(crate) helo: String,
    /// What the filter has found out, where that is believed.
    pub(crate) told: Option<Told>,
    /// The filter.
    pub(crate) upstream: Option<String>,
}

impl Source {
    /// `header` is as it was received.
    pub(crate) fn of(
        standing: &Standing,
        header: &HeaderBlock,
        peer: &Peer,
        hello: Option<&Hello>,
        config: &Config,
    ) -> Self {
        match filter(standing, config) {
            Some(upstream) => Self::told(upstream, header, peer),
            None => Self {
                client: Some(peer.ip()),
                helo: hello.map_or_else(String::new, |hello| hello.name.clone()),
                told: None,
                upstream: None,
            },
        }
    }

    fn told(upstream: &Upstream, header: &HeaderBlock, peer: &Peer) -> Self {
        let mut received = header
            .fields()
            .filter(|field| is(field.name(), b"Received"));
        let from = received.nth(upstream.received_hops - 1);
        let from = from.and_then(|field| From::parse(field.value()));
        // A hop within the filter is not where the mail comes from.
        let from = from.filter(|from| {
            let mut networks = upstream.accept.networks.iter();
            let is_own = networks.any(|network| network.contains(&from.client));
            !is_own
                && from.client != peer.ip()
                && !from.client.is_loopback()
                && !from.client.is_unspecified()
        });
        let fields = header.fields();
        let results = fields.filter(|field| is(field.name(), b"Authentication-Results"));
        let name = upstream.authserv_id.as_ref();
        let told = name
            .filter(|_| upstream.trust_results)
            .map(|name| Told::by(name, results.map(|field| field.value())));
        let (client, helo) = match from {
            Some(From { client, helo }) => (Some(client), helo),
            None => (None, String::new()),
        };
        Self {
            client,
            helo,
            told: told.filter(|told| !told.is_empty()),
            upstream: Some(upstream.name.clone()),
        }
    }
}

fn is(name: &[u8], wanted: &[u8]) -> bool {
    name.eq_ignore_ascii_case(wanted)
}

/// The filter that handed a message on, as the configuration knows it.
pub(crate) fn filter<'c>(standing: &Standing, config: &'c Config) -> Option<&'c Upstream> {
    let Standing::Upstream(filter) = standing else {
        return None;
    };
    config.upstreams.iter().find(|one| one.name == filter.name)
}

/// For the record of what was found out; nothing where a client came itself.
impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.upstream, self.client) {
            (None, _) => Ok(()),
            (Some(upstream), Some(client)) => write!(f, " through {upstream} (client {client})"),
            (Some(upstream), None) => write!(f, " through {upstream} (client unknown)"),
        }
    }
}
