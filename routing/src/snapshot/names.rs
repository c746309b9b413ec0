//! The names a snapshot numbers: sources with the times of their reads, sides, domains.

use super::layout;
use crate::UnixTime;

#[derive(Default)]
pub(super) struct Names {
    pub(super) sources: Vec<(Box<str>, Option<UnixTime>)>,
    pub(super) sides: Vec<Box<str>>,
    pub(super) domains: Vec<Box<str>>,
}

impl Names {
    pub(super) fn write(&self) -> Vec<u8> {
        let mut out = Vec::new();
        write_number(self.sources.len(), &mut out);
        for (name, read_at) in &self.sources {
            write_name(name, &mut out);
            out.extend_from_slice(&read_at.map_or(0, UnixTime::seconds).to_le_bytes());
        }
        for names in [&self.sides, &self.domains] {
            write_number(names.len(), &mut out);
            names.iter().for_each(|name| write_name(name, &mut out));
        }
        out
    }

    pub(super) fn read(mut octets: &[u8]) -> Option<Self> {
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

/// The times of the sources, with a checksum of their own: they alone are written in place.
pub(super) fn write_times(reads: impl Iterator<Item = Option<UnixTime>>) -> Vec<u8> {
    let mut out: Vec<u8> = reads
        .flat_map(|read| read.map_or(0, UnixTime::seconds).to_le_bytes())
        .collect();
    out.extend_from_slice(&crc32fast::hash(&out).to_le_bytes());
    out
}

/// The times in force; `None` if writing them was interrupted.
pub(super) fn read_times(octets: &[u8], sources: usize) -> Option<Vec<Option<UnixTime>>> {
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

/// All lists and names are shorter than 65,536: `limits`.
fn write_number(number: usize, out: &mut Vec<u8>) {
    out.extend_from_slice(&(number as u16).to_le_bytes());
}

fn write_name(name: &str, out: &mut Vec<u8>) {
    write_number(name.len(), out);
    out.extend_from_slice(name.as_bytes());
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
