//! The snapshot's one file: read whole and checked, written whole beside the old one and put in its place.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::sync::Arc;

use super::build::reads_section;
use super::layout::{self, HEADER, Header, MAGIC, SLOT, Section, VERSION};
use super::{Index, Snapshot};
use crate::{SideName, UnixTime};

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
    /// Reads and checks a file.
    pub fn read(path: &Path) -> Result<Self, ReadError> {
        let mut image = Vec::new();
        File::open(path)?.read_to_end(&mut image)?;
        Self::from_image(image)
    }

    /// Checks a file's octets.
    pub fn from_image(image: Vec<u8>) -> Result<Self, ReadError> {
        let header = check_header(&image)?;
        for (section, expected) in Section::CHECKED.into_iter().zip(header.checksums) {
            if crc32fast::hash(&image[header.range(section)]) != expected {
                return Err(ReadError::Damaged(title(section)));
            }
        }
        let names = Names::read(&image[header.range(Section::Names)])
            .ok_or(ReadError::Damaged("list of names"))?;
        let read_at = read_times(&image[header.range(Section::Reads)], names.sources.len());
        let read_at =
            read_at.unwrap_or_else(|| names.sources.iter().map(|(_, read_at)| *read_at).collect());
        let domain_numbers = names
            .domains
            .iter()
            .zip(0..)
            .map(|(name, number)| (name.clone(), number))
            .collect();
        let sources = names
            .sources
            .into_iter()
            .map(|(name, _)| name.into())
            .collect();
        let sides = names
            .sides
            .iter()
            .map(|name| SideName::from(&**name))
            .collect();
        let index = Index {
            image,
            header,
            domains: names.domains,
            domain_numbers,
            sides,
            sources,
        };
        Ok(Self {
            index: Arc::new(index),
            read_at: read_at.into(),
        })
    }

    /// Writes the file beside its place, brings it to the disk, and puts it in its place: at any instant the path
    /// names a whole snapshot, the old one or this.
    pub fn write(&self, path: &Path) -> io::Result<()> {
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
        let reads = self.index.header.range(Section::Reads);
        file.write_all(&self.index.image[..reads.start])?;
        file.write_all(&reads_section(self.read_at.iter().copied()))?;
        file.write_all(&self.index.image[reads.end..])?;
        file.sync_all()
    }

    /// Brings only the times of the last reads to a file that holds this very snapshot; `false` if it holds another.
    /// They have a checksum of their own: when power fails halfway, the times of the last `write` count.
    pub fn write_times(&self, path: &Path) -> io::Result<bool> {
        let mut file = OpenOptions::new().read(true).write(true).open(path)?;
        let mut header = [0; HEADER];
        if file.read_exact(&mut header).is_err() || header[..] != self.index.image[..HEADER] {
            return Ok(false);
        }
        file.seek(SeekFrom::Start(HEADER as u64))?;
        file.write_all(&reads_section(self.read_at.iter().copied()))?;
        file.sync_data()?;
        Ok(true)
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

fn check_header(image: &[u8]) -> Result<Header, ReadError> {
    let found = image.len() as u64;
    if !image.starts_with(MAGIC) {
        return Err(if MAGIC.starts_with(image) {
            ReadError::Truncated {
                wanted: HEADER as u64,
                found,
            }
        } else {
            ReadError::Foreign
        });
    }
    let truncated = || ReadError::Truncated {
        wanted: HEADER as u64,
        found,
    };
    let version = layout::u32_at(image, 8).ok_or_else(truncated)?;
    if version > VERSION {
        return Err(ReadError::Newer { found: version });
    }
    let mut octets: [u8; HEADER] = image
        .get(..HEADER)
        .and_then(|head| head.try_into().ok())
        .ok_or_else(truncated)?;
    octets[12..16].fill(0);
    let header = Header::decode(image)
        .filter(|_| layout::u32_at(image, 12) == Some(crc32fast::hash(&octets)));
    let header = header
        .filter(|_| version == VERSION)
        .ok_or(ReadError::Damaged("header"))?;
    if layout::u64_at(image, 16) != Some(header.length()) {
        return Err(ReadError::Damaged("header"));
    }
    if header.length() != found {
        return Err(ReadError::Truncated {
            wanted: header.length(),
            found,
        });
    }
    if header.octets[Section::Slots as usize] % SLOT as u64 != 0 {
        return Err(ReadError::Damaged("header"));
    }
    Ok(header)
}

fn title(section: Section) -> &'static str {
    match section {
        Section::Reads => "list of times",
        Section::Names => "list of names",
        Section::Slots => "table",
        Section::Keys => "list of addresses",
        Section::Records => "list of recipients",
    }
}

/// The section that is written in place; `None` if that was interrupted.
fn read_times(octets: &[u8], sources: usize) -> Option<Vec<Option<UnixTime>>> {
    let (times, checksum) = octets.split_at_checked(sources * 8)?;
    (checksum == crc32fast::hash(times).to_le_bytes()).then_some(())?;
    Some(
        times
            .chunks_exact(8)
            .map(|time| read_time(layout::u64_at(time, 0)?))
            .collect(),
    )
}

fn read_time(seconds: u64) -> Option<UnixTime> {
    (seconds != 0).then_some(UnixTime::from_seconds(seconds))
}

#[derive(Default)]
struct Names {
    sources: Vec<(Box<str>, Option<UnixTime>)>,
    sides: Vec<Box<str>>,
    domains: Vec<Box<str>>,
}

impl Names {
    fn read(mut octets: &[u8]) -> Option<Self> {
        let mut names = Self::default();
        for _ in 0..take_number(&mut octets)? {
            let name = take_name(&mut octets)?;
            let read_at = read_time(layout::u64_at(octets, 0)?);
            octets = &octets[8..];
            names.sources.push((name, read_at));
        }
        for _ in 0..take_number(&mut octets)? {
            names.sides.push(take_name(&mut octets)?);
        }
        for _ in 0..take_number(&mut octets)? {
            names.domains.push(take_name(&mut octets)?);
        }
        octets.is_empty().then_some(names)
    }
}

fn take_number(octets: &mut &[u8]) -> Option<u16> {
    let number = layout::u16_at(octets, 0)?;
    *octets = &octets[2..];
    Some(number)
}

fn take_name(octets: &mut &[u8]) -> Option<Box<str>> {
    let length = usize::from(take_number(octets)?);
    let (name, rest) = octets.split_at_checked(length)?;
    *octets = rest;
    std::str::from_utf8(name).ok().map(Into::into)
}
