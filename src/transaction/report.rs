//! What is said of a recipient's fate: to the client as a reply, to the operator as an event.

use routing::{Decision, Deferral, Refusal};
use smtp::reply::{Answer, Class, Insert, Reply};

use super::Sender;
use super::draft::{AtRcpt, Draft, Planned};
use crate::event::{Event, Fate, Outcome};

/// The reply to a decision that is not to deliver.
pub(super) fn answer_to(decision: &Decision) -> Answer {
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
    pub(super) hop: Option<String>,
    pub(super) hop_tls: Option<String>,
    pub(super) size: u64,
    /// The origin's name once the header block has spoken.
    pub(super) origin: Option<String>,
}

/// One line a recipient: the same answer for all of them.
pub(super) fn outcome(draft: &Draft, sender: &Sender<'_>, progress: &Progress, answer: &Answer) {
    for planned in &draft.recipients {
        one(draft, sender, progress, planned, answer);
    }
}

/// One line for one recipient.
fn one(
    draft: &Draft,
    sender: &Sender<'_>,
    progress: &Progress,
    planned: &Planned,
    answer: &Answer,
) {
    let told = Told {
        to: planned.rcpt.path.to_string(),
        destination: draft.way.as_ref().map_or("none", |way| way.name()),
        why: planned.why.clone(),
        answer,
    };
    emit(draft, sender, progress, told);
}

/// A recipient that was not taken at RCPT.
pub(super) fn refused_at_rcpt(draft: &Draft, sender: &Sender<'_>, path: &str, refusal: &AtRcpt) {
    let told = Told {
        to: path.to_owned(),
        destination: &refusal.destination,
        why: refusal.why.clone(),
        answer: &refusal.answer,
    };
    emit(draft, sender, &Progress::default(), told);
}

/// What is said of one recipient.
struct Told<'a> {
    to: String,
    destination: &'a str,
    why: String,
    answer: &'a Answer,
}

fn emit(draft: &Draft, sender: &Sender<'_>, progress: &Progress, told: Told<'_>) {
    let origin = progress.origin.clone().unwrap_or_else(|| {
        sender
            .standing
            .side()
            .map_or_else(|| "internet".to_owned(), |proven| proven.side.to_string())
    });
    sender.services.events.emit(Event::Outcome(Outcome {
        session: sender.session,
        transaction: sender.transaction,
        client: sender.peer.ip(),
        origin,
        from: draft.mail.path.to_string(),
        to: told.to,
        destination: told.destination.to_owned(),
        why: told.why,
        hop: progress.hop.clone(),
        client_tls: sender.peer.tls.as_ref().map(|tls| tls.negotiated.clone()),
        hop_tls: progress
            .hop_tls
            .clone()
            .unwrap_or_else(|| "none (not contacted)".to_owned()),
        size: progress.size,
        result: fate(told.answer),
        reply: told.answer.to_string(),
    }));
}

fn fate(answer: &Answer) -> Fate {
    match answer.class() {
        Class::Positive => Fate::Delivered,
        Class::Permanent => Fate::Refused,
        Class::Transient | Class::Intermediate => Fate::Deferred,
    }
}
