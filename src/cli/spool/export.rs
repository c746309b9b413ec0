//! `twinmx spool export`: every message as a file that other programs read.

use std::fs::{self, DirBuilder};
use std::io::{self, Write};
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};

use clap::Args;
use serde_json::{Value, json};
use spool::{QueueId, ReadError, Spool};

use super::place::{self, Place};
use crate::cli::Streams;
use crate::cli::exit::Exit;
use crate::cli::progress::Progress;
use crate::queue::{Kept, Listed, now};

/// Write every message of a spool to a folder: ID.eml as it was received, ID.json with its envelope and state
///
/// The spool is not changed; its gateway may run or be dead. Messages that are in the folder already are passed over. Ends
/// with 0, 65 if some could not be read, 66 if there is no spool, 73 if a file cannot be made.
#[derive(Debug, Args)]
pub(super) struct Export {
    #[command(flatten)]
    place: Place,
    /// The folder to write to; it is made if it is not there
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

enum Failed {
    Read(ReadError),
    Write(io::Error),
}

impl From<ReadError> for Failed {
    fn from(error: ReadError) -> Self {
        Self::Read(error)
    }
}

impl From<io::Error> for Failed {
    fn from(error: io::Error) -> Self {
        Self::Write(error)
    }
}

#[derive(Debug, Default)]
struct Tally {
    written: u64,
    there: u64,
    unread: Vec<(QueueId, String)>,
}

impl Export {
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
        // It holds mail.
        if let Err(error) = DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(&self.out)
        {
            writeln!(
                streams.err,
                "twinmx: {} cannot be made: {error}",
                self.out.display()
            )?;
            return Ok(Exit::CannotCreate);
        }
        let mut progress = Progress::new(ids.len() as u64, "messages");
        let mut tally = Tally::default();
        for id in ids {
            progress.clear(streams.err)?;
            match write(&spool, id, &self.out) {
                Ok(true) => tally.written += 1,
                Ok(false) => tally.there += 1,
                Err(Failed::Read(ReadError::Unknown(_))) => {} // delivered meanwhile
                Err(Failed::Read(error)) => tally.unread.push((id, error.to_string())),
                Err(Failed::Write(error)) => {
                    writeln!(
                        streams.err,
                        "twinmx: {id} cannot be written to {}: {error}",
                        self.out.display()
                    )?;
                    return Ok(Exit::CannotCreate);
                }
            }
            progress.step(streams.err)?;
        }
        progress.clear(streams.err)?;
        self.tell(&tally, streams)?;
        Ok(match tally.unread.is_empty() && findings.is_sound() {
            true => Exit::Success,
            false => Exit::BadData,
        })
    }

    fn tell(&self, tally: &Tally, streams: &mut Streams<'_>) -> io::Result<()> {
        let Tally {
            written,
            there,
            unread,
        } = tally;
        if self.json {
            let unread: Vec<Value> = unread
                .iter()
                .map(|(id, why)| json!({ "id": id.to_string(), "why": why }))
                .collect();
            let json = json!({ "written": written, "there": there, "unreadable": unread });
            return writeln!(streams.out, "{json:#}");
        }
        for (id, why) in unread {
            writeln!(streams.err, "twinmx: {id} cannot be read: {why}")?;
        }
        let out = self.out.display();
        writeln!(
            streams.out,
            "{written} messages written to {out}, {there} were there, {} could not be read",
            unread.len()
        )
    }
}

/// The envelope comes last: where it is, the message is whole. False: it was there.
fn write(spool: &Spool, id: QueueId, out: &Path) -> Result<bool, Failed> {
    let envelope = out.join(format!("{id}.json"));
    if envelope.exists() {
        return Ok(false);
    }
    let stored = spool.read(id)?;
    let mut content = stored.content;
    let kept = Kept {
        id,
        meta: &stored.meta,
        state: stored.state.as_deref(),
        octets: content.octets(),
    };
    let parse = |octets: &[u8]| serde_json::from_slice(octets).unwrap_or(Value::Null);
    let described = json!({
        "message": Listed::of(&kept, false, now()),
        "envelope": parse(kept.meta),
        "state": kept.state.map(parse),
    });
    let mut file = tempfile::NamedTempFile::new_in(out)?;
    while let Some(block) = content.next()? {
        file.write_all(&block)?;
    }
    persist(file, &out.join(format!("{id}.eml")))?;
    let mut file = tempfile::NamedTempFile::new_in(out)?;
    writeln!(file, "{described:#}")?;
    persist(file, &envelope)?;
    Ok(true)
}

fn persist(file: tempfile::NamedTempFile, name: &Path) -> io::Result<()> {
    file.as_file().sync_data()?;
    file.persist(name).map_err(|error| error.error)?;
    fs::File::open(name.parent().unwrap_or(Path::new(".")))?.sync_all()
}
