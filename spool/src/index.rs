//! What is alive, and where.

use std::collections::BTreeMap;

use crate::id::QueueId;
use crate::marks::Marks;
use crate::roster::Listed;

/// Live messages and the segments they are in. It is kept small: a message costs one [`Place`].
#[derive(Debug, Default)]
pub(crate) struct Index {
    messages: BTreeMap<QueueId, Place>,
    pub(crate) segments: BTreeMap<u32, Segment>,
    octets: u64,
}

/// Where a message is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) body: Spot,
    /// Which one of its segment it is.
    pub(crate) ordinal: u32,
    pub(crate) state: Option<Spot>,
    pub(crate) size: Size,
}

/// An entry of a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Spot {
    pub(crate) segment: u32,
    /// Where the record begins in the segment.
    pub(crate) offset: u32,
    /// Where the entry begins in the payload.
    pub(crate) entry: u32,
}

/// Length of a message and whether it has a file of its own, in 8 octets that need no alignment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Size([u32; 2]);

/// One file of the log.
#[derive(Debug)]
pub(crate) struct Segment {
    /// May be written over once nothing in it is alive: it was begun since the spool was opened, and no write to it failed.
    pub(crate) is_spotless: bool,
    /// Where what was accepted ends.
    pub(crate) end: u64,
    /// Nothing will be written to it any more.
    pub(crate) sealed: bool,
    /// Holds what was moved; it has no settlements.
    pub(crate) old: bool,
    /// Ordinals in use.
    pub(crate) adds: u32,
    pub(crate) alive: Marks,
    /// Messages and states alive in it.
    pub(crate) live: u64,
    /// Octets of those, about.
    pub(crate) live_octets: u64,
    /// Something alive in it could not be read: it stays.
    pub(crate) stuck: bool,
}

impl Segment {
    /// One that was read.
    pub(crate) fn sealed() -> Self {
        Self {
            is_spotless: false,
            end: 0,
            sealed: true,
            old: false,
            adds: 0,
            alive: Marks::default(),
            live: 0,
            live_octets: 0,
            stuck: false,
        }
    }
}

impl Size {
    pub(crate) fn new(octets: u64, is_file: bool) -> Self {
        let value = octets << 1 | u64::from(is_file);
        Self([value as u32, (value >> 32) as u32])
    }

    pub(crate) fn octets(self) -> u64 {
        self.value() >> 1
    }

    pub(crate) fn is_file(self) -> bool {
        self.value() & 1 != 0
    }

    fn value(self) -> u64 {
        u64::from(self.0[0]) | u64::from(self.0[1]) << 32
    }

    /// What the message takes in the log, about.
    fn weight(self) -> u64 {
        match self.is_file() {
            true => ENTRY_WEIGHT,
            false => ENTRY_WEIGHT + self.octets(),
        }
    }
}

impl Index {
    pub(crate) fn get(&self, id: QueueId) -> Option<Place> {
        self.messages.get(&id).copied()
    }

    pub(crate) fn len(&self) -> usize {
        self.messages.len()
    }

    /// Octets of the live messages.
    pub(crate) fn octets(&self) -> u64 {
        self.octets
    }

    pub(crate) fn ids(&self) -> impl Iterator<Item = QueueId> {
        self.messages.keys().copied()
    }

    /// A message at its place; one that is there already has moved.
    pub(crate) fn add(&mut self, id: QueueId, place: Place) {
        self.remove(id);
        self.octets += place.size.octets();
        self.hold(place.body, place.size.weight());
        if let Some(segment) = self.segments.get_mut(&place.body.segment) {
            segment.adds = segment.adds.max(place.ordinal + 1);
            segment.alive.set(place.ordinal);
        }
        if let Some(state) = place.state.filter(|state| *state != place.body) {
            self.hold(state, ENTRY_WEIGHT);
        }
        self.messages.insert(id, place);
    }

    pub(crate) fn set_state(&mut self, id: QueueId, spot: Spot) {
        let Some(place) = self.messages.get_mut(&id) else {
            return;
        };
        let before = place.state.replace(spot);
        let body = place.body;
        if let Some(before) = before.filter(|before| *before != body) {
            self.let_go(before, ENTRY_WEIGHT);
        }
        self.hold(spot, ENTRY_WEIGHT);
    }

    pub(crate) fn remove(&mut self, id: QueueId) -> Option<Place> {
        let place = self.messages.remove(&id)?;
        self.octets -= place.size.octets();
        if let Some(segment) = self.segments.get_mut(&place.body.segment) {
            segment.alive.clear(place.ordinal);
        }
        self.let_go(place.body, place.size.weight());
        if let Some(state) = place.state.filter(|state| *state != place.body) {
            self.let_go(state, ENTRY_WEIGHT);
        }
        Some(place)
    }

    /// What a roster says of all segments.
    pub(crate) fn roster(&self) -> Vec<Listed> {
        let listed = self.segments.iter().map(|(&generation, segment)| Listed {
            generation: generation.into(),
            end: segment.end,
            sealed: segment.sealed,
            old: segment.old,
            adds: segment.adds,
            alive: segment.alive.clone(),
        });
        listed.collect()
    }

    fn hold(&mut self, spot: Spot, weight: u64) {
        if let Some(segment) = self.segments.get_mut(&spot.segment) {
            segment.live += 1;
            segment.live_octets += weight;
        }
    }

    fn let_go(&mut self, spot: Spot, weight: u64) {
        if let Some(segment) = self.segments.get_mut(&spot.segment) {
            segment.live = segment.live.saturating_sub(1);
            segment.live_octets = segment.live_octets.saturating_sub(weight);
        }
    }
}

/// What an entry takes beside its content, about.
const ENTRY_WEIGHT: u64 = 512;
