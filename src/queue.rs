//! Custody: messages that are ours until every recipient is settled.
//!
//! The spool keeps them; here is known which of them wait for which side, and every change of their state passes. Custody
//! begins when [`Queue::take`] comes back, and only then is a client answered 250. Lock order: a message's ledger, then
//! the index of what waits.

mod adoption;
mod ages;
mod at_hand;
mod attempt;
mod custody;
mod dispatcher;
mod ledger;
mod listed;
mod mail;
mod marks;
mod report;
mod runner;
mod selection;
mod state;
mod steering;
mod waiting;

pub(crate) use adoption::{AdoptError, Adopted, inspect};
pub(crate) use ages::{Ages, By, Counting, Row};
pub(crate) use custody::Custody;
pub(crate) use ledger::Ledger;
pub(crate) use listed::{Kept, Listed, ListedRecipient};
pub(crate) use mail::{Mail, Reception, Recipient};
pub(crate) use report::{Original, UNDECIDED};
pub(crate) use runner::Runner;
pub(crate) use selection::Selection;
pub(crate) use state::{Fate, State};
pub(crate) use steering::{Change, Changed};

use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError, RwLock, Weak};
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use spool::{
    Batch, Committer, Content, Disk, Entry, Findings, OpenError, Options, QueueId, Reservation,
    Spool, SpoolError, SystemDisk, Urgency,
};
use tokio::runtime::Handle;
use tokio::sync::{Notify, Semaphore, oneshot};

use crate::config::Config;
use crate::event::{Event, Events};
use crate::transaction::Word;
use crate::{blocking, clock, limits};
use dispatcher::Dispatcher;
use ledger::Ledgers;
use marks::{Left, Marks};
use report::Told;
use state::{News, Patience};
use waiting::Waiting;

/// See the module's text.
#[derive(Debug)]
pub(crate) struct Queue {
    spool: Spool,
    /// Taken away at the end.
    committer: RwLock<Option<Committer>>,
    // Held for a lookup; shared by all sessions and attempts by nature.
    waiting: Mutex<Waiting>,
    ledgers: Arc<Ledgers>,
    /// What the disk would not note down.
    unwritten: Arc<Mutex<Vec<Arc<Ledger>>>>, // only while it fails
    /// Octets of messages that are kept in memory for their first attempt.
    room_at_hand: Arc<Semaphore>,
    /// Something may be due.
    changed: Arc<Notify>,
    /// Gone when nothing is begun any more.
    dispatcher: OnceLock<Weak<Dispatcher>>,
    marks: Arc<Marks>,
    events: Events,
}

/// What was said of some recipients, by their number, and what is needed to tell of it.
#[derive(Debug)]
pub(crate) struct Heard<'a> {
    pub(crate) words: &'a [(usize, Word)],
    pub(crate) terms: &'a Terms,
    pub(crate) original: &'a Original,
}

/// What follows from what was said.
struct Consequences {
    /// Reports, not durable yet.
    fresh: Vec<(QueueId, State)>,
    news: Vec<(usize, News)>,
}

/// What is needed of the configuration to judge the state of a message.
#[derive(Debug, Clone)]
pub(crate) struct Terms {
    pub(crate) retry: Vec<Duration>,
    pub(crate) expire: Duration,
    /// Our own name, in reports.
    pub(crate) hostname: String,
    /// Who reports are from.
    pub(crate) postmaster: String,
}

/// Why a message is not in custody, or why its state was not noted.
#[derive(Debug, thiserror::Error)]
pub(crate) enum QueueError {
    #[error(transparent)]
    Spool(#[from] SpoolError),
    #[error("what is to be kept cannot be written: {0}")]
    Text(#[from] serde_json::Error),
}

impl Terms {
    pub(crate) fn of(config: &Config) -> Self {
        let domain = config.domains.first();
        Self {
            retry: config.spool.retry.clone(),
            expire: config.spool.expire,
            hostname: config.hostname.clone(),
            postmaster: domain.map_or_else(
                || format!("postmaster@{}", config.hostname),
                |domain| format!("postmaster@{}", domain.name),
            ),
        }
    }

    fn patience(&self, received: i64, seed: u64) -> Patience<'_> {
        Patience {
            retry: &self.retry,
            expire: self.expire,
            received,
            seed,
        }
    }
}

impl Queue {
    /// Takes up what the spool in `dir` holds; the file `marks` says what was being tried when the last process died.
    pub(crate) fn open(
        dir: &Path,
        marks: &Path,
        events: Events,
    ) -> Result<(Arc<Self>, Findings), OpenError> {
        let disk = SystemDisk::create(dir).map_err(|cause| OpenError::Disk {
            step: "open its directory",
            cause,
        })?;
        let start = |spool: &Spool| {
            Committer::start(spool.clone()).map_err(|cause| OpenError::Disk {
                step: "start its thread",
                cause,
            })
        };
        Self::open_on(
            Arc::new(disk),
            Some(marks),
            Options::default(),
            events,
            start,
        )
    }

    /// The same on any disk; `start` gives what writes.
    pub(crate) fn open_on(
        disk: Arc<dyn Disk>,
        marks: Option<&Path>,
        options: Options,
        events: Events,
        start: impl FnOnce(&Spool) -> Result<Committer, OpenError>,
    ) -> Result<(Arc<Self>, Findings), OpenError> {
        let mut waiting = Waiting::default();
        let (spool, findings) = Spool::open(disk, options, |found| {
            let state = match &found.state {
                Some(state) => serde_json::from_slice(state),
                None => Ok(State::held("it has no state")),
            };
            let unread = |error| State::held(&format!("its state cannot be read: {error}"));
            let state: State = state.unwrap_or_else(unread);
            waiting.put(found.id, &state);
        })?;
        let committer = start(&spool)?;
        // Not before the spool is ours: they may be those of a process that lives.
        let opened = marks.map_or_else(|| Ok((Marks::nowhere(), Left::new())), Marks::open);
        let (marks, left) = opened.unwrap_or_else(|error| {
            let why = format!("what is being tried cannot be marked: {error}");
            events.emit(Event::SpoolFailed { why });
            (Marks::nowhere(), Left::new())
        });
        let queue = Self {
            spool,
            committer: RwLock::new(Some(committer)),
            waiting: Mutex::new(waiting),
            ledgers: Arc::default(),
            unwritten: Arc::default(),
            room_at_hand: Arc::new(Semaphore::new(limits::QUEUE_AT_HAND)),
            changed: Arc::default(),
            dispatcher: OnceLock::new(),
            marks,
            events,
        };
        queue.count_deaths(&left);
        Ok((Arc::new(queue), findings))
    }

    /// What the process died of twice it would die of again.
    fn count_deaths(&self, left: &Left) {
        for (id, _) in left.iter().filter(|(_, is_sure)| **is_sure) {
            let stored = self.spool.read(*id).ok().and_then(|stored| stored.state);
            let state = stored.and_then(|state| serde_json::from_slice(&state).ok());
            let Some(mut state) = state.filter(|state: &State| state.hold.is_none()) else {
                continue;
            };
            state.deaths += 1;
            if state.deaths >= limits::QUEUE_CRASHES {
                let why = "the gateway died each time it was tried".to_owned();
                self.events.emit(Event::SetAside {
                    id: id.to_string(),
                    why: why.clone(),
                });
                state.hold = Some(why);
            }
            let Ok(text) = serde_json::to_vec(&state) else {
                continue;
            };
            let (id, state_text) = (*id, text.into());
            let noted = Batch::of(Entry::State {
                id,
                state: state_text,
            });
            for error in self
                .spool
                .append(vec![noted])
                .into_iter()
                .filter_map(Result::err)
            {
                self.events.emit(Event::SpoolFailed {
                    why: error.to_string(),
                });
            }
            self.waiting().put(id, &state);
        }
    }

    /// Sets room aside for a message; `None`: there is none.
    pub(crate) fn reserve(&self, octets: u64) -> Option<Reservation> {
        self.spool.reserve(octets).ok()
    }

    /// Messages in custody.
    pub(crate) fn len(&self) -> usize {
        self.waiting().len()
    }

    pub(crate) fn spool(&self) -> &Spool {
        &self.spool
    }

    /// Takes a message into custody, with what was said of it already. It is not tried before [`Custody`] is dropped.
    pub(crate) async fn take(
        self: &Arc<Self>,
        mail: Mail,
        mut state: State,
        content: Content,
        heard: &Heard<'_>,
    ) -> Result<Custody, QueueError> {
        let id = self.spool.fresh_id();
        let mut batch = Batch::default();
        let Consequences { fresh, .. } = self.hear(id, &mail, &mut state, heard, &mut batch)?;
        if !state.is_over() {
            batch.0.extend(added(id, &mail, &state, content)?);
        }
        self.waiting().put_busy(id);
        let ledger = self.ledger(id);
        ledger.fill(|| Some((mail, state)));
        let custody = Custody::new(Arc::clone(self), ledger);
        // Where nobody is left to whom it could be delivered, the reports are all that is to be kept.
        let kept = match batch.0.is_empty() {
            true => Ok(()),
            false => self.commit(batch).await,
        };
        match kept {
            Ok(()) => {
                self.admit(fresh);
                Ok(custody)
            }
            Err(error) => {
                custody.forget();
                Err(error.into())
            }
        }
    }

    /// Reports alone, about a message that hops took who will not report themselves.
    pub(crate) async fn relayed(
        &self,
        mail: &Mail,
        mut state: State,
        heard: &Heard<'_>,
    ) -> Result<(), QueueError> {
        let mut batch = Batch::default();
        let id = self.spool.fresh_id();
        let Consequences { fresh, .. } = self.hear(id, mail, &mut state, heard, &mut batch)?;
        if fresh.is_empty() {
            return Ok(());
        }
        self.commit(batch).await?;
        self.admit(fresh);
        Ok(())
    }

    /// Notes what was said of some recipients of a message, and tells its sender what he wants to know. Nobody waits for the
    /// disk but where a report is due: what is not noted is tried again.
    pub(crate) async fn note(
        &self,
        ledger: &Arc<Ledger>,
        heard: &Heard<'_>,
    ) -> Result<Vec<(usize, News)>, QueueError> {
        let (done, fresh, news) = {
            let mut state = ledger.state();
            let mut batch = Batch::default();
            let Consequences { fresh, news } =
                self.hear(ledger.id, ledger.mail(), &mut state, heard, &mut batch)?;
            state.deaths = 0; // we outlived it
            let is_over = state.is_over();
            batch.0.push(noted(ledger.id, &state)?);
            // Given to the committer under the lock: the latest state is the last written.
            let done = match fresh.is_empty() {
                true => {
                    self.submit_unwatched(batch, ledger);
                    None
                }
                false => Some(self.submit(batch, Urgency::Now)),
            };
            let mut waiting = self.waiting();
            if is_over {
                waiting.remove(ledger.id);
            } else if waiting.put(ledger.id, &state) {
                self.changed.notify_one();
            }
            (done, fresh, news)
        };
        if let Some(done) = done {
            if let Err(error) = done.await.unwrap_or(Err(SpoolError::Stopped)) {
                self.take_back(ledger, &news);
                return Err(error.into());
            }
            self.admit(fresh);
        }
        Ok(news)
    }

    /// A report on these could not be kept, so what it was about has not happened yet.
    fn take_back(&self, ledger: &Arc<Ledger>, news: &[(usize, News)]) {
        let mut state = ledger.state();
        for (number, one) in news {
            state.take_back(*number, *one, now() + UNWRITTEN_WAIT);
        }
        lock(&self.unwritten).push(Arc::clone(ledger));
        if !state.is_over() {
            self.waiting().put(ledger.id, &state);
        }
        self.changed.notify_one();
    }

    /// Notes once more what the disk would not note down; says whether there was anything.
    fn write_again(&self) -> bool {
        let unwritten = std::mem::take(&mut *lock(&self.unwritten));
        for ledger in &unwritten {
            let state = ledger.state();
            if let Ok(entry) = noted(ledger.id, &state) {
                self.submit_unwatched(Batch::of(entry), ledger);
            }
        }
        !unwritten.is_empty()
    }

    /// What was said changes the state, and may make reports.
    fn hear(
        &self,
        id: QueueId,
        mail: &Mail,
        state: &mut State,
        heard: &Heard<'_>,
        batch: &mut Batch,
    ) -> Result<Consequences, QueueError> {
        let patience = heard.terms.patience(mail.received, id.number());
        let now = now();
        let mut news = Vec::new();
        for (number, word) in heard.words {
            let one = state.heard(*number, word, now, &patience);
            news.extend(one.map(|one| (*number, one)));
        }
        if mail.is_from_nobody() {
            self.set_aside(id, state);
            let fresh = Vec::new();
            return Ok(Consequences { fresh, news });
        }
        let told = Told {
            id,
            state,
            news: &news,
        };
        let fresh = self.reports(mail, &told, heard.terms, heard.original, batch)?;
        Ok(Consequences { fresh, news })
    }

    /// Nobody can be told of what failed: it is kept for the operator.
    fn set_aside(&self, id: QueueId, state: &mut State) {
        if state.hold.is_some() || !state.is_settled() || !state.has_failed() {
            return;
        }
        let why = "it was refused and has no sender who could be told";
        state.hold = Some(why.to_owned());
        self.events.emit(Event::SetAside {
            id: id.to_string(),
            why: why.to_owned(),
        });
    }

    /// Puts the reports that are due into `batch`.
    fn reports(
        &self,
        mail: &Mail,
        told: &Told<'_>,
        terms: &Terms,
        original: &Original,
        batch: &mut Batch,
    ) -> Result<Vec<(QueueId, State)>, QueueError> {
        let mut fresh = Vec::new();
        for report in report::due(mail, told, terms, original, now()) {
            let id = self.spool.fresh_id();
            let entries = added(id, &report.mail, &report.state, report.content)?;
            batch.0.extend(entries);
            fresh.push((id, report.state));
        }
        Ok(fresh)
    }

    /// Who begins attempts; once.
    fn dispatch_by(&self, dispatcher: &Arc<Dispatcher>) {
        let _ = self.dispatcher.set(Arc::downgrade(dispatcher));
    }

    /// Begins an attempt for `side` on the runtime that this is called on. Says whether it did.
    fn begin_here(&self, side: &Arc<str>) -> bool {
        let dispatcher = self.dispatcher.get().and_then(Weak::upgrade);
        let (Some(dispatcher), Ok(runtime)) = (dispatcher, Handle::try_current()) else {
            return false;
        };
        let next = dispatcher.next(side);
        let begins = next.is_some();
        if let Some(attempt) = next {
            dispatcher.begin(attempt, &runtime);
        }
        begins
    }

    /// They are durable, and may be tried.
    fn admit(&self, fresh: Vec<(QueueId, State)>) {
        let mut waiting = self.waiting();
        for (id, state) in &fresh {
            waiting.put(*id, state);
        }
        drop(waiting);
        self.changed.notify_one();
    }

    /// The ledger is kept until it is written.
    fn submit_unwatched(&self, batch: Batch, ledger: &Arc<Ledger>) {
        let (events, ledger) = (self.events.clone(), Arc::clone(ledger));
        let (unwritten, changed) = (Arc::clone(&self.unwritten), Arc::clone(&self.changed));
        let committer = self
            .committer
            .read()
            .unwrap_or_else(PoisonError::into_inner);
        if let Some(committer) = &*committer {
            committer.submit(batch, Urgency::Soon, move |result| {
                if let Err(error) = result {
                    if error.is_of_the_disk() {
                        lock(&unwritten).push(ledger);
                        changed.notify_one();
                    }
                    events.emit(Event::SpoolFailed {
                        why: error.to_string(),
                    });
                }
            });
        }
    }

    async fn commit(&self, batch: Batch) -> Result<(), SpoolError> {
        let done = self.submit(batch, Urgency::Now);
        done.await.unwrap_or(Err(SpoolError::Stopped))
    }

    fn submit(&self, batch: Batch, urgency: Urgency) -> oneshot::Receiver<Result<(), SpoolError>> {
        let (told, done) = oneshot::channel();
        let committer = self
            .committer
            .read()
            .unwrap_or_else(PoisonError::into_inner);
        if let Some(committer) = &*committer {
            committer.submit(batch, urgency, move |result| {
                let _ = told.send(result); // whoever asked may have gone
            });
        }
        done
    }

    fn waiting(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The ledger of a message, shared with everybody who works on it; to be [filled](Ledger::fill).
    fn ledger(&self, id: QueueId) -> Arc<Ledger> {
        self.ledgers.open(id)
    }

    /// An attempt has ended, by a fault of ours or not. Says whether there is anything else for that side.
    async fn ended(&self, id: QueueId, side: &str, has_crashed: bool) -> bool {
        if has_crashed {
            self.crashed(id).await;
        }
        self.waiting().done(id, side)
    }

    /// What broke off twice would break off again.
    async fn crashed(&self, id: QueueId) {
        let ledger = self.ledger(id);
        let spool = self.spool.clone();
        let read = blocking::spawn(move || spool.read(id).ok()).await;
        let parse = || {
            let stored = read.ok().flatten()?;
            let mail = serde_json::from_slice(&stored.meta).ok()?;
            let state = serde_json::from_slice(&stored.state?).ok()?;
            Some((mail, state))
        };
        if !ledger.fill(parse) {
            return self.waiting().remove(id);
        }
        let mut state = ledger.state();
        state.crashes += 1;
        if state.crashes >= limits::QUEUE_CRASHES {
            let why = "attempts at it broke off by a fault of ours".to_owned();
            self.events.emit(Event::SetAside {
                id: id.to_string(),
                why: why.clone(),
            });
            state.hold = Some(why);
        }
        for one in &mut state.recipients {
            one.next = one.next.max(now() + CRASH_WAIT);
        }
        if let Ok(text) = serde_json::to_vec(&*state) {
            let state = text.into();
            self.submit_unwatched(Batch::of(Entry::State { id, state }), &ledger);
        }
        self.waiting().put(id, &state);
    }

    /// Writes everything that is to be written.
    pub(crate) fn close(&self) {
        let mut committer = self
            .committer
            .write()
            .unwrap_or_else(PoisonError::into_inner);
        if let Some(committer) = committer.take() {
            committer.stop();
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Seconds until somebody is tried again whose report could not be kept.
const UNWRITTEN_WAIT: i64 = 60;
/// Seconds after an attempt that broke off.
const CRASH_WAIT: i64 = 60;

/// What the spool is told of a message whose state has changed.
fn noted(id: QueueId, state: &State) -> Result<Entry, serde_json::Error> {
    Ok(match state.is_over() {
        true => Entry::Settle { id },
        false => Entry::State {
            id,
            state: serde_json::to_vec(state)?.into(),
        },
    })
}

fn added(
    id: QueueId,
    mail: &Mail,
    state: &State,
    content: Content,
) -> Result<Vec<Entry>, serde_json::Error> {
    let meta = Bytes::from(serde_json::to_vec(mail)?);
    let state = Bytes::from(serde_json::to_vec(state)?);
    Ok(vec![
        Entry::Add { id, meta, content },
        Entry::State { id, state },
    ])
}

/// Seconds since 1970.
pub(crate) fn now() -> i64 {
    let since = clock::system_time().duration_since(SystemTime::UNIX_EPOCH);
    since.map_or(0, |since| {
        i64::try_from(since.as_secs()).unwrap_or(i64::MAX)
    })
}

#[cfg(test)]
mod tests;
