//! `twinmx directory`: what the sources say and what is in force.

mod conflicts;
mod diff;
mod export;
mod groups;
mod lint;
mod lookup;
mod status;
mod sync;
mod unknown;

use std::fmt::Display;
use std::io;
use std::time::Duration;

use clap::{Args, Subcommand};
use mirror::Facts;
use routing::{Recipient, Snapshot, SourceRead, Span, UnixTime};
use serde_json::{Value, json};

use super::Streams;
use super::exit::Exit;
use crate::config::Config;
use crate::directory::{Kept, Part, Purpose, Round, SNAPSHOT_FILE, Standing, now};

/// Read the directory's sources, show what is in force, look somebody up
#[derive(Debug, Args)]
pub struct Directory {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Sync(sync::Sync),
    Status(status::Status),
    Lookup(lookup::Lookup),
    Conflicts(conflicts::Conflicts),
    Lint(lint::Lint),
    Diff(diff::Diff),
    Export(export::Export),
    Unknown(unknown::Unknown),
}

impl Directory {
    pub(super) fn run(self, streams: &mut Streams<'_>) -> io::Result<Exit> {
        match self.command {
            Command::Sync(sync) => sync.run(streams),
            Command::Status(status) => status.run(streams),
            Command::Lookup(lookup) => lookup.run(streams),
            Command::Conflicts(conflicts) => conflicts.run(streams),
            Command::Lint(lint) => lint.run(streams),
            Command::Diff(diff) => diff.run(streams),
            Command::Export(export) => export.run(streams),
            Command::Unknown(unknown) => unknown.run(streams),
        }
    }
}

/// What the gateway routes by: the stored snapshot. Where there is none yet, what the sources say now.
pub(super) fn in_force(config: &Config, streams: &mut Streams<'_>) -> io::Result<Snapshot> {
    if let Some(snapshot) = stored(config, streams)? {
        return Ok(snapshot);
    }
    writeln!(
        streams.err,
        "twinmx: no snapshot is stored yet; this is what the sources say now"
    )?;
    let never = Snapshot::never_read();
    Ok(Round::take(config, &never, now(), Purpose::Look, &[])
        .snapshot
        .unwrap_or(never))
}

/// What is kept of the sources. Those of which nothing is, are told; where nothing is at all, there is only an exit code.
fn kept<'c>(config: &'c Config, streams: &mut Streams<'_>) -> io::Result<Result<Kept<'c>, Exit>> {
    let kept = Kept::open(config);
    for (name, error) in &kept.missing {
        let why = match error.is_missing() {
            true => "it was never read; run twinmx directory sync, or start the gateway".to_owned(),
            false => error.to_string(),
        };
        writeln!(streams.err, "twinmx: {name}: {why}")?;
    }
    Ok(match kept.sources.is_empty() {
        true => Err(Exit::NoInput),
        false => Ok(kept),
    })
}

/// What is kept cannot be read to its end.
fn unreadable(error: &impl Display, streams: &mut Streams<'_>) -> io::Result<Exit> {
    writeln!(streams.err, "twinmx: {error}")?;
    Ok(Exit::InputOutput)
}

/// The stored snapshot, if there is one that can be used.
fn stored(config: &Config, streams: &mut Streams<'_>) -> io::Result<Option<Snapshot>> {
    let file = config.state_dir.join(SNAPSHOT_FILE);
    match Snapshot::read(&file) {
        Ok(snapshot) => Ok(Some(snapshot)),
        Err(error) if error.is_missing() => Ok(None),
        Err(error) => {
            writeln!(
                streams.err,
                "twinmx: stored snapshot {}: {error}",
                file.display()
            )?;
            Ok(None)
        }
    }
}

/// One source in a few words, then its bad lines.
fn show_part(part: &Part, streams: &mut Streams<'_>) -> io::Result<()> {
    let standing = match &part.standing {
        Standing::Read => format!("{} recipients", part.people),
        Standing::HeldBack(held) => {
            format!(
                "held back: {held}; if this is right: twinmx directory sync --force {}",
                part.name
            )
        }
        Standing::Failed(error) => format!("failed: {error}"),
    };
    let who = if part.is_theirs {
        ", as it was last read"
    } else {
        ""
    };
    writeln!(
        streams.out,
        "{} ({}{who}): {standing}",
        part.name, part.place
    )?;
    for line in part.facts.iter().flat_map(|facts| told(facts, now())) {
        writeln!(streams.out, "  {line}")?;
    }
    for problem in &part.problems {
        writeln!(streams.out, "  {problem}")?;
    }
    match part.problems_total - part.problems.len() {
        0 => {}
        more => writeln!(streams.out, "  and {more} more lines that cannot be used")?,
    }
    Ok(())
}

/// Whom a source that is held back would touch.
fn show_touched(part: &Part, streams: &mut Streams<'_>) -> io::Result<()> {
    for line in &part.touched.kept {
        writeln!(streams.out, "  {line}")?;
    }
    match part.touched.total - part.touched.kept.len() {
        0 => Ok(()),
        more => writeln!(streams.out, "  and {more} more people"),
    }
}

/// When and how a source was read.
fn told(facts: &Facts, now: UnixTime) -> Vec<String> {
    let ago = |at: UnixTime| format!("{} ago", Span(now.since(at)));
    let mut lines = Vec::new();
    match facts.read_at {
        Some(at) => lines.push(format!("read {}, {} entries", ago(at), facts.entries)),
        None => lines.push("never read to its end".to_owned()),
    }
    if let Some(failure) = &facts.failure {
        let (since, at) = (ago(failure.since), ago(failure.at));
        lines.push(format!(
            "failing since {since}, last tried {at}: {}",
            failure.why
        ));
    }
    if let Some(next) = facts.next_try.filter(|next| *next > now) {
        lines.push(format!("next try in {}", Span(next.since(now))));
    }
    if let Some(at) = facts.cursor_at {
        lines.push(format!("goes on from where it was {}", ago(at)));
    }
    lines
}

fn facts_json(facts: &Facts) -> Value {
    let text = |at: Option<UnixTime>| at.map(|at| at.to_string());
    let failure = facts.failure.as_ref();
    json!({
        "entries": facts.entries,
        "people": facts.people,
        "generation": facts.generation,
        "read_at": text(facts.read_at),
        "next_try": text(facts.next_try),
        "cursor_at": text(facts.cursor_at),
        "failure": failure.map(|failure| &failure.why),
        "failed_at": text(failure.map(|failure| failure.at)),
        "failing_since": text(failure.map(|failure| failure.since)),
    })
}

fn part_json(part: &Part) -> Value {
    let (standing, why) = match &part.standing {
        Standing::Read => ("read", None),
        Standing::HeldBack(held) => ("held-back", Some(held.to_string())),
        Standing::Failed(error) => ("failed", Some(error.to_string())),
    };
    let problems: Vec<Value> = part
        .problems
        .iter()
        .map(|problem| json!({ "line": problem.line, "what": problem.what }))
        .collect();
    json!({
        "name": &*part.name,
        "path": part.place,
        "standing": standing,
        "why": why,
        "recipients": part.people,
        "problems": problems,
        "problems_total": part.problems_total,
        "touched": part.touched.kept,
        "touched_total": part.touched.total,
        "running_gateway": part.is_theirs,
        "mirror": part.facts.as_ref().map(facts_json),
    })
}

/// The worst that a round says: a source that does not count now, then lines that cannot be used.
fn exit_for(parts: &[Part]) -> Exit {
    if parts
        .iter()
        .any(|part| !matches!(part.standing, Standing::Read))
    {
        Exit::TryAgain
    } else if parts.iter().any(|part| part.problems_total > 0) {
        Exit::BadData
    } else {
        Exit::Success
    }
}

/// A recipient for `--json`.
pub(super) fn recipient_json(recipient: &Recipient) -> Value {
    let aliases: Vec<String> = recipient.aliases.iter().map(ToString::to_string).collect();
    json!({
        "address": recipient.primary.to_string(),
        "aliases": aliases,
        "side": recipient.side.as_str(),
        "routing_address": recipient.routing_address.as_ref().map(ToString::to_string),
        "source": &*recipient.source,
        "moved_at": recipient.moved_at.map(|at| at.to_string()),
        "previous_side": recipient.previous_side.as_ref().map(|side| side.as_str().to_owned()),
        "members": recipient.group.as_ref().map(|group| {
            group.members.iter().map(ToString::to_string).collect::<Vec<_>>()
        }),
        "moving_to": recipient.moving_to.as_ref().map(|side| side.as_str().to_owned()),
    })
}

/// A snapshot for `--json`; the age in seconds.
pub(super) fn snapshot_json(
    recipients: usize,
    age: Option<Duration>,
    sources: &[SourceRead],
) -> Value {
    let sources: Vec<Value> = sources
        .iter()
        .map(|source| json!({ "name": &*source.name, "read_at": source.read_at.map(|at| at.to_string()) }))
        .collect();
    json!({ "recipients": recipients, "age_seconds": age.map(|age| age.as_secs()), "sources": sources })
}
