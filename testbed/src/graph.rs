//! A tenant of Microsoft 365 that stands in for the real one: its token endpoint and the part of Microsoft Graph that
//! says who is in it.
//!
//! Written from the public documentation of the protocol and apart from any client: delta queries with their skip and
//! delta tokens, `$select`, members of large groups in parts, `$batch`, throttling. A test changes its people while it
//! runs, orders faults, and sees afterwards what was asked. Client assertions are verified in full (RFC 7523 §3).

mod answer;
mod assertion;
mod batch;
mod delta;
mod fault;
mod form;
mod login;
mod people;
mod reply;
mod request;
mod serve;

use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde_json::Value;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::certificates::Certificate;
use crate::deadline::within;
use crate::tls::ServerTls;

pub use fault::Fault;
pub use login::Registration;
pub use people::Reason;
pub use request::Seen;

use delta::States;
use fault::Faults;
use login::Login;
use people::{Kind, People};

/// The stand-in. It ends when it is dropped.
#[derive(Debug)]
pub struct Tenant {
    shared: Arc<Shared>,
    task: JoinHandle<()>,
}

/// What all its connections look at.
#[derive(Debug)]
struct Shared {
    address: SocketAddr,
    inner: Mutex<Inner>,
    /// How many questions there were.
    asked: watch::Sender<usize>,
}

#[derive(Debug)]
struct Inner {
    login: Login,
    people: People,
    states: States,
    faults: Faults,
    seen: Vec<Seen>,
    page_size: usize,
    zips: bool,
    /// Permissions that were not granted.
    denied: Vec<String>,
}

impl Tenant {
    /// Starts on loopback. It shows this certificate, which must be for `localhost` if it is to be believed.
    pub async fn start(certificate: &Certificate, registration: Registration) -> io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let shared = Arc::new(Shared {
            address,
            inner: Mutex::new(Inner {
                login: Login::new(registration),
                people: People::default(),
                states: States::default(),
                faults: Faults::default(),
                seen: Vec::new(),
                page_size: 100,
                zips: true,
                denied: Vec::new(),
            }),
            asked: watch::Sender::new(0),
        });
        let tls = ServerTls::showing(certificate);
        let task = tokio::spawn(serve::serve(listener, tls, Arc::clone(&shared)));
        Ok(Self { shared, task })
    }

    /// `https://localhost` and the port: the login host and Graph in one.
    pub fn origin(&self) -> String {
        self.shared.origin()
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.shared.address
    }

    /// Creates or replaces a user. Whatever has an id is somebody.
    pub fn put_user(&self, user: Value) {
        self.inner().people.put(Kind::User, user);
    }

    /// Creates or replaces a group, whose members stay.
    pub fn put_group(&self, group: Value) {
        self.inner().people.put(Kind::Group, group);
    }

    /// Creates or replaces an organisational contact.
    pub fn put_contact(&self, contact: Value) {
        self.inner().people.put(Kind::Contact, contact);
    }

    /// Removes a user, a group or a contact.
    pub fn remove(&self, id: &str, reason: Reason) {
        self.inner().people.remove(id, reason);
    }

    /// Puts users into a group.
    pub fn add_members<'m>(&self, group: &str, members: impl IntoIterator<Item = &'m str>) {
        let mut inner = self.inner();
        for member in members {
            inner.people.join(group, member);
        }
    }

    /// Takes a user out of a group.
    pub fn remove_member(&self, group: &str, member: &str) {
        self.inner().people.leave(group, member);
    }

    /// Gives a user a mailbox for a purpose, or takes it away. No delta query tells of it.
    pub fn set_purpose(&self, user: &str, purpose: Option<&str>) {
        self.inner().people.set_purpose(user, purpose);
    }

    /// How many objects stand on a page.
    pub fn set_page_size(&self, size: usize) {
        self.inner().page_size = size.max(1);
    }

    /// Whether answers are compressed for those who take that.
    pub fn set_zips(&self, zips: bool) {
        self.inner().zips = zips;
    }

    /// How many seconds the next tokens are good for.
    pub fn set_token_life(&self, seconds: u64) {
        self.inner().login.life_seconds = seconds;
    }

    /// Takes a permission away, such as `OrgContact.Read.All`.
    pub fn deny(&self, permission: &str) {
        self.inner().denied.push(permission.to_owned());
    }

    /// Makes a fault of the next answer to a question with this in its path or query.
    pub fn order(&self, part: &str, fault: Fault) {
        self.order_after(0, part, fault);
    }

    /// The same, after this many other such answers.
    pub fn order_after(&self, answers: usize, part: &str, fault: Fault) {
        self.inner().faults.order(answers, part, fault);
    }

    /// Whether every fault that was ordered has happened.
    pub fn faults_are_over(&self) -> bool {
        self.inner().faults.is_empty()
    }

    /// No token that was given is good any more.
    pub fn expire_tokens(&self) {
        self.inner().login.expire();
    }

    /// No skip or delta token that was given is known any more.
    pub fn forget_states(&self) {
        self.inner().states.forget();
    }

    /// How many tokens were given.
    pub fn tokens_given(&self) -> usize {
        self.inner().login.given
    }

    /// The tokens that were given, for whoever looks for them where they must not be.
    pub fn tokens(&self) -> Vec<String> {
        self.inner().login.tokens()
    }

    /// Every question so far.
    pub fn seen(&self) -> Vec<Seen> {
        self.inner().seen.clone()
    }

    /// How many questions had this in their path or query.
    pub fn count(&self, part: &str) -> usize {
        let inner = self.inner();
        inner.seen.iter().filter(|seen| seen.has(part)).count()
    }

    /// Waits until there were this many such questions.
    ///
    /// # Errors
    /// It took longer than [`crate::limits::WAIT`].
    pub async fn asked(&self, part: &str, times: usize) -> io::Result<()> {
        let mut asked = self.shared.asked.subscribe();
        let enough = asked.wait_for(|_| self.count(part) >= times);
        match within(enough).await {
            Ok(Ok(_)) => Ok(()),
            Ok(Err(_)) | Err(_) => {
                let what = format!("{part} was not asked for {times} times");
                Err(io::Error::new(io::ErrorKind::TimedOut, what))
            }
        }
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.shared.inner()
    }
}

impl Drop for Tenant {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Shared {
    fn origin(&self) -> String {
        format!("https://localhost:{}", self.address.port())
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests;
