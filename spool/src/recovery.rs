//! Opening: which files there are, what they hold, and what of it is alive.

mod reading;
mod survey;

use std::sync::atomic::{AtomicBool, AtomicU64};
use std::sync::{Arc, Mutex};
use std::{io, mem};

use crate::disk::{Access, Disk, read_full, write_full};
use crate::error::OpenError;
use crate::findings::{Damage, Findings, Found};
use crate::header::Header;
use crate::limits;
use crate::lock;
use crate::log::{Age, Log, Need};
use crate::names::{self, QUARANTINE};
use crate::options::Options;
use crate::reserve::Room;
use crate::store::Store;
use crate::uid::Uid;

use reading::{DOUBTFUL, Reading};
use survey::Survey;

/// Takes the spool over: reads it, keeps what is damaged aside, takes away what is void, and begins a new segment.
pub(crate) fn open(
    disk: Arc<dyn Disk>,
    options: Options,
    found: impl FnMut(Found),
) -> Result<(Store, Findings), OpenError> {
    let owner = disk.lock().map_err(|error| match error.kind() {
        io::ErrorKind::WouldBlock => OpenError::InUse,
        _ => OpenError::disk("take the spool over")(error),
    })?;
    let survey = Survey::of(&*disk)?;
    let space = disk
        .space()
        .map_err(OpenError::disk("ask for free space"))?;
    let sizes = options.fit(&space)?;
    let uid = match survey.uid()? {
        Some(uid) => uid,
        None => Uid::fresh(),
    };
    if !survey.format_is_whole {
        write_format(&*disk, uid).map_err(OpenError::disk("write the file format"))?;
    }
    let mut reading = Reading::of(&*disk, &survey, uid)?;
    quarantine(&*disk, &mut reading).map_err(OpenError::disk("set damaged octets aside"))?;
    let next_id =
        reading.next_id.next_multiple_of(limits::IDS_PER_OPENING) + limits::IDS_PER_OPENING;
    let next_generation = survey.segments.last().map_or(1, |last| last.generation + 1);
    let next_generation = next_generation.max(reading.roster_generation + 1);
    let log = Log {
        young: None,
        old: None,
        spares: whole_spares(&*disk, &survey.spares, sizes.segment_octets),
        next_generation,
        next_spare: survey.spares.iter().max().map_or(0, |last| last + 1),
        sequence: reading.next_sequence,
        roster_generation: reading.roster_generation,
        void: Vec::new(),
        left_open: reading.open_segments.clone(),
    };
    let store = Store {
        disk,
        sizes,
        uid,
        log: Mutex::new(log),
        index: Mutex::new(mem::take(&mut reading.index)),
        room: Arc::new(Room::new(sizes.floor_octets)),
        doomed: Mutex::default(),
        crowded: AtomicBool::new(false),
        moved: AtomicU64::new(0),
        next_id: AtomicU64::new(next_id),
        next_draft: AtomicU64::new(survey.drafts.iter().max().map_or(0, |last| last + 1)),
        opening: next_id,
        _owner: owner,
    };
    begin(&store, &survey, &reading);
    let findings = reading.report(&survey, found);
    Ok((store, findings))
}

/// A spare may have its name already, and not its length yet, when power is lost. A segment that grew out of such a one
/// would have no room of its own, and would look cut short. The length itself may be in memory alone, as what is read in
/// segments: it is asked for again.
fn whole_spares(disk: &dyn Disk, spares: &[u64], octets: u64) -> Vec<u64> {
    let is_whole = |number: &u64| {
        let name = names::spare(*number);
        let length = disk
            .open(&name, Access::Read)
            .and_then(|file| file.length());
        let is_whole = length.is_ok_and(|length| length == octets);
        if !is_whole {
            // What stays behind is looked at again at the next opening.
            let _ = disk.remove(&name);
        }
        is_whole && lengthened(disk, &name, octets).is_ok()
    };
    spares.iter().copied().filter(is_whole).collect()
}

/// It becomes durable with the first octets that are.
fn lengthened(disk: &dyn Disk, name: &str, octets: u64) -> io::Result<()> {
    disk.open(name, Access::Write)?.allocate(octets)
}

/// Reads all of it and changes nothing.
pub(crate) fn inspect(disk: &dyn Disk, found: impl FnMut(Found)) -> Result<Findings, OpenError> {
    let survey = Survey::of(disk)?;
    let Some(uid) = survey.uid()? else {
        return Ok(Findings::default());
    };
    let reading = Reading::of(disk, &survey, uid)?;
    Ok(reading.report(&survey, found))
}

/// A new segment makes what was read the state of things; then what is void may go. A disk that refuses leaves the
/// spool as it is: it is tried again with the first append.
fn begin(store: &Store, survey: &Survey, reading: &Reading) {
    let is_begun = lock(&store.log)
        .begin(store, Age::Young, Need::Settlement)
        .is_ok();
    if !is_begun {
        return;
    }
    for generation in &reading.void_segments {
        let _ = store.disk.remove(&names::segment(*generation));
    }
    for number in &survey.drafts {
        let _ = store.disk.remove(&names::draft(*number));
    }
    for id in &reading.void_files {
        let _ = store.disk.remove(&names::message(*id));
    }
    for (generation, end) in &reading.open_segments {
        // What is behind the end is of no use to anyone.
        let Ok(file) = store.disk.open(&names::segment(*generation), Access::Write) else {
            continue;
        };
        let _ = file.set_len(*end);
    }
}

fn write_format(disk: &dyn Disk, uid: Uid) -> io::Result<()> {
    let header = Header {
        uid,
        generation: 0,
        size: 0,
        next_id: 0,
        sequence: 0,
    };
    // One that was left behind was never finished.
    let _ = disk.remove(names::FORMAT_NEW);
    let file = disk.create(names::FORMAT_NEW)?;
    write_full(&*file, &[header.encode()], 0)?;
    file.sync_data()?;
    disk.rename(names::FORMAT_NEW, names::FORMAT)?;
    disk.sync_directory("")
}

/// Keeps damaged octets, since their segment will be used again.
fn quarantine(disk: &dyn Disk, reading: &mut Reading) -> io::Result<()> {
    let findings = &reading.findings;
    let doubtful = findings.unfinished.iter().filter(|d| d.what == DOUBTFUL);
    let damaged: Vec<_> = findings.damaged.iter().chain(doubtful).cloned().collect();
    if damaged.is_empty() && reading.orphans.is_empty() {
        return Ok(());
    }
    disk.create_folder(QUARANTINE)?;
    disk.sync_directory("")?;
    let kept = disk.list(QUARANTINE)?;
    for damage in &damaged {
        keep_damage(disk, damage, &kept)?;
    }
    for id in mem::take(&mut reading.orphans) {
        let name = names::message(id);
        disk.rename(&name, &format!("{QUARANTINE}/{name}"))?;
    }
    disk.sync_directory(QUARANTINE)?;
    disk.sync_directory("")
}

fn keep_damage(disk: &dyn Disk, damage: &Damage, kept: &[String]) -> io::Result<()> {
    let name = format!("{}-{:x}-{:x}", damage.name, damage.offset, damage.octets);
    if kept.contains(&name) || damage.octets == 0 {
        return Ok(());
    }
    let source = match disk.open(&damage.name, Access::Read) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        source => source?,
    };
    let octets = damage.octets.min(limits::QUARANTINE_OCTETS_MAX);
    let mut buffer = vec![0; usize::try_from(octets).unwrap_or(0)];
    let filled = read_full(&*source, &mut buffer, damage.offset)?;
    buffer.truncate(filled);
    let unfinished = format!("{QUARANTINE}/{}", names::FORMAT_NEW);
    let _ = disk.remove(&unfinished);
    let copy = disk.create(&unfinished)?;
    write_full(&*copy, &[buffer], 0)?;
    copy.sync_data()?;
    disk.rename(&unfinished, &format!("{QUARANTINE}/{name}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{SimulatedDisk, Spool};

    #[test]
    fn so_much_of_a_damaged_stretch_is_kept_and_no_more() {
        let disk = SimulatedDisk::default();
        let max = limits::QUARANTINE_OCTETS_MAX;
        let file = vec![b'x'; usize::try_from(max).expect("not that many") + 1];
        disk.place("log-1", file);
        for octets in [max, max + 1] {
            let damage = Damage {
                name: "log-1".to_owned(),
                offset: 0,
                octets,
                what: "damaged",
            };
            keep_damage(&disk, &damage, &[]).expect("room");
            let kept = disk.content(&format!("{QUARANTINE}/log-1-0-{octets:x}"));
            assert_eq!(kept.map(|kept| kept.len() as u64), Some(max), "{octets}");
        }
    }

    #[test]
    fn a_spare_that_lost_its_length_with_the_power_is_not_used() {
        let options = Options {
            segment_octets: Some(limits::SEGMENT_OCTETS_MIN),
            ..Options::default()
        };
        for octets in [0, 4096, limits::SEGMENT_OCTETS_MIN as usize] {
            let disk = SimulatedDisk::default();
            disk.place(&names::spare(7), vec![0; octets]);
            for opening in 0..2 {
                let (spool, findings) =
                    Spool::open(Arc::new(disk.clone()), options, |_| {}).expect("it opens");
                assert!(findings.is_sound(), "{octets}, {opening}: {findings}");
                drop(spool);
            }
            let segments = disk
                .names()
                .into_iter()
                .filter(|name| name.starts_with("log-"));
            for name in segments {
                let length = disk.content(&name).map(|file| file.len() as u64);
                let is_active = length == Some(limits::SEGMENT_OCTETS_MIN);
                assert!(is_active || name.ends_with('1'), "{name}: {length:?}");
            }
        }
    }
}
