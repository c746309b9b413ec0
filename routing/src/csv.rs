//! Recipients from CSV (RFC 4180, read as programs really write it).
//!
//! The first line names the columns, in any order and case: `address`, `side`, and if wanted `routing_address`,
//! `aliases`, `members` and `internal_only`; others are passed over. Comma, semicolon or tab separate, whichever gives these
//! columns. A line is read by itself: a stray quote costs one line, not the rest of the file. Held by the fuzz target `directory_csv`.

use std::sync::Arc;

use csv_core::{ReadRecordResult, Reader, ReaderBuilder};

use crate::SideName;
use crate::limits::{CSV_COLUMNS_MAX, CSV_RECORD_LINES_MAX, SOURCE_LINE_OCTETS_MAX};
use crate::listing::{Entry, Gather, Listing, Unreadable, Wrong};
use crate::text::{Lines, decode};

/// Reads a file's octets. `sides` are the names a side may have.
pub fn read(octets: &[u8], source: &Arc<str>, sides: &[SideName]) -> Result<Listing, Unreadable> {
    let text = decode(octets);
    let mut lines = Lines::of(&text);
    let (columns, splitter) = header(&mut lines)?;
    let mut rows = Rows {
        lines,
        splitter,
        wanted: columns.count,
    };
    let mut gather = Gather::new(source, sides);
    while let Some((line, row)) = rows.next() {
        match row {
            Row::Fields(fields) if fields.iter().all(|field| field.is_empty()) => {}
            Row::Fields(fields) => columns.take(line, &fields, &mut gather),
            Row::Wrong(wrong) => gather.problem(line, wrong),
        }
    }
    Ok(gather.listing)
}

/// Which column is where.
struct Columns {
    count: usize,
    address: usize,
    side: usize,
    routing_address: Option<usize>,
    aliases: Option<usize>,
    members: Option<usize>,
    internal_only: Option<usize>,
}

/// The first line that is neither PowerShell's `#TYPE`, nor a comment, nor Excel's `sep=`, nor empty.
fn header(lines: &mut Lines) -> Result<(Columns, Splitter), Unreadable> {
    let is_preamble = |line: &[u8]| {
        line.trim_ascii().is_empty() || line.starts_with(b"#") || line.starts_with(b"sep=")
    };
    let (_, line) = lines
        .find(|(_, line)| !is_preamble(line))
        .ok_or(Unreadable::NoColumns)?;
    [b',', b';', b'\t']
        .into_iter()
        .find_map(|delimiter| {
            let mut splitter = Splitter::new(delimiter);
            Columns::named(&splitter.split(line)?).map(|columns| (columns, splitter))
        })
        .ok_or(Unreadable::NoColumns)
}

impl Columns {
    fn named(names: &[&[u8]]) -> Option<Self> {
        let plain = |name: &[u8]| {
            String::from_utf8_lossy(name)
                .to_ascii_lowercase()
                .replace(['-', ' '], "_")
        };
        let names: Vec<String> = names.iter().map(|name| plain(name)).collect();
        let place = |wanted: &str| names.iter().position(|name| name == wanted);
        Some(Self {
            count: names.len(),
            address: place("address")?,
            side: place("side")?,
            routing_address: place("routing_address"),
            aliases: place("aliases"),
            members: place("members"),
            internal_only: place("internal_only"),
        })
    }

    fn take(&self, line: u64, fields: &[&[u8]], gather: &mut Gather) {
        let field = |place: usize| fields.get(place).copied().unwrap_or_default();
        let mut aliases = self
            .aliases
            .map(|place| split_addresses(field(place)))
            .unwrap_or_default();
        let surplus = fields.get(self.count..).unwrap_or_default();
        if surplus.iter().any(|field| !field.is_empty()) {
            // Aliases separated by the delimiter itself, without quotes around them, run over the last column.
            if self.aliases != Some(self.count - 1) {
                let wrong = Wrong::Fields {
                    found: fields.len(),
                    wanted: self.count,
                };
                return gather.withhold(line, wrong, field(self.address));
            }
            aliases.extend(surplus.iter().flat_map(|field| split_addresses(field)));
        }
        let (address, side) = (field(self.address), field(self.side));
        let routing_address = self.routing_address.map(field).unwrap_or_default();
        let members = self
            .members
            .map(|place| split_addresses(field(place)))
            .unwrap_or_default();
        let internal_only = self.internal_only.map(field).unwrap_or_default();
        gather.add(Entry {
            line,
            address,
            side,
            routing_address,
            aliases,
            members,
            internal_only,
        });
    }
}

/// Addresses in one field: separated by semicolons, commas, bars or blanks outside a quoted local part.
fn split_addresses(field: &[u8]) -> Vec<&[u8]> {
    let mut quoted = false;
    let parts = field.split(move |octet| {
        quoted ^= *octet == b'"';
        !quoted && matches!(octet, b';' | b',' | b'|' | b' ' | b'\t' | b'\r' | b'\n')
    });
    parts.filter(|part| !part.is_empty()).collect()
}

enum Row<'a> {
    Fields(Vec<&'a [u8]>),
    Wrong(Wrong),
}

struct Rows<'a> {
    lines: Lines<'a>,
    splitter: Splitter,
    wanted: usize,
}

impl Rows<'_> {
    /// The next row that is not empty and no comment, with the number of its first line.
    fn next(&mut self) -> Option<(u64, Row<'_>)> {
        let (number, line) = self
            .lines
            .find(|(_, line)| !line.trim_ascii().is_empty() && !line.starts_with(b"#"))?;
        if line.len() > SOURCE_LINE_OCTETS_MAX {
            return Some((number, Row::Wrong(Wrong::LongLine)));
        }
        if quotes(line).is_multiple_of(2) {
            let row = self
                .splitter
                .split(line)
                .map_or(Row::Wrong(Wrong::LongLine), Row::Fields);
            return Some((number, row));
        }
        Some((number, self.spanning(line)))
    }

    /// A field may go on in the next lines, but only a row that then fits the columns is believed: otherwise the
    /// quote is a stray one, and the lines behind it are rows of their own.
    fn spanning(&mut self, first: &[u8]) -> Row<'_> {
        let mut ahead = self.lines.clone();
        let mut joined = first.to_vec();
        for _ in 1..CSV_RECORD_LINES_MAX {
            let Some((_, line)) = ahead.next() else { break };
            if joined.len() + line.len() > SOURCE_LINE_OCTETS_MAX {
                break;
            }
            joined.push(b'\n');
            joined.extend_from_slice(line);
            if !quotes(line).is_multiple_of(2) {
                return match self.splitter.split(&joined) {
                    Some(fields) if fields.len() == self.wanted && !is_stray(&fields) => {
                        self.lines = ahead;
                        Row::Fields(fields)
                    }
                    _ => Row::Wrong(Wrong::Quote),
                };
            }
        }
        Row::Wrong(Wrong::Quote)
    }
}

/// Whether a field that spans lines swallowed rows: then there are an `@` and a separator in one of its lines.
fn is_stray(fields: &[&[u8]]) -> bool {
    let is_row =
        |line: &[u8]| line.contains(&b'@') && line.iter().any(|octet| b",;\t".contains(octet));
    fields
        .iter()
        .any(|field| field.contains(&b'\n') && field.split(|octet| *octet == b'\n').any(is_row))
}

fn quotes(line: &[u8]) -> usize {
    memchr::memchr_iter(b'"', line).count()
}

/// Splits one record into trimmed fields.
struct Splitter {
    reader: Reader,
    fields: Vec<u8>,
    ends: Vec<usize>,
}

impl Splitter {
    fn new(delimiter: u8) -> Self {
        let reader = ReaderBuilder::new().delimiter(delimiter).build();
        Self {
            reader,
            fields: vec![0; SOURCE_LINE_OCTETS_MAX],
            ends: vec![0; CSV_COLUMNS_MAX],
        }
    }

    /// `None` if there are too many.
    fn split(&mut self, record: &[u8]) -> Option<Vec<&[u8]>> {
        self.reader.reset();
        let (mut written, mut ended, mut rest) = (0, 0, record);
        loop {
            let (result, read, wrote, ends) = self.reader.read_record(
                rest,
                self.fields.get_mut(written..)?,
                self.ends.get_mut(ended..)?,
            );
            (written, ended, rest) = (written + wrote, ended + ends, &rest[read..]);
            match result {
                ReadRecordResult::InputEmpty => {}
                ReadRecordResult::Record | ReadRecordResult::End => break,
                ReadRecordResult::OutputFull | ReadRecordResult::OutputEndsFull => return None,
            }
        }
        let starts = std::iter::once(0).chain(self.ends[..ended].iter().copied());
        Some(
            starts
                .zip(&self.ends[..ended])
                .map(|(start, end)| self.fields[start..*end].trim_ascii())
                .collect(),
        )
    }
}

#[cfg(test)]
mod tests;
