//! What is said on the socket: each line an object with the version and one more member, which says what it is.

use std::path::PathBuf;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::queue::{Adopted, Ages, By, Change, Changed, Listed, Selection};
use crate::unknown::{Forget, Sought, Sum};

/// A line.
#[derive(Debug, Serialize, Deserialize)]
struct Line<T> {
    version: u32,
    #[serde(flatten)]
    said: T,
}

/// What an operator wants.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Request {
    /// Answered by messages.
    List { selection: Selection },
    /// Answered by a table.
    Shape { by: By, selection: Selection },
    /// Answered by the number of messages; after [`Request::Proceed`] by what became of each.
    Change {
        change: Change,
        selection: Selection,
    },
    /// Everything of a side is tried now; answered by progress until nothing is left or nothing moves.
    Drain { side: String },
    /// Another spool is taken over.
    Adopt { dir: PathBuf, dry_run: bool },
    /// Change them.
    Proceed {},
    /// Answered by what the list of unknown recipients says, and by the first of it.
    Unknown { limit: usize },
    /// Some of that list is forgotten; answered by their number.
    Forget { forget: Forget },
}

/// What he hears.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Answer {
    Message(Listed),
    Ages(Ages),
    Matched {
        messages: u64,
    },
    Changed {
        id: String,
        outcome: Changed,
    },
    Progress {
        done: u64,
        total: u64,
    },
    Drained {
        left: u64,
        why: Option<String>,
    },
    Adoptable {
        messages: u64,
    },
    Adopted(Adopted),
    Unknown(Sum),
    Sought(Sought),
    Forgotten {
        addresses: u64,
    },
    /// Nothing more comes.
    End {},
    Error {
        fault: Fault,
        text: String,
    },
}

/// Whose fault it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Fault {
    /// What was asked for makes no sense here.
    Request,
    /// What it needs is not there.
    Missing,
    /// What it needs is damaged.
    Damaged,
    /// The same may work later.
    Later,
    /// The disk.
    Disk,
}

/// Why a line is none.
#[derive(Debug, thiserror::Error)]
pub(crate) enum NotALine {
    #[error(
        "version {0} is spoken on one side, {VERSION} on the other: use the same twinmx for both"
    )]
    Version(u32),
    #[error("not understood: {0}")]
    Json(#[from] serde_json::Error),
}

pub(super) fn write<T: Serialize>(said: &T) -> Vec<u8> {
    let line = Line {
        version: VERSION,
        said,
    };
    // Everything here has text as its keys.
    let mut octets = serde_json::to_vec(&line).unwrap_or_default();
    octets.push(b'\n');
    octets
}

pub(super) fn read<T: DeserializeOwned>(line: &[u8]) -> Result<T, NotALine> {
    // The version first: a later one may say anything behind it.
    let Line::<serde_json::Value> { version, .. } = serde_json::from_slice(line)?;
    if version != VERSION {
        return Err(NotALine::Version(version));
    }
    let line: Line<T> = serde_json::from_slice(line)?;
    Ok(line.said)
}

const VERSION: u32 = 1;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read() {
        let selection = Selection {
            held: true,
            ..Selection::default()
        };
        for request in [
            Request::List {
                selection: selection.clone(),
            },
            Request::Shape {
                by: By::Reason,
                selection: selection.clone(),
            },
            Request::Change {
                change: Change::Hold {
                    why: "x\ny".to_owned(),
                },
                selection: selection.clone(),
            },
            Request::Change {
                change: Change::Remove {},
                selection,
            },
            Request::Drain {
                side: "notes".to_owned(),
            },
            Request::Adopt {
                dir: "/x".into(),
                dry_run: true,
            },
            Request::Proceed {},
            Request::Unknown { limit: 9 },
            Request::Forget {
                forget: Forget::All {},
            },
            Request::Forget {
                forget: Forget::Addresses(vec!["x@x".to_owned()]),
            },
        ] {
            let line = write(&request);
            assert_eq!(line.iter().filter(|octet| **octet == b'\n').count(), 1);
            assert_eq!(read::<Request>(&line).expect("the same"), request);
        }
        for answer in [
            Answer::End {},
            Answer::Matched { messages: 3 },
            Answer::Changed {
                id: "x".to_owned(),
                outcome: Changed::Busy {},
            },
            Answer::Error {
                fault: Fault::Later,
                text: "x".to_owned(),
            },
            Answer::Adopted(Adopted::default()),
        ] {
            assert_eq!(read::<Answer>(&write(&answer)).expect("the same"), answer);
        }
    }

    #[test]
    fn another_version_is_told_from_what_makes_no_sense() {
        let check = |line: &str, expected: &str| {
            let error = read::<Request>(line.as_bytes())
                .expect_err("no line")
                .to_string();
            assert!(error.starts_with(expected), "{line}: {error}");
        };
        check("{\"version\":2,\"brew\":{}}", "version 2 is spoken");
        check("{\"version\":1,\"brew\":{}}", "not understood");
        check("{\"list\":{\"selection\":{}}}", "not understood");
        check("list", "not understood");
    }
}
