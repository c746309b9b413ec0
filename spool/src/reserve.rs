//! Room on the disk, set aside before it is needed.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::time::Instant;

use crate::disk::Disk;
use crate::limits;

/// What is free, as last asked, less what was promised since.
#[derive(Debug)]
pub(crate) struct Room {
    floor: u64,
    /// Free above the floor when the disk was asked last; negative below it.
    free: AtomicI64,
    /// Set aside and not given back.
    reserved: AtomicI64,
    began: Instant,
    /// When the disk is to be asked again, in milliseconds since `began`.
    ask_at: AtomicU64,
}

/// Below the floor: nothing new is taken until something was delivered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the spool is full")]
pub struct Full;

/// Room set aside; given back when dropped.
#[derive(Debug)]
pub struct Reservation {
    room: Arc<Room>,
    octets: i64,
}

impl Room {
    pub(crate) fn new(floor: u64) -> Self {
        Self {
            floor,
            free: AtomicI64::new(0),
            reserved: AtomicI64::new(0),
            began: Instant::now(),
            ask_at: AtomicU64::new(0),
        }
    }

    pub(crate) fn reserve(
        self: &Arc<Self>,
        octets: u64,
        disk: &dyn Disk,
    ) -> Result<Reservation, Full> {
        let octets = i64::try_from(octets).map_err(|_| Full)?;
        self.ask_now_and_then(disk);
        let before = self.reserved.fetch_add(octets, Ordering::Relaxed);
        let reservation = Reservation {
            room: Arc::clone(self),
            octets,
        };
        let free = self.free.load(Ordering::Relaxed);
        match before.saturating_add(octets) <= free {
            true => Ok(reservation),
            false => Err(Full),
        }
    }

    /// Free octets above the floor, as last asked.
    pub(crate) fn free(&self) -> u64 {
        let free = self.free.load(Ordering::Relaxed) - self.reserved.load(Ordering::Relaxed);
        u64::try_from(free).unwrap_or(0)
    }

    /// Asks the disk with the next reservation.
    pub(crate) fn forget(&self) {
        self.ask_at.store(0, Ordering::Relaxed);
    }

    /// The log grows by whole segments, which are taken from the disk beforehand: between two answers
    /// only large messages take what is counted here, and those hold a reservation.
    fn ask_now_and_then(&self, disk: &dyn Disk) {
        let now = u64::try_from(self.began.elapsed().as_millis()).unwrap_or(u64::MAX);
        let due = self.ask_at.load(Ordering::Relaxed);
        let next = now + ASK_EVERY_MILLISECONDS;
        let is_mine = now >= due
            && (self.ask_at)
                .compare_exchange(due, next, Ordering::Relaxed, Ordering::Relaxed)
                .is_ok();
        if is_mine {
            self.free.store(self.ask(disk), Ordering::Relaxed);
        }
    }

    fn ask(&self, disk: &dyn Disk) -> i64 {
        // A disk that does not answer takes nothing.
        let Ok(space) = disk.space() else { return -1 };
        if space.inodes_total != 0 && space.inodes_free < limits::FLOOR_INODES {
            return -1;
        }
        let signed = |octets: u64| i64::try_from(octets).unwrap_or(i64::MAX);
        signed(space.octets_free) - signed(self.floor)
    }
}

impl Drop for Reservation {
    fn drop(&mut self) {
        self.room.reserved.fetch_sub(self.octets, Ordering::Relaxed);
    }
}

const ASK_EVERY_MILLISECONDS: u64 = 100;
