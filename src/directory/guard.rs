//! Whether a source that changed is believed.
//!
//! An export that broke off, a filter that went wrong, a directory restored from last year: each looks like people who
//! left or moved. Who left is refused for good, who moved gets mail in the wrong place. So a source that lost or moved
//! more than its share is held back until somebody says that it is right.

use std::collections::{HashMap, HashSet};
use std::fmt;

use routing::{Address, Listing, Snapshot};

use crate::config::Directory;
use crate::limits::DIRECTORY_EXAMPLES;

/// Why a source is held back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Held {
    /// Recipients it had when last believed.
    pub(crate) people: usize,
    /// How many of them it no longer names.
    pub(crate) lost: usize,
    /// How many of them it now places elsewhere.
    pub(crate) moved: usize,
    /// How many it may lose.
    lost_max: usize,
    /// How many it may move.
    moved_max: usize,
    /// Some of those it lost or moved.
    pub(crate) examples: Vec<Address>,
    /// It names nobody at all.
    empty: bool,
}

/// `Some` if `listing` is not to be believed, given what `former` has of this source.
pub(super) fn judge(source: &Directory, listing: &Listing, former: &Snapshot) -> Option<Held> {
    let mut held = Held {
        people: 0,
        lost: 0,
        moved: 0,
        lost_max: 0,
        moved_max: 0,
        examples: Vec::new(),
        empty: listing.recipients.is_empty(),
    };
    compare(source, listing, former, &mut held);
    held.lost_max = allowed(held.people, source.shrink_max);
    held.moved_max = allowed(held.people, source.move_max);
    let believed = !held.empty && held.lost <= held.lost_max && held.moved <= held.moved_max;
    (!believed).then_some(held)
}

/// How many of `people` the share `max` allows. In a small directory a share is less than one person, and somebody
/// must be able to leave: so at least one, unless the share is nought, which means nobody.
fn allowed(people: usize, max: f64) -> usize {
    if max <= 0.0 {
        return 0;
    }
    ((people as f64 * max) as usize).max(1)
}

fn compare(source: &Directory, listing: &Listing, former: &Snapshot, held: &mut Held) {
    let mut sides = HashMap::new();
    for recipient in listing.recipients.iter().map(|listed| &listed.recipient) {
        for address in std::iter::once(&recipient.primary).chain(&recipient.aliases) {
            sides.entry(address).or_insert(&recipient.side);
        }
    }
    let withheld: HashSet<&Address> = listing.withheld.iter().collect();
    for view in former
        .iter()
        .filter(|view| view.source().is_some_and(|name| **name == *source.name))
    {
        let Some(primary) = view.primary() else {
            continue;
        };
        held.people += 1;
        match sides.get(&primary) {
            Some(side) if view.side() == Some(side) => continue,
            Some(_) => held.moved += 1,
            None if withheld.contains(&primary) => continue,
            None => held.lost += 1,
        }
        if held.examples.len() < DIRECTORY_EXAMPLES {
            held.examples.push(primary);
        }
    }
}

impl fmt::Display for Held {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            people,
            lost,
            moved,
            lost_max,
            moved_max,
            ..
        } = self;
        if self.empty {
            return write!(f, "it names nobody, before it named {people}");
        }
        write!(
            f,
            "of {people} people it lost {lost} (at most {lost_max} are believed)"
        )?;
        write!(f, " and moved {moved} (at most {moved_max})")?;
        let examples: Vec<String> = self.examples.iter().map(Address::to_string).collect();
        write!(f, ", such as {}", examples.join(", "))
    }
}

#[cfg(test)]
mod tests {
    use routing::{Meta, Recipient, UnixTime};

    use super::*;
    use crate::config::Config;

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
    fn some_of_the_people_are_named() {
        let meta = Meta {
            built_at: UnixTime::from_seconds(1),
            sources: Vec::new(),
        };
        let source = |count: usize| {
            let text = "hostname = \"mx.c.example\"\nstate_dir = \"/var/lib/twinmx\"\n[[listener]]\nname = \"mx\"\n\
                address = \"127.0.0.1:0\"\n[domain.\"c.example\"]\n[side.notes]\nkind = \"smtp\"\n\
                next_hop = [\"n.c.example:25\"]\n[[directory]]\nname = \"people\"\nkind = \"csv\"\npath = \"/p.csv\"\n";
            let config =
                Config::parse(text, "test.toml").unwrap_or_else(|faults| panic!("{faults}"));
            let person = |n: usize| {
                let address = Address::parse(&format!("p{n}@c.example")).unwrap();
                Recipient::new(address, "notes".into(), "people")
            };
            let former = Snapshot::build((0..count).map(person), meta.clone()).unwrap();
            judge(&config.config.directories[0], &Listing::default(), &former).unwrap()
        };
        assert_eq!(
            source(DIRECTORY_EXAMPLES).examples.len(),
            DIRECTORY_EXAMPLES
        );
        let more = source(DIRECTORY_EXAMPLES + 1);
        assert_eq!(
            (more.examples.len(), more.lost),
            (DIRECTORY_EXAMPLES, DIRECTORY_EXAMPLES + 1)
        );
        assert_eq!(more.to_string(), "it names nobody, before it named 6");
    }
}
