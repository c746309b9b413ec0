//! `idle`: what a connection costs that has said EHLO and sits.

use std::fs;
use std::process::ExitCode;
use std::time::Duration;

use serde_json::{Value, json};
use testbed::figure::short;
use testbed::load::Writes;

use super::arguments::Options;
use super::counter::Counting;
use super::holder::Holding;
use super::peer::Peer;
use super::scenario::Tls;
use super::stage::{Stage, write};
use super::stop::Stop;
use super::{machine, run};

/// What so many connections cost one relay.
#[derive(Debug)]
struct Rest {
    peer: Peer,
    tls: Tls,
    wanted: usize,
    held: usize,
    /// Seconds until all of them were there.
    seconds: f64,
    /// KiB of the relay for each.
    each: f64,
    processes: usize,
    fault: Option<String>,
}

pub(super) fn run(options: &Options) -> Result<ExitCode, String> {
    let stop = Stop::watch()?;
    run::raise_file_limit();
    fs::create_dir_all(&options.out)
        .map_err(|error| format!("{}: {error}", options.out.display()))?;
    let facts = machine::facts(options);
    println!("{}\n\n{}", machine::words(&facts), heading());
    let mut rests = Vec::new();
    for &wanted in &options.connections {
        for tls in [Tls::Clear, Tls::Spoken] {
            for &peer in options
                .only
                .iter()
                .filter(|peer| rests_with(**peer, wanted))
            {
                match measure(peer, tls, wanted, options, &stop) {
                    Ok(rest) => {
                        println!("{}", line(&rest));
                        rests.push(rest);
                    }
                    Err(reason) if peer == Peer::Twinmx => return Err(reason),
                    Err(reason) => {
                        stop.check()?;
                        println!("{peer} is left out: {reason}");
                    }
                }
            }
        }
    }
    let json = json!({ "machine": facts, "idle": rests.iter().map(shown).collect::<Vec<_>>() });
    let json = serde_json::to_string_pretty(&json).map_err(|error| error.to_string())?;
    write(&options.out.join("idle.json"), &(json + "\n"))?;
    let lines: String = rests.iter().map(|rest| line(rest) + "\n").collect();
    let page = format!("{}\n\n{}\n{lines}", machine::words(&facts), heading());
    write(&options.out.join("idle.md"), &page)?;
    println!("\nwritten: {}/idle.json, idle.md", options.out.display());
    Ok(ExitCode::SUCCESS)
}

/// Postfix has a process for each connection: more than a thousand are not tried.
fn rests_with(peer: Peer, wanted: usize) -> bool {
    match peer {
        Peer::Twinmx | Peer::Nginx => true,
        Peer::PostfixQueue => wanted <= 1_000,
        // It is the same process as with a queue.
        Peer::PostfixProxy | Peer::PostfixHold | Peer::PostfixDefer => false,
        Peer::TwinmxAlone | Peer::Direct => false,
    }
}

fn measure(
    peer: Peer,
    tls: Tls,
    wanted: usize,
    options: &Options,
    stop: &Stop,
) -> Result<Rest, String> {
    let home = Stage::home()?;
    let counting = Counting::start(home.path(), Writes::Whole, stop)?;
    let hops = [counting.hop, counting.demanding_hop];
    let programs = [options.twinmx.as_path(), options.peers.as_path()];
    let stage = Stage::new(home, programs, hops, tls, wanted);
    let daemon = peer
        .start(&stage, stop)?
        .ok_or("nothing to hold connections")?;
    // The first connections make what all of them share; then it comes to rest.
    drop(Holding::open(
        daemon.address(),
        FIRST.min(wanted),
        tls,
        stop,
    )?);
    stop.pause(SETTLE)?;
    let before = daemon.account().pss();
    let holding = Holding::open(daemon.address(), wanted, tls, stop)?;
    stop.pause(SETTLE)?;
    let grown = daemon.account().pss().saturating_sub(before);
    Ok(Rest {
        peer,
        tls,
        wanted,
        held: holding.count,
        seconds: holding.seconds,
        each: grown as f64 / holding.count.max(1) as f64,
        processes: daemon.account().pids().len(),
        fault: holding.fault.clone(),
    })
}

fn heading() -> String {
    "| relay | TLS | connections | held | after s | KiB each | processes |\n\
     |---|---|---:|---:|---:|---:|---:|"
        .to_owned()
}

fn line(rest: &Rest) -> String {
    let tls = match rest.tls {
        Tls::Clear => "no",
        Tls::Spoken | Tls::Resumed => "yes",
    };
    let fault = rest.fault.as_deref().map(|fault| format!(" ({fault})"));
    format!(
        "| {} | {tls} | {} | {}{} | {} | {} | {} |",
        rest.peer,
        rest.wanted,
        rest.held,
        fault.unwrap_or_default(),
        short(rest.seconds),
        short(rest.each),
        rest.processes,
    )
}

fn shown(rest: &Rest) -> Value {
    json!({
        "peer": rest.peer.name(),
        "tls": rest.tls.is_spoken(),
        "wanted": rest.wanted,
        "held": rest.held,
        "seconds": rest.seconds,
        "pss_kib_each": rest.each,
        "processes": rest.processes,
        "fault": rest.fault,
    })
}

const FIRST: usize = 50;
const SETTLE: Duration = Duration::from_millis(1_500);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_did_not_get_there_is_said() {
        let rest = Rest {
            peer: Peer::PostfixQueue,
            tls: Tls::Spoken,
            wanted: 1_000,
            held: 559,
            seconds: 30.0,
            each: 1_700.0,
            processes: 570,
            fault: Some("timed out".to_owned()),
        };
        let expected = "| postfix-queue | yes | 1000 | 559 (timed out) | 30.0 | 1,700 | 570 |";
        assert_eq!(line(&rest), expected);
        let columns = |line: &str| line.matches('|').count();
        assert!(
            heading()
                .lines()
                .all(|head| columns(head) == columns(expected))
        );
    }
}
