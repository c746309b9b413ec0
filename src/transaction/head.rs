//! The header block of a message, judged before anything of it leaves us.

use std::sync::Arc;

use authentication::Verdict;
use routing::Address;
use smtp::TraceField;
use smtp::header_scan::HeaderBlock;
use smtp::reply::{Answer, Reply};

use super::Sender;
use super::courier::Letter;
use super::draft::{Leg, Planned};
use crate::clock;
use crate::event::{Event, SessionId};
use crate::firewall::{self, Towards, Trust};
use crate::limits::{self, LEG_GROUPS};
use crate::origin::Standing;
use crate::trace::{Id, Journey, LoopToken, Received};

/// What the header block led to.
#[derive(Debug)]
pub(super) struct Judged {
    /// The header block, without what its origin may not say.
    pub(super) header: HeaderBlock,
    /// Our trace field, which goes above it.
    pub(super) trace: TraceField,
}

/// Judges `header` for one leg of a message. An error stops the message for all of the leg's recipients.
pub(super) fn judge(header: HeaderBlock, letter: &Letter<'_>, leg: &Leg) -> Result<Judged, Answer> {
    let tokens = meet(&header, leg, letter.sender)?;
    let towards = match leg.way.side {
        Some(_) => Towards::Side,
        None => Towards::Internet,
    };
    let hostname = &letter.sender.generation.config.hostname;
    let config = &letter.sender.generation.config;
    let names = firewall::forged_names(letter.standing, config);
    let (header, dropped) = firewall::pass(header, Trust::of(letter.standing), towards, &names);
    if !dropped.is_empty() {
        letter.sender.services.events.emit(Event::FieldsDropped {
            session: letter.sender.session,
            transaction: letter.sender.transaction,
            origin: letter.standing.name().to_owned(),
            destination: leg.way.name().to_owned(),
            dropped,
        });
    }
    let trace = received(letter, &leg.recipients, &tokens);
    let trace = match letter.verdict {
        Some(verdict) if towards == Towards::Side => results(hostname, verdict, trace),
        Some(_) | None => trace,
    };
    Ok(Judged { header, trace })
}

/// What was found out about the sender, above our trace field (RFC 8601 §4).
fn results(hostname: &str, verdict: &Verdict, trace: TraceField) -> TraceField {
    let value = authentication::results::value(hostname, verdict);
    match TraceField::new(authentication::results::NAME, &value) {
        Ok(field) => field.above(&trace),
        Err(_) => trace, // its bounds are below those of a field; nothing is told rather than anything wrong
    }
}

/// The origin for good: a certificate that many tenants share leaves it to the header block.
pub(super) fn settle(header: &HeaderBlock, sender: &Sender<'_>) -> Standing {
    sender.standing.settle(header).unwrap_or_else(|mismatch| {
        let side = sender
            .standing
            .side()
            .map_or_else(String::new, |proven| proven.side.to_string());
        sender.services.events.emit(Event::TenantMismatch {
            session: sender.session,
            side,
            found: mismatch.0,
        });
        Standing::Internet
    })
}

/// Breaks loops: the same decision a second time, or too many hops altogether.
fn meet(header: &HeaderBlock, leg: &Leg, sender: &Sender<'_>) -> Result<Vec<LoopToken>, Answer> {
    let way = leg.way.name();
    let journey = Journey::of(header);
    if journey.hops > limits::RECEIVED_FIELDS {
        return Err(Reply::TOO_MANY_HOPS.into());
    }
    let mut tokens = Vec::with_capacity(leg.recipients.len());
    // Those of groups first: of so many tokens in one field the last might not be read.
    let groups = groups(leg).into_iter().map(|group| (group, GROUP));
    let paths = leg.recipients.iter().map(|planned| (&planned.path, way));
    for (address, decision) in groups.chain(paths) {
        let token = sender
            .services
            .loop_key
            .token(address.canonical(), decision);
        if journey.has_met(token) {
            let (session, path, side): (SessionId, _, _) =
                (sender.session, address.to_string(), way.to_owned());
            sender.services.events.emit(Event::LoopBroken {
                session,
                path,
                side,
            });
            return Err(Reply::LOOP.into());
        }
        tokens.push(token);
    }
    Ok(tokens)
}

/// The groups that led to recipients of a leg, each once.
fn groups(leg: &Leg) -> Vec<&Address> {
    let mut groups = Vec::new();
    let mut last = None;
    for through in leg
        .recipients
        .iter()
        .filter_map(|planned| planned.through.as_ref())
    {
        // Members of one group stand side by side and share the list.
        if last
            .replace(through)
            .is_some_and(|last| Arc::ptr_eq(last, through))
        {
            continue;
        }
        for group in through.iter() {
            if groups.len() < LEG_GROUPS && !groups.contains(&group) {
                groups.push(group);
            }
        }
    }
    groups
}

/// What is decided on a group that is expanded; no side has this name.
const GROUP: &str = " group";

fn received(letter: &Letter<'_>, recipients: &[Planned], tokens: &[LoopToken]) -> TraceField {
    let Letter { sender, hello, .. } = *letter;
    let tls = sender.peer.tls.as_ref().map(|tls| &tls.negotiated);
    let at = |date: &str| {
        Received {
            hello: hello.map_or("unknown", |hello| hello.name.as_str()),
            client: sender.peer.ip(),
            tls,
            hostname: &sender.generation.config.hostname,
            protocol: protocol(
                hello.is_some_and(|hello| hello.extended),
                letter.mail.smtp_utf8,
                tls.is_some(),
            ),
            id: Id {
                session: sender.session,
                transaction: sender.transaction,
            },
            tokens,
            recipient: match recipients {
                [only] => Some(&only.rcpt.path),
                _ => None,
            },
            date,
        }
        .field()
    };
    match letter.date {
        Some(date) => at(date),
        None => clock::now(|second, _| at(&second.rfc5322)),
    }
}

/// RFC 3848, RFC 6531 §4.3
fn protocol(extended: bool, utf8: bool, tls: bool) -> &'static str {
    match (extended, utf8, tls) {
        (true, true, true) => "UTF8SMTPS",
        (true, true, false) => "UTF8SMTP",
        (true, false, true) => "ESMTPS",
        (true, false, false) => "ESMTP",
        (false, _, _) => "SMTP",
    }
}
