//! The header block of a message, judged before anything of it leaves us.

use smtp::TraceField;
use smtp::header_scan::HeaderBlock;
use smtp::reply::{Answer, Reply};
use smtp::server::Hello;

use super::Sender;
use super::draft::{AtRcpt, Draft, Planned};
use crate::clock;
use crate::event::{Event, SessionId};
use crate::firewall::{self, Towards, Trust};
use crate::limits;
use crate::origin::Standing;
use crate::trace::{Id, Journey, LoopToken, Received};

/// What the header block led to.
#[derive(Debug)]
pub(super) struct Judged {
    /// The header block, without what its origin may not say.
    pub(super) header: HeaderBlock,
    /// Our trace field, which goes above it.
    pub(super) trace: TraceField,
    /// The recipients, if the header block had a say in what is decided on them.
    pub(super) recipients: Option<Vec<Planned>>,
}

/// Why the message cannot go on.
#[derive(Debug)]
pub(super) enum Stopped {
    /// For every recipient the same.
    All(Answer),
    /// Decided anew, some recipients cannot be served; each says why.
    Some(Vec<Result<Planned, AtRcpt>>),
}

/// Judges `header` for the message of `draft`, whose origin is settled.
pub(super) fn judge(
    header: HeaderBlock,
    standing: &Standing,
    draft: &Draft,
    hello: Option<&Hello>,
    sender: &Sender<'_>,
) -> Result<Judged, Stopped> {
    let decided = if sender.standing.is_provisional() {
        let decided = draft.decide_again(standing, sender);
        if decided.iter().any(Result::is_err) {
            return Err(Stopped::Some(decided));
        }
        Some(decided.into_iter().flatten().collect::<Vec<_>>())
    } else {
        None
    };
    let recipients = decided.as_deref().unwrap_or(&draft.recipients);
    let way = draft.way.as_ref().map_or("", |way| way.name());
    let tokens = meet(&header, recipients, way, sender)?;
    let towards = if draft.way.as_ref().is_some_and(|way| way.side.is_some()) {
        Towards::Side
    } else {
        Towards::Internet
    };
    let hostname = &sender.generation.config.hostname;
    let header = firewall::pass(header, Trust::of(standing), towards, hostname);
    let trace = received(draft, recipients, &tokens, hello, sender);
    Ok(Judged {
        header,
        trace,
        recipients: decided,
    })
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
fn meet(
    header: &HeaderBlock,
    recipients: &[Planned],
    way: &str,
    sender: &Sender<'_>,
) -> Result<Vec<LoopToken>, Stopped> {
    let journey = Journey::of(header);
    if journey.hops > limits::RECEIVED_FIELDS {
        return Err(Stopped::All(Reply::TOO_MANY_HOPS.into()));
    }
    let mut tokens = Vec::with_capacity(recipients.len());
    for planned in recipients {
        let token = sender
            .services
            .loop_key
            .token(planned.path.canonical(), way);
        if journey.has_met(token) {
            let (session, path, side): (SessionId, _, _) =
                (sender.session, planned.path.to_string(), way.to_owned());
            sender.services.events.emit(Event::LoopBroken {
                session,
                path,
                side,
            });
            return Err(Stopped::All(Reply::LOOP.into()));
        }
        tokens.push(token);
    }
    Ok(tokens)
}

fn received(
    draft: &Draft,
    recipients: &[Planned],
    tokens: &[LoopToken],
    hello: Option<&Hello>,
    sender: &Sender<'_>,
) -> TraceField {
    let tls = sender.peer.tls.as_ref().map(|tls| &tls.negotiated);
    clock::now(|second, _| {
        Received {
            hello: hello.map_or("unknown", |hello| hello.name.as_str()),
            client: sender.peer.ip(),
            tls,
            hostname: &sender.generation.config.hostname,
            protocol: protocol(
                hello.is_some_and(|hello| hello.extended),
                draft.mail.smtp_utf8,
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
            date: &second.rfc5322,
        }
        .field()
    })
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
