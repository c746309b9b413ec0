//! The bench: the tests of its parts, and that it counts right with the gateway in between and with a relay that lies.

#[path = "../benches/directory/program.rs"]
#[allow(dead_code, reason = "its main is for cargo bench")]
mod directory;
mod liar;
#[path = "../testbed/benches/relay/program.rs"]
#[allow(dead_code, reason = "its main is for cargo bench")]
mod program;

use std::net::SocketAddr;
use std::path::Path;

use testbed::counter::Counter;
use testbed::flood::Flood;

use liar::{Liar, Lie};
use program::scenario::Tls;
use program::stage::Stage;
use program::stop::Stop;
use program::twinmx;
use program::verdict::Verdict;

const MESSAGES: u64 = 200;

/// Two hundred messages of 10 kB over four sessions, those of `first` on.
fn flood(server: SocketAddr, first: u64) -> Flood {
    Flood::to(server)
        .messages(MESSAGES)
        .sessions(4)
        .first(first)
        .recipients(twinmx::addresses())
}

/// Sends them to `server`; what came to the counter of it.
fn sent(flood: Flood, first: u64, counter: &Counter) -> (Verdict, u64) {
    counter.begin(first);
    let report = flood.run().expect("within bounds");
    let count = counter.count();
    assert_eq!(report.accepted + report.failed, MESSAGES);
    (
        Verdict::of(report.accepted, report.failed, &count),
        count.unique,
    )
}

#[test]
fn what_goes_straight_is_counted() {
    let counter = Counter::start(None).expect("a counter");
    let (verdict, unique) = sent(flood(counter.addr(), 1), 1, &counter);
    assert_eq!(
        (verdict.to_string().as_str(), unique),
        ("all arrived", MESSAGES)
    );
}

#[test]
fn what_the_gateway_relays_is_counted() {
    let counter = Counter::start(None).expect("a counter");
    let hops = [counter.addr(), counter.addr()];
    let programs = [env!("CARGO_BIN_EXE_twinmx"), "peers"].map(Path::new);
    let home = Stage::home().expect("a directory");
    let stage = Stage::new(home, programs, hops, Tls::Clear, 4);
    let gateway = twinmx::start(&stage, &Stop::default()).expect("it greets");
    // It listens before it has read who lives where, and says 451 until then.
    let knows = (0..200).any(|_| {
        let first = flood(gateway.address(), 1).messages(1).sessions(1);
        first.run().expect("within bounds").accepted == 1
    });
    assert!(knows, "it never takes anything");
    let (verdict, unique) = sent(flood(gateway.address(), 1_000), 1_000, &counter);
    assert_eq!(
        (verdict.to_string().as_str(), unique),
        ("all arrived", MESSAGES)
    );
}

#[test]
fn a_relay_that_lies_is_found_out() {
    let counter = Counter::start(None).expect("a counter");
    let check = |lie, expected: &str, arrived| {
        let liar = Liar::start(counter.addr(), lie).expect("a relay");
        let (verdict, unique) = sent(flood(liar.addr(), 1), 1, &counter);
        assert_eq!(
            (verdict.to_string().as_str(), unique),
            (expected, arrived),
            "{lie:?}"
        );
        assert_eq!(verdict.is_sound(), lie == Lie::None);
    };
    check(Lie::None, "all arrived", MESSAGES);
    check(Lie::Lose, "FAILED: 1 lost", MESSAGES - 1);
    check(Lie::Double, "FAILED: 1 doubled", MESSAGES);
    check(Lie::Change, "FAILED: 1 lost 1 damaged", MESSAGES - 1);
    check(Lie::Refuse, "FAILED: 1 refused", MESSAGES - 1);
}
