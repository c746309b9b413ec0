//! When a side counts as drained, or as far as it goes.

use tokio::time::Instant;

use crate::limits::CONTROL_STILL;

/// A side whose queue is being emptied.
#[derive(Debug)]
pub(super) struct Draining {
    left: u64,
    moved_at: Instant,
}

/// How it ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    /// Nothing is left.
    Empty,
    /// The rest had its try.
    AllTried,
    /// The rest is not tried at all.
    Still,
}

impl Draining {
    pub(super) fn of(left: u64, now: Instant) -> Self {
        Self {
            left,
            moved_at: now,
        }
    }

    /// A look at what is left; `None`: it goes on.
    pub(super) fn look(&mut self, left: u64, all_tried: bool, now: Instant) -> Option<End> {
        if left != self.left {
            (self.left, self.moved_at) = (left, now);
        }
        match () {
            () if left == 0 => Some(End::Empty),
            () if all_tried => Some(End::AllTried),
            () if now.duration_since(self.moved_at) >= CONTROL_STILL => Some(End::Still),
            () => None,
        }
    }
}

impl End {
    /// Why something is left, if it is.
    pub(super) fn why(self) -> Option<&'static str> {
        match self {
            Self::Empty => None,
            Self::AllTried => Some("each was tried, and is tried again later"),
            Self::Still => Some("nothing moves"),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn a_queue_that_stands_still_is_left_after_its_time() {
        let began = Instant::now();
        let mut draining = Draining::of(3, began);
        let almost = CONTROL_STILL - Duration::from_nanos(1);
        assert_eq!(draining.look(3, false, began + almost), None);
        // One that went counts anew.
        let moved = began + almost;
        assert_eq!(draining.look(2, false, moved), None);
        assert_eq!(draining.look(2, false, moved + almost), None);
        assert_eq!(
            draining.look(2, false, moved + CONTROL_STILL),
            Some(End::Still)
        );
    }

    #[test]
    fn it_ends_when_nothing_is_left_or_all_had_their_try() {
        let now = Instant::now();
        let check = |left, all_tried, expected: Option<End>| {
            assert_eq!(Draining::of(5, now).look(left, all_tried, now), expected);
        };
        check(0, false, Some(End::Empty));
        check(0, true, Some(End::Empty));
        check(5, true, Some(End::AllTried));
        check(5, false, None);
    }
}
