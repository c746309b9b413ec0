//! Clients that mean harm, or do it: nothing of theirs becomes a message, and others are served.

mod chunks;
mod commands;
mod cuts;
mod departures;
mod doors;
pub(crate) mod header;
mod memory;
mod patience;
pub(crate) mod smuggling;

use crate::scene::{INTERNET, Scene, message};

async fn others_are_served(scene: &Scene) {
    let mut client = scene.client(INTERNET).await;
    let delivery = client
        .deliver("a@example.net", &["nora@contoso.com"], &message("x"))
        .await
        .expect("a dialog");
    assert!(delivery.is_accepted(), "{:?}", delivery.verdict());
}

/// Chance that repeats itself: what failed once fails again (SplitMix64).
pub(crate) struct Dice(pub(crate) u64);

impl Dice {
    pub(crate) fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((mixed ^ (mixed >> 31)) % sides as u64) as usize
    }

    /// One time in so many.
    pub(crate) fn once_in(&mut self, times: usize) -> bool {
        self.roll(times) == 0
    }

    pub(crate) fn pick<T: Copy>(&mut self, all: &[T]) -> T {
        all[self.roll(all.len())]
    }
}
