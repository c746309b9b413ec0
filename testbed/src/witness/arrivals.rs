//! What one hop has.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::Notify;

use super::letter::Letter;
use crate::sink::{Message, Sink};

/// Copies of each letter.
#[derive(Debug, Default)]
pub struct Arrivals {
    copies: Mutex<HashMap<Letter, usize>>,
    /// What was not as it was sent.
    damaged: Mutex<BTreeMap<usize, String>>,
    changed: Notify,
}

impl Arrivals {
    /// Takes one down.
    pub fn note(&self, letter: Letter) {
        *self.lock().entry(letter).or_default() += 1;
        self.changed.notify_waiters();
    }

    /// Takes down all that `hop` gets from now on: `judge` says which letter it is, or what is wrong with it. It does not
    /// end by itself.
    pub async fn collect(
        self: Arc<Self>,
        hop: Arc<Sink>,
        judge: impl Fn(&Message) -> Result<Letter, String>,
    ) {
        for number in 0.. {
            // The sink's patience is shorter than a hop may be without mail.
            let message = loop {
                if let Ok(message) = hop.take_message().await {
                    break message;
                }
            };
            match judge(&message) {
                Ok(letter) => self.note(letter),
                Err(why) => {
                    let mut damaged = self.damaged.lock().unwrap_or_else(PoisonError::into_inner);
                    damaged.insert(number, why);
                }
            }
        }
    }

    /// Those that have not come.
    pub fn missing(&self, wanted: &[Letter]) -> Vec<Letter> {
        let copies = self.lock();
        let missing = wanted.iter().filter(|letter| !copies.contains_key(letter));
        missing.copied().collect()
    }

    /// Waits until all of them have come.
    pub async fn has(&self, wanted: &[Letter]) {
        loop {
            let changed = self.changed.notified();
            if self.missing(wanted).is_empty() {
                return;
            }
            changed.await;
        }
    }

    /// How many different letters have come.
    pub fn count(&self) -> usize {
        self.lock().len()
    }

    /// Copies that came more than once.
    pub fn extra(&self) -> usize {
        self.lock().values().map(|count| count - 1).sum()
    }

    /// What was wrong with those that came.
    pub fn damaged(&self) -> Vec<String> {
        let damaged = self.damaged.lock().unwrap_or_else(PoisonError::into_inner);
        damaged.values().cloned().collect()
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<Letter, usize>> {
        self.copies.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Judges what arrived below `fields` trace fields: it has to be what was sent, as `content` makes it.
pub fn unaltered(
    fields: usize,
    content: fn(Letter) -> Vec<u8>,
) -> impl Fn(&Message) -> Result<Letter, String> {
    move |message| {
        let letter = Letter::of(message).ok_or("a message without a number")?;
        match message.below(fields) == content(letter) {
            true => Ok(letter),
            false => Err(format!("number {} was altered", letter.0)),
        }
    }
}
