//! What the files hold, and what of it is alive.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::io;

use bytes::Bytes;

use crate::disk::{Access, Disk, read_full};
use crate::draft;
use crate::error::OpenError;
use crate::findings::{Damage, Findings, Found};
use crate::id::QueueId;
use crate::index::{self, Index, Place, Size, Spot};
use crate::item::{Seen, View};
use crate::limits;
use crate::names;
use crate::recovery::survey::{Survey, Surveyed};
use crate::roster::{Listed, Parts, Roster};
use crate::segment::{Piece, Record, Segment};
use crate::uid::Uid;

/// All that was read.
#[derive(Debug, Default)]
pub(crate) struct Reading {
    pub(crate) findings: Findings,
    pub(crate) index: Index,
    pub(crate) next_id: u64,
    pub(crate) next_sequence: u64,
    pub(crate) roster_generation: u64,
    /// Segments that hold nothing that counts any more.
    pub(crate) void_segments: Vec<u64>,
    /// Segments without a known end, and where it was found.
    pub(crate) open_segments: Vec<(u64, u64)>,
    /// Files without a record.
    pub(crate) void_files: Vec<QueueId>,
    /// The same, where a damaged record may have named them.
    pub(crate) orphans: Vec<QueueId>,
    roster: HashMap<u64, Listed>,
    messages: BTreeMap<QueueId, Message>,
    /// Settled ones never come back, in whatever order segments are read.
    settled: HashSet<QueueId>,
    /// States whose message was not read yet: it may have moved to a younger segment.
    early: HashMap<QueueId, State>,
    retired: BTreeSet<u64>,
}

#[derive(Debug)]
struct Message {
    meta: Bytes,
    body: Spot,
    ordinal: u32,
    size: Size,
    /// Of the record that the body is in.
    sequence: u64,
    state: Option<State>,
}

/// The youngest state counts.
#[derive(Clone, Debug)]
struct State {
    octets: Bytes,
    spot: Spot,
    sequence: u64,
}

impl Reading {
    pub(crate) fn of(disk: &dyn Disk, survey: &Survey, uid: Uid) -> Result<Self, OpenError> {
        let mut reading = Self::default();
        let mut buffer = Vec::new();
        reading.find_roster(disk, survey, uid, &mut buffer)?;
        for surveyed in &survey.segments {
            reading.read_segment(disk, surveyed, uid, &mut buffer)?;
        }
        reading.miss_segments(survey);
        reading.check_files(disk, survey)?;
        reading.fill_index();
        if survey.format_is_damaged {
            reading.findings.damage(Damage {
                name: names::FORMAT.to_owned(),
                offset: 0,
                octets: 0,
                what: "the file that names the spool is damaged and will be written anew",
            });
        }
        Ok(reading)
    }

    /// Tells of each live message, and hands over what was found.
    pub(crate) fn report(mut self, survey: &Survey, mut found: impl FnMut(Found)) -> Findings {
        for (id, message) in std::mem::take(&mut self.messages) {
            self.findings.messages += 1;
            self.findings.octets += message.size.octets();
            found(Found {
                id,
                meta: message.meta,
                state: message.state.map(|state| state.octets),
                octets: message.size.octets(),
            });
        }
        self.findings.void_files = (self.void_files.len() + survey.drafts.len()) as u64;
        let strays = survey.stray.iter().take(limits::FINDINGS_NAMED_MAX);
        self.findings.stray = strays.cloned().collect();
        self.findings
    }

    /// The youngest roster that is whole says which older segments count.
    fn find_roster(
        &mut self,
        disk: &dyn Disk,
        survey: &Survey,
        uid: Uid,
        buffer: &mut Vec<u8>,
    ) -> Result<(), OpenError> {
        for surveyed in survey.segments.iter().rev() {
            for octets in [ROSTER_OCTETS.min(surveyed.length), surveyed.length] {
                if !read_file(disk, surveyed.generation, octets, buffer)? {
                    break;
                }
                if let Some(roster) = roster_of(&segment(buffer, surveyed, uid, None)) {
                    self.next_id = roster.next_id;
                    self.roster_generation = surveyed.generation;
                    let listed = roster.segments.into_iter().map(|l| (l.generation, l));
                    self.roster = listed.collect();
                    return Ok(());
                }
            }
        }
        Ok(())
    }

    fn read_segment(
        &mut self,
        disk: &dyn Disk,
        surveyed: &Surveyed,
        uid: Uid,
        buffer: &mut Vec<u8>,
    ) -> Result<(), OpenError> {
        let generation = surveyed.generation;
        let listed = self.roster.get(&generation).cloned();
        if generation < self.roster_generation && listed.is_none() {
            self.void_segments.push(generation);
            return Ok(());
        }
        let Ok(name) = u32::try_from(generation) else {
            self.void_segments.push(generation);
            return Ok(());
        };
        if !read_file(disk, generation, surveyed.length, buffer)? {
            return Ok(());
        }
        self.findings.segments += 1;
        let segment = segment(buffer, surveyed, uid, listed.as_ref());
        let mut known = index::Segment::sealed();
        known.old = listed.as_ref().is_some_and(|listed| listed.old);
        known.adds = listed.as_ref().map_or(0, |listed| listed.adds);
        let mut damaged = Vec::new();
        let mut unfinished = Vec::new();
        known.end = segment.scan(|piece| match piece {
            Piece::Record(record) => {
                self.findings.records += 1;
                self.take(name, &record, listed.as_ref(), &mut known);
            }
            Piece::Damaged { from, to } => damaged.push((from, to)),
            Piece::Doubtful { from, to } => unfinished.push((from, to, DOUBTFUL)),
            Piece::Unfinished { from, to } => unfinished.push((from, to, UNFINISHED)),
        });
        if segment.limit.is_none() {
            self.open_segments.push((generation, known.end));
        }
        self.index.segments.insert(name, known);
        self.tell(surveyed, segment.limit, damaged, unfinished);
        Ok(())
    }

    /// Puts what is wrong with a segment into the findings.
    fn tell(
        &mut self,
        surveyed: &Surveyed,
        limit: Option<u64>,
        damaged: Vec<(u64, u64)>,
        unfinished: Vec<(u64, u64, &'static str)>,
    ) {
        let name = names::segment(surveyed.generation);
        let damage = |from: u64, to: u64, what| Damage {
            name: name.clone(),
            offset: from,
            octets: to - from,
            what,
        };
        match surveyed.header {
            None => {
                let end = limits::GROUP_ALIGNMENT.min(surveyed.length);
                self.findings
                    .damage(damage(0, end, "its first block is damaged"));
            }
            Some(header) if limit.is_none() && surveyed.length < header.size => {
                let end = surveyed.length;
                self.findings
                    .damage(damage(end, header.size, "the file has been cut short"));
            }
            Some(header) => self.next_id = self.next_id.max(header.next_id),
        }
        for (from, to) in damaged {
            self.findings
                .damage(damage(from, to, "what was written is damaged"));
        }
        let ends = unfinished.into_iter();
        let ends = ends.map(|(from, to, what)| damage(from, to, what));
        self.findings.unfinished.extend(ends);
    }

    fn take(
        &mut self,
        segment: u32,
        record: &Record<'_>,
        listed: Option<&Listed>,
        known: &mut index::Segment,
    ) {
        let sequence = record.head.sequence;
        self.next_sequence = self.next_sequence.max(sequence + 1);
        let mut ordinal = record.head.ordinal;
        let views = View::all(record.payload).unwrap_or_default();
        for (extent, view) in views {
            let spot = Spot {
                segment,
                offset: u32::try_from(record.offset).unwrap_or(u32::MAX),
                entry: extent.at,
            };
            match view {
                View::Add { id, .. } => {
                    let is_listed = |l: &Listed| ordinal >= l.adds || l.alive.has(ordinal);
                    let is_alive = listed.is_none_or(is_listed);
                    known.adds = known.adds.max(ordinal.saturating_add(1));
                    self.next_id = self.next_id.max(id.number() + 1);
                    if is_alive && !self.settled.contains(&id) {
                        self.add(id, &view, spot, ordinal, sequence);
                    }
                    ordinal = ordinal.saturating_add(1);
                }
                View::State { id, state } => {
                    let octets = Bytes::copy_from_slice(state);
                    self.set_state(
                        id,
                        State {
                            octets,
                            spot,
                            sequence,
                        },
                    );
                }
                View::Settle { id } => {
                    self.messages.remove(&id);
                    self.early.remove(&id);
                    self.settled.insert(id);
                }
                View::Retire { generation } => {
                    self.retired.insert(generation);
                }
                View::Roster(_) => {}
            }
        }
    }

    /// A message that is there already has moved, or moves back: its youngest copy counts.
    fn add(&mut self, id: QueueId, view: &View<'_>, spot: Spot, ordinal: u32, sequence: u64) {
        let View::Add {
            meta, state, body, ..
        } = view
        else {
            return;
        };
        let before = self.messages.remove(&id);
        let carried = state.map(|state| State {
            octets: Bytes::copy_from_slice(state),
            spot,
            sequence,
        });
        let fresh = Message {
            meta: Bytes::copy_from_slice(meta),
            body: spot,
            ordinal,
            size: Size::new(body.octets(), matches!(body, Seen::File { .. })),
            sequence,
            state: None,
        };
        let (message, other) = match before {
            Some(before) if before.sequence > sequence => (before, carried),
            Some(before) => (
                Message {
                    state: carried,
                    ..fresh
                },
                before.state,
            ),
            None => (
                Message {
                    state: carried,
                    ..fresh
                },
                self.early.remove(&id),
            ),
        };
        self.messages.insert(id, message);
        if let Some(other) = other {
            self.set_state(id, other);
        }
    }

    fn set_state(&mut self, id: QueueId, state: State) {
        if self.settled.contains(&id) {
            return;
        }
        let Some(message) = self.messages.get_mut(&id) else {
            let is_younger = |before: &State| before.sequence <= state.sequence;
            if self.early.get(&id).is_none_or(is_younger) {
                self.early.insert(id, state);
            }
            return;
        };
        let is_younger = |before: &State| before.sequence <= state.sequence;
        if message.state.as_ref().is_none_or(is_younger) {
            message.state = Some(state);
        }
    }

    /// Segments that a roster names and that are not there.
    fn miss_segments(&mut self, survey: &Survey) {
        let there: HashSet<u64> = survey.segments.iter().map(|s| s.generation).collect();
        let missing = self.roster.values().filter(|listed| {
            let is_needed = !listed.alive.words().is_empty();
            is_needed && !there.contains(&listed.generation)
        });
        let missing: BTreeSet<u64> = missing.map(|listed| listed.generation).collect();
        for generation in missing.difference(&self.retired) {
            self.findings.damage(Damage {
                name: names::segment(*generation),
                offset: 0,
                octets: 0,
                what: "the segment is missing",
            });
        }
        // The owner had no more use for them, and they were to go.
        for generation in &self.retired {
            let name = u32::try_from(*generation).ok();
            if name.is_some_and(|name| self.index.segments.remove(&name).is_some()) {
                self.void_segments.push(*generation);
            }
        }
        self.open_segments
            .retain(|(generation, _)| !self.retired.contains(generation));
    }

    /// Large messages have their files, and files have their messages.
    fn check_files(&mut self, disk: &dyn Disk, survey: &Survey) -> Result<(), OpenError> {
        let there: HashSet<QueueId> = survey.messages.iter().copied().collect();
        let mut broken = Vec::new();
        for (id, message) in self.messages.iter().filter(|(_, m)| m.size.is_file()) {
            let is_whole = there.contains(id) && is_whole(disk, *id, message.size.octets())?;
            if !is_whole {
                broken.push(*id);
            }
        }
        for id in broken {
            self.messages.remove(&id);
            self.findings.damage(Damage {
                name: names::message(id),
                offset: 0,
                octets: 0,
                what: "the file of a large message is missing or cut short",
            });
        }
        let has_record = |id: &QueueId| self.messages.get(id).is_some_and(|m| m.size.is_file());
        let without: Vec<_> = there.iter().copied().filter(|id| !has_record(id)).collect();
        let (settled, unknown): (Vec<_>, Vec<_>) = without
            .into_iter()
            .partition(|id| self.settled.contains(id));
        self.void_files = settled;
        match self.findings.is_sound() {
            true => self.void_files.extend(unknown),
            false => self.orphans = unknown,
        }
        Ok(())
    }

    fn fill_index(&mut self) {
        for (id, message) in &self.messages {
            let place = Place {
                body: message.body,
                ordinal: message.ordinal,
                state: message.state.as_ref().map(|state| state.spot),
                size: message.size,
            };
            self.index.add(*id, place);
        }
    }
}

fn segment<'a>(
    octets: &'a [u8],
    surveyed: &Surveyed,
    uid: Uid,
    listed: Option<&Listed>,
) -> Segment<'a> {
    Segment {
        octets,
        uid,
        generation: surveyed.generation,
        first_sequence: surveyed.header.map_or(u64::MAX, |header| header.sequence),
        least: listed.map_or(0, |listed| listed.end),
        limit: listed.filter(|l| l.sealed).map(|l| l.end),
    }
}

/// The roster at the beginning of a segment, from whichever copy of its parts is whole.
fn roster_of(segment: &Segment<'_>) -> Option<Roster> {
    let mut parts = Parts::default();
    let mut is_beginning = true;
    segment.scan(|piece| {
        let Piece::Record(record) = piece else { return };
        for (_, view) in View::all(record.payload).unwrap_or_default() {
            match view {
                View::Roster(part) if is_beginning => parts.take(part),
                _ => is_beginning = false,
            }
        }
    });
    parts.whole()
}

/// Reads the first `octets` of a segment; whether it is still there.
fn read_file(
    disk: &dyn Disk,
    generation: u64,
    octets: u64,
    buffer: &mut Vec<u8>,
) -> Result<bool, OpenError> {
    let step = "read a segment of its log";
    let file = match disk.open(&names::segment(generation), Access::Read) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(false),
        file => file.map_err(OpenError::disk(step))?,
    };
    let octets = usize::try_from(octets).unwrap_or(usize::MAX);
    match buffer.len() < octets {
        true => *buffer = vec![0; octets],
        false => buffer.truncate(octets),
    }
    let filled = read_full(&*file, buffer, 0).map_err(OpenError::disk(step))?;
    buffer.truncate(filled);
    Ok(true)
}

fn is_whole(disk: &dyn Disk, id: QueueId, octets: u64) -> Result<bool, OpenError> {
    let step = "look at the file of a large message";
    match disk.open(&names::message(id), Access::Read) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        file => {
            let file = file.map_err(OpenError::disk(step))?;
            draft::fits(&*file, octets).map_err(OpenError::disk(step))
        }
    }
}

/// Most rosters are in this much of a segment.
const ROSTER_OCTETS: u64 = 1 << 20;
const UNFINISHED: &str = "the last record is not whole";
/// It is kept, since it might have been acknowledged.
pub(crate) const DOUBTFUL: &str = "a record of the last group is not whole";
