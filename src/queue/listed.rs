//! A message in custody as an operator sees it: on the control socket, in a table, as JSON.

use serde::{Deserialize, Serialize};
use spool::QueueId;

use super::mail::{Mail, Recipient as Addressed};
use super::report::UNDECIDED;
use super::state::{Fate, Recipient, State};
use crate::clock;

/// One message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Listed {
    pub(crate) id: String,
    /// RFC 3339.
    pub(crate) received: String,
    pub(crate) age_seconds: u64,
    /// The reverse path; empty: null.
    pub(crate) from: String,
    pub(crate) octets: u64,
    /// An attempt is under way, or it is being changed.
    pub(crate) busy: bool,
    /// Why nothing is tried.
    pub(crate) hold: Option<String>,
    /// The spool that it was taken over from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) adopted_from: Option<String>,
    pub(crate) recipients: Vec<ListedRecipient>,
}

/// One of its recipients.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct ListedRecipient {
    pub(crate) to: String,
    /// Where it goes, as was decided last.
    pub(crate) side: String,
    pub(crate) fate: Fate,
    pub(crate) attempts: u32,
    /// When it is tried next, at the earliest; only while it waits.
    pub(crate) next: Option<String>,
    pub(crate) next_seconds: Option<i64>,
    /// When it was tried last.
    pub(crate) tried: Option<String>,
    /// The hop that was asked last.
    pub(crate) hop: Option<String>,
    /// What it said, word for word, or what we saw instead.
    pub(crate) reply: Option<String>,
}

/// What the spool has of a message beside its content.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Kept<'a> {
    pub(crate) id: QueueId,
    pub(crate) meta: &'a [u8],
    pub(crate) state: Option<&'a [u8]>,
    pub(crate) octets: u64,
}

impl Kept<'_> {
    /// What it says. `None`: it is not what we write.
    pub(crate) fn parse(&self) -> Option<(Mail, State)> {
        let mail = serde_json::from_slice(self.meta).ok()?;
        let state = serde_json::from_slice(self.state?).ok()?;
        Some((mail, state))
    }
}

impl Listed {
    pub(crate) fn of(kept: &Kept<'_>, busy: bool, now: i64) -> Self {
        match kept.parse() {
            Some((mail, state)) => Self::read(kept, &mail, &state, busy, now),
            None => Self::unreadable(kept, "what is known of it cannot be read"),
        }
    }

    /// A message of which nothing can be said but why.
    pub(crate) fn unreadable(kept: &Kept<'_>, why: &str) -> Self {
        Self {
            id: kept.id.to_string(),
            received: String::new(),
            age_seconds: 0,
            from: String::new(),
            octets: kept.octets,
            busy: false,
            hold: Some(why.to_owned()),
            adopted_from: None,
            recipients: Vec::new(),
        }
    }

    fn read(kept: &Kept<'_>, mail: &Mail, state: &State, busy: bool, now: i64) -> Self {
        let pairs = mail.recipients.iter().zip(&state.recipients);
        Self {
            id: kept.id.to_string(),
            received: clock::rfc3339(mail.received),
            age_seconds: u64::try_from(now - mail.received).unwrap_or(0),
            from: mail.reverse_path.clone(),
            octets: kept.octets,
            busy,
            hold: state.hold.clone(),
            adopted_from: state.adopted.as_ref().map(|mark| mark.from.clone()),
            recipients: pairs
                .map(|(addressed, one)| ListedRecipient::of(addressed, one, now))
                .collect(),
        }
    }

    /// Those whose fate is open; all of them, if none is.
    pub(crate) fn concerned(&self) -> impl Iterator<Item = &ListedRecipient> {
        let is_open = |one: &&ListedRecipient| one.fate == Fate::Waiting;
        let none_is = !self.recipients.iter().any(|one| is_open(&one));
        self.recipients
            .iter()
            .filter(move |one| none_is || is_open(one))
    }
}

impl ListedRecipient {
    fn of(addressed: &Addressed, one: &Recipient, now: i64) -> Self {
        let waits = one.fate == Fate::Waiting;
        Self {
            to: addressed.forward_path.clone(),
            side: side_name(&one.side).to_owned(),
            fate: one.fate,
            attempts: one.attempts,
            next: waits.then(|| clock::rfc3339(one.next)),
            next_seconds: waits.then(|| (one.next - now).max(0)),
            tried: one.tried.map(clock::rfc3339),
            hop: one.hop.clone(),
            reply: one.said.as_ref().map(|said| said.text.clone()),
        }
    }
}

/// A report whose way is decided at its first attempt waits for no side.
pub(crate) fn side_name(side: &str) -> &str {
    match side {
        UNDECIDED => "undecided",
        side => side,
    }
}
