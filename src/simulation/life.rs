//! One life of the gateway: everything that `gateway` wires, but for sockets, threads and files.

use std::net::SocketAddr;
use std::sync::{Arc, LazyLock, Mutex, OnceLock, PoisonError};
use std::time::Duration;

use arc_swap::ArcSwap;
use spool::{Committer, OpenError, SimulatedDisk, Spool, Steps, Urgency};
use tokio::sync::{Notify, Semaphore, mpsc, watch};
use tokio::task::{JoinHandle, JoinSet};
use tokio::time::{Instant, sleep};

use super::chance::Chance;
use super::hop::Hop;
use super::network::Port;
use super::power::{Power, PoweredDisk};
use super::setting::Setting;
use super::wire::End;
use super::witness::Witnesses;
use crate::accept::Phase;
use crate::clients::{Clients, Regard};
use crate::config::Dns;
use crate::converter::Converter;
use crate::deliver::{Deliver, Dialer};
use crate::directory::Directory;
use crate::dns::Resolver;
use crate::event::{Event, Events, SessionId};
use crate::generation::Generation;
use crate::hold::{HoldMost, Holding};
use crate::limits;
use crate::origin::Peer;
use crate::queue::{Queue, Runner};
use crate::services::Services;
use crate::session;
use crate::socket::Socket;
use crate::trace::LoopKey;
use crate::unknown::Unknown;

/// See the module's text.
#[derive(Debug)]
pub(super) struct Life {
    pub(super) power: Arc<Power>,
    pub(super) queue: Arc<Queue>,
    services: Arc<Services>,
    steps: Arc<Mutex<Option<Steps>>>,
    runner: Mutex<Option<Runner>>,
    sessions: Mutex<JoinSet<()>>,
    phase: watch::Sender<Phase>,
    chores: Vec<JoinHandle<()>>,
    witnesses: Witnesses,
}

/// What a life begins with.
pub(super) struct Birth<'a> {
    pub(super) setting: &'a Setting,
    pub(super) disk: SimulatedDisk,
    pub(super) power: Arc<Power>,
    pub(super) hops: &'a Arc<Vec<Arc<Hop>>>,
    pub(super) witnesses: &'a Witnesses,
    pub(super) chance: Chance,
}

impl Life {
    /// An error if the disk or the power failed while the spool was opened.
    pub(super) fn begin(birth: Birth<'_>) -> Result<Arc<Self>, OpenError> {
        let Birth {
            setting,
            disk,
            power,
            hops,
            witnesses,
            chance,
        } = birth;
        let (events, told) = Events::tapped();
        let disk = Arc::new(PoweredDisk {
            disk,
            power: Arc::clone(&power),
        });
        let (urgent, soon) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
        let steps = Arc::new(Mutex::new(None));
        let start = |spool: &Spool| {
            let (urgent, soon) = (Arc::clone(&urgent), Arc::clone(&soon));
            let came = move |urgency| match urgency {
                Urgency::Now => urgent.notify_one(),
                Urgency::Soon => soon.notify_one(),
            };
            let (committer, stepped) = Committer::stepped(spool.clone(), came);
            *lock(&steps) = Some(stepped);
            Ok(committer)
        };
        let (queue, findings) = Queue::open_on(disk, None, setting.spool, events.clone(), start)?;
        witnesses.note(&format!("the gateway opens its spool: {findings}"));
        let services = services(setting, hops, &power, events, witnesses, &queue);
        let runtime = tokio::runtime::Handle::current();
        let runner = Runner::start(Arc::clone(&queue), Arc::clone(&services), vec![runtime]);
        let chores = vec![
            tokio::spawn(write(Arc::clone(&steps), urgent, soon, chance)),
            tokio::spawn(sweep(Arc::clone(&services))),
            tokio::spawn(listen(told, Arc::clone(&power), witnesses.clone())),
        ];
        Ok(Arc::new(Self {
            power,
            queue,
            services,
            steps,
            runner: Mutex::new(Some(runner)),
            sessions: Mutex::default(),
            phase: watch::channel(Phase::Open).0,
            chores,
            witnesses: witnesses.clone(),
        }))
    }

    /// A client has connected.
    pub(super) fn admit(&self, end: End, address: SocketAddr) {
        self.power.feed(&end);
        let mut sessions = lock(&self.sessions);
        let mut witness = self.witnesses.look();
        witness.see_ends(&mut sessions);
        let number = witness.next_session();
        let peer = Peer {
            address,
            listener: "mx".to_owned(),
            tls: None,
        };
        let (services, phases) = (Arc::clone(&self.services), self.phase.subscribe());
        let config = &services.generation.load().config;
        let regard = Regard::at_the_door(&peer, config);
        let seat = services.clients.admit(peer.ip(), regard, &config.limits);
        let Ok(seat) = seat else {
            return; // it finds the connection closed
        };
        sessions.spawn(session::drive(
            Socket::Simulated(end),
            peer,
            SessionId(number),
            seat,
            Arc::clone(&services),
            phases,
        ));
    }

    /// The directory has changed.
    pub(super) fn reads_directory(&self) {
        self.services
            .directory
            .put(self.witnesses.look().people.snapshot());
    }

    /// It is gone from one instant to the next.
    pub(super) fn breaks_off(&self) {
        self.power.cut();
        let mut sessions = lock(&self.sessions);
        self.witnesses.look().see_ends(&mut sessions);
        sessions.abort_all();
        for chore in &self.chores {
            chore.abort();
        }
        drop(lock(&self.steps).take());
        if let Some(runner) = lock(&self.runner).take() {
            // What it has begun finds neither disk nor network.
            tokio::spawn(runner.stop());
        }
    }

    /// It ends as it should.
    pub(super) async fn drains(&self) {
        self.phase.send_replace(Phase::Draining);
        sleep(Duration::from_secs(1)).await;
        let runner = lock(&self.runner).take();
        if let Some(runner) = runner {
            runner.stop().await;
        }
        self.queue.close();
        if let Some(steps) = &*lock(&self.steps) {
            while steps.write() {}
        }
        self.breaks_off();
    }
}

fn services(
    setting: &Setting,
    hops: &Arc<Vec<Arc<Hop>>>,
    power: &Arc<Power>,
    events: Events,
    witnesses: &Witnesses,
    queue: &Arc<Queue>,
) -> Arc<Services> {
    let config = &setting.config;
    let port = Port {
        hops: Arc::clone(hops),
        power: Arc::clone(power),
    };
    let generation = Generation::load(Arc::clone(config)).expect("it names no files");
    let loop_key = LoopKey::load(config.loop_key.as_deref(), &config.state_dir);
    let resolver = NOBODY_ASKED.clone();
    Arc::new(Services {
        generation: ArcSwap::from_pointee(generation),
        directory: Directory::of(witnesses.look().people.snapshot()),
        deliver: Deliver::new(Dialer::Simulated(port), resolver.clone(), events.clone()),
        resolver,
        clients: Clients::default(),
        loop_key: loop_key.expect("it is there"),
        events,
        hold_back: Arc::new(Semaphore::new(limits::HOLD_BACK_TRANSACTIONS)),
        queue: OnceLock::from(Arc::clone(queue)),
        holding: Arc::new(Holding::new(config.state_dir.clone(), HoldMost::default())),
        converter: Converter::new(),
        unknown: Unknown::nowhere(),
    })
}

/// Hops are addresses here. One for all lives: with each the library would read the system's roots again.
static NOBODY_ASKED: LazyLock<Resolver> = LazyLock::new(|| {
    let dns = Dns {
        servers: vec![([127, 0, 0, 1], 53).into()],
        timeout: Duration::from_secs(1),
        special_networks: Vec::new(),
    };
    Resolver::new(&dns, Events::tapped().0).expect("it is made without asking")
});

/// The thread of the spool, as a task.
async fn write(
    steps: Arc<Mutex<Option<Steps>>>,
    urgent: Arc<Notify>,
    soon: Arc<Notify>,
    mut chance: Chance,
) {
    let company = Duration::from_millis(spool::limits::SOON_MILLISECONDS);
    loop {
        tokio::select! {
            biased;
            () = urgent.notified() => {}
            () = soon.notified() => tokio::select! {
                biased;
                () = urgent.notified() => {}
                () = sleep(company) => {}
            },
        }
        let slowest = if chance.one_in(30) { SLOWEST } else { 15 };
        sleep(chance.millis(1..=slowest)).await;
        let is_alone = chance.one_in(4);
        let steps = lock(&steps);
        let Some(steps) = &*steps else { return };
        while steps.write() {}
        while is_alone && steps.reclaim() {}
    }
}

async fn sweep(services: Arc<Services>) {
    loop {
        sleep(limits::POOL_SWEEP).await;
        services
            .deliver
            .sweep(services.generation.load().number)
            .await;
    }
}

/// What the gateway tells its operator is a part of the trace.
async fn listen(mut told: mpsc::UnboundedReceiver<Event>, power: Arc<Power>, witnesses: Witnesses) {
    while let Some(event) = told.recv().await {
        if !power.is_on() {
            return;
        }
        let mut witness = witnesses.look();
        match &event {
            Event::Outcome(one) => witness.note(&format!(
                "  {} {:?} to {}: {:?} {}",
                one.queue_id.as_deref().unwrap_or("-"),
                one.from,
                one.to,
                one.result,
                one.reply
            )),
            Event::SpoolFailed { .. } => {
                witness.disk_failures.push(Instant::now());
                witness.note(&format!("  {event:?}"));
            }
            other => witness.note(&format!("  {other:?}")),
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Milliseconds that a disk takes at most.
pub(super) const SLOWEST: u64 = 500;
