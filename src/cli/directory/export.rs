//! `twinmx directory export`: one address book out of all sources.

use std::io;

use book::export::{CSV_HEADER, csv_row, ldif_entry};
use clap::{Args, ValueEnum};

use super::kept;
use crate::cli::exit::Exit;
use crate::cli::{ConfigFile, Streams};

/// Write one address book out of all sources, to the standard output
///
/// Who is hidden from address books is left out unless --hidden says otherwise. Ends with 0, 66 if nothing was read yet,
/// 74 if what was read cannot be read again.
#[derive(Debug, Args)]
pub(super) struct Export {
    #[command(flatten)]
    file: ConfigFile,
    /// LDIF (RFC 2849) for an LDAP server, or a table
    #[arg(long, value_enum)]
    format: Form,
    /// The entries are put below this one
    #[arg(long, value_name = "DN", default_value = "ou=people")]
    base: String,
    /// Also who is hidden from address books
    #[arg(long)]
    hidden: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Form {
    Ldif,
    Csv,
}

impl Export {
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
        match self.format {
            Form::Ldif => write!(streams.out, "version: 1\n\n")?,
            Form::Csv => write!(streams.out, "{CSV_HEADER}")?,
        }
        for person in people {
            let person = match person {
                Ok(person) => person,
                Err(error) => return super::unreadable(&error, streams),
            };
            let is_hidden = person.entries.iter().any(|(_, entry)| entry.flags.hidden);
            if is_hidden && !self.hidden {
                continue;
            }
            let text = match self.format {
                Form::Ldif => ldif_entry(&person, &self.base),
                Form::Csv => csv_row(&person),
            };
            if let Some(text) = text {
                write!(streams.out, "{text}")?;
            }
        }
        Ok(Exit::Success)
    }
}
