//! Taking over the spool of a gateway that is dead.
//!
//! Each message is committed in ours on hold and marked with where it was, then settled in theirs, then let go in ours.
//! Whoever stops in between begins again: a mark says what is here already, so nothing comes twice.

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;

use futures_util::StreamExt as _;
use futures_util::stream::iter;
use serde::{Deserialize, Serialize};
use spool::{
    Batch, Content, Entry, OpenError, Options, QueueId, ReadError, Spool, SpoolError, Stored,
    SystemDisk, Urgency,
};
use tokio::sync::oneshot;
use tokio::task::spawn_blocking;

use super::listed::Kept;
use super::{Mail, Queue, QueueError, State, added};
use crate::event::Event;
use crate::limits;

/// Where a message was before it was ours.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Mark {
    /// The directory of the spool.
    pub(crate) from: String,
    /// Its name there.
    id: String,
    /// Of what was known of it there: the same name in another spool is another message.
    digest: String,
    /// It has not been settled there yet, as far as we know.
    #[serde(default, skip_serializing_if = "is_false")]
    is_pending: bool,
    /// Why it was on hold there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    hold: Option<String>,
}

/// What came of it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Adopted {
    pub(crate) found: u64,
    /// Copied now, or before it was interrupted.
    pub(crate) adopted: u64,
    /// Of those, the ones that were here already.
    pub(crate) resumed: u64,
    /// Left where they are, and why.
    pub(crate) left: Vec<Left>,
    pub(crate) left_more: u64,
}

/// A message that stays where it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Left {
    pub(crate) id: String,
    pub(crate) why: String,
}

/// Why it did not go on.
#[derive(Debug, thiserror::Error)]
pub(crate) enum AdoptError {
    #[error("{0}")]
    Missing(std::io::Error),
    #[error("there is no spool")]
    NoSpool,
    #[error(transparent)]
    Open(#[from] OpenError),
    #[error("our own spool: {0}")]
    Ours(#[from] QueueError),
    #[error("its own spool could not be told: {0}")]
    Theirs(SpoolError),
    #[error("our own spool is full: make room and begin again")]
    Full,
    #[error("nobody waits for the end of it any more")]
    Abandoned,
    #[error("a thread of ours broke off")]
    BrokenOff,
}

/// Under way.
struct Adoption<'a> {
    queue: &'a Queue,
    theirs: Arc<Spool>,
    from: String,
    /// What of theirs is here already.
    known: HashMap<(String, String), QueueId>,
    done: Adopted,
}

/// One message between the two.
struct Passing {
    theirs: QueueId,
    ours: QueueId,
}

enum Copied {
    /// By an adoption that was interrupted.
    Here(Passing),
    Written(Written),
    /// It stays where it is, and why.
    Left(String),
}

/// On its way to our disk.
struct Written {
    passing: Passing,
    state: State,
    done: oneshot::Receiver<Result<(), SpoolError>>,
}

impl Queue {
    /// Takes over what is in the spool at `dir`. `told` hears how many are done, and says whether to go on.
    pub(crate) async fn adopt(
        &self,
        dir: &Path,
        mut told: impl FnMut(u64, u64) -> bool + Send,
    ) -> Result<Adopted, AdoptError> {
        inspect(dir).await?;
        let from = dir.display().to_string();
        let (theirs, ids) = open(dir).await?;
        let total = ids.len() as u64;
        let mut adoption = Adoption {
            queue: self,
            theirs: Arc::new(theirs),
            known: self.marks(&from).await?,
            from,
            done: Adopted {
                found: total,
                ..Adopted::default()
            },
        };
        for (number, group) in ids.chunks(limits::ADOPT_AT_A_TIME).enumerate() {
            if !told((number * limits::ADOPT_AT_A_TIME) as u64, total) {
                return Err(AdoptError::Abandoned);
            }
            adoption.pass(group).await?;
        }
        adoption.finish().await?;
        let Adoption { from, done, .. } = adoption;
        self.events.emit(Event::Adopted {
            from,
            messages: done.adopted,
            left: done.left.len() as u64 + done.left_more,
        });
        Ok(done)
    }

    /// Every message of ours that was there, by its name there.
    async fn marks(&self, from: &str) -> Result<HashMap<(String, String), QueueId>, AdoptError> {
        let (spool, from) = (self.spool.clone(), from.to_owned());
        let read = spawn_blocking(move || {
            let mut marks = HashMap::new();
            for id in spool.ids() {
                let Ok(Stored {
                    state: Some(state), ..
                }) = spool.read(id)
                else {
                    continue;
                };
                let state = serde_json::from_slice::<State>(&state);
                if let Some(mark) = state.ok().and_then(|state| state.adopted)
                    && mark.from == from
                {
                    marks.insert((mark.id, mark.digest), id);
                }
            }
            marks
        });
        read.await.map_err(|_| AdoptError::BrokenOff)
    }

    /// Our copy of a message may be tried: theirs is settled.
    async fn let_go(&self, id: QueueId) -> Result<(), QueueError> {
        // Whoever has removed it meanwhile, or works on it, has decided.
        let Ok(seized) = self.seize(id) else {
            return Ok(());
        };
        let spool = self.spool.clone();
        let read = spawn_blocking(move || spool.read(id).ok())
            .await
            .ok()
            .flatten();
        let Some(stored) = read else { return Ok(()) };
        let kept = Kept {
            id,
            meta: &stored.meta,
            state: stored.state.as_deref(),
            octets: 0,
        };
        let Some((_, mut state)) = kept.parse() else {
            return Ok(());
        };
        let Some(mark) = &mut state.adopted else {
            return Ok(());
        };
        if !std::mem::take(&mut mark.is_pending) {
            return Ok(());
        }
        state.hold = mark.hold.take();
        let text = serde_json::to_vec(&state)?.into();
        self.commit(Batch::of(Entry::State { id, state: text }))
            .await?;
        seized.settle(Some(&state));
        Ok(())
    }
}

impl Adoption<'_> {
    /// A group of messages, all the way.
    async fn pass(&mut self, group: &[QueueId]) -> Result<(), AdoptError> {
        let (mut passing, mut written) = (Vec::new(), Vec::new());
        for id in group {
            match self.copy(*id).await? {
                Copied::Here(one) => passing.push(one),
                Copied::Written(one) => written.push(one),
                Copied::Left(why) => self.leave(*id, why),
            }
        }
        for one in written {
            match one.done.await.unwrap_or(Err(SpoolError::Stopped)) {
                Ok(()) => {}
                Err(error) if error.is_full() => return Err(AdoptError::Full),
                Err(error) => return Err(QueueError::from(error).into()),
            }
            self.queue.waiting().put(one.passing.ours, &one.state);
            passing.push(one.passing);
        }
        let theirs = Arc::clone(&self.theirs);
        let settled = passing
            .iter()
            .map(|one| Batch::of(Entry::Settle { id: one.theirs }))
            .collect();
        let fates = spawn_blocking(move || theirs.append(settled)).await;
        for fate in fates.map_err(|_| AdoptError::BrokenOff)? {
            fate.map_err(AdoptError::Theirs)?;
        }
        let queue = self.queue;
        let let_go = iter(passing)
            .map(|one| queue.let_go(one.ours))
            .buffered(limits::ADOPT_AT_A_TIME);
        for done in let_go.collect::<Vec<_>>().await {
            done?;
            self.done.adopted += 1;
        }
        Ok(())
    }

    /// What was settled there before somebody stopped, and not let go here.
    async fn finish(&mut self) -> Result<(), AdoptError> {
        for (_, id) in self.known.drain() {
            self.queue.let_go(id).await?;
        }
        Ok(())
    }

    /// Reads one of theirs, and has it written here unless it is here.
    async fn copy(&mut self, id: QueueId) -> Result<Copied, AdoptError> {
        let (theirs, ours) = (Arc::clone(&self.theirs), self.queue.spool.clone());
        let from = self.from.clone();
        let read = spawn_blocking(move || read(&theirs, &ours, id, from)).await;
        let (mail, state, content) = match read.map_err(|_| AdoptError::BrokenOff)? {
            Ok(read) => read,
            Err(Unread::Full) => return Err(AdoptError::Full),
            Err(Unread::Damaged(why)) => return Ok(Copied::Left(why)),
        };
        if let Some(mark) = &state.adopted
            && let Some(ours) = self.known.remove(&(mark.id.clone(), mark.digest.clone()))
        {
            self.done.resumed += 1;
            return Ok(Copied::Here(Passing { theirs: id, ours }));
        }
        let ours = self.queue.spool.fresh_id();
        let entries = added(ours, &mail, &state, content).map_err(QueueError::from)?;
        Ok(Copied::Written(Written {
            passing: Passing { theirs: id, ours },
            done: self.queue.submit(Batch(entries), Urgency::Now),
            state,
        }))
    }

    fn leave(&mut self, id: QueueId, why: String) {
        match self.done.left.len() < limits::ADOPT_NAMED {
            true => self.done.left.push(Left {
                id: id.to_string(),
                why,
            }),
            false => self.done.left_more += 1,
        }
    }
}

/// What is there, without touching it.
pub(crate) async fn inspect(dir: &Path) -> Result<u64, AdoptError> {
    let dir = dir.to_owned();
    let inspected = spawn_blocking(move || {
        let disk = SystemDisk::existing(dir).map_err(AdoptError::Missing)?;
        let findings = Spool::inspect(&disk, |_| {})?;
        match findings.segments {
            0 => Err(AdoptError::NoSpool),
            _ => Ok(findings.messages),
        }
    });
    inspected.await.map_err(|_| AdoptError::BrokenOff)?
}

async fn open(dir: &Path) -> Result<(Spool, Vec<QueueId>), AdoptError> {
    let dir = dir.to_owned();
    let opened = spawn_blocking(move || {
        let disk = SystemDisk::existing(dir).map_err(AdoptError::Missing)?;
        let mut ids = Vec::new();
        let (spool, _) = Spool::open(Arc::new(disk), Options::default(), |found| {
            ids.push(found.id)
        })?;
        Ok((spool, ids))
    });
    opened.await.map_err(|_| AdoptError::BrokenOff)?
}

enum Unread {
    Damaged(String),
    Full,
}

impl From<ReadError> for Unread {
    fn from(error: ReadError) -> Self {
        Self::Damaged(error.to_string())
    }
}

impl From<SpoolError> for Unread {
    fn from(error: SpoolError) -> Self {
        match error.is_full() {
            true => Self::Full,
            false => Self::Damaged(error.to_string()),
        }
    }
}

/// A message of theirs as it becomes one of ours: on hold, and marked.
fn read(
    theirs: &Spool,
    ours: &Spool,
    id: QueueId,
    from: String,
) -> Result<(Mail, State, Content), Unread> {
    let stored = theirs.read(id)?;
    let kept = Kept {
        id,
        meta: &stored.meta,
        state: stored.state.as_deref(),
        octets: 0,
    };
    let parsed = kept.parse();
    let (mail, mut state) =
        parsed.ok_or_else(|| Unread::Damaged("what is known of it cannot be read".to_owned()))?;
    let why =
        format!("it is being taken over from {from}; if that was interrupted, begin it again");
    state.adopted = Some(Box::new(Mark {
        from,
        id: id.to_string(),
        digest: digest(&stored.meta),
        is_pending: true,
        hold: state.hold.replace(why),
    }));
    Ok((mail, state, content(stored, ours)?))
}

/// Small ones through memory, large ones from file to file.
fn content(stored: Stored, ours: &Spool) -> Result<Content, Unread> {
    let mut reader = stored.content;
    let room = ours.reserve(reader.octets()).map_err(|_| Unread::Full)?;
    if reader.octets() <= limits::HELD_IN_MEMORY as u64 {
        let mut pieces = Vec::new();
        while let Some(block) = reader.next()? {
            pieces.push(block);
        }
        return Ok(Content::Pieces(pieces));
    }
    let mut draft = ours.draft(&room)?;
    while let Some(block) = reader.next()? {
        draft.write(&[block])?;
    }
    Ok(Content::File(draft))
}

fn digest(octets: &[u8]) -> String {
    let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, octets);
    digest.as_ref()[..16]
        .iter()
        .map(|octet| format!("{octet:02x}"))
        .collect()
}

fn is_false(value: &bool) -> bool {
    !value
}

#[cfg(test)]
mod tests;
