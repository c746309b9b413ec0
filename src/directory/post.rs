//! The thread in which one server is read: what it says goes into its mirror and is judged there; the keeper hears of it.

use std::io;
use std::path::Path;
use std::pin::pin;
use std::sync::Arc;
use std::sync::mpsc;
use std::thread::{self, JoinHandle};
use std::time::Duration;

use arc_swap::ArcSwap;
use routing::Snapshot;
use tokio::runtime;
use tokio::sync::watch;
use tokio::time::{interval, sleep};

use super::desk::{Desk, Purpose, Reading};
use super::round::{Part, Standing};
use super::server::{Make, Server};
use super::source::SourceError;
use super::{approval, now};
use crate::config::{Config, Directory};
use crate::limits::{DIRECTORY_INTERVAL, DIRECTORY_RETRY, DIRECTORY_RETRY_MAX};

/// The thread of one server, until it is dropped.
#[derive(Debug)]
pub(super) struct Post {
    reports: mpsc::Receiver<Part>,
    stop: watch::Sender<bool>,
    thread: Option<JoinHandle<()>>,
}

/// What the thread knows.
struct Watch {
    config: Arc<Config>,
    source: Directory,
    desk: Desk,
    /// What is in force: what a mirror that is new is compared with.
    in_force: Arc<ArcSwap<Snapshot>>,
    reports: mpsc::Sender<Part>,
    failures: u32,
}

impl Post {
    pub(super) fn start(
        make: Make,
        config: &Arc<Config>,
        source: &Directory,
        mirrors: &Path,
        in_force: &Arc<ArcSwap<Snapshot>>,
    ) -> io::Result<Self> {
        let (reports, received) = mpsc::channel();
        let (stop, stopped) = watch::channel(false);
        let watch = Watch {
            config: Arc::clone(config),
            source: source.clone(),
            desk: Desk::new(mirrors, source),
            in_force: Arc::clone(in_force),
            reports,
            failures: 0,
        };
        let runtime = runtime::Builder::new_current_thread()
            .enable_all()
            .build()?;
        let thread = thread::Builder::new()
            .name(format!("directory {}", source.name))
            .spawn(move || runtime.block_on(watch.keep(make(), stopped)))?;
        Ok(Self {
            reports: received,
            stop,
            thread: Some(thread),
        })
    }

    /// The next thing it has to say.
    pub(super) fn report(&self) -> Option<Part> {
        self.reports.try_recv().ok()
    }

    /// Whether its thread still goes on.
    pub(super) fn is_alive(&self) -> bool {
        self.thread
            .as_ref()
            .is_some_and(|thread| !thread.is_finished())
    }
}

impl Drop for Post {
    fn drop(&mut self) {
        self.stop.send_replace(true);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join(); // it was told of when it was seen to be dead
        }
    }
}

impl Watch {
    async fn keep(mut self, mut server: Box<dyn Server>, mut stop: watch::Receiver<bool>) {
        loop {
            let wait_for = tokio::select! {
                _ = stop.changed() => return,
                wait_for = self.read(server.as_mut()) => wait_for,
            };
            let goes_on = match wait_for {
                Some(span) => tokio::select! {
                    _ = stop.changed() => false,
                    () = sleep(span) => true,
                },
                None => self.wait(server.as_mut(), &mut stop).await,
            };
            if !goes_on {
                return;
            }
        }
    }

    /// One round. Gives how long to leave the server alone, if it failed.
    async fn read(&mut self, server: &mut dyn Server) -> Option<Duration> {
        let mut part = Part::begin(&self.source);
        let outcome = self.desk.ask(server, &mut part, &mut |_| {}).await;
        let wait_for = match outcome {
            Ok(()) => {
                self.failures = 0;
                None
            }
            Err((error, retry_after)) => {
                let wait_for = retry_after.unwrap_or_else(|| backoff(self.failures));
                self.failures = self.failures.saturating_add(1);
                let next_try = now().after(wait_for);
                self.desk.note_failure(&error, now(), Some(next_try));
                part.standing = Standing::Failed(error);
                Some(wait_for)
            }
        };
        self.settle_and_report(part);
        wait_for
    }

    /// Waits for the server; meanwhile somebody may approve what is held back.
    async fn wait(&mut self, server: &mut dyn Server, stop: &mut watch::Receiver<bool>) -> bool {
        let mut ticks = interval(DIRECTORY_INTERVAL);
        let mut wait = pin!(server.wait());
        loop {
            tokio::select! {
                _ = stop.changed() => return false,
                () = &mut wait => return true,
                _ = ticks.tick() => {
                    let word = approval::approved(&self.config.state_dir, &self.source.name);
                    if word.is_some() && word == self.desk.held() {
                        self.settle_and_report(Part::begin(&self.source));
                    }
                }
            }
        }
    }

    fn settle_and_report(&mut self, mut part: Part) {
        if matches!(part.standing, Standing::Read) {
            let in_force = self.in_force.load_full();
            let reading = Reading {
                config: &self.config,
                former: &in_force,
                now: now(),
                purpose: Purpose::Keep,
                force: &[],
            };
            self.desk.settle(&self.source, &reading, &mut part);
        }
        part.generation = self.desk.generation();
        let _ = self.reports.send(part); // nobody listens only when it is to end
    }
}

/// Longer with each failure.
fn backoff(failures: u32) -> Duration {
    DIRECTORY_RETRY
        .saturating_mul(1 << failures.min(16))
        .min(DIRECTORY_RETRY_MAX)
}

impl From<super::server::ServerError> for SourceError {
    fn from(error: super::server::ServerError) -> Self {
        Self::Noted(error.why)
    }
}

#[cfg(test)]
mod tests;
