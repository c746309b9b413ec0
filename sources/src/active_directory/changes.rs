//! What changed since an update sequence number.

use std::collections::HashSet;

use book::{Key, Scope};
use mirror::{Extent, Mirror, Round};

use super::controller::{SHOW_DELETED, plain};
use super::cursor::{Cursor, Place};
use super::session::Session;
use crate::SourceError;
use crate::ldap::Search;
use crate::limits::CHANGES_MAX;

/// What came of it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Outcome {
    Read,
    /// More than are worth looking at one by one.
    TooMany,
}

/// Reads what has a number above `after`. With a `census`, who is no longer there at all is gone, too.
pub(super) async fn read(
    session: &mut Session<'_>,
    mirror: &mut Mirror,
    after: u64,
    full_at: u64,
    census: bool,
) -> Result<Outcome, SourceError> {
    let upto = session.controller.usn;
    let place = Place::Usn {
        invocation: session.controller.invocation.clone(),
        usn: upto,
    };
    let next = Cursor { place, full_at }.to_text();
    let keep = mirror.cursor()?;
    let was_empty = mirror.facts()?.entries == 0;
    let mut round = mirror.round(match census {
        true => Extent::Full,
        false => Extent::Changes,
    })?;
    if upto > after {
        let met = present(session, &mut round, after, keep.as_deref()).await?;
        let departed = departed(session, &met, after, upto).await?;
        if met.len() + departed.len() > CHANGES_MAX {
            return Ok(Outcome::TooMany);
        }
        for key in departed {
            forget(session, &mut round, &key)?;
        }
    }
    if census {
        count(session, &mut round, was_empty).await?;
    }
    round.finish(Some(&next))?;
    Ok(Outcome::Read)
}

/// Who is there and changed. Whoever changes once more meanwhile is read as it is then, and again next time.
async fn present(
    session: &mut Session<'_>,
    round: &mut Round<'_>,
    after: u64,
    keep: Option<&str>,
) -> Result<HashSet<Key>, SourceError> {
    let mut met = HashSet::new();
    let mut meet = |key| {
        if met.len() <= CHANGES_MAX {
            met.insert(key);
        }
    };
    for search in session.searches(Some(&format!("(uSNChanged>={})", after + 1))) {
        session.take(&search, round, keep, &mut meet).await?;
    }
    Ok(met)
}

/// Who changed, and was not there a moment ago. Whoever changed since the round began is left to the next one:
/// it may have come into the filter's sight only after the search for those who are there.
async fn departed(
    session: &mut Session<'_>,
    met: &HashSet<Key>,
    after: u64,
    upto: u64,
) -> Result<Vec<Key>, SourceError> {
    let search = Search {
        base: session.controller.domain.clone(),
        scope: Scope::Subtree,
        filter: format!("(&(uSNChanged>={})(uSNChanged<={upto}))", after + 1),
        attributes: Vec::new(),
        controls: vec![plain(SHOW_DELETED)],
    };
    let mut departed = Vec::new();
    let mut meet = |key: Key| {
        if !met.contains(&key) && departed.len() <= CHANGES_MAX {
            departed.push(key);
        }
        Ok(())
    };
    session.keys(&search, &mut meet).await?;
    Ok(departed)
}

/// Most of what changes in a domain was never an entry.
pub(super) fn forget(
    session: &mut Session<'_>,
    round: &mut Round<'_>,
    key: &Key,
) -> Result<(), SourceError> {
    if round.entry(key)?.is_some() {
        round.gone(key)?;
        session.summary.gone += 1;
    }
    Ok(())
}

/// Sees who is still there.
pub(super) async fn count(
    session: &mut Session<'_>,
    round: &mut Round<'_>,
    was_empty: bool,
) -> Result<(), SourceError> {
    let mut found = was_empty;
    for search in session.searches(None) {
        let mut meet = |key: Key| {
            found = true;
            Ok(round.seen(&key)?)
        };
        session.keys(&search, &mut meet).await?;
    }
    match found {
        true => Ok(()),
        false => Err(SourceError::Empty),
    }
}
