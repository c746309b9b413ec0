//! `twinmx directory lint`: what is wrong with single entries.

use std::io;

use book::lint::{Lint as Finding, of_entry, of_mail_user};
use book::{Entry, Person, PresetKind, Shelf, System};
use clap::Args;
use mirror::MirrorError;
use routing::{Domain, Snapshot};
use serde_json::json;

use super::conflicts::counted;
use super::{groups, in_force, kept};
use crate::cli::exit::Exit;
use crate::cli::{ConfigFile, Streams};
use crate::directory::Kept;

/// Show what is wrong with single entries
///
/// Routing addresses outside the domains that lead to a side, forwarding out of the company, addresses that two entries
/// have, groups whose members their owner may not reach, and mail users whose target address is not as Microsoft's plan for coexistence wants it. Ends with 0, 65 if
/// something is wrong, 66 if nothing was read yet, 74 if what was read cannot be read again.
#[derive(Debug, Args)]
pub(super) struct Lint {
    #[command(flatten)]
    file: ConfigFile,
    /// Print JSON, a line each
    #[arg(long)]
    json: bool,
}

impl Lint {
    pub(super) fn run(self, streams: &mut Streams<'_>) -> io::Result<Exit> {
        let config = match self.file.load(streams)? {
            Ok(config) => config,
            Err(exit) => return Ok(exit),
        };
        let kept = match kept(&config, streams)? {
            Ok(kept) => kept,
            Err(exit) => return Ok(exit),
        };
        let verified: Vec<Domain> = config
            .domains
            .iter()
            .filter_map(|domain| Domain::parse(&domain.name).ok())
            .collect();
        let people = match kept.people() {
            Ok(people) => people,
            Err(error) => return super::unreadable(&error, streams),
        };
        let snapshot = in_force(&config, streams)?;
        let mut count = 0;
        for person in people {
            let person = match person {
                Ok(person) => person,
                Err(error) => return super::unreadable(&error, streams),
            };
            let of_groups = match of_groups(&person, &kept, &snapshot) {
                Ok(found) => found,
                Err(error) => return super::unreadable(&error, streams),
            };
            let found = findings(&person, &kept, &verified);
            for (source, whose, what) in found.into_iter().chain(of_groups) {
                count += 1;
                match self.json {
                    true => writeln!(
                        streams.out,
                        "{}",
                        json!({ "source": source, "entry": whose, "what": what })
                    )?,
                    false => writeln!(streams.out, "{source}: {whose}: {what}")?,
                }
            }
        }
        if !self.json {
            writeln!(streams.out, "{}", counted(count, "finding"))?;
        }
        Ok(if count == 0 {
            Exit::Success
        } else {
            Exit::BadData
        })
    }
}

/// Source, entry and what is wrong with it.
fn findings(
    person: &Person,
    kept: &Kept<'_>,
    verified: &[Domain],
) -> Vec<(String, String, String)> {
    let mut found = Vec::new();
    for (number, entry) in &person.entries {
        let source = &kept.sources[*number];
        let mut note = |what: String| found.push((source.name().to_owned(), whose(entry), what));
        of_entry(entry, &source.setting)
            .iter()
            .for_each(|finding: &Finding| note(finding.to_string()));
        if source.kind() == Some(PresetKind::ActiveDirectory) {
            let there = elsewhere(person, *number);
            of_mail_user(entry, there, verified)
                .iter()
                .for_each(|finding| note(finding.to_string()));
        }
        let twin = person
            .entries
            .iter()
            .find(|(other, twin)| other == number && twin.key > entry.key);
        if let Some((_, twin)) = twin {
            note(format!(
                "{} of the same source has its address, too",
                whose(twin)
            ));
        }
    }
    for rival in &person.rivals {
        found.push((
            rival.loser.source.clone(),
            rival.address.to_string(),
            rival.to_string(),
        ));
    }
    found
}

/// The same of the groups among its entries.
fn of_groups(
    person: &Person,
    kept: &Kept<'_>,
    snapshot: &Snapshot,
) -> Result<Vec<(String, String, String)>, MirrorError> {
    let mut found = Vec::new();
    for (number, entry) in &person.entries {
        let source = &kept.sources[*number];
        for what in groups::findings(entry, source, snapshot)? {
            found.push((source.name().to_owned(), whose(entry), what));
        }
    }
    Ok(found)
}

/// What the third-party system itself says of the same person.
fn elsewhere(person: &Person, but: usize) -> Option<&Entry> {
    let mut others = person.entries.iter().filter(|(number, _)| *number != but);
    let is_third_party = |entry: &Entry| {
        !matches!(
            entry.system(),
            None | Some(System::Cloud | System::Exchange)
        )
    };
    others
        .find(|(_, entry)| is_third_party(entry))
        .map(|(_, entry)| entry)
}

/// How an administrator finds it: by its name, or else by its address.
fn whose(entry: &Entry) -> String {
    let address = || entry.addresses().next().map(ToString::to_string);
    match entry.name.as_str() {
        "" => address().unwrap_or_else(|| entry.key.to_string()),
        name => name.to_owned(),
    }
}
