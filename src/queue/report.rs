//! The reports that are due to the sender of a message (RFC 3464), as messages of their own.

use std::time::Duration;

use bytes::Bytes;
use notice::{Action, Author, Diagnostic, Failure, Fate, Notice, Recipient, Way, due};
use smtp::Enhanced;
use smtp::header_scan::HeaderBlock;
use smtp::path::Mailbox;
use spool::{Content, QueueId};

use super::Terms;
use super::mail::Mail;
use super::state::{News, Said, State};
use crate::firewall::{self, Towards, Trust};
use crate::{clock, limits};

/// The message that is reported on. Most are not, so nothing is made of it before a report is due.
#[derive(Debug, Clone)]
pub(crate) struct Original {
    header: HeaderBlock,
    /// What comes behind it, where that is small enough to be returned.
    behind: Option<Vec<Bytes>>,
    octets: u64,
}

/// As much of it as a report may quote.
struct Quoted {
    header: Bytes,
    /// All of it.
    content: Option<Vec<Bytes>>,
}

impl Original {
    /// `behind` is what comes behind the header block, if it is at hand.
    pub(crate) fn of(
        header: &HeaderBlock,
        behind: Option<impl Iterator<Item = Bytes>>,
        octets: u64,
    ) -> Self {
        let behind = behind.filter(|_| octets <= limits::REPORT_RETURNS);
        Self {
            header: header.clone(),
            behind: behind.map(Iterator::collect),
            octets,
        }
    }

    /// Reports leave our house: fields that only Exchange systems tell each other stay.
    fn quoted(&self, hostname: &str) -> Quoted {
        let header = self.header.clone();
        let (header, _) = firewall::pass(header, Trust::None, Towards::Internet, &[hostname]);
        let header = header.into_content().into_bytes();
        let whole = |behind: &Vec<Bytes>| {
            let behind = behind.iter().cloned();
            std::iter::once(header.clone()).chain(behind).collect()
        };
        Quoted {
            content: self.behind.as_ref().map(whole),
            header,
        }
    }
}

/// What its sender may want to know.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Told<'a> {
    /// Of the message, or of what takes its place.
    pub(crate) id: QueueId,
    pub(crate) state: &'a State,
    pub(crate) news: &'a [(usize, News)],
}

/// A report, ready to be taken into custody.
#[derive(Debug)]
pub(crate) struct Report {
    pub(crate) mail: Mail,
    pub(crate) state: State,
    pub(crate) content: Content,
}

/// Failures in one, delays in another, what was relayed in a third.
pub(crate) fn due(
    mail: &Mail,
    told: &Told<'_>,
    terms: &Terms,
    original: &Original,
    now: i64,
) -> Vec<Report> {
    if told.news.is_empty() {
        return Vec::new();
    }
    let (Ok(to), Ok(postmaster)) = (
        Mailbox::parse(&mail.reverse_path),
        Mailbox::parse(&terms.postmaster),
    ) else {
        return Vec::new(); // a null reverse path: nobody is told (RFC 3461 §6.1)
    };
    // What a hop reports itself is not for us to report.
    let ours = |(_, news): &&(usize, News)| !matches!(news, News::Delivered { is_silent: false });
    let news: Vec<(usize, News)> = told.news.iter().filter(ours).copied().collect();
    let outcomes = news.iter().map(|(number, news)| {
        let one = mail.recipients.get(*number);
        let action = match one.is_some_and(|one| one.expanded) {
            true => Action::Expanded,
            false => action(*news),
        };
        (one.and_then(|one| one.notify()), action)
    });
    let writer = Writer {
        mail,
        told,
        terms,
        original,
        now,
        to: &to,
        postmaster: &postmaster,
    };
    let reports = due::reports(outcomes).into_iter().enumerate();
    reports
        .map(|(index, members)| {
            let members: Vec<_> = members.iter().map(|at| news[*at]).collect();
            writer.write(index, &members)
        })
        .collect()
}

fn action(news: News) -> Action {
    match news {
        News::Delivered { .. } => Action::Relayed,
        News::Failed { .. } | News::Removed => Action::Failed,
        News::Delayed => Action::Delayed,
    }
}

struct Writer<'a> {
    mail: &'a Mail,
    told: &'a Told<'a>,
    terms: &'a Terms,
    original: &'a Original,
    now: i64,
    to: &'a Mailbox,
    postmaster: &'a Mailbox,
}

impl Writer<'_> {
    fn write(&self, index: usize, news: &[(usize, News)]) -> Report {
        let expire = i64::try_from(self.terms.expire.as_secs()).unwrap_or(i64::MAX);
        let until = clock::rfc5322(self.mail.received.saturating_add(expire));
        let quoted = self.original.quoted(&self.terms.hostname);
        let attempts: Vec<Option<String>> =
            news.iter().map(|(number, _)| self.tried(*number)).collect();
        let originals: Vec<_> = news
            .iter()
            .map(|(number, _)| {
                self.mail
                    .recipients
                    .get(*number)
                    .and_then(|one| one.orcpt())
            })
            .collect();
        let recipients: Vec<Recipient<'_>> = news
            .iter()
            .zip(&attempts)
            .zip(&originals)
            .map(|(((number, news), tried), original)| Recipient {
                original: original.as_ref(),
                ..self.recipient(*number, *news, &until, tried.as_deref())
            })
            .collect();
        let envid = self.mail.envid();
        let composed = Notice {
            reporting_mta: &self.terms.hostname,
            author: Author {
                name: "Mail Delivery System",
                address: self.postmaster,
            },
            to: self.to,
            message_id: &format!(
                "{}.{index}.{}@{}",
                self.told.id, self.now, self.terms.hostname
            ),
            date: &clock::rfc5322(self.now),
            boundary_seed: self.told.id.number(),
            envelope_id: envid.as_ref(),
            arrival: &clock::rfc5322(self.mail.received),
            original: notice::Original {
                header: &quoted.header,
                content: quoted.content.as_deref(),
                octets: self.original.octets,
            },
            ret: self.mail.ret(),
            return_octets_max: limits::REPORT_RETURNS,
            way: match self.mail.smtp_utf8 {
                true => Way::Utf8, // what came with SMTPUTF8 goes back with it
                false => Way::Ascii,
            },
            recipients: &recipients,
        }
        .compose();
        let mail = Mail::of_gateway(
            self.now,
            &self.mail.reverse_path,
            composed.eight_bit,
            composed.smtp_utf8,
        );
        Report {
            state: State::fresh(std::iter::once(UNDECIDED.to_owned()), self.now),
            mail,
            content: Content::Pieces(composed.content),
        }
    }

    fn recipient<'a>(
        &'a self,
        number: usize,
        news: News,
        until: &'a str,
        tried: Option<&'a str>,
    ) -> Recipient<'a> {
        let state = self.told.state.recipients.get(number);
        let said = state.and_then(|one| one.said.as_ref());
        let addressed = self.mail.recipients.get(number);
        if addressed.is_some_and(|one| one.expanded) {
            return self.expanded(number);
        }
        Recipient {
            original: None,
            address: addressed.map_or("", |one| &one.forward_path),
            fate: match news {
                News::Delivered { .. } => Fate::Relayed,
                News::Delayed => Fate::Delayed { until },
                News::Removed => Fate::Failed(Failure::Removed),
                News::Failed { expired } => Fate::Failed(self.failure(said, expired)),
            },
            status: said.map_or(UNKNOWN, Said::enhanced),
            remote_mta: state.and_then(|one| one.hop.as_deref()).map(host),
            diagnostic: said.map(|said| match said.by_hop {
                true => Diagnostic::Reply(&said.text),
                false => Diagnostic::Observed(&said.text),
            }),
            last_attempt: tried,
        }
    }

    /// A group, of whose members nothing is said yet.
    fn expanded(&self, number: usize) -> Recipient<'_> {
        let addressed = self.mail.recipients.get(number);
        Recipient {
            original: None,
            address: addressed.map_or("", |one| &one.forward_path),
            fate: Fate::Expanded,
            status: ADDRESS_VALID,
            remote_mta: None,
            diagnostic: None,
            last_attempt: None,
        }
    }

    fn failure(&self, said: Option<&Said>, expired: bool) -> Failure {
        let age = u64::try_from(self.now - self.mail.received).unwrap_or(0);
        let after = Duration::from_secs(age);
        match said {
            Some(said) if expired && said.by_hop => Failure::Expired { after },
            _ if expired => Failure::Unreachable { after },
            Some(said) => Failure::of(said.enhanced()),
            None => Failure::Refused,
        }
    }

    fn tried(&self, number: usize) -> Option<String> {
        let state = self.told.state.recipients.get(number)?;
        state.tried.map(clock::rfc5322)
    }
}

/// Without the port.
fn host(hop: &str) -> &str {
    hop.rsplit_once(':').map_or(hop, |(host, _)| host)
}

/// RFC 3463 §3.2: the address as the sender gave it is right.
const ADDRESS_VALID: Enhanced = Enhanced {
    class: 2,
    subject: 1,
    detail: 5,
};

const UNKNOWN: Enhanced = Enhanced {
    class: 5,
    subject: 0,
    detail: 0,
};

/// Where a message waits whose side has not been decided on yet.
pub(crate) const UNDECIDED: &str = "";
