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

#[cfg(test)]
mod tests {
    use smtp::header_scan::{HeaderScan, Strictness};
    use spool::QueueId;

    use super::super::ledger::Ledgers;
    use super::*;
    use crate::limits;

    #[test]
    fn as_many_octets_as_its_bound_are_at_hand_and_no_more() {
        let ledgers = Arc::new(Ledgers::default());
        let room = Arc::new(Semaphore::new(limits::QUEUE_AT_HAND));
        let kept = |octets: usize| {
            let header = HeaderScan::new(limits::HEADER_BYTES, Strictness::Lenient).end();
            let content = StoredContent::new(Vec::new(), octets as u64, None);
            AtHand::new(
                Arc::clone(&room),
                ledgers.open(QueueId::from_number(1)),
                header.expect("an empty one"),
                content,
            )
        };
        assert!(kept(limits::QUEUE_AT_HAND + 1).is_none());
        let most = kept(limits::QUEUE_AT_HAND);
        assert!(most.is_some());
        assert!(kept(1).is_none(), "the room is taken");
        drop(most);
        assert!(kept(1).is_some(), "and given back");
    }
}
