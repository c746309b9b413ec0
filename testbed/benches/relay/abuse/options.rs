//! What was asked for.

use std::path::PathBuf;
use std::time::Duration;

use testbed::limits::{SIEGE_CONNECTIONS_MAX, SIEGE_PACE_MAX};
use testbed::siege::Siege;

use super::super::arguments::{Options as Relay, bounded, seconds};
use super::super::peer::Peer;

#[derive(Debug, PartialEq)]
pub(in super::super) struct Options {
    /// Where things are, rounds and time.
    pub(super) relay: Relay,
    pub(super) sieges: Vec<Siege>,
}

impl Options {
    pub(in super::super) fn parse(words: &[String]) -> Result<Self, String> {
        let mut relay = Relay {
            twinmx: PathBuf::from("target/release/twinmx"),
            peers: PathBuf::from("target/peers"),
            out: PathBuf::from("target/bench"),
            rounds: 5,
            time: Duration::from_secs(5),
            scenarios: Vec::new(),
            only: vec![Peer::Twinmx],
            connections: Vec::new(),
            name: "abuse",
        };
        let mut sieges = ALL.to_vec();
        let mut words = words.iter();
        while let Some(word) = words.next() {
            if word == "--quick" {
                relay.rounds = 2;
                relay.time = Duration::from_secs(2);
                continue;
            }
            let value = words
                .next()
                .ok_or_else(|| format!("{word} needs a value"))?;
            match word.as_str() {
                "--twinmx" => relay.twinmx = value.into(),
                "--peers" => relay.peers = value.into(),
                "--out" => relay.out = value.into(),
                "--rounds" => relay.rounds = bounded(word, value, 1, 100)?,
                "--secs" => relay.time = seconds(word, value)?,
                "--sieges" => sieges = value.split(',').map(siege).collect::<Result<_, _>>()?,
                _ => return Err(format!("unknown option {word:?}")),
            }
        }
        Ok(Self { relay, sieges })
    }
}

/// `idle`, or with a number of its own `idle:10000`.
fn siege(text: &str) -> Result<Siege, String> {
    let (kind, number) = match text.split_once(':') {
        Some((kind, number)) => (kind, Some(number)),
        None => (text, None),
    };
    let named = ALL.into_iter().find(|siege| name(*siege) == kind);
    let named = named.ok_or_else(|| {
        let names = ALL.map(name).join(", ");
        format!("no siege {kind:?}: there are {names}, each with :N if wanted")
    })?;
    let Some(number) = number else {
        return Ok(named);
    };
    let count = || bounded(kind, number, 1, SIEGE_CONNECTIONS_MAX);
    Ok(match named {
        Siege::Idle(_) => Siege::Idle(count()?),
        Siege::Flood(_) => Siege::Flood(bounded(kind, number, 1, SIEGE_PACE_MAX)?),
        Siege::Drip(_) => Siege::Drip(count()?),
        Siege::Harvest(_) => Siege::Harvest(count()?),
    })
}

pub(super) fn name(siege: Siege) -> &'static str {
    super::super::besieger::words(siege).0
}

const ALL: [Siege; 4] = [
    Siege::Idle(10_000),
    Siege::Flood(2_000),
    Siege::Drip(1_000),
    Siege::Harvest(200),
];

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(line: &str) -> Result<Options, String> {
        let words: Vec<String> = line.split_whitespace().map(str::to_owned).collect();
        Options::parse(&words)
    }

    #[test]
    fn sieges_are_understood() {
        let sieges = |line| parsed(line).map(|options| options.sieges);
        assert_eq!(sieges(""), Ok(ALL.to_vec()));
        assert_eq!(
            sieges("--sieges harvest,idle:7"),
            Ok(vec![ALL[3], Siege::Idle(7)])
        );
        let quick = parsed("--quick --out there").expect("it is right").relay;
        assert_eq!((quick.rounds, quick.out), (2, PathBuf::from("there")));
    }

    #[test]
    fn mistakes_are_named() {
        let check = |line, complaint: &str| {
            let found = parsed(line).expect_err(line);
            assert!(found.contains(complaint), "{found}");
        };
        check("--sieges", "--sieges needs a value");
        check("--sieges siesta", "no siege \"siesta\"");
        check(
            "--sieges idle:18001",
            "idle is a number from 1 to 18000, not \"18001\"",
        );
        check("--sieges flood:0", "flood is a number from 1 to 20000");
        check("--speed 1", "unknown option \"--speed\"");
    }
}
