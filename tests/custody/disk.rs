//! The program on a disk that is small, or full.

use std::fs::{self, File};
use std::io::{ErrorKind, Write};
use std::path::Path;
use std::sync::Arc;

use tempfile::TempDir;
use testbed::client::Client;
use testbed::reply::Reply;
use testbed::sink::Sink;
use testbed::witness::{Arrivals, Letter, unaltered};
use tokio::time::timeout;

use super::{FROM, NORA, WAIT, write_configuration};
use crate::program::{Program, free_port};
use crate::tmpfs::Tmpfs;

/// A program whose state is on a file system of its own, and its hop.
struct House {
    program: Program,
    disk: Tmpfs,
    hop: Arc<Sink>,
    arrivals: Arc<Arrivals>,
    content: fn(Letter) -> Vec<u8>,
    next: usize,
    accepted: Vec<Letter>,
}

impl House {
    async fn with(options: &str, content: fn(Letter) -> Vec<u8>) -> Self {
        let hop = Arc::new(Sink::start().await.expect("a hop"));
        let arrivals = Arc::new(Arrivals::default());
        tokio::spawn(Arc::clone(&arrivals).collect(Arc::clone(&hop), unaltered(1, content)));
        let dir = tempfile::tempdir().expect("a directory");
        let mx = free_port();
        write_configuration(dir.path(), mx, [hop.addr(), hop.addr()]);
        let state = dir.path().join("state");
        fs::create_dir(&state).expect("a directory");
        let disk = Tmpfs::mount(&state, options);
        Self {
            program: Program::launch_behind(&disk.door(), dir, mx),
            disk,
            hop,
            arrivals,
            content,
            next: 0,
            accepted: Vec::new(),
        }
    }

    /// As after a loss of power.
    fn restarted(self) -> Self {
        let mx = self.program.mx;
        let dir: TempDir = self.program.kill();
        Self {
            program: Program::launch_behind(&self.disk.door(), dir, mx),
            ..self
        }
    }

    /// Sends the next letter.
    async fn send(&mut self, client: &mut Client) -> Reply {
        let letter = Letter(self.next);
        self.next += 1;
        let sent = (self.content)(letter);
        let delivery = client.deliver(FROM, &[NORA], &sent).await;
        let reply = delivery.expect("a dialog").verdict().clone();
        match reply.code {
            250 => self.accepted.push(letter),
            _ => assert_eq!((reply.code, reply.enhanced()), (452, Some("4.3.1"))),
        }
        reply
    }

    async fn sends(&mut self, count: usize) {
        let mut client = self.program.client().await;
        for _ in 0..count {
            let reply = self.send(&mut client).await;
            assert_eq!(reply.code, 250, "{reply:?}");
        }
    }

    /// Sends until nothing more is taken.
    async fn sends_until_refused(&mut self) {
        let mut client = self.program.client().await;
        let refused = async { while self.send(&mut client).await.code == 250 {} };
        timeout(WAIT, refused).await.expect("there is an end");
    }

    /// Sends until something is taken.
    async fn sends_until_accepted(&mut self) {
        let mut client = self.program.client().await;
        let accepted = async { while self.send(&mut client).await.code != 250 {} };
        timeout(WAIT, accepted).await.expect("there is room again");
    }

    /// Everything that was accepted is there, once.
    async fn gets_everything(&self) {
        if timeout(WAIT, self.arrivals.has(&self.accepted))
            .await
            .is_err()
        {
            panic!("lost: {:?}", self.arrivals.missing(&self.accepted));
        }
        assert_eq!(self.arrivals.damaged(), [""; 0]);
        assert_eq!(self.arrivals.count(), self.accepted.len());
        assert_eq!(self.arrivals.extra(), 0);
    }
}

/// Takes every octet.
fn fill(disk: &Path) {
    let mut file = File::create(disk.join(FILLER)).expect("it can be made");
    for size in [64 << 10, 4 << 10, 1] {
        let full = loop {
            if let Err(error) = file.write_all(&vec![1; size]) {
                break error;
            }
        };
        assert_eq!(full.kind(), ErrorKind::StorageFull);
    }
}

/// Takes every inode.
fn fill_inodes(disk: &Path) {
    let folder = disk.join(FILLER);
    fs::create_dir(&folder).expect("it can be made");
    let made = |number: usize| File::create(folder.join(number.to_string()));
    let full = (0..).find_map(|number| made(number).err());
    assert_eq!(full.map(|error| error.kind()), Some(ErrorKind::StorageFull));
}

const FILLER: &str = "filler";

/// Others fill it while mail comes for a side that is down; then the program is killed, and the side comes back.
async fn is_filled(mut house: House, fill: fn(&Path)) {
    house.hop.go_down().await;
    house.sends(20).await;
    let path = house.disk.path();
    let filled = tokio::task::spawn_blocking(move || fill(&path));
    house.sends_until_refused().await;
    filled.await.expect("no panic");
    house = house.restarted();
    let before = house.accepted.len();
    house.sends_until_refused().await;
    assert_eq!(house.accepted.len(), before, "it is as full as it was");
    house.hop.come_back().await;
    house.gets_everything().await;
    let filler = house.disk.path().join(FILLER);
    let removed = fs::remove_dir_all(&filler).or_else(|_| fs::remove_file(&filler));
    removed.expect("it is there");
    house.hop.go_down().await;
    house.sends_until_accepted().await;
    house.sends(10).await;
    house = house.restarted();
    house.hop.come_back().await;
    house.gets_everything().await;
    println!("{} letters accepted, and all arrived", house.accepted.len());
}

#[tokio::test]
async fn what_was_accepted_survives_a_disk_without_room() {
    let of_all_sizes = |letter: Letter| letter.of_lines([10, 500, 10_000][letter.0 % 3]);
    let house = House::with("size=64m", of_all_sizes).await;
    is_filled(house, fill).await;
}

#[tokio::test]
async fn what_was_accepted_survives_a_disk_without_inodes() {
    // Each is a file of its own.
    let large = |letter: Letter| letter.of_lines(10_000);
    let house = House::with("size=64m,nr_inodes=200", large).await;
    is_filled(house, fill_inodes).await;
}

#[tokio::test]
async fn sixty_four_mebibytes_are_enough() {
    let mut house = House::with("size=64m", |letter| letter.of_lines(2_000)).await;
    let mut counts = Vec::new();
    // More in all than it has room for at a time.
    for _ in 0..2 {
        let before = house.accepted.len();
        house.hop.go_down().await;
        house.sends_until_refused().await;
        counts.push(house.accepted.len() - before);
        house.hop.come_back().await;
        house.gets_everything().await;
    }
    println!("{counts:?} letters of 100 KB waited at a time");
    assert!(counts.iter().all(|count| *count > 400), "{counts:?}");
}
