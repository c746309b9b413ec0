//! OpenLDAP and what else synchronises content (RFC 4533).
//!
//! A round asks for what changed since the cursor, or for everything where there is none or the server cannot go on
//! from it. Between the rounds a search stays with the server, so that a change is here when it happens. A cookie is
//! kept only together with the changes before it. Objects are told apart by their entryUUID, which they keep when they
//! are renamed.

mod control;
mod cookie;
mod cursor;
mod live;
mod refresh;

use std::time::{SystemTime, UNIX_EPOCH};

use mirror::{Extent, Mirror, Round};
use tokio::time::{Instant, sleep, timeout_at};

use self::control::{Mode, request};
use self::cursor::Cursor;
use self::live::Live;
use self::refresh::{KEY, Phase, Refresh};
use crate::batch::Batch;
use crate::ldap::{Access, Answer, Connection};
use crate::limits::BASES_MAX;
use crate::{Pace, Plan, Progress, SourceError, Summary};

/// A directory that synchronises.
#[derive(Debug)]
pub struct OpenLdap {
    access: Access,
    plan: Plan,
    pace: Pace,
    /// Where the mirror stands, as far as this run knows.
    cursor: Option<Cursor>,
    /// What stays with the server between the rounds.
    live: Option<Live>,
}

impl OpenLdap {
    /// A source of this plan. Its objects must be told apart by entryUUID, which is all that a server says of those
    /// that are gone.
    pub fn new(access: Access, plan: Plan) -> Result<Self, SourceError> {
        let is_right = plan.key_names().eq_ignore_ascii_case(KEY);
        if !is_right {
            let text =
                format!("attributes.key of a source that synchronises is {KEY} and nothing else");
            return Err(SourceError::Setting(text));
        }
        if plan.bases.is_empty() || plan.bases.len() > BASES_MAX {
            return Err(SourceError::Setting(format!(
                "base takes 1 to {BASES_MAX} names"
            )));
        }
        Ok(Self {
            pace: Pace::of(plan.poll),
            access,
            plan,
            cursor: None,
            live: None,
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
        if read.is_err() {
            self.live = None;
        }
        self.pace.follow(&read);
        read
    }

    /// Returns when the server said that something changed, or it is time to look.
    pub async fn wait(&mut self) {
        let until = Instant::now() + self.pace.wait();
        match &self.cursor {
            Some(cursor) if self.pace.is_well() => {
                let cursor = cursor.clone();
                _ = timeout_at(until, self.follow(&cursor)).await;
            }
            _ => tokio::time::sleep_until(until).await,
        }
    }

    /// Keeps a search with the server until it says something, or cannot go on from here.
    async fn follow(&mut self, cursor: &Cursor) {
        let mut pace = Pace::of(self.plan.poll);
        loop {
            let live = match self.live.take() {
                Some(live) => Ok(live),
                None => Live::begin(&self.access, &self.plan, cursor).await,
            };
            let heard = match live {
                // Where it was given up in the middle of this, it is still there.
                Ok(live) => self.live.insert(live).hear().await,
                Err(error) => Err(error),
            };
            match heard {
                Ok(()) => return,
                Err(error) if error.is_of_one_server() => {
                    self.live = None;
                    pace.failed(&error);
                    sleep(pace.wait()).await;
                }
                // A round finds out what it means.
                Err(_) => {
                    self.live = None;
                    return;
                }
            }
        }
    }

    async fn read(
        &mut self,
        mirror: &mut Mirror,
        progress: &mut dyn FnMut(Progress),
    ) -> Result<Summary, SourceError> {
        let text = mirror.cursor()?;
        let bases = self.plan.bases.len();
        let cursor = text.and_then(|text| Cursor::from_text(&text, bases));
        let live = self.live.take();
        match cursor {
            Some(cursor) if !self.is_due(&cursor) => {
                let is_same = self.cursor.as_ref() == Some(&cursor);
                if let Some(live) = live.filter(|_| is_same)
                    && let Ok(summary) = self.hear_out(live, &cursor, mirror).await
                {
                    return Ok(summary);
                }
                match self.changes(&cursor, mirror, progress).await {
                    // What of a cookie displeases a server is not told apart further: of one that lost its data or
                    // was replaced, OpenLDAP says that it is unwilling.
                    Err(SourceError::RefreshRequired { .. } | SourceError::Refused { .. }) => {
                        self.everything(Some(&cursor), mirror, progress).await
                    }
                    other => other,
                }
            }
            cursor => self.everything(cursor.as_ref(), mirror, progress).await,
        }
    }

    /// Whether it is time to read everything again, also where the clock was set back.
    fn is_due(&self, cursor: &Cursor) -> bool {
        let age = now().checked_sub(cursor.full_at);
        age.is_none_or(|age| age >= self.plan.full_every.as_secs())
    }

    /// Reads everything. Until its end the old cursor stands: whatever was read is not older than that.
    async fn everything(
        &mut self,
        old: Option<&Cursor>,
        mirror: &mut Mirror,
        progress: &mut dyn FnMut(Progress),
    ) -> Result<Summary, SourceError> {
        let full_at = now();
        let known = mirror.facts()?.entries;
        let mut summary = Summary {
            full: true,
            ..Summary::default()
        };
        let old = old.map(Cursor::to_text);
        let mut connection = Connection::open(&self.access).await?;
        let mut round = mirror.round(Extent::Full)?;
        let (mut cookies, mut batch) = (Vec::new(), Batch::after(0));
        for place in 0..self.plan.bases.len() {
            let mut refresh = Refresh::from(None);
            let mut each = |summary: &Summary, round: &mut Round<'_>| {
                batch.page(summary.objects, round, old.as_deref())?;
                if summary.objects.is_multiple_of(PROGRESS_EVERY) {
                    progress(summary.progress((known > 0).then_some(known)));
                }
                Ok(())
            };
            let read = self.refresh(
                &mut connection,
                place,
                &mut refresh,
                &mut round,
                &mut summary,
                &mut each,
            );
            let read = read.await;
            if let Err(error) = read {
                batch.broke_off(&mut round, old.as_deref());
                return Err(error);
            }
            cookies.extend(refresh.cookie);
        }
        summary.judge_full(known == 0, KEY)?;
        progress(summary.progress(None));
        let cursor =
            (cookies.len() == self.plan.bases.len()).then_some(Cursor { full_at, cookies });
        round.finish(cursor.as_ref().map(Cursor::to_text).as_deref())?;
        self.cursor = cursor;
        Ok(summary)
    }

    /// Reads what changed since a cursor.
    async fn changes(
        &mut self,
        cursor: &Cursor,
        mirror: &mut Mirror,
        progress: &mut dyn FnMut(Progress),
    ) -> Result<Summary, SourceError> {
        let known = mirror.facts()?.entries;
        let mut summary = Summary::default();
        let mut connection = Connection::open(&self.access).await?;
        // Only its end says whether it was a reading of everything.
        let mut round = mirror.round(Extent::Full)?;
        let mut refreshes = Vec::new();
        for (place, cookie) in cursor.cookies.iter().enumerate() {
            let mut refresh = Refresh::from(Some(cookie.clone()));
            let mut each = |summary: &Summary, _: &mut Round<'_>| {
                progress(summary.progress(None));
                Ok(())
            };
            self.refresh(
                &mut connection,
                place,
                &mut refresh,
                &mut round,
                &mut summary,
                &mut each,
            )
            .await?;
            refreshes.push(refresh);
        }
        self.finish(cursor, &refreshes, known, round)?;
        Ok(summary)
    }

    /// Searches at one base, and takes all of the answer.
    async fn refresh(
        &self,
        connection: &mut Connection,
        place: usize,
        refresh: &mut Refresh,
        round: &mut Round<'_>,
        summary: &mut Summary,
        each: &mut dyn FnMut(&Summary, &mut Round<'_>) -> Result<(), SourceError>,
    ) -> Result<(), SourceError> {
        let base = &self.plan.bases[place];
        let mut search = self.plan.search(base, &[KEY]);
        let cookie = refresh.cookie.as_ref().map(|cookie| cookie.octets());
        search
            .controls
            .push(request(Mode::RefreshOnly, cookie.as_deref()));
        let mut answers = connection.search(&search).await?;
        while !refresh.is_over {
            let answer = answers.next(connection).await;
            let answer = answer.map_err(|error| unable(error, base))?;
            let is_object = matches!(answer, Answer::Object(_));
            refresh.take(answer, &self.plan.reading, round, summary)?;
            if is_object {
                each(summary, round)?;
            }
        }
        Ok(())
    }

    /// Takes what a search that stayed has heard.
    async fn hear_out(
        &mut self,
        mut live: Live,
        cursor: &Cursor,
        mirror: &mut Mirror,
    ) -> Result<Summary, SourceError> {
        let known = mirror.facts()?.entries;
        let mut summary = Summary::default();
        let was_refreshed = live.is_refreshed();
        let extent = match was_refreshed {
            true => Extent::Changes,
            false => Extent::Full,
        };
        let mut round = mirror.round(extent)?;
        let mut heard = 0;
        loop {
            let batch = live.batch().await?;
            heard += batch.len();
            let ended = batch
                .iter()
                .any(|(_, answer)| matches!(answer, Answer::Done(_)));
            for (place, answer) in batch {
                live.refreshes[place].take(answer, &self.plan.reading, &mut round, &mut summary)?;
            }
            if ended {
                return Err(SourceError::malformed(
                    "a search that was to stay has ended",
                ));
            }
            if live.is_refreshed() {
                break;
            }
        }
        if heard == 0 {
            live.check().await?;
        }
        self.finish(cursor, &live.refreshes, known, round)?;
        for refresh in &mut live.refreshes {
            refresh.phase = Phase::Deletes;
        }
        self.live = Some(live);
        Ok(summary)
    }

    /// Ends a round of changes with the cookies that belong to it.
    fn finish(
        &mut self,
        cursor: &Cursor,
        refreshes: &[Refresh],
        known: u64,
        round: Round<'_>,
    ) -> Result<(), SourceError> {
        let cookies = refreshes
            .iter()
            .filter_map(|refresh| refresh.cookie.clone());
        let next = Cursor {
            full_at: cursor.full_at,
            cookies: cookies.collect(),
        };
        let text = next.to_text();
        let all = |phase: Phase| refreshes.iter().all(|refresh| refresh.phase == phase);
        if all(Phase::Deletes) {
            round.finish_changes(Some(&text))?;
        } else if all(Phase::Presents) {
            let there: u64 = refreshes.iter().map(|refresh| refresh.there).sum();
            if there == 0 && known > 0 {
                return Err(SourceError::Empty);
            }
            round.finish(Some(&text))?;
        } else {
            // One base named what is there, another what is gone: together that says nothing of the rest.
            let server = self.access.servers.first().map(ToString::to_string);
            let server = server.unwrap_or_default();
            return Err(SourceError::RefreshRequired { server });
        }
        self.cursor = Some(next);
        Ok(())
    }
}

/// What a refusal means for a synchronisation.
fn unable(error: SourceError, base: &str) -> SourceError {
    match error {
        SourceError::Refused { server, refusal }
            if refusal.code == UNAVAILABLE_CRITICAL_EXTENSION =>
        {
            SourceError::Setting(format!(
                "{server} does not synchronise {base:?} (RFC 4533): load the overlay syncprov for it ({refusal})"
            ))
        }
        other => other,
    }
}

/// Seconds since 1970.
fn now() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.map_or(0, |since| since.as_secs())
}

const UNAVAILABLE_CRITICAL_EXTENSION: u32 = 12;
/// Entries after which it is said how far one is.
const PROGRESS_EVERY: u64 = 1_000;
