//! What the sources say, as it is gathered into people.

use std::collections::BTreeMap;

use book::{Entry, Key, Kind, Location, Moving, PresetKind, Reference, Shelf, System};
use mirror::{MirrorError, View};
use routing::{Address, RecipientView, SideName, Snapshot};

use crate::config::Directory;

/// What one source says.
#[derive(Debug)]
pub(super) struct Shelved<'a> {
    /// Its number in the order of the configuration.
    pub(super) number: usize,
    pub(super) source: &'a Directory,
    pub(super) said: Said<'a>,
}

/// Which of its words count.
#[derive(Debug)]
pub(super) enum Said<'a> {
    /// What is believed of it.
    Believed(&'a View),
    /// What it says now.
    Now(&'a View),
    /// Some of what is believed of it, as it was looked up before, and where all of it is.
    Some(Option<&'a View>, &'a BTreeMap<Key, Entry>),
    /// What it gave to the snapshot in force: nothing else is left of it.
    Formerly(&'a Snapshot),
}

/// A source whose words cannot be read.
#[derive(Debug, thiserror::Error)]
#[error("{error}")]
pub(super) struct ShelfError {
    pub(super) number: usize,
    pub(super) error: MirrorError,
}

impl Shelved<'_> {
    fn fault(&self, error: MirrorError) -> ShelfError {
        ShelfError {
            number: self.number,
            error,
        }
    }

    /// The side that stands for a system.
    pub(super) fn side_of(&self, system: &System) -> Option<SideName> {
        self.source.side_of(system)
    }

    /// What another entry means by a name or a key.
    pub(super) fn named(&self, name: &str) -> Result<Vec<Entry>, ShelfError> {
        let found = match &self.said {
            Said::Believed(view) | Said::Now(view) | Said::Some(Some(view), _) => {
                view.believed_named(name)
            }
            Said::Some(None, _) | Said::Formerly(_) => Ok(Vec::new()),
        };
        found.map_err(|error| self.fault(error))
    }

    fn is_own(&self, view: &RecipientView<'_>) -> bool {
        view.source()
            .is_some_and(|source| **source == *self.source.name)
    }
}

impl Shelf for Shelved<'_> {
    type Error = ShelfError;

    fn name(&self) -> &str {
        &self.source.name
    }

    fn kind(&self) -> Option<PresetKind> {
        self.source.preset_kind()
    }

    fn side(&self, entry: &Entry) -> Option<SideName> {
        self.side_of(entry.system()?)
    }

    fn entries(&self) -> Box<dyn Iterator<Item = Result<Entry, ShelfError>> + '_> {
        let fault = |error| self.fault(error);
        match &self.said {
            Said::Believed(view) => Box::new(Told(view.believed(), fault)),
            Said::Now(view) => Box::new(Told(view.said(), fault)),
            Said::Some(_, some) => Box::new(some.values().cloned().map(Ok)),
            Said::Formerly(snapshot) => {
                let own = snapshot.iter().filter(|view| self.is_own(view));
                Box::new(own.filter_map(|view| former(&view)).map(Ok))
            }
        }
    }

    fn entry(&self, key: &Key) -> Result<Option<Entry>, ShelfError> {
        let found = match &self.said {
            Said::Believed(view) => view.believed_one(key),
            Said::Now(view) => view.said_one(key),
            Said::Some(view, some) => match (some.get(key), view) {
                (Some(entry), _) => Ok(Some(entry.clone())),
                (None, Some(view)) => view.believed_one(key),
                (None, None) => Ok(None),
            },
            Said::Formerly(snapshot) => Ok(Address::parse(key.as_str())
                .ok()
                .and_then(|address| former(&snapshot.lookup(&address)?))),
        };
        found.map_err(|error| self.fault(error))
    }
}

/// Somebody as the snapshot in force has them.
fn former(view: &RecipientView<'_>) -> Option<Entry> {
    let recipient = view.to_recipient()?;
    let key = Key::from_text(&recipient.primary.to_string())?;
    let side = System::Side(recipient.side.as_str().into());
    let mut entry = Entry::new(key, Location::In(side));
    entry.primary = Some(recipient.primary);
    entry.aliases = recipient.aliases;
    entry.routing_address = recipient.routing_address;
    if let Some(group) = recipient.group {
        let side = System::Side(recipient.side.as_str().into());
        (entry.kind, entry.location) = (Kind::Group, Location::GroupOf(side));
        entry.flags.internal_only = group.internal_only;
        entry.members = group.members.into_iter().map(Reference::Address).collect();
    }
    entry.moving = recipient.moving_to.map(|side| Moving {
        to: System::Side(side.as_str().into()),
        wave: None,
    });
    Some(entry)
}

/// Entries of a mirror with another error. It skips as they do.
struct Told<'v, F>(mirror::Entries<'v>, F);

impl<F: Fn(MirrorError) -> ShelfError> Iterator for Told<'_, F> {
    type Item = Result<Entry, ShelfError>;

    fn next(&mut self) -> Option<Self::Item> {
        self.nth(0)
    }

    fn nth(&mut self, skipped: usize) -> Option<Self::Item> {
        Some(self.0.nth(skipped)?.map_err(&self.1))
    }
}
