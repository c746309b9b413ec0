//! A few recipients in place of others, over an index that stays as it is.
//!
//! A large index takes seconds to build, a change concerns a few people. So these get a small index of their own, built
//! in the same way, and of the large one is noted whom it is no longer to give. A snapshot with a patch is one whole for
//! whoever asks; on disk it is written as one.

use std::collections::HashSet;
use std::sync::Arc;

use super::entry::{ALIAS, ROUTING_TAKEN, TAKEN};
use super::{BuildError, Found, Index, Meta, ReadError, RecipientView, Snapshot, build};
use crate::{Address, Recipient};

/// What counts otherwise than in the index.
pub(super) struct Patch {
    pub(super) index: Arc<Index>,
    /// The places of recipients of the index that count no more.
    gone: HashSet<usize>,
    /// The addresses that led to them.
    gone_addresses: usize,
}

/// Why a snapshot cannot be patched. Its recipients can be built anew.
#[derive(Debug, thiserror::Error)]
pub enum PatchError {
    /// The new recipients do not fit.
    #[error(transparent)]
    Build(#[from] BuildError),
    /// It cannot be read.
    #[error(transparent)]
    Read(#[from] ReadError),
}

impl Snapshot {
    /// The same with other recipients in place of those who have one of the addresses `gone` as their own. None of the
    /// others may have an address, nor a routing address, of those who go or come.
    pub fn patched<'a>(
        &self,
        gone: impl IntoIterator<Item = &'a Address>,
        come: impl IntoIterator<Item = Recipient>,
        meta: Meta,
    ) -> Result<Self, PatchError> {
        let former = self.patch.as_deref();
        let mut places = former.map_or_else(HashSet::new, |patch| patch.gone.clone());
        let mut patched = HashSet::new();
        for address in gone {
            for (index, places) in [
                (Some(&self.index), &mut places),
                (former.map(|patch| &patch.index), &mut patched),
            ] {
                let found = index.map_or(Ok(None), |index| index.find(address))?;
                places.extend(found.filter(RecipientView::is_own).map(|view| view.place()));
            }
        }
        let staying = former
            .into_iter()
            .flat_map(|patch| patch.index.recipients());
        let staying = staying.filter(|view| !patched.contains(&view.place()));
        let staying = staying.filter_map(|view| view.to_recipient());
        let built = build::build(staying.chain(come), meta)?;
        let mut gone_addresses = 0;
        for place in &places {
            gone_addresses += self.index.addresses_of(*place)?;
        }
        Ok(Self {
            index: Arc::clone(&self.index),
            patch: Some(Arc::new(Patch {
                index: built.index,
                gone: places,
                gone_addresses,
            })),
            read_at: built.read_at,
        })
    }

    /// How many recipients it has otherwise than its index, or not at all: what makes a change slower than the last.
    pub fn patches(&self) -> usize {
        let patch = self.patch.as_deref();
        patch.map_or(0, |patch| patch.gone.len() + patch.index.len())
    }

    /// The same recipients in one index.
    pub fn folded(&self) -> Result<Self, PatchError> {
        if self.patch.is_none() {
            return Ok(self.clone());
        }
        let meta = Meta {
            built_at: self.built_at(),
            sources: self.sources().collect(),
        };
        let recipients = self.iter().filter_map(|view| view.to_recipient());
        let folded = build::build(recipients, meta)?;
        match folded.len() == self.len() {
            true => Ok(folded),
            false => Err(self.index.entries.damaged().into()),
        }
    }
}

impl Patch {
    pub(super) fn find<'a>(
        &'a self,
        index: &'a Index,
        address: &Address,
    ) -> Result<Option<RecipientView<'a>>, ReadError> {
        match self.index.find(address)? {
            Some(view) if view.is_own() => Ok(Some(view)),
            routed => Ok(self.left(index.find(address)?).or(routed)),
        }
    }

    /// A recipient of the index, if it still counts.
    pub(super) fn left<'a>(&self, view: Option<RecipientView<'a>>) -> Option<RecipientView<'a>> {
        view.filter(|view| !self.gone.contains(&view.place()))
    }

    /// How many recipients there are with those of the index.
    pub(super) fn len(&self, index: &Index) -> usize {
        (index.len() + self.index.len()).saturating_sub(self.gone.len())
    }

    pub(super) fn addresses(&self, index: &Index) -> usize {
        (index.addresses() + self.index.addresses()).saturating_sub(self.gone_addresses)
    }
}

impl RecipientView<'_> {
    /// Somebody else's routing address may be asked for; that makes nobody the same person.
    fn is_own(&self) -> bool {
        self.found() != Found::RoutingAddress
    }
}

impl Index {
    /// The addresses that lead to the recipient at a place.
    fn addresses_of(&self, place: usize) -> Result<usize, ReadError> {
        let entry = self.entry_at(place)?;
        let details = entry.details().ok_or_else(|| self.entries.damaged())?.0;
        let aliases = self
            .entries_from(place)
            .skip(1)
            .map(|(_, entry)| entry)
            .take_while(|entry| entry.has(ALIAS) && entry.owner as usize == place);
        let aliases = aliases.filter(|alias| !alias.has(TAKEN)).count();
        let is_routed = details.routing.is_some() && !entry.has(ROUTING_TAKEN);
        Ok(usize::from(!entry.has(TAKEN)) + usize::from(is_routed) + aliases)
    }
}

#[cfg(test)]
mod tests;
