//! What a session holds of a message that it has put into the queue.

use std::sync::Arc;

use smtp::header_scan::HeaderBlock;
use spool::QueueId;

use super::at_hand::AtHand;
use super::{Ledger, Queue};
use crate::transaction::StoredContent;

/// A message that has just been taken, while its client still waits for the rest.
#[derive(Debug)]
pub(crate) struct Custody {
    queue: Arc<Queue>,
    pub(crate) ledger: Arc<Ledger>,
    is_kept: bool,
    at_hand: Option<Box<AtHand>>,
}

impl Custody {
    pub(super) fn new(queue: Arc<Queue>, ledger: Arc<Ledger>) -> Self {
        Self {
            queue,
            ledger,
            is_kept: true,
            at_hand: None,
        }
    }

    pub(crate) fn id(&self) -> QueueId {
        self.ledger.id
    }

    /// It is tried at once: what the spool would give back is here, and stays while there is room.
    pub(crate) fn is_at_hand(&mut self, header: HeaderBlock, content: StoredContent) {
        let room = Arc::clone(&self.queue.room_at_hand);
        let ledger = Arc::clone(&self.ledger);
        self.at_hand = AtHand::new(room, ledger, header, content).map(Box::new);
    }

    /// It never was.
    pub(super) fn forget(mut self) {
        self.is_kept = false;
    }
}

impl Drop for Custody {
    /// From now on the queue tries what is left.
    fn drop(&mut self) {
        let state = self.ledger.state();
        let mut waiting = self.queue.waiting();
        waiting.released(self.ledger.id);
        if !self.is_kept || state.is_over() {
            return waiting.remove(self.ledger.id);
        }
        let is_next = waiting.put(self.ledger.id, &state);
        waiting.lend(self.ledger.id, self.at_hand.take());
        let sides = waiting.sides(self.ledger.id);
        drop(waiting);
        drop(state);
        // Its first attempt begins here: another thread would have to be woken.
        let are_begun = is_next && sides.iter().all(|side| self.queue.begin_here(side));
        if is_next && !are_begun {
            self.queue.changed.notify_one();
        }
    }
}
