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
    /// Where it came from; `None`: nobody knows.
    pub client: Option<IpAddr>,
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

fn is_served(verdict: &Verdict, client: Option<IpAddr>, services: &Services) -> bool {
    let contains =
        |network: &IpNet| client.is_some_and(|client| network.contains(&client.to_canonical()));
    services.networks.iter().any(contains)
        || verdict
            .signers()
            .any(|signer| services.domains.iter().any(|one| one == signer))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::verdict::{Arc, Dkim, Dmarc, Spf, Through};

    /// Of an author of `from`, with the reverse path's SPF, a signature, and what DMARC makes of it.
    fn verdict(from: &str, spf: (Outcome, &str), dkim: (Outcome, &str), dmarc: Outcome) -> Verdict {
        let (outcome, domain) = spf;
        let spf = |outcome, domain: &str| Spf {
            outcome,
            domain: domain.to_owned(),
        };
        Verdict {
            mail_from: Some(spf(outcome, domain)),
            helo: spf(Outcome::None, "client.test"),
            dkim: vec![Dkim {
                outcome: dkim.0,
                domain: dkim.1.to_owned(),
                selector: "s".to_owned(),
                signature: String::new(),
                fault: None,
            }],
            left_out: 0,
            dmarc: Dmarc {
                outcome: dmarc,
                from: from.to_owned(),
                policy: (dmarc != Outcome::None).then_some(DmarcPolicy::Reject),
                testing: false,
                through: (dmarc == Outcome::Pass).then_some(Through::Dkim),
            },
            authors: vec![from.to_owned()],
            arc: Arc {
                outcome: Outcome::None,
                sets: 0,
                sealer: String::new(),
            },
            told_by: None,
        }
    }

    const NOTHING: (Outcome, &str) = (Outcome::None, "");

    fn ruled(verdict: &Verdict, mode: Mode, own_senders: OwnSenders, reverse: &str) -> Ruling {
        let services = Services {
            networks: vec!["192.0.2.0/24".parse().expect("a network")],
            domains: vec!["service.test".to_owned()],
        };
        let own = [Claim {
            domain: "contoso.com",
            own_senders,
            services: &services,
        }];
        judge(
            verdict,
            &Policy {
                mode,
                own: &own,
                client: Some("198.51.100.1".parse().expect("an address")),
                reverse,
            },
        )
    }

    #[test]
    fn what_dmarc_decides() {
        use DmarcPolicy::{None as Nothing, Quarantine, Reject};
        let refused = || Ruling::Refuse(Reason::Dmarc("a.test".to_owned()));
        for (outcome, policy, expected) in [
            (Outcome::Pass, Some(Reject), Ruling::Accept),
            (Outcome::Fail, Some(Reject), refused()),
            (Outcome::Fail, Some(Quarantine), Ruling::Accept),
            (Outcome::Fail, Some(Nothing), Ruling::Accept),
            (Outcome::None, None, Ruling::Accept),
            (Outcome::TempError, Some(Reject), Ruling::Defer(Reason::Dns)),
            (Outcome::TempError, None, Ruling::Defer(Reason::Dns)),
            (Outcome::TempError, Some(Quarantine), Ruling::Accept),
        ] {
            let mut verdict = verdict("a.test", NOTHING, NOTHING, outcome);
            verdict.dmarc.policy = policy;
            for (mode, expected) in [
                (Mode::Off, Ruling::Accept),
                (Mode::Report, Ruling::Accept),
                (Mode::Enforce, expected),
            ] {
                let found = ruled(&verdict, mode, OwnSenders::Report, "a.test");
                assert_eq!(found, expected, "{outcome} {policy:?} {mode:?}");
            }
            verdict.dmarc.testing = true;
            let found = ruled(&verdict, Mode::Enforce, OwnSenders::Report, "a.test");
            assert!(!matches!(found, Ruling::Refuse(_)), "only tried out");
        }
    }

    #[test]
    fn authors_that_are_not_one_are_refused_where_policies_count() {
        let mut verdict = verdict("", NOTHING, NOTHING, Outcome::PermError);
        verdict.authors = vec!["a.test".to_owned(), "b.test".to_owned()];
        let found = |mode| ruled(&verdict, mode, OwnSenders::Report, "a.test");
        assert_eq!(found(Mode::Enforce), Ruling::Refuse(Reason::Authors));
        assert_eq!(found(Mode::Report), Ruling::Accept);
    }

    #[test]
    fn who_may_be_one_of_ours() {
        use Outcome::{Fail, Pass, TempError};
        let envelope = || Reason::OwnEnvelope("contoso.com".to_owned());
        let author = || Reason::OwnAuthor("contoso.com".to_owned());
        let ours = "contoso.com";
        for (from, reverse, spf, dkim, dmarc, by_envelope, by_both) in [
            // Nobody claims anything.
            (
                "a.test",
                "a.test",
                NOTHING,
                NOTHING,
                Fail,
                Ruling::Accept,
                Ruling::Accept,
            ),
            (
                "badcontoso.com",
                "a.test",
                NOTHING,
                NOTHING,
                Fail,
                Ruling::Accept,
                Ruling::Accept,
            ),
            // The reverse path alone.
            (
                "a.test",
                ours,
                NOTHING,
                NOTHING,
                Fail,
                Ruling::Refuse(envelope()),
                Ruling::Refuse(envelope()),
            ),
            (
                "a.test",
                ours,
                (Pass, ours),
                NOTHING,
                Fail,
                Ruling::Accept,
                Ruling::Accept,
            ),
            (
                "a.test",
                ours,
                NOTHING,
                (Pass, ours),
                Fail,
                Ruling::Accept,
                Ruling::Accept,
            ),
            (
                "a.test",
                ours,
                NOTHING,
                (Pass, "a.test"),
                Fail,
                Ruling::Refuse(envelope()),
                Ruling::Refuse(envelope()),
            ),
            (
                "a.test",
                ours,
                (TempError, ours),
                NOTHING,
                Fail,
                Ruling::Defer(Reason::Dns),
                Ruling::Defer(Reason::Dns),
            ),
            (
                "a.test",
                ours,
                (Fail, ours),
                (TempError, ours),
                Fail,
                Ruling::Defer(Reason::Dns),
                Ruling::Defer(Reason::Dns),
            ),
            // The author.
            (
                ours,
                "a.test",
                (Pass, "a.test"),
                NOTHING,
                Fail,
                Ruling::Note(author()),
                Ruling::Refuse(author()),
            ),
            (
                "x.contoso.com",
                "a.test",
                NOTHING,
                NOTHING,
                Fail,
                Ruling::Note(author()),
                Ruling::Refuse(author()),
            ),
            (
                ours,
                "a.test",
                NOTHING,
                NOTHING,
                Pass,
                Ruling::Accept,
                Ruling::Accept,
            ),
            (
                ours,
                ours,
                NOTHING,
                NOTHING,
                Pass,
                Ruling::Accept,
                Ruling::Accept,
            ),
            (
                ours,
                ours,
                (Pass, ours),
                NOTHING,
                Fail,
                Ruling::Refuse(envelope()),
                Ruling::Refuse(envelope()),
            ),
            (
                ours,
                "a.test",
                NOTHING,
                NOTHING,
                TempError,
                Ruling::Note(author()),
                Ruling::Defer(Reason::Dns),
            ),
            // A service, by its signature.
            (
                ours,
                ours,
                NOTHING,
                (Pass, "service.test"),
                Fail,
                Ruling::Accept,
                Ruling::Accept,
            ),
            (
                ours,
                ours,
                NOTHING,
                (Fail, "service.test"),
                Fail,
                Ruling::Refuse(envelope()),
                Ruling::Refuse(envelope()),
            ),
        ] {
            let verdict = verdict(from, spf, dkim, dmarc);
            let found = |own| ruled(&verdict, Mode::Report, own, reverse);
            let told = format!("from {from}, reverse path {reverse}: {verdict}");
            assert_eq!(found(OwnSenders::RefuseEnvelope), by_envelope, "{told}");
            assert_eq!(found(OwnSenders::Refuse), by_both, "{told}");
            let reported = found(OwnSenders::Report);
            assert!(
                matches!(reported, Ruling::Accept | Ruling::Note(_)),
                "{told}"
            );
        }
    }

    #[test]
    fn a_service_is_known_by_its_network() {
        let verdict = verdict("contoso.com", NOTHING, NOTHING, Outcome::Fail);
        let services = Services {
            networks: vec!["192.0.2.0/24".parse().expect("a network")],
            domains: Vec::new(),
        };
        let own = [Claim {
            domain: "contoso.com",
            own_senders: OwnSenders::Refuse,
            services: &services,
        }];
        for (client, expected) in [
            (Some("192.0.2.9"), true),
            (Some("::ffff:192.0.2.9"), true),
            (Some("192.0.3.1"), false),
            (None, false),
        ] {
            let client = client.map(|client| client.parse().expect("an address"));
            let policy = Policy {
                mode: Mode::Off,
                own: &own,
                client,
                reverse: "",
            };
            assert_eq!(
                judge(&verdict, &policy) == Ruling::Accept,
                expected,
                "{client:?}"
            );
        }
    }
}
