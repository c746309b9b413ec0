//! `twinmx directory conflicts`: where the sources contradict each other, and what mends it.

use std::io;

use book::{Conflict, Fix};
use clap::Args;
use serde_json::{Value, json};

use super::kept;
use crate::cli::exit::Exit;
use crate::cli::{ConfigFile, Streams};

/// Show where the sources contradict each other about somebody, and what mends it
///
/// The first source of the configuration that names a mailbox counts. What mends the other one is printed below: where
/// the one that counts is wrong, change the order of the sources. Ends with 0, 65 if there are conflicts, 66 if nothing
/// was read yet, 74 if what was read cannot be read again.
#[derive(Debug, Args)]
pub(super) struct Conflicts {
    #[command(flatten)]
    file: ConfigFile,
    /// Print JSON, a line each
    #[arg(long)]
    json: bool,
}

impl Conflicts {
    pub(super) fn run(self, streams: &mut Streams<'_>) -> io::Result<Exit> {
        let config = match self.file.load(streams)? {
            Ok(config) => config,
            Err(exit) => return Ok(exit),
        };
        let kept = match kept(&config, streams)? {
            Ok(kept) => kept,
            Err(exit) => return Ok(exit),
        };
        let people = match kept.people() {
            Ok(people) => people,
            Err(error) => return super::unreadable(&error, streams),
        };
        let mut count = 0;
        for person in people {
            let person = match person {
                Ok(person) => person,
                Err(error) => return super::unreadable(&error, streams),
            };
            for conflict in kept.conflicts(&person) {
                count += 1;
                match self.json {
                    true => writeln!(streams.out, "{}", as_json(&conflict))?,
                    false => show(&conflict, streams)?,
                }
            }
        }
        if !self.json {
            writeln!(streams.out, "{}", counted(count, "conflict"))?;
        }
        Ok(if count == 0 {
            Exit::Success
        } else {
            Exit::BadData
        })
    }
}

fn show(conflict: &Conflict, streams: &mut Streams<'_>) -> io::Result<()> {
    writeln!(streams.out, "{conflict}")?;
    match &conflict.fix {
        None => writeln!(streams.out),
        Some(fix) => writeln!(streams.out, "{}\n", indented(fix)),
    }
}

/// Below what it mends, so that a reader sees where a command begins.
pub(super) fn indented(fix: &Fix) -> String {
    let text = fix.to_string();
    let lines: Vec<String> = text.lines().map(|line| format!("    {line}")).collect();
    lines.join("\n")
}

fn as_json(conflict: &Conflict) -> Value {
    let said = |(source, location): &(String, book::Location)| json!({ "source": source, "says": location.to_string() });
    json!({
        "address": conflict.address.to_string(),
        "what": conflict.what.to_string(),
        "counts": said(&conflict.winner),
        "contradicts": said(&conflict.loser),
        "fix": conflict.fix.as_ref().map(fix_json),
    })
}

pub(super) fn fix_json(fix: &Fix) -> Value {
    let kind = match fix {
        Fix::PowerShell(_) => "powershell",
        Fix::Ldif(_) => "ldif",
        Fix::ByHand(_) => "by-hand",
    };
    json!({ "kind": kind, "text": fix.to_string() })
}

/// `1 conflict`, `2 conflicts`
pub(super) fn counted(count: usize, what: &str) -> String {
    match count {
        1 => format!("1 {what}"),
        _ => format!("{count} {what}s"),
    }
}
