//! Who is speaking: from what a connection shows of itself to the origin of its mail.
//!
//! A proof is a verified certificate name or a network, bound to listeners where the configuration says so. Where many
//! tenants show the same certificate, the proof is provisional until the header block names the tenant.

use std::net::{IpAddr, SocketAddr};

use routing::SideName;
use rustls_pki_types::{CertificateDer, UnixTime};
use smtp::header_scan::HeaderBlock;

use crate::config::{Accept, Require, SideKind};
use crate::event::{Event, Events, SessionId};
use crate::generation::Generation;
use crate::tls::{Distrust, Judge, Negotiated};

/// The other end of a client connection.
#[derive(Debug)]
pub(crate) struct Peer {
    /// Its address.
    pub(crate) address: SocketAddr,
    /// The listener it came to.
    pub(crate) listener: String,
    /// What the handshake showed; `None` in clear text.
    pub(crate) tls: Option<PeerTls>,
}

/// The client's side of a finished handshake.
#[derive(Debug)]
pub(crate) struct PeerTls {
    /// Version and cipher.
    pub(crate) negotiated: Negotiated,
    /// Its chain, leaf first; empty when it showed none.
    pub(crate) chain: Vec<CertificateDer<'static>>,
}

impl Peer {
    /// The address without the IPv6 clothing of an IPv4 one.
    pub(crate) fn ip(&self) -> IpAddr {
        self.address.ip().to_canonical()
    }
}

/// Which of the proofs a side was shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Proof {
    /// The client's network.
    Network,
    /// A verified certificate.
    Certificate,
}

/// A side that the connection speaks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Proven {
    pub(crate) side: SideName,
    pub(crate) kind: SideKind,
    pub(crate) proof: Proof,
}

/// A side that the connection speaks for if the message turns out to be of this tenant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Candidate {
    proven: Proven,
    tenant: String,
}

/// A mail filter that the connection comes from. It hands on mail of the internet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Filter {
    /// Of `[upstream.NAME]`.
    pub(crate) name: String,
    pub(crate) proof: Proof,
}

/// What a connection has shown so far.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Standing {
    /// No side's proof covers it.
    Internet,
    /// Nor does one here, but it is known who hands on this mail of the internet.
    Upstream(Filter),
    /// One side, for certain.
    Side(Proven),
    /// One of these, if the tenant agrees; otherwise the internet.
    Provisional(Vec<Candidate>),
}

impl Standing {
    /// Judges what `peer` shows against every side.
    pub(crate) fn of(
        peer: &Peer,
        generation: &Generation,
        session: SessionId,
        events: &Events,
    ) -> Self {
        let mut found: Vec<(Proven, Option<String>)> = Vec::new();
        for side in &generation.config.sides {
            let Some(accept) = &side.accept else { continue };
            let judged = Judged {
                judge: generation.material.accept(&side.name),
                accept,
            };
            let distrusted = |why| Event::ClientDistrusted {
                session,
                client: peer.ip(),
                side: side.name.clone(),
                why,
            };
            if let Some(proof) = judged.proof(peer, |why| events.emit(distrusted(why))) {
                let proven = Proven {
                    side: SideName::from(side.name.as_str()),
                    kind: side.kind,
                    proof,
                };
                found.push((proven, accept.tenant_id.clone()));
            }
        }
        match (
            Self::filter(peer, generation, session, events),
            Self::best(found),
        ) {
            // Who shows both is trusted less.
            (Some(filter), side) if side.side().is_none_or(|one| one.proof <= filter.proof) => {
                Self::Upstream(filter)
            }
            (_, side) => side,
        }
    }

    fn filter(
        peer: &Peer,
        generation: &Generation,
        session: SessionId,
        events: &Events,
    ) -> Option<Filter> {
        let upstreams = generation.config.upstreams.iter();
        let shown = upstreams.filter_map(|upstream| {
            let judged = Judged {
                judge: generation.material.upstream(&upstream.name),
                accept: &upstream.accept,
            };
            let distrusted = |why| Event::UpstreamDistrusted {
                session,
                client: peer.ip(),
                upstream: upstream.name.clone(),
                why,
            };
            let proof = judged.proof(peer, |why| events.emit(distrusted(why)))?;
            let name = upstream.name.clone();
            Some(Filter { name, proof })
        });
        shown.max_by_key(|filter| filter.proof)
    }

    /// A certificate outweighs a network; among equals a certain side outweighs a provisional one.
    fn best(found: Vec<(Proven, Option<String>)>) -> Self {
        let Some(strongest) = found.iter().map(|(proven, _)| proven.proof).max() else {
            return Self::Internet;
        };
        let mut candidates = Vec::new();
        for (proven, tenant) in found
            .into_iter()
            .filter(|(proven, _)| proven.proof == strongest)
        {
            match tenant {
                None => return Self::Side(proven),
                Some(tenant) => candidates.push(Candidate { proven, tenant }),
            }
        }
        Self::Provisional(candidates)
    }

    /// The side that RCPT is answered for, besides the internet where this is provisional.
    pub(crate) fn side(&self) -> Option<&Proven> {
        match self {
            Self::Internet | Self::Upstream(_) => None,
            Self::Side(proven) => Some(proven),
            Self::Provisional(candidates) => candidates.first().map(|candidate| &candidate.proven),
        }
    }

    /// As events name it.
    pub(crate) fn name(&self) -> &str {
        self.side()
            .map_or("internet", |proven| proven.side.as_str())
    }

    /// Whether the header block still has a say.
    pub(crate) fn is_provisional(&self) -> bool {
        matches!(self, Self::Provisional(_))
    }

    /// Takes the decision that was left to the header block. The error says what was found instead of our tenant.
    pub(crate) fn settle(&self, header: &HeaderBlock) -> Result<Self, TenantMismatch> {
        let Self::Provisional(candidates) = self else {
            return Ok(self.clone());
        };
        let mut tenants: Vec<String> = header
            .fields()
            .filter(|field| field.name().eq_ignore_ascii_case(TENANT_FIELD))
            .map(|field| {
                String::from_utf8_lossy(field.value())
                    .trim()
                    .to_ascii_lowercase()
            })
            .collect();
        tenants.sort_unstable();
        tenants.dedup();
        let [tenant] = tenants.as_slice() else {
            let found = if tenants.is_empty() {
                "no tenant is named"
            } else {
                "several tenants are named"
            };
            return Err(TenantMismatch(found.to_owned()));
        };
        candidates
            .iter()
            .find(|candidate| candidate.tenant.eq_ignore_ascii_case(tenant))
            .map(|candidate| Self::Side(candidate.proven.clone()))
            .ok_or_else(|| TenantMismatch(format!("it is of tenant {}", tenant.escape_debug())))
    }
}

/// The message is not of the tenant that the side's proof asks for; its origin is the internet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct TenantMismatch(pub(crate) String);

const TENANT_FIELD: &[u8] = b"X-MS-Exchange-CrossTenant-Id";

/// How somebody shows who he is, with what his certificate is judged by.
struct Judged<'a> {
    judge: Option<&'a Judge>,
    accept: &'a Accept,
}

impl Judged<'_> {
    /// What of it `peer` has shown. `distrusted` hears why a certificate in this name proves nothing.
    fn proof(&self, peer: &Peer, distrusted: impl FnOnce(Distrust)) -> Option<Proof> {
        let listeners = &self.accept.listeners;
        if !listeners.is_empty() && !listeners.contains(&peer.listener) {
            return None;
        }
        let mut networks = self.accept.networks.iter();
        let network = networks.any(|network| network.contains(&peer.ip()));
        let certificate = self.certificate_proves(peer, distrusted);
        match self.accept.require {
            Require::Any if certificate => Some(Proof::Certificate),
            Require::Any => network.then_some(Proof::Network),
            Require::All => (network && certificate).then_some(Proof::Certificate),
        }
    }

    fn certificate_proves(&self, peer: &Peer, distrusted: impl FnOnce(Distrust)) -> bool {
        let (Some(judge), Some(tls)) = (self.judge, &peer.tls) else {
            return false;
        };
        match judge.judge(&tls.chain, UnixTime::now()) {
            Ok(_) => true,
            Err(why) => {
                // Strangers show certificates of their own all day; only one in this name is worth a word.
                if judge.is_claimed_by(&tls.chain) && !matches!(why, Distrust::NoCertificate) {
                    distrusted(why);
                }
                false
            }
        }
    }
}
