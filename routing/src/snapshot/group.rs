//! A group and its members where they lie in the snapshot.

use super::entry::{ALIAS, Entry, GROUP, GROUP_FACTS, MEMBER};
use super::layout::u32_at;
use super::view::Entries;
use super::{Index, ReadError};
use crate::{Address, Group};

/// What is known of a group with members, where it lies in the snapshot.
#[derive(Clone, Copy)]
pub struct GroupView<'a> {
    index: &'a Index,
    /// The place of its primary address.
    owner: usize,
    flags: u8,
    members: u32,
    nameless: u32,
}

impl<'a> GroupView<'a> {
    /// The group whose primary address is at `owner`, if it is one.
    pub(super) fn of(index: &'a Index, owner: usize) -> Result<Option<Self>, ReadError> {
        if index.header.groups == 0 {
            return Ok(None);
        }
        let mut entries = index.entries_from(owner);
        entries.step()?;
        let Some((_, entry)) = entries.step()? else {
            return Ok(None);
        };
        if !entry.has(ALIAS) || !entry.has(GROUP) || entry.owner as usize != owner {
            return Ok(None);
        }
        let group = Self::read(index, owner, entry.local);
        group.map(Some).ok_or_else(|| index.entries.damaged())
    }

    fn read(index: &'a Index, owner: usize, facts: &[u8]) -> Option<Self> {
        Some(Self {
            index,
            owner,
            flags: *facts.first()?,
            members: u32_at(facts, 1)?,
            nameless: u32_at(facts, 5)?,
        })
    }

    /// Whether it takes mail only from senders that its system knows.
    pub fn is_internal_only(&self) -> bool {
        self.flags & INTERNAL_ONLY != 0
    }

    /// Whether it has more members than are kept.
    pub fn is_too_large(&self) -> bool {
        self.flags & TOO_LARGE != 0
    }

    /// Members of whom no address is known.
    pub fn nameless(&self) -> u32 {
        self.nameless
    }

    /// The number of its direct members.
    pub fn len(&self) -> usize {
        self.members as usize
    }

    /// Whether none of its members is known.
    pub fn is_empty(&self) -> bool {
        self.members == 0
    }

    /// The addresses of its direct members: all of them, or an error.
    pub fn members(&self) -> Members<'a> {
        let mut entries = self.index.entries_from(self.owner);
        // The primary address was read already; if it cannot be read again, the next step says so.
        let _ = entries.step();
        Members {
            index: self.index,
            owner: self.owner,
            entries,
            left: self.members,
        }
    }

    /// The group as a value of its own.
    pub fn to_group(&self) -> Result<Group, ReadError> {
        Ok(Group {
            members: self.members().collect::<Result<_, _>>()?,
            nameless: self.nameless,
            internal_only: self.is_internal_only(),
            too_large: self.is_too_large(),
        })
    }
}

/// The members of a group.
pub struct Members<'a> {
    index: &'a Index,
    owner: usize,
    entries: Entries<'a>,
    left: u32,
}

impl Members<'_> {
    fn step(&mut self) -> Result<Address, ReadError> {
        let damaged = || self.index.entries.damaged();
        loop {
            let (_, entry) = self.entries.step()?.ok_or_else(damaged)?;
            if !entry.has(ALIAS) || entry.owner as usize != self.owner {
                return Err(damaged());
            }
            if entry.has(MEMBER) {
                return self.address(&entry).ok_or_else(damaged);
            }
        }
    }

    fn address(&self, entry: &Entry) -> Option<Address> {
        self.index.address(entry, entry.member_spelling()?)
    }
}

impl Iterator for Members<'_> {
    type Item = Result<Address, ReadError>;

    fn next(&mut self) -> Option<Self::Item> {
        self.left = self.left.checked_sub(1)?;
        let found = self.step();
        if found.is_err() {
            self.left = 0;
        }
        Some(found)
    }
}

/// What is written of a group before its members.
pub(super) fn facts(group: &Group) -> [u8; GROUP_FACTS] {
    let mut facts = [0; GROUP_FACTS];
    facts[0] =
        u8::from(group.internal_only) * INTERNAL_ONLY + u8::from(group.too_large) * TOO_LARGE;
    let members = u32::try_from(group.members.len()).unwrap_or(u32::MAX);
    facts[1..5].copy_from_slice(&members.to_le_bytes());
    facts[5..].copy_from_slice(&group.nameless.to_le_bytes());
    facts
}

const INTERNAL_ONLY: u8 = 1;
const TOO_LARGE: u8 = 2;
