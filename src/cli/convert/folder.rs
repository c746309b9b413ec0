//! A folder of messages: walked, each file converted into another folder.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use super::Convert;
use super::input::{self, is_tnef};
use super::report::{Entry, Fate};
use crate::cli::Streams;
use crate::cli::exit::Exit;
use crate::cli::progress::Progress;
use crate::limits;

/// What the walk came upon.
enum Found {
    /// Below the folder.
    File(PathBuf),
    Trouble(PathBuf, io::Error),
}

pub(super) fn run(convert: &Convert, streams: &mut Streams<'_>) -> io::Result<Exit> {
    let Some(out) = &convert.out else {
        writeln!(
            streams.err,
            "twinmx: a folder needs --out DIR, the folder to write to"
        )?;
        return Ok(Exit::Usage);
    };
    let Some(out_there) = apart(&convert.from, out) else {
        writeln!(
            streams.err,
            "twinmx: --out {} holds the folder to convert; choose one beside it or within it",
            out.display()
        )?;
        return Ok(Exit::Usage);
    };
    let mut found = Vec::new();
    walk(&convert.from, Path::new(""), &out_there, 0, &mut found);
    if found.is_empty() {
        let from = convert.from.display();
        writeln!(streams.err, "twinmx: there is no file in {from}")?;
        return Ok(Exit::NoInput);
    }
    let mut progress = Progress::new(found.len() as u64, "files");
    let mut tally = Tally::default();
    for one in found {
        let entry = match one {
            Found::File(relative) => one_file(convert, &relative, out),
            Found::Trouble(path, error) => {
                let mut entry = Entry::new(path.display().to_string());
                entry.fail(Fate::NotRead(error.to_string()));
                entry
            }
        };
        progress.clear(streams.err)?;
        if !convert.json {
            writeln!(streams.out, "{entry}")?;
        }
        tally.count(entry, convert.json);
        progress.step(streams.err)?;
    }
    progress.clear(streams.err)?;
    tally.tell(convert, streams)?;
    Ok(tally.exit)
}

/// Where `out` really is (or will be); `None`: a result could take the place of an input.
fn apart(from: &Path, out: &Path) -> Option<PathBuf> {
    let absolute = |path: &Path| fs::canonicalize(path).or_else(|_| std::path::absolute(path));
    let (from, out) = (absolute(from).ok()?, absolute(out).ok()?);
    (!from.starts_with(&out)).then_some(out)
}

/// In the order of names; links are not followed.
fn walk(from: &Path, below: &Path, out: &Path, depth: usize, found: &mut Vec<Found>) {
    let here = from.join(below);
    if fs::canonicalize(&here).is_ok_and(|here| here == out) {
        return; // what we write is no input
    }
    if depth > limits::CONVERT_DEPTH {
        let error = io::Error::other("too deep in the folder");
        return found.push(Found::Trouble(here, error));
    }
    let entries = fs::read_dir(&here).and_then(Iterator::collect::<io::Result<Vec<_>>>);
    let mut entries = match entries {
        Ok(entries) => entries,
        Err(error) => return found.push(Found::Trouble(here, error)),
    };
    entries.sort_by_key(fs::DirEntry::file_name);
    for entry in entries {
        let name = below.join(entry.file_name());
        match entry.file_type() {
            Ok(kind) if kind.is_dir() => walk(from, &name, out, depth + 1, found),
            Ok(kind) if kind.is_file() => found.push(Found::File(name)),
            Ok(_) => {}
            Err(error) => found.push(Found::Trouble(entry.path(), error)),
        }
    }
}

fn one_file(convert: &Convert, relative: &Path, out: &Path) -> Entry {
    let path = convert.from.join(relative);
    let name = path.display().to_string();
    let is_message = relative
        .extension()
        .is_some_and(|extension| extension.eq_ignore_ascii_case("eml"));
    let input = match is_message {
        true => input::read(&path).map(Some),
        false => is_tnef(&path).and_then(|is| match is {
            true => input::read(&path).map(Some),
            false => Ok(None),
        }),
    };
    let mut entry = Entry::new(name.clone());
    match input {
        Ok(Some(input)) => return convert.write(input, name, &path, relative, out),
        Ok(None) => entry.fail(Fate::Skipped),
        Err(error) => entry.fail(Fate::NotRead(error.to_string())),
    }
    entry
}

/// All of it.
#[derive(Debug, Default)]
struct Tally {
    entries: Vec<Value>,
    counts: BTreeMap<&'static str, usize>,
    exit: Exit,
}

impl Tally {
    fn count(&mut self, entry: Entry, json: bool) {
        *self.counts.entry(entry.fate().word()).or_default() += 1;
        // The worst is told: a lost result before a lost input before what could not be decoded.
        let worst = |exit: Exit| match exit {
            Exit::CannotCreate => 3,
            Exit::NoInput => 2,
            Exit::Success => 0,
            _ => 1,
        };
        if worst(entry.exit()) > worst(self.exit) {
            self.exit = entry.exit();
        }
        if json {
            self.entries.push(entry.json());
        }
    }

    fn tell(&mut self, convert: &Convert, streams: &mut Streams<'_>) -> io::Result<()> {
        if convert.json {
            let json = json!({
                "dry_run": convert.dry_run,
                "counts": self.counts,
                "files": std::mem::take(&mut self.entries),
            });
            return writeln!(streams.out, "{json:#}");
        }
        let counts = self.counts.iter();
        let words: Vec<String> = counts
            .map(|(word, count)| format!("{count} {word}"))
            .collect();
        let total: usize = self.counts.values().sum();
        writeln!(streams.out, "{total} files: {}", words.join(", "))
    }
}
