//! A change of a few people: who follows from their entries comes in force in place of who followed before, and
//! everybody else stays as they are.

use book::{People, PeopleError};
use mirror::View;
use routing::{Address, Found, Meta, PatchError, Recipient, Snapshot, SourceRead, UnixTime};

use super::circle::Circle;
use super::shelf::{Said, ShelfError, Shelved};
use super::whole::{Conflicts, Recipients, is_spelled_alike};
use crate::config::Directory;

/// What follows from a change.
#[derive(Debug)]
pub(super) struct Patched {
    pub(super) snapshot: Result<Snapshot, PatchError>,
    /// Whether anybody is another than before.
    pub(super) changed: bool,
    /// Those among whom the change concerns.
    pub(super) conflicts: Conflicts,
}

/// What a change is seen against.
#[derive(Debug, Clone, Copy)]
pub(super) struct Before<'a> {
    /// The snapshot of what was believed before.
    pub(super) base: &'a Snapshot,
    /// The one in force, which says since when people are where they are.
    pub(super) in_force: &'a Snapshot,
}

/// Brings a change in force. The sources are in the order of their precedence.
pub(super) fn patch(
    sources: &[(&Directory, Option<&View>)],
    circle: &Circle,
    before: Before<'_>,
    now: UnixTime,
    reads: Vec<SourceRead>,
) -> Result<Patched, PeopleError<ShelfError>> {
    let shelves = sources.iter().zip(&circle.entries).enumerate();
    let shelves: Vec<Shelved<'_>> = shelves
        .map(|(number, ((source, view), entries))| Shelved {
            number,
            source,
            said: Said::Some(*view, entries),
        })
        .collect();
    let people = People::gather(&shelves)?.without_computed(circle.taken.clone());
    let mut recipients = Recipients::of(people, &shelves, before.in_force, now);
    let come: Vec<Recipient> = recipients.by_ref().collect();
    // Systems without a side are told when everybody is gathered: these are only a few of their people.
    let (conflicts, _) = recipients.end()?;
    let meta = || Meta {
        built_at: now,
        sources: reads.clone(),
    };
    let says_nothing_new = |snapshot: &Snapshot| -> Result<bool, PatchError> {
        let alone = Snapshot::build(come.iter().cloned(), meta())?;
        is_same(snapshot, &alone, circle)
    };
    let patched = || match says_nothing_new(before.base)? {
        true => Ok(before.base.confirmed(&reads)),
        false => before
            .base
            .patched(&circle.own, come.iter().cloned(), meta()),
    };
    Ok(Patched {
        snapshot: patched(),
        changed: !says_nothing_new(before.in_force).unwrap_or(false),
        conflicts,
    })
}

/// Whether a snapshot has these recipients alone under the addresses of a circle, and each of their addresses leads to
/// the same one.
fn is_same(snapshot: &Snapshot, alone: &Snapshot, circle: &Circle) -> Result<bool, PatchError> {
    let mut addresses: Vec<Address> = circle.own.iter().cloned().collect();
    for view in alone.iter() {
        addresses.extend(view.aliases());
        addresses.extend(view.routing_address());
    }
    for address in &addresses {
        let found = |snapshot: &Snapshot| -> Result<Option<(Found, Recipient)>, PatchError> {
            let view = snapshot.find(address)?;
            Ok(view.and_then(|view| Some((view.found(), view.to_recipient()?))))
        };
        let is_same = match (found(snapshot)?, found(alone)?) {
            (Some((before_as, before)), Some((after_as, after))) => {
                before_as == after_as && before == after && is_spelled_alike(&before, &after)
            }
            // Somebody outside may be routed by an address that was one's own.
            (Some((Found::RoutingAddress, _)), None) | (None, None) => true,
            (Some(_), None) | (None, Some(_)) => false,
        };
        if !is_same {
            return Ok(false);
        }
    }
    Ok(true)
}

#[cfg(test)]
mod tests;
