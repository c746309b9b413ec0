//! `twinmx directory sync`: read the sources now and store what follows.

use std::io;

use clap::Args;
use routing::Snapshot;
use serde_json::json;

use super::{exit_for, part_json, show_part, show_touched, stored};
use crate::cli::exit::Exit;
use crate::cli::progress::Progress;
use crate::cli::{ConfigFile, Streams};
use crate::config::Config;
use crate::directory::{Part, Purpose, Round, SNAPSHOT_FILE, approve, now};

/// Read all sources now and store what follows
///
/// A running gateway does this by itself within a second of a change; it needs this command only to believe a source
/// that was held back. Ends with 0, 65 if lines could not be used, 75 if a source is held back or cannot be read.
#[derive(Debug, Args)]
pub(super) struct Sync {
    #[command(flatten)]
    file: ConfigFile,
    /// Believe this source as it is now, whatever it lost or moved
    #[arg(long, value_name = "SOURCE")]
    force: Vec<String>,
    /// Only show what would follow
    #[arg(long)]
    dry_run: bool,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

impl Sync {
    pub(super) fn run(self, streams: &mut Streams<'_>) -> io::Result<Exit> {
        let config = match self.file.load(streams)? {
            Ok(config) => config,
            Err(exit) => return Ok(exit),
        };
        if let Some(name) = self.force.iter().find(|name| {
            config
                .directories
                .iter()
                .all(|source| source.name != **name)
        }) {
            writeln!(
                streams.err,
                "twinmx: {name} is no [[directory]] of the configuration"
            )?;
            return Ok(Exit::Usage);
        }
        let former = stored(&config, streams)?.unwrap_or_else(Snapshot::never_read);
        let purpose = if self.dry_run {
            Purpose::Look
        } else {
            Purpose::Sync
        };
        let round = take(&config, &former, purpose, &self.force, streams)?;
        let exit = match &round.snapshot {
            Err(error) => {
                writeln!(streams.err, "twinmx: nothing is stored: {error}")?;
                Exit::BadData
            }
            Ok(snapshot) if !self.dry_run => match self.store(snapshot, &round.parts, &config) {
                Ok(()) => exit_for(&round.parts),
                Err(error) => {
                    writeln!(
                        streams.err,
                        "twinmx: nothing can be stored in {}: {error}",
                        config.state_dir.display()
                    )?;
                    Exit::CannotCreate
                }
            },
            Ok(_) => exit_for(&round.parts),
        };
        if self.json {
            self.show_json(&round, streams)?
        } else {
            self.show(&round, streams)?
        }
        Ok(exit)
    }

    /// Where a gateway runs, it only needs a word for what it holds back.
    fn store(&self, snapshot: &Snapshot, parts: &[Part], config: &Config) -> io::Result<()> {
        std::fs::create_dir_all(&config.state_dir)?; // as the gateway does on its first start
        let (theirs, ours): (Vec<&Part>, Vec<&Part>) =
            parts.iter().partition(|part| part.is_theirs);
        let forced = |part: &&&Part| self.force.iter().any(|name| **name == *part.name);
        for part in theirs.iter().filter(forced) {
            if let Some(digest) = &part.digest {
                approve(&config.state_dir, &part.name, digest)?;
            }
        }
        match theirs.is_empty() || !ours.is_empty() {
            true => snapshot.write(&config.state_dir.join(SNAPSHOT_FILE)),
            false => Ok(()),
        }
    }

    fn show(&self, round: &Round, streams: &mut Streams<'_>) -> io::Result<()> {
        for part in &round.parts {
            show_part(part, streams)?;
            show_touched(part, streams)?;
        }
        for conflict in &round.conflicts {
            writeln!(streams.out, "conflict: {conflict}")?;
        }
        let unseen = round.conflicts_total - round.conflicts.len();
        if unseen > 0 {
            writeln!(streams.out, "and {unseen} more conflicts")?;
        }
        let Ok(snapshot) = &round.snapshot else {
            return Ok(());
        };
        let is_theirs = round.parts.iter().any(|part| part.is_theirs);
        let news = match (round.changed, self.dry_run) {
            (false, _) => "nothing changes",
            (true, true) => "this would be new",
            (true, false) if is_theirs => "the running gateway takes this up by itself",
            (true, false) => "this is new",
        };
        let (people, addresses) = (snapshot.len(), snapshot.addresses());
        writeln!(
            streams.out,
            "all sources: {people} recipients with {addresses} addresses; {news}"
        )
    }

    fn show_json(&self, round: &Round, streams: &mut Streams<'_>) -> io::Result<()> {
        let conflicts: Vec<String> = round.conflicts.iter().map(ToString::to_string).collect();
        let json = json!({
            "dry_run": self.dry_run,
            "changed": round.changed,
            "recipients": round.snapshot.as_ref().ok().map(Snapshot::len),
            "addresses": round.snapshot.as_ref().ok().map(Snapshot::addresses),
            "sources": round.parts.iter().map(part_json).collect::<Vec<_>>(),
            "conflicts": conflicts,
            "conflicts_total": round.conflicts_total,
        });
        writeln!(streams.out, "{json:#}")
    }
}

/// Reads, and shows how far each server is read.
fn take(
    config: &Config,
    former: &Snapshot,
    purpose: Purpose,
    force: &[String],
    streams: &mut Streams<'_>,
) -> io::Result<Round> {
    let (mut reading, mut shown) = (None::<(String, Progress)>, Ok(()));
    let mut tell = |source: &str, progress: sources::Progress| -> io::Result<()> {
        if let Some((_, mut before)) = reading.take_if(|(name, _)| name != source) {
            before.clear(streams.err)?;
        }
        let (_, bar) =
            reading.get_or_insert_with(|| (source.to_owned(), Progress::new(0, "entries")));
        bar.reach(source, progress.objects, progress.expected, streams.err)
    };
    let round = Round::take_telling(
        config,
        former,
        now(),
        purpose,
        force,
        &mut |source, progress| {
            if shown.is_ok() {
                shown = tell(source, progress);
            }
        },
    );
    if let Some((_, mut last)) = reading {
        last.clear(streams.err)?;
    }
    shown.map(|()| round)
}
