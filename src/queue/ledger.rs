//! A message that somebody works on: every change of its state passes here, one after the other.
//!
//! A ledger stays as long as anybody works on the message, or the spool has yet to write what it says. So it is opened
//! before the spool is read, and nobody begins with a state of before.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError, Weak};

use spool::QueueId;

use super::{Mail, State};

/// See the module's text.
#[derive(Debug)]
pub(crate) struct Ledger {
    pub(crate) id: QueueId,
    page: OnceLock<Page>,
    table: Weak<Ledgers>,
}

#[derive(Debug)]
struct Page {
    mail: Mail,
    state: Mutex<State>, // for as long as it takes to note what a hop said
}

/// Those of all messages that somebody works on.
#[derive(Debug, Default)]
pub(super) struct Ledgers(Mutex<HashMap<QueueId, Weak<Ledger>>>); // for a lookup

impl Ledgers {
    /// The one ledger of a message; to be [filled](Ledger::fill).
    pub(super) fn open(self: &Arc<Self>, id: QueueId) -> Arc<Ledger> {
        let mut ledgers = self.lock();
        if let Some(ledger) = ledgers.get(&id).and_then(Weak::upgrade) {
            return ledger;
        }
        let ledger = Arc::new(Ledger {
            id,
            page: OnceLock::new(),
            table: Arc::downgrade(self),
        });
        ledgers.insert(id, Arc::downgrade(&ledger));
        ledger
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<QueueId, Weak<Ledger>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Ledger {
    /// Takes what the spool gave back, unless more is known already: then the spool may be behind. `false`: nothing is
    /// known, and nothing could be read.
    pub(super) fn fill(&self, read: impl FnOnce() -> Option<(Mail, State)>) -> bool {
        if self.page.get().is_none()
            && let Some((mail, state)) = read()
        {
            let state = Mutex::new(state);
            let _ = self.page.set(Page { mail, state }); // whoever was faster knows as much
        }
        self.page.get().is_some()
    }

    pub(crate) fn mail(&self) -> &Mail {
        &self.page().mail
    }

    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        let state = &self.page().state;
        state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn page(&self) -> &Page {
        self.page.get().expect("it is filled before it is used")
    }
}

impl Drop for Ledger {
    fn drop(&mut self) {
        let Some(table) = self.table.upgrade() else {
            return;
        };
        let mut ledgers = table.lock();
        // Somebody may have begun with another meanwhile.
        if ledgers
            .get(&self.id)
            .is_some_and(|one| one.strong_count() == 0)
        {
            ledgers.remove(&self.id);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: QueueId = QueueId::from_number(7);

    /// As the spool gives it back.
    fn of_before() -> Option<(Mail, State)> {
        let mail = Mail::of_gateway(0, "a@example.net", false, false);
        Some((mail, State::default()))
    }

    #[test]
    fn who_comes_later_sees_what_was_noted_and_not_what_was_read() {
        let ledgers = Arc::new(Ledgers::default());
        let first = ledgers.open(ID);
        let second = ledgers.open(ID); // reads the spool before the first has noted anything
        assert!(first.fill(of_before));
        first.state().crashes = 1;
        let unwritten = Arc::clone(&first);
        drop(first);
        assert!(second.fill(of_before));
        assert_eq!(second.state().crashes, 1);
        drop(second);
        let third = ledgers.open(ID);
        assert!(third.fill(of_before));
        assert_eq!(third.state().crashes, 1, "as long as it is not written");
        drop((third, unwritten));
        let fourth = ledgers.open(ID);
        assert!(fourth.fill(of_before));
        assert_eq!(fourth.state().crashes, 0, "the spool has all of it now");
    }

    #[test]
    fn what_nobody_works_on_takes_no_room() {
        let ledgers = Arc::new(Ledgers::default());
        let ledger = ledgers.open(ID);
        assert!(!ledger.fill(|| None), "nothing could be read");
        assert_eq!(ledgers.lock().len(), 1);
        drop(ledger);
        assert!(ledgers.lock().is_empty());
    }
}
