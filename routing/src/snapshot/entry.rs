//! One address where it lies, and for a primary address what is known of its recipient.
//!
//! ```text
//! u8 length of the local part (0: nothing more on this page)   u8 flags   u16 domain
//! of an alias (flag 1), and of what else belongs to a recipient: u32 place of its primary address
//! else: u16 side, u16 source
//! folded local part
//! flag 2: u8 length, the local part as given, where folding changed it
//! flag 4: routing address: u16 domain, u8 length, local part as given
//! flag 8: u64 moved_at       flag 16: u16 previous side       flag 32: u16 side it is being moved to
//! flag 64: the address leads to another recipient       flag 128: the routing address does
//! ```
//! The aliases of a recipient follow its primary address. What a lookup needs lies together, so that it costs one
//! access to memory besides the slot.
//!
//! Of a group with members, flags 1 and 2 mark an entry right behind its primary address, whose local part is: u8 what
//! it is (1: internal senders only, 2: too large), u32 members, u32 members without an address. Behind the aliases come
//! the members, entries with flags 1 and 4; with flag 8 the local part as given follows. No slot leads to them.

use super::layout::{u16_at, u32_at, u64_at};

pub(super) const ALIAS: u8 = 1;
/// Of entries with [`ALIAS`]: what is known of the group.
pub(super) const GROUP: u8 = 2;
/// Of entries with [`ALIAS`]: one of its members.
pub(super) const MEMBER: u8 = 4;
/// Of entries with [`MEMBER`].
const MEMBER_SPELLED: u8 = 8;
const SPELLED: u8 = 2;
const ROUTED: u8 = 4;
const MOVED: u8 = 8;
const CAME_FROM: u8 = 16;
const MOVING: u8 = 32;
pub(super) const TAKEN: u8 = 64;
pub(super) const ROUTING_TAKEN: u8 = 128;

/// Octets of what is known of a group.
pub(super) const GROUP_FACTS: usize = 9;
/// Octets before the local part.
const HEAD: usize = 8;
/// Where the flags are.
pub(super) const FLAGS: usize = 1;

/// An address as it stands in the bytes.
#[derive(Clone, Copy)]
pub(super) struct Entry<'a> {
    pub(super) flags: u8,
    pub(super) domain: u16,
    pub(super) local: &'a [u8],
    /// Of an alias the place of its primary address.
    pub(super) owner: u32,
    /// What follows the local part, and all that follows that.
    rest: &'a [u8],
}

/// What a primary address says of its recipient.
#[derive(Clone, Copy)]
pub(super) struct Details<'a> {
    pub(super) side: u16,
    pub(super) source: u16,
    pub(super) spelling: Option<&'a str>,
    pub(super) routing: Option<(u16, &'a str)>,
    pub(super) moved_at: Option<u64>,
    pub(super) previous_side: Option<u16>,
    pub(super) moving_to: Option<u16>,
}

/// What octets begin with.
pub(super) enum Next<'a> {
    Entry(Entry<'a>),
    /// The page holds no more.
    PageEnd,
}

impl<'a> Entry<'a> {
    /// Reads what `octets` begins with; `None`: they were never written so.
    #[inline]
    pub(super) fn read(octets: &'a [u8]) -> Option<Next<'a>> {
        let length = usize::from(*octets.first()?);
        if length == 0 {
            return Some(Next::PageEnd);
        }
        let (head, rest) = octets.split_at_checked(HEAD)?;
        let (local, rest) = rest.split_at_checked(length)?;
        Some(Next::Entry(Self {
            flags: head[FLAGS],
            domain: u16_at(head, 2)?,
            owner: u32_at(head, 4)?,
            local,
            rest,
        }))
    }

    pub(super) fn has(&self, flag: u8) -> bool {
        self.flags & flag != 0
    }

    /// Of a primary address: where its recipient lives.
    pub(super) fn side(&self) -> u16 {
        self.owner as u16
    }

    /// Of a primary address: the source that says so.
    pub(super) fn source(&self) -> u16 {
        (self.owner >> 16) as u16
    }

    /// What is known of the recipient whose primary address this is, and the octets of the entry.
    #[inline]
    pub(super) fn details(&self) -> Option<(Details<'a>, usize)> {
        if self.has(ALIAS) {
            return None;
        }
        let mut rest = Reader(self.rest);
        let details = Details {
            side: self.side(),
            source: self.source(),
            spelling: if self.has(SPELLED) {
                Some(rest.text()?)
            } else {
                None
            },
            routing: if self.has(ROUTED) {
                Some((rest.u16()?, rest.text()?))
            } else {
                None
            },
            moved_at: if self.has(MOVED) {
                Some(rest.u64()?)
            } else {
                None
            },
            previous_side: if self.has(CAME_FROM) {
                Some(rest.u16()?)
            } else {
                None
            },
            moving_to: if self.has(MOVING) {
                Some(rest.u16()?)
            } else {
                None
            },
        };
        Some((details, self.head_octets() + self.rest.len() - rest.0.len()))
    }

    /// Of a member: its local part as given, where folding changed it.
    pub(super) fn member_spelling(&self) -> Option<Option<&'a str>> {
        match self.has(MEMBER_SPELLED) {
            true => Reader(self.rest).text().map(Some),
            false => Some(None),
        }
    }

    /// The octets of the entry.
    pub(super) fn octets(&self) -> Option<usize> {
        if self.has(ALIAS) && self.has(MEMBER) {
            let spelled = self.member_spelling()?.map_or(0, |text| 1 + text.len());
            Some(self.head_octets() + spelled)
        } else if self.has(ALIAS) {
            Some(self.head_octets())
        } else {
            self.details().map(|(_, octets)| octets)
        }
    }

    fn head_octets(&self) -> usize {
        HEAD + self.local.len()
    }
}

impl Details<'_> {
    /// Writes the entry of a primary address in place of what `out` held.
    pub(super) fn write(&self, local: &str, domain: u16, out: &mut Vec<u8>) {
        let flags = [
            (self.spelling.is_some(), SPELLED),
            (self.routing.is_some(), ROUTED),
            (self.moved_at.is_some(), MOVED),
            (self.previous_side.is_some(), CAME_FROM),
            (self.moving_to.is_some(), MOVING),
        ];
        let flags = flags
            .iter()
            .filter(|(set, _)| *set)
            .map(|(_, flag)| flag)
            .sum();
        let word = u32::from(self.side) | u32::from(self.source) << 16;
        write_head(local.as_bytes(), flags, domain, word, out);
        if let Some(spelling) = self.spelling {
            write_text(spelling, out);
        }
        if let Some((domain, local)) = self.routing {
            out.extend_from_slice(&domain.to_le_bytes());
            write_text(local, out);
        }
        if let Some(moved_at) = self.moved_at {
            out.extend_from_slice(&moved_at.to_le_bytes());
        }
        for side in [self.previous_side, self.moving_to].into_iter().flatten() {
            out.extend_from_slice(&side.to_le_bytes());
        }
    }
}

/// Writes the entry of an alias in place of what `out` held.
pub(super) fn write_alias(local: &str, domain: u16, owner: u32, out: &mut Vec<u8>) {
    write_head(local.as_bytes(), ALIAS, domain, owner, out);
}

/// Writes what is known of a group in place of what `out` held.
pub(super) fn write_group(facts: &[u8; GROUP_FACTS], owner: u32, out: &mut Vec<u8>) {
    write_head(facts, ALIAS | GROUP, 0, owner, out);
}

/// Writes the entry of a group's member in place of what `out` held.
pub(super) fn write_member(
    local: &str,
    spelling: Option<&str>,
    domain: u16,
    owner: u32,
    out: &mut Vec<u8>,
) {
    let spelled = spelling.map_or(0, |_| MEMBER_SPELLED);
    write_head(
        local.as_bytes(),
        ALIAS | MEMBER | spelled,
        domain,
        owner,
        out,
    );
    if let Some(spelling) = spelling {
        write_text(spelling, out);
    }
}

fn write_head(local: &[u8], flags: u8, domain: u16, word: u32, out: &mut Vec<u8>) {
    out.clear();
    out.extend_from_slice(&[local.len() as u8, flags]); // a folded local part has at most 255 octets
    out.extend_from_slice(&domain.to_le_bytes());
    out.extend_from_slice(&word.to_le_bytes());
    out.extend_from_slice(local);
}

fn write_text(text: &str, out: &mut Vec<u8>) {
    out.push(text.len() as u8); // a local part as given has at most 128 octets
    out.extend_from_slice(text.as_bytes());
}

struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn take(&mut self, count: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        Some(taken)
    }

    fn u16(&mut self) -> Option<u16> {
        u16_at(self.take(2)?, 0)
    }

    fn u64(&mut self) -> Option<u64> {
        u64_at(self.take(8)?, 0)
    }

    fn text(&mut self) -> Option<&'a str> {
        let length = usize::from(self.take(1)?[0]);
        std::str::from_utf8(self.take(length)?).ok()
    }
}
