//! What was asked for on the command line.

use std::fmt::Display;
use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use super::course::WAITING_MAX;
use super::peer::Peer;
use super::scenario::{self, Scenario};
use super::{abuse, soak};

#[derive(Debug, PartialEq)]
pub(super) enum Request {
    Relay(Options),
    Idle(Options),
    Abuse(abuse::Options),
    Soak(soak::Options),
}

/// Options of both kinds; each takes what it needs.
#[derive(Debug, PartialEq)]
pub(super) struct Options {
    /// The gateway's program.
    pub(super) twinmx: PathBuf,
    /// Where peers are that are only unpacked.
    pub(super) peers: PathBuf,
    /// Where results go.
    pub(super) out: PathBuf,
    pub(super) rounds: usize,
    pub(super) time: Duration,
    pub(super) scenarios: Vec<Scenario>,
    pub(super) only: Vec<Peer>,
    pub(super) connections: Vec<usize>,
    /// Of the files with the results.
    pub(super) name: &'static str,
}

pub(super) fn parse(arguments: &[String]) -> Result<Request, String> {
    let (kind, rest) = arguments.split_first().ok_or(KINDS)?;
    if kind == "abuse" {
        return abuse::Options::parse(rest).map(Request::Abuse);
    }
    if kind == "soak" {
        return soak::Options::parse(rest).map(Request::Soak);
    }
    let (scenarios, name) = match kind.as_str() {
        "tls" => (scenario::TLS, "tls"),
        _ => (scenario::DEFAULT, "relay"),
    };
    let mut options = Options {
        twinmx: PathBuf::from("target/release/twinmx"),
        peers: PathBuf::from("target/peers"),
        out: PathBuf::from("target/bench"),
        rounds: 5,
        time: Duration::from_secs(3),
        scenarios: scenario::list(scenarios)?,
        only: Peer::ALL.to_vec(),
        connections: vec![1_000, 5_000],
        name,
    };
    let (mut wanted, mut waiting) = (None, WAITING);
    let mut words = rest.iter();
    while let Some(word) = words.next() {
        match word.as_str() {
            "--quick" => {
                options.rounds = 2;
                options.time = Duration::from_millis(1_500);
                options.scenarios = scenario::list(match options.name {
                    "tls" => scenario::TLS_QUICK,
                    _ => scenario::QUICK,
                })?;
                continue;
            }
            "--spool" if kind == "relay" => {
                options.name = "spool";
                continue;
            }
            "--spool" => return Err("--spool goes with `relay`".to_owned()),
            _ => {}
        }
        let value = words
            .next()
            .ok_or_else(|| format!("{word} needs a value"))?;
        match word.as_str() {
            "--twinmx" => options.twinmx = value.into(),
            "--peers" => options.peers = value.into(),
            "--out" => options.out = value.into(),
            "--rounds" => options.rounds = bounded(word, value, 1, 100)?,
            "--secs" => options.time = seconds(word, value)?,
            "--scenarios" => wanted = Some(value),
            "--waiting" => waiting = bounded(word, value, 1, WAITING_MAX)?,
            "--only" => options.only = peers(value)?,
            "--connections" => options.connections = connections(word, value)?,
            _ => return Err(format!("unknown option {word:?}")),
        }
    }
    match (wanted, options.name) {
        (Some(wanted), _) => options.scenarios = scenario::list(wanted)?,
        (None, "spool") => options.scenarios = scenario::list(&scenario::spool(waiting))?,
        (None, _) => {}
    }
    match kind.as_str() {
        "relay" | "tls" => Ok(Request::Relay(options)),
        "idle" => Ok(Request::Idle(options)),
        other => Err(format!("unknown bench {other:?}: {KINDS}")),
    }
}

const KINDS: &str = "say `relay`, `tls`, `idle` or `abuse`";

pub(super) fn bounded<N>(name: &str, value: &str, least: N, most: N) -> Result<N, String>
where
    N: FromStr + PartialOrd + Display + Copy,
{
    let number = value.parse().ok().filter(|n| (least..=most).contains(n));
    number.ok_or_else(|| format!("{name} is a number from {least} to {most}, not {value:?}"))
}

pub(super) fn seconds(name: &str, value: &str) -> Result<Duration, String> {
    let seconds = value.parse().ok().filter(|s| (0.1..=60.0).contains(s));
    let seconds = seconds.map(Duration::from_secs_f64);
    seconds.ok_or_else(|| format!("{name} is a time from 0.1 to 60, not {value:?}"))
}

fn connections(name: &str, value: &str) -> Result<Vec<usize>, String> {
    let counts = value
        .split(',')
        .map(|count| bounded(name, count, 1, 15_000));
    counts.collect()
}

/// DIRECT is always there where it takes part: everything is compared to it.
fn peers(value: &str) -> Result<Vec<Peer>, String> {
    let wanted: Vec<Peer> = value.split(',').map(str::parse).collect::<Result<_, _>>()?;
    let chosen = |peer: &Peer| match peer {
        Peer::Direct => true,
        // What the gateway is compared to where it stands beside nobody else.
        Peer::TwinmxAlone => wanted.contains(&Peer::Twinmx),
        other => wanted.contains(other),
    };
    Ok(Peer::ALL.into_iter().filter(chosen).collect())
}

/// Messages that wait for a dead side, unless said.
const WAITING: u64 = 100_000;

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(line: &str) -> Result<Request, String> {
        let words: Vec<String> = line.split_whitespace().map(str::to_owned).collect();
        parse(&words)
    }

    #[test]
    fn options_are_understood() {
        let line = "relay --rounds 2 --secs 0.5 --scenarios 1k:1:1 --only twinmx --out there";
        let Ok(Request::Relay(options)) = parsed(line) else {
            panic!("{line}");
        };
        assert_eq!(
            (options.rounds, options.time),
            (2, Duration::from_millis(500))
        );
        assert_eq!(options.scenarios, ["1k:1:1".parse().expect("a scenario")]);
        assert_eq!(
            options.only,
            [Peer::Direct, Peer::TwinmxAlone, Peer::Twinmx]
        );
        assert_eq!(options.out, PathBuf::from("there"));
        let Ok(Request::Idle(options)) = parsed("idle --connections 10,20") else {
            panic!("idle");
        };
        assert_eq!(options.connections, [10, 20]);
    }

    #[test]
    fn what_is_kept_has_scenarios_of_its_own() {
        let check = |line: &str, name, rounds, last: &str, count| {
            let Ok(Request::Relay(options)) = parsed(line) else {
                panic!("{line}");
            };
            assert_eq!((options.name, options.rounds), (name, rounds), "{line}");
            let scenarios: Vec<String> =
                options.scenarios.iter().map(ToString::to_string).collect();
            assert_eq!(scenarios.len(), count, "{line}");
            assert_eq!(scenarios.last().map(String::as_str), Some(last), "{line}");
        };
        check("relay --spool", "spool", 5, "1k:20:many:w100000", 5);
        check(
            "relay --spool --quick --waiting 7",
            "spool",
            2,
            "1k:20:many:w7",
            5,
        );
        check("relay --quick --spool", "spool", 2, "1k:20:many:w100000", 5);
        let line = "relay --scenarios 1k:1:1:hold --spool";
        check(line, "spool", 5, "1k:1:1:hold", 1);
    }

    #[test]
    fn tls_has_scenarios_of_its_own() {
        let check = |line: &str, rounds, count| {
            let Ok(Request::Relay(options)) = parsed(line) else {
                panic!("{line}");
            };
            assert_eq!((options.name, options.rounds), ("tls", rounds), "{line}");
            assert_eq!(options.scenarios.len(), count, "{line}");
            assert!(options.scenarios.iter().all(|one| one.tls.is_spoken()));
        };
        check("tls", 5, 6);
        check("tls --quick", 2, 3);
        check("tls --rounds 3 --scenarios 1k:1:1:tls", 3, 1);
    }

    #[test]
    fn mistakes_are_named() {
        let check = |line, complaint: &str| assert_eq!(parsed(line), Err(complaint.to_owned()));
        check("", KINDS);
        check("rely", &format!("unknown bench \"rely\": {KINDS}"));
        check("tls --spool", "--spool goes with `relay`");
        check("relay --fast 1", "unknown option \"--fast\"");
        check("relay --rounds", "--rounds needs a value");
        check(
            "relay --rounds 0",
            "--rounds is a number from 1 to 100, not \"0\"",
        );
        check(
            "relay --rounds 101",
            "--rounds is a number from 1 to 100, not \"101\"",
        );
        check(
            "relay --secs 61",
            "--secs is a time from 0.1 to 60, not \"61\"",
        );
        check(
            "idle --connections 15001",
            "--connections is a number from 1 to 15000, not \"15001\"",
        );
        check(
            "relay --spool --waiting 1000001",
            "--waiting is a number from 1 to 1000000, not \"1000001\"",
        );
        check(
            "relay --only exim",
            "no peer \"exim\": there are direct, nginx, postfix-queue, postfix-proxy, postfix-hold, postfix-defer, \
             twinmx-alone, twinmx",
        );
    }
}
