//! `cargo xtask bench`: what the code costs.

mod directory;
mod instructions;
mod micro;
mod passed_on;
pub(crate) mod relay;
mod spool;
mod tnef;

use std::process::ExitCode;

use crate::workspace::Workspace;
use passed_on::PassedOn;

pub(crate) const USAGE: &str = "\
Usage: cargo xtask bench relay [--yes] [--quick] [--rounds N] [--secs S]
                               [--scenarios LIST] [--only PEERS] [--out DIR]
                               [--spool] [--waiting N]
       cargo xtask bench tls [--yes] [--quick] [--rounds N] [--secs S]
                             [--scenarios LIST] [--only PEERS] [--out DIR]
       cargo xtask bench idle [--yes] [--connections LIST] [--only PEERS] [--out DIR]
       cargo xtask bench abuse [--yes] [--quick] [--rounds N] [--secs S]
                               [--sieges LIST] [--out DIR]
       cargo xtask bench spool [--directory DIR] [PART [NUMBER]...]
       cargo xtask bench micro [--quick] [FILTER]
       cargo xtask bench instructions [--bless] [--yes] [FILTER]
       cargo xtask bench tnef [--yes] [--quick] [--rounds N] [--only SET]
                              [--samples DIR] [--out DIR]
       cargo xtask bench directory [--people N | --growth] [--samba N] [--slapd N]
                              [--directory DIR] [--json] [--yes] [--out DIR]

  relay         how fast the gateway is beside nginx and Postfix
                with --spool: what is kept, beside Postfix's queue
  tls           the same over TLS, and what a handshake costs
  spool         the store alone, beside a log and a file for each message
  idle          what connections cost that have said EHLO and sit
  abuse         what is left of legitimate mail beside idle connections, a
                flood of them, a slow drip and a harvest run
  micro         the time of each hot path, by criterion
  instructions  the instructions of each hot path and of the whole gateway,
                by callgrind, beside those of benches/instructions.json
  directory     many people: read, believed, built, published; real servers
  tnef          messages with TNEF to MIME, beside tnef and ytnef

  FILTER        only paths whose name contains this
  --quick       fewer rounds: a first look
  --bless       write what was counted to benches/instructions.json
  --rounds N    times that every relay takes its turn, 5
  --secs S      seconds of each turn, 3
  --scenarios   SIZE:SESSIONS:MODE[:tls[:resumed]][:split][:rN] with commas
                between, as 10k:20:many: MODE is 1 or many messages a connection,
                1p and manyp pipelined, or hello (connections without a message);
                resumed: clients take their TLS sessions up again; split: writes
                in pieces; rN: N recipients;
                instead of those: hold, stored, sides, or wN (N wait)
  --sieges      idle:10000,flood:2000,drip:1000,harvest:200: connections (flood:
                new ones a second), each from a network of its own
  --waiting N   messages that wait for a dead side, 100000
  --directory   where the store is made, on the disk that is of interest,
                /var/tmp; PART: store [SECONDS [ROUNDS]], recovery [MESSAGES],
                memory [MESSAGES]; all of them
  --only        of direct, nginx, postfix-queue, postfix-proxy, postfix-hold,
                postfix-defer, twinmx;
                of large, small, given
  --connections how many idle ones, 1000,5000
  --out DIR     where tables, JSON and picture go, target/bench
  --samples DIR streams to convert besides those that are made here
  --people N    synthetic people in two sources, 1000000; --growth: 10,000 to
                10,000,000, which take 24 GiB of memory and 30 GB of disk
  --samba N     people in a Samba domain controller, 5000; 0: none
  --slapd N     people in an OpenLDAP server, 100000; 0: none
  --yes         install the Debian packages that are needed without asking
";

/// What is to be measured.
#[derive(Debug, PartialEq)]
pub(crate) enum Bench {
    /// Also `tls`, `idle` and `abuse`, by the first of its words.
    Relay(PassedOn),
    Micro(micro::Options),
    Instructions(instructions::Options),
    Spool(spool::Options),
    Tnef(PassedOn),
    Directory(PassedOn),
}

pub(crate) fn parse(arguments: impl Iterator<Item = String>) -> Result<Bench, String> {
    let mut arguments = arguments;
    match arguments.next().as_deref() {
        Some(kind @ ("relay" | "tls" | "idle" | "abuse")) => {
            let words = std::iter::once(kind.to_owned()).chain(arguments);
            Ok(Bench::Relay(PassedOn::parse(words)))
        }
        Some("micro") => micro::Options::parse(arguments).map(Bench::Micro),
        Some("instructions") => instructions::Options::parse(arguments).map(Bench::Instructions),
        Some("spool") => spool::Options::parse(arguments).map(Bench::Spool),
        Some("directory") => Ok(Bench::Directory(PassedOn::parse(arguments))),
        Some("tnef") => Ok(Bench::Tnef(PassedOn::parse(arguments))),
        Some(other) => Err(format!("unknown bench {other:?}")),
        None => Err("no bench given".to_owned()),
    }
}

pub(crate) fn run(bench: &Bench) -> ExitCode {
    let done = Workspace::find().and_then(|workspace| match bench {
        Bench::Relay(options) => relay::run(&workspace, options),
        Bench::Micro(options) => micro::run(&workspace, options),
        Bench::Instructions(options) => instructions::run(&workspace, options),
        Bench::Spool(options) => spool::run(&workspace, options),
        Bench::Directory(options) => directory::run(&workspace, options),
        Bench::Tnef(options) => tnef::run(&workspace, options),
    });
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(complaint) => {
            eprintln!("{complaint}");
            ExitCode::FAILURE
        }
    }
}

/// A word that is no option, where one is allowed.
fn filter(filter: &mut Option<String>, word: &str) -> Result<(), String> {
    if word.starts_with('-') {
        return Err(format!("unknown option {word:?}"));
    }
    match filter.replace(word.to_owned()) {
        None => Ok(()),
        Some(_) => Err("more than one filter".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::arguments::Install;

    fn parsed(line: &str) -> Result<Bench, String> {
        parse(line.split_whitespace().map(str::to_owned))
    }

    #[test]
    fn benches_are_understood() {
        let micro = |filter: Option<&str>, quick| {
            let filter = filter.map(str::to_owned);
            Ok(Bench::Micro(micro::Options { quick, filter }))
        };
        let instructions = |filter: Option<&str>, bless, install| {
            let filter = filter.map(str::to_owned);
            Ok(Bench::Instructions(instructions::Options {
                bless,
                install,
                filter,
            }))
        };
        let relay = |install, arguments: &[&str]| {
            let arguments = arguments.iter().map(ToString::to_string).collect();
            Ok(Bench::Relay(PassedOn { install, arguments }))
        };
        assert_eq!(parsed("idle"), relay(Install::Ask, &["idle"]));
        assert_eq!(
            parsed("tls --quick --yes"),
            relay(Install::AtOnce, &["tls", "--quick"])
        );
        assert_eq!(
            parsed("abuse --quick"),
            relay(Install::Ask, &["abuse", "--quick"])
        );
        assert_eq!(
            parsed("relay --quick --yes --secs 1"),
            relay(Install::AtOnce, &["relay", "--quick", "--secs", "1"])
        );
        assert_eq!(
            parsed("relay --spool --waiting 7"),
            relay(Install::Ask, &["relay", "--spool", "--waiting", "7"])
        );
        let spool = |directory: &str, part: Option<&str>, numbers: &[&str]| {
            Ok(Bench::Spool(spool::Options {
                directory: directory.into(),
                part: part.map(str::to_owned),
                numbers: numbers.iter().map(ToString::to_string).collect(),
            }))
        };
        assert_eq!(parsed("spool --directory /srv"), spool("/srv", None, &[]));
        assert_eq!(
            parsed("spool store 2 5"),
            spool("/var/tmp", Some("store"), &["2", "5"])
        );
        let arguments = vec!["--rounds".to_owned(), "2".to_owned()];
        let install = Install::AtOnce;
        assert_eq!(
            parsed("tnef --rounds 2 --yes"),
            Ok(Bench::Tnef(PassedOn { install, arguments }))
        );
        let arguments = ["--people", "9"].map(str::to_owned).to_vec();
        assert_eq!(
            parsed("directory --people 9 --yes"),
            Ok(Bench::Directory(PassedOn { install, arguments }))
        );
        assert_eq!(parsed("micro"), micro(None, false));
        assert_eq!(parsed("micro --quick data"), micro(Some("data"), true));
        assert_eq!(
            parsed("instructions"),
            instructions(None, false, Install::Ask)
        );
        assert_eq!(
            parsed("instructions data --bless --yes"),
            instructions(Some("data"), true, Install::AtOnce)
        );
    }

    #[test]
    fn mistakes_are_named() {
        let check = |line, complaint: &str| assert_eq!(parsed(line), Err(complaint.to_owned()));
        check("", "no bench given");
        check("mirco", "unknown bench \"mirco\"");
        check("spool --directory", "--directory needs a value");
        check("spool 5", "unknown option \"5\"");
        check("spool store memory", "unknown option \"memory\"");
        check("micro --bless", "unknown option \"--bless\"");
        check("instructions a b", "more than one filter");
    }
}
