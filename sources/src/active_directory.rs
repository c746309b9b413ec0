//! Active Directory, read from one of its domain controllers.
//!
//! Every change in a controller's database gets the next update sequence number, so that what is new since the last
//! round is one search ([MS-ADTS] 3.1.1.1.9). The numbers are that controller's own: another controller, or the same one
//! after its database was restored, means a full reading. The other way, for several controllers that stand in for each
//! other, is DirSync, whose cookie all of them understand.
//!
//! What no longer has an address, has left the bases, or was deleted does not match the filter any more. So whatever
//! changed is listed by its key alone, over the whole domain and with what was deleted, and who of them was not found by
//! the filter is gone. Where the account does not see what was deleted, the keys of all who are there are read now and
//! then instead.

mod changes;
mod controller;
mod cursor;
mod dirsync;
mod full;
mod home;
mod notice;
mod refusal;
mod session;

use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use mirror::Mirror;
use tokio::time::{Instant, sleep};

use crate::ldap::{Access, Server};
use crate::limits::{CENSUS_EVERY, FULL_AGAIN};
use crate::{Pace, Plan, Progress, SourceError, Summary};
use controller::Controller;
use cursor::{Cursor, Place};
use home::Home;
use notice::Notice;
use session::Session;

/// A domain of Active Directory as a source.
#[derive(Debug)]
pub struct ActiveDirectory {
    access: Access,
    plan: Arc<Plan>,
    change_by: ChangeBy,
    pace: Pace,
    home: Home,
    notice: Notice,
    rights: dirsync::Rights,
    census_at: Option<Instant>,
    full_failed_at: Option<Instant>,
}

/// How a source asks what changed.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum ChangeBy {
    /// By the numbers of one controller (uSNChanged).
    #[default]
    Usn,
    /// By the DirSync control, whose cookie every controller takes.
    DirSync,
}

impl ChangeBy {
    /// As the configuration writes it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Usn => "usn",
            Self::DirSync => "dirsync",
        }
    }

    /// Reads it.
    pub fn of_name(name: &str) -> Option<Self> {
        let all = [Self::Usn, Self::DirSync];
        all.into_iter().find(|known| known.name() == name)
    }
}

impl ActiveDirectory {
    /// A source over these controllers of one domain. No base at all means the whole domain.
    pub fn new(access: Access, plan: Plan, change_by: ChangeBy) -> Result<Self, SourceError> {
        let is_catalogue = |server: &&Server| GLOBAL_CATALOGUE.contains(&server.port());
        if let Some(server) = access.servers.iter().find(is_catalogue) {
            return Err(SourceError::Setting(format!(
                "{server} is the global catalogue, which lacks attributes; use port 636"
            )));
        }
        let lines = plan.reading.preset.lines();
        let key = lines.iter().find(|(key, _)| key == "attributes.key");
        match key.map(|(_, names)| names.as_slice()) {
            Some([name]) if name.eq_ignore_ascii_case(session::KEY) => {}
            _ => {
                return Err(SourceError::Setting(
                    "attributes.key must be objectGUID: nothing else is left of what was deleted"
                        .to_owned(),
                ));
            }
        }
        Ok(Self {
            pace: Pace::of(plan.poll),
            access,
            plan: Arc::new(plan),
            change_by,
            home: Home::default(),
            notice: Notice::default(),
            rights: dirsync::Rights::default(),
            census_at: None,
            full_failed_at: None,
        })
    }

    /// All that its mirror's content depends on besides the directory itself.
    pub fn fingerprint(&self) -> String {
        self.plan.fingerprint(&self.access)
    }

    /// Reads what is new, or everything where it must. Whatever breaks it off, the mirror keeps what was committed.
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

    /// Returns when the controller speaks of a change, or it is time to look. The first round after a failure is not
    /// hurried by anybody.
    pub async fn wait(&mut self) {
        let wait = self.pace.wait();
        match self.pace.is_well() {
            true => self.notice.wait(wait).await,
            false => sleep(wait).await,
        }
    }

    async fn read(
        &mut self,
        mirror: &mut Mirror,
        progress: &mut dyn FnMut(Progress),
    ) -> Result<Summary, SourceError> {
        let cursor = mirror.cursor()?.as_deref().and_then(Cursor::of_text);
        let opened = self.home.open(&self.access, &self.plan, cursor.as_ref());
        let (mut connection, mut controller) = opened.await?;
        if controller.notifies {
            let (server, domain) = (connection.server().clone(), controller.domain.clone());
            if self.notice.listen(&self.access, &server, &domain).await {
                // What changed before somebody listened is read in this round.
                controller = Controller::ask(&mut connection, &self.plan.bases).await?;
            }
        }
        let cursor = cursor.filter(|cursor| self.goes_on(cursor, &controller));
        let plan = Arc::clone(&self.plan);
        let mut session = Session::new(&plan, connection, controller, progress);
        if let Some(cursor) = &cursor
            && !self.is_full_due(cursor)
        {
            match self.changes(&mut session, mirror, cursor).await {
                Ok(changes::Outcome::Read) => return Ok(session.summary),
                Ok(changes::Outcome::TooMany) | Err(SourceError::RefreshRequired { .. }) => {
                    session.summary = Summary::default();
                    return self.full(session, mirror, None).await;
                }
                Err(error) => return Err(error),
            }
        }
        self.full(session, mirror, cursor).await
    }

    /// Whether one can go on from there. A controller whose last number is below ours went back in time, as a virtual
    /// machine does that is set back to a snapshot.
    fn goes_on(&self, cursor: &Cursor, controller: &Controller) -> bool {
        match (&cursor.place, self.change_by) {
            (Place::Usn { invocation, usn }, ChangeBy::Usn) => {
                *invocation == controller.invocation && *usn <= controller.usn
            }
            (Place::DirSync { .. }, ChangeBy::DirSync) => true,
            (Place::Usn { .. } | Place::DirSync { .. }, _) => false,
        }
    }

    fn is_full_due(&self, cursor: &Cursor) -> bool {
        let age = Duration::from_secs(now().saturating_sub(cursor.full_at));
        let has_just_failed = self
            .full_failed_at
            .is_some_and(|at| at.elapsed() < FULL_AGAIN);
        age >= self.plan.full_every && !has_just_failed
    }

    async fn changes(
        &mut self,
        session: &mut Session<'_>,
        mirror: &mut Mirror,
        cursor: &Cursor,
    ) -> Result<changes::Outcome, SourceError> {
        let census = self.needs_census(session).await?;
        let outcome = match &cursor.place {
            Place::Usn { usn, .. } => {
                changes::read(session, mirror, *usn, cursor.full_at, census).await?
            }
            Place::DirSync { cookie } => {
                let from = dirsync::From {
                    cookie: cookie.clone(),
                    full_at: cursor.full_at,
                };
                dirsync::read(session, mirror, from, &mut self.rights, census).await?
            }
        };
        if census {
            self.census_at = Some(Instant::now());
        }
        Ok(outcome)
    }

    /// Whether it is time to see who is still there, since deletions cannot be seen.
    async fn needs_census(&self, session: &mut Session<'_>) -> Result<bool, SourceError> {
        let every = CENSUS_EVERY.max(self.plan.poll);
        let is_due = self.census_at.is_none_or(|at| at.elapsed() >= every);
        let tells_all = self.change_by == ChangeBy::DirSync && self.rights.see_everything();
        if !is_due || tells_all {
            return Ok(false);
        }
        let controller = session.controller.clone();
        let sees = controller.shows_deleted(&mut session.connection).await?;
        Ok(!sees)
    }

    /// Reads everything. While it is under way, `cursor` stays in force, so that changes go on if it fails.
    async fn full(
        &mut self,
        mut session: Session<'_>,
        mirror: &mut Mirror,
        cursor: Option<Cursor>,
    ) -> Result<Summary, SourceError> {
        self.full_failed_at = Some(Instant::now());
        // Before anything is read: what changes meanwhile is behind it.
        let place = match self.change_by {
            ChangeBy::Usn => Place::Usn {
                invocation: session.controller.invocation.clone(),
                usn: session.controller.usn,
            },
            ChangeBy::DirSync => Place::DirSync {
                cookie: dirsync::newest(&mut session, &mut self.rights).await?,
            },
        };
        let next = Cursor {
            place,
            full_at: now(),
        };
        let keep = cursor.map(|cursor| cursor.to_text());
        full::read(&mut session, mirror, keep.as_deref(), &next).await?;
        self.full_failed_at = None;
        self.census_at = Some(Instant::now());
        Ok(session.summary)
    }
}

/// In seconds since 1970.
fn now() -> u64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    now.map_or(0, |now| now.as_secs())
}

const GLOBAL_CATALOGUE: &[u16] = &[3268, 3269];

#[cfg(test)]
mod tests;
