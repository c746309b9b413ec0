//! `twinmx directory status`: what is in force, how old it is, and what its sources say now.

use std::collections::BTreeMap;
use std::io;

use clap::Args;
use routing::{Snapshot, Span, UnixTime};
use serde_json::json;

use super::{exit_for, part_json, show_part, snapshot_json, stored};
use crate::cli::exit::Exit;
use crate::cli::{ConfigFile, Streams};
use crate::directory::{Purpose, Round, now};

/// Show what is in force, how old it is, and what the sources say now
///
/// Ends with 0, 65 if lines cannot be used, 75 if a source is held back or cannot be read or the snapshot is too old.
#[derive(Debug, Args)]
pub(super) struct Status {
    #[command(flatten)]
    file: ConfigFile,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

impl Status {
    pub(super) fn run(self, streams: &mut Streams<'_>) -> io::Result<Exit> {
        let config = match self.file.load(streams)? {
            Ok(config) => config,
            Err(exit) => return Ok(exit),
        };
        let (snapshot, now) = (
            stored(&config, streams)?.unwrap_or_else(Snapshot::never_read),
            now(),
        );
        let round = Round::take(&config, &snapshot, now, Purpose::Look, &[]);
        let stale = snapshot
            .age(now)
            .is_none_or(|age| age > config.routing.stale_after);
        if self.json {
            let json = json!({
                "snapshot": snapshot_json(snapshot.len(), snapshot.age(now), &snapshot.sources().collect::<Vec<_>>()),
                "built_at": snapshot.built_at().to_string(),
                "stale": stale,
                "sides": people_by_side(&snapshot),
                "sources": round.parts.iter().map(part_json).collect::<Vec<_>>(),
                "changed": round.changed,
            });
            writeln!(streams.out, "{json:#}")?;
        } else {
            show_snapshot(&snapshot, now, streams)?;
            for part in &round.parts {
                show_part(part, streams)?;
            }
            if round.changed {
                writeln!(
                    streams.out,
                    "the sources say something new; a running gateway takes it up by itself"
                )?;
            }
        }
        Ok(if stale {
            Exit::TryAgain
        } else {
            exit_for(&round.parts)
        })
    }
}

fn show_snapshot(snapshot: &Snapshot, now: UnixTime, streams: &mut Streams<'_>) -> io::Result<()> {
    let (people, addresses, octets) = (snapshot.len(), snapshot.addresses(), snapshot.octets());
    write!(
        streams.out,
        "in force: {people} recipients with {addresses} addresses, {octets} octets"
    )?;
    match snapshot.age(now) {
        Some(age) => writeln!(streams.out, ", {} old", Span(age))?,
        None => writeln!(streams.out, ", not all sources were ever read")?,
    }
    for (side, people) in people_by_side(snapshot) {
        writeln!(streams.out, "  {side}: {people}")?;
    }
    Ok(())
}

fn people_by_side(snapshot: &Snapshot) -> BTreeMap<String, usize> {
    let mut sides = BTreeMap::new();
    for side in snapshot.iter().filter_map(|view| view.side()) {
        *sides.entry(side.to_string()).or_default() += 1;
    }
    sides
}
