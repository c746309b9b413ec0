//! The relays of one scenario, side by side, with source and counter.

use std::net::SocketAddr;
use std::path::Path;

use testbed::figure::short;

use super::arguments::Options;
use super::cell::Cell;
use super::counter::Counting;
use super::course::Course;
use super::measurement::{Measurement, Subject};
use super::peer::Peer;
use super::results::Row;
use super::scenario::Scenario;
use super::stage::{Custody, Stage};
use super::stop::Stop;
use super::waiting::Backlog;
use super::{daemon, hold, run};

pub(super) struct Field<'a> {
    options: &'a Options,
    measurement: Measurement<'a>,
    pub(super) entrants: Vec<Entrant>,
    /// Where nobody listens: the hop of a dead side.
    dead: Option<SocketAddr>,
    /// Outlives its relays.
    stage: Stage,
}

pub(super) struct Entrant {
    pub(super) peer: Peer,
    /// `None`: every turn has a relay of its own.
    subject: Option<Subject>,
    backlog: Option<Backlog>,
}

impl<'a> Field<'a> {
    /// Every relay has carried its first messages.
    pub(super) fn ready(
        scenario: &'a Scenario,
        options: &'a Options,
        stop: &'a Stop,
    ) -> Result<Self, String> {
        let home = Stage::home()?;
        let counting = || Counting::start(home.path(), scenario.writes, stop);
        let first = counting()?;
        let other = match scenario.course {
            Course::Sides => Some(counting()?),
            _ => None,
        };
        let dead = match scenario.course {
            Course::Waiting(_) => Some(daemon::free_address()?),
            _ => None,
        };
        let custody = Custody {
            always: scenario.course == Course::Stored,
            other_hop: dead.or(other.as_ref().map(|counting| counting.hop)),
        };
        let hops = [first.hop, first.demanding_hop];
        let stage = Stage::new(
            home,
            programs(options),
            hops,
            scenario.tls,
            scenario.sessions,
        );
        let stage = match scenario.course {
            Course::Through | Course::Hello => stage,
            _ => stage.with_custody(custody),
        };
        let mut field = Self {
            options,
            measurement: Measurement {
                scenario,
                counting: first,
                other,
                next: 1,
                stop,
            },
            entrants: Vec::new(),
            dead,
            stage,
        };
        for &peer in scenario.course.peers() {
            if options.only.contains(&peer) {
                field.admit(peer)?;
            }
        }
        Ok(field)
    }

    fn admit(&mut self, peer: Peer) -> Result<(), String> {
        match self.entrant(peer) {
            Ok(entrant) => self.entrants.push(entrant),
            Err(reason) if [Peer::Direct, Peer::TwinmxAlone, Peer::Twinmx].contains(&peer) => {
                return Err(reason);
            }
            Err(reason) => {
                self.measurement.stop.check()?;
                println!("  {peer} is left out: {reason}");
            }
        }
        Ok(())
    }

    fn entrant(&mut self, peer: Peer) -> Result<Entrant, String> {
        let measurement = &mut self.measurement;
        let course = measurement.scenario.course;
        if course == Course::Hold {
            hold::cell(peer, measurement, programs(self.options), run::WARM_UP)?;
            return Ok(Entrant {
                peer,
                subject: None,
                backlog: None,
            });
        }
        let subject = Subject::start(peer, &self.stage, measurement.stop)?;
        let warm = measurement.cell(&subject, run::WARM_UP)?;
        if warm.sent.accepted == 0 {
            return Err(format!(
                "{peer} takes nothing: {}",
                warm.sent.fault.unwrap_or_default()
            ));
        }
        let backlog = match (course, peer) {
            (Course::Waiting(messages), Peer::Twinmx) => {
                let backlog = Backlog::pile_up(&subject, measurement, messages)?;
                let (seconds, each) = (short(backlog.seconds), short(backlog.each));
                println!("  {messages} wait after {seconds} s, {each} octets of memory each");
                Some(backlog)
            }
            _ => None,
        };
        Ok(Entrant {
            peer,
            subject: Some(subject),
            backlog,
        })
    }

    /// One turn of the relay at this place.
    pub(super) fn turn(&mut self, at: usize) -> Result<Cell, String> {
        let entrant = &self.entrants[at];
        let (measurement, time) = (&mut self.measurement, self.options.time);
        let Some(subject) = &entrant.subject else {
            return hold::cell(entrant.peer, measurement, programs(self.options), time);
        };
        let cell = measurement.cell(subject, time)?;
        Ok(Cell {
            memory_per_waiting: entrant.backlog.as_ref().map(|backlog| backlog.each),
            ..cell
        })
    }

    /// After the last round: what still waits must arrive. A loss counts in that round.
    pub(super) fn settle(&mut self, rows: &mut [Row]) -> Result<(), String> {
        let Some(dead) = self.dead else { return Ok(()) };
        for (entrant, row) in self.entrants.iter_mut().zip(rows) {
            let (Some(backlog), Some(subject), Some(cell)) =
                (&entrant.backlog, &mut entrant.subject, row.cells.last_mut())
            else {
                continue;
            };
            let verdict = backlog.deliver(subject, &mut self.measurement, dead)?;
            println!("  the dead side is up: {verdict}");
            cell.verdict = cell.verdict.and(verdict);
        }
        Ok(())
    }
}

fn programs(options: &Options) -> [&Path; 2] {
    [options.twinmx.as_path(), options.peers.as_path()]
}
