//! Writing: which segment is written now, and how a new one comes to be.

use std::io;
use std::sync::Arc;

use bytes::{Bytes, BytesMut};

use crate::disk::{Access, Disk, DiskFile, read_full, write_full};
use crate::error::{SpoolError, means_full};
use crate::header::Header;
use crate::index::Segment;
use crate::item::{Extent, Item};
use crate::limits;
use crate::lock;
use crate::names;
use crate::options::Sizes;
use crate::record::{ALIGNMENT, HEAD_OCTETS, Head, Payload};
use crate::roster::Roster;
use crate::store::Store;

/// What is written, by whoever holds its lock.
#[derive(Debug, Default)]
pub(crate) struct Log {
    pub(crate) young: Option<Active>,
    pub(crate) old: Option<Active>,
    /// Segments ready to be used, by number.
    pub(crate) spares: Vec<u64>,
    pub(crate) next_generation: u64,
    pub(crate) next_spare: u64,
    pub(crate) sequence: u64,
    /// The youngest segment with a roster.
    pub(crate) roster_generation: u64,
    /// Files of messages whose record may yet be on the disk; they go once a roster makes it void.
    pub(crate) void: Vec<String>,
    /// Segments that were open when the spool was, and where what was read in them ends: it may be in memory alone.
    pub(crate) left_open: Vec<(u64, u64)>,
}

/// The segment that is written to.
#[derive(Debug)]
pub(crate) struct Active {
    pub(crate) generation: u32,
    file: Arc<dyn DiskFile>,
    at: u64,
    size: u64,
    ordinal: u32,
}

/// A record to be.
#[derive(Debug)]
pub(crate) struct Draughted {
    payload: Payload,
    crc: u32,
    need: Need,
    pub(crate) entries: Vec<(Extent, Item)>,
    adds: u32,
}

/// Where a record has been written.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Written {
    pub(crate) segment: u32,
    pub(crate) offset: u32,
    pub(crate) ordinal: u32,
}

/// Which of the two logs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Age {
    Young,
    Old,
}

/// What may take the last room.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Need {
    /// It can be refused.
    New,
    /// It ends custody, or gives space back.
    Settlement,
}

impl Draughted {
    pub(crate) fn new(items: Vec<Item>, need: Need) -> Self {
        let mut payload = Payload::default();
        let mut entries = Vec::with_capacity(items.len());
        let mut adds = 0;
        for item in items {
            adds += u32::from(matches!(item, Item::Add { .. }));
            let extent = item.encode(&mut payload);
            entries.push((extent, item));
        }
        Self {
            crc: payload.crc(),
            payload,
            need,
            entries,
            adds,
        }
    }

    /// Octets it takes in a segment, without what fills it up.
    pub(crate) fn octets(&self) -> u64 {
        (HEAD_OCTETS as u64 + self.payload.octets).next_multiple_of(ALIGNMENT)
    }
}

impl Active {
    /// How many of `records` fit, as one group.
    fn fitting(&self, records: &[Draughted]) -> usize {
        let mut at = self.at;
        let fits = |record: &&Draughted| {
            at += record.octets();
            at <= self.size
        };
        records.iter().take_while(fits).count()
    }

    /// One write and one sync.
    fn write(
        &mut self,
        records: &[Draughted],
        store: &Store,
        alignment: u64,
        sequence: &mut u64,
    ) -> Result<Vec<Written>, SpoolError> {
        let mut pieces: Vec<Bytes> = Vec::with_capacity(records.len() * 4);
        let mut written = Vec::with_capacity(records.len());
        let mut at = self.at;
        let mut ordinal = self.ordinal;
        for (number, record) in records.iter().enumerate() {
            let end = at + record.octets();
            let next = match number + 1 == records.len() {
                true => end.next_multiple_of(alignment).min(self.size),
                false => end,
            };
            let padding = next - at - HEAD_OCTETS as u64 - record.payload.octets;
            let head = Head {
                length: narrow(record.payload.octets),
                padding: narrow(padding),
                crc: record.crc,
                generation: self.generation.into(),
                sequence: *sequence,
                group: narrow(self.at),
                ordinal,
            };
            *sequence += 1;
            written.push(Written {
                segment: self.generation,
                offset: narrow(at),
                ordinal,
            });
            pieces.push(Bytes::copy_from_slice(&head.encode(store.uid, at)));
            pieces.extend(record.payload.pieces.iter().cloned());
            pieces.push(Bytes::from_static(&ZEROS).slice(..narrow(padding) as usize));
            ordinal += record.adds;
            at = next;
        }
        write_full(&*self.file, &pieces, self.at).map_err(SpoolError::disk("write to its log"))?;
        let step = "make its log durable";
        self.file.sync_data().map_err(SpoolError::disk(step))?;
        self.at = at;
        self.ordinal = ordinal;
        Ok(written)
    }
}

impl Log {
    fn active(&mut self, age: Age) -> &mut Option<Active> {
        match age {
            Age::Young => &mut self.young,
            Age::Old => &mut self.old,
        }
    }

    /// Writes `records` in order, and makes them durable, in as few groups as there are segments. What a record may
    /// take counts only where a segment begins.
    /// Calls `done` for each with where it is, or why it is not there.
    pub(crate) fn write(
        &mut self,
        store: &Store,
        age: Age,
        mut records: &[Draughted],
        mut done: impl FnMut(&Draughted, Result<Written, SpoolError>),
    ) {
        while !records.is_empty() {
            let (group, result) = self.write_group(store, age, records);
            records = &records[group.len()..];
            match result {
                Ok(written) => {
                    for (record, written) in group.iter().zip(written) {
                        done(record, Ok(written));
                    }
                }
                Err(error) => {
                    for record in group {
                        done(record, Err(error.clone()));
                    }
                }
            }
        }
    }

    /// As many as go into one segment, at least one.
    fn write_group<'a>(
        &mut self,
        store: &Store,
        age: Age,
        records: &'a [Draughted],
    ) -> (&'a [Draughted], Result<Vec<Written>, SpoolError>) {
        let fitting = |active: &Option<Active>| active.as_ref().map_or(0, |a| a.fitting(records));
        let mut count = fitting(self.active(age));
        if count == 0
            && let Some(Draughted { need, .. }) = records.first()
        {
            if let Err(error) = self.begin(store, age, *need) {
                // Those behind it would hear the same, unless they may take more.
                let same = records.iter().take_while(|record| record.need == *need);
                return (&records[..same.count()], Err(error));
            }
            count = fitting(self.active(age));
        }
        let mut sequence = self.sequence;
        let alignment = match self.spares.is_empty() {
            // The last room: it has to last.
            true => ALIGNMENT,
            false => limits::GROUP_ALIGNMENT,
        };
        let Some(active) = self.active(age).as_mut().filter(|_| count > 0) else {
            return (records, Err(SpoolError::Full));
        };
        let group = &records[..count];
        let result = active.write(group, store, alignment, &mut sequence);
        let (generation, end) = (active.generation, active.at);
        self.sequence = sequence;
        match result {
            Ok(written) => {
                if let Some(segment) = lock(&store.index).segments.get_mut(&generation) {
                    segment.end = end;
                }
                (group, Ok(written))
            }
            Err(error) => {
                // What the disk has of it now is unknown, and a second sync would not tell.
                self.seal(store, age);
                if let Some(segment) = lock(&store.index).segments.get_mut(&generation) {
                    segment.is_spotless = false;
                }
                (records, Err(error))
            }
        }
    }

    /// No octet is written to the segment any more.
    pub(crate) fn seal(&mut self, store: &Store, age: Age) {
        if let Some(active) = self.active(age).take()
            && let Some(segment) = lock(&store.index).segments.get_mut(&active.generation)
        {
            segment.sealed = true;
            segment.end = active.at;
        }
    }

    /// Begins a new segment: the roster is durable in it before anything else.
    pub(crate) fn begin(&mut self, store: &Store, age: Age, need: Need) -> Result<(), SpoolError> {
        self.anchor(store)?;
        let spare = self.spare(store, need)?;
        // From here on a roster that calls it sealed may be on the disk.
        self.seal(store, age);
        let generation = self.next_generation;
        self.next_generation += 1;
        match self.found(store, age, spare, generation) {
            Ok(active) => {
                let segment = Segment {
                    end: active.at,
                    sealed: false,
                    old: age == Age::Old,
                    is_spotless: true,
                    ..Segment::sealed()
                };
                lock(&store.index)
                    .segments
                    .insert(active.generation, segment);
                *self.active(age) = Some(active);
                if age == Age::Young {
                    self.roster_generation = generation;
                    for name in self.void.drain(..) {
                        let _ = store.disk.remove(&name);
                    }
                }
                Ok(())
            }
            Err(error) => {
                // It holds nothing that was accepted; recovery knows it by its roster.
                let _ = store.disk.remove(&names::spare(spare));
                let _ = store.disk.remove(&names::segment(generation));
                Err(error)
            }
        }
    }

    /// Makes durable what was read in segments that were left open, before anything relies on it. Their writer may have been
    /// killed before its sync, or its sync had failed, which no later one makes up for: so the octets are written again.
    fn anchor(&mut self, store: &Store) -> Result<(), SpoolError> {
        while let Some((generation, end)) = self.left_open.last() {
            let anchored = write_again(&*store.disk, &names::segment(*generation), *end);
            anchored.map_err(SpoolError::disk("make durable what it found in its log"))?;
            self.left_open.pop();
        }
        Ok(())
    }

    /// Writes the first block and the roster, then gives the file its name.
    fn found(
        &mut self,
        store: &Store,
        age: Age,
        spare: u64,
        generation: u64,
    ) -> Result<Active, SpoolError> {
        let next_id = store.next_id();
        let header = Header {
            uid: store.uid,
            generation,
            size: store.sizes.segment_octets,
            next_id,
            sequence: self.sequence,
        };
        let step = "begin a segment of its log";
        let file = store.disk.open(&names::spare(spare), Access::Write);
        let file = file.map_err(SpoolError::disk(step))?;
        write_full(&*file, &[header.encode()], 0).map_err(SpoolError::disk(step))?;
        let mut active = Active {
            generation: u32::try_from(generation).map_err(|_| SpoolError::Full)?,
            file,
            at: limits::GROUP_ALIGNMENT,
            size: store.sizes.segment_octets,
            ordinal: 0,
        };
        if age == Age::Young {
            let roster = Roster {
                next_id,
                segments: lock(&store.index).roster(),
            };
            let parts = roster.encode(part_octets_max(&store.sizes));
            let record =
                |part: &Bytes| Draughted::new(vec![Item::Roster(part.clone())], Need::Settlement);
            let mut records: Vec<_> = parts.iter().map(record).collect();
            let octets: u64 = records.iter().map(Draughted::octets).sum();
            // Twice, if that leaves enough for mail: one flipped bit must not bring back what was settled.
            if octets <= store.sizes.segment_octets / 8 {
                records.extend(parts.iter().map(record));
            }
            if active.fitting(&records) != records.len() {
                return Err(SpoolError::Full);
            }
            active.write(&records, store, limits::GROUP_ALIGNMENT, &mut self.sequence)?;
        } else {
            active.file.sync_data().map_err(SpoolError::disk(step))?;
        }
        let name = names::segment(generation);
        let named = store.disk.rename(&names::spare(spare), &name);
        named.map_err(SpoolError::disk(step))?;
        store
            .disk
            .sync_directory("")
            .map_err(SpoolError::disk(step))?;
        Ok(active)
    }

    /// A file to be the next segment. The last one is kept for settlements.
    fn spare(&mut self, store: &Store, need: Need) -> Result<u64, SpoolError> {
        while self.spares.len() < limits::SPARES_KEPT {
            match self.make_spare(store) {
                Ok(()) => {}
                Err(error) if self.spares.is_empty() => return Err(error),
                Err(_) => break,
            }
        }
        if need == Need::New && self.spares.len() < limits::SPARES_KEPT {
            return Err(SpoolError::Full);
        }
        self.spares.pop().ok_or(SpoolError::Full)
    }

    fn make_spare(&mut self, store: &Store) -> Result<(), SpoolError> {
        let number = self.number_spare();
        make_spare(store, number)?;
        self.spares.push(number);
        Ok(())
    }

    pub(crate) fn number_spare(&mut self) -> u64 {
        let number = self.next_spare;
        self.next_spare += 1;
        number
    }
}

/// The same octets in the same place: whatever becomes of it, what was durable stays.
fn write_again(disk: &dyn Disk, name: &str, end: u64) -> io::Result<()> {
    let from = disk.open(name, Access::Read)?;
    let to = disk.open(name, Access::Write)?;
    let mut octets = BytesMut::zeroed(limits::WRITTEN_AGAIN_AT_ONCE);
    let mut at = 0;
    while at < end {
        let left = usize::try_from(end - at).unwrap_or(usize::MAX);
        octets.resize(left.min(limits::WRITTEN_AGAIN_AT_ONCE), 0);
        let read = read_full(&*from, &mut octets, at)?;
        octets.truncate(read);
        if read == 0 {
            break; // cut short by somebody else
        }
        let piece = octets.split().freeze();
        write_full(&*to, std::slice::from_ref(&piece), at)?;
        at += read as u64;
    }
    to.sync_data()
}

/// Takes a segment's room from the disk.
pub(crate) fn make_spare(store: &Store, number: u64) -> Result<(), SpoolError> {
    let name = names::spare(number);
    let make = || {
        let file = store.disk.create(&name)?;
        // It becomes durable with the first octets that are.
        file.allocate(store.sizes.segment_octets)
    };
    make().map_err(|error| {
        let _ = store.disk.remove(&name);
        match means_full(&error) {
            true => SpoolError::Full,
            false => SpoolError::disk("make room for its log")(error),
        }
    })
}

/// Part of a roster that goes into one record.
fn part_octets_max(sizes: &Sizes) -> usize {
    usize::try_from(sizes.record_octets_max() / 2).expect("a part of a segment")
}

/// Offsets and lengths within a segment have 32 bits.
fn narrow(octets: u64) -> u32 {
    u32::try_from(octets).expect("within a segment")
}

static ZEROS: [u8; limits::GROUP_ALIGNMENT as usize + ALIGNMENT as usize] =
    [0; limits::GROUP_ALIGNMENT as usize + ALIGNMENT as usize];

#[cfg(test)]
mod tests {
    use std::io::ErrorKind;

    use crate::{Batch, Content, Entry, Fault, Options, SimulatedDisk, Spool};

    use super::*;

    #[test]
    fn what_is_written_again_outlives_a_sync_that_failed() {
        let name = names::segment(1);
        let most = limits::WRITTEN_AGAIN_AT_ONCE;
        for octets in [1, most, most + 1] {
            let disk = SimulatedDisk::default();
            let file = disk.create(&name).expect("a file");
            disk.sync_directory("").expect("its name");
            let content = Bytes::from(vec![b'x'; octets]);
            write_full(&*file, std::slice::from_ref(&content), 0).expect("written");
            disk.fail_once(disk.steps(), Fault::Refused(ErrorKind::Other));
            file.sync_data().expect_err("as told");
            file.sync_data().expect("too late for those octets");
            let left = |disk: &SimulatedDisk| {
                let least = disk.survivals().remove(0);
                disk.after_power_loss(&least).content(&name)
            };
            assert_ne!(left(&disk).as_deref(), Some(&*content), "{octets}");
            write_again(&disk, &name, octets as u64).expect("written again");
            assert_eq!(left(&disk).as_deref(), Some(&*content), "{octets}");
        }
    }

    #[test]
    fn a_segment_that_could_not_be_written_is_never_used_again() {
        never_used_again(false);
        never_used_again(true);
    }

    fn never_used_again(is_opened_again: bool) {
        let disk = SimulatedDisk::default();
        let options = Options {
            segment_octets: Some(limits::SEGMENT_OCTETS_MIN),
            ..Options::default()
        };
        let open = || {
            Spool::open(Arc::new(disk.clone()), options, |_| {})
                .expect("it opens")
                .0
        };
        let add = |spool: &Spool| {
            let add = Entry::Add {
                id: spool.fresh_id(),
                meta: Bytes::from_static(b"x"),
                content: Content::Pieces(vec![Bytes::from_static(b"x")]),
            };
            spool.append(vec![Batch::of(add)]).remove(0)
        };
        let failed = names::segment(1);
        let mut spool = open();
        // A write, then the sync.
        disk.fail_once(disk.steps() + 1, Fault::Refused(ErrorKind::Other));
        assert!(add(&spool).is_err());
        assert!(add(&spool).is_ok());
        if is_opened_again {
            drop(spool);
            spool = open();
        }
        let spares = |disk: &SimulatedDisk| {
            let names = disk.names().into_iter();
            names
                .filter(|name| name.starts_with("spare-"))
                .collect::<Vec<_>>()
        };
        let before = spares(&disk);
        while spool.reclaim(1) > 0 {}
        assert!(disk.content(&failed).is_none(), "it is gone");
        for name in spares(&disk).iter().filter(|name| !before.contains(name)) {
            let head = disk.content(name).map(|file| file[..8].to_vec());
            assert_eq!(head, Some(vec![0; 8]), "{name} is fresh");
        }
    }
}
