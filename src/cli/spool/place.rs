//! Which spool is meant, and what is in it.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::Args;
use spool::{Findings, OpenError, Options, QueueId, Spool, SystemDisk};

use super::read_only::ReadOnly;
use crate::cli::exit::Exit;
use crate::cli::{ConfigFile, Streams};
use crate::config::Config;
use crate::queue::{Kept, Listed, now};

/// A directory, or that of the configuration.
#[derive(Debug, Args)]
pub(super) struct Place {
    /// The spool, or the state_dir that it is in; default: that of the configuration
    #[arg(value_name = "DIR")]
    dir: Option<PathBuf>,
    #[command(flatten)]
    file: ConfigFile,
}

impl Place {
    pub(super) fn path(&self, streams: &mut Streams<'_>) -> io::Result<Result<PathBuf, Exit>> {
        match &self.dir {
            Some(dir) => Ok(Ok(within(dir))),
            None => Ok(self.file.load(streams)?.map(|config| of(&config))),
        }
    }
}

/// That of a configuration.
pub(crate) fn of(config: &Config) -> PathBuf {
    config.state_dir.join("spool")
}

/// A spool by its own name or by that of the state_dir that it is in.
pub(super) fn within(dir: &Path) -> PathBuf {
    let inner = dir.join("spool");
    match inner.is_dir() {
        true => inner,
        false => dir.to_owned(),
    }
}

/// Calls `found` for each message of a spool that nobody opens or locks for it.
pub(crate) fn inspect(
    dir: &Path,
    mut found: impl FnMut(&Listed, QueueId),
) -> Result<Findings, OpenError> {
    let now = now();
    Spool::inspect(&disk(dir)?, |message| {
        let kept = Kept {
            id: message.id,
            meta: &message.meta,
            state: message.state.as_deref(),
            octets: message.octets,
        };
        found(&Listed::of(&kept, false, now), message.id);
    })
}

/// A spool that can be read whole, content and all, and is not touched by it.
///
/// A gateway that runs takes files away and uses them again: what looks damaged is looked at once more.
pub(super) fn open(dir: &Path) -> Result<(Spool, Vec<QueueId>, Findings), OpenError> {
    match open_once(dir) {
        Ok(opened) if opened.2.is_sound() => Ok(opened),
        Ok(_) | Err(OpenError::Disk { .. }) => open_once(dir),
        Err(error) => Err(error),
    }
}

fn open_once(dir: &Path) -> Result<(Spool, Vec<QueueId>, Findings), OpenError> {
    let mut ids = Vec::new();
    let disk = Arc::new(ReadOnly::over(disk(dir)?));
    let (spool, findings) = Spool::open(disk, Options::default(), |found| ids.push(found.id))?;
    Ok((spool, ids, findings))
}

fn disk(dir: &Path) -> Result<SystemDisk, OpenError> {
    SystemDisk::existing(dir).map_err(|cause| OpenError::Disk {
        step: "open its directory",
        cause,
    })
}

/// Why not.
pub(crate) fn unopened(
    dir: &Path,
    error: &OpenError,
    streams: &mut Streams<'_>,
) -> io::Result<Exit> {
    writeln!(streams.err, "twinmx: {}: {error}", dir.display())?;
    Ok(match error {
        OpenError::InUse => Exit::TryAgain,
        OpenError::Newer { .. } | OpenError::Unreadable => Exit::BadData,
        OpenError::Option { .. } => Exit::Usage,
        OpenError::Disk { cause, .. } => match cause.kind() {
            io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => Exit::NoInput,
            io::ErrorKind::PermissionDenied => Exit::NoPermission,
            _ => Exit::InputOutput,
        },
    })
}

/// There is a directory, but no spool.
pub(super) fn nothing(dir: &Path, streams: &mut Streams<'_>) -> io::Result<Exit> {
    writeln!(streams.err, "twinmx: {}: there is no spool", dir.display())?;
    Ok(Exit::NoInput)
}
