//! `twinmx queue retry|hold|release|bounce|remove`: counted first, then done.

use std::collections::BTreeMap;
use std::io::{self, BufRead as _, IsTerminal as _};

use clap::Args;
use serde_json::json;

use super::choice::{Choice, misnamed};
use super::list::{each, missing};
use super::words::InWords;
use super::{beside, tell, unheard};
use crate::cli::exit::Exit;
use crate::cli::progress::Progress;
use crate::cli::{ConfigFile, Streams};
use crate::config::Config;
use crate::control::{Answer, Client, Request};
use crate::queue::{Change, Changed, Selection};

/// What every change takes.
///
/// A change concerns whole messages, with all their recipients. It ends with 0, 64 if it was not said which messages are
/// meant, 66 if one that was named is not there, 69 if the gateway does not run, 75 if some were under way or could not be
/// changed.
#[derive(Debug, Args)]
pub(super) struct Plain {
    #[command(flatten)]
    choice: Choice,
    /// Every message
    #[arg(long)]
    all: bool,
    /// Only show which messages would be changed
    #[arg(long)]
    dry_run: bool,
    /// Do not ask
    #[arg(long)]
    yes: bool,
    #[command(flatten)]
    file: ConfigFile,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// Leave messages alone until they are released
#[derive(Debug, Args)]
pub(super) struct Hold {
    #[command(flatten)]
    plain: Plain,
    /// Why, for whoever finds them
    #[arg(long, value_name = "TEXT", default_value = "held by an operator")]
    why: String,
}

impl Hold {
    pub(super) fn run(self, streams: &mut Streams<'_>) -> io::Result<Exit> {
        self.plain.run(Change::Hold { why: self.why }, streams)
    }
}

impl Plain {
    pub(super) fn run(self, change: Change, streams: &mut Streams<'_>) -> io::Result<Exit> {
        let selection = self.choice.selection(self.all);
        if !selection.is_said() {
            writeln!(
                streams.err,
                "twinmx: say which messages: identifiers, filters or --all"
            )?;
            return Ok(Exit::Usage);
        }
        let config = match self.file.load(streams)? {
            Ok(config) => config,
            Err(exit) => return Ok(exit),
        };
        if misnamed(&selection, streams)? {
            return Ok(Exit::NoInput);
        }
        match self.dry_run {
            true => self.rehearse(&change, &selection, &config, streams),
            false => self.perform(&change, &selection, &config, streams),
        }
    }

    fn rehearse(
        &self,
        change: &Change,
        selection: &Selection,
        config: &Config,
        streams: &mut Streams<'_>,
    ) -> io::Result<Exit> {
        let mut ids = Vec::new();
        let exit = each(config, selection, streams, |listed, streams| {
            ids.push(listed.id.clone());
            match self.json {
                true => Ok(()),
                false => write!(streams.out, "{}", InWords(listed)),
            }
        })?;
        if exit != Exit::Success {
            return Ok(exit);
        }
        match self.json {
            true => writeln!(
                streams.out,
                "{:#}",
                json!({ "dry_run": true, "messages": ids })
            )?,
            false => writeln!(streams.out, "{}", would(ids.len() as u64, change))?,
        }
        missing(selection, &ids, streams)
    }

    fn perform(
        &self,
        change: &Change,
        selection: &Selection,
        config: &Config,
        streams: &mut Streams<'_>,
    ) -> io::Result<Exit> {
        let request = Request::Change {
            change: change.clone(),
            selection: selection.clone(),
        };
        let mut client = match tell(config, &request) {
            Ok(client) => client,
            Err(error) => return unheard(&error, config, streams),
        };
        let matched = match client.hear() {
            Ok(Some(Answer::Matched { messages })) => messages,
            Ok(Some(answer)) => return beside(&answer, streams),
            Ok(None) => 0,
            Err(error) => return unheard(&error, config, streams),
        };
        if matched > 0 && !self.may(matched, change, streams)? {
            writeln!(streams.err, "nothing was changed")?;
            return Ok(Exit::Success);
        }
        if let Err(error) = client.say(&Request::Proceed {}) {
            return unheard(&error, config, streams);
        }
        let mut tally = Tally::default();
        let exit = tally.hear(&mut client, config, streams)?;
        if exit != Exit::Success {
            return Ok(exit);
        }
        tally.tell(change, self.json, streams)?;
        let found: Vec<String> = tally.outcomes.iter().map(|(id, _)| id.clone()).collect();
        match missing(selection, &found, streams)? {
            Exit::Success => Ok(tally.exit()),
            exit => Ok(exit),
        }
    }

    /// Asks where somebody can answer.
    fn may(&self, matched: u64, change: &Change, streams: &mut Streams<'_>) -> io::Result<bool> {
        if self.yes || !io::stdin().is_terminal() || !io::stderr().is_terminal() {
            return Ok(true);
        }
        write!(streams.err, "{}. Go on? [y/N] ", would(matched, change))?;
        streams.err.flush()?;
        let mut answer = String::new();
        io::stdin().lock().read_line(&mut answer)?;
        Ok(["y", "yes"].contains(&answer.trim().to_lowercase().as_str()))
    }
}

/// What became of each.
#[derive(Debug, Default)]
struct Tally {
    outcomes: Vec<(String, Changed)>,
}

impl Tally {
    fn hear(
        &mut self,
        client: &mut Client,
        config: &Config,
        streams: &mut Streams<'_>,
    ) -> io::Result<Exit> {
        let mut progress = Progress::new(0, "messages");
        loop {
            match client.hear() {
                Ok(Some(Answer::Changed { id, outcome })) => self.outcomes.push((id, outcome)),
                Ok(Some(Answer::Progress { done, total })) => {
                    progress.stand(done, total, streams.err)?;
                }
                Ok(Some(answer)) => return beside(&answer, streams),
                Ok(None) => {
                    progress.clear(streams.err)?;
                    return Ok(Exit::Success);
                }
                Err(error) => {
                    progress.clear(streams.err)?;
                    return unheard(&error, config, streams);
                }
            }
        }
    }

    fn done(&self) -> usize {
        let done = |(_, outcome): &&(String, Changed)| *outcome == Changed::Done {};
        self.outcomes.iter().filter(done).count()
    }

    fn tell(&self, change: &Change, json: bool, streams: &mut Streams<'_>) -> io::Result<()> {
        if json {
            let all: BTreeMap<&str, _> = self
                .outcomes
                .iter()
                .map(|(id, outcome)| (&**id, json!(outcome)))
                .collect();
            let json = json!({ "dry_run": false, "changed": self.done(), "messages": all });
            return writeln!(streams.out, "{json:#}");
        }
        for (id, outcome) in &self.outcomes {
            match outcome {
                Changed::Done {} => {}
                Changed::Busy {} => writeln!(streams.err, "{id} is under way and was left alone")?,
                Changed::Gone {} => writeln!(streams.err, "{id} has left the queue meanwhile")?,
                Changed::Left { why } => writeln!(streams.err, "{id} was left alone: {why}")?,
                Changed::Failed { why } => {
                    writeln!(streams.err, "{id} could not be changed: {why}")?
                }
            }
        }
        writeln!(
            streams.out,
            "{} of {} messages {}",
            self.done(),
            self.outcomes.len(),
            past(change)
        )
    }

    fn exit(&self) -> Exit {
        let is_open = |outcome: &Changed| !matches!(outcome, Changed::Done {} | Changed::Gone {});
        let failed = |outcome: &Changed| matches!(outcome, Changed::Failed { .. });
        match () {
            () if self.outcomes.iter().any(|(_, outcome)| failed(outcome)) => Exit::InputOutput,
            () if self.outcomes.iter().any(|(_, outcome)| is_open(outcome)) => Exit::TryAgain,
            () => Exit::Success,
        }
    }
}

fn would(count: u64, change: &Change) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{count} message{plural} would be {}", past(change))
}

fn past(change: &Change) -> &'static str {
    match change {
        Change::Retry { .. } => "tried now",
        Change::Hold { .. } => "put on hold",
        Change::Release {} => "released",
        Change::Bounce {} => "given back to their senders",
        Change::Remove {} => "removed",
    }
}
