//! What becomes of one entry if what is proposed is believed.

use book::{Entry, Location, System};

/// What becomes of one entry.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Change {
    /// It is new.
    Added,
    /// It stays where it is, with something else about it. Or it is gone, but mail was never delivered to it here.
    Changed,
    /// It stays, but one of its addresses does not lead to it any more.
    Narrowed,
    /// Its mail goes elsewhere.
    Moved,
    /// It is gone.
    Lost,
}

impl Change {
    /// Of somebody believed. `renamed`: where its primary address is found, if its own entry is gone.
    pub(crate) fn of(before: &Entry, after: Option<&Entry>, renamed: Option<Renamed>) -> Self {
        match (after, renamed) {
            (Some(after), _) if place(before) != place(after) => Self::Moved,
            (Some(after), _) if is_narrowed(before, after) => Self::Narrowed,
            (Some(_), _) => Self::Changed,
            (None, _) if !is_person(before) => Self::Changed,
            (None, None) => Self::Lost,
            (None, Some(Renamed::There)) => Self::Changed,
            (None, Some(Renamed::Elsewhere)) => Self::Moved,
        }
    }
}

/// Where somebody is whose entry is gone, but whose primary address another entry has now.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Renamed {
    /// Where it was.
    There,
    /// In another place.
    Elsewhere,
}

/// Whether an entry is one whose mail comes here, as far as its source knows; a mere contact is not. Contacts may be many,
/// and a share of the people must not grow by them.
pub(crate) fn is_person(entry: &Entry) -> bool {
    !matches!(entry.location, Location::External(_))
}

/// What of a location decides where mail goes.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Place<'e> {
    In(&'e System),
    GroupOf(&'e System),
    External,
    Unknown,
}

pub(crate) fn place(entry: &Entry) -> Place<'_> {
    match &entry.location {
        Location::In(system) => Place::In(system),
        Location::GroupOf(system) => Place::GroupOf(system),
        Location::External(_) => Place::External,
        Location::Unknown(_) => Place::Unknown,
    }
}

fn is_narrowed(before: &Entry, after: &Entry) -> bool {
    is_person(before)
        && before
            .addresses()
            .any(|address| after.addresses().all(|left| left != address))
}
