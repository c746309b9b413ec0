//! Everybody whom a change concerns: the entries of all sources that share addresses with those that changed, as they
//! were and as they are now, and with whom these share addresses, and so on.
//!
//! Within it people are found as they would be among all entries, since nobody outside has anything that somebody inside
//! may get or lose. One exception keeps it small: an address that a name computes is nobody's as soon as two have it, so
//! of those that did not change only who else has it needs to be known, not who they are.

use std::collections::{BTreeMap, HashMap, HashSet};

use book::{Entry, Key};
use mirror::{Changed, MirrorError, Role, View};
use routing::Address;

use super::shelf::ShelfError;
use crate::limits::DIRECTORY_CIRCLE;

/// Everybody whom a change concerns.
#[derive(Debug)]
pub(super) struct Circle {
    /// The entries of each source.
    pub(super) entries: Vec<BTreeMap<Key, Entry>>,
    /// Their own addresses, and those they had.
    pub(super) own: HashSet<Address>,
    /// Computed addresses of theirs that others have or compute, too.
    pub(super) taken: HashSet<Address>,
}

/// How an entry is concerned.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Concern {
    /// It is another one than before.
    Changed,
    /// It shares addresses with those that changed.
    Near,
    /// It is a group with such a member, or shares addresses with one.
    Far,
}

struct Search<'v> {
    views: &'v [Option<&'v View>],
    circle: Circle,
    /// Groups that are concerned by their members are looked for at last.
    members: Vec<(usize, Entry)>,
    /// Addresses to be looked for, and as what.
    waiting: Vec<(Address, u8)>,
    asked: HashMap<Address, u8>,
    count: usize,
}

impl Circle {
    /// The circle of what changed in each source; `None` if it is too large.
    pub(super) fn around(
        views: &[Option<&View>],
        changed: Vec<Vec<Changed>>,
    ) -> Result<Option<Self>, ShelfError> {
        let mut search = Search {
            views,
            circle: Self {
                entries: views.iter().map(|_| BTreeMap::new()).collect(),
                own: HashSet::new(),
                taken: HashSet::new(),
            },
            members: Vec::new(),
            waiting: Vec::new(),
            asked: HashMap::new(),
            count: 0,
        };
        for (number, changed) in changed.into_iter().enumerate() {
            for one in changed {
                if !search.begin(number, one)? {
                    return Ok(None);
                }
            }
        }
        let is_whole =
            search.spread(Concern::Near)? && search.add_groups()? && search.spread(Concern::Far)?;
        if !is_whole {
            return Ok(None);
        }
        search.look_outside()?;
        Ok(Some(search.circle))
    }
}

impl Search<'_> {
    fn begin(&mut self, number: usize, changed: Changed) -> Result<bool, ShelfError> {
        let now = self.views[number].map(|view| view.believed_one(&changed.key));
        if let Some(before) = changed.before {
            self.follow(&before, Concern::Changed);
            self.members.push((number, before));
        }
        let now = now.transpose().map_err(|error| fault(number, error))?;
        match now.flatten() {
            Some(now) => Ok(self.add(number, now, Concern::Changed)),
            None => Ok(true),
        }
    }

    /// Adds all who share addresses with those that are in it.
    fn spread(&mut self, concern: Concern) -> Result<bool, ShelfError> {
        let views = self.views;
        while let Some((address, bits)) = self.waiting.pop() {
            let roles = roles(bits);
            for (number, view) in present(views) {
                let found = view
                    .believed_with(&address, &roles)
                    .map_err(|error| fault(number, error))?;
                for entry in found {
                    let entry = entry.map_err(|error| fault(number, error))?;
                    if !self.add(number, entry, concern) {
                        return Ok(false);
                    }
                }
            }
        }
        Ok(true)
    }

    /// Adds the groups that call one of them a member.
    fn add_groups(&mut self) -> Result<bool, ShelfError> {
        for (number, member) in std::mem::take(&mut self.members) {
            let Some(view) = self.views[number] else {
                continue;
            };
            let groups = view.groups_with(&member);
            for group in groups.map_err(|error| fault(number, error))? {
                if !self.add(number, group, Concern::Far) {
                    return Ok(false);
                }
            }
        }
        Ok(true)
    }

    /// Whether there is room for an entry that is in now.
    fn add(&mut self, number: usize, entry: Entry, concern: Concern) -> bool {
        if self.circle.entries[number].contains_key(&entry.key) {
            return true;
        }
        self.count += 1;
        self.follow(&entry, concern);
        if concern != Concern::Far {
            self.members.push((number, entry.clone()));
        }
        self.circle.entries[number].insert(entry.key.clone(), entry);
        self.count <= DIRECTORY_CIRCLE
    }

    fn follow(&mut self, entry: &Entry, concern: Concern) {
        let is_changed = concern == Concern::Changed;
        let (own, computed, routing) = (bit(Role::Own), bit(Role::Computed), bit(Role::Routing));
        let others = if is_changed { computed } else { 0 };
        for address in entry.addresses() {
            self.circle.own.insert(address.clone());
            self.ask(address, own | routing | others);
        }
        if let Some(address) = &entry.routing_address {
            self.ask(address, own | routing | computed);
        }
        let others = if is_changed { own | computed } else { 0 };
        for address in &entry.computed {
            self.ask(address, routing | others);
        }
        for name in &entry.foreign {
            self.ask(&Address::of_foreign(name), bit(Role::Foreign));
        }
    }

    fn ask(&mut self, address: &Address, bits: u8) {
        let asked = self.asked.entry(address.clone()).or_default();
        let new = bits & !*asked;
        if new != 0 {
            *asked |= new;
            self.waiting.push((address.clone(), new));
        }
    }

    /// Looks which computed addresses somebody has who is not in it.
    fn look_outside(&mut self) -> Result<(), ShelfError> {
        let Circle { entries, taken, .. } = &mut self.circle;
        let computed = entries.iter().flat_map(BTreeMap::values);
        let computed: HashSet<&Address> = computed.flat_map(|entry| &entry.computed).collect();
        for address in computed {
            for (number, view) in present(self.views) {
                let found = view
                    .believed_with(address, &[Role::Own, Role::Computed])
                    .map_err(|error| fault(number, error))?;
                let is_outside = |entry: Result<Entry, MirrorError>| {
                    entry.map(|entry| !entries[number].contains_key(&entry.key))
                };
                for entry in found {
                    if is_outside(entry).map_err(|error| fault(number, error))? {
                        taken.insert(address.clone());
                        break;
                    }
                }
            }
        }
        Ok(())
    }
}

/// Those that are there, with their numbers.
fn present<'v>(views: &'v [Option<&'v View>]) -> impl Iterator<Item = (usize, &'v View)> {
    let numbered = views.iter().enumerate();
    numbered.filter_map(|(number, view)| Some((number, (*view)?)))
}

fn fault(number: usize, error: MirrorError) -> ShelfError {
    ShelfError { number, error }
}

fn bit(role: Role) -> u8 {
    1 << role as u8
}

fn roles(bits: u8) -> Vec<Role> {
    let all = Role::ADDRESSES.into_iter();
    all.filter(|role| bits & bit(*role) != 0).collect()
}
