//! Tables that programs export: CSV as PowerShell, Excel and administration consoles write it.
//!
//! UTF-8 with or without a mark, UTF-16 of either order; `#TYPE` and `sep=` lines before the names of the columns; comma,
//! semicolon, tab or bar between fields, whichever parts the first line into most names. A row that does not fit its columns is an
//! error of its own; what follows is still read, but a caller should not take such a table for complete.

use std::borrow::Cow;

use csv_core::{ReadRecordResult, Reader, ReaderBuilder};

use crate::Attributes;
use crate::limits::{COLUMNS_MAX, RECORD_OCTETS_MAX};

/// A table whose columns are known.
#[derive(Debug)]
pub struct Table {
    text: Vec<u8>,
    /// Where the rows begin.
    start: usize,
    /// The line in which they do.
    line: u64,
    delimiter: u8,
    columns: Vec<String>,
}

/// Why a table cannot be read at all.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum TableError {
    /// Nothing stands in it.
    #[error("it is empty: the first line must name the columns")]
    Empty,
    /// One past the bound.
    #[error(
        "it has more than {COLUMNS_MAX} columns, or a first line of more than {RECORD_OCTETS_MAX} octets"
    )]
    Columns,
    /// The first line names one column twice.
    #[error("two of its columns have the same name")]
    TwoColumns,
}

/// Why a row was not read.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum RowError {
    /// Too few or too many.
    #[error("{found} fields, but there are {wanted} columns")]
    Fields {
        /// Where the row begins.
        line: u64,
        /// In this row.
        found: usize,
        /// In the first one.
        wanted: usize,
    },
    /// A quote that was never closed, mostly. Nothing behind it is read.
    #[error("the row is longer than {RECORD_OCTETS_MAX} octets; a quote may not be closed")]
    TooLong {
        /// Where the row begins.
        line: u64,
    },
    /// A quote is open at the end of the table.
    #[error("a quote is opened and not closed")]
    Quote {
        /// Where the row begins.
        line: u64,
    },
    /// A value or a name past its bound.
    #[error("{error}")]
    Attribute {
        /// Where the row begins.
        line: u64,
        /// Which bound.
        error: crate::AttributeError,
    },
}

impl RowError {
    /// Where the row begins.
    pub fn line(&self) -> u64 {
        match self {
            Self::Fields { line, .. }
            | Self::TooLong { line }
            | Self::Quote { line }
            | Self::Attribute { line, .. } => *line,
        }
    }
}

/// One row.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Row {
    /// Where it begins.
    pub line: u64,
    /// Its fields under the names of the columns; empty ones are not there.
    pub attributes: Attributes,
}

impl Table {
    /// Reads the names of the columns. UTF-8 is not copied.
    pub fn read(octets: Vec<u8>) -> Result<Self, TableError> {
        let text = match decode(&octets) {
            Cow::Owned(text) => text,
            Cow::Borrowed(_) => octets,
        };
        let mark = if text.starts_with(MARK) {
            MARK.len()
        } else {
            0
        };
        let (mut start, mut line) = (mark, 1);
        let header = loop {
            let rest = text
                .get(start..)
                .filter(|rest| !rest.is_empty())
                .ok_or(TableError::Empty)?;
            let end = rest
                .iter()
                .position(|octet| *octet == b'\n')
                .map_or(rest.len(), |place| place + 1);
            let first = rest[..end].trim_ascii();
            (start, line) = (start + end, line + 1);
            if !is_preamble(first) {
                break first;
            }
        };
        let (delimiter, columns) = columns(header)?;
        Ok(Self {
            text,
            start,
            line,
            delimiter,
            columns,
        })
    }

    /// The names of the columns.
    pub fn columns(&self) -> &[String] {
        &self.columns
    }

    /// The rows. Empty lines are passed over.
    pub fn rows(&self) -> Rows<'_> {
        Rows {
            table: self,
            rest: &self.text[self.start..],
            line: self.line,
            splitter: Splitter::new(self.delimiter),
        }
    }
}

/// The rows of a table, one by one.
#[derive(Debug)]
pub struct Rows<'a> {
    table: &'a Table,
    rest: &'a [u8],
    line: u64,
    splitter: Splitter,
}

impl Iterator for Rows<'_> {
    type Item = Result<Row, RowError>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            // The parser leaves the end of a line to the record behind it.
            while let Some((b'\r' | b'\n', rest)) = self.rest.split_first() {
                self.line += u64::from(self.rest.starts_with(b"\n"));
                self.rest = rest;
            }
            if self.rest.is_empty() {
                return None;
            }
            let line = self.line;
            let Some(read) = self.splitter.split(self.rest) else {
                self.rest = &[];
                return Some(Err(RowError::TooLong { line }));
            };
            let (record, rest) = self.rest.split_at(read);
            self.line += record.iter().filter(|octet| **octet == b'\n').count() as u64;
            self.rest = rest;
            if record.trim_ascii().is_empty() {
                continue;
            }
            let quotes = record.iter().filter(|octet| **octet == b'"').count();
            if rest.is_empty() && !quotes.is_multiple_of(2) {
                return Some(Err(RowError::Quote { line }));
            }
            return Some(self.row(line));
        }
    }
}

impl Rows<'_> {
    fn row(&self, line: u64) -> Result<Row, RowError> {
        let columns = &self.table.columns;
        let (found, wanted) = (self.splitter.fields().count(), columns.len());
        // Some programs end each line with a separator.
        let surplus_is_empty = self.splitter.fields().skip(wanted).all(<[u8]>::is_empty);
        if found < wanted || !surplus_is_empty {
            return Err(RowError::Fields {
                line,
                found,
                wanted,
            });
        }
        let mut attributes = Attributes::default();
        for (column, field) in columns.iter().zip(self.splitter.fields()) {
            if !field.is_empty() && !column.is_empty() {
                attributes
                    .add(column, field)
                    .map_err(|error| RowError::Attribute { line, error })?;
            }
        }
        Ok(Row { line, attributes })
    }
}

fn is_preamble(line: &[u8]) -> bool {
    line.is_empty()
        || line.starts_with(b"#")
        || line
            .get(..4)
            .is_some_and(|first| first.eq_ignore_ascii_case(b"sep="))
}

fn columns(header: &[u8]) -> Result<(u8, Vec<String>), TableError> {
    let mut best: Option<(u8, Vec<String>)> = None;
    for delimiter in [b',', b';', b'\t', b'|'] {
        let mut splitter = Splitter::new(delimiter);
        splitter.split(header).ok_or(TableError::Columns)?;
        let names: Vec<String> = splitter
            .fields()
            .map(|name| String::from_utf8_lossy(name).trim().to_owned())
            .collect();
        if best
            .as_ref()
            .is_none_or(|(_, most)| names.len() > most.len())
        {
            best = Some((delimiter, names));
        }
    }
    let (delimiter, names) = best.ok_or(TableError::Columns)?;
    let mut sorted: Vec<String> = names.iter().map(|name| name.to_ascii_lowercase()).collect();
    sorted.retain(|name| !name.is_empty());
    sorted.sort_unstable();
    match sorted.windows(2).any(|pair| pair[0] == pair[1]) {
        true => Err(TableError::TwoColumns),
        false => Ok((delimiter, names)),
    }
}

/// The byte order mark in UTF-8.
const MARK: &[u8] = b"\xef\xbb\xbf";

/// Windows tools export UTF-16 of either order, with a mark or, seen by its zero octets, without.
fn decode(octets: &[u8]) -> Cow<'_, [u8]> {
    match octets {
        [0xff, 0xfe, rest @ ..] => utf_16(rest, u16::from_le_bytes),
        [0xfe, 0xff, rest @ ..] => utf_16(rest, u16::from_be_bytes),
        [1..=255, 0, 1..=255, 0, ..] => utf_16(octets, u16::from_le_bytes),
        [0, 1..=255, 0, 1..=255, ..] => utf_16(octets, u16::from_be_bytes),
        _ => Cow::Borrowed(octets),
    }
}

fn utf_16(octets: &[u8], unit: fn([u8; 2]) -> u16) -> Cow<'_, [u8]> {
    let units = octets.chunks_exact(2).map(|pair| unit([pair[0], pair[1]]));
    let decoded = char::decode_utf16(units).map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER));
    Cow::Owned(decoded.collect::<String>().into_bytes())
}

/// Splits one record off a text.
#[derive(Debug)]
struct Splitter {
    reader: Box<Reader>,
    fields: Vec<u8>,
    ends: Vec<usize>,
    count: usize,
}

impl Splitter {
    fn new(delimiter: u8) -> Self {
        Self {
            reader: Box::new(ReaderBuilder::new().delimiter(delimiter).build()),
            fields: vec![0; RECORD_OCTETS_MAX],
            ends: vec![0; COLUMNS_MAX],
            count: 0,
        }
    }

    /// Reads the first record; gives the number of octets it takes, or `None` if it is past its bounds.
    fn split(&mut self, text: &[u8]) -> Option<usize> {
        self.reader.reset();
        let (mut written, mut ended, mut taken) = (0, 0, 0);
        loop {
            let (fields, ends) = (self.fields.get_mut(written..)?, self.ends.get_mut(ended..)?);
            let (result, read, wrote, closed) =
                self.reader.read_record(&text[taken..], fields, ends);
            (written, ended, taken) = (written + wrote, ended + closed, taken + read);
            match result {
                // The end of the input is said by an empty one.
                ReadRecordResult::InputEmpty => {}
                ReadRecordResult::Record | ReadRecordResult::End => break,
                ReadRecordResult::OutputFull | ReadRecordResult::OutputEndsFull => return None,
            }
        }
        self.count = ended;
        Some(taken)
    }

    fn fields(&self) -> impl Iterator<Item = &[u8]> {
        let ends = &self.ends[..self.count];
        let starts = std::iter::once(0).chain(ends.iter().copied());
        starts
            .zip(ends)
            .map(|(start, end)| self.fields[start..*end].trim_ascii())
    }
}

#[cfg(test)]
mod tests;
