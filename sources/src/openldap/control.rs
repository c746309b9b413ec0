//! The controls and messages of content synchronisation (RFC 4533 §2).

use lber::common::TagClass;
use lber::structure::StructureTag;
use lber::structures::{ASNTag, Boolean, Enumerated, OctetString, Sequence, Tag};
use ldap3::controls::RawControl;

use crate::SourceError;
use crate::ldap::{Info, boolean, element, encoded, integer, octets, parts};
use crate::limits::COOKIE_OCTETS_MAX;

/// How far a search follows.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Mode {
    /// To what is there now.
    RefreshOnly,
    /// And then to everything that happens.
    RefreshAndPersist,
}

/// What an object of the answer is to us.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct SyncState {
    pub(super) state: State,
    pub(super) uuid: [u8; 16],
    pub(super) cookie: Option<Vec<u8>>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum State {
    /// As it was; it comes without attributes.
    Present,
    /// New, or another than before.
    Changed,
    Deleted,
}

/// The end of a refresh.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(super) struct SyncDone {
    pub(super) cookie: Option<Vec<u8>>,
    /// Whether all that is gone was named. If not, all that is there was.
    pub(super) refresh_deletes: bool,
}

/// What is said between the objects.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum SyncInfo {
    NewCookie(Vec<u8>),
    /// All that is gone was named.
    RefreshDelete {
        cookie: Option<Vec<u8>>,
        done: bool,
    },
    /// All that is there was named.
    RefreshPresent {
        cookie: Option<Vec<u8>>,
        done: bool,
    },
    /// Objects by their numbers alone: those that are gone, or those that are there as they were.
    IdSet {
        cookie: Option<Vec<u8>>,
        deletes: bool,
        uuids: Vec<[u8; 16]>,
    },
}

/// Asks for synchronisation, from where a cookie stands.
pub(super) fn request(mode: Mode, cookie: Option<&[u8]>) -> RawControl {
    let mode = match mode {
        Mode::RefreshOnly => 1,
        Mode::RefreshAndPersist => 3,
    };
    let mut inner = vec![Tag::Enumerated(Enumerated {
        inner: mode,
        ..Enumerated::default()
    })];
    if let Some(cookie) = cookie {
        inner.push(Tag::OctetString(OctetString {
            inner: cookie.to_vec(),
            ..OctetString::default()
        }));
    }
    // No reloadHint: a server that cannot go on from the cookie is to say so.
    inner.push(Tag::Boolean(Boolean {
        inner: false,
        ..Boolean::default()
    }));
    let value = Tag::Sequence(Sequence {
        inner,
        ..Sequence::default()
    });
    RawControl {
        ctype: SYNC_REQUEST.to_owned(),
        crit: true,
        val: Some(encoded(value.into_structure())),
    }
}

impl SyncState {
    pub(super) fn read(value: &[u8]) -> Result<Self, SourceError> {
        let mut parts = parts(element(value)?)?.into_iter();
        let mut next = || parts.next().ok_or_else(short);
        let state = match integer(next()?)? {
            0 => State::Present,
            1 | 2 => State::Changed,
            3 => State::Deleted,
            _ => return Err(SourceError::malformed("an object is in a state of its own")),
        };
        let uuid = uuid(next()?)?;
        let cookie = parts.next().map(cookie).transpose()?;
        Ok(Self {
            state,
            uuid,
            cookie,
        })
    }
}

impl SyncDone {
    /// From the controls of the end of a search; without one it is as if it had its defaults.
    pub(super) fn find(controls: &[RawControl]) -> Result<Option<Self>, SourceError> {
        let control = controls.iter().find(|control| control.ctype == SYNC_DONE);
        let value = control.and_then(|control| control.val.as_deref());
        value.map(Self::read).transpose()
    }

    fn read(value: &[u8]) -> Result<Self, SourceError> {
        let (cookie, refresh_deletes) = cookie_and_flag(parts(element(value)?)?, false)?;
        Ok(Self {
            cookie,
            refresh_deletes,
        })
    }
}

impl SyncInfo {
    /// From an intermediate response; nothing, if it is one of another kind.
    pub(super) fn find(info: &Info) -> Result<Option<Self>, SourceError> {
        match (info.name.as_deref(), &info.value) {
            (Some(SYNC_INFO), Some(value)) => Self::read(value).map(Some),
            _ => Ok(None),
        }
    }

    fn read(value: &[u8]) -> Result<Self, SourceError> {
        let choice = element(value)?;
        match choice.id {
            0 => cookie(choice).map(Self::NewCookie),
            1 => {
                let (cookie, done) = cookie_and_flag(parts(choice)?, true)?;
                Ok(Self::RefreshDelete { cookie, done })
            }
            2 => {
                let (cookie, done) = cookie_and_flag(parts(choice)?, true)?;
                Ok(Self::RefreshPresent { cookie, done })
            }
            3 => {
                let mut parts = parts(choice)?;
                let set = parts.pop().ok_or_else(short)?;
                let (cookie, deletes) = cookie_and_flag(parts, false)?;
                let uuids = self::parts(set)?.into_iter().map(uuid);
                let uuids = uuids.collect::<Result<_, _>>()?;
                Ok(Self::IdSet {
                    cookie,
                    deletes,
                    uuids,
                })
            }
            _ => Err(SourceError::malformed(
                "a message of the synchronisation is of no known kind",
            )),
        }
    }
}

/// A cookie and a truth value, of which neither need be there.
fn cookie_and_flag(
    parts: Vec<StructureTag>,
    default: bool,
) -> Result<(Option<Vec<u8>>, bool), SourceError> {
    let (mut found, mut flag) = (None, default);
    for part in parts {
        match (part.class, part.id) {
            (TagClass::Universal, OCTET_STRING) => found = Some(cookie(part)?),
            (TagClass::Universal, BOOLEAN) => flag = boolean(part)?,
            _ => {}
        }
    }
    Ok((found, flag))
}

fn cookie(tag: StructureTag) -> Result<Vec<u8>, SourceError> {
    match octets(tag)? {
        cookie if cookie.len() <= COOKIE_OCTETS_MAX => Ok(cookie),
        _ => Err(SourceError::malformed("a cookie is too long")),
    }
}

fn uuid(tag: StructureTag) -> Result<[u8; 16], SourceError> {
    let octets = octets(tag)?;
    octets
        .try_into()
        .map_err(|_| SourceError::malformed("an entryUUID has not 16 octets"))
}

fn short() -> SourceError {
    SourceError::malformed("a message of the synchronisation ends too early")
}

pub(super) const SYNC_REQUEST: &str = "1.3.6.1.4.1.4203.1.9.1.1";
pub(super) const SYNC_STATE: &str = "1.3.6.1.4.1.4203.1.9.1.2";
const SYNC_DONE: &str = "1.3.6.1.4.1.4203.1.9.1.3";
const SYNC_INFO: &str = "1.3.6.1.4.1.4203.1.9.1.4";
const BOOLEAN: u64 = 1;
const OCTET_STRING: u64 = 4;

#[cfg(test)]
mod tests;
