//! `twinmx queue drain`: everything of a side, now.

use std::io;

use clap::Args;

use super::{beside, tell, unheard};
use crate::cli::exit::Exit;
use crate::cli::progress::Progress;
use crate::cli::{ConfigFile, Streams};
use crate::control::{Answer, Request};

/// Try everything that waits for a side now, and wait until nothing does
///
/// Ends with 0 when the side has nothing left, with 75 when something is left and nothing moves any more. What is on hold
/// stays on hold.
#[derive(Debug, Args)]
pub(super) struct Drain {
    /// The side; "internet" and "undecided" are sides here
    #[arg(value_name = "SIDE")]
    side: String,
    #[command(flatten)]
    file: ConfigFile,
}

impl Drain {
    pub(super) fn run(self, streams: &mut Streams<'_>) -> io::Result<Exit> {
        let config = match self.file.load(streams)? {
            Ok(config) => config,
            Err(exit) => return Ok(exit),
        };
        let is_side = config.sides.iter().any(|side| side.name == self.side);
        if !is_side && !["internet", "undecided"].contains(&&*self.side) {
            let side = self.side.escape_debug();
            writeln!(
                streams.err,
                "twinmx: {side} is no side of the configuration"
            )?;
            return Ok(Exit::Usage);
        }
        let side = self.side.clone();
        let mut client = match tell(&config, &Request::Drain { side }) {
            Ok(client) => client,
            Err(error) => return unheard(&error, &config, streams),
        };
        let mut progress = Progress::new(0, "messages");
        loop {
            match client.hear() {
                Ok(Some(Answer::Progress { done, total })) => {
                    progress.stand(done, total, streams.err)?;
                }
                Ok(Some(Answer::Drained { left, why })) => {
                    progress.clear(streams.err)?;
                    return self.drained(left, why.as_deref(), streams);
                }
                Ok(Some(answer)) => return beside(&answer, streams),
                Ok(None) => return Ok(Exit::Success),
                Err(error) => return unheard(&error, &config, streams),
            }
        }
    }

    fn drained(&self, left: u64, why: Option<&str>, streams: &mut Streams<'_>) -> io::Result<Exit> {
        let side = &self.side;
        match left {
            0 => {
                writeln!(streams.out, "nothing waits for {side} any more")?;
                Ok(Exit::Success)
            }
            left => {
                let why = why.unwrap_or_default();
                writeln!(streams.out, "{left} messages still wait for {side}: {why}")?;
                Ok(Exit::TryAgain)
            }
        }
    }
}
