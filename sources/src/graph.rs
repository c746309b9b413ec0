//! Users, groups and organisational contacts of Microsoft Graph, by delta query.
//!
//! Graph gives each of the three in pages: a page names the next one (`@odata.nextLink`), the last one names where the
//! changes go on (`@odata.deltaLink`). A link is kept only together with what its page brought, in one transaction of
//! the mirror, so that a page may come twice but is never left out. An object may come twice, too, and so may what
//! happened to it: whatever is taken here can be taken again.
//!
//! What Graph says of a person does not tell a mailbox from a mail user. Where `mailbox_purpose` is set, those whose
//! place is open are asked for one by one ([`purpose`]): who has a mailbox has settings of it.

mod access;
mod answer;
mod assertion;
mod certificate;
mod cloud;
mod credential;
mod cursor;
mod error;
mod link;
mod members;
mod page;
mod pause;
mod purpose;
mod reader;
mod refusal;
mod session;
mod stream;
mod token;
mod transport;

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use mirror::{Extent, Mirror};

pub use access::{Access, Patience, Proxy};
pub use certificate::IdentityError;
pub use cloud::{Cloud, Endpoints};
pub use credential::Credential;
pub use error::GraphError;
pub use refusal::Refusal;

use crate::limits::RESYNCS_MAX;
use crate::{Pace, Progress, Reading, SourceError, Summary};
use cursor::{Cursor, Place};
use reader::{Broken, Reader};
use session::Session;
use token::Token;

/// A tenant of Microsoft 365 as a directory source.
#[derive(Debug)]
pub struct Graph {
    access: Access,
    reading: Reading,
    pace: Pace,
    /// Good for several rounds.
    token: Option<Token>,
}

impl Graph {
    /// A source that reads this tenant.
    ///
    /// # Errors
    /// A name in `access` is none.
    pub fn new(access: Access, reading: Reading) -> Result<Self, SourceError> {
        access.check()?;
        Ok(Self {
            pace: Pace::of(access.poll),
            access,
            reading,
            token: None,
        })
    }

    /// All that the mirror's content depends on besides the tenant itself.
    pub fn fingerprint(&self) -> String {
        let Self {
            access, reading, ..
        } = self;
        let preset = reading.preset.lines();
        format!(
            "microsoft-graph {} {} {} {preset:?} {:?}",
            access.endpoints.graph, access.tenant_id, access.mailbox_purpose, reading.setting
        )
    }

    /// Reads what is new, or everything where it must. Whatever breaks it off, the mirror keeps what was committed.
    pub async fn round(
        &mut self,
        mirror: &mut Mirror,
        progress: &mut dyn FnMut(Progress),
    ) -> Result<Summary, SourceError> {
        let most = self.access.patience.round;
        let read = async { Ok(self.read(mirror, progress).await?) };
        let read = Pace::limited(most, read).await;
        self.pace.follow(&read);
        read
    }

    /// Returns when it is time to look for something new.
    pub async fn wait(&mut self) {
        tokio::time::sleep(self.pace.wait()).await;
    }

    async fn read(
        &mut self,
        mirror: &mut Mirror,
        progress: &mut dyn FnMut(Progress),
    ) -> Result<Summary, GraphError> {
        let mut session = Session::open(&self.access, &mut self.token)?;
        let (mut extent, mut cursor) = begin(&self.access, mirror.cursor()?, now())?;
        for _ in 0..=RESYNCS_MAX {
            let reader = Reader {
                access: &self.access,
                reading: &self.reading,
                session: &mut session,
                progress: &mut *progress,
            };
            let (stream, location) = match reader.read(mirror, extent, cursor.clone()).await {
                Ok(summary) => return Ok(summary),
                Err(Broken::Resync(stream, location)) => (stream, location),
                Err(Broken::Error(error)) => return Err(error),
            };
            // Whoever cannot say what changed in one of them is asked for all three: only so is it known who is gone.
            (extent, cursor) = (Extent::Full, cursor.again(now()));
            if let Some(location) = location {
                cursor.set(stream, Place::Next(location));
            }
        }
        Err(GraphError::Resyncs)
    }
}

/// How much is to be read, and from where.
fn begin(
    access: &Access,
    stored: Option<String>,
    now: Duration,
) -> Result<(Extent, Cursor), GraphError> {
    let origin = access.endpoints.graph_origin()?;
    let known = stored.and_then(|text| Cursor::parse(&text, &origin));
    Ok(match known {
        None => (Extent::Full, Cursor::new(now)),
        Some(mut cursor) if cursor.full => {
            cursor.rewind_groups();
            (Extent::Rest, cursor)
        }
        Some(cursor) if cursor.is_due(access.full_every, now) => (Extent::Full, cursor.again(now)),
        Some(cursor) => (Extent::Changes, cursor),
    })
}

/// Since 1970.
fn now() -> Duration {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default()
}

#[cfg(test)]
mod tests;
