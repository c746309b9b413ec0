//! What an operator does with messages in custody.
//!
//! A message is changed by one at a time: whoever changes it keeps attempts away from it meanwhile, and what is under way
//! is left alone. A change is told as done after it is on the disk.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use spool::{Batch, Entry, QueueId, ReadError};

use super::attempt::beginning;
use super::listed::{Kept, Listed, side_name};
use super::report::{Original, Told};
use super::selection::Selection;
use super::state::{Fate, News};
use super::waiting::{Grip, Shape};
use super::{Ledger, Mail, Queue, QueueError, State, Terms, now};
use crate::blocking;
use crate::event::{Event, Steer};

/// What is to be done with a message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Change {
    /// Try it now.
    Retry {
        /// Only its recipients there; `None`: all.
        side: Option<String>,
    },
    /// Leave it alone.
    Hold {
        /// In the operator's words.
        why: String,
    },
    /// End the hold, and try it now.
    Release {},
    /// Give it up; its sender is told.
    Bounce {},
    /// Give it up; nobody is told.
    Remove {},
}

/// What came of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Changed {
    /// It is durable.
    Done {},
    /// An attempt is under way, or somebody else changes it.
    Busy {},
    /// It is not in the queue.
    Gone {},
    /// The change does not fit it.
    Left { why: String },
    /// It could not be read or written.
    Failed { why: String },
}

/// What a change makes of a message.
enum Next {
    Keep(State),
    End(Batch, Vec<(QueueId, State)>),
    Left(String),
}

/// Kept from being tried for as long as this lives.
pub(super) struct Seized<'a> {
    queue: &'a Queue,
    id: QueueId,
    is_settled: bool,
}

impl Queue {
    /// Calls `each` with every message that is selected, the oldest first, until it says that this is enough. May wait for
    /// the disk.
    pub(crate) fn select(
        &self,
        selection: &Selection,
        mut each: impl FnMut(QueueId, Listed) -> bool,
    ) {
        let ids = match selection.ids.is_empty() {
            true => self.spool.ids(),
            false => selection.ids().0,
        };
        for id in ids {
            let Some(listed) = self.listed(id) else {
                continue;
            };
            if selection.takes(&listed) && !each(id, listed) {
                return;
            }
        }
    }

    fn listed(&self, id: QueueId) -> Option<Listed> {
        let (busy, is_held) = {
            let waiting = self.waiting();
            let both = || (waiting.is_busy(id), waiting.is_held(id));
            waiting.has(id).then(both)?
        };
        let unknown = |error: &ReadError| {
            let kept = Kept {
                id,
                meta: b"",
                state: None,
                octets: 0,
            };
            Listed::unreadable(&kept, &error.to_string())
        };
        match self.spool.read(id) {
            Ok(stored) => {
                let kept = Kept {
                    id,
                    meta: &stored.meta,
                    state: stored.state.as_deref(),
                    octets: stored.content.octets(),
                };
                let mut listed = Listed::of(&kept, busy, now());
                if is_held {
                    listed.hold.get_or_insert_with(|| SET_ASIDE.to_owned());
                }
                Some(listed)
            }
            Err(ReadError::Unknown(_)) => None, // it has just ended, or is not committed yet
            Err(error) => Some(unknown(&error)),
        }
    }

    /// What waits for a side.
    pub(crate) fn shape(&self, side: &str) -> Option<Shape> {
        let shapes = self.waiting().shapes();
        shapes.into_iter().find(|one| side_name(&one.side) == side)
    }

    /// Changes one message. Not to be dropped half way: have it run by a task of its own.
    pub(crate) async fn change(&self, id: QueueId, change: Change, terms: Terms) -> Changed {
        let steer = change.steer();
        let changed = match self.changing(id, change, &terms).await {
            Ok(changed) => changed,
            Err(error) => Changed::Failed {
                why: error.to_string(),
            },
        };
        match &changed {
            Changed::Done {} => self.events.emit(Event::Steered {
                id: id.to_string(),
                steer,
            }),
            Changed::Failed { why } => self.events.emit(Event::SpoolFailed { why: why.clone() }),
            Changed::Busy {} | Changed::Gone {} | Changed::Left { .. } => {}
        }
        changed
    }

    async fn changing(
        &self,
        id: QueueId,
        change: Change,
        terms: &Terms,
    ) -> Result<Changed, QueueError> {
        let seized = match self.seize(id) {
            Ok(seized) => seized,
            Err(changed) => return Ok(changed),
        };
        if change == (Change::Remove {}) {
            // Also what cannot be read any more.
            self.commit(Batch::of(Entry::Settle { id })).await?;
            seized.settle(None);
            return Ok(Changed::Done {});
        }
        // Before the spool is read: what an attempt noted may still be on its way to the disk.
        let ledger = self.ledger(id);
        let spool = self.spool.clone();
        let with_content = change == (Change::Bounce {});
        let read = blocking::spawn(move || {
            let stored = spool.read(id)?;
            let octets = stored.content.octets();
            let content = with_content
                .then(|| beginning(stored.content))
                .transpose()?;
            Ok::<_, ReadError>((stored.meta, stored.state, octets, content))
        });
        let unreadable = |why: String| {
            Ok(Changed::Left {
                why: format!("{why}; it can only be removed"),
            })
        };
        let (meta, state, octets, content) = match read.await {
            Ok(Ok(read)) => read,
            Ok(Err(error)) => return unreadable(error.to_string()),
            Err(_) => return unreadable("it cannot be read".to_owned()),
        };
        let kept = Kept {
            id,
            meta: &meta,
            state: state.as_deref(),
            octets,
        };
        if !ledger.fill(|| kept.parse()) {
            return unreadable("what is known of it cannot be read".to_owned());
        }
        let original =
            content.map(|(header, content)| Original::of(&header, content.pieces(), octets));
        let next = self.next(&ledger, change, original.as_ref(), terms)?;
        self.carry_out(seized, &ledger, next).await
    }

    fn next(
        &self,
        ledger: &Ledger,
        change: Change,
        original: Option<&Original>,
        terms: &Terms,
    ) -> Result<Next, QueueError> {
        let mut state = ledger.state().clone();
        if self.waiting().is_held(ledger.id) {
            state.hold.get_or_insert_with(|| SET_ASIDE.to_owned());
        }
        Ok(match (change, original) {
            (Change::Retry { side }, _) => retried(state, side.as_deref()),
            (Change::Hold { why }, _) => held(state, why),
            (Change::Release {}, _) => released(state, ledger.mail()),
            (Change::Bounce {}, Some(original)) => self.bounced(ledger, state, original, terms)?,
            (Change::Bounce {} | Change::Remove {}, _) => Next::Left(String::new()), // taken care of before
        })
    }

    /// The report and the end of the message are one record.
    fn bounced(
        &self,
        ledger: &Ledger,
        mut state: State,
        original: &Original,
        terms: &Terms,
    ) -> Result<Next, QueueError> {
        if ledger.mail().is_from_nobody() {
            let why = "it has no sender who could be told; it can only be removed";
            return Ok(Next::Left(why.to_owned()));
        }
        let news: Vec<(usize, News)> = state
            .waiting()
            .map(|(number, _)| (number, News::Removed))
            .collect();
        for (number, _) in &news {
            state.recipients[*number].fate = Fate::Failed;
        }
        let told = Told {
            id: ledger.id,
            state: &state,
            news: &news,
        };
        let mut batch = Batch::default();
        let fresh = self.reports(ledger.mail(), &told, terms, original, &mut batch)?;
        batch.0.push(Entry::Settle { id: ledger.id });
        Ok(Next::End(batch, fresh))
    }

    async fn carry_out(
        &self,
        seized: Seized<'_>,
        ledger: &Arc<Ledger>,
        next: Next,
    ) -> Result<Changed, QueueError> {
        match next {
            Next::Left(why) => return Ok(Changed::Left { why }),
            Next::Keep(state) => {
                let text = serde_json::to_vec(&state)?.into();
                let entry = Entry::State {
                    id: ledger.id,
                    state: text,
                };
                self.commit(Batch::of(entry)).await?;
                ledger.state().clone_from(&state);
                seized.settle(Some(&state));
            }
            Next::End(batch, fresh) => {
                self.commit(batch).await?;
                seized.settle(None);
                self.admit(fresh);
            }
        }
        Ok(Changed::Done {})
    }

    pub(super) fn seize(&self, id: QueueId) -> Result<Seized<'_>, Changed> {
        match self.waiting().seize(id) {
            Grip::Seized => Ok(Seized {
                queue: self,
                id,
                is_settled: false,
            }),
            Grip::Busy => Err(Changed::Busy {}),
            Grip::Gone => Err(Changed::Gone {}),
        }
    }
}

impl Seized<'_> {
    /// What it is from now on; `None`: nothing any more.
    pub(super) fn settle(mut self, state: Option<&State>) {
        let mut waiting = self.queue.waiting();
        waiting.released(self.id);
        match state {
            Some(state) => {
                waiting.put(self.id, state);
            }
            None => waiting.remove(self.id),
        }
        drop(waiting);
        self.is_settled = true;
    }
}

impl Drop for Seized<'_> {
    fn drop(&mut self) {
        if !self.is_settled {
            self.queue.waiting().let_go(self.id);
        }
        self.queue.changed.notify_one();
    }
}

impl Change {
    fn steer(&self) -> Steer {
        match self {
            Self::Retry { .. } => Steer::Retried,
            Self::Hold { why } => Steer::Held(why.clone()),
            Self::Release {} => Steer::Released,
            Self::Bounce {} => Steer::Bounced,
            Self::Remove {} => Steer::Removed,
        }
    }
}

/// The spool could not give it out, so it could not take down why either.
const SET_ASIDE: &str = "its content could not be read; the log says more";

fn retried(mut state: State, side: Option<&str>) -> Next {
    if let Some(hold) = &state.hold {
        return Next::Left(format!("it is on hold ({hold}); release it"));
    }
    let now = now();
    for one in &mut state.recipients {
        let is_meant = side.is_none_or(|side| side_name(&one.side) == side);
        if one.fate == Fate::Waiting && is_meant {
            one.next = now;
        }
    }
    Next::Keep(state)
}

fn held(mut state: State, why: String) -> Next {
    match &state.hold {
        Some(hold) => Next::Left(format!("it is on hold already ({hold})")),
        None => {
            state.hold = Some(why);
            Next::Keep(state)
        }
    }
}

/// What failed while nobody could be told is tried again: that is what it was kept for.
fn released(mut state: State, mail: &Mail) -> Next {
    if state.hold.take().is_none() {
        return Next::Left("it is not on hold".to_owned());
    }
    state.crashes = 0;
    state.deaths = 0;
    let now = now();
    for one in &mut state.recipients {
        if one.fate == Fate::Failed && mail.is_from_nobody() {
            one.fate = Fate::Waiting;
        }
        if one.fate == Fate::Waiting {
            one.next = now;
        }
    }
    match state.is_settled() {
        true => Next::Left("none of its recipients is open; it can only be removed".to_owned()),
        false => Next::Keep(state),
    }
}

#[cfg(test)]
pub(in crate::queue) mod tests;
