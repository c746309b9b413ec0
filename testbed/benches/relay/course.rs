//! What relays are asked to do in a scenario, who takes part, and who is compared to whom.

use super::peer::Peer;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Course {
    /// On to the next hop, as each relay does it.
    Through,
    /// Clients that say hello and goodbye.
    Hello,
    /// Taken, while the next hop is down.
    Hold,
    /// Made durable, answered, delivered and removed.
    Stored,
    /// One message to a recipient on each of two sides.
    Sides,
    /// One side is dead, and so many messages wait for it: what the other's cost.
    Waiting(u64),
}

impl Course {
    /// As it is called in a scenario.
    pub(super) fn named(word: &str) -> Option<Self> {
        match (word, word.strip_prefix('w')) {
            ("hold", _) => Some(Self::Hold),
            ("stored", _) => Some(Self::Stored),
            ("sides", _) => Some(Self::Sides),
            (_, Some(number)) => {
                let number = number.parse().ok();
                let number = number.filter(|number| (1..=WAITING_MAX).contains(number));
                number.map(Self::Waiting)
            }
            _ => None,
        }
    }

    /// Whom the others are compared to comes first.
    pub(super) fn peers(self) -> &'static [Peer] {
        match self {
            Self::Through | Self::Hello => &[
                Peer::Direct,
                Peer::Nginx,
                Peer::PostfixQueue,
                Peer::PostfixProxy,
                Peer::Twinmx,
            ],
            Self::Hold => &[Peer::PostfixHold, Peer::PostfixDefer, Peer::Twinmx],
            Self::Stored => &[Peer::PostfixQueue, Peer::Twinmx],
            Self::Sides | Self::Waiting(_) => &[Peer::TwinmxAlone, Peer::Twinmx],
        }
    }

    /// Those that others are compared to.
    pub(super) fn bases(self) -> &'static [Peer] {
        let peers = self.peers();
        &peers[..peers.len() - 1]
    }

    /// For people; begins with a comma, or is nothing.
    pub(super) fn words(self) -> String {
        match self {
            Self::Through | Self::Hello => String::new(),
            Self::Hold => ", taken while the next hop is down".to_owned(),
            Self::Stored => ", made durable, delivered and removed".to_owned(),
            Self::Sides => ", to a recipient on each of two sides".to_owned(),
            Self::Waiting(count) => format!(", while {count} wait for another side"),
        }
    }
}

/// Messages that wait for a dead side.
pub(super) const WAITING_MAX: u64 = 1_000_000;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn courses_are_understood() {
        let check = |word, expected| assert_eq!(Course::named(word), expected, "{word}");
        check("hold", Some(Course::Hold));
        check("stored", Some(Course::Stored));
        check("sides", Some(Course::Sides));
        check("w1", Some(Course::Waiting(1)));
        check("w1000000", Some(Course::Waiting(1_000_000)));
        check("w1000001", None);
        check("w0", None);
        check("w", None);
        check("through", None);
    }

    #[test]
    fn the_gateway_is_compared_to_all_others() {
        let courses = [
            Course::Through,
            Course::Hello,
            Course::Hold,
            Course::Stored,
            Course::Sides,
            Course::Waiting(1),
        ];
        for course in courses {
            assert_eq!(course.peers().last(), Some(&Peer::Twinmx));
            assert!(!course.bases().is_empty() && !course.bases().contains(&Peer::Twinmx));
        }
    }
}
