//! The stage: a directory of its own, certificates, houses, people, and the gateway in the middle.

use std::fs;
use std::io;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use routing::{Address, Snapshot};
use tempfile::TempDir;
use testbed::certificates::{Authority, Leaf};
use testbed::people::{self, Person, Side};
use tokio::sync::mpsc::UnboundedReceiver;
use tokio::time::timeout;

use super::cast::Cast;
use super::configuration::{self, NORTHWIND, ON_PREMISES, PEOPLE};
use super::dialog::{self, DialogError, Heard};
use super::house::{Arrivals, House, Houses};
use super::review::{Review, Witnessed};
use super::scene::{Moment, Scene};
use crate::config::{Config, Diagnostics};
use crate::directory::Kept;
use crate::event::{Event, Events};
use crate::gateway::{Gateway, StartError};
use crate::workers::Workers;

/// Everything that takes part. Dropped, it leaves nothing behind.
#[derive(Debug)]
pub struct Stage {
    gateway: Gateway,
    events: UnboundedReceiver<Event>,
    houses: Houses,
    cast: Cast,
    people: Vec<Person>,
    config: Config,
    directory: TempDir,
}

/// Why there is no stage.
#[derive(Debug, thiserror::Error)]
pub enum StageError {
    /// Its directory, or a file in it.
    #[error("the demonstration cannot write its files: {0}")]
    Files(#[source] io::Error),
    /// A socket on loopback.
    #[error("no port of 127.0.0.1 could be had: {0}")]
    Port(#[source] io::Error),
    /// The configuration written for it.
    #[error("the demonstration's own configuration is wrong:\n{0}")]
    Configuration(Box<Diagnostics>),
    /// The gateway.
    #[error("the gateway did not start: {0}")]
    Gateway(#[from] StartError),
    /// The people.
    #[error("the directory of people was not read")]
    People,
}

impl Stage {
    /// Sets it up. Ports are the system's choice, and every file is in a temporary directory.
    pub(super) async fn set() -> Result<Self, StageError> {
        let directory = tempfile::Builder::new()
            .prefix("twinmx-demo-")
            .tempdir()
            .map_err(StageError::Files)?;
        let root = Authority::new("Demonstration root");
        let issuer = root.intermediate("Demonstration issuer");
        // Without an intermediate: swaks, with which `--stay` invites to play the cloud, shows only the first of a chain.
        let cloud = root.issue(&Leaf::new("mail.protection.outlook.com"));
        let own = issuer.issue(&Leaf::new("mx.contoso.com"));
        let houses = Houses::open(&root, &cloud)
            .await
            .map_err(StageError::Port)?;
        let (sockets, [mx, inside]) = sockets().map_err(StageError::Port)?;
        let people = people::all();
        let write = || {
            root.write_to(directory.path(), "root")?;
            own.write_to(directory.path(), "mx")?;
            cloud.write_to(directory.path(), "cloud")?;
            replace(directory.path(), PEOPLE, &people::csv_of(&people))?;
            replace(directory.path(), NORTHWIND, NORTHWIND_PEOPLE)?;
            replace(directory.path(), ON_PREMISES, ON_PREMISES_PEOPLE)?;
            replace(
                directory.path(),
                CONFIGURATION,
                &configuration::text(directory.path(), mx, inside, &houses),
            )
        };
        write().map_err(StageError::Files)?;
        let loaded = Config::load(&directory.path().join(CONFIGURATION));
        let config = loaded
            .map_err(|faults| StageError::Configuration(Box::new(faults)))?
            .config;
        let (events, tap) = Events::tapped();
        let gateway = Gateway::start_on(config.clone(), events, sockets, Workers::here()).await?;
        let cast = Cast::new(mx, inside, &root, &cloud);
        let mut stage = Self {
            gateway,
            events: tap,
            houses,
            cast,
            people,
            config,
            directory,
        };
        let everybody = stage.people.len() + 1; // and the one of northwind
        stage.read(|snapshot| snapshot.len() == everybody).await?;
        stage.events_so_far(); // of the start
        Ok(stage)
    }

    /// Performs a scene and compares what came of it with what must.
    pub(super) async fn perform(&mut self, number: usize, scene: Scene) -> Review {
        if let Some(address) = scene.moves(Moment::Before)
            && let Err(error) = self.move_to_cloud(address).await
        {
            return Review::cut_short(number, &scene, &error.to_string());
        }
        let first = scene.to.first().map_or("", |recipient| recipient.path);
        let sent = scene.letter.sent(scene.from, first, number);
        let before = House::ALL.map(|house| self.houses.arrivals(house));
        let waiting = self.gateway.waiting();
        if let Some(house) = scene.asleep {
            self.houses.at(house).go_down().await;
        }
        let heard = self.dialog(&scene, &sent).await;
        if let Some(house) = scene.asleep {
            self.houses.at(house).come_back().await;
        }
        if scene.report.is_some() || scene.asleep.is_some() {
            for before in &before {
                self.arrive(&scene, before).await;
            }
            self.settle(waiting).await;
        }
        let arrivals = before.map(|before| self.houses.arrivals(before.house).since(&before));
        Review::of(
            number,
            &scene,
            &Witnessed {
                heard,
                arrivals,
                events: self.events_so_far(),
                conflicts: match scene.explained {
                    [] => Vec::new(),
                    _ => self.conflicts(),
                },
            },
        )
    }

    /// Waits for what comes after the reply. What does not come is found in the review.
    async fn arrive(&self, scene: &Scene, before: &Arrivals) {
        let expected = before.messages.len() + scene.messages(before.house);
        let sink = self.houses.at(before.house);
        let _ = sink
            .wait_until("the messages of the scene", |book| {
                book.accepted().len() >= expected
            })
            .await;
    }

    /// Waits until no more messages are kept than were before.
    async fn settle(&self, waiting: usize) {
        let settled = async {
            while self.gateway.waiting() > waiting {
                tokio::task::yield_now().await;
            }
        };
        let _ = timeout(testbed::limits::WAIT, settled).await; // what is not told then is found in the review
    }

    async fn dialog(&mut self, scene: &Scene, letter: &[u8]) -> Result<Heard, DialogError> {
        let client = self.cast.session(scene.speaker).await?;
        let begun = dialog::begin(client, scene).await?;
        if let Some(address) = scene.moves(Moment::Within) {
            let moved = self.move_to_cloud(address).await;
            moved.map_err(|error| DialogError::Moving(error.to_string()))?;
        }
        begun.end(scene, letter, &self.houses).await
    }

    /// Where the directories contradict each other, with what mends it; as `twinmx directory conflicts` finds it.
    fn conflicts(&self) -> Vec<String> {
        let kept = Kept::open(&self.config);
        let people = kept.people().into_iter().flatten().filter_map(Result::ok);
        let conflicts = people.flat_map(|person| kept.conflicts(&person));
        let told = conflicts.map(|conflict| match &conflict.fix {
            Some(fix) => format!("{conflict}; to mend it: {fix}"),
            None => conflict.to_string(),
        });
        told.collect()
    }

    /// Somebody's mailbox moves: the file changes, and the gateway is waited for to see it.
    async fn move_to_cloud(&mut self, address: &str) -> Result<(), StageError> {
        for person in self
            .people
            .iter_mut()
            .filter(|person| person.address == address)
        {
            *person = person.clone().moved_to(Side::Cloud);
        }
        replace(self.directory.path(), PEOPLE, &people::csv_of(&self.people))
            .map_err(StageError::Files)?;
        let address = Address::parse(address).map_err(|_| StageError::People)?;
        self.read(|snapshot| {
            let side = snapshot
                .lookup(&address)
                .and_then(|person| person.side().cloned());
            side.is_some_and(|side| side.as_str() == House::Cloud.side())
        })
        .await
    }

    async fn read(&self, wanted: impl FnMut(&Snapshot) -> bool) -> Result<(), StageError> {
        let read = timeout(
            testbed::limits::WAIT,
            self.gateway.directory().wait_for(wanted),
        );
        let _: Arc<Snapshot> = read.await.ok().flatten().ok_or(StageError::People)?;
        Ok(())
    }

    /// The gateway tells of an outcome before it answers, so all of a finished dialog is here.
    fn events_so_far(&mut self) -> Vec<Event> {
        std::iter::from_fn(|| self.events.try_recv().ok()).collect()
    }

    /// The next thing that the gateway has to tell; `None` when it is gone.
    pub async fn next_event(&mut self) -> Option<Event> {
        self.events.recv().await
    }

    /// Where everybody may speak.
    pub fn mx(&self) -> SocketAddr {
        self.cast.mx
    }

    /// Where Notes speaks: whoever connects there is taken for it.
    pub fn inside(&self) -> SocketAddr {
        self.cast.inside
    }

    /// The directory of everything.
    pub fn directory(&self) -> &Path {
        self.directory.path()
    }

    /// The configuration that is in force.
    pub fn configuration(&self) -> PathBuf {
        self.directory.path().join(CONFIGURATION)
    }

    /// Ends it.
    pub async fn clear(self) {
        self.gateway.drain().await;
    }
}

fn sockets() -> io::Result<(Vec<TcpListener>, [SocketAddr; 2])> {
    let bind = || TcpListener::bind((Ipv4Addr::LOCALHOST, 0));
    let (mx, inside) = (bind()?, bind()?);
    let addresses = [mx.local_addr()?, inside.local_addr()?];
    Ok((vec![mx, inside], addresses))
}

/// A reader sees the old file or the new one, never a part of one.
fn replace(directory: &Path, name: &str, text: &str) -> io::Result<()> {
    let draft = directory.join(format!("{name}.new"));
    fs::write(&draft, text)?;
    fs::rename(draft, directory.join(name))
}

const CONFIGURATION: &str = "twinmx.toml";

const NORTHWIND_PEOPLE: &str = "address,side,routing_address,aliases\n\
                                vera.lind@northwind.com,northwind,vera.lind@northwind.mail.onmicrosoft.com,\n";

/// What Active Directory says of one of the fifty.
const ON_PREMISES_PEOPLE: &str = "Guid,DistinguishedName,PrimarySmtpAddress,EmailAddresses,RecipientTypeDetails,ExternalEmailAddress\n\
    3d5e4a52-0c70-4b7e-9a3e-1f6d2c8b9a01,\"CN=Pekka Mäkelä,OU=People,DC=contoso,DC=com\",pekka.makela@contoso.com,\
    SMTP:pekka.makela@contoso.com,MailUser,SMTP:pekka.makela@contoso.com\n";
