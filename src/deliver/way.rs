//! The ways out of the gateway, as one generation of the configuration has them.

use std::sync::Arc;

use routing::Address;
use tnef_decoder::icalendar::Profile;
use tnef_decoder::vcard::Version;
use transform::Options;

use super::verdict::Trust;
use crate::config::{Config, Hop, HopTls, IdentityOrigin, Lookup, Side, SideKind, Tnef, VCard};
use crate::limits;

/// Where a leg goes: a side, or out to the internet. Made once a generation and shared by all its messages.
#[derive(Debug)]
pub(crate) struct Way {
    /// The side's name; `None`: the internet.
    pub(crate) side: Option<String>,
    /// The side whose hops these are, on the way to the internet.
    through: Option<String>,
    pub(crate) kind: SideKind,
    /// Empty, where each recipient's domain has its own.
    pub(crate) hops: Vec<Hop>,
    /// The port of the exchangers of each recipient's domain, where these take the place of hops.
    exchangers: Option<u16>,
    pub(crate) tls: HopTls,
    pub(crate) max_connections: usize,
    /// Recipients that one transaction may have.
    pub(crate) recipients: usize,
    /// How its mail becomes plain MIME; `None`: TNEF stays as it is.
    pub(crate) conversion: Option<Arc<Options>>,
    /// Internet mail is sealed on this way.
    pub(crate) arc_seal: bool,
    /// Its hops may be shown one certificate for internal mail and another for the rest.
    pub(crate) tells_apart: bool,
}

impl Way {
    /// Every way that `config` has.
    pub(crate) fn all(config: &Config) -> Vec<Arc<Self>> {
        let sides = config.sides.iter().map(|side| Self {
            side: Some(side.name.clone()),
            through: None,
            kind: side.kind,
            hops: side.next_hop.clone(),
            exchangers: None,
            tls: side.tls.clone(),
            max_connections: side.max_connections,
            recipients: side.recipients_per_transaction.min(limits::LEG_RECIPIENTS),
            conversion: conversion(config, side),
            arc_seal: side.format.arc_seal,
            tells_apart: tells_apart(side),
        });
        let internet = config.internet.as_ref().map(|internet| {
            let through = internet.through.as_deref();
            let through = through.and_then(|name| config.sides.iter().find(|one| one.name == name));
            let smart_hosts = Self {
                side: None,
                through: internet.through.clone(),
                kind: SideKind::Smtp,
                hops: internet.next_hop.clone(),
                exchangers: internet.exchangers,
                tls: internet.tls.clone(),
                max_connections: INTERNET_CONNECTIONS,
                recipients: limits::LEG_RECIPIENTS,
                arc_seal: false,
                tells_apart: false,
                conversion: None, // a stranger's system knows best what its people read
            };
            match through {
                Some(side) => Self {
                    kind: side.kind,
                    hops: side.next_hop.clone(),
                    tls: side.tls.clone(),
                    max_connections: side.max_connections,
                    recipients: side.recipients_per_transaction.min(limits::LEG_RECIPIENTS),
                    tells_apart: tells_apart(side),
                    ..smart_hosts
                },
                None => smart_hosts,
            }
        });
        sides.chain(internet).map(Arc::new).collect()
    }

    /// Whether each recipient's domain has hops of its own, so that a leg is for one domain.
    pub(crate) fn is_by_domain(&self) -> bool {
        self.exchangers.is_some()
    }

    /// What stands for the exchangers of a recipient's domain; `None`: all recipients share the hops of the way.
    pub(crate) fn domain_of(&self, path: &Address) -> Option<Arc<Hop>> {
        let port = self.exchangers?;
        Some(Arc::new(Hop {
            host: path.domain().to_owned(),
            port,
            lookup: Lookup::Exchangers,
        }))
    }

    /// Whose hops these are.
    pub(crate) fn trust(&self) -> Trust {
        match self.side {
            Some(_) => Trust::Side,
            None => Trust::Internet,
        }
    }

    /// The side that the hops belong to, and whose certificates they are shown.
    pub(crate) fn host(&self) -> Option<&str> {
        self.side.as_deref().or(self.through.as_deref())
    }

    /// As events and tokens name it.
    pub(crate) fn name(&self) -> &str {
        self.side.as_deref().unwrap_or("internet")
    }
}

fn tells_apart(side: &Side) -> bool {
    let mut identities = side.identities.iter();
    identities.any(|one| one.origin != IdentityOrigin::Any)
}

fn conversion(config: &Config, side: &Side) -> Option<Arc<Options>> {
    let profile = match side.kind {
        SideKind::Domino => Profile::Domino,
        SideKind::GroupWise => Profile::GroupWise,
        SideKind::ExchangeOnline | SideKind::Exchange | SideKind::Smtp => Profile::Standard,
    };
    let vcard = match side.format.vcard {
        VCard::V4 => Version::V4,
        VCard::V3 => Version::V3,
    };
    (side.format.tnef == Tnef::Convert).then(|| {
        Arc::new(Options {
            profile,
            vcard,
            hostname: config.hostname.clone(),
            limits: tnef_decoder::Limits::default(),
        })
    })
}

/// Connections to the smart hosts at a time.
const INTERNET_CONNECTIONS: usize = 20;
