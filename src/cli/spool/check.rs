//! `twinmx spool check`: every octet of a spool, read and verified.

use std::io;
use std::path::Path;

use clap::Args;
use serde_json::{Value, json};
use spool::{Damage, Findings, QueueId, ReadError, Spool};

use super::place::{self, Place};
use crate::cli::Streams;
use crate::cli::exit::Exit;
use crate::cli::progress::Progress;
use crate::queue::Kept;

/// Read and verify everything in a spool, and change nothing
///
/// Also while its gateway runs. Ends with 0, 65 if something is damaged, 66 if there is no spool.
#[derive(Debug, Args)]
pub(super) struct Check {
    #[command(flatten)]
    place: Place,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// A message that cannot be given out as it was taken.
struct Unreadable {
    id: QueueId,
    why: String,
}

impl Check {
    pub(super) fn run(self, streams: &mut Streams<'_>) -> io::Result<Exit> {
        let dir = match self.place.path(streams)? {
            Ok(dir) => dir,
            Err(exit) => return Ok(exit),
        };
        let (spool, ids, findings) = match place::open(&dir) {
            Ok(opened) => opened,
            Err(error) => return place::unopened(&dir, &error, streams),
        };
        if findings.segments == 0 {
            return place::nothing(&dir, streams);
        }
        let mut progress = Progress::new(ids.len() as u64, "messages");
        let mut unreadable = Vec::new();
        for id in ids {
            progress.clear(streams.err)?;
            unreadable.extend(verify(&spool, id).err());
            progress.step(streams.err)?;
        }
        progress.clear(streams.err)?;
        if !unreadable.is_empty() {
            unreadable = still(&dir, unreadable);
        }
        let is_sound = findings.is_sound() && unreadable.is_empty();
        match self.json {
            true => writeln!(streams.out, "{:#}", as_json(&dir, &findings, &unreadable))?,
            false => show(&dir, &findings, &unreadable, streams)?,
        }
        Ok(match is_sound {
            true => Exit::Success,
            false => Exit::BadData,
        })
    }
}

/// All of a message.
fn verify(spool: &Spool, id: QueueId) -> Result<(), Unreadable> {
    let unreadable = |error: ReadError| Unreadable {
        id,
        why: error.to_string(),
    };
    let stored = spool.read(id).map_err(unreadable)?;
    let mut content = stored.content;
    let kept = Kept {
        id,
        meta: &stored.meta,
        state: stored.state.as_deref(),
        octets: content.octets(),
    };
    if kept.parse().is_none() {
        let why = "its envelope or its state is not what we write".to_owned();
        return Err(Unreadable { id, why });
    }
    while content.next().map_err(unreadable)?.is_some() {}
    Ok(())
}

/// A gateway that runs delivers and moves messages meanwhile: what was not there is looked for again.
fn still(dir: &Path, unreadable: Vec<Unreadable>) -> Vec<Unreadable> {
    let Ok((spool, ids, _)) = place::open(dir) else {
        return unreadable;
    };
    let here = unreadable
        .into_iter()
        .filter(|one| ids.binary_search(&one.id).is_ok());
    here.filter_map(|one| verify(&spool, one.id).err())
        .collect()
}

fn show(
    dir: &Path,
    findings: &Findings,
    unreadable: &[Unreadable],
    streams: &mut Streams<'_>,
) -> io::Result<()> {
    let Findings {
        messages,
        octets,
        segments,
        records,
        ..
    } = findings;
    writeln!(
        streams.out,
        "{}: {messages} messages, {octets} octets, all read; {segments} segments, {records} records",
        dir.display()
    )?;
    for end in &findings.unfinished {
        writeln!(streams.out, "not finished, and never acknowledged: {end}")?;
    }
    if findings.void_files > 0 {
        writeln!(
            streams.out,
            "{} files without a record, never acknowledged",
            findings.void_files
        )?;
    }
    for name in &findings.stray {
        writeln!(streams.out, "not ours: {}", name.escape_debug())?;
    }
    for damage in &findings.damaged {
        writeln!(streams.out, "DAMAGED: {damage}")?;
    }
    if findings.damaged_more > 0 {
        writeln!(
            streams.out,
            "DAMAGED: {} more places",
            findings.damaged_more
        )?;
    }
    for Unreadable { id, why } in unreadable {
        writeln!(streams.out, "DAMAGED: message {id}: {why}")?;
    }
    match findings.is_sound() && unreadable.is_empty() {
        true => writeln!(streams.out, "sound"),
        false => writeln!(streams.out, "damaged; everything else is as it was written"),
    }
}

fn as_json(dir: &Path, findings: &Findings, unreadable: &[Unreadable]) -> Value {
    let places = |list: &[Damage]| -> Vec<Value> {
        let one = |damage: &Damage| json!({ "file": damage.name, "offset": damage.offset, "octets": damage.octets, "what": damage.what });
        list.iter().map(one).collect()
    };
    let messages: Vec<Value> = unreadable
        .iter()
        .map(|one| json!({ "id": one.id.to_string(), "why": one.why }))
        .collect();
    json!({
        "directory": dir.display().to_string(),
        "sound": findings.is_sound() && unreadable.is_empty(),
        "messages": findings.messages,
        "octets": findings.octets,
        "segments": findings.segments,
        "records": findings.records,
        "damaged": places(&findings.damaged),
        "damaged_more": findings.damaged_more,
        "damaged_messages": messages,
        "unfinished": places(&findings.unfinished),
        "void_files": findings.void_files,
        "stray": findings.stray,
    })
}
