//! Where mail goes: a real Postfix for Notes with a sink behind it, a sink for the other side, and one for reports.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;

use testbed::sink::{Act, Sink};
use testbed::witness::{Arrivals, Letter, mentioned, unaltered};
use tokio::runtime::Runtime;

use super::super::daemon::Daemon;
use super::super::postfix::{Mode, Postfix};
use super::super::scenario::Tls;
use super::super::stage::Stage;
use super::super::stop::Stop;
use super::{content, house};

/// A side that comes and goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Flapping {
    Notes,
    Other,
}

pub(super) struct Sides {
    /// Dropped first: it is a process in the stage's directory.
    running: Option<Daemon>,
    notes: Postfix,
    other: Arc<Sink>,
    other_is_up: bool,
    way_out: SocketAddr,
    /// At Notes, at the other side, and reports.
    pub(super) arrivals: [Arc<Arrivals>; 3],
    /// How often each side went.
    pub(super) cuts: [u64; 2],
    pub(super) stage: Stage,
}

impl Sides {
    pub(super) fn start(runtime: &Runtime, twinmx: &Path, stop: &Stop) -> Result<Self, String> {
        let told = |error: std::io::Error| format!("a sink cannot listen: {error}");
        let sink = || runtime.block_on(Sink::start()).map(Arc::new).map_err(told);
        let (behind, other, reports) = (sink()?, sink()?, sink()?);
        other.script(|script| script.recipient(house::GONE, Act::reply(550, "5.1.1 He has left")));
        let arrivals = [(); 3].map(|()| Arc::new(Arrivals::default()));
        let [at_notes, at_other, told] = arrivals.clone();
        let (addr, way_out) = (behind.addr(), reports.addr());
        // Postfix adds a trace field to ours.
        runtime.spawn(at_notes.collect(behind, unaltered(2, content)));
        runtime.spawn(at_other.collect(Arc::clone(&other), unaltered(1, content)));
        runtime.spawn(told.collect(reports, |report| {
            mentioned(report).ok_or_else(|| "a report on nothing".to_owned())
        }));
        let programs = [twinmx, Path::new("")];
        let stage = Stage::new(Stage::home()?, programs, [addr; 2], Tls::Clear, 100);
        let notes = Postfix::prepare(Mode::Side, &stage)?;
        Ok(Self {
            running: Some(notes.run(stop)?),
            notes,
            other,
            other_is_up: true,
            way_out,
            arrivals,
            cuts: [0; 2],
            stage,
        })
    }

    pub(super) fn addresses(&self) -> [SocketAddr; 3] {
        [self.notes.address, self.other.addr(), self.way_out]
    }

    /// A side that is there goes, in the midst of whatever it does; one that is gone comes back.
    pub(super) fn turn(
        &mut self,
        side: Flapping,
        runtime: &Runtime,
        stop: &Stop,
    ) -> Result<(), String> {
        match side {
            Flapping::Notes => match self.running.take() {
                Some(running) => {
                    drop(running);
                    self.cuts[0] += 1;
                }
                None => self.running = Some(self.notes.run(stop)?),
            },
            Flapping::Other => {
                match self.other_is_up {
                    true => {
                        runtime.block_on(self.other.go_down());
                        self.cuts[1] += 1;
                    }
                    false => runtime.block_on(self.other.come_back()),
                }
                self.other_is_up = !self.other_is_up;
            }
        }
        Ok(())
    }

    pub(super) fn come_back(&mut self, runtime: &Runtime, stop: &Stop) -> Result<(), String> {
        if self.running.is_none() {
            self.turn(Flapping::Notes, runtime, stop)?;
        }
        if !self.other_is_up {
            self.turn(Flapping::Other, runtime, stop)?;
        }
        Ok(())
    }

    pub(super) fn cuts(&self) -> u64 {
        self.cuts.iter().sum()
    }

    /// Copies of all letters and reports so far.
    pub(super) fn arrived(&self) -> usize {
        let copies = |arrivals: &Arc<Arrivals>| arrivals.count() + arrivals.extra();
        self.arrivals.iter().map(copies).sum()
    }

    /// What has not come, of what was acknowledged: at Notes, at the other side, and reports.
    pub(super) fn missing(
        &self,
        letters: &[Letter],
        is_reported: fn(Letter) -> bool,
    ) -> [Vec<Letter>; 3] {
        let reported: Vec<_> = letters
            .iter()
            .copied()
            .filter(|letter| is_reported(*letter))
            .collect();
        let [notes, other, reports] = &self.arrivals;
        [
            notes.missing(letters),
            other.missing(letters),
            reports.missing(&reported),
        ]
    }
}
