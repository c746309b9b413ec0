//! What becomes of a message by what is known of its sender.
//!
//! What DNS could not say is never taken for a pass and never for a failure: it is asked for again, later.

use std::net::IpAddr;

use ipnet::IpNet;

use crate::alignment::{canonical, is_within};
use crate::verdict::{DmarcPolicy, Outcome, Verdict};

/// How much a domain of ours makes of verdicts on mail to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Mode {
    /// Nothing is verified.
    Off,
    /// It is verified and written down.
    Report,
    /// What its author's domain wants refused is.
    Enforce,
}

/// What becomes of internet mail in the name of a domain of ours that nothing speaks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum OwnSenders {
    /// It is written down.
    Report,
    /// With a reverse path of that domain it is refused.
    RefuseEnvelope,
    /// With an author of that domain it is refused, too.
    Refuse,
}

/// Who may send in the name of a domain of ours.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Services {
    /// Networks that they send from.
    pub networks: Vec<IpNet>,
    /// Domains that they sign with.
    pub domains: Vec<String>,
}

/// A domain of ours in whose name mail may come.
#[derive(Debug, Clone, Copy)]
pub struct Claim<'a> {
    /// Lower-case A-labels.
    pub domain: &'a str,
    /// What becomes of such mail.
    pub own_senders: OwnSenders,
    /// Who may send it.
    pub services: &'a Services,
}

/// What counts for one message.
#[derive(Debug, Clone, Copy)]
pub struct Policy<'a> {
    /// The strictest of its recipients' domains.
    pub mode: Mode,
    /// All domains of ours.
    pub own: &'a [Claim<'a>],
    /// Where it came from.
    pub client: IpAddr,
    /// The domain of its reverse path; empty: null.
    pub reverse: &'a str,
}

/// What is to be done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ruling {
    /// It goes on.
    Accept,
    /// It goes on; the operator may want to know.
    Note(Reason),
    /// It is to be sent again: DNS did not say enough.
    Defer(Reason),
    /// It is not taken.
    Refuse(Reason),
}

/// Why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reason {
    /// Its author's domain has mail refused that fails DMARC.
    Dmarc(String),
    /// It has not exactly one author's domain, so that no one's policy can be asked.
    Authors,
    /// It claims this domain of ours by its reverse path.
    OwnEnvelope(String),
    /// It claims this domain of ours by its From field.
    OwnAuthor(String),
    /// DNS did not answer.
    Dns,
}

/// The ruling on a message from the internet.
pub fn judge(verdict: &Verdict, policy: &Policy<'_>) -> Ruling {
    match own(verdict, policy) {
        Ruling::Accept => dmarc(verdict, policy),
        Ruling::Note(reason) => match dmarc(verdict, policy) {
            Ruling::Accept => Ruling::Note(reason),
            ruling => ruling,
        },
        ruling => ruling,
    }
}

fn dmarc(verdict: &Verdict, policy: &Policy<'_>) -> Ruling {
    if policy.mode < Mode::Enforce {
        return Ruling::Accept;
    }
    let dmarc = &verdict.dmarc;
    match dmarc.outcome {
        // Whoever asks for nothing, or for less than a refusal, would have it go on anyway.
        Outcome::TempError if matches!(dmarc.policy, None | Some(DmarcPolicy::Reject)) => {
            Ruling::Defer(Reason::Dns)
        }
        Outcome::PermError if dmarc.from.is_empty() => Ruling::Refuse(Reason::Authors),
        Outcome::Fail if dmarc.policy == Some(DmarcPolicy::Reject) && !dmarc.testing => {
            Ruling::Refuse(Reason::Dmarc(dmarc.from.clone()))
        }
        _ => Ruling::Accept,
    }
}

/// Who claims to be one of ours must show it.
fn own(verdict: &Verdict, policy: &Policy<'_>) -> Ruling {
    let reverse = canonical(policy.reverse);
    let mut noted = None;
    for claim in policy.own {
        let by_envelope = is_within(&reverse, claim.domain);
        let by_author = verdict
            .authors
            .iter()
            .any(|one| is_within(one, claim.domain));
        if !(by_envelope || by_author) || is_served(verdict, policy.client, claim.services) {
            continue;
        }
        let shown = legitimacy(verdict, claim.domain, &reverse, by_author);
        if shown == Legitimacy::Shown {
            continue;
        }
        let reason = match by_envelope {
            true => Reason::OwnEnvelope(claim.domain.to_owned()),
            false => Reason::OwnAuthor(claim.domain.to_owned()),
        };
        let is_refused = match claim.own_senders {
            OwnSenders::Report => false,
            OwnSenders::RefuseEnvelope => by_envelope,
            OwnSenders::Refuse => true,
        };
        match (is_refused, shown) {
            (true, Legitimacy::Unknown) => return Ruling::Defer(Reason::Dns),
            (true, _) => return Ruling::Refuse(reason),
            (false, _) => noted = Some(reason),
        }
    }
    noted.map_or(Ruling::Accept, Ruling::Note)
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Legitimacy {
    Shown,
    NotShown,
    /// DNS did not say.
    Unknown,
}

/// An author of ours is shown by DMARC; a mere reverse path of ours by SPF or a signature of that domain.
fn legitimacy(verdict: &Verdict, domain: &str, reverse: &str, by_author: bool) -> Legitimacy {
    let of = |outcome| match outcome {
        Outcome::Pass => Legitimacy::Shown,
        Outcome::TempError => Legitimacy::Unknown,
        _ => Legitimacy::NotShown,
    };
    if by_author {
        return of(verdict.dmarc.outcome);
    }
    let signed = verdict.signers().any(|signer| is_within(signer, domain));
    if signed {
        return Legitimacy::Shown;
    }
    let lost = |one: &crate::Dkim| one.outcome == Outcome::TempError;
    match &verdict.mail_from {
        Some(spf) if is_within(&canonical(&spf.domain), domain) && !reverse.is_empty() => {
            match of(spf.outcome) {
                Legitimacy::NotShown if verdict.dkim.iter().any(lost) => Legitimacy::Unknown,
                shown => shown,
            }
        }
        _ => Legitimacy::NotShown,
    }
}

fn is_served(verdict: &Verdict, client: IpAddr, services: &Services) -> bool {
    let client = client.to_canonical();
    services
        .networks
        .iter()
        .any(|network| network.contains(&client))
        || verdict
            .signers()
            .any(|signer| services.domains.iter().any(|one| one == signer))
}
