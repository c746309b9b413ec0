//! The store beside a raw preallocated log with group commit, and beside one file a message.
//!
//! `store DIR [SECONDS ROUNDS]` measures writing, `recovery DIR` reading it all back, `memory DIR` the index. The three kinds of
//! writing take turns in one run, so that a disk that is shared with others is so for all of them.

use std::fs::{self, File};
use std::io::{IoSlice, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, mpsc};
use std::thread;
use std::time::{Duration, Instant};

use bytes::Bytes;
use spool::{Batch, Committer, Content, Entry, Options, Spool, SystemDisk, Urgency};

const MESSAGE_OCTETS: usize = 10_000;
const META_OCTETS: usize = 300;
const LOG_OCTETS: u64 = 1 << 30;
const WRITERS: [usize; 3] = [1, 20, 100];

/// One way to store a message durably.
trait Store: Send + Sync {
    fn store(&self, message: &Bytes);
}

fn main() {
    let mut arguments = std::env::args()
        .skip(1)
        .filter(|argument| argument != "--bench");
    let mode = arguments.next().unwrap_or_default();
    let home = PathBuf::from(arguments.next().unwrap_or_else(|| ".".to_owned()));
    let home = home.join("store-bench");
    let mut number = |default: u64| {
        arguments
            .next()
            .map_or(default, |text| text.parse().expect("a number"))
    };
    match mode.as_str() {
        "store" => writing(&home, Duration::from_secs_f64(number(1) as f64), number(3)),
        "recovery" => recovery(&home, number(100_000)),
        "memory" => memory(&home, number(1_000_000)),
        _ => {
            println!("store DIR [SECONDS ROUNDS] | recovery DIR [MESSAGES] | memory DIR [MESSAGES]")
        }
    }
    let _ = fs::remove_dir_all(&home);
}

fn writing(home: &Path, time: Duration, rounds: u64) {
    let names = ["spool", "raw log", "a file each"];
    println!(
        "{:>8} {:>12} {:>12} {:>12} {:>8} {:>8}",
        "writers", names[0], names[1], names[2], "of raw", "of files"
    );
    for writers in WRITERS {
        let mut rates = vec![Vec::new(); 3];
        for _ in 0..rounds {
            for (kind, rates) in rates.iter_mut().enumerate() {
                let _ = fs::remove_dir_all(home);
                fs::create_dir_all(home).expect("a directory to write to");
                let store: Arc<dyn Store> = match kind {
                    0 => Arc::new(Spooled::new(home)),
                    1 => Arc::new(RawLog::new(home)),
                    _ => Arc::new(Files::new(home)),
                };
                let (rate, p50, p99) = run(&store, writers, time);
                rates.push(rate);
                println!(
                    "{{\"store\":\"{}\",\"writers\":{writers},\"rate\":{rate:.0},\"p50_us\":{p50},\"p99_us\":{p99}}}",
                    names[kind]
                );
            }
        }
        let ratio = |over: usize| {
            median(
                (0..rounds as usize)
                    .map(|r| rates[0][r] / rates[over][r])
                    .collect(),
            )
        };
        let [a, b, c] = [0, 1, 2].map(|kind| median(rates[kind].clone()));
        println!(
            "{writers:>8} {a:>12.0} {b:>12.0} {c:>12.0} {:>8.2} {:>8.2}",
            ratio(1),
            ratio(2)
        );
    }
}

/// Messages a second, and how long half and all but a hundredth of them took at most, in microseconds.
fn run(store: &Arc<dyn Store>, writers: usize, time: Duration) -> (f64, u128, u128) {
    let message = Bytes::from(vec![b'x'; MESSAGE_OCTETS]);
    let stop = Arc::new(AtomicBool::new(false));
    let begin = Instant::now();
    let threads: Vec<_> = (0..writers)
        .map(|_| {
            let (store, stop, message) = (Arc::clone(store), Arc::clone(&stop), message.clone());
            thread::spawn(move || {
                let mut times = Vec::new();
                while !stop.load(Ordering::Relaxed) {
                    let begin = Instant::now();
                    store.store(&message);
                    times.push(begin.elapsed().as_micros());
                }
                times
            })
        })
        .collect();
    thread::park_timeout(time);
    stop.store(true, Ordering::Relaxed);
    let mut times: Vec<_> = threads
        .into_iter()
        .flat_map(|t| t.join().expect("a writer"))
        .collect();
    let seconds = begin.elapsed().as_secs_f64();
    times.sort_unstable();
    let at = |part: f64| times[((times.len() - 1) as f64 * part) as usize];
    (times.len() as f64 / seconds, at(0.5), at(0.99))
}

struct Spooled {
    spool: Spool,
    committer: Committer,
}

impl Spooled {
    fn new(home: &Path) -> Self {
        let spool = open(home);
        let committer = Committer::start(spool.clone()).expect("a thread");
        Self { spool, committer }
    }
}

impl Store for Spooled {
    fn store(&self, message: &Bytes) {
        let (sender, receiver) = mpsc::sync_channel(1);
        let entry = add(&self.spool, message.clone());
        self.committer
            .submit(Batch::of(entry), Urgency::Now, move |fate| {
                let _ = sender.send(fate);
            });
        receiver
            .recv()
            .expect("an answer")
            .expect("room on the disk");
    }
}

/// What a group commit costs at the least: one writer for all who wait.
struct RawLog {
    queue: mpsc::Sender<(Bytes, mpsc::SyncSender<()>)>,
}

impl RawLog {
    fn new(home: &Path) -> Self {
        let file = File::create(home.join("log")).expect("a file");
        rustix::fs::fallocate(&file, rustix::fs::FallocateFlags::empty(), 0, LOG_OCTETS)
            .expect("room");
        file.sync_all().expect("a sync");
        let (queue, waiting) = mpsc::channel::<(Bytes, mpsc::SyncSender<()>)>();
        thread::spawn(move || {
            let mut at = 0;
            while let Ok(first) = waiting.recv() {
                let group: Vec<_> = std::iter::once(first).chain(waiting.try_iter()).collect();
                let slices: Vec<_> = group.iter().map(|(m, _)| IoSlice::new(m)).collect();
                let octets: usize = slices.iter().map(|slice| slice.len()).sum();
                at = if at + octets as u64 > LOG_OCTETS {
                    0
                } else {
                    at
                };
                let written = rustix::io::pwritev(&file, &slices, at).expect("a write");
                assert_eq!(written, octets);
                file.sync_data().expect("a sync");
                at += octets as u64;
                group
                    .iter()
                    .for_each(|(_, done)| done.send(()).expect("a writer"));
            }
        });
        Self { queue }
    }
}

impl Store for RawLog {
    fn store(&self, message: &Bytes) {
        let (sender, receiver) = mpsc::sync_channel(1);
        self.queue.send((message.clone(), sender)).expect("the log");
        receiver.recv().expect("an answer");
    }
}

struct Files {
    home: PathBuf,
    next: AtomicU64,
}

impl Files {
    fn new(home: &Path) -> Self {
        Self {
            home: home.to_owned(),
            next: AtomicU64::new(0),
        }
    }
}

impl Store for Files {
    fn store(&self, message: &Bytes) {
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        let [draft, name] =
            ["draft", "message"].map(|kind| self.home.join(format!("{kind}-{number}")));
        let mut file = File::create_new(&draft).expect("a file");
        file.write_all(message).expect("a write");
        file.sync_all().expect("a sync");
        fs::rename(&draft, &name).expect("a name");
        File::open(&self.home)
            .and_then(|home| home.sync_all())
            .expect("a sync");
    }
}

fn recovery(home: &Path, messages: u64) {
    drop(fill(home, messages, MESSAGE_OCTETS));
    for drop_cache in [true, false] {
        if drop_cache {
            forget(home);
        }
        let begin = Instant::now();
        let disk = SystemDisk::create(home).expect("a directory");
        let mut found = 0_u64;
        let (spool, findings) =
            Spool::open(Arc::new(disk), Options::default(), |_| found += 1).expect("a spool");
        let seconds = begin.elapsed().as_secs_f64();
        println!(
            "{{\"recovery\":{found},\"cold\":{drop_cache},\"seconds\":{seconds:.3},\"findings\":\"{findings}\"}}"
        );
        assert_eq!(found, messages);
        drop(spool);
    }
}

/// Takes the files out of the page cache, so that they are read from the disk.
fn forget(home: &Path) {
    for entry in fs::read_dir(home).expect("a directory") {
        let file = File::open(entry.expect("a file").path()).expect("a file");
        let _ = file.sync_all();
        let _ = rustix::fs::fadvise(&file, 0, None, rustix::fs::Advice::DontNeed);
    }
}

/// Of the index alone, as it grows; reading a spool back takes more for a while, since each meta is handed over.
fn memory(home: &Path, messages: u64) {
    let before = resident();
    let spool = fill(home, messages, 1_000);
    let each = (resident() - before) / messages;
    assert_eq!(spool.len() as u64, messages);
    println!("{{\"messages\":{messages},\"octets_each\":{each}}}");
}

fn fill(home: &Path, messages: u64, octets: usize) -> Spool {
    let _ = fs::remove_dir_all(home);
    let spool = open(home);
    let message = Bytes::from(vec![b'x'; octets]);
    for group in 0..messages.div_ceil(1_000) {
        let count = (messages - group * 1_000).min(1_000);
        let batches = (0..count)
            .map(|_| Batch::of(add(&spool, message.clone())))
            .collect();
        for fate in spool.append(batches) {
            fate.expect("room on the disk");
        }
    }
    spool
}

fn open(home: &Path) -> Spool {
    let disk = SystemDisk::create(home).expect("a directory");
    Spool::open(Arc::new(disk), Options::default(), |_| {})
        .expect("a spool")
        .0
}

fn add(spool: &Spool, message: Bytes) -> Entry {
    Entry::Add {
        id: spool.fresh_id(),
        meta: Bytes::from_static(&[b'm'; META_OCTETS]),
        content: Content::Pieces(vec![message]),
    }
}

fn resident() -> u64 {
    status("VmRSS:")
}

fn status(key: &str) -> u64 {
    let text = fs::read_to_string("/proc/self/status").expect("a process");
    let line = text
        .lines()
        .find_map(|line| line.strip_prefix(key))
        .expect("a line");
    let kib: u64 = line
        .trim()
        .trim_end_matches(" kB")
        .parse()
        .expect("a number");
    kib << 10
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_unstable_by(f64::total_cmp);
    values[values.len() / 2]
}
