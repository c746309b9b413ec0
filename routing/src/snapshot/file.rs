//! The snapshot's one file: opened at once and read in pages, written whole beside the old one and put in its place.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::os::unix::fs::{FileExt, OpenOptionsExt};
use std::path::Path;
use std::sync::Arc;

use super::layout::{self, HEADER, Header, MAGIC, Section, VERSION, VERSION_MIN};
use super::names::{Names, read_times, write_times};
use super::pages::{Pages, Store};
use super::{Index, Snapshot};
use crate::SideName;

/// Why a file is not a snapshot we can use. Whatever it is, the sources can build a new one.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// The file itself.
    #[error("it cannot be read: {0}")]
    Io(#[from] io::Error),
    /// Something else.
    #[error("it is not a snapshot")]
    Foreign,
    /// From a newer twinmx.
    #[error(
        "it has format {found}, this program reads format {VERSION}; it was written by a newer version"
    )]
    Newer {
        /// Its format.
        found: u32,
    },
    /// From an older twinmx.
    #[error(
        "it has format {found}, this program reads format {VERSION}; it was written by an older version"
    )]
    Older {
        /// Its format.
        found: u32,
    },
    /// The writer was stopped, or the file was copied in part.
    #[error("it has {found} octets, but should have {wanted}")]
    Truncated {
        /// What its header says.
        wanted: u64,
        /// What there is.
        found: u64,
    },
    /// Its octets are not what was written.
    #[error("its {0} is damaged")]
    Damaged(&'static str),
}

impl ReadError {
    /// Whether there is simply no file.
    pub fn is_missing(&self) -> bool {
        matches!(self, Self::Io(e) if e.kind() == io::ErrorKind::NotFound)
    }
}

impl Snapshot {
    /// Opens a file and checks what leads to the rest of it. That is read in parts when it is first needed, and each
    /// part is checked before it is used.
    pub fn open(path: &Path) -> Result<Self, ReadError> {
        let file = File::open(path)?;
        let length = file.metadata()?.len();
        let mut head = vec![0; length.min(HEADER as u64) as usize];
        file.read_exact_at(&mut head, 0)?;
        let header = check_header(&head, length)?;
        head.resize(header.range(Section::Slots).start, 0);
        file.read_exact_at(&mut head[HEADER..], HEADER as u64)?;
        for (section, expected) in Section::CHECKED.into_iter().zip(header.checksums) {
            if crc32fast::hash(&head[header.range(section)]) != expected {
                return Err(ReadError::Damaged(title(section)));
            }
        }
        Self::from_head(header, head, Arc::new(file))
    }

    /// Reads and checks all of what `open` left for later.
    pub fn check(&self) -> Result<(), ReadError> {
        let Index { slots, entries, .. } = &*self.index;
        slots
            .all()
            .chain(entries.all())
            .try_for_each(|page| page.map(drop))
    }

    /// Opens a file and checks all of it.
    pub fn read(path: &Path) -> Result<Self, ReadError> {
        let snapshot = Self::open(path)?;
        snapshot.check()?;
        Ok(snapshot)
    }

    fn from_head(header: Header, head: Vec<u8>, file: Arc<File>) -> Result<Self, ReadError> {
        let names = Names::read(&head[header.range(Section::Names)])
            .ok_or(ReadError::Damaged(title(Section::Names)))?;
        let read_at = read_times(&head[header.range(Section::Reads)], names.sources.len());
        let read_at =
            read_at.unwrap_or_else(|| names.sources.iter().map(|(_, read_at)| *read_at).collect());
        let sums: Vec<u32> = head[header.range(Section::Sums)]
            .chunks_exact(4)
            .filter_map(|sum| layout::u32_at(sum, 0))
            .collect();
        let (slot_sums, entry_sums) = sums
            .split_at_checked(header.pages(Section::Slots) as usize)
            .ok_or(ReadError::Damaged(title(Section::Sums)))?;
        let pages = |section: Section, sums: &[u32]| {
            let (file, range) = (file.clone(), header.range(section));
            let store = Store {
                file,
                start: range.start as u64,
            };
            Pages::stored(range.len(), sums.into(), store, title(section))
        };
        let (slots, entries) = (
            pages(Section::Slots, slot_sums),
            pages(Section::Entries, entry_sums),
        );
        let index = Index::new(header, head, slots, entries, names);
        Ok(Self {
            index: Arc::new(index),
            patch: None,
            read_at: read_at.into(),
        })
    }

    /// Writes the file beside its place, brings it to the disk, and puts it in its place: at any instant the path
    /// names a whole snapshot, the old one or this. A patched one is folded for that.
    pub fn write(&self, path: &Path) -> io::Result<()> {
        if self.patch.is_some() {
            return self.folded().map_err(io::Error::other)?.write(path);
        }
        let name = path
            .file_name()
            .ok_or(io::ErrorKind::InvalidInput)?
            .to_string_lossy();
        let directory = path
            .parent()
            .filter(|parent| !parent.as_os_str().is_empty())
            .unwrap_or(Path::new("."));
        let draft = directory.join(format!(".{name}.{}", std::process::id()));
        let written = self
            .write_draft(&draft, directory)
            .and_then(|()| fs::rename(&draft, path));
        if let Err(error) = written {
            let _ = fs::remove_file(&draft); // the first error is the one to tell
            return Err(error);
        }
        File::open(directory)?.sync_all() // or the new name is gone after a power failure
    }

    fn write_draft(&self, draft: &Path, directory: &Path) -> io::Result<()> {
        // Who receives mail here is not for everybody's eyes.
        let mut file = OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(true)
            .mode(0o640)
            .open(draft)?;
        give_to_owner_of(directory, &file)?;
        self.write_octets(&mut file)?;
        file.sync_all()
    }

    pub(super) fn write_octets(&self, out: &mut impl Write) -> io::Result<()> {
        let Index {
            header,
            head,
            slots,
            entries,
            ..
        } = &*self.index;
        let reads = header.range(Section::Reads);
        out.write_all(&head[..reads.start])?;
        out.write_all(&write_times(self.read_at.iter().copied()))?;
        out.write_all(&head[reads.end..])?;
        for page in slots.all().chain(entries.all()) {
            out.write_all(page.map_err(io::Error::other)?)?;
        }
        Ok(())
    }

    /// Brings only the times of the last reads to a file that holds this very snapshot; `false` if it holds another, as
    /// it does not hold a patch.
    /// They have a checksum of their own: when power fails halfway, the times of the last `write` count.
    pub fn write_times(&self, path: &Path) -> io::Result<bool> {
        if self.patch.is_some() {
            return Ok(false);
        }
        let mut file = OpenOptions::new().read(true).write(true).open(path)?;
        let mut header = [0; HEADER];
        if file.read_exact(&mut header).is_err() || header[..] != self.index.head[..HEADER] {
            return Ok(false);
        }
        file.seek(SeekFrom::Start(HEADER as u64))?;
        file.write_all(&write_times(self.read_at.iter().copied()))?;
        file.sync_data()?;
        Ok(true)
    }
}

impl Index {
    pub(super) fn new(
        header: Header,
        head: Vec<u8>,
        slots: Pages,
        entries: Pages,
        names: Names,
    ) -> Self {
        let sources = names.sources.into_iter().map(|(name, _)| name.into());
        let sides = names.sides.iter().map(|name| SideName::from(&**name));
        Self {
            header,
            head: head.into(),
            slots,
            entries,
            domains: names.domains,
            sides: sides.collect(),
            sources: sources.collect(),
        }
    }
}

/// A command run as root must not leave a file that the gateway cannot replace or confirm.
fn give_to_owner_of(directory: &Path, file: &File) -> io::Result<()> {
    use std::os::unix::fs::{MetadataExt, fchown};
    let (wanted, own) = (fs::metadata(directory)?, file.metadata()?);
    if own.uid() == 0 && (wanted.uid(), wanted.gid()) != (own.uid(), own.gid()) {
        fchown(file, Some(wanted.uid()), Some(wanted.gid()))?;
    }
    Ok(())
}

/// `head`: the first octets of a file of `found` octets, as many of a header's as there are.
fn check_header(head: &[u8], found: u64) -> Result<Header, ReadError> {
    let truncated = |wanted| ReadError::Truncated { wanted, found };
    if !head.starts_with(MAGIC) {
        let is_part = MAGIC.starts_with(head);
        return Err(if is_part {
            truncated(HEADER as u64)
        } else {
            ReadError::Foreign
        });
    }
    match layout::u32_at(head, 8).ok_or(truncated(HEADER as u64))? {
        VERSION_MIN..=VERSION => {}
        0 => return Err(ReadError::Damaged("header")),
        found if found < VERSION => return Err(ReadError::Older { found }),
        found => return Err(ReadError::Newer { found }),
    }
    let mut octets: [u8; HEADER] = head.try_into().map_err(|_| truncated(HEADER as u64))?;
    octets[12..16].fill(0);
    let header = Header::decode(head)
        .filter(|_| layout::u32_at(head, 12) == Some(crc32fast::hash(&octets)))
        .filter(|header| layout::u64_at(head, 16) == Some(header.length()) && header.is_sound())
        .ok_or(ReadError::Damaged("header"))?;
    if header.length() != found {
        return Err(truncated(header.length()));
    }
    Ok(header)
}

pub(super) fn title(section: Section) -> &'static str {
    match section {
        Section::Reads => "list of times",
        Section::Names => "list of names",
        Section::Sums => "list of checksums",
        Section::Slots => "table",
        Section::Entries => "list of addresses",
    }
}
