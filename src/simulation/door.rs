//! The gateway's listener: it is there while the gateway is.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};

use super::chance::Chance;
use super::life::Life;
use super::wire::{self, End};

/// Where clients knock.
#[derive(Debug, Default)]
pub(super) struct Door(Mutex<Option<Arc<Life>>>);

impl Door {
    pub(super) fn opens(&self, life: &Arc<Life>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(Arc::clone(life));
    }

    pub(super) fn closes(&self) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }

    /// The client's end of a new connection. `None`: nobody is in.
    pub(super) fn knock(&self, from: SocketAddr, chance: &mut Chance) -> Option<End> {
        let life = self
            .0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()?;
        let (theirs, ours) = wire::connect(chance.millis(1..=60));
        life.admit(ours, from);
        Some(theirs)
    }

    pub(super) fn life(&self) -> Option<Arc<Life>> {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }
}
