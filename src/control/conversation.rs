//! One connection of an operator: a request, and what is answered to it.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use futures_util::stream::{Stream, StreamExt as _, iter};
use spool::{OpenError, QueueId};
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::UnixStream;
use tokio::net::unix::{OwnedReadHalf, OwnedWriteHalf};
use tokio::sync::mpsc;
use tokio::task::spawn_blocking;
use tokio::time::{Instant, MissedTickBehavior, interval, timeout};

use super::draining::Draining;
use super::protocol::{self, Answer, Fault, Request};
use crate::limits;
use crate::queue::{self, AdoptError, By, Change, Changed, Counting, Queue, Selection};
use crate::services::Services;
use crate::unknown::Forget;

/// See the module's text.
pub(super) struct Conversation {
    /// `None`: nothing may be kept.
    queue: Option<Arc<Queue>>,
    services: Arc<Services>,
    reader: BufReader<OwnedReadHalf>,
    writer: Writer,
}

struct Writer(OwnedWriteHalf);

/// The operator has gone, or does not read.
struct Gone;

impl Conversation {
    pub(super) fn new(stream: UnixStream, services: Arc<Services>) -> Self {
        let (read, write) = stream.into_split();
        Self {
            queue: services.queue.get().cloned(),
            services,
            reader: BufReader::new(read),
            writer: Writer(write),
        }
    }

    /// Until everything is said, or one of us goes.
    pub(super) async fn run(mut self) {
        let _ = self.answer().await; // whoever has gone hears nothing more
    }

    async fn answer(&mut self) -> Result<(), Gone> {
        let Some(request) = self.request(limits::CONTROL_REQUEST).await? else {
            return Ok(());
        };
        match (request, self.queue.clone()) {
            (Request::Unknown { limit }, _) => self.unknown(limit).await?,
            (Request::Forget { forget }, _) => self.forget(forget).await?,
            (Request::Proceed {}, _) => {
                return self.writer.refuse("nothing was asked for before").await;
            }
            (Request::List { .. }, None) => {} // there is none
            (_, None) => return self.writer.no_queue().await,
            (Request::List { selection }, Some(queue)) => self.list(&queue, selection).await?,
            (Request::Shape { by, selection }, Some(queue)) => {
                self.shape(queue, by, selection).await?;
            }
            (Request::Change { change, selection }, Some(queue)) => {
                if !self.change(&queue, change, selection).await? {
                    return Ok(());
                }
            }
            (Request::Drain { side }, Some(queue)) => self.drain(&queue, side).await?,
            (Request::Adopt { dir, dry_run }, Some(queue)) => {
                self.adopt(queue, dir, dry_run).await?;
            }
        }
        self.writer.say(&Answer::End {}).await
    }

    async fn unknown(&mut self, limit: usize) -> Result<(), Gone> {
        let (sum, first) = self.services.unknown.first(limit);
        self.writer.say(&Answer::Unknown(sum)).await?;
        for sought in first {
            self.writer.say(&Answer::Sought(sought)).await?;
        }
        Ok(())
    }

    async fn forget(&mut self, forget: Forget) -> Result<(), Gone> {
        let addresses = self.services.unknown.forget(&forget) as u64;
        self.writer.say(&Answer::Forgotten { addresses }).await
    }

    /// The next line; `None`: it was none, and that was said.
    async fn request(&mut self, wait: Duration) -> Result<Option<Request>, Gone> {
        let line = timeout(wait, line(&mut self.reader))
            .await
            .map_err(|_| Gone)??;
        let Some(line) = line else {
            let text = format!("a request has at most {} octets", limits::CONTROL_LINE);
            self.writer.refuse(&text).await?;
            return Ok(None);
        };
        match protocol::read(&line) {
            Ok(request) => Ok(Some(request)),
            Err(error) => {
                self.writer.refuse(&error.to_string()).await?;
                Ok(None)
            }
        }
    }

    async fn list(&mut self, queue: &Arc<Queue>, selection: Selection) -> Result<(), Gone> {
        let (put, mut found) = mpsc::channel(AHEAD);
        let queue = Arc::clone(queue);
        let search = spawn_blocking(move || {
            queue.select(&selection, |_, listed| put.blocking_send(listed).is_ok());
        });
        while let Some(listed) = found.recv().await {
            self.writer.say(&Answer::Message(listed)).await?;
        }
        self.ended(search.await).await
    }

    async fn shape(&mut self, queue: Arc<Queue>, by: By, selection: Selection) -> Result<(), Gone> {
        let counted = spawn_blocking(move || {
            let mut counting = Counting::new(by);
            queue.select(&selection, |_, listed| {
                counting.count(&listed);
                true
            });
            counting.table()
        });
        match counted.await {
            Ok(table) => self.writer.say(&Answer::Ages(table)).await,
            Err(error) => self.ended(Err(error)).await,
        }
    }

    async fn selected(
        &mut self,
        queue: &Arc<Queue>,
        selection: Selection,
    ) -> Result<Vec<QueueId>, Gone> {
        let queue = Arc::clone(queue);
        let search = spawn_blocking(move || {
            let mut ids = Vec::new();
            queue.select(&selection, |id, _| {
                ids.push(id);
                true
            });
            ids
        });
        search.await.map_err(|_| Gone)
    }

    /// Exactly what was counted is changed. False: nothing more is to be said.
    async fn change(
        &mut self,
        queue: &Arc<Queue>,
        change: Change,
        selection: Selection,
    ) -> Result<bool, Gone> {
        if !selection.is_said() {
            self.writer
                .refuse("say which messages: identifiers, filters or all")
                .await?;
            return Ok(false);
        }
        let ids = self.selected(queue, selection).await?;
        let messages = ids.len() as u64;
        self.writer.say(&Answer::Matched { messages }).await?;
        match self.request(limits::CONTROL_DECISION).await? {
            Some(Request::Proceed {}) => {}
            Some(_) => {
                self.writer.refuse("not the end of what was begun").await?;
                return Ok(false);
            }
            None => return Ok(false),
        }
        if let Change::Retry { side } = &change {
            self.services.deliver.try_again(side.as_deref());
        }
        for (id, outcome) in self.changed(queue, ids, &change).await? {
            let id = id.to_string();
            self.writer.say(&Answer::Changed { id, outcome }).await?;
        }
        Ok(true)
    }

    /// Each change is a task of its own: one that was begun is brought to its end.
    async fn changed(
        &mut self,
        queue: &Arc<Queue>,
        ids: Vec<QueueId>,
        change: &Change,
    ) -> Result<Vec<(QueueId, Changed)>, Gone> {
        let terms = self.services.generation.load().terms.clone();
        let (total, mut all) = (ids.len() as u64, Vec::new());
        let begin = |id| {
            let (queue, change, terms) = (Arc::clone(queue), change.clone(), terms.clone());
            async move {
                let task = tokio::spawn(async move { queue.change(id, change, terms).await });
                let broken_off = |_| Changed::Failed {
                    why: "a task of ours broke off".to_owned(),
                };
                (id, task.await.unwrap_or_else(broken_off))
            }
        };
        let mut changes = abreast(ids.into_iter().map(begin));
        let mut told = Instant::now();
        while let Some(one) = changes.next().await {
            all.push(one);
            if told.elapsed() > LOOK {
                told = Instant::now();
                let done = all.len() as u64;
                self.writer.say(&Answer::Progress { done, total }).await?;
            }
        }
        Ok(all)
    }

    async fn drain(&mut self, queue: &Arc<Queue>, side: String) -> Result<(), Gone> {
        let selection = Selection {
            side: Some(side.clone()),
            ..Selection::default()
        };
        let ids = self.selected(queue, selection).await?;
        let began = queue::now();
        let retry = Change::Retry {
            side: Some(side.clone()),
        };
        self.services.deliver.try_again(Some(&side));
        self.changed(queue, ids, &retry).await?;
        let left = || {
            let shape = queue.shape(&side)?;
            let all_tried = shape.busy == 0 && shape.next.is_some_and(|next| next > began);
            Some(((shape.waiting + shape.busy) as u64, all_tried))
        };
        let Some((total, _)) = left() else {
            return self
                .writer
                .say(&Answer::Drained { left: 0, why: None })
                .await;
        };
        let mut draining = Draining::of(total, Instant::now());
        let mut ticks = interval(LOOK);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            ticks.tick().await;
            let (now, all_tried) = left().unwrap_or_default();
            let done = total.saturating_sub(now);
            self.writer.say(&Answer::Progress { done, total }).await?;
            if let Some(end) = draining.look(now, all_tried, Instant::now()) {
                let why = end.why().map(str::to_owned);
                return self.writer.say(&Answer::Drained { left: now, why }).await;
            }
        }
    }

    async fn adopt(&mut self, queue: Arc<Queue>, dir: PathBuf, dry_run: bool) -> Result<(), Gone> {
        if dry_run {
            return match queue::inspect(&dir).await {
                Ok(messages) => self.writer.say(&Answer::Adoptable { messages }).await,
                Err(error) => self.writer.fail(&error).await,
            };
        }
        let (put, mut heard) = mpsc::channel(1);
        let adopted = tokio::spawn(async move {
            // Between two groups it is asked whether somebody still listens.
            let told = |done, total| match put.try_send((done, total)) {
                Ok(()) | Err(mpsc::error::TrySendError::Full(_)) => true,
                Err(mpsc::error::TrySendError::Closed(_)) => false,
            };
            queue.adopt(&dir, told).await
        });
        while let Some((done, total)) = heard.recv().await {
            self.writer.say(&Answer::Progress { done, total }).await?;
        }
        match adopted.await.unwrap_or(Err(AdoptError::BrokenOff)) {
            Ok(adopted) => self.writer.say(&Answer::Adopted(adopted)).await,
            Err(error) => self.writer.fail(&error).await,
        }
    }

    async fn ended(&mut self, search: Result<(), tokio::task::JoinError>) -> Result<(), Gone> {
        match search {
            Ok(()) => Ok(()),
            Err(_) => {
                let text = "a thread of ours broke off".to_owned();
                self.writer
                    .say(&Answer::Error {
                        fault: Fault::Disk,
                        text,
                    })
                    .await
            }
        }
    }
}

/// There are too many.
pub(super) async fn turn_away(stream: UnixStream) {
    let text = format!(
        "{} operators are connected already",
        limits::CONTROL_CONNECTIONS
    );
    let (_read, write) = stream.into_split();
    let answer = Answer::Error {
        fault: Fault::Later,
        text,
    };
    let _ = Writer(write).say(&answer).await; // he may have gone
}

/// Several changes at a time, told in their order.
fn abreast<F: Future>(changes: impl Iterator<Item = F>) -> impl Stream<Item = F::Output> {
    iter(changes).buffered(limits::CONTROL_CHANGES)
}

impl Writer {
    async fn say(&mut self, answer: &Answer) -> Result<(), Gone> {
        let line = protocol::write(answer);
        let written = timeout(limits::CONTROL_WRITE, self.0.write_all(&line)).await;
        written.map_err(|_| Gone)?.map_err(|_| Gone)
    }

    async fn refuse(&mut self, text: &str) -> Result<(), Gone> {
        let text = text.to_owned();
        self.say(&Answer::Error {
            fault: Fault::Request,
            text,
        })
        .await
    }

    async fn no_queue(&mut self) -> Result<(), Gone> {
        let text = "no mail is kept here: the configuration has no [internet]".to_owned();
        self.say(&Answer::Error {
            fault: Fault::Missing,
            text,
        })
        .await
    }

    async fn fail(&mut self, error: &AdoptError) -> Result<(), Gone> {
        let fault = match error {
            AdoptError::Missing(_) | AdoptError::NoSpool => Fault::Missing,
            AdoptError::Open(OpenError::Newer { .. } | OpenError::Unreadable) => Fault::Damaged,
            AdoptError::Open(OpenError::InUse)
            | AdoptError::Full
            | AdoptError::Abandoned
            | AdoptError::BrokenOff => Fault::Later,
            AdoptError::Open(_) | AdoptError::Ours(_) | AdoptError::Theirs(_) => Fault::Disk,
        };
        let text = error.to_string();
        self.say(&Answer::Error { fault, text }).await
    }
}

/// The next line; `None`: it has too many octets.
async fn line(reader: &mut BufReader<OwnedReadHalf>) -> Result<Option<Vec<u8>>, Gone> {
    let mut line = Vec::new();
    loop {
        let octets = reader.fill_buf().await.map_err(|_| Gone)?;
        if octets.is_empty() {
            return Err(Gone);
        }
        let end = memchr::memchr(b'\n', octets);
        let count = end.unwrap_or(octets.len());
        if line.len() + count > limits::CONTROL_LINE {
            return Ok(None);
        }
        line.extend_from_slice(&octets[..count]);
        reader.consume(count + usize::from(end.is_some()));
        if end.is_some() {
            return Ok(Some(line));
        }
    }
}

/// Messages read ahead of a slow reader.
const AHEAD: usize = 64;
/// How often progress is told.
const LOOK: Duration = Duration::from_millis(250);

#[cfg(test)]
mod tests;
