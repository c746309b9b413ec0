//! The command line: one file a command.

pub mod check;
pub mod convert;
#[cfg(feature = "demo")]
pub mod demo;
pub mod directory;
pub mod exit;
mod progress;
pub mod queue;
pub mod route;
pub mod run;
pub mod spool;

use std::ffi::OsString;
use std::io::{self, IsTerminal, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};

use crate::config::{Config, Diagnostics, Loaded};
use exit::Exit;

/// One mail domain, two mail systems, one MX that knows who lives where.
#[derive(Debug, Parser)]
#[command(name = "twinmx", version, disable_help_subcommand = true)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Run(run::Run),
    Check(check::Check),
    #[cfg(feature = "demo")]
    Demo(demo::Demo),
    Route(route::Route),
    Directory(directory::Directory),
    Convert(convert::Convert),
    Queue(queue::Queue),
    Spool(spool::Spool),
}

impl Command {
    fn run(self, streams: &mut Streams<'_>) -> io::Result<Exit> {
        match self {
            Self::Run(run) => run.run(streams),
            Self::Check(check) => check.run(streams),
            #[cfg(feature = "demo")]
            Self::Demo(demo) => demo.run(streams),
            Self::Route(route) => route.run(streams),
            Self::Directory(directory) => directory.run(streams),
            Self::Convert(convert) => convert.run(streams),
            Self::Queue(queue) => queue.run(streams),
            Self::Spool(spool) => spool.run(streams),
        }
    }
}

/// The option that every command takes.
#[derive(Debug, Clone, Args)]
pub struct ConfigFile {
    /// The configuration
    #[arg(long, value_name = "FILE", default_value = "/etc/twinmx/twinmx.toml")]
    pub config: PathBuf,
}

impl ConfigFile {
    /// Reads the configuration for a command that needs it. Faults and warnings are shown; with a fault there is nothing to
    /// go on with but the exit code.
    pub fn load(&self, streams: &mut Streams<'_>) -> io::Result<Result<Config, Exit>> {
        match Config::load(&self.config) {
            Ok(Loaded { config, warnings }) => {
                if warnings.iter().next().is_some() {
                    streams.show(&warnings)?;
                }
                Ok(Ok(config))
            }
            Err(faults) => {
                streams.show(&faults)?;
                Ok(Err(Exit::Configuration))
            }
        }
    }
}

/// Where a command speaks.
pub struct Streams<'s> {
    /// What was asked for.
    pub out: &'s mut dyn Write,
    /// Everything else.
    pub err: &'s mut dyn Write,
    /// Whether `err` shows colours.
    pub colour: bool,
}

impl Streams<'_> {
    /// Diagnostics, as people read them.
    pub fn show(&mut self, diagnostics: &Diagnostics) -> io::Result<()> {
        if self.colour {
            write!(self.err, "{}", diagnostics.coloured())
        } else {
            write!(self.err, "{diagnostics}")
        }
    }
}

/// The whole program.
pub fn main() -> ExitCode {
    let (mut out, mut err) = (io::stdout(), io::stderr());
    let colour = err.is_terminal() && std::env::var_os("NO_COLOR").is_none();
    let mut streams = Streams {
        out: &mut out,
        err: &mut err,
        colour,
    };
    run(std::env::args_os(), &mut streams).into()
}

/// One command, given as words, the program's name first.
pub fn run(words: impl IntoIterator<Item = OsString>, streams: &mut Streams<'_>) -> Exit {
    let done = match Cli::try_parse_from(words) {
        Ok(cli) => cli.command.run(streams),
        Err(error) => refuse(&error, streams),
    };
    // A reader that closed the pipe has seen enough.
    done.and_then(|exit| streams.out.flush().map(|()| exit))
        .unwrap_or(Exit::InputOutput)
}

/// Help and version are answers; everything else is wrong usage.
fn refuse(error: &clap::Error, streams: &mut Streams<'_>) -> io::Result<Exit> {
    if error.use_stderr() {
        write!(streams.err, "{}", error.render())?;
        Ok(Exit::Usage)
    } else {
        write!(streams.out, "{}", error.render())?;
        Ok(Exit::Success)
    }
}
