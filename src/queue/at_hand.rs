//! A message that is still in memory when its first attempt comes.

use std::sync::Arc;

use smtp::header_scan::HeaderBlock;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::Ledger;
use crate::transaction::StoredContent;

/// What the spool would give back.
#[derive(Debug)]
pub(super) struct AtHand {
    pub(super) ledger: Arc<Ledger>,
    pub(super) header: HeaderBlock,
    pub(super) content: StoredContent,
    _room: OwnedSemaphorePermit,
}

impl AtHand {
    /// `None`: there is no room for so many octets.
    pub(super) fn new(
        room: Arc<Semaphore>,
        ledger: Arc<Ledger>,
        header: HeaderBlock,
        content: StoredContent,
    ) -> Option<Self> {
        let octets = u32::try_from(content.octets()).ok()?;
        let room = room.try_acquire_many_owned(octets).ok()?;
        Some(Self {
            ledger,
            header,
            content: content.compact(),
            _room: room,
        })
    }
}
