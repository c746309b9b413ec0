use std::sync::Mutex;
use std::time::Instant;

use book::{Entry, Key, Location, System};
use mirror::{Extent, Mirror};
use routing::{Address, UnixTime};
use sources::Progress;
use tempfile::TempDir;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use super::*;
use crate::code::Code;
use crate::directory::keeper::Keeper;
use crate::directory::server::{Answer, ServerError, Servers};
use crate::event::{Event, Events};

/// What a server does when it is read next.
enum Say {
    /// So many people, and some of them in the cloud.
    People {
        count: usize,
        cloud: usize,
    },
    Fail,
    /// A page, and then nothing more.
    Half,
    Die,
}

/// A server that does what the test says.
struct Scripted {
    script: UnboundedReceiver<Say>,
    next: Option<Say>,
}

impl Server for Scripted {
    fn fingerprint(&self) -> String {
        "scripted".into()
    }

    fn round<'a>(
        &'a mut self,
        mirror: &'a mut Mirror,
        _: &'a mut dyn FnMut(Progress),
    ) -> Answer<'a, Result<(), ServerError>> {
        Box::pin(async {
            let say = match self.next.take() {
                Some(say) => say,
                None => self.script.recv().await.unwrap(),
            };
            match say {
                Say::People { count, cloud } => fill(mirror, count, cloud),
                Say::Fail => Err(ServerError {
                    why: "it does not answer".into(),
                    retry_after: Some(Duration::ZERO),
                    is_damage: false,
                }),
                Say::Half => {
                    let mut round = mirror.round(Extent::Full).unwrap();
                    round.put(&person(0, true)).unwrap();
                    round.commit(Some("half")).unwrap();
                    std::future::pending().await
                }
                Say::Die => panic!("as the test says"),
            }
        })
    }

    fn wait(&mut self) -> Answer<'_, ()> {
        Box::pin(async {
            if self.next.is_none() {
                self.next = self.script.recv().await;
            }
            if self.next.is_none() {
                std::future::pending().await
            }
        })
    }
}

fn person(number: usize, is_in_cloud: bool) -> Entry {
    let side = if is_in_cloud { "other" } else { "notes" };
    let key = Key::from_text(&format!("id-{number}")).unwrap();
    let mut entry = Entry::new(key, Location::In(System::Side(side.into())));
    entry.primary = Some(address(number));
    entry
}

fn address(number: usize) -> Address {
    Address::parse(&format!("p{number}@c.example")).unwrap()
}

fn fill(mirror: &mut Mirror, count: usize, cloud: usize) -> Result<(), ServerError> {
    let mut round = mirror.round(Extent::Full).unwrap();
    for number in 0..count {
        round.put(&person(number, number < cloud)).unwrap();
    }
    round.finish(Some("end")).unwrap();
    Ok(())
}

/// A keeper with one server.
struct Bench {
    keeper: Option<Keeper>,
    events: UnboundedReceiver<Event>,
    say: UnboundedSender<Say>,
    dir: TempDir,
}

impl Bench {
    fn new(first: Say) -> Self {
        Self::at(tempfile::tempdir().unwrap(), first)
    }

    fn at(dir: TempDir, first: Say) -> Self {
        let (say, script) = unbounded_channel();
        say.send(first).unwrap_or_else(|_| panic!("it listens"));
        let script = Mutex::new(Some(script));
        let servers = Servers::by(move |_, _| {
            let (script, next) = (script.lock().unwrap().take()?, None);
            Some(Box::new(move || {
                Box::new(Scripted { script, next }) as Box<dyn Server>
            }))
        });
        let (events, tap) = Events::tapped();
        let keeper = Keeper::open_with(config(&dir), events, servers);
        Self {
            keeper: Some(keeper),
            events: tap,
            say,
            dir,
        }
    }

    fn say(&self, say: Say) {
        self.say.send(say).unwrap_or_else(|_| panic!("it listens"));
    }

    fn look(&mut self) {
        let keeper = self.keeper.take().unwrap();
        self.keeper = Some(keeper.look(now()));
    }

    /// Looks until an event has come, and gives all until then.
    fn until(&mut self, code: Code) -> Vec<Code> {
        let (mut codes, since) = (Vec::new(), Instant::now());
        while !codes.contains(&code) {
            assert!(since.elapsed() < Duration::from_secs(20), "{codes:?}");
            self.look();
            while let Ok(event) = self.events.try_recv() {
                codes.extend(event.code());
            }
            thread::yield_now();
        }
        codes
    }

    fn snapshot(&self) -> Arc<Snapshot> {
        self.keeper.as_ref().unwrap().snapshot()
    }

    fn side_of(&self, number: usize) -> Option<String> {
        let snapshot = self.snapshot();
        let view = snapshot.lookup(&address(number))?;
        view.side().map(ToString::to_string)
    }

    fn stop(self) -> TempDir {
        self.keeper.unwrap().close();
        self.dir
    }
}

fn config(dir: &TempDir) -> Arc<Config> {
    let dir = dir.path().display();
    let text = format!(
        "hostname = \"mx.c.example\"\nstate_dir = \"{dir}\"\n[[listener]]\nname = \"mx\"\naddress = \"127.0.0.1:0\"\n\
         [domain.\"c.example\"]\npostmaster = \"p@c.example\"\n\
         [side.notes]\nkind = \"domino\"\nnext_hop = [\"notes.c.example:25\"]\n\
         [side.other]\nkind = \"smtp\"\nnext_hop = [\"other.c.example:25\"]\n\
         [[directory]]\nname = \"server\"\nkind = \"csv\"\npath = \"{dir}/none\"\n"
    );
    let read = Config::parse(&text, "test.toml");
    Arc::new(read.unwrap_or_else(|faults| panic!("{faults}")).config)
}

fn people(count: usize, cloud: usize) -> Say {
    Say::People { count, cloud }
}

#[test]
fn what_a_server_says_comes_in_force() {
    let mut bench = Bench::new(people(100, 0));
    bench.until(Code::DIRECTORY_CHANGED);
    while bench.snapshot().len() != 100 {
        bench.until(Code::DIRECTORY_CHANGED);
    }
    bench.say(people(100, 1));
    bench.until(Code::DIRECTORY_CHANGED);
    assert_eq!(bench.side_of(0).as_deref(), Some("other"));
    assert!(
        bench
            .snapshot()
            .age(now())
            .is_some_and(|age| age < Duration::from_secs(20))
    );
}

/// A bench in which a hundred people are in force.
fn with_people() -> Bench {
    let mut bench = Bench::new(people(100, 0));
    while bench.snapshot().len() != 100 {
        bench.until(Code::DIRECTORY_CHANGED);
    }
    bench
}

#[test]
fn a_server_that_fails_or_says_half_changes_nothing() {
    let mut bench = with_people();
    bench.say(Say::Fail);
    assert_eq!(bench.until(Code::SOURCE_FAILED), [Code::SOURCE_FAILED]);
    bench.say(people(100, 0));
    bench.until(Code::SOURCE_BACK);
    bench.say(people(50, 0));
    bench.until(Code::SOURCE_HELD_BACK);
    assert_eq!(bench.snapshot().len(), 100);
    bench.say(people(0, 0));
    bench.until(Code::SOURCE_HELD_BACK);
    assert_eq!(bench.snapshot().len(), 100);
}

#[test]
fn what_is_held_back_counts_once_it_is_approved() {
    let mut bench = with_people();
    bench.say(people(100, 40));
    bench.until(Code::SOURCE_HELD_BACK);
    assert_eq!(bench.side_of(0).as_deref(), Some("notes"));
    let file = bench.dir.path().join("directory/server.sqlite");
    let proposal = mirror::View::open(&file).unwrap().proposal().unwrap();
    assert_eq!(proposal.moved, 40);
    approval::approve(bench.dir.path(), "server", &proposal.digest.to_string()).unwrap();
    bench.until(Code::DIRECTORY_CHANGED);
    assert_eq!(bench.side_of(0).as_deref(), Some("other"));
    assert_eq!(approval::approved(bench.dir.path(), "server"), None);
}

#[test]
fn a_restart_in_the_middle_of_a_page_goes_on_from_what_was_believed() {
    let mut bench = with_people();
    bench.say(Say::Half);
    bench.look();
    let bench = Bench::at(bench.stop(), Say::Fail);
    let mut bench = bench;
    bench.until(Code::SOURCE_FAILED);
    assert_eq!(
        (bench.snapshot().len(), bench.side_of(0).as_deref()),
        (100, Some("notes"))
    );
    assert!(
        bench
            .snapshot()
            .age(UnixTime::from_seconds(now().seconds() + 5))
            .is_some()
    );
}

#[test]
fn where_the_snapshot_is_lost_the_mirror_says_when_it_was_read() {
    let dir = with_people().stop();
    std::fs::remove_file(dir.path().join(crate::directory::SNAPSHOT_FILE)).unwrap();
    let mut bench = Bench::at(dir, Say::Fail);
    bench.until(Code::SOURCE_FAILED);
    assert_eq!(bench.snapshot().len(), 100);
    assert!(bench.snapshot().age(now()).is_some());
}

#[test]
fn a_thread_that_dies_is_told() {
    let mut bench = with_people();
    bench.say(Say::Die);
    bench.until(Code::SOURCE_FAILED);
    assert_eq!(bench.snapshot().len(), 100);
}

#[test]
fn a_server_that_fails_is_asked_ever_less_often_up_to_a_bound() {
    let spans = [0, 1, 4, 5, 6, u32::MAX].map(|failures| backoff(failures).as_secs());
    let max = DIRECTORY_RETRY_MAX.as_secs();
    assert_eq!(spans, [10, 20, 160, max, max, max]);
}
