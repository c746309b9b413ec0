//! What the gateway makes of verdicts on senders: which mail is verified, what is refused, and in what words.

use std::net::IpAddr;

use authentication::{
    Claim, Mode, OwnSenders as Own, Policy, Reason, Ruling, Services, Verdict, is_within, judge,
};
use smtp::envelope::MailFrom;
use smtp::path::{ForwardPath, ReversePath};
use smtp::{Answer, Insert, Reply};

use crate::config::{Authentication, Config, OwnSenders, SendingService};
use crate::origin::Standing;
use crate::transaction::{Leg, Planned};

/// How a message is to be looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Demand {
    mode: Mode,
    /// Nothing of it may leave before it is known.
    pub(crate) holds: bool,
}

impl Demand {
    /// `None`: nobody wants to know who it is from.
    pub(crate) fn of(
        config: &Config,
        standing: &Standing,
        mail: &MailFrom,
        legs: &[Leg],
        undecided: &[Planned],
    ) -> Option<Self> {
        if !matches!(standing, Standing::Internet | Standing::Upstream(_)) {
            return None;
        }
        let recipients = legs.iter().flat_map(|leg| &leg.recipients).chain(undecided);
        let modes = recipients.map(|planned| mode_of(config, &planned.rcpt.path));
        let mode = modes.max().unwrap_or(Mode::Off);
        // Whose From field it is shows only when all of it is read.
        let guards = config
            .domains
            .iter()
            .any(|domain| match domain.own_senders {
                OwnSenders::Report => false,
                OwnSenders::RefuseEnvelope => {
                    is_within(&domain_of(&mail.path).to_ascii_lowercase(), &domain.name)
                }
                OwnSenders::Refuse => true,
            });
        let seals = legs.iter().any(|leg| leg.way.arc_seal);
        (mode > Mode::Off || guards || seals).then_some(Self {
            mode,
            holds: mode == Mode::Enforce || guards || seals,
        })
    }

    /// What becomes of the message.
    pub(crate) fn rule(
        &self,
        config: &Config,
        verdict: &Verdict,
        client: Option<IpAddr>,
        mail: &MailFrom,
    ) -> Ruling {
        let services: Vec<Services> = config
            .domains
            .iter()
            .map(|domain| services(&domain.own_sender_services))
            .collect();
        let domains = config.domains.iter().zip(&services);
        let own: Vec<Claim<'_>> = domains
            .map(|(domain, services)| Claim {
                domain: &domain.name,
                own_senders: match domain.own_senders {
                    OwnSenders::Report => Own::Report,
                    OwnSenders::RefuseEnvelope => Own::RefuseEnvelope,
                    OwnSenders::Refuse => Own::Refuse,
                },
                services,
            })
            .collect();
        let reverse = domain_of(&mail.path);
        judge(
            verdict,
            &Policy {
                mode: self.mode,
                own: &own,
                client,
                reverse: &reverse,
            },
        )
    }
}

/// As the client hears it; `None`: the message goes on.
pub(crate) fn answer(ruling: &Ruling) -> Option<Answer> {
    match ruling {
        Ruling::Accept | Ruling::Note(_) => None,
        Ruling::Defer(_) => Some(Reply::SENDER_UNVERIFIED.into()),
        Ruling::Refuse(Reason::Dmarc(domain)) => {
            Some(Reply::DMARC_REFUSED.with(Insert::new(domain)))
        }
        Ruling::Refuse(Reason::Authors) => Some(Reply::AUTHORS_UNCLEAR.into()),
        Ruling::Refuse(Reason::OwnEnvelope(_) | Reason::OwnAuthor(_)) => {
            Some(Reply::OWN_SENDER_REFUSED.into())
        }
        Ruling::Refuse(Reason::Dns) => Some(Reply::SENDER_UNVERIFIED.into()),
    }
}

/// Of the recipient's domain; whoever is named by another one of ours (a routing domain, `<Postmaster>`) gets the strictest.
fn mode_of(config: &Config, path: &ForwardPath) -> Mode {
    let mode = |authentication| match authentication {
        Authentication::Off => Mode::Off,
        Authentication::Report => Mode::Report,
        Authentication::Enforce => Mode::Enforce,
    };
    let named = match path {
        ForwardPath::Mailbox(mailbox) => {
            let name = mailbox.domain();
            let mut domains = config.domains.iter();
            domains.find(|domain| name.eq_ignore_ascii_case(&domain.name))
        }
        ForwardPath::Postmaster => None,
    };
    match named {
        Some(domain) => mode(domain.authentication),
        None => {
            let all = config
                .domains
                .iter()
                .map(|domain| mode(domain.authentication));
            all.max().unwrap_or(Mode::Off)
        }
    }
}

fn services(listed: &[SendingService]) -> Services {
    let mut services = Services::default();
    for one in listed {
        match one {
            SendingService::Network(network) => services.networks.push(*network),
            SendingService::Signer(domain) => services.domains.push(domain.clone()),
        }
    }
    services
}

fn domain_of(path: &ReversePath) -> String {
    match path {
        ReversePath::Mailbox(mailbox) => mailbox.domain().to_string(),
        ReversePath::Null => String::new(),
    }
}
