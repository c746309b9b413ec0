//! Taking mail while the next hop is down, and whether all of it is still there.
//!
//! Every turn has a relay of its own, so that none carries what an earlier turn has left behind.

use std::path::Path;
use std::time::Duration;

use testbed::counter::Count;

use super::cell::Cell;
use super::measurement::{Measurement, Subject};
use super::peer::Peer;
use super::postfix;
use super::scenario::Tls;
use super::stage::{Custody, Stage};
use super::verdict::Verdict;
use super::{daemon, run};

/// One relay's turn.
pub(super) fn cell(
    peer: Peer,
    measurement: &mut Measurement<'_>,
    programs: [&Path; 2],
    time: Duration,
) -> Result<Cell, String> {
    let down = daemon::free_address()?;
    let sessions = measurement.scenario.sessions;
    let stage = Stage::new(Stage::home()?, programs, [down, down], Tls::Clear, sessions);
    let stage = stage.with_custody(Custody::default());
    let mut subject = Subject::start(peer, &stage, measurement.stop)?;
    let first = measurement.next;
    // Processes are forked, and it is known that the hop is down.
    let warm = measurement.burst(&subject, run::WARM_UP)?;
    if warm.sent.accepted == 0 {
        return Err(format!(
            "{peer} takes nothing: {}",
            warm.sent.fault.unwrap_or_default()
        ));
    }
    let burst = measurement.burst(&subject, time)?;
    let spent = burst.spent(measurement, &subject);
    let accepted = warm.sent.accepted + burst.sent.accepted;
    let count = match peer {
        Peer::PostfixHold | Peer::PostfixDefer => {
            postfix::drained(&stage, peer.name(), accepted, measurement.stop)?
        }
        _ => delivered(&mut subject, measurement, first, accepted)?,
    };
    let thousands = burst.sent.accepted.max(1) as f64 / 1e3;
    Ok(Cell {
        verdict: Verdict::of(accepted, burst.sent.failed, &count),
        rate: burst.sent.accepted as f64 / burst.sent.seconds,
        cpu: spent.relay / thousands,
        load_cpu: spent.load / thousands,
        ..Cell::of(burst, &subject, sessions)
    })
}

/// The gateway is killed, and comes up again along with its hop.
fn delivered(
    subject: &mut Subject,
    measurement: &mut Measurement<'_>,
    first: u64,
    accepted: u64,
) -> Result<Count, String> {
    subject.kill();
    measurement.counting.begin(first, measurement.stop)?;
    let down = subject.hop();
    measurement.counting.open(down, measurement.stop)?;
    subject.run_again(measurement.stop)?;
    measurement.drained(accepted)
}
