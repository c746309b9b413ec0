//! `twinmx queue`: what is in custody, and what is to become of it.

mod change;
mod choice;
mod drain;
mod list;
mod shape;
mod words;

use std::io;

use clap::{Args, Subcommand};

use super::Streams;
use super::exit::Exit;
use crate::config::Config;
use crate::control::{Answer, Client, Fault, Request, Unheard};
use crate::queue::Change;

/// Show the mail in custody, and steer it
#[derive(Debug, Args)]
pub struct Queue {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    List(list::List),
    Show(list::Show),
    Shape(shape::Shape),
    /// Try messages now
    Retry(change::Plain),
    Hold(change::Hold),
    /// End the hold of messages, and try them now
    Release(change::Plain),
    /// Give messages up, and tell their senders
    ///
    /// The report goes out as if the mail had been refused.
    Bounce(change::Plain),
    /// Give messages up, and tell nobody
    Remove(change::Plain),
    Drain(drain::Drain),
}

impl Queue {
    pub(super) fn run(self, streams: &mut Streams<'_>) -> io::Result<Exit> {
        match self.command {
            Command::List(list) => list.run(streams),
            Command::Show(show) => show.run(streams),
            Command::Shape(shape) => shape.run(streams),
            Command::Retry(plain) => plain.run(Change::Retry { side: None }, streams),
            Command::Hold(hold) => hold.run(streams),
            Command::Release(plain) => plain.run(Change::Release {}, streams),
            Command::Bounce(plain) => plain.run(Change::Bounce {}, streams),
            Command::Remove(plain) => plain.run(Change::Remove {}, streams),
            Command::Drain(drain) => drain.run(streams),
        }
    }
}

/// Asks the gateway. `None`: it does not run.
pub(super) fn ask(config: &Config, request: &Request) -> Result<Option<Client>, Unheard> {
    match Client::connect(&config.state_dir) {
        Ok(mut client) => {
            client.say(request)?;
            Ok(Some(client))
        }
        Err(Unheard::NotRunning) => Ok(None),
        Err(error) => Err(error),
    }
}

/// A gateway that must run.
pub(super) fn tell(config: &Config, request: &Request) -> Result<Client, Unheard> {
    ask(config, request)?.ok_or(Unheard::NotRunning)
}

/// Nobody answered, or not to the end.
pub(super) fn unheard(
    error: &Unheard,
    config: &Config,
    streams: &mut Streams<'_>,
) -> io::Result<Exit> {
    let place = config.state_dir.display();
    let (text, exit) = match error {
        Unheard::NotRunning => (
            format!(
                "the gateway of {place} does not run, and only it can change its queue; start it"
            ),
            Exit::Unreachable,
        ),
        Unheard::Forbidden(error) => (
            format!("only the user of the gateway may steer it: {place}: {error}"),
            Exit::NoPermission,
        ),
        Unheard::Lost(_) | Unheard::HungUp => (error.to_string(), Exit::Unreachable),
        Unheard::NotALine(_) => (error.to_string(), Exit::BadData),
    };
    writeln!(streams.err, "twinmx: {text}")?;
    Ok(exit)
}

/// The gateway said why not.
pub(super) fn refused(fault: Fault, text: &str, streams: &mut Streams<'_>) -> io::Result<Exit> {
    writeln!(streams.err, "twinmx: {text}")?;
    Ok(match fault {
        Fault::Request => Exit::Usage,
        Fault::Missing => Exit::NoInput,
        Fault::Damaged => Exit::BadData,
        Fault::Later => Exit::TryAgain,
        Fault::Disk => Exit::InputOutput,
    })
}

/// It said something, but not what was asked for.
pub(super) fn beside(answer: &Answer, streams: &mut Streams<'_>) -> io::Result<Exit> {
    if let Answer::Error { fault, text } = answer {
        return refused(*fault, text, streams);
    }
    writeln!(
        streams.err,
        "twinmx: the gateway said something else: {answer:?}"
    )?;
    Ok(Exit::BadData)
}
