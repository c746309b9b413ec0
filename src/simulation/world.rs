//! One run: a world with people, hops, clients and a gateway that lives more than once.

use std::fmt;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use spool::{Fault, SimulatedDisk};
use tokio::runtime;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep, sleep_until};

use super::chance::Chance;
use super::client::{Client, SENDERS};
use super::door::Door;
use super::hop::Hop;
use super::judge::Case;
use super::life::{Birth, Life};
use super::people::{Home, People};
use super::power::{Last, Power};
use super::remains::Remain;
use super::setting::{SECOND_CLOUD, Setting, address};
use super::stage::Stage;
use super::witness::{Witness, Witnesses};

/// What came of a run.
#[derive(Debug)]
pub(super) struct Run {
    /// What should not have happened.
    pub(super) violations: Vec<String>,
    pub(super) trace: Vec<String>,
    pub(super) figures: Figures,
}

/// How much there was.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Figures {
    pub(super) runs: usize,
    pub(super) simulated: Duration,
    pub(super) letters: usize,
    pub(super) acknowledged: usize,
    pub(super) takings: usize,
    pub(super) lost_replies: usize,
    pub(super) crashes: usize,
    pub(super) reports: usize,
    pub(super) moves: usize,
}

/// All that there is.
struct World {
    chance: Chance,
    setting: Setting,
    witnesses: Witnesses,
    hops: Arc<Vec<Arc<Hop>>>,
    door: Arc<Door>,
    disk: SimulatedDisk,
    people: usize,
    /// For so long anything may happen.
    span: Duration,
}

/// The run of a seed.
pub(super) fn run(seed: u64) -> Run {
    let runtime = runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build()
        .expect("a runtime");
    runtime.block_on(async {
        let mut chance = Chance::of(seed);
        let _stage = Stage::enter(chance.branch());
        World::of(chance).play().await
    })
}

impl World {
    fn of(mut chance: Chance) -> Self {
        let setting = Setting::by(&mut chance);
        let people = 2 + chance.below(6);
        let witnesses = Witnesses::of(People::some(people + SENDERS));
        let span = chance.seconds(30..=300);
        let mut hop = |address, home| {
            let witnesses = witnesses.clone();
            Hop::new(address, home, span, chance.branch(), witnesses)
        };
        let hops = vec![
            hop(address(Some(Home::Cloud)), Some(Home::Cloud)),
            hop(SECOND_CLOUD, Some(Home::Cloud)),
            hop(address(Some(Home::Notes)), Some(Home::Notes)),
            hop(address(None), None),
        ];
        Self {
            chance,
            setting,
            witnesses,
            hops: Arc::new(hops),
            door: Arc::default(),
            disk: SimulatedDisk::default(),
            people,
            span,
        }
    }

    async fn play(mut self) -> Run {
        let until = Instant::now() + self.span;
        let mut others = self.others();
        while Instant::now() < until {
            self.live(until).await;
        }
        let life = self.last_life();
        let mut violations = Vec::new();
        while let Some(ended) = others.join_next().await {
            violations.extend(ended.err().map(|error| error.to_string()));
        }
        let simulated = self.settles(&life).await;
        let remains = self.remains(life, &mut violations);
        let mut witness = self.witnesses.look();
        let case = Case::of(&witness, &self.setting, &remains);
        violations.extend(case.violations());
        let figures = Figures {
            simulated,
            reports: case.reports(),
            ..Figures::of(&witness)
        };
        for violation in &violations {
            witness.note(&format!("WRONG: {violation}"));
        }
        Run {
            violations,
            trace: witness.take_trace(),
            figures,
        }
    }

    /// Everybody but the gateway.
    fn others(&mut self) -> JoinSet<()> {
        let mut others = JoinSet::new();
        for _ in 0..2 + self.chance.below(3) {
            let client = Client {
                door: Arc::clone(&self.door),
                witnesses: self.witnesses.clone(),
                chance: self.chance.branch(),
                from: self.chance.one_in(4).then_some(Home::Notes),
                people: self.people,
            };
            others.spawn(client.live(self.span));
        }
        others.spawn(people_move(
            Arc::clone(&self.door),
            self.witnesses.clone(),
            self.chance.branch(),
            self.people,
            self.span,
        ));
        others
    }

    /// From switching it on to its end, and what its end leaves of the disk.
    async fn live(&mut self, until: Instant) {
        let chance = &mut self.chance;
        // A process that dies leaves what it has written, to the disk and to its peers.
        let is_killed = chance.one_in(2);
        let steps = match chance.one_in(2) {
            true => chance.within(0..=400),
            false => u64::MAX,
        };
        let last = *chance.pick(&[Last::NotDone, Last::Torn, Last::Done]);
        let power = Power::on(steps, last, is_killed);
        let end = until.min(Instant::now() + chance.seconds(1..=120));
        let drains = chance.one_in(6);
        match self.begin(&power) {
            Ok(life) => {
                self.door.opens(&life);
                self.disk_will_fail();
                // Power may also be lost while it drains.
                let lives = async {
                    sleep_until(end).await;
                    if drains {
                        life.drains().await;
                    }
                };
                tokio::select! {
                    biased;
                    () = power.lost() => {}
                    () = lives => {}
                }
                self.door.closes();
                life.breaks_off();
            }
            Err(error) => self
                .witnesses
                .note(&format!("the gateway does not start: {error}")),
        }
        power.cut();
        self.disk.heal();
        self.witnesses.look().crashes.push(Instant::now());
        self.witnesses.note(match is_killed {
            true => "the gateway is killed",
            false => "power is lost",
        });
        if !is_killed {
            let survivals = self.disk.survivals();
            self.disk = self.disk.after_power_loss(self.chance.pick(&survivals));
        }
        sleep(self.chance.millis(0..=20_000)).await;
    }

    fn begin(&mut self, power: &Arc<Power>) -> Result<Arc<Life>, spool::OpenError> {
        Life::begin(Birth {
            setting: &self.setting,
            disk: self.disk.clone(),
            power: Arc::clone(power),
            hops: &self.hops,
            witnesses: &self.witnesses,
            chance: self.chance.branch(),
        })
    }

    /// One that is not disturbed.
    fn last_life(&mut self) -> Arc<Life> {
        let life = self.begin(&Power::on(u64::MAX, Last::Done, true));
        let life = life.expect("the disk is well");
        self.disk_will_fail();
        self.door.opens(&life);
        life
    }

    /// Once in a while, at one of the next steps.
    fn disk_will_fail(&mut self) {
        let chance = &mut self.chance;
        if chance.one_in(6) {
            let kind = *chance.pick(&FAILURES);
            let fault = *chance.pick(&[Fault::Refused(kind), Fault::Torn(kind)]);
            self.disk
                .fail_once(self.disk.steps() + chance.within(1..=60), fault);
        }
    }

    /// Waits until nothing is left to be done, or far too long. Comes back with the time that the run took.
    async fn settles(&self, life: &Life) -> Duration {
        // A message waits for its own end, and its report for another.
        let patience = 3 * self.setting.config.spool.expire;
        let until = Instant::now() + patience;
        let spool = life.queue.spool();
        let mut count = usize::MAX;
        loop {
            // Only what has become less may have come to its end.
            if std::mem::replace(&mut count, spool.len()) != spool.len() {
                let remains = Remain::all(spool).unwrap_or_default();
                let is_quiet = remains.iter().all(|remain| remain.hold.is_some());
                if is_quiet && life.queue.len() == remains.len() {
                    return self.witnesses.look().elapsed();
                }
                life.reads_directory();
                count = if is_quiet { usize::MAX } else { count };
            }
            if Instant::now() > until {
                return self.witnesses.look().elapsed();
            }
            sleep(LOOK).await;
        }
    }

    /// What is left, and whether a restart finds the same.
    fn remains(&mut self, life: Arc<Life>, violations: &mut Vec<String>) -> Vec<Remain> {
        self.disk.heal();
        let mut read = |life: &Life| {
            let read = Remain::all(life.queue.spool());
            read.unwrap_or_else(|error| {
                violations.push(error);
                Vec::new()
            })
        };
        let before = read(&life);
        let known = life.queue.len();
        life.breaks_off();
        let again = self.last_life();
        self.disk.heal();
        let after = read(&again);
        again.breaks_off();
        if known != before.len() {
            violations.push(format!("{known} messages are known of {}", before.len()));
        }
        if before != after {
            violations.push(format!(
                "a restart makes {} of {} messages",
                after.len(),
                before.len()
            ));
        }
        before
    }
}

impl Figures {
    fn of(witness: &Witness) -> Self {
        let acknowledged = witness.letters.iter().filter(|one| one.is_acknowledged());
        let lost = witness
            .takings
            .iter()
            .filter(|one| one.heard.get().is_none());
        Self {
            runs: 1,
            simulated: Duration::ZERO,
            letters: witness.letters.len(),
            acknowledged: acknowledged.count(),
            takings: witness.takings.len(),
            lost_replies: lost.count(),
            crashes: witness.crashes.len(),
            reports: 0,
            moves: witness.moves,
        }
    }
}

impl std::ops::AddAssign for Figures {
    fn add_assign(&mut self, other: Self) {
        self.runs += other.runs;
        self.simulated += other.simulated;
        self.letters += other.letters;
        self.acknowledged += other.acknowledged;
        self.takings += other.takings;
        self.lost_replies += other.lost_replies;
        self.crashes += other.crashes;
        self.reports += other.reports;
        self.moves += other.moves;
    }
}

impl fmt::Display for Figures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} runs, {} h simulated: {} messages, {} acknowledged, {} taken by hops ({} replies lost), {} crashes, \
             {} reports, {} moves",
            self.runs,
            self.simulated.as_secs() / 3600,
            self.letters,
            self.acknowledged,
            self.takings,
            self.lost_replies,
            self.crashes,
            self.reports,
            self.moves
        )
    }
}

/// Somebody moves now and then; the directory is read from time to time.
async fn people_move(
    door: Arc<Door>,
    witnesses: Witnesses,
    mut chance: Chance,
    people: usize,
    span: Duration,
) {
    let until = Instant::now() + span;
    let calm = chance.within(20..=300);
    while Instant::now() < until {
        sleep(chance.seconds(1..=calm)).await;
        let mut witness = witnesses.look();
        let what = witness.people.somebody_moves(people, &mut chance);
        witness.note(&what);
        witness.moves += 1;
        drop(witness);
        if let Some(life) = door.life() {
            life.reads_directory();
        }
    }
    if chance.one_in(2) {
        witnesses.look().people.all_are_back();
    }
}

const FAILURES: [io::ErrorKind; 3] = [
    io::ErrorKind::Other,
    io::ErrorKind::StorageFull,
    io::ErrorKind::ReadOnlyFilesystem,
];
const LOOK: Duration = Duration::from_secs(10);
