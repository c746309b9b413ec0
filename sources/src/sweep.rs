//! Directories that cannot say what changed: Domino and GroupWise.
//!
//! A round reads everything and compares. Where the server says of each object when it was changed (modifyTimestamp),
//! the rounds in between ask only for what changed since the last time, and a little before: clocks are coarse, and
//! what was changed at another replica comes late. Such a server may leave somebody out now and then, while its view
//! is built anew or a replica lags, and never says that somebody was deleted. So who is missing is gone only when
//! missing in two readings of everything.

mod cursor;
mod stamp;

use std::time::{SystemTime, UNIX_EPOCH};

use mirror::{Extent, Mirror, Round};
use tokio::time::sleep;

use self::cursor::Cursor;
use self::stamp::Stamp;
use crate::batch::Batch;
use crate::ldap::{Access, Connection, Object, PAGED_RESULTS, Pages, Search};
use crate::limits::{BASES_MAX, OVERLAP};
use crate::{Pace, Plan, Progress, SourceError, Summary};

/// A directory that is read and compared.
#[derive(Debug)]
pub struct Sweep {
    access: Access,
    plan: Plan,
    pace: Pace,
}

/// What a reading has seen of the times of changes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Times {
    /// Nothing yet.
    None,
    /// The latest; every object had one.
    Until(Stamp),
    /// An object had none.
    Unknown,
}

impl Sweep {
    /// A source of this plan.
    pub fn new(access: Access, plan: Plan) -> Result<Self, SourceError> {
        if plan.bases.is_empty() || plan.bases.len() > BASES_MAX {
            let text = format!("base takes 1 to {BASES_MAX} names");
            return Err(SourceError::Setting(text));
        }
        Ok(Self {
            pace: Pace::of(plan.poll),
            access,
            plan,
        })
    }

    /// All that its mirror's content depends on besides the directory itself.
    pub fn fingerprint(&self) -> String {
        self.plan.fingerprint(&self.access)
    }

    /// Reads what is new, or everything where it must.
    pub async fn round(
        &mut self,
        mirror: &mut Mirror,
        progress: &mut dyn FnMut(Progress),
    ) -> Result<Summary, SourceError> {
        let most = self.access.patience.round;
        let read = Pace::limited(most, self.read(mirror, progress)).await;
        self.pace.follow(&read);
        read
    }

    /// Returns when it is time to look.
    pub async fn wait(&mut self) {
        sleep(self.pace.wait()).await;
    }

    async fn read(
        &mut self,
        mirror: &mut Mirror,
        progress: &mut dyn FnMut(Progress),
    ) -> Result<Summary, SourceError> {
        let text = mirror.cursor()?;
        let cursor = text.and_then(|text| Cursor::from_text(&text));
        match cursor {
            Some(Cursor {
                full_at,
                changed: Some(since),
            }) if !self.is_due(full_at) => {
                let changed = self.changes(full_at, since, mirror, progress).await;
                match changed {
                    // It says when its objects changed, but does not search by it.
                    Err(SourceError::Refused { .. }) => {
                        self.everything(cursor, mirror, progress).await
                    }
                    other => other,
                }
            }
            cursor => self.everything(cursor, mirror, progress).await,
        }
    }

    /// Whether it is time to read everything again, also where the clock was set back.
    fn is_due(&self, full_at: u64) -> bool {
        let age = now().checked_sub(full_at);
        age.is_none_or(|age| age >= self.plan.full_every.as_secs())
    }

    /// Reads everything. Until its end the old cursor stands: whatever was read is not older than that.
    async fn everything(
        &mut self,
        old: Option<Cursor>,
        mirror: &mut Mirror,
        progress: &mut dyn FnMut(Progress),
    ) -> Result<Summary, SourceError> {
        let full_at = now();
        let known = mirror.facts()?.entries;
        let mut summary = Summary {
            full: true,
            ..Summary::default()
        };
        let mut connection = Connection::open(&self.access).await?;
        let mut round = mirror.round(Extent::Sweep)?;
        let (mut times, mut batch) = (Times::None, Batch::after(0));
        let old = old.map(Cursor::to_text);
        for base in &self.plan.bases {
            let search = self.plan.search(base, &[TIME]);
            let mut each = |summary: &Summary, round: &mut Round<'_>| {
                batch.page(summary.objects, round, old.as_deref())?;
                progress(summary.progress((known > 0).then_some(known)));
                Ok(())
            };
            let read = self.pages(
                &mut connection,
                &search,
                &mut times,
                &mut round,
                &mut summary,
                &mut each,
            );
            let read = read.await;
            if let Err(error) = read {
                batch.broke_off(&mut round, old.as_deref());
                return Err(error);
            }
        }
        summary.judge_full(known == 0, &self.plan.key_names())?;
        let changed = match times {
            Times::Until(stamp) => Some(stamp),
            Times::None | Times::Unknown => None,
        };
        round.finish(Some(&Cursor { full_at, changed }.to_text()))?;
        Ok(summary)
    }

    /// Reads what was changed since a time, and a little before.
    async fn changes(
        &mut self,
        full_at: u64,
        since: Stamp,
        mirror: &mut Mirror,
        progress: &mut dyn FnMut(Progress),
    ) -> Result<Summary, SourceError> {
        let mut summary = Summary::default();
        let mut connection = Connection::open(&self.access).await?;
        let mut round = mirror.round(Extent::Changes)?;
        let mut times = Times::Until(since);
        for base in &self.plan.bases {
            let mut search = self.plan.search(base, &[TIME]);
            search.filter = since_then(&search.filter, since);
            let mut each = |summary: &Summary, _: &mut Round<'_>| {
                progress(summary.progress(None));
                Ok(())
            };
            self.pages(
                &mut connection,
                &search,
                &mut times,
                &mut round,
                &mut summary,
                &mut each,
            )
            .await?;
        }
        let changed = match times {
            Times::Until(stamp) => Some(stamp),
            Times::None | Times::Unknown => None,
        };
        round.finish(Some(&Cursor { full_at, changed }.to_text()))?;
        Ok(summary)
    }

    /// Takes all of an answer, page by page where the server can do that.
    async fn pages(
        &self,
        connection: &mut Connection,
        search: &Search,
        times: &mut Times,
        round: &mut Round<'_>,
        summary: &mut Summary,
        each: &mut dyn FnMut(&Summary, &mut Round<'_>) -> Result<(), SourceError>,
    ) -> Result<(), SourceError> {
        let mut pages = match connection.root_dse(&[]).await?.has_control(PAGED_RESULTS) {
            true => Pages::of(self.plan.page_size),
            false => Pages::one(),
        };
        while !pages.is_at_end() {
            let mut take = |object: Object| {
                times.see(object.attributes.text(TIME));
                Ok(self.plan.reading.take_object(&object, round, summary)?)
            };
            connection.page(search, &mut pages, &mut take).await?;
            each(summary, round)?;
        }
        for to in &pages.referrals {
            summary.refer(to);
        }
        Ok(())
    }
}

impl Times {
    fn see(&mut self, text: Option<&str>) {
        *self = match (*self, text.and_then(Stamp::parse)) {
            (Self::Unknown, _) | (_, None) => Self::Unknown,
            (Self::None, Some(stamp)) => Self::Until(stamp),
            (Self::Until(latest), Some(stamp)) => Self::Until(latest.max(stamp)),
        };
    }
}

/// A filter, of what was changed since then and a little before.
fn since_then(filter: &str, since: Stamp) -> String {
    let since = since.before(OVERLAP);
    match filter.starts_with('(') {
        true => format!("(&{filter}({TIME}>={since}))"),
        false => format!("(&({filter})({TIME}>={since}))"),
    }
}

/// Seconds since 1970.
fn now() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.map_or(0, |since| since.as_secs())
}

const TIME: &str = "modifyTimestamp";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_changed_a_little_before_is_asked_for_too() {
        let since = Stamp::parse("20260101001000Z").unwrap();
        for filter in ["(mail=*)", "mail=*"] {
            let filter = since_then(filter, since);
            assert_eq!(filter, "(&(mail=*)(modifyTimestamp>=20251231235500Z))");
        }
    }

    #[test]
    fn the_latest_time_counts_while_every_object_has_one() {
        let after = |texts: &[Option<&str>]| {
            let mut times = Times::None;
            texts.iter().for_each(|text| times.see(*text));
            times
        };
        let stamp = |text: &str| Stamp::parse(text).unwrap();
        let (a, b) = ("20260101000000Z", "20260102000000Z");
        assert_eq!(after(&[]), Times::None);
        assert_eq!(after(&[Some(b), Some(a)]), Times::Until(stamp(b)));
        assert_eq!(after(&[Some(a), None, Some(b)]), Times::Unknown);
        assert_eq!(after(&[Some("x")]), Times::Unknown);
    }
}
