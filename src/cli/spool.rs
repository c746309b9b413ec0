//! `twinmx spool`: the store of mail in custody, as files.

mod adopt;
mod check;
mod export;
pub(super) mod place;
mod read_only;

use std::io;

use clap::{Args, Subcommand};

use super::Streams;
use super::exit::Exit;

/// Check a spool, copy its mail out, take over another gateway's
#[derive(Debug, Args)]
pub struct Spool {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Check(check::Check),
    Export(export::Export),
    Adopt(adopt::Adopt),
}

impl Spool {
    pub(super) fn run(self, streams: &mut Streams<'_>) -> io::Result<Exit> {
        match self.command {
            Command::Check(check) => check.run(streams),
            Command::Export(export) => export.run(streams),
            Command::Adopt(adopt) => adopt.run(streams),
        }
    }
}
