//! `soak`: the gateway under load is killed again and again while both of its next hops come and go. Each message that was
//! answered 250 has to arrive at every recipient, or its sender be told.

mod house;
mod options;
mod sides;
mod tally;

use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Duration, Instant};

use testbed::witness::{Acknowledged, Letter, Sender, speak};
use tokio::runtime::Runtime;
use tokio::task::JoinHandle;

use super::stop::Stop;
use house::House;
use sides::{Flapping, Sides};
use tally::Tally;

pub(super) use options::Options;

pub(super) fn run(options: &Options) -> Result<ExitCode, String> {
    let mut soak = Soak::begin(options)?;
    while !soak.is_over() {
        soak.round()?;
    }
    let tally = soak.end()?;
    match options.json {
        true => println!("{}", tally.json()),
        false => println!("{tally}"),
    }
    match tally.is_sound() {
        true => Ok(ExitCode::SUCCESS),
        false => Err(format!("FAILED: {}", tally.faults())),
    }
}

struct Soak<'a> {
    options: &'a Options,
    stop: Stop,
    runtime: Runtime,
    house: House,
    sides: Sides,
    acknowledged: Arc<Acknowledged>,
    clients: Vec<JoinHandle<()>>,
    chance: Chance,
    tally: Tally,
    began: Instant,
    told: Instant,
}

impl<'a> Soak<'a> {
    fn begin(options: &'a Options) -> Result<Self, String> {
        let stop = Stop::watch()?;
        super::run::raise_file_limit();
        let runtime = Runtime::new().map_err(|error| error.to_string())?;
        let sides = Sides::start(&runtime, &options.twinmx, &stop)?;
        let house = House::prepare(&sides)?;
        let acknowledged = Arc::new(Acknowledged::default());
        let sender = Sender {
            from: "sender@example.net",
            to: recipients,
            content,
            pause: options.pause(CLIENTS),
        };
        let clients = (0..CLIENTS).map(|_| {
            let acknowledged = Arc::clone(&acknowledged);
            runtime.spawn(speak(house.address, sender, acknowledged))
        });
        Ok(Self {
            clients: clients.collect(),
            chance: Chance(options.seed),
            tally: Tally::new(options.seed),
            began: Instant::now(),
            told: Instant::now(),
            options,
            stop,
            runtime,
            house,
            sides,
            acknowledged,
        })
    }

    fn is_over(&self) -> bool {
        match self.options.time {
            Some(time) => self.began.elapsed() >= time,
            None => self.tally.kills >= self.options.kills,
        }
    }

    /// One life of the gateway: sometimes short, sometimes long, and the hops change at any time of it.
    fn round(&mut self) -> Result<(), String> {
        let gateway = self.house.run(&self.stop)?;
        let life = self.chance.below(LIFE_MAX);
        let mut changes: Vec<(Duration, Flapping)> = Vec::new();
        for side in [Flapping::Notes, Flapping::Other] {
            for _ in 0..self.chance.next() % 3 {
                changes.push((self.chance.below(life), side));
            }
        }
        changes.sort_by_key(|(at, _)| *at);
        let begin = Instant::now();
        for (at, side) in changes {
            self.stop.pause(at.saturating_sub(begin.elapsed()))?;
            self.sides.turn(side, &self.runtime, &self.stop)?;
        }
        self.stop.pause(life.saturating_sub(begin.elapsed()))?;
        // What was delivered just before the kill may not have been noted on the disk.
        let before = self.sides.arrived();
        self.stop.pause(UNNOTED)?;
        gateway.kill();
        self.tally.killed(self.sides.arrived() - before);
        if self.told.elapsed() >= PROGRESS || self.options.is_terminal() {
            self.tell();
        }
        Ok(())
    }

    fn tell(&mut self) {
        self.told = Instant::now();
        eprintln!(
            "{} kills, {} cuts, {} messages acknowledged, {} s",
            self.tally.kills,
            self.sides.cuts(),
            self.acknowledged.count(),
            self.began.elapsed().as_secs(),
        );
    }

    /// Both sides are up, and there is no further kill: everything has to come.
    fn end(mut self) -> Result<Tally, String> {
        self.sides.come_back(&self.runtime, &self.stop)?;
        let _gateway = self.house.run(&self.stop)?;
        self.acknowledged.end();
        for client in std::mem::take(&mut self.clients) {
            self.runtime
                .block_on(client)
                .map_err(|error| error.to_string())?;
        }
        let letters = self.acknowledged.letters();
        let deadline = Instant::now() + PATIENCE;
        while self
            .sides
            .missing(&letters, is_reported)
            .iter()
            .any(|list| !list.is_empty())
            && Instant::now() < deadline
        {
            self.stop.pause(LOOK)?;
            if self.told.elapsed() >= PROGRESS {
                self.tell();
                let missing = self
                    .sides
                    .missing(&letters, is_reported)
                    .map(|list| list.len());
                eprintln!("still to come (Postfix, sink, reports): {missing:?}");
            }
        }
        // What comes twice comes soon after.
        self.stop.pause(LOOK)?;
        let mut tally = self.tally;
        tally.seconds = self.began.elapsed().as_secs();
        tally.begun = self.acknowledged.begun();
        tally.close(&letters, &self.sides, is_reported);
        Ok(tally)
    }
}

/// Who gets a letter. Some have one recipient too many.
fn recipients(letter: Letter) -> Vec<&'static str> {
    match is_reported(letter) {
        true => vec![house::NORA, house::CARL, house::GONE],
        false => vec![house::NORA, house::CARL],
    }
}

fn is_reported(letter: Letter) -> bool {
    letter.0 % 7 == 3
}

/// Every fiftieth is too large to be kept in memory.
fn content(letter: Letter) -> Vec<u8> {
    letter.of_lines(match letter.0 % 50 {
        0 => 10_000,
        few => few * 2,
    })
}

/// Numbers that repeat with their seed (SplitMix64).
struct Chance(u64);

impl Chance {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, most: Duration) -> Duration {
        let most = u64::try_from(most.as_micros()).unwrap_or(u64::MAX);
        Duration::from_micros(self.next() % most.max(1))
    }
}

const CLIENTS: usize = 6;
const LIFE_MAX: Duration = Duration::from_secs(4);
/// Longer than a note of a delivery waits for company, and its fdatasync lasts.
const UNNOTED: Duration = Duration::from_millis(250);
const PROGRESS: Duration = Duration::from_secs(10);
const LOOK: Duration = Duration::from_millis(500);
/// A side that was down is left alone for half a minute.
const PATIENCE: Duration = Duration::from_secs(240);
