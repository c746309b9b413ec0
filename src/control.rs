//! How an operator steers a gateway that runs: a socket in `state_dir` that only its owner may connect to.
//!
//! A request is a line of JSON, and so is everything that is answered. Whoever may connect may do everything: the
//! permissions of the socket are the protection, so it gets its name only after it has them.

mod client;
mod conversation;
mod draining;
mod protocol;
mod socket;

pub(crate) use client::{Client, Unheard};
pub(crate) use protocol::{Answer, Fault, Request};

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use tokio::net::{UnixListener, UnixStream};
use tokio::sync::{Semaphore, oneshot};
use tokio::task::{JoinHandle, JoinSet};
use tokio::time::sleep;

use crate::config::Config;
use crate::event::Event;
use crate::limits;
use crate::services::Services;
use conversation::{Conversation, turn_away};

/// Listens to operators.
#[derive(Debug)]
pub(crate) struct Control {
    path: PathBuf,
    /// Dropping it ends the task.
    stop: oneshot::Sender<()>,
    task: JoinHandle<()>,
}

/// Where operators are heard.
pub(crate) fn socket_path(state_dir: &Path) -> PathBuf {
    state_dir.join("control.sock")
}

impl Control {
    /// Starts. A gateway that no operator can reach carries mail all the same, and says so.
    pub(crate) fn start(config: &Config, services: &Arc<Services>) -> Option<Self> {
        let path = socket_path(&config.state_dir);
        match socket::bind(&path) {
            Ok(listener) => {
                let (stop, stopped) = oneshot::channel();
                let task = tokio::spawn(listen(listener, Arc::clone(services), stopped));
                Some(Self { path, stop, task })
            }
            Err(error) => {
                let why = error.to_string();
                services.events.emit(Event::ControlFailed { path, why });
                None
            }
        }
    }

    /// Hears nobody any more. Changes that were begun are brought to their end.
    pub(crate) async fn stop(self) {
        drop(self.stop);
        let _ = self.task.await; // a panic there has been told by the panic hook
        let _ = std::fs::remove_file(&self.path); // the next one replaces it
    }
}

async fn listen(
    listener: UnixListener,
    services: Arc<Services>,
    mut stopped: oneshot::Receiver<()>,
) {
    let seats = Arc::new(Semaphore::new(limits::CONTROL_CONNECTIONS));
    let mut conversations = JoinSet::new();
    loop {
        while conversations.try_join_next().is_some() {}
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            _ = &mut stopped => break,
        };
        let Ok((stream, _)) = accepted else {
            sleep(PAUSE).await; // out of descriptors, say
            continue;
        };
        let (services, seats) = (Arc::clone(&services), Arc::clone(&seats));
        conversations.spawn(hear(stream, services, seats));
    }
    // None of them holds the queue any more when we say that we have ended.
    conversations.shutdown().await;
}

async fn hear(stream: UnixStream, services: Arc<Services>, seats: Arc<Semaphore>) {
    match seats.try_acquire() {
        Ok(_seat) => Conversation::new(stream, services).run().await,
        Err(_) => turn_away(stream).await,
    }
}

const PAUSE: Duration = Duration::from_millis(200);
