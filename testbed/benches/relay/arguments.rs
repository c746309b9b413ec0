//! What was asked for on the command line.

use std::path::PathBuf;
use std::time::Duration;

use super::peer::Peer;
use super::scenario::{self, Scenario};

#[derive(Debug, PartialEq)]
pub(super) enum Request {
    Relay(Options),
    Idle(Options),
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
}

pub(super) fn parse(arguments: &[String]) -> Result<Request, String> {
    let (kind, rest) = arguments.split_first().ok_or("say `relay` or `idle`")?;
    let mut options = Options {
        twinmx: PathBuf::from("target/release/twinmx"),
        peers: PathBuf::from("target/peers"),
        out: PathBuf::from("target/bench"),
        rounds: 5,
        time: Duration::from_secs(3),
        scenarios: scenario::list(scenario::DEFAULT)?,
        only: Peer::ALL.to_vec(),
        connections: vec![1_000, 5_000],
    };
    let mut words = rest.iter();
    while let Some(word) = words.next() {
        if word == "--quick" {
            options.rounds = 2;
            options.time = Duration::from_millis(1_500);
            options.scenarios = scenario::list(scenario::QUICK)?;
            continue;
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
            "--scenarios" => options.scenarios = scenario::list(value)?,
            "--only" => options.only = peers(value)?,
            "--connections" => options.connections = connections(word, value)?,
            _ => return Err(format!("unknown option {word:?}")),
        }
    }
    match kind.as_str() {
        "relay" => Ok(Request::Relay(options)),
        "idle" => Ok(Request::Idle(options)),
        other => Err(format!("unknown bench {other:?}: say `relay` or `idle`")),
    }
}

fn bounded(name: &str, value: &str, least: usize, most: usize) -> Result<usize, String> {
    let number = value.parse().ok().filter(|n| (least..=most).contains(n));
    number.ok_or_else(|| format!("{name} is a number from {least} to {most}, not {value:?}"))
}

fn seconds(name: &str, value: &str) -> Result<Duration, String> {
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

/// DIRECT is always there: everything is compared to it.
fn peers(value: &str) -> Result<Vec<Peer>, String> {
    let wanted: Vec<Peer> = value.split(',').map(str::parse).collect::<Result<_, _>>()?;
    let chosen = |peer: &Peer| *peer == Peer::Direct || wanted.contains(peer);
    Ok(Peer::ALL.into_iter().filter(chosen).collect())
}

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
        assert_eq!(options.only, [Peer::Direct, Peer::Twinmx]);
        assert_eq!(options.out, PathBuf::from("there"));
        let Ok(Request::Idle(options)) = parsed("idle --connections 10,20") else {
            panic!("idle");
        };
        assert_eq!(options.connections, [10, 20]);
    }

    #[test]
    fn mistakes_are_named() {
        let check = |line, complaint: &str| assert_eq!(parsed(line), Err(complaint.to_owned()));
        check("", "say `relay` or `idle`");
        check("rely", "unknown bench \"rely\": say `relay` or `idle`");
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
            "relay --only exim",
            "no peer \"exim\": there are direct, nginx, postfix-queue, postfix-proxy, twinmx",
        );
    }
}
