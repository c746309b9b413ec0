//! `twinmx spool adopt`: the mail of a gateway that is dead.

use std::io;
use std::path::PathBuf;

use clap::Args;
use serde_json::json;

use super::place;
use crate::cli::exit::Exit;
use crate::cli::progress::Progress;
use crate::cli::queue::{beside, tell, unheard};
use crate::cli::{ConfigFile, Streams};
use crate::control::{Answer, Request};
use crate::queue::Adopted;

/// Take over the spool of a gateway that is dead
///
/// The running gateway of the configuration does it: its user must be able to write to DIR. Every message is ours before it
/// is taken out there, and may be begun again after an interruption: nothing comes twice. Ends with 0, 65 if some could
/// not be read and were left, 66 if there is no spool, 69 if the gateway does not run, 75 if DIR is in use or ours is full.
#[derive(Debug, Args)]
pub(super) struct Adopt {
    /// The spool, or the state_dir that it is in
    #[arg(value_name = "DIR")]
    dir: PathBuf,
    /// Only count
    #[arg(long)]
    dry_run: bool,
    #[command(flatten)]
    file: ConfigFile,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

impl Adopt {
    pub(super) fn run(self, streams: &mut Streams<'_>) -> io::Result<Exit> {
        let config = match self.file.load(streams)? {
            Ok(config) => config,
            Err(exit) => return Ok(exit),
        };
        // One spool has one name: what is marked by it is looked for by it.
        let dir = match place::within(&self.dir).canonicalize() {
            Ok(dir) => dir,
            Err(error) => {
                writeln!(streams.err, "twinmx: {}: {error}", self.dir.display())?;
                return Ok(Exit::NoInput);
            }
        };
        let dry_run = self.dry_run;
        let mut client = match tell(&config, &Request::Adopt { dir, dry_run }) {
            Ok(client) => client,
            Err(error) => return unheard(&error, &config, streams),
        };
        let mut progress = Progress::new(0, "messages");
        loop {
            let answer = client.hear();
            if !matches!(answer, Ok(Some(Answer::Progress { .. }))) {
                progress.clear(streams.err)?;
            }
            match answer {
                Ok(Some(Answer::Progress { done, total })) => {
                    progress.stand(done, total, streams.err)?;
                }
                Ok(Some(Answer::Adoptable { messages })) => {
                    return self.adoptable(messages, streams);
                }
                Ok(Some(Answer::Adopted(adopted))) => return self.adopted(&adopted, streams),
                Ok(Some(answer)) => return beside(&answer, streams),
                Ok(None) => return Ok(Exit::Success),
                Err(error) => return unheard(&error, &config, streams),
            }
        }
    }

    fn adoptable(&self, messages: u64, streams: &mut Streams<'_>) -> io::Result<Exit> {
        match self.json {
            true => writeln!(
                streams.out,
                "{:#}",
                json!({ "dry_run": true, "found": messages })
            )?,
            false => writeln!(
                streams.out,
                "{messages} messages would be taken over from {}",
                self.dir.display()
            )?,
        }
        Ok(Exit::Success)
    }

    fn adopted(&self, adopted: &Adopted, streams: &mut Streams<'_>) -> io::Result<Exit> {
        let Adopted {
            found,
            adopted: taken,
            resumed,
            left,
            left_more,
        } = adopted;
        if self.json {
            writeln!(streams.out, "{:#}", json!(adopted))?;
        } else {
            for one in left {
                writeln!(
                    streams.err,
                    "twinmx: {} was left there: {}",
                    one.id, one.why
                )?;
            }
            if *left_more > 0 {
                writeln!(streams.err, "twinmx: and {left_more} more were left there")?;
            }
            let dir = self.dir.display();
            writeln!(
                streams.out,
                "{taken} of {found} messages of {dir} are ours now ({resumed} were here already)"
            )?;
        }
        Ok(match left.is_empty() {
            true => Exit::Success,
            false => Exit::BadData,
        })
    }
}
