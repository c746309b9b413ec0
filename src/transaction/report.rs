//! What is said of a recipient's fate: to the client as a reply, to the operator as an event.

use std::sync::Arc;

use routing::{Decision, Deferral, Refusal};
use smtp::reply::{Answer, Class, Insert, Reply};
use transform::Report;

use super::Sender;
use super::courier::Word;
use super::custody::Settled;
use super::draft::{AtRcpt, Draft, Leg};
use crate::deliver::Told;
use crate::event::{Event, Fate, Outcome};
use crate::identity::Shown;
use crate::origin::Standing;

/// The reply to a decision that is not to deliver.
pub(crate) fn answer_to(decision: &Decision) -> Answer {
    match decision {
        Decision::Deliver { .. } => Reply::LOCAL_ERROR.into(),
        Decision::Refuse(refusal) => refusal_answer(refusal),
        Decision::Defer(deferral) => deferral_answer(deferral),
    }
}

fn refusal_answer(refusal: &Refusal) -> Answer {
    match refusal {
        Refusal::Unknown | Refusal::UnknownThereToo { .. } => Reply::UNKNOWN_RECIPIENT.into(),
        Refusal::RelayDenied => Reply::RELAY_DENIED.into(),
        Refusal::WrongSide { .. } => Reply::WRONG_SIDE.into(),
        Refusal::SendOnlySide { .. } => Reply::SEND_ONLY_SIDE.into(),
    }
}

fn deferral_answer(deferral: &Deferral) -> Answer {
    match deferral {
        // Both directories are named: whoever reads the reply knows where to look.
        Deferral::Settling { .. } | Deferral::WrongSideStale { .. } => {
            Reply::WRONG_SIDE_SETTLING.with(Insert::new(&deferral.to_string()))
        }
        Deferral::StaleUnknown { .. }
        | Deferral::NoDirectory
        | Deferral::SnapshotDamaged
        | Deferral::UnknownDeferred
        | Deferral::SideMissing { .. }
        | Deferral::PostmasterUnknown { .. }
        | Deferral::Ambiguous { .. } => Reply::UNKNOWN_LATER.into(),
    }
}

/// How far a message came, for its outcome lines.
#[derive(Debug, Clone, Default)]
pub(super) struct Progress {
    pub(super) hop: Option<Arc<Told>>,
    pub(super) size: u64,
    /// As whose mail the hop was to know it.
    pub(super) shown: Option<Shown>,
    /// The origin once the header block has spoken.
    pub(super) standing: Option<Standing>,
    /// What was converted; `None`: there was no TNEF, or it was to stay.
    pub(super) report: Option<Box<Report>>,
}

/// One line a leg that had TNEF in it, and one more for what stayed as it was.
pub(crate) fn conversion(leg: &Leg, sender: &Sender<'_>, report: Option<&Report>) {
    let Some(report) = report else {
        return;
    };
    let (session, transaction) = (sender.session, sender.transaction);
    if report.has_converted() {
        sender.services.events.emit(Event::Converted {
            session,
            transaction,
            side: leg.way.name().to_owned(),
            what: report.to_string(),
        });
    }
    if let Some(why) = report.kept() {
        sender.services.events.emit(Event::TnefKept {
            session,
            transaction,
            why,
        });
    }
}

/// One line a recipient of a leg: for each its own word, or that it is in the queue.
pub(super) fn each(
    draft: &Draft,
    leg: &Leg,
    sender: &Sender<'_>,
    progress: &Progress,
    settled: &Settled,
    words: &[Option<Word>],
) {
    for (planned, word) in leg.recipients.iter().zip(words) {
        let said = Said {
            to: &planned.rcpt.path.to_string(),
            destination: leg.way.name(),
            why: &planned.why,
            answer: word.as_ref().map_or(&settled.answer, |word| &word.answer),
            is_queued: word.is_none(),
        };
        emit(draft, sender, progress, &said);
    }
}

/// One line for each member of a group on whom nothing could be decided: where the message was taken, it waits.
pub(super) fn undecided(
    draft: &Draft,
    sender: &Sender<'_>,
    progress: &Progress,
    settled: &Settled,
) {
    for planned in &draft.undecided {
        let said = Said {
            to: &planned.rcpt.path.to_string(),
            destination: "none",
            why: &planned.why,
            answer: &settled.answer,
            is_queued: settled.answer.class() == Class::Positive,
        };
        emit(draft, sender, progress, &said);
    }
}

/// One line a recipient: the same answer for all of them.
pub(super) fn outcome(draft: &Draft, sender: &Sender<'_>, progress: &Progress, answer: &Answer) {
    for leg in &draft.legs {
        for planned in &leg.recipients {
            let said = Said {
                to: &planned.rcpt.path.to_string(),
                destination: leg.way.name(),
                why: &planned.why,
                answer,
                is_queued: false,
            };
            emit(draft, sender, progress, &said);
        }
    }
}

/// A recipient that was not taken at RCPT.
pub(super) fn refused_at_rcpt(draft: &Draft, sender: &Sender<'_>, path: &str, refusal: &AtRcpt) {
    let said = Said {
        to: path,
        destination: &refusal.destination,
        why: &refusal.why,
        answer: &refusal.answer,
        is_queued: false,
    };
    emit(draft, sender, &Progress::default(), &said);
}

/// What is said of one recipient.
struct Said<'a> {
    to: &'a str,
    destination: &'a str,
    why: &'a str,
    answer: &'a Answer,
    is_queued: bool,
}

fn emit(draft: &Draft, sender: &Sender<'_>, progress: &Progress, said: &Said<'_>) {
    let standing = progress.standing.as_ref().unwrap_or(sender.standing);
    let hop = progress.hop.as_deref();
    sender.services.events.outcome(&Outcome {
        session: sender.session,
        transaction: sender.transaction,
        queue_id: None,
        client: sender.peer.ip(),
        origin: standing.name().into(),
        upstream: match standing {
            Standing::Upstream(filter) => Some((&*filter.name).into()),
            Standing::Internet | Standing::Side(_) | Standing::Provisional(_) => None,
        },
        from: draft.mail.path.to_string().into(),
        to: said.to.into(),
        destination: said.destination.into(),
        why: said.why.into(),
        hop: hop.map(|told| told.hop.as_str().into()),
        client_tls: sender.peer.tls.as_ref().map(|tls| tls.negotiated.clone()),
        hop_tls: hop
            .map_or("none (not contacted)", |told| &told.security)
            .into(),
        identity: progress.hop.as_ref().and_then(|_| {
            let mut ways = sender.generation.ways.iter();
            let way = ways.find(|way| way.name() == said.destination)?;
            progress.shown?.told(way)
        }),
        size: progress.size,
        converted: progress
            .report
            .as_ref()
            .is_some_and(|report| report.has_converted()),
        result: match said.is_queued {
            true => Fate::Queued,
            false => Fate::of(said.answer),
        },
        reply: said.answer.to_string().into(),
    });
}
