//! What is written together.

use bytes::Bytes;

use crate::draft::Draft;
use crate::id::QueueId;

/// One change.
#[derive(Debug)]
pub enum Entry {
    /// A message, taken into custody.
    Add {
        /// Its name, from [`fresh_id`](crate::Spool::fresh_id).
        id: QueueId,
        /// What the gateway wants to know of it for as long as it is there.
        meta: Bytes,
        /// The message.
        content: Content,
    },
    /// Where its delivery stands; takes the place of the state before.
    State {
        /// Whose.
        id: QueueId,
        /// What the gateway wants to know next time.
        state: Bytes,
    },
    /// Custody ends.
    Settle {
        /// Whose.
        id: QueueId,
    },
}

/// Where the octets of a new message are.
#[derive(Debug)]
pub enum Content {
    /// In memory; large ones become files all the same.
    Pieces(Vec<Bytes>),
    /// In a file already.
    File(Draft),
}

/// All of it is durable or nothing: it is one record.
#[derive(Debug, Default)]
pub struct Batch(pub Vec<Entry>);

impl Content {
    /// Length of the message.
    pub fn octets(&self) -> u64 {
        match self {
            Self::Pieces(pieces) => pieces.iter().map(|piece| piece.len() as u64).sum(),
            Self::File(draft) => draft.octets(),
        }
    }
}

impl Batch {
    /// One change alone.
    pub fn of(entry: Entry) -> Self {
        Self(vec![entry])
    }

    /// What it holds in memory, about.
    pub fn octets(&self) -> usize {
        let of = |entry: &Entry| match entry {
            Entry::Add { meta, content, .. } => {
                let inline = match content {
                    Content::Pieces(_) => content.octets(),
                    Content::File(_) => 0,
                };
                meta.len() + usize::try_from(inline).unwrap_or(usize::MAX)
            }
            Entry::State { state, .. } => state.len(),
            Entry::Settle { .. } => 0,
        };
        self.0.iter().map(of).fold(0, usize::saturating_add)
    }

    /// Whether something is dead after it.
    pub(crate) fn frees(&self) -> bool {
        self.0
            .iter()
            .any(|entry| !matches!(entry, Entry::Add { .. }))
    }

    /// Whether it brings a message.
    pub(crate) fn adds(&self) -> bool {
        self.0
            .iter()
            .any(|entry| matches!(entry, Entry::Add { .. }))
    }
}
