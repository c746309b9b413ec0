//! A scriptable SMTP server: it stands in for the cloud, for Notes, for any next hop on a bad day.
//!
//! It takes what comes, records it, and misbehaves exactly as its [`Script`] says, which may change while it runs.

mod act;
mod book;
mod builder;
mod command;
mod door;
mod gate;
mod intake;
mod message;
mod receive;
mod script;
mod session;

#[cfg(test)]
mod tests;

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::certificates::{Authority, Certificate};
use crate::deadline::within;
use crate::limits;
use crate::tls::{ClientDemand, ServerTls};

pub use act::Act;
pub use book::{Book, Connection, Count, Counts, Departure, How, Place};
pub use builder::Builder;
pub use gate::Gate;
pub use intake::EndOfData;
pub use message::{Aborted, ForwardPath, Message, Transfer};
pub use script::{Script, Stage, StartTls};

use builder::Bounds;
use door::Orders;

/// A running sink. It ends when this is dropped.
///
/// ```no_run
/// # async fn example() -> Result<(), Box<dyn std::error::Error>> {
/// use testbed::sink::{Act, Sink, Stage};
///
/// let sink = Sink::start().await?;
/// sink.script(|s| s.without("CHUNKING").once(Stage::End, Act::reply(451, "4.3.0 later")));
/// // ... let something be sent to sink.addr() ...
/// let message = sink.next_message().await?;
/// assert_eq!(message.reverse_path, "sender@fabrikam.com");
/// sink.go_down().await;
/// sink.come_back().await;
/// # Ok(()) }
/// ```
#[derive(Debug)]
pub struct Sink {
    addr: SocketAddr,
    shared: Arc<Shared>,
    orders: Orders,
    door: JoinHandle<()>,
    /// How many of the accepted and of the aborted messages were handed out.
    handed_out: AtomicUsize,
    handed_out_aborted: AtomicUsize,
}

/// What the sessions of one sink share. Watch channels, because tests wait for their changes.
#[derive(Debug)]
struct Shared {
    script: watch::Sender<Script>,
    book: watch::Sender<Book>,
    bounds: Bounds,
}

/// What was waited for did not come.
#[derive(Debug, thiserror::Error)]
#[error("no {what} within {} s; so far: {so_far}", limits::WAIT.as_secs())]
pub struct WaitError {
    what: String,
    so_far: String,
}

impl Sink {
    /// A sink on a free port of 127.0.0.1 that accepts everything in clear.
    pub async fn start() -> std::io::Result<Self> {
        Self::builder().start().await
    }

    /// A sink to be described before it starts.
    pub fn builder() -> Builder {
        Builder::new()
    }

    /// A stand-in for Exchange Online: it shows `certificate`, requires TLS and a client certificate of `clients`, and
    /// offers what the service offers.
    pub fn cloud(certificate: &Certificate, clients: &Authority) -> Builder {
        let tls =
            ServerTls::showing(certificate).demanding(ClientDemand::Of(vec![clients.clone()]));
        Builder::new().script(|s| {
            s.hostname("contoso-com.mail.protection.outlook.com")
                .starttls(StartTls::Required(tls))
                .keywords([
                    "SIZE 157286400",
                    "PIPELINING",
                    "DSN",
                    "ENHANCEDSTATUSCODES",
                    "8BITMIME",
                    "BINARYMIME",
                ])
                .with("CHUNKING")
                .with("SMTPUTF8")
        })
    }

    /// A stand-in for Domino: in clear, without chunks, without UTF-8.
    pub fn notes() -> Builder {
        let keywords = ["SIZE 157286400", "PIPELINING", "8BITMIME", "DSN"];
        Builder::new().script(|s| s.hostname("domino.corp.contoso.com").keywords(keywords))
    }

    /// A sink that keeps no content and no commands: it counts and verifies.
    pub fn counting() -> Builder {
        Builder::new().keep_nothing()
    }

    /// Where it listens, also while it is down.
    pub fn addr(&self) -> SocketAddr {
        self.addr
    }

    /// Changes its behaviour from the next command on: `sink.script(|s| s.on(stage, act).without("DSN"))`.
    pub fn script(&self, change: impl FnOnce(&mut Script) -> &mut Script) {
        self.shared.script.send_modify(|script| {
            change(script);
        });
    }

    /// Refuses connections and cuts those that are open. The port stays ours.
    pub async fn go_down(&self) {
        self.refuse_connections().await;
        self.cut_connections().await;
    }

    /// Accepts connections again, on the same port.
    pub async fn come_back(&self) {
        self.orders.listen().await;
    }

    /// Refuses new connections; those that are open go on.
    pub async fn refuse_connections(&self) {
        self.orders.refuse().await;
    }

    /// Cuts the open connections by a TCP reset.
    pub async fn cut_connections(&self) {
        self.orders.cut().await;
    }

    /// Waits for the next accepted message that was not handed out yet.
    pub async fn next_message(&self) -> Result<Arc<Message>, WaitError> {
        let index = self.handed_out.fetch_add(1, Ordering::Relaxed);
        let found = self
            .wait_for("message", |book| book.accepted().get(index).cloned())
            .await;
        if found.is_err() {
            self.handed_out.fetch_sub(1, Ordering::Relaxed);
        }
        found
    }

    /// The same, and the sink keeps nothing more of its content.
    pub async fn take_message(&self) -> Result<Arc<Message>, WaitError> {
        let message = self.next_message().await?;
        self.shared.book.send_modify(|book| book.forget(&message));
        Ok(message)
    }

    /// Waits for the next message whose content began and never ended, not handed out yet.
    pub async fn next_aborted(&self) -> Result<Arc<Aborted>, WaitError> {
        let index = self.handed_out_aborted.fetch_add(1, Ordering::Relaxed);
        let found = self
            .wait_for("aborted message", |book| book.aborted().get(index).cloned())
            .await;
        if found.is_err() {
            self.handed_out_aborted.fetch_sub(1, Ordering::Relaxed);
        }
        found
    }

    /// Waits until `find` finds something in the book; `what` names it in the error.
    pub async fn wait_for<T>(
        &self,
        what: &str,
        find: impl Fn(&Book) -> Option<T>,
    ) -> Result<T, WaitError> {
        let mut book = self.shared.book.subscribe();
        let search = async {
            loop {
                if let Some(found) = find(&book.borrow_and_update()) {
                    return Some(found);
                }
                book.changed().await.ok()?;
            }
        };
        within(search)
            .await
            .ok()
            .flatten()
            .ok_or_else(|| WaitError {
                what: what.to_owned(),
                so_far: self.shared.book.borrow().to_string(),
            })
    }

    /// Waits until `condition` holds; `what` names it in the error.
    pub async fn wait_until(
        &self,
        what: &str,
        condition: impl Fn(&Book) -> bool,
    ) -> Result<(), WaitError> {
        self.wait_for(what, |book| condition(book).then_some(()))
            .await
    }

    /// Waits until the connection with this number (from 0) has ended.
    pub async fn departure(&self, number: usize) -> Result<Departure, WaitError> {
        let what = format!("end of connection {number}");
        self.wait_for(&what, |book| {
            book.connections()
                .get(number)
                .and_then(|c| c.departure.clone())
        })
        .await
    }

    /// The accepted messages so far.
    pub fn messages(&self) -> Vec<Arc<Message>> {
        self.shared.book.borrow().accepted().to_vec()
    }

    /// The messages that ended and were not accepted.
    pub fn refused(&self) -> Vec<Arc<Message>> {
        self.shared.book.borrow().refused().to_vec()
    }

    /// The messages whose content began and never ended.
    pub fn aborted(&self) -> Vec<Arc<Aborted>> {
        self.shared.book.borrow().aborted().to_vec()
    }

    /// The connections so far, in the order they came.
    pub fn connections(&self) -> Vec<Connection> {
        self.shared.book.borrow().connections().to_vec()
    }

    /// How much of everything there was.
    pub fn counts(&self) -> Counts {
        self.shared.book.borrow().counts()
    }

    /// Compares the stamped messages that were accepted with those that were sent.
    pub fn count<S: AsRef<str>>(&self, sent: impl IntoIterator<Item = S>) -> Count {
        self.shared.book.borrow().count(sent)
    }
}

impl Drop for Sink {
    fn drop(&mut self) {
        // The sessions are the door's: they end with it.
        self.door.abort();
    }
}
