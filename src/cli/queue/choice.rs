//! Which messages are meant, on the command line.

use std::io;

use clap::Args;

use crate::cli::Streams;
use crate::config::seconds;
use crate::queue::Selection;

/// Messages by name or by what they have; all that is given must hold.
#[derive(Debug, Clone, Args)]
pub(super) struct Choice {
    /// Messages, by their identifiers
    #[arg(value_name = "ID")]
    ids: Vec<String>,
    /// Waiting for this side ("internet" and "undecided" are sides here)
    #[arg(long, value_name = "SIDE")]
    side: Option<String>,
    /// From this address: a part of it, or all of it with * and ?; <> is the null sender
    #[arg(long, value_name = "TEXT")]
    sender: Option<String>,
    /// To this address: a part of it, or all of it with * and ?
    #[arg(long, value_name = "TEXT")]
    recipient: Option<String>,
    /// With this in the last reply or in the reason of the hold
    #[arg(long, value_name = "TEXT")]
    reason: Option<String>,
    /// In the queue for at least so long: 90s, 5m, 2h, 3d
    #[arg(long, value_name = "AGE", value_parser = seconds)]
    older_than: Option<u64>,
    /// In the queue for less than that
    #[arg(long, value_name = "AGE", value_parser = seconds)]
    younger_than: Option<u64>,
    /// On hold
    #[arg(long)]
    held: bool,
}

impl Choice {
    pub(super) fn selection(&self, all: bool) -> Selection {
        Selection {
            ids: self.ids.clone(),
            side: self.side.clone(),
            sender: self.sender.clone(),
            recipient: self.recipient.clone(),
            reason: self.reason.clone(),
            older_than: self.older_than,
            younger_than: self.younger_than,
            held: self.held,
            all,
        }
    }
}

impl From<&[String]> for Choice {
    fn from(ids: &[String]) -> Self {
        Self {
            ids: ids.to_vec(),
            side: None,
            sender: None,
            recipient: None,
            reason: None,
            older_than: None,
            younger_than: None,
            held: false,
        }
    }
}

/// Says which of the names given are none. True: there are some.
pub(super) fn misnamed(selection: &Selection, streams: &mut Streams<'_>) -> io::Result<bool> {
    let (_, unknown) = selection.ids();
    for text in &unknown {
        let text = text.escape_debug();
        writeln!(
            streams.err,
            "twinmx: {text} is no identifier: it has 13 digits and capital letters"
        )?;
    }
    Ok(!unknown.is_empty())
}
