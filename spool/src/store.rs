//! The store: what is accepted, and how.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use bytes::Bytes;

use crate::batch::{Batch, Content, Entry};
use crate::disk::{Access, Disk, DiskFile, read_full};
use crate::draft::Draft;
use crate::error::{OpenError, ReadError, SpoolError};
use crate::findings::{Findings, Found};
use crate::id::QueueId;
use crate::index::{Index, Place, Size, Spot};
use crate::item::{Body, Item, Seen, View};
use crate::limits;
use crate::lock;
use crate::log::{Age, Draughted, Log, Need, Written};
use crate::names;
use crate::options::{Options, Sizes};
use crate::reader::{Reader, Source, Stored};
use crate::record::{HEAD_OCTETS, Head};
use crate::recovery;
use crate::reserve::{Full, Reservation, Room};
use crate::uid::Uid;

/// A durable store of messages. Cheap to clone; the last clone to go gives the spool up.
#[derive(Clone, Debug)]
pub struct Spool {
    pub(crate) store: Arc<Store>,
}

/// What all clones share. Locks are taken in the order log, index.
pub(crate) struct Store {
    pub(crate) disk: Arc<dyn Disk>,
    pub(crate) sizes: Sizes,
    pub(crate) uid: Uid,
    /// Held while a group is written: its holder alone changes what is on the disk.
    pub(crate) log: Mutex<Log>,
    /// Held for moments.
    pub(crate) index: Mutex<Index>,
    pub(crate) room: Arc<Room>,
    /// Files of messages that are settled.
    pub(crate) doomed: Mutex<Vec<String>>,
    /// There was no room to move what is alive; there is no use in trying before something else was given back.
    pub(crate) crowded: AtomicBool,
    /// Octets written again to give space back.
    pub(crate) moved: AtomicU64,
    pub(crate) next_id: AtomicU64,
    pub(crate) next_draft: AtomicU64,
    /// Differs in each opening, so that no two drafts of a spool share a salt.
    pub(crate) opening: u64,
    /// Ours until the store goes.
    pub(crate) _owner: Box<dyn Send + Sync>,
}

/// A batch on its way, by its number in the group.
struct Admitted {
    number: usize,
    record: Draughted,
    /// Files that its messages have.
    files: Vec<String>,
}

impl Spool {
    /// Opens the spool, or makes one; reads all of it, verifies it, and calls `found` for each message in order of age.
    pub fn open(
        disk: Arc<dyn Disk>,
        options: Options,
        found: impl FnMut(Found),
    ) -> Result<(Self, Findings), OpenError> {
        let (store, findings) = recovery::open(disk, options, found)?;
        let store = Arc::new(store);
        Ok((Self { store }, findings))
    }

    /// Reads all of it, changes nothing, and needs not own it: what a running owner writes meanwhile is seen or not.
    pub fn inspect(disk: &dyn Disk, found: impl FnMut(Found)) -> Result<Findings, OpenError> {
        recovery::inspect(disk, found)
    }

    /// A name that was never given out before.
    pub fn fresh_id(&self) -> QueueId {
        QueueId::from_number(self.store.next_id.fetch_add(1, Ordering::Relaxed))
    }

    /// Writes the batches, in order, with one sync. `Ok` is custody; an error says that the batch is not there, and
    /// touches no other.
    pub fn append(&self, group: Vec<Batch>) -> Vec<Result<(), SpoolError>> {
        self.store.append(group)
    }

    /// A file for a large message.
    pub fn draft(&self, _room: &Reservation) -> Result<Draft, SpoolError> {
        self.store.draft()
    }

    /// Sets room aside for a message; costs next to nothing.
    pub fn reserve(&self, octets: u64) -> Result<Reservation, Full> {
        self.store.room.reserve(octets, &*self.store.disk)
    }

    /// A message.
    pub fn read(&self, id: QueueId) -> Result<Stored, ReadError> {
        self.store.read(id)
    }

    /// Messages in it.
    pub fn len(&self) -> usize {
        lock(&self.store.index).len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Octets of the messages in it.
    pub fn octets(&self) -> u64 {
        lock(&self.store.index).octets()
    }

    /// Names of all messages, the oldest first.
    pub fn ids(&self) -> Vec<QueueId> {
        lock(&self.store.index).ids().collect()
    }

    /// Free octets above the floor, as last asked.
    pub fn free(&self) -> u64 {
        self.store.room.free()
    }

    /// Segments of the log, and octets that were written again to give space back since the spool was opened.
    pub fn log(&self) -> (usize, u64) {
        let segments = lock(&self.store.index).segments.len();
        (segments, self.store.moved.load(Ordering::Relaxed))
    }

    /// Sizes in force.
    pub fn sizes(&self) -> Sizes {
        self.store.sizes
    }
}

impl Store {
    pub(crate) fn next_id(&self) -> u64 {
        self.next_id.load(Ordering::Relaxed)
    }

    fn draft(&self) -> Result<Draft, SpoolError> {
        let number = self.next_draft.fetch_add(1, Ordering::Relaxed);
        let salt = self.uid.check(&[self.opening, number], b"draft");
        Draft::create(&self.disk, number, self.uid, salt)
    }

    fn append(&self, group: Vec<Batch>) -> Vec<Result<(), SpoolError>> {
        let mut log = lock(&self.log);
        let mut fates: Vec<Result<(), SpoolError>> = Vec::with_capacity(group.len());
        let mut admitted = Vec::with_capacity(group.len());
        let mut changed = BTreeMap::new();
        for (number, batch) in group.into_iter().enumerate() {
            let fate = self.admit(number, batch, &mut changed);
            fates.push(fate.as_ref().map(|_| ()).map_err(Clone::clone));
            admitted.extend(fate.ok());
        }
        self.name_durably(&mut admitted, &mut fates);
        self.write(&mut log, admitted, &mut fates);
        fates
    }

    fn write(&self, log: &mut Log, group: Vec<Admitted>, fates: &mut [Result<(), SpoolError>]) {
        let (records, tickets): (Vec<_>, Vec<_>) = group
            .into_iter()
            .map(|admitted| (admitted.record, (admitted.number, admitted.files)))
            .unzip();
        let mut tickets = tickets.into_iter();
        let mut void = Vec::new();
        log.write(self, Age::Young, &records, |record, result| {
            let (number, files) = tickets.next().expect("one for each record");
            match result {
                Ok(written) => self.apply(record, written),
                Err(error) => {
                    fates[number] = Err(error);
                    void.extend(files);
                }
            }
        });
        // Their records may be on the disk in full: they must not come back without their content.
        log.void.extend(void);
    }

    /// Makes what is durable known.
    pub(crate) fn apply(&self, record: &Draughted, written: Written) {
        let mut index = lock(&self.index);
        let mut ordinal = written.ordinal;
        for (extent, item) in &record.entries {
            let spot = Spot {
                segment: written.segment,
                offset: written.offset,
                entry: extent.at,
            };
            match item {
                Item::Add {
                    id, state, body, ..
                } => {
                    let place = Place {
                        body: spot,
                        ordinal,
                        state: state.as_ref().map(|_| spot),
                        size: Size::new(body.octets(), matches!(body, Body::File { .. })),
                    };
                    index.add(*id, place);
                    ordinal += 1;
                }
                Item::State { id, .. } => index.set_state(*id, spot),
                Item::Settle { id } => {
                    if index.remove(*id).is_some_and(|place| place.size.is_file()) {
                        lock(&self.doomed).push(names::message(*id));
                    }
                }
                Item::Retire { .. } | Item::Roster(_) => {}
            }
        }
    }

    /// Checks a batch against what is there and what went before it in the group.
    fn admit(
        &self,
        number: usize,
        batch: Batch,
        changed: &mut BTreeMap<QueueId, bool>,
    ) -> Result<Admitted, SpoolError> {
        within("a batch", batch.0.len(), limits::BATCH_ENTRIES_MAX)?;
        let mut seen = BTreeMap::new();
        for entry in &batch.0 {
            self.check(entry, changed, &mut seen)?;
        }
        let mut files = Vec::new();
        let record = self.draught(batch, &mut files).inspect_err(|_| {
            // No record names them.
            for name in &files {
                let _ = self.disk.remove(name);
            }
        })?;
        changed.append(&mut seen);
        Ok(Admitted {
            number,
            record,
            files,
        })
    }

    fn draught(&self, batch: Batch, files: &mut Vec<String>) -> Result<Draughted, SpoolError> {
        // What ends custody may take the last room, what begins it may not.
        let need = match batch.adds() {
            true => Need::New,
            false => Need::Settlement,
        };
        let mut items = Vec::with_capacity(batch.0.len());
        for entry in batch.0 {
            items.push(self.item(entry, files)?);
        }
        let record = Draughted::new(items, need);
        let (octets, max) = (record.octets(), self.sizes.record_octets_max());
        let what = "a batch";
        match octets <= max {
            true => Ok(record),
            false => Err(SpoolError::TooLarge { what, octets, max }),
        }
    }

    /// Content before name, name before record: recovery must never see a record without its file.
    fn name_durably(&self, admitted: &mut Vec<Admitted>, fates: &mut [Result<(), SpoolError>]) {
        if admitted.iter().all(|batch| batch.files.is_empty()) {
            return;
        }
        let Err(error) = self.disk.sync_directory("") else {
            return;
        };
        let error = SpoolError::disk("make the name of a large message durable")(error);
        admitted.retain(|batch| {
            for name in &batch.files {
                let _ = self.disk.remove(name);
            }
            if !batch.files.is_empty() {
                fates[batch.number] = Err(error.clone());
            }
            batch.files.is_empty()
        });
    }

    /// What moves or goes while it is read is looked up again.
    fn read(&self, id: QueueId) -> Result<Stored, ReadError> {
        let mut place = self.place(id)?;
        loop {
            let result = self.read_at(id, place);
            let now = self.place(id)?;
            match result {
                Err(_) if now != place => place = now,
                result => return result,
            }
        }
    }

    fn place(&self, id: QueueId) -> Result<Place, ReadError> {
        lock(&self.index).get(id).ok_or(ReadError::Unknown(id))
    }

    fn read_at(&self, id: QueueId, place: Place) -> Result<Stored, ReadError> {
        let record = self.record(place.body, place.size)?;
        let View::Add {
            meta, state, body, ..
        } = record.view(place.body)?
        else {
            return Err(damaged(place.body));
        };
        let state = match place.state {
            Some(spot) if spot == place.body => state.map(|state| record.payload.slice_ref(state)),
            Some(spot) => Some(self.state(spot)?),
            None => None,
        };
        let source = match body {
            Seen::Inline(octets) => Source::Memory(record.payload.slice_ref(octets)),
            Seen::File { salt, .. } => Source::File {
                file: self.disk.open(&names::message(id), Access::Read)?,
                name: names::message(id),
                uid: self.uid,
                salt,
            },
        };
        Ok(Stored {
            meta: record.payload.slice_ref(meta),
            state,
            content: Reader::new(body.octets(), source),
        })
    }

    /// Reads and verifies the record at `spot`; `size` tells how long it is, about.
    pub(crate) fn record(&self, spot: Spot, size: Size) -> Result<Whole, ReadError> {
        let name = names::segment(spot.segment.into());
        let file = self.disk.open(&name, Access::Read)?;
        read_record(&*file, self.uid, spot, size)
    }

    /// The state at `spot`.
    pub(crate) fn state(&self, spot: Spot) -> Result<Bytes, ReadError> {
        let record = self.record(spot, Size::new(0, true))?;
        match record.view(spot)? {
            View::State { state, .. } => Ok(record.payload.slice_ref(state)),
            _ => Err(damaged(spot)),
        }
    }

    fn check(
        &self,
        entry: &Entry,
        before: &BTreeMap<QueueId, bool>,
        seen: &mut BTreeMap<QueueId, bool>,
    ) -> Result<(), SpoolError> {
        let is_there = |id: &QueueId| {
            let changed = seen.get(id).or_else(|| before.get(id)).copied();
            changed.unwrap_or_else(|| lock(&self.index).get(*id).is_some())
        };
        match entry {
            Entry::Add { id, meta, .. } => {
                within(
                    "the description of a message",
                    meta.len(),
                    limits::META_OCTETS_MAX,
                )?;
                // Used once, even if it has been settled since.
                let used = seen.contains_key(id) || before.contains_key(id) || is_there(id);
                if used || id.number() >= self.next_id() {
                    return Err(SpoolError::Taken(*id));
                }
                seen.insert(*id, true);
            }
            Entry::State { id, state } => {
                within(
                    "the state of a message",
                    state.len(),
                    limits::STATE_OCTETS_MAX,
                )?;
                if !is_there(id) {
                    return Err(SpoolError::Unknown(*id));
                }
            }
            Entry::Settle { id } => {
                if !is_there(id) {
                    return Err(SpoolError::Unknown(*id));
                }
                seen.insert(*id, false);
            }
        }
        Ok(())
    }

    /// Content becomes durable here, and gets its name, which counts once the directory is synced.
    fn item(&self, entry: Entry, files: &mut Vec<String>) -> Result<Item, SpoolError> {
        let (id, meta, content) = match entry {
            Entry::State { id, state } => return Ok(Item::State { id, state }),
            Entry::Settle { id } => return Ok(Item::Settle { id }),
            Entry::Add { id, meta, content } => (id, meta, content),
        };
        let octets = content.octets();
        let body = match content {
            Content::Pieces(pieces) if octets <= self.sizes.inline_octets => Body::Inline(pieces),
            Content::Pieces(pieces) => {
                let mut draft = self.draft()?;
                draft.write(&pieces)?;
                keep(draft, id, files)?
            }
            Content::File(draft) => keep(draft, id, files)?,
        };
        Ok(Item::Add {
            id,
            meta,
            state: None,
            body,
        })
    }
}

impl std::fmt::Debug for Store {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Store")
            .field("disk", &self.disk)
            .field("sizes", &self.sizes)
            .finish_non_exhaustive()
    }
}

/// A record that was verified as a whole.
pub(crate) struct Whole {
    pub(crate) payload: Bytes,
}

impl Whole {
    pub(crate) fn view(&self, spot: Spot) -> Result<View<'_>, ReadError> {
        View::at(&self.payload, spot.entry).ok_or_else(|| damaged(spot))
    }
}

fn read_record(file: &dyn DiskFile, uid: Uid, spot: Spot, size: Size) -> Result<Whole, ReadError> {
    let inline = match size.is_file() {
        true => 0,
        false => usize::try_from(size.octets()).unwrap_or(0),
    };
    let mut buffer = vec![0; HEAD_OCTETS + inline + READ_AHEAD];
    let mut filled = read_full(file, &mut buffer, spot.offset.into())?;
    let offset = u64::from(spot.offset);
    let head = Head::decode(&buffer[..filled], uid, spot.segment.into(), offset);
    let head = head.ok_or_else(|| damaged(spot))?;
    let whole = HEAD_OCTETS + head.length as usize;
    if whole > buffer.len() {
        buffer.resize(whole, 0);
        filled += read_full(file, &mut buffer[filled..], offset + filled as u64)?;
    }
    if filled < whole {
        return Err(damaged(spot));
    }
    let payload = Bytes::from(buffer).slice(HEAD_OCTETS..whole);
    match crc32fast::hash(&payload) == head.crc {
        true => Ok(Whole { payload }),
        false => Err(damaged(spot)),
    }
}

fn damaged(spot: Spot) -> ReadError {
    ReadError::Damaged {
        name: names::segment(spot.segment.into()),
        offset: spot.offset.into(),
    }
}

fn keep(draft: Draft, id: QueueId, files: &mut Vec<String>) -> Result<Body, SpoolError> {
    let (salt, octets) = (draft.salt(), draft.octets());
    let name = names::message(id);
    files.push(name.clone());
    draft.keep(&name)?;
    Ok(Body::File { salt, octets })
}

fn within(what: &'static str, octets: usize, max: usize) -> Result<(), SpoolError> {
    let (octets, max) = (octets as u64, max as u64);
    match octets <= max {
        true => Ok(()),
        false => Err(SpoolError::TooLarge { what, octets, max }),
    }
}

/// Octets read with a record for what stands beside its content.
const READ_AHEAD: usize = 4096;
