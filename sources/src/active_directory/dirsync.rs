//! What changed since a cookie of DirSync ([MS-ADTS] 3.1.1.3.4.1.3).
//!
//! The control gives of a changed object only what changed, and nothing of what left the filter's sight. So it is asked
//! for keys alone, and each object is then read whole through the filter; who is not found is gone.

use std::collections::HashSet;
use std::fmt::Write;

use book::{Key, Scope};
use lber::structures::{ASNTag, Integer, OctetString, Sequence, Tag};
use mirror::{Extent, Mirror, Round};

use super::changes::{Outcome, count, forget};
use super::controller::INSUFFICIENT_RIGHTS;
use super::cursor::{Cursor, Place};
use super::session::{KEY, Session};
use crate::SourceError;
use crate::ldap::{self, Answer, RawControl, Search};
use crate::limits::{COOKIE_OCTETS_MAX, DIRSYNC_OCTETS, KEYS_TOGETHER};

/// Whether the account may see everything that changes ("Replicating Directory Changes"), as far as is known. Without
/// that right the server is asked for what the account may read, which leaves out what was deleted.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(super) enum Rights {
    #[default]
    Unknown,
    Everything,
    OwnSight,
}

impl Rights {
    pub(super) fn see_everything(self) -> bool {
        self == Self::Everything
    }

    fn flags(self) -> i64 {
        match self {
            Self::Unknown | Self::Everything => INCREMENTAL_VALUES,
            Self::OwnSight => INCREMENTAL_VALUES | OBJECT_SECURITY,
        }
    }
}

/// Where a reading goes on.
#[derive(Clone, Debug)]
pub(super) struct From {
    pub(super) cookie: Vec<u8>,
    pub(super) full_at: u64,
}

/// The cookie of now.
pub(super) async fn newest(
    session: &mut Session<'_>,
    rights: &mut Rights,
) -> Result<Vec<u8>, SourceError> {
    let mut cookie = Vec::new();
    loop {
        let step = step(session, rights, NOBODY, &cookie).await?;
        cookie = step.cookie;
        if !step.more {
            return Ok(cookie);
        }
    }
}

/// Reads what changed. With a `census`, who is no longer there at all is gone, too.
pub(super) async fn read(
    session: &mut Session<'_>,
    mirror: &mut Mirror,
    from: From,
    rights: &mut Rights,
    census: bool,
) -> Result<Outcome, SourceError> {
    let From {
        mut cookie,
        full_at,
    } = from;
    let was_empty = mirror.facts()?.entries == 0;
    let mut round = mirror.round(match census {
        true => Extent::Full,
        false => Extent::Changes,
    })?;
    loop {
        let step = match step(session, rights, EVERYBODY, &cookie).await {
            // A cookie that is too old, or of a domain that was restored.
            Err(SourceError::Refused { server, refusal })
                if refusal.code != INSUFFICIENT_RIGHTS =>
            {
                return Err(SourceError::RefreshRequired { server });
            }
            step => step?,
        };
        for keys in step.changed.chunks(KEYS_TOGETHER) {
            look(session, &mut round, keys).await?;
            session.report();
        }
        cookie = step.cookie;
        let place = Place::DirSync {
            cookie: cookie.clone(),
        };
        let next = Cursor { place, full_at }.to_text();
        if step.more {
            round.commit(Some(&next))?;
            continue;
        }
        if census {
            count(session, &mut round, was_empty).await?;
        }
        round.finish(Some(&next))?;
        return Ok(Outcome::Read);
    }
}

/// One answer to the control.
#[derive(Debug)]
struct Step {
    changed: Vec<[u8; 16]>,
    cookie: Vec<u8>,
    more: bool,
}

async fn step(
    session: &mut Session<'_>,
    rights: &mut Rights,
    filter: &str,
    cookie: &[u8],
) -> Result<Step, SourceError> {
    let step = ask(session, rights.flags(), filter, cookie).await;
    match &step {
        // The right was never given, or was taken away.
        Err(SourceError::Refused { refusal, .. })
            if refusal.code == INSUFFICIENT_RIGHTS && *rights != Rights::OwnSight =>
        {
            *rights = Rights::OwnSight;
            ask(session, rights.flags(), filter, cookie).await
        }
        Ok(_) if *rights == Rights::Unknown => {
            *rights = Rights::Everything;
            step
        }
        Ok(_) | Err(_) => step,
    }
}

async fn ask(
    session: &mut Session<'_>,
    flags: i64,
    filter: &str,
    cookie: &[u8],
) -> Result<Step, SourceError> {
    // Its base can only be the whole domain. Who changes in nothing that is read is not told.
    let mut search = session.plan.search(&session.controller.domain, FURTHER);
    search.scope = Scope::Subtree;
    filter.clone_into(&mut search.filter);
    search.attributes.retain(|name| !is_own_to_controller(name));
    search.controls = vec![request(flags, cookie)];
    let mut answers = session.connection.search(&search).await?;
    let mut changed = Vec::new();
    loop {
        match answers.next(&mut session.connection).await? {
            Answer::Object(object) => {
                let octets = object.attributes.octets(KEY).next();
                changed.extend(octets.and_then(|octets| <[u8; 16]>::try_from(octets).ok()));
            }
            Answer::Info(_) | Answer::Referral(_) => {}
            Answer::Done(controls) => {
                let (more, cookie) = answered(&controls)?;
                return Ok(Step {
                    changed,
                    cookie,
                    more,
                });
            }
        }
    }
}

/// Reads objects by their keys. Who is not found at any base is gone.
async fn look(
    session: &mut Session<'_>,
    round: &mut Round<'_>,
    keys: &[[u8; 16]],
) -> Result<(), SourceError> {
    let mut narrowed = "(|".to_owned();
    for key in keys {
        _ = write!(narrowed, "({KEY}=");
        for octet in key {
            _ = write!(narrowed, "\\{octet:02x}");
        }
        narrowed.push(')');
    }
    narrowed.push(')');
    let mut met = HashSet::new();
    for search in session.searches(Some(&narrowed)) {
        found(session, &search, round, &mut met).await?;
    }
    for key in keys.iter().map(Key::from_guid) {
        if !met.contains(&key) {
            forget(session, round, &key)?;
        }
    }
    Ok(())
}

/// Nothing is committed here: the cookie that belongs to it is not in force yet.
async fn found(
    session: &mut Session<'_>,
    search: &Search,
    round: &mut Round<'_>,
    met: &mut HashSet<Key>,
) -> Result<(), SourceError> {
    let Session {
        plan,
        connection,
        summary,
        ..
    } = session;
    let mut pages = ldap::Pages::of(plan.page_size);
    while !pages.is_at_end() {
        let mut take = |object: ldap::Object| {
            met.extend(super::session::key(&object));
            Ok(plan.reading.take_object(&object, round, summary)?)
        };
        connection.page(search, &mut pages, &mut take).await?;
    }
    Ok(())
}

/// Attributes that are not replicated, so that DirSync knows nothing of them.
fn is_own_to_controller(name: &str) -> bool {
    ["uSNChanged", "distinguishedName"]
        .iter()
        .any(|own| own.eq_ignore_ascii_case(name))
}

fn request(flags: i64, cookie: &[u8]) -> RawControl {
    let integer = |inner| {
        Tag::Integer(Integer {
            inner,
            ..Integer::default()
        })
    };
    let value = Tag::Sequence(Sequence {
        inner: vec![
            integer(flags),
            integer(i64::from(DIRSYNC_OCTETS)),
            Tag::OctetString(OctetString {
                inner: cookie.to_vec(),
                ..OctetString::default()
            }),
        ],
        ..Sequence::default()
    });
    RawControl {
        ctype: DIRSYNC.to_owned(),
        crit: true,
        val: Some(ldap::encoded(value.into_structure())),
    }
}

/// Whether there is more, and the cookie to ask for it.
fn answered(controls: &[RawControl]) -> Result<(bool, Vec<u8>), SourceError> {
    let control = controls.iter().find(|control| control.ctype == DIRSYNC);
    let value = control.and_then(|control| control.val.as_deref());
    let Some(value) = value else {
        return Err(SourceError::malformed("DirSync gives no cookie"));
    };
    let parts = ldap::parts(ldap::element(value)?)?;
    let Ok([more, _, cookie]) = <[_; 3]>::try_from(parts) else {
        return Err(SourceError::malformed(
            "the answer of DirSync has another shape",
        ));
    };
    let more = ldap::octets(more)?.iter().any(|octet| *octet != 0);
    match ldap::octets(cookie)? {
        cookie if !cookie.is_empty() && cookie.len() * 2 < COOKIE_OCTETS_MAX => Ok((more, cookie)),
        _ => Err(SourceError::malformed(
            "the cookie of DirSync is missing or too long",
        )),
    }
}

const DIRSYNC: &str = "1.2.840.113556.1.4.841";
/// LDAP_DIRSYNC_OBJECT_SECURITY.
const OBJECT_SECURITY: i64 = 1;
/// LDAP_DIRSYNC_INCREMENTAL_VALUES, the highest bit of 32 and thereby the sign: of a changed group not all members.
const INCREMENTAL_VALUES: i64 = i32::MIN as i64;
const EVERYBODY: &str = "(objectClass=*)";
/// The way to a cookie without an answer.
const NOBODY: &str = "(!(objectClass=*))";
/// A change of `name` is a change of place or name.
const FURTHER: &[&str] = &["name", "isDeleted"];

#[cfg(test)]
mod tests {
    use super::*;

    fn with_value(value: &[u8]) -> Vec<RawControl> {
        vec![RawControl {
            ctype: DIRSYNC.to_owned(),
            crit: false,
            val: Some(value.to_vec()),
        }]
    }

    #[test]
    fn a_request_is_three_numbers_and_a_cookie() {
        let value = request(Rights::Everything.flags(), b"ab").val.unwrap();
        assert_eq!(
            value,
            b"\x30\x0f\x02\x04\x80\x00\x00\x00\x02\x03\x10\x00\x00\x04\x02ab"
        );
        let value = request(Rights::OwnSight.flags(), b"").val.unwrap();
        assert_eq!(
            value,
            b"\x30\x0d\x02\x04\x80\x00\x00\x01\x02\x03\x10\x00\x00\x04\x00"
        );
    }

    #[test]
    fn an_answer_says_whether_there_is_more() {
        let of = |value: &[u8]| answered(&with_value(value)).ok();
        let cookie = || b"ab".to_vec();
        assert_eq!(
            of(b"\x30\x0a\x02\x01\x01\x02\x01\x00\x04\x02ab"),
            Some((true, cookie()))
        );
        assert_eq!(
            of(b"\x30\x0a\x02\x01\x00\x02\x01\x00\x04\x02ab"),
            Some((false, cookie()))
        );
        assert_eq!(of(b"\x30\x08\x02\x01\x00\x02\x01\x00\x04\x00"), None);
        assert_eq!(of(b"\x30\x06\x02\x01\x00\x02\x01\x00"), None);
        assert_eq!(of(b"\x30"), None);
        assert_eq!(of(b""), None);
        assert!(answered(&[]).is_err());
    }
}
