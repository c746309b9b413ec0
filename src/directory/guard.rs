//! Whether a source that changed is believed.
//!
//! An export that broke off, a filter that went wrong, a directory restored from last year: each looks like people who
//! left or moved. Who left is refused for good, who moved gets mail in the wrong place. So a source that lost or moved
//! more than its share is held back until somebody says that it is right.

use std::collections::HashMap;
use std::collections::hash_map::RandomState;
use std::fmt;
use std::hash::BuildHasher;

use mirror::{MirrorError, Proposal, View};
use routing::Snapshot;

use crate::config::Directory;
use crate::limits::{DIRECTORY_EXAMPLES, DIRECTORY_NARROWED_FREE};

/// Why a source is held back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Held {
    /// How it differs from what is believed.
    pub(crate) step: Step,
    /// How many people it may lose.
    lost_max: u64,
    /// How many it may move.
    moved_max: u64,
}

/// From what is believed of a source to what it says now.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Step {
    /// People it had when last believed.
    pub(crate) people: u64,
    /// How many of them it no longer names.
    pub(crate) lost: u64,
    /// How many of them it now places elsewhere.
    pub(crate) moved: u64,
    /// How many of them stay and lose one of their addresses.
    pub(crate) narrowed: u64,
    /// Some of them.
    pub(crate) examples: Vec<String>,
    /// It names nobody at all.
    pub(crate) empty: bool,
}

/// `Some` if this step is not to be believed.
pub(super) fn judge(source: &Directory, step: Step) -> Option<Held> {
    let lost_max = allowed(step.people, source.shrink_max);
    let moved_max = allowed(step.people, source.move_max);
    let narrowed_max = match source.shrink_max > 0.0 {
        true => lost_max.max(DIRECTORY_NARROWED_FREE),
        false => 0,
    };
    let is_believed = !step.empty
        && step.lost <= lost_max
        && step.moved <= moved_max
        && step.narrowed <= narrowed_max;
    (!is_believed).then_some(Held {
        step,
        lost_max,
        moved_max,
    })
}

/// How many of `people` the share `max` allows. In a small directory a share is less than one person, and somebody
/// must be able to leave: so at least one, unless the share is nought, which means nobody.
fn allowed(people: u64, max: f64) -> u64 {
    if max <= 0.0 {
        return 0;
    }
    ((people as f64 * max) as u64).max(1)
}

impl Step {
    /// Against what the mirror believes.
    pub(super) fn of(proposal: &Proposal) -> Self {
        let examples = proposal
            .examples
            .iter()
            .map(|example| match &example.address {
                Some(address) => address.to_string(),
                None => example.key.to_string(),
            });
        Self {
            people: proposal.people,
            lost: proposal.lost,
            moved: proposal.moved,
            narrowed: proposal.narrowed,
            examples: examples.take(DIRECTORY_EXAMPLES).collect(),
            empty: proposal.empty,
        }
    }

    /// Against what a source gave to the snapshot in force, where its mirror is new and believes nobody yet. Some twenty
    /// octets are kept of each address meanwhile.
    pub(super) fn from_former(
        name: &str,
        view: &View,
        former: &Snapshot,
    ) -> Result<Self, MirrorError> {
        let (secret, mut sides) = (RandomState::new(), HashMap::new());
        for entry in view.said() {
            let entry = entry?;
            let side = secret.hash_one(entry.system().map(|system| system.name()));
            for address in entry.addresses() {
                sides
                    .entry(secret.hash_one(address.canonical()))
                    .or_insert(side);
            }
        }
        let mut step = Self {
            empty: sides.is_empty(),
            ..Self::default()
        };
        let own = former
            .iter()
            .filter(|view| view.source().is_some_and(|source| **source == *name));
        for view in own {
            let Some(primary) = view.primary() else {
                continue;
            };
            step.people += 1;
            let side = secret.hash_one(view.side().map(|side| side.as_str()));
            match sides.get(&secret.hash_one(primary.canonical())) {
                Some(now) if *now == side => continue,
                Some(_) => step.moved += 1,
                None => step.lost += 1,
            }
            if step.examples.len() < DIRECTORY_EXAMPLES {
                step.examples.push(primary.to_string());
            }
        }
        Ok(step)
    }
}

impl fmt::Display for Held {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (lost_max, moved_max) = (self.lost_max, self.moved_max);
        let Step {
            people,
            lost,
            moved,
            narrowed,
            examples,
            empty,
        } = &self.step;
        if *empty {
            return write!(f, "it names nobody, before it named {people}");
        }
        write!(
            f,
            "of {people} people it lost {lost} (at most {lost_max} are believed)"
        )?;
        write!(f, " and moved {moved} (at most {moved_max})")?;
        if *narrowed > 0 {
            write!(f, ", and {narrowed} more lost one of their addresses")?;
        }
        write!(f, ", such as {}", examples.join(", "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source(shrink_max: f64, move_max: f64) -> Directory {
        Directory {
            shrink_max,
            move_max,
            ..Directory::csv("people", "/p.csv")
        }
    }

    #[test]
    fn a_share_of_a_small_directory_is_at_least_one_person() {
        for (people, max, expected) in [
            (100, 0.05, 5),
            (119, 0.05, 5),
            (120, 0.05, 6),
            (10, 0.05, 1),
            (1, 0.05, 1),
            (50, 0.01, 1),
            (1_000, 0.0, 0),
            (10, 1.0, 10),
        ] {
            assert_eq!(allowed(people, max), expected, "{max} of {people}");
        }
    }

    #[test]
    fn each_share_is_believed_up_to_its_bound() {
        let check = |lost: u64, moved: u64, narrowed: u64, expected: bool| {
            let step = Step {
                people: 1_000,
                lost,
                moved,
                narrowed,
                ..Step::default()
            };
            assert_eq!(judge(&source(0.05, 0.01), step).is_none(), expected);
        };
        check(50, 10, 50, true);
        check(51, 0, 0, false);
        check(0, 11, 0, false);
        check(0, 0, 51, false);
    }

    #[test]
    fn a_few_may_lose_an_address_in_a_small_directory() {
        let check = |shrink_max: f64, narrowed: u64, expected: bool| {
            let step = Step {
                people: 20,
                narrowed,
                ..Step::default()
            };
            assert_eq!(judge(&source(shrink_max, 0.01), step).is_none(), expected);
        };
        check(0.05, DIRECTORY_NARROWED_FREE, true);
        check(0.05, DIRECTORY_NARROWED_FREE + 1, false);
        check(0.0, 1, false);
    }

    #[test]
    fn who_names_nobody_is_not_believed() {
        let step = Step {
            people: 6,
            empty: true,
            ..Step::default()
        };
        let held = judge(&source(1.0, 1.0), step).unwrap();
        assert_eq!(held.to_string(), "it names nobody, before it named 6");
    }
}
