//! What the messages of a synchronisation do to a mirror (RFC 4533 §3.3, §3.4).

use book::Key;
use mirror::Round;

use super::control::{SYNC_STATE, State, SyncDone, SyncInfo, SyncState};
use super::cookie::Cookie;
use crate::ldap::{Answer, Object};
use crate::{Reading, SourceError, Summary};

/// How the refresh of one base said what is gone.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Phase {
    /// It is still going on.
    Open,
    /// All that is gone was named.
    Deletes,
    /// All that is there was named, or sent: the rest is gone.
    Presents,
}

/// The synchronisation of one base.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Refresh {
    pub(super) phase: Phase,
    pub(super) cookie: Option<Cookie>,
    /// Whether what comes now are changes as they happen.
    pub(super) is_over: bool,
    /// Objects that are there.
    pub(super) there: u64,
}

impl Refresh {
    pub(super) fn from(cookie: Option<Cookie>) -> Self {
        Self {
            phase: Phase::Open,
            cookie,
            is_over: false,
            there: 0,
        }
    }

    /// Takes the next message into a round.
    pub(super) fn take(
        &mut self,
        answer: Answer,
        reading: &Reading,
        round: &mut Round<'_>,
        summary: &mut Summary,
    ) -> Result<(), SourceError> {
        match answer {
            Answer::Object(object) => self.object(object, reading, round, summary),
            Answer::Info(info) => match SyncInfo::find(&info)? {
                Some(info) => self.info(info, round, summary),
                None => Ok(()),
            },
            Answer::Referral(to) => {
                summary.refer(&to);
                Ok(())
            }
            Answer::Done(controls) => self.done(SyncDone::find(&controls)?),
        }
    }

    /// Whether a message says something about objects.
    pub(super) fn is_news(answer: &Answer) -> bool {
        match answer {
            Answer::Object(_) | Answer::Done(_) => true,
            Answer::Info(info) => matches!(
                SyncInfo::find(info),
                Ok(Some(SyncInfo::IdSet { .. })) | Err(_)
            ),
            Answer::Referral(_) => false,
        }
    }

    fn object(
        &mut self,
        mut object: Object,
        reading: &Reading,
        round: &mut Round<'_>,
        summary: &mut Summary,
    ) -> Result<(), SourceError> {
        let value = object.control(SYNC_STATE);
        let value =
            value.ok_or_else(|| SourceError::malformed("an object comes without its state"))?;
        let state = SyncState::read(value)?;
        let key = Key::from_uuid(&state.uuid);
        match state.state {
            State::Changed => {
                self.there += 1;
                if !object.attributes.has(KEY) {
                    // The account must not read it, but the control has it.
                    _ = object.attributes.add(KEY, key.as_str().as_bytes());
                }
                reading.take_object(&object, round, summary)?;
            }
            State::Present => {
                self.there += 1;
                round.seen(&key)?;
            }
            State::Deleted => {
                summary.gone += 1;
                round.gone(&key)?;
            }
        }
        self.advance(state.cookie);
        Ok(())
    }

    fn info(
        &mut self,
        info: SyncInfo,
        round: &mut Round<'_>,
        summary: &mut Summary,
    ) -> Result<(), SourceError> {
        match info {
            SyncInfo::NewCookie(cookie) => self.advance(Some(cookie)),
            // After a present phase deletions may still be named: the rest is gone all the same.
            SyncInfo::RefreshDelete { cookie, done } => {
                self.advance(cookie);
                self.is_over |= done;
                if done && self.phase == Phase::Open {
                    self.phase = Phase::Deletes;
                }
            }
            SyncInfo::RefreshPresent { cookie, done } => {
                self.advance(cookie);
                self.is_over |= done;
                self.phase = Phase::Presents;
            }
            SyncInfo::IdSet {
                cookie,
                deletes,
                uuids,
            } => {
                for uuid in uuids {
                    let key = Key::from_uuid(&uuid);
                    match deletes {
                        true => {
                            summary.gone += 1;
                            round.gone(&key)?;
                        }
                        false => {
                            self.there += 1;
                            round.seen(&key)?;
                        }
                    }
                }
                self.advance(cookie);
            }
        }
        Ok(())
    }

    fn done(&mut self, done: Option<SyncDone>) -> Result<(), SourceError> {
        let done = done.ok_or_else(|| {
            SourceError::malformed("a synchronisation ends without saying what is gone")
        })?;
        self.is_over = true;
        if self.phase == Phase::Open {
            self.phase = match done.refresh_deletes {
                true => Phase::Deletes,
                false => Phase::Presents,
            };
        }
        self.advance(done.cookie);
        Ok(())
    }

    fn advance(&mut self, newer: Option<Vec<u8>>) {
        match (&mut self.cookie, newer) {
            (_, None) => {}
            (Some(cookie), Some(newer)) => cookie.advance(&newer),
            (none, Some(newer)) => *none = Some(Cookie::read(&newer)),
        }
    }
}

/// The attribute that tells objects apart.
pub(super) const KEY: &str = "entryUUID";
