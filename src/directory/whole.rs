//! All sources together: everybody's place, and since when.

use book::{People, PeopleError, Person};
use routing::{
    Address, BuildError, Found, Meta, Recipient, RecipientView, SideName, Snapshot, SourceRead,
    UnixTime,
};

use super::membership;
use super::shelf::{ShelfError, Shelved};
use super::sideless::Sideless;
use crate::limits::DIRECTORY_CONFLICTS_KEPT;

/// What follows from all sources.
#[derive(Debug)]
pub(super) struct Whole {
    /// The recipients; the former ones with newer times if nothing else changed.
    pub(super) snapshot: Result<Snapshot, BuildError>,
    /// Whether they changed.
    pub(super) changed: bool,
    pub(super) conflicts: Conflicts,
    pub(super) sideless: Sideless,
}

/// Addresses that entries claim for different sides.
#[derive(Debug, Default)]
pub(super) struct Conflicts {
    /// The first ones.
    pub(super) kept: Vec<String>,
    /// All of them.
    pub(super) total: usize,
}

/// Builds the view of all sources, which are in the order of their precedence. Nobody is in memory but those who share
/// addresses.
pub(super) fn build(
    shelves: &[Shelved<'_>],
    former: &Snapshot,
    now: UnixTime,
    reads: Vec<SourceRead>,
) -> Result<Whole, PeopleError<ShelfError>> {
    let mut recipients = Recipients::of(People::gather(shelves)?, shelves, former, now);
    let meta = Meta {
        built_at: now,
        sources: reads.clone(),
    };
    let built = Snapshot::build(&mut recipients, meta);
    let (conflicts, sideless) = recipients.end()?;
    let changed = !built.as_ref().is_ok_and(|built| is_same(former, built));
    Ok(Whole {
        snapshot: match changed {
            true => built,
            false => Ok(former.confirmed(&reads)),
        },
        changed,
        conflicts,
        sideless,
    })
}

/// The recipients that follow from shelves, one after the other, dated by a former snapshot.
pub(super) struct Recipients<'s, 'v> {
    people: People<'s, Shelved<'v>>,
    shelves: &'s [Shelved<'v>],
    former: &'s Snapshot,
    now: UnixTime,
    conflicts: Conflicts,
    sideless: Sideless,
    fault: Option<ShelfError>,
}

impl<'s, 'v> Recipients<'s, 'v> {
    pub(super) fn of(
        people: People<'s, Shelved<'v>>,
        shelves: &'s [Shelved<'v>],
        former: &'s Snapshot,
        now: UnixTime,
    ) -> Self {
        Self {
            people,
            shelves,
            former,
            now,
            conflicts: Conflicts::default(),
            sideless: Sideless::default(),
            fault: None,
        }
    }

    /// What there was besides them; an error where these are not all.
    pub(super) fn end(self) -> Result<(Conflicts, Sideless), ShelfError> {
        match self.fault {
            Some(fault) => Err(fault),
            None => Ok((self.conflicts, self.sideless)),
        }
    }
}

impl Iterator for Recipients<'_, '_> {
    type Item = Recipient;

    fn next(&mut self) -> Option<Recipient> {
        loop {
            let person = match self.people.next()? {
                Ok(person) => person,
                Err(fault) => {
                    self.fault = Some(fault);
                    return None;
                }
            };
            self.conflicts.note(&person);
            self.sideless.note(&person, self.shelves);
            let moving_to = moving_to(&person, self.shelves);
            let group = match membership::group(&person, self.shelves) {
                Ok(group) => group,
                Err(fault) => {
                    self.fault = Some(fault);
                    return None;
                }
            };
            if let Some(mut recipient) = person.merged.recipient {
                recipient.moving_to = moving_to;
                recipient.group = group;
                date(&mut recipient, self.former, self.now);
                return Some(recipient);
            }
        }
    }
}

impl Conflicts {
    fn note(&mut self, person: &Person) {
        for rival in &person.rivals {
            self.total += 1;
            if self.kept.len() < DIRECTORY_CONFLICTS_KEPT {
                self.kept.push(rival.to_string());
            }
        }
    }
}

/// Where the entry that decides says that somebody is being moved.
fn moving_to(person: &Person, shelves: &[Shelved<'_>]) -> Option<SideName> {
    let (source, entry) = person.entries.get(person.merged.winner?)?;
    shelves[*source].side_of(&entry.moving.as_ref()?.to)
}

/// Carries over when and from where somebody moved. What a source says when it is read for the first time is no change.
fn date(recipient: &mut Recipient, former: &Snapshot, now: UnixTime) {
    let mut addresses = std::iter::once(&recipient.primary).chain(&recipient.aliases);
    let before = addresses.find_map(|address| former.lookup(address).filter(is_own_address));
    (recipient.moved_at, recipient.previous_side) = match before {
        Some(view) if view.side() == Some(&recipient.side) => {
            (view.moved_at(), view.previous_side().cloned())
        }
        Some(view) => (Some(now), view.side().cloned()),
        None => {
            let was_read =
                |source: SourceRead| source.name == recipient.source && source.read_at.is_some();
            (former.sources().any(was_read).then_some(now), None)
        }
    };
}

/// Somebody else's routing address may be one's own primary address; that makes nobody the same person.
fn is_own_address(view: &RecipientView<'_>) -> bool {
    view.found() != Found::RoutingAddress
}

/// Whether a new snapshot says nothing new. After patches its recipients may be in another order.
fn is_same(former: &Snapshot, built: &Snapshot) -> bool {
    let names =
        |snapshot: &Snapshot| -> Vec<_> { snapshot.sources().map(|source| source.name).collect() };
    former.len() == built.len()
        && former.addresses() == built.addresses()
        && names(former) == names(built)
        && (former.iter().zip(built.iter()).all(|pair| is_alike(&pair))
            || built
                .iter()
                .all(|view| is_found_alike(&view, former, built)))
}

/// Whether two recipients are the same to the letter.
fn is_alike((before, after): &(RecipientView<'_>, RecipientView<'_>)) -> bool {
    match (before.to_recipient(), after.to_recipient()) {
        (Some(before), Some(after)) => before == after && is_spelled_alike(&before, &after),
        _ => false,
    }
}

/// Whether all addresses of a recipient lead to the same ones, and to itself.
fn is_found_alike(view: &RecipientView<'_>, former: &Snapshot, built: &Snapshot) -> bool {
    let mut addresses = view.primary().into_iter().chain(view.aliases());
    let led = |address: &Address| match (former.lookup(address), built.lookup(address)) {
        (Some(before), Some(after)) => {
            before.found() == after.found() && before.primary() == after.primary()
        }
        _ => false,
    };
    let itself = view.primary().and_then(|primary| former.lookup(&primary));
    itself.is_some_and(|before| is_alike(&(before, *view)))
        && addresses.all(|address| led(&address))
        && view.routing_address().is_none_or(|address| led(&address))
}

/// Addresses are equal whatever their spelling, but their spelling is what a hop is told.
pub(super) fn is_spelled_alike(one: &Recipient, other: &Recipient) -> bool {
    let routing = |recipient: &Recipient| {
        let address = recipient.routing_address.as_ref();
        address.map(Address::local).map(str::to_owned)
    };
    let members = |recipient: &Recipient| -> Vec<String> {
        let group = recipient.group.iter();
        group
            .flat_map(|group| &group.members)
            .map(|member| member.local().to_owned())
            .collect()
    };
    one.primary.local() == other.primary.local()
        && routing(one) == routing(other)
        && members(one) == members(other)
}

#[cfg(test)]
mod tests;
