//! `twinmx queue list` and `show`: the messages, from the gateway if it runs, otherwise from its spool.

use std::io;

use clap::Args;

use super::choice::{Choice, misnamed};
use super::words::{InWords, Octets};
use super::{ask, beside, unheard};
use crate::cli::exit::Exit;
use crate::cli::spool::place;
use crate::cli::{ConfigFile, Streams};
use crate::config::Config;
use crate::control::{Answer, Request};
use crate::queue::{Listed, Selection};

/// List messages, the oldest first
///
/// Also while the gateway does not run. Ends with 0, 66 if a message that was named is not there.
#[derive(Debug, Args)]
pub(super) struct List {
    #[command(flatten)]
    choice: Choice,
    #[command(flatten)]
    file: ConfigFile,
    /// Print JSON: an object a line
    #[arg(long)]
    json: bool,
}

/// Show messages by their identifiers
///
/// Ends with 0, 66 if one is not there.
#[derive(Debug, Args)]
pub(super) struct Show {
    /// Messages, by their identifiers
    #[arg(required = true, value_name = "ID")]
    ids: Vec<String>,
    #[command(flatten)]
    file: ConfigFile,
    /// Print JSON: an object a line
    #[arg(long)]
    json: bool,
}

impl Show {
    pub(super) fn run(self, streams: &mut Streams<'_>) -> io::Result<Exit> {
        let list = List {
            choice: Choice::from(&*self.ids),
            file: self.file,
            json: self.json,
        };
        list.print(false, streams)
    }
}

impl List {
    pub(super) fn run(self, streams: &mut Streams<'_>) -> io::Result<Exit> {
        self.print(true, streams)
    }

    fn print(self, with_sum: bool, streams: &mut Streams<'_>) -> io::Result<Exit> {
        let config = match self.file.load(streams)? {
            Ok(config) => config,
            Err(exit) => return Ok(exit),
        };
        let selection = self.choice.selection(false);
        if misnamed(&selection, streams)? {
            return Ok(Exit::NoInput);
        }
        let mut printed = Printed {
            json: self.json,
            ..Printed::default()
        };
        let exit = each(&config, &selection, streams, |listed, streams| {
            printed.print(listed, streams)
        })?;
        if with_sum && !self.json && exit == Exit::Success {
            let (messages, octets) = (printed.ids.len(), Octets(printed.octets));
            writeln!(streams.out, "{messages} messages, {octets}")?;
        }
        match exit {
            Exit::Success => missing(&selection, &printed.ids, streams),
            exit => Ok(exit),
        }
    }
}

#[derive(Default)]
struct Printed {
    json: bool,
    ids: Vec<String>,
    octets: u64,
}

impl Printed {
    fn print(&mut self, listed: &Listed, streams: &mut Streams<'_>) -> io::Result<()> {
        self.ids.push(listed.id.clone());
        self.octets += listed.octets;
        match self.json {
            true => writeln!(streams.out, "{}", serde_json::to_string(listed)?),
            false => write!(streams.out, "{}", InWords(listed)),
        }
    }
}

/// Calls `found` for each message that is selected.
pub(super) fn each(
    config: &Config,
    selection: &Selection,
    streams: &mut Streams<'_>,
    mut found: impl FnMut(&Listed, &mut Streams<'_>) -> io::Result<()>,
) -> io::Result<Exit> {
    let request = Request::List {
        selection: selection.clone(),
    };
    let mut client = match ask(config, &request) {
        Ok(Some(client)) => client,
        Ok(None) => return offline(config, selection, streams, found),
        Err(error) => return unheard(&error, config, streams),
    };
    loop {
        match client.hear() {
            Ok(Some(Answer::Message(listed))) => found(&listed, streams)?,
            Ok(Some(answer)) => return beside(&answer, streams),
            Ok(None) => return Ok(Exit::Success),
            Err(error) => return unheard(&error, config, streams),
        }
    }
}

/// The gateway does not run: its spool is read and not touched.
fn offline(
    config: &Config,
    selection: &Selection,
    streams: &mut Streams<'_>,
    mut found: impl FnMut(&Listed, &mut Streams<'_>) -> io::Result<()>,
) -> io::Result<Exit> {
    let path = place::of(config);
    if !path.exists() {
        return Ok(Exit::Success); // nothing was ever kept
    }
    writeln!(
        streams.err,
        "twinmx: the gateway does not run; this is what its spool {} holds",
        path.display()
    )?;
    let (ids, _) = selection.ids();
    let mut shown = Ok(());
    let findings = place::inspect(&path, |listed, id| {
        let is_meant = (ids.is_empty() || ids.contains(&id)) && selection.takes(listed);
        if is_meant && shown.is_ok() {
            shown = found(listed, streams);
        }
    });
    shown?;
    match findings {
        Ok(findings) if findings.is_sound() => Ok(Exit::Success),
        Ok(findings) => {
            writeln!(streams.err, "twinmx: the spool is damaged: {findings}")?;
            Ok(Exit::BadData)
        }
        Err(error) => place::unopened(&path, &error, streams),
    }
}

/// Those that were named and are not there.
pub(super) fn missing(
    selection: &Selection,
    found: &[String],
    streams: &mut Streams<'_>,
) -> io::Result<Exit> {
    let mut exit = Exit::Success;
    for id in selection.ids().0 {
        let id = id.to_string();
        if !found.contains(&id) {
            writeln!(streams.err, "twinmx: {id} is not in the queue")?;
            exit = Exit::NoInput;
        }
    }
    Ok(exit)
}
