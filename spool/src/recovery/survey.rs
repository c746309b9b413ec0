//! Which files there are.

use std::collections::BTreeMap;
use std::io;

use crate::disk::{Access, Disk, read_full};
use crate::error::OpenError;
use crate::header::{self, Header, Seen};
use crate::id::QueueId;
use crate::names::{self, Named};
use crate::uid::Uid;

/// The files of a spool, by kind. Nothing was touched to know them.
#[derive(Debug, Default)]
pub(crate) struct Survey {
    format: Option<Header>,
    pub(crate) format_is_whole: bool,
    /// In order of generation.
    pub(crate) segments: Vec<Surveyed>,
    pub(crate) spares: Vec<u64>,
    pub(crate) drafts: Vec<u64>,
    pub(crate) messages: Vec<QueueId>,
    pub(crate) stray: Vec<String>,
    pub(crate) format_is_damaged: bool,
}

/// A segment by its name and first block.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Surveyed {
    pub(crate) generation: u64,
    pub(crate) length: u64,
    /// `None` if it is damaged.
    pub(crate) header: Option<Header>,
}

impl Survey {
    pub(crate) fn of(disk: &dyn Disk) -> Result<Self, OpenError> {
        let mut survey = Self::default();
        let names = disk.list("").map_err(OpenError::disk("list its files"))?;
        for name in names {
            match Named::parse(&name) {
                Named::Format => survey.read_format(disk)?,
                Named::Segment(generation) => survey.read_segment(disk, generation)?,
                Named::Spare(number) => survey.spares.push(number),
                Named::Draft(number) => survey.drafts.push(number),
                Named::Message(id) => survey.messages.push(id),
                Named::FormatNew => {}
                Named::Stray => survey.stray.push(name),
            }
        }
        survey.segments.sort_unstable_by_key(|s| s.generation);
        survey.spares.sort_unstable();
        survey.stray.sort_unstable();
        Ok(survey)
    }

    /// Whose spool it is; `None` if there is none yet. The headers of the segments stand in for a lost file.
    pub(crate) fn uid(&self) -> Result<Option<Uid>, OpenError> {
        if let Some(format) = self.format {
            return Ok(Some(format.uid));
        }
        let mut votes: BTreeMap<Uid, usize> = BTreeMap::new();
        for header in self.segments.iter().filter_map(|s| s.header) {
            *votes.entry(header.uid).or_default() += 1;
        }
        match votes.into_iter().max_by_key(|(_, count)| *count) {
            Some((uid, _)) => Ok(Some(uid)),
            None if self.segments.is_empty() && self.messages.is_empty() => Ok(None),
            None => Err(OpenError::Unreadable),
        }
    }

    fn read_format(&mut self, disk: &dyn Disk) -> Result<(), OpenError> {
        self.format = match first_block(disk, names::FORMAT)? {
            Some((header, _)) => header,
            None => return Ok(()),
        };
        self.format_is_whole = self.format.is_some();
        self.format_is_damaged = self.format.is_none();
        Ok(())
    }

    fn read_segment(&mut self, disk: &dyn Disk, generation: u64) -> Result<(), OpenError> {
        let name = names::segment(generation);
        // One that is gone again was given back by the owner meanwhile.
        if let Some((header, length)) = first_block(disk, &name)? {
            self.segments.push(Surveyed {
                generation,
                length,
                header: header.filter(|header| header.generation == generation),
            });
        }
        Ok(())
    }
}

/// The header of a file, if it is whole, and the length of the file.
fn first_block(disk: &dyn Disk, name: &str) -> Result<Option<(Option<Header>, u64)>, OpenError> {
    let step = "read the first block of a file";
    let file = match disk.open(name, Access::Read) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        file => file.map_err(OpenError::disk(step))?,
    };
    let mut block = [0; header::OCTETS];
    let filled = read_full(&*file, &mut block, 0).map_err(OpenError::disk(step))?;
    let length = file.length().map_err(OpenError::disk(step))?;
    match Header::decode(&block[..filled]) {
        Seen::Whole(header) => Ok(Some((Some(header), length))),
        Seen::Damaged => Ok(Some((None, length))),
        Seen::Newer(version) => Err(OpenError::Newer {
            name: name.to_owned(),
            version,
            known: header::VERSION,
        }),
    }
}
