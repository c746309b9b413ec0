//! What everybody outside the gateway knows: clients what they were told, hops what they took. The judge believes them
//! alone.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use tokio::task::JoinSet;
use tokio::time::Instant;

use super::people::{Home, People};
use super::wire::Heard;

/// Everything that was seen in a run.
#[derive(Debug)]
pub(super) struct Witness {
    pub(super) people: People,
    pub(super) letters: Vec<Letter>,
    pub(super) takings: Vec<Taking>,
    pub(super) refusals: Vec<Refusal>,
    /// When the gateway broke off.
    pub(super) crashes: Vec<Instant>,
    /// A disk failed while there was power: what was to be written then is not known to be there.
    pub(super) disk_failures: Vec<Instant>,
    pub(super) moves: usize,
    /// Sessions that broke off by a fault of ours.
    pub(super) panics: Vec<String>,
    began: Instant,
    sessions: u64,
    trace: Vec<String>,
}

/// Shared by all who see something.
#[derive(Debug, Clone)]
pub(super) struct Witnesses(Arc<Mutex<Witness>>);

/// A message of a client.
#[derive(Debug)]
pub(super) struct Letter {
    /// Empty: null.
    pub(super) reverse: String,
    pub(super) from: Option<Home>,
    pub(super) recipients: Vec<Addressee>,
    pub(super) content: Bytes,
    pub(super) began: Instant,
    /// The reply to the whole message.
    pub(super) said: Option<(Instant, u16)>,
    /// The client waits for nothing any more.
    pub(super) ended: Option<Instant>,
}

#[derive(Debug)]
pub(super) struct Addressee {
    pub(super) address: String,
    /// `None`: nobody.
    pub(super) person: Option<usize>,
    pub(super) notify: Option<&'static str>,
    pub(super) asked: Instant,
    /// The reply to RCPT.
    pub(super) said: Option<u16>,
}

/// A hop took a message.
#[derive(Debug)]
pub(super) struct Taking {
    /// `None`: the smart host, or whoever is beyond it.
    pub(super) home: Option<Home>,
    pub(super) reverse: String,
    pub(super) recipients: Vec<String>,
    pub(super) content: Bytes,
    /// When its envelope came.
    pub(super) begun: Instant,
    pub(super) taken: Instant,
    /// When the gateway had read the 250.
    pub(super) heard: Heard,
    /// The hop never said so, or so late that nobody waited.
    pub(super) is_lost: bool,
}

/// A hop refused somebody for good.
#[derive(Debug)]
pub(super) struct Refusal {
    pub(super) reverse: String,
    pub(super) recipient: String,
    pub(super) at: Instant,
}

impl Witnesses {
    pub(super) fn of(people: People) -> Self {
        Self(Arc::new(Mutex::new(Witness {
            people,
            letters: Vec::new(),
            takings: Vec::new(),
            refusals: Vec::new(),
            crashes: Vec::new(),
            disk_failures: Vec::new(),
            moves: 0,
            panics: Vec::new(),
            began: Instant::now(),
            sessions: 0,
            trace: Vec::new(),
        })))
    }

    pub(super) fn look(&self) -> MutexGuard<'_, Witness> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes down what happens, for whoever wants to know how it came.
    pub(super) fn note(&self, what: &str) {
        self.look().note(what);
    }
}

impl Witness {
    pub(super) fn note(&mut self, what: &str) {
        let at = self.began.elapsed();
        self.trace.push(format!("{:>9.3} {what}", at.as_secs_f64()));
    }

    pub(super) fn see_ends(&mut self, sessions: &mut JoinSet<()>) {
        while let Some(ended) = sessions.try_join_next() {
            self.panics
                .extend(ended.err().map(|error| error.to_string()));
        }
    }

    pub(super) fn next_session(&mut self) -> u64 {
        self.sessions += 1;
        self.sessions
    }

    pub(super) fn elapsed(&self) -> Duration {
        self.began.elapsed()
    }

    pub(super) fn take_trace(&mut self) -> Vec<String> {
        std::mem::take(&mut self.trace)
    }
}

impl Letter {
    /// Everybody outside names it so.
    pub(super) fn message_id(number: usize) -> String {
        format!("<m{number}@client.test>")
    }

    /// The client has been told that it is ours.
    pub(super) fn is_acknowledged(&self) -> bool {
        self.said.is_some_and(|(_, code)| code == 250)
    }
}

impl Taking {
    /// Which message it is; `None`: it is not a client's.
    pub(super) fn letter(&self) -> Option<usize> {
        message_number(header(&self.content))
    }
}

/// The header block of a message.
pub(super) fn header(content: &[u8]) -> &[u8] {
    let end = memchr::memmem::find(content, b"\r\n\r\n");
    &content[..end.map_or(content.len(), |end| end + 2)]
}

/// The number of the client's message whose Message-ID is in `text`.
pub(super) fn message_number(text: &[u8]) -> Option<usize> {
    let text = String::from_utf8_lossy(text);
    let (_, rest) = text.split_once("Message-ID: <m")?;
    let (number, rest) = rest.split_once('@')?;
    rest.starts_with("client.test>")
        .then(|| number.parse().ok())
        .flatten()
}
