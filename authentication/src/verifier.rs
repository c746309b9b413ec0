//! Asks DNS what a message cannot say of itself.

use std::net::IpAddr;
use std::panic::AssertUnwindSafe;

use futures_util::FutureExt as _;
use futures_util::future::{join, join_all};
use mail_auth::common::crypto::Algorithm;
use mail_auth::common::verify::VerifySignature as _;
use mail_auth::dkim::{DkimError, Signature};
use mail_auth::spf::verify::SpfParameters;
use mail_auth::{AuthenticatedMessage, DkimResult, Error, SpfResult};
use tokio::time::{Instant, timeout_at};

use crate::alignment::{canonical, is_within};
use crate::dmarc;
use crate::dns::Dns;
use crate::examination::Evidence;
use crate::field::fields;
use crate::limits;
use crate::told::Told;
use crate::verdict::{Arc, Dkim, DkimFault, Outcome, Spf, Verdict, bounded};

/// What the client said, and where it came from.
#[derive(Debug, Clone, Copy)]
pub struct Envelope<'a> {
    /// The client; `None`: nobody knows, and what depends on it cannot be found out.
    pub client: Option<IpAddr>,
    /// Its name in HELO or EHLO; empty: it gave none.
    pub helo: &'a str,
    /// The reverse path without its brackets; empty: null.
    pub reverse: &'a str,
    /// Our own name, for macros of SPF records.
    pub hostname: &'a str,
    /// What somebody whom we believe has found out of this message.
    pub told: Option<&'a Told>,
}

impl<'a> Envelope<'a> {
    /// The domain of the reverse path; empty: null.
    pub fn domain(&self) -> &'a str {
        self.reverse
            .rsplit_once('@')
            .map_or("", |(_, domain)| domain)
    }
}

/// Verifies messages. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Verifier {
    dns: Dns,
}

impl Verifier {
    /// One that asks `dns`.
    pub fn new(dns: Dns) -> Self {
        Self { dns }
    }

    /// All that can be found out, within [`limits::DNS_TIME`].
    pub async fn verify(&self, evidence: &Evidence, envelope: &Envelope<'_>) -> Verdict {
        let unknown = || Verdict::unknown(envelope.domain(), envelope.helo);
        // A message that the library breaks on is one that nothing is known of.
        let dns = self.dns.clone();
        let asking = Asking { dns };
        let verified = asking.verified(evidence, envelope);
        let verified = AssertUnwindSafe(verified).catch_unwind().await;
        verified.unwrap_or_else(|_| unknown())
    }
}

/// One message that is being verified.
struct Asking {
    dns: Dns,
}

impl Asking {
    async fn verified(&self, evidence: &Evidence, envelope: &Envelope<'_>) -> Verdict {
        let until = Instant::now() + limits::DNS_TIME;
        let message = message(evidence);
        let (mut signatures, mut left_out) = signatures(&message);
        let told = envelope.told;
        let signatures_told = told.map_or(&[][..], Told::signatures);
        if !signatures_told.is_empty() {
            (signatures, left_out) = (Vec::new(), 0);
        }
        let dkim = signatures.iter().map(|one| self.dkim(&message, one, until));
        let spf = join(self.mail_from(envelope, until), self.helo(envelope, until));
        let both = join(spf, join_all(dkim));
        let (((mail_from, helo), mut dkim), arc) = join(both, self.arc(&message, until)).await;
        dkim.extend(
            signatures_told
                .iter()
                .filter(|one| !one.domain.is_empty())
                .cloned(),
        );
        let (authors, from_fields) = authors(&message);
        let counts = mail_from.as_ref().unwrap_or(&helo);
        let dmarc = dmarc::judge(&self.dns, &authors, from_fields, counts, &dkim);
        let dmarc = timeout_at(until, dmarc).await;
        let unknown = || Verdict::unknown("", "").dmarc;
        let dmarc = dmarc.unwrap_or_else(|_| unknown());
        Verdict {
            dmarc: match told {
                Some(told) => told.dmarc(dmarc),
                None => dmarc,
            },
            told_by: told.map(|told| told.by.clone()),
            mail_from,
            helo,
            dkim,
            left_out,
            authors,
            arc,
        }
    }

    async fn mail_from(&self, envelope: &Envelope<'_>, until: Instant) -> Option<Spf> {
        let domain = canonical(envelope.domain());
        if envelope.reverse.is_empty() {
            return None;
        }
        let told = envelope.told.and_then(|told| told.mail_from.as_ref());
        if let Some(told) = told.filter(|told| told.is_settled() && told.domain == domain) {
            return Some(told.clone());
        }
        let Some(client) = envelope.client else {
            return Some(unasked(&domain));
        };
        let local = envelope
            .reverse
            .rsplit_once('@')
            .map_or("", |(local, _)| local);
        let sender = format!("{local}@{domain}");
        let (helo, hostname) = (canonical(envelope.helo), envelope.hostname);
        let parameters =
            SpfParameters::verify_mail_from(client.to_canonical(), &helo, hostname, &sender);
        Some(self.spf(parameters, &domain, until).await)
    }

    async fn helo(&self, envelope: &Envelope<'_>, until: Instant) -> Spf {
        let helo = canonical(envelope.helo);
        let told = envelope.told.and_then(|told| told.helo.as_ref());
        let is_of_it = |told: &&Spf| helo.is_empty() || told.domain == helo;
        if let Some(told) = told.filter(|told| told.is_settled() && is_of_it(told)) {
            return told.clone();
        }
        let Some(client) = envelope.client else {
            return unasked(&helo);
        };
        let parameters =
            SpfParameters::verify_ehlo(client.to_canonical(), &helo, envelope.hostname);
        self.spf(parameters, &helo, until).await
    }

    async fn spf(&self, parameters: SpfParameters<'_>, domain: &str, until: Instant) -> Spf {
        let output = timeout_at(until, self.dns.0.verify_spf(parameters)).await;
        let outcome = match output.map(|output| output.result()) {
            Ok(SpfResult::Pass) => Outcome::Pass,
            Ok(SpfResult::Fail) => Outcome::Fail,
            Ok(SpfResult::SoftFail) => Outcome::SoftFail,
            Ok(SpfResult::Neutral) => Outcome::Neutral,
            Ok(SpfResult::PermError) => Outcome::PermError,
            Ok(SpfResult::None) => Outcome::None,
            Ok(SpfResult::TempError) | Err(_) => Outcome::TempError,
        };
        Spf {
            outcome,
            domain: bounded(domain),
        }
    }

    async fn dkim(
        &self,
        message: &AuthenticatedMessage<'_>,
        signature: &Found<'_>,
        until: Instant,
    ) -> Dkim {
        let found = match signature {
            Found::Good(one) => *one,
            Found::Bad(record) => return record.clone(),
        };
        let mut alone = message.clone();
        alone.errors.clear(); // they would come first
        alone
            .dkim_headers
            .retain(|one| std::ptr::eq(one.value, found.value));
        let asked = async {
            let outputs = self.dns.0.verify_dkim(&alone).await;
            outputs.first().map(|output| output.result().clone())
        };
        let (outcome, fault) = match timeout_at(until, asked).await {
            Ok(Some(result)) => outcome(&result),
            Ok(None) => (Outcome::PermError, Some(DkimFault::Syntax)),
            Err(_) => (Outcome::TempError, Some(DkimFault::Dns)),
        };
        Dkim {
            fault,
            ..record(&found.header, outcome)
        }
    }

    async fn arc(&self, message: &AuthenticatedMessage<'_>, until: Instant) -> Arc {
        let sets = message.as_headers.iter().map(|one| one.header.i);
        let is_named = |(name, _): &&(&[u8], &[u8])| {
            name.get(..4)
                .is_some_and(|start| start.eq_ignore_ascii_case(b"ARC-"))
        };
        let is_there = message.headers.iter().any(|one| is_named(&one));
        let last = message.as_headers.iter().max_by_key(|one| one.header.i);
        let arc = |outcome| Arc {
            outcome,
            sets: sets.max().unwrap_or(0).min(limits::ARC_SETS_MAX + 1),
            sealer: last.map_or_else(String::new, |one| bounded(&canonical(&one.header.d))),
        };
        let is_weak = message
            .ams_headers
            .iter()
            .any(|one| one.header.a == Algorithm::RsaSha1)
            || message
                .as_headers
                .iter()
                .any(|one| one.header.a == Algorithm::RsaSha1);
        if is_weak {
            return arc(Outcome::Fail);
        }
        let asked = async { self.dns.0.verify_arc(message).await.result().clone() };
        arc(match timeout_at(until, asked).await {
            Ok(DkimResult::Pass) => Outcome::Pass,
            Ok(DkimResult::None) if !is_there => Outcome::None,
            Ok(DkimResult::TempError(_)) | Err(_) => Outcome::TempError,
            Ok(_) => Outcome::Fail,
        })
    }
}

/// Without a client there is nothing to ask for. It may be told another time, so nothing is taken to fail.
fn unasked(domain: &str) -> Spf {
    Spf {
        outcome: Outcome::TempError,
        domain: bounded(domain),
    }
}

/// The message as the library knows it, with hashes of its body that we made.
fn message(evidence: &Evidence) -> AuthenticatedMessage<'_> {
    let mut message = AuthenticatedMessage::parse(&evidence.header).unwrap_or_default();
    for (canonicalization, _, _, hash) in &mut message.body_hashes {
        *hash = evidence.body(*canonicalization);
    }
    for one in &mut message.dkim_headers {
        // Reports and third parties (RFC 6651, RFC 6541) would cost questions to DNS, and change nothing here.
        one.header.r = false;
        one.header.atps = None;
    }
    message
}

/// A signature that was found.
enum Found<'x> {
    /// DNS is worth asking.
    Good(&'x mail_auth::common::headers::Header<'x, Signature>),
    Bad(Dkim),
}

/// Those that are looked at, and how many are not.
fn signatures<'x>(message: &'x AuthenticatedMessage<'x>) -> (Vec<Found<'x>>, usize) {
    let unread = message.errors.iter().filter_map(|one| match &one.header {
        Error::Dkim(DkimError::SignatureLength) => Some(Found::Bad(unread(DkimFault::Length))),
        Error::Dkim(DkimError::UnsupportedAlgorithm) => {
            Some(Found::Bad(unread(DkimFault::Algorithm)))
        }
        Error::Dkim(_) => Some(Found::Bad(unread(DkimFault::Syntax))),
        _ => None,
    });
    let read = message
        .dkim_headers
        .iter()
        .map(|one| match fault(&one.header) {
            Some((outcome, fault)) => Found::Bad(Dkim {
                fault: Some(fault),
                ..record(&one.header, outcome)
            }),
            None => Found::Good(one),
        });
    let mut all: Vec<_> = read.chain(unread).collect();
    let left_out = all.len().saturating_sub(limits::SIGNATURES_MAX);
    all.truncate(limits::SIGNATURES_MAX);
    (all, left_out)
}

/// What makes a signature void, whatever DNS says.
fn fault(signature: &Signature) -> Option<(Outcome, DkimFault)> {
    // RFC 8301 §3.1
    if signature.a == Algorithm::RsaSha1 {
        return Some((Outcome::Policy, DkimFault::Algorithm));
    }
    // RFC 6376 §6.1.1: the author must be covered, and the identity be of the domain.
    let covers_from = signature
        .h
        .iter()
        .any(|one| one.eq_ignore_ascii_case("From"));
    let (domain, identity) = (canonical(&signature.d), canonical(&signature.i));
    let identity = identity
        .rsplit_once('@')
        .map_or(&*domain, |(_, domain)| domain);
    (!covers_from || !is_within(identity, &domain))
        .then_some((Outcome::PermError, DkimFault::Syntax))
}

fn unread(fault: DkimFault) -> Dkim {
    Dkim {
        outcome: Outcome::PermError,
        domain: String::new(),
        selector: String::new(),
        signature: String::new(),
        fault: Some(fault),
    }
}

fn record(signature: &Signature, outcome: Outcome) -> Dkim {
    use base64::Engine as _;
    let first = &signature.signature()[..signature.signature().len().min(6)];
    Dkim {
        outcome,
        domain: bounded(&canonical(&signature.d)),
        selector: bounded(&signature.s),
        signature: base64::engine::general_purpose::STANDARD.encode(first),
        fault: None,
    }
}

fn outcome(result: &DkimResult) -> (Outcome, Option<DkimFault>) {
    let error = match result {
        DkimResult::Pass => return (Outcome::Pass, None),
        DkimResult::None => return (Outcome::None, None),
        DkimResult::TempError(_) => return (Outcome::TempError, Some(DkimFault::Dns)),
        DkimResult::Neutral(error) | DkimResult::Fail(error) | DkimResult::PermError(error) => {
            error
        }
    };
    match error {
        Error::Dkim(DkimError::SignatureExpired) => (Outcome::Fail, Some(DkimFault::Expired)),
        Error::Dkim(DkimError::FailedBodyHashMatch) => (Outcome::Fail, Some(DkimFault::Body)),
        Error::Dkim(DkimError::UnsupportedAlgorithm) => {
            (Outcome::PermError, Some(DkimFault::Algorithm))
        }
        _ if matches!(result, DkimResult::Fail(_)) => (Outcome::Fail, Some(DkimFault::Signature)),
        _ => (Outcome::PermError, Some(DkimFault::Key)),
    }
}

/// The domains of all authors, each once, and how many From fields there are.
fn authors(message: &AuthenticatedMessage<'_>) -> (Vec<String>, usize) {
    let mut authors: Vec<String> = Vec::new();
    let domains = message.from.iter().filter_map(|from| from.rsplit_once('@'));
    for (_, domain) in domains {
        let domain = bounded(&canonical(domain));
        if authors.len() < limits::SIGNATURES_MAX
            && !domain.is_empty()
            && !authors.contains(&domain)
        {
            authors.push(domain);
        }
    }
    let fields = fields(message.raw_message).filter(|field| field.is("From"));
    (authors, fields.count())
}
