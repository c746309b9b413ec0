//! The gateway as a whole: everything is wired here and nowhere else.

use std::io;
use std::net::{SocketAddr, TcpListener as StdListener};
use std::path::PathBuf;
use std::sync::{Arc, OnceLock};

use arc_swap::ArcSwap;
use hickory_resolver::net::NetError;
use tokio::sync::{Mutex, Semaphore};
use tokio::task::{JoinHandle, spawn_blocking};
use tokio::time::{Instant, MissedTickBehavior, interval, timeout};

use crate::accept::{self, Listening, Phase};
use crate::certificate::Told;
use crate::clients::Clients;
use crate::clock;
use crate::config::{Config, Listener};
use crate::control::Control;
use crate::converter::Converter;
use crate::deliver::{Deliver, Dialer};
use crate::directory::{Directory, StartError as DirectoryError};
use crate::dns::Resolver;
use crate::event::{Event, Events};
use crate::generation::Generation;
use crate::hold::Holding;
use crate::limits;
use crate::queue::{Queue, Runner};
use crate::services::Services;
use crate::tls::{Stamp, TlsError};
use crate::trace::{LoopKey, LoopKeyError};
use crate::unknown::Unknown;
use crate::workers::Workers;

pub use crate::hold::HoldMost;

/// A gateway that listens.
#[derive(Debug)]
pub struct Gateway {
    services: Arc<Services>,
    seats: Arc<Semaphore>,
    workers: Workers,
    listeners: Mutex<Listeners>, // changed by a reload only, which one task does at a time
    chores: Vec<JoinHandle<()>>,
    runner: Mutex<Option<Runner>>,   // as the listeners
    control: Mutex<Option<Control>>, // as the listeners
}

#[derive(Debug, Default)]
struct Listeners {
    open: Vec<Listening>,
    /// Taken away by a reload; their sessions may still end what they began.
    leaving: Vec<Listening>,
}

/// Why the gateway did not start, or did not take a new configuration.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// A file of certificates, keys, roots or lists.
    #[error(transparent)]
    Tls(#[from] TlsError),
    /// The loop key.
    #[error(transparent)]
    LoopKey(#[from] LoopKeyError),
    /// The state directory.
    #[error("state_dir {} cannot be made: {error}", .path.display())]
    StateDir {
        /// Which.
        path: PathBuf,
        /// Why.
        error: io::Error,
    },
    /// The directory.
    #[error(transparent)]
    Directory(#[from] DirectoryError),
    /// The resolver.
    #[error("names cannot be looked up: {0}")]
    Resolver(#[from] NetError),
    /// The spool.
    #[error("spool {}: {error}", .path.display())]
    Spool {
        /// Where.
        path: PathBuf,
        /// Why not.
        error: spool::OpenError,
    },
    /// A socket.
    #[error("listener {name} cannot listen on {address}: {error}")]
    Listen {
        /// The listener.
        name: String,
        /// Where it should have listened.
        address: SocketAddr,
        /// Why not.
        error: io::Error,
    },
}

impl Gateway {
    /// Starts with sockets of its own, on the runtime that it is called on, saying what happens to `events`.
    pub async fn start(config: Config, events: Events) -> Result<Self, StartError> {
        Self::start_on(config, events, Vec::new(), Workers::here()).await
    }

    /// The same, holding no more than `most` at a time.
    pub async fn start_holding(
        config: Config,
        events: Events,
        most: HoldMost,
    ) -> Result<Self, StartError> {
        Self::wire(config, events, Vec::new(), Workers::here(), most).await
    }

    /// Starts with sessions on `workers`, and on sockets that were passed to the process where their addresses are
    /// those of listeners; one socket for one listener needs no match.
    pub async fn start_on(
        config: Config,
        events: Events,
        passed: Vec<StdListener>,
        workers: Workers,
    ) -> Result<Self, StartError> {
        Self::wire(config, events, passed, workers, HoldMost::default()).await
    }

    async fn wire(
        config: Config,
        events: Events,
        passed: Vec<StdListener>,
        workers: Workers,
        most: HoldMost,
    ) -> Result<Self, StartError> {
        let config = Arc::new(config);
        std::fs::create_dir_all(&config.state_dir).map_err(|error| StartError::StateDir {
            path: config.state_dir.clone(),
            error,
        })?;
        let generation = Generation::load(Arc::clone(&config))?;
        let loop_key = LoopKey::load(config.loop_key.as_deref(), &config.state_dir)?;
        let mut passed = passed;
        let (listeners, count) = (config.listeners.len(), workers.runtimes().len());
        let sockets = config
            .listeners
            .iter()
            .map(|listener| {
                let sockets = sockets(listener, &mut passed, listeners, count)?;
                Ok((listener.clone(), sockets))
            })
            .collect::<Result<Vec<_>, StartError>>()?;
        let unknown = Unknown::open(&config.state_dir, &events);
        let resolver = Resolver::new(&config.dns, events.clone())?;
        let services = Arc::new(Services {
            generation: ArcSwap::from_pointee(generation),
            directory: Directory::start(Arc::clone(&config), events.clone()).await?,
            deliver: Deliver::new(Dialer::System, resolver.clone(), events.clone()),
            resolver,
            clients: Clients::default(),
            loop_key,
            events,
            hold_back: Arc::new(Semaphore::new(limits::HOLD_BACK_TRANSACTIONS)),
            queue: OnceLock::new(),
            holding: Arc::new(Holding::new(config.state_dir.clone(), most)),
            converter: Converter::new(),
            unknown,
        });
        let chores = vec![
            tokio::spawn(watch_files(Arc::clone(&services))),
            tokio::spawn(watch_certificates(Arc::clone(&services))),
            tokio::spawn(sweep_pool(Arc::clone(&services))),
            tokio::spawn(save_unknown(Arc::clone(&services))),
        ];
        let gateway = Self {
            services,
            seats: Arc::new(Semaphore::new(limits::SESSIONS)),
            workers,
            listeners: Mutex::default(),
            chores,
            runner: Mutex::default(),
            control: Mutex::default(),
        };
        gateway.open_queue(&config).await?;
        *gateway.control.lock().await = Control::start(&config, &gateway.services);
        for (listener, sockets) in sockets {
            gateway.listen(listener, sockets).await?;
        }
        Ok(gateway)
    }

    async fn listen(
        &self,
        listener: Listener,
        sockets: Vec<StdListener>,
    ) -> Result<(), StartError> {
        let (name, address) = (listener.name.clone(), listener.address);
        let started = Listening::start(
            listener,
            sockets,
            &self.services,
            &self.seats,
            &self.workers,
        );
        let started = started.map_err(|error| StartError::Listen {
            name,
            address,
            error,
        })?;
        self.listeners.lock().await.open.push(started);
        Ok(())
    }

    /// Opens the spool, if messages may be kept or some are there.
    async fn open_queue(&self, config: &Config) -> Result<(), StartError> {
        let path = config.state_dir.join("spool");
        let is_wanted = config.internet.is_some() || path.exists();
        if !is_wanted || self.services.queue.get().is_some() {
            return Ok(());
        }
        let events = self.services.events.clone();
        let (directory, told) = (path.clone(), events.clone());
        let marks = config.state_dir.join("attempts");
        let opened = spawn_blocking(move || Queue::open(&directory, &marks, told)).await;
        let refused = |error| StartError::Spool { path, error };
        let opened = opened.map_err(|error| StartError::StateDir {
            path: config.state_dir.clone(),
            error: io::Error::other(error),
        })?;
        let (queue, findings) = opened.map_err(refused)?;
        let found = findings.to_string();
        events.emit(match findings.is_sound() {
            true => Event::SpoolOpened { found },
            false => Event::SpoolDamaged { found },
        });
        let runner = Runner::start(
            Arc::clone(&queue),
            Arc::clone(&self.services),
            self.workers.runtimes().to_vec(),
        );
        *self.runner.lock().await = Some(runner);
        let _ = self.services.queue.set(queue); // only a reload could have been faster, and there is one at a time
        Ok(())
    }

    /// Where the listener of this name listens.
    pub async fn address(&self, listener: &str) -> Option<SocketAddr> {
        let listeners = self.listeners.lock().await;
        listeners
            .open
            .iter()
            .find(|one| one.listener.name == listener)
            .map(|one| one.address)
    }

    /// The directory that routing reads.
    pub fn directory(&self) -> &Directory {
        &self.services.directory
    }

    /// Messages in custody.
    pub fn waiting(&self) -> usize {
        self.services.queue.get().map_or(0, |queue| queue.len())
    }

    /// Puts a new configuration in force, or leaves everything as it is.
    pub async fn reload(&self, config: Config) -> Result<(), StartError> {
        let config = Arc::new(config);
        let generation = Generation::load(Arc::clone(&config))?;
        let mut listeners = self.listeners.lock().await;
        let mut fresh = Vec::new();
        for listener in &config.listeners {
            if !listeners
                .open
                .iter()
                .any(|one| one.listener.address == listener.address)
            {
                let count = self.workers.runtimes().len();
                fresh.push((
                    listener.clone(),
                    sockets(listener, &mut Vec::new(), 0, count)?,
                ));
            }
        }
        self.open_queue(&config).await?;
        self.services.resolver.reload(&config.dns)?;
        self.services.generation.store(Arc::new(generation));
        self.services.directory.reload(Arc::clone(&config));
        listeners.keep(&config);
        drop(listeners);
        for (listener, sockets) in fresh {
            self.listen(listener, sockets).await?;
        }
        Ok(())
    }

    /// Takes no new sessions, lets open ones end for [`limits::DRAIN`], then closes them.
    pub async fn drain(self) {
        let Listeners { open, leaving } = self.listeners.into_inner();
        let sessions = limits::SESSIONS - self.seats.available_permits();
        self.services.events.emit(Event::Draining { sessions });
        for one in &open {
            one.turn(Phase::Draining);
        }
        let all = limits::SESSIONS as u32;
        let quiet = timeout(limits::DRAIN, self.seats.acquire_many(all))
            .await
            .is_ok();
        let mut cut_short = 0;
        for one in open.into_iter().chain(leaving) {
            one.turn(Phase::Closed);
            cut_short += one.ended().await;
        }
        if !quiet {
            self.services.events.emit(Event::DrainCutShort {
                sessions: cut_short,
            });
        }
        if let Some(control) = self.control.into_inner() {
            control.stop().await;
        }
        if let Some(runner) = self.runner.into_inner() {
            runner.stop().await;
        }
        for chore in &self.chores {
            chore.abort();
        }
        if let Some(queue) = self.services.queue.get().cloned() {
            let _ = spawn_blocking(move || queue.close()).await;
        }
        self.services.deliver.close().await;
        self.services.directory.shutdown().await;
        let services = Arc::clone(&self.services);
        let _ = spawn_blocking(move || services.unknown.save(&services.events)).await;
        self.workers.end();
    }
}

impl Listeners {
    /// Closes those that `config` does not name. They are not dropped: that would cut their sessions short.
    fn keep(&mut self, config: &Config) {
        self.leaving.retain(|one| !one.has_ended());
        let named = |one: &mut Listening| {
            config
                .listeners
                .iter()
                .any(|listener| listener.address == one.listener.address)
        };
        for one in self.open.extract_if(.., |one| !named(one)) {
            one.turn(Phase::Draining);
            self.leaving.push(one);
        }
    }
}

/// A socket for each worker.
fn sockets(
    listener: &Listener,
    passed: &mut Vec<StdListener>,
    listeners: usize,
    count: usize,
) -> Result<Vec<StdListener>, StartError> {
    let matching = passed.iter().position(|one| {
        one.local_addr()
            .is_ok_and(|address| address == listener.address)
    });
    let only = (listeners == 1 && passed.len() == 1).then_some(0);
    let sockets = match matching.or(only) {
        Some(index) => accept::share(&passed.swap_remove(index), count),
        None => accept::bind(listener, count),
    };
    let (name, address) = (listener.name.clone(), listener.address);
    sockets.map_err(|error| StartError::Listen {
        name,
        address,
        error,
    })
}

/// Certificates are renewed by others; a changed file is in use a second later, and a broken one is not.
async fn watch_files(services: Arc<Services>) {
    let mut ticks = interval(limits::FILES_INTERVAL);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut refused: Option<Stamp> = None;
    loop {
        ticks.tick().await;
        let current = services.generation.load_full();
        let stamp = Stamp::of(&current.config);
        if stamp == current.stamp || refused.as_ref() == Some(&stamp) {
            continue;
        }
        match Generation::load(Arc::clone(&current.config)) {
            Ok(fresh) => {
                // Unless a reload was faster: its configuration is not to be undone.
                let before = services
                    .generation
                    .compare_and_swap(&current, Arc::new(fresh));
                if Arc::ptr_eq(&before, &current) {
                    services.events.emit(Event::TlsReloaded);
                }
            }
            Err(error) => {
                refused = Some(stamp);
                services.events.emit(Event::TlsReloadFailed {
                    why: error.to_string(),
                });
            }
        }
    }
}

/// Tells of certificates and lists whose time is running out, and of what peers may not like about them: at the start,
/// when they changed, and every [`limits::CERTIFICATES_INTERVAL`].
async fn watch_certificates(services: Arc<Services>) {
    let mut ticks = interval(limits::FILES_INTERVAL);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut told = Told::default();
    let mut looked: Option<(u64, Instant)> = None;
    loop {
        ticks.tick().await;
        let current = services.generation.load_full();
        let lately = |(number, at): (u64, Instant)| {
            number == current.number && at.elapsed() < limits::CERTIFICATES_INTERVAL
        };
        if looked.is_some_and(lately) {
            continue;
        }
        looked = Some((current.number, Instant::now()));
        for (file, finding) in told.fresh(current.material.findings(clock::seconds())) {
            let event = Event::CertificateFound { file, finding };
            services.events.emit(event);
        }
    }
}

async fn sweep_pool(services: Arc<Services>) {
    let mut ticks = interval(limits::POOL_SWEEP);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        services
            .deliver
            .sweep(services.generation.load().number)
            .await;
    }
}

async fn save_unknown(services: Arc<Services>) {
    let mut ticks = interval(limits::UNKNOWN_SAVE);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        let services = Arc::clone(&services);
        // Told as an event, if it fails.
        let _ = spawn_blocking(move || services.unknown.save(&services.events)).await;
    }
}

#[cfg(test)]
mod tests {
    use testbed::client::Client;
    use testbed::sink::Sink;

    use super::*;

    /// A gateway whose only side is `notes`.
    async fn gateway(dir: &std::path::Path, notes: SocketAddr) -> Gateway {
        let people = dir.join("people.csv");
        std::fs::write(&people, "address,side\nnora@contoso.com,notes\n").expect("people");
        let text = format!(
            "hostname = \"mx.contoso.com\"\nstate_dir = {:?}\n\
             [[listener]]\nname = \"mx\"\naddress = \"127.0.0.1:0\"\n\
             [domain.\"contoso.com\"]\npostmaster = \"nora@contoso.com\"\n\
             [side.notes]\nkind = \"domino\"\nnext_hop = [\"{notes}\"]\n\
             [[directory]]\nname = \"people\"\nkind = \"csv\"\npath = {people:?}\n",
            dir.join("state"),
        );
        let loaded =
            Config::parse(&text, "twinmx.toml").unwrap_or_else(|faults| panic!("{faults}"));
        Gateway::start(loaded.config, Events::to_log())
            .await
            .expect("it starts")
    }

    #[tokio::test]
    async fn one_session_past_the_bound_is_turned_away() {
        let dir = tempfile::tempdir().expect("a directory");
        let gateway = gateway(dir.path(), "127.0.0.1:9".parse().expect("an address")).await;
        let mx = gateway.address("mx").await.expect("it listens");
        let others = u32::try_from(limits::SESSIONS - 1).expect("not that many");
        let _others = gateway
            .seats
            .acquire_many(others)
            .await
            .expect("never closed");
        let _last = Client::connect(mx).await.expect("the last seat");
        let mut late = Client::open(mx).await.expect("a connection");
        let reply = late.read_reply().await.expect("a word");
        assert_eq!((reply.code, reply.enhanced()), (421, Some("4.3.2")));
    }

    #[tokio::test]
    async fn one_message_past_those_that_may_be_held_back_waits_with_its_sender() {
        let dir = tempfile::tempdir().expect("a directory");
        let notes = Sink::start().await.expect("a sink");
        let gateway = gateway(dir.path(), notes.addr()).await;
        let mx = gateway.address("mx").await.expect("it listens");
        let mut client = Client::connect(mx).await.expect("a greeting");
        client.ehlo("client.example.net").await.expect("EHLO");
        let hold_back = &gateway.services.hold_back;
        for (others, expected) in [
            (limits::HOLD_BACK_TRANSACTIONS - 1, 250),
            (limits::HOLD_BACK_TRANSACTIONS, 451),
        ] {
            let others = u32::try_from(others).expect("not that many");
            let _others = hold_back.acquire_many(others).await.expect("never closed");
            let to = ["nora@contoso.com"];
            let delivery = client
                .deliver("a@example.net", &to, b"Subject: x\r\n\r\nx\r\n")
                .await;
            assert_eq!(delivery.expect("a dialog").verdict().code, expected);
        }
    }
}
