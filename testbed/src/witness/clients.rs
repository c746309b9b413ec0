//! The clients, and what they were told.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::sleep;

use super::letter::Letter;
use crate::client::Client;

/// Which letters were answered 250.
#[derive(Debug, Default)]
pub struct Acknowledged {
    next: AtomicUsize,
    letters: Mutex<Vec<Letter>>,
    changed: Notify,
    is_over: AtomicBool,
}

/// Who sends, to whom, and what.
#[derive(Debug, Clone, Copy)]
pub struct Sender {
    /// The reverse path.
    pub from: &'static str,
    /// The recipients of a letter.
    pub to: fn(Letter) -> Vec<&'static str>,
    /// Its octets.
    pub content: fn(Letter) -> Vec<u8>,
    /// The rest of a client after each.
    pub pause: Duration,
}

impl Acknowledged {
    /// How many.
    pub fn count(&self) -> usize {
        self.lock().len()
    }

    /// All of them.
    pub fn letters(&self) -> Vec<Letter> {
        self.lock().clone()
    }

    /// Letters that were begun, whatever came of them.
    pub fn begun(&self) -> usize {
        self.next.load(Ordering::Relaxed)
    }

    /// Waits until there are so many.
    pub async fn reached(&self, count: usize) {
        loop {
            let changed = self.changed.notified();
            if self.count() >= count {
                return;
            }
            changed.await;
        }
    }

    /// The clients begin nothing more.
    pub fn end(&self) {
        self.is_over.store(true, Ordering::Release);
    }

    fn is_over(&self) -> bool {
        self.is_over.load(Ordering::Acquire)
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Vec<Letter>> {
        self.letters.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// One client: letter after letter until the [end](Acknowledged::end), and a new connection whenever one is lost.
pub async fn speak(server: SocketAddr, sender: Sender, acknowledged: Arc<Acknowledged>) {
    while !acknowledged.is_over() {
        let Ok(mut client) = Client::connect(server).await else {
            tokio::task::yield_now().await;
            continue;
        };
        if client.ehlo("client.example.net").await.is_err() {
            continue;
        }
        while !acknowledged.is_over() {
            let letter = Letter(acknowledged.next.fetch_add(1, Ordering::Relaxed));
            let (to, content) = ((sender.to)(letter), (sender.content)(letter));
            match client.deliver(sender.from, &to, &content).await {
                Ok(delivery) if delivery.is_accepted() => {
                    acknowledged.lock().push(letter);
                    acknowledged.changed.notify_waiters();
                }
                Ok(_) => {}
                Err(_) => break,
            }
            if !sender.pause.is_zero() {
                sleep(sender.pause).await;
            }
        }
    }
}
