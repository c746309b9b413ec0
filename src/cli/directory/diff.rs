//! `twinmx directory diff A B`: what one source has and another lacks, with the line that adds it there.

use std::collections::HashSet;
use std::io;

use book::difference::{CSV_HEADER, Lacks, csv_line, lacks, mend};
use book::{Entry, Shelf};
use clap::{Args, ValueEnum};
use mirror::MirrorError;
use serde_json::json;

use super::conflicts::{counted, fix_json, indented};
use super::kept;
use crate::cli::exit::Exit;
use crate::cli::{ConfigFile, Streams};
use crate::directory::KeptSource;

/// Show what one source has and another lacks, and what adds it there
///
/// In Notes, not in Active Directory: twinmx directory diff notes ad. Entries are the same where they share an address.
/// Ends with 0, 65 if something is lacking, 66 if a source was not read yet, 74 if what was read cannot be read again.
#[derive(Debug, Args)]
pub(super) struct Diff {
    #[command(flatten)]
    file: ConfigFile,
    /// The source that has it
    #[arg(value_name = "SOURCE")]
    from: String,
    /// The source that may lack it
    #[arg(value_name = "OTHER")]
    to: String,
    /// How it is written
    #[arg(long, value_enum, default_value_t = Form::Text)]
    format: Form,
    /// The same as --format json
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Form {
    /// What is lacking, and below it what adds it
    Text,
    /// Only the lines that add it
    Commands,
    /// A table of what is lacking
    Csv,
    /// A line each
    Json,
}

impl Diff {
    pub(super) fn run(self, streams: &mut Streams<'_>) -> io::Result<Exit> {
        let config = match self.file.load(streams)? {
            Ok(config) => config,
            Err(exit) => return Ok(exit),
        };
        let kept = match kept(&config, streams)? {
            Ok(kept) => kept,
            Err(exit) => return Ok(exit),
        };
        let mut found = Vec::new();
        for name in [&self.from, &self.to] {
            match kept.source(name) {
                Some(source) => found.push(source),
                None => {
                    writeln!(
                        streams.err,
                        "twinmx: {name} is no source that was read; see twinmx directory status"
                    )?;
                    return Ok(Exit::NoInput);
                }
            }
        }
        match self.compare(found[0], found[1], streams)? {
            Ok(0) => Ok(Exit::Success),
            Ok(_) => Ok(Exit::BadData),
            Err(error) => super::unreadable(&error, streams),
        }
    }

    fn compare(
        &self,
        from: &KeptSource<'_>,
        to: &KeptSource<'_>,
        streams: &mut Streams<'_>,
    ) -> io::Result<Result<usize, MirrorError>> {
        let known = match known(to) {
            Ok(known) => known,
            Err(error) => return Ok(Err(error)),
        };
        let form = if self.json { Form::Json } else { self.format };
        if form == Form::Csv {
            write!(streams.out, "{CSV_HEADER}")?;
        }
        let mut count = 0;
        for entry in from.entries() {
            let entry = match entry {
                Ok(entry) => entry,
                Err(error) => return Ok(Err(error)),
            };
            let knows = |address: &routing::Address| known.contains(address.canonical());
            if let Some(lacking) = lacks(&entry, &from.setting, knows) {
                count += 1;
                show(form, &entry, &lacking, from, to, streams)?;
            }
        }
        if form == Form::Text {
            let what = counted(count, "entry").replace("entrys", "entries");
            writeln!(
                streams.out,
                "{what} of {} that {} lacks",
                self.from, self.to
            )?;
        }
        Ok(Ok(count))
    }
}

/// All addresses that are anybody's there.
fn known(source: &KeptSource<'_>) -> Result<HashSet<Box<str>>, MirrorError> {
    let mut known = HashSet::new();
    for entry in source.entries() {
        let entry = entry?;
        known.extend(entry.addresses().map(|address| address.canonical().into()));
    }
    Ok(known)
}

fn show(
    form: Form,
    entry: &Entry,
    lacking: &Lacks,
    from: &KeptSource<'_>,
    to: &KeptSource<'_>,
    streams: &mut Streams<'_>,
) -> io::Result<()> {
    let fix = to
        .kind()
        .and_then(|kind| mend(entry, lacking, kind, &to.setting));
    let primary = entry.addresses().next().map(ToString::to_string);
    let primary = primary.unwrap_or_else(|| entry.key.to_string());
    match form {
        Form::Text => {
            match lacking {
                Lacks::Entry => writeln!(streams.out, "{primary}")?,
                Lacks::Addresses(addresses) => {
                    let list: Vec<String> = addresses.iter().map(ToString::to_string).collect();
                    writeln!(streams.out, "{primary}: not by {}", list.join(" "))?;
                }
            }
            match &fix {
                Some(fix) => writeln!(streams.out, "{}", indented(fix)),
                None => Ok(()),
            }
        }
        Form::Commands => match &fix {
            Some(fix) => writeln!(streams.out, "{fix}"),
            None => Ok(()),
        },
        Form::Csv => match csv_line(entry, &from.setting) {
            Some(line) => write!(streams.out, "{line}"),
            None => Ok(()),
        },
        Form::Json => {
            let addresses = match lacking {
                Lacks::Entry => None,
                Lacks::Addresses(addresses) => Some(
                    addresses
                        .iter()
                        .map(ToString::to_string)
                        .collect::<Vec<_>>(),
                ),
            };
            let line = json!({
                "address": primary,
                "display": entry.display,
                "lacks": if addresses.is_some() { "addresses" } else { "entry" },
                "addresses": addresses,
                "fix": fix.as_ref().map(fix_json),
            });
            writeln!(streams.out, "{line}")
        }
    }
}
