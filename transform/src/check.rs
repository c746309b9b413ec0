//! The result is read again before it leaves: it must be what was meant.
//!
//! Our own scanner reads every entity that we make as it will be written: parts, types, names and decoded sizes, line ends and
//! line lengths, and that it is 7 bit. A small one is read by a parser of somebody else, too. That parser goes down into
//! messages by recursion, so it only gets to see what holds nothing that others wrote. At last the whole message has to have
//! the parts that it had, less those that were replaced, and those that stand in their place.

mod second;

use bytes::Bytes;
use memchr::memchr2_iter;

use crate::entity::Entity;
use crate::entity::outline::{Expected, ExpectedBody};
use crate::limits::{DEPTH_MAX, LINE_OCTETS_MAX, REPARSED_OCTETS_MAX};
use crate::segment::{Segment, Segments};
use crate::structure::{Event, Excess, Part, Scanner};
use crate::tape::Tape;
use crate::transfer_encoding::Decoder;

/// What is wrong with a result.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// Part so many, in the order of their beginnings, is not what was meant.
    #[error("part {0} is not what was meant")]
    Part(usize),
    /// There are other parts than was meant.
    #[error("{found} parts where {expected} were meant")]
    Parts {
        /// How many there are.
        found: usize,
        /// How many there should be.
        expected: usize,
    },
    /// A line end that is not CRLF, in part so many.
    #[error("part {0} has a bare line end")]
    BareLineEnd(usize),
    /// A line of more than 998 octets.
    #[error("part {0} has a line that is too long")]
    LongLine(usize),
    /// An octet above 127.
    #[error("part {0} is not 7 bit")]
    EightBit(usize),
    /// There is too much of something.
    #[error("it has {0}")]
    Excess(#[from] Excess),
    /// Another parser sees something else.
    #[error("another parser finds {found} where {expected} were meant")]
    Second {
        /// What it finds.
        found: String,
        /// What was meant.
        expected: String,
    },
}

/// Of an entity that is as it was meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Checked {
    /// Its parts, itself included, and those of what is verbatim.
    pub(crate) parts: usize,
    /// The method of its calendar.
    pub(crate) method: Option<String>,
}

/// Reads an entity as it will be written.
pub(crate) fn entity(entity: &Entity) -> Result<Checked, Fault> {
    let expected = entity.outline();
    let written = entity.segments();
    match written.len() <= REPARSED_OCTETS_MAX {
        true => small(&written.to_vec().into(), &expected),
        false => large(&written, &expected),
    }
}

/// All of it, and once more by somebody else.
fn small(written: &Bytes, expected: &[Expected<'_>]) -> Result<Checked, Fault> {
    let mut reading = Pass::new(expected);
    reading.push(written.clone());
    let checked = reading.finish()?;
    second::compare(written, expected)?;
    Ok(checked)
}

fn large(written: &Segments, expected: &[Expected<'_>]) -> Result<Checked, Fault> {
    let mut reading = Pass::new(expected);
    for segment in &written.0 {
        let (begin, skipped, end) = sampled(segment);
        for (pieces, skipped) in [(begin, skipped), (end, 0)] {
            pieces.into_chunks().for_each(|chunk| reading.push(chunk));
            reading.reader.skip(skipped);
        }
    }
    reading.finish()
}

/// One reading, piece by piece.
struct Pass<'e> {
    reader: Reader<'e>,
    scanner: Scanner,
    tape: Tape,
}

impl<'e> Pass<'e> {
    fn new(expected: &'e [Expected<'e>]) -> Self {
        Self {
            reader: Reader::new(expected),
            scanner: Scanner::new(),
            tape: Tape::default(),
        }
    }

    fn push(&mut self, octets: Bytes) {
        let Self {
            reader,
            scanner,
            tape,
        } = self;
        tape.push(octets.clone());
        scanner.push(&octets, &mut |event| reader.event(event, tape));
        reader.read_to(scanner.settled(), tape);
    }

    fn finish(mut self) -> Result<Checked, Fault> {
        let (reader, tape) = (&mut self.reader, &mut self.tape);
        self.scanner.finish(&mut |event| reader.event(event, tape));
        self.reader.finish()
    }
}

/// Of a file's base64 the first lines and the last are read. Those between are like them, and are counted: what, how many
/// octets, what.
fn sampled(segment: &Segment) -> (Segments, usize, Segments) {
    match segment {
        Segment::Base64(octets) if octets.len() > 2 * SAMPLE_OCTETS => {
            // Whole lines, and so whole groups of four characters.
            let middle = (octets.len() - 2 * SAMPLE_OCTETS) / ROW_OCTETS * ROW_OCTETS;
            let begin = Segment::Base64(octets.slice(..SAMPLE_OCTETS));
            let end = Segment::Base64(octets.slice(SAMPLE_OCTETS + middle..));
            (Segments(vec![begin]), middle, Segments(vec![end]))
        }
        _ => (Segments(vec![segment.clone()]), 0, Segments::default()),
    }
}

/// Whether a message has so many parts. What is written in base64 is passed over: it has no line that begins with a dash.
pub(crate) fn parts(message: &Segments, expected: usize) -> Result<(), Fault> {
    let mut scanner = Scanner::new();
    let mut found = 0;
    let mut excess = None;
    let mut tell = |event| match event {
        Event::Begin(_) => found += 1,
        Event::End { .. } => {}
        Event::Excess(one) => excess = Some(one),
    };
    for segment in &message.0 {
        match segment {
            Segment::Octets(octets) => scanner.push(octets, &mut tell),
            Segment::Base64(octets) if octets.is_empty() => {}
            Segment::Base64(_) => scanner.push(b"A\r\n", &mut tell),
        }
    }
    scanner.finish(&mut tell);
    if let Some(excess) = excess {
        return Err(excess.into());
    }
    match found == expected {
        true => Ok(()),
        false => Err(Fault::Parts { found, expected }),
    }
}

/// Compares what is read with what was meant.
struct Reader<'e> {
    expected: &'e [Expected<'e>],
    found: usize,
    /// How many of those in what is verbatim there are.
    others: usize,
    open: Vec<Reading<'e>>,
    /// How deep the part is whose inside is somebody else's.
    verbatim: Option<usize>,
    decoded: Vec<u8>,
    line: usize,
    after_cr: bool,
    method: Option<String>,
    fault: Option<Fault>,
}

struct Reading<'e> {
    number: usize,
    expected: Option<&'e Expected<'e>>,
    body_at: u64,
    decoder: Option<Decoder>,
    octets: u64,
}

impl Reading<'_> {
    fn is_message(&self) -> bool {
        self.expected
            .is_some_and(|expected| expected.media_type == "message/rfc822")
    }
}

impl<'e> Reader<'e> {
    fn new(expected: &'e [Expected<'e>]) -> Self {
        Self {
            expected,
            found: 0,
            others: 0,
            open: Vec::new(),
            verbatim: None,
            decoded: Vec::new(),
            line: 0,
            after_cr: false,
            method: None,
            fault: None,
        }
    }

    fn event(&mut self, event: Event, tape: &mut Tape) {
        match event {
            Event::Begin(part) => {
                self.read_to(part.header_at, tape);
                self.begin(&part);
                self.read_to(part.body_at, tape);
                self.begin_body(&part);
            }
            Event::End { depth, at, .. } => {
                self.read_to(at, tape);
                self.end(depth, at);
            }
            Event::Excess(excess) => self.fail(excess.into()),
        }
    }

    fn fail(&mut self, fault: Fault) {
        self.fault.get_or_insert(fault);
    }

    fn begin(&mut self, part: &Part) {
        if self.verbatim.is_some() {
            self.others += 1;
            return;
        }
        let number = self.found;
        let expected = self.expected.get(number);
        self.found += 1;
        let is_meant = expected.is_some_and(|expected| {
            expected.depth == part.depth
                && expected.media_type == part.media.value
                && expected.name == part.file_name().as_deref()
        });
        if !is_meant || part.depth > DEPTH_MAX {
            self.fail(Fault::Part(number));
        }
        // That of a message within is not the message's own.
        let is_within = self.open.iter().any(Reading::is_message);
        if part.media.value == "text/calendar" && self.method.is_none() && !is_within {
            self.method = part.media.text("method");
        }
        let body = expected.map(|expected| expected.body);
        if matches!(body, Some(ExpectedBody::Verbatim(_))) {
            self.verbatim = Some(part.depth);
        }
        self.open.push(Reading {
            number,
            expected,
            body_at: part.body_at,
            decoder: None,
            octets: 0,
        });
    }

    fn begin_body(&mut self, part: &Part) {
        let Some(reading) = self.open.last_mut().filter(|_| self.verbatim.is_none()) else {
            return;
        };
        let body = reading.expected.map(|expected| expected.body);
        if matches!(body, Some(ExpectedBody::Decoded(_))) {
            reading.decoder = Some(Decoder::new(part.encoding));
        }
        (self.line, self.after_cr) = (0, false);
    }

    fn end(&mut self, depth: usize, at: u64) {
        if self.verbatim.is_some_and(|verbatim| verbatim < depth) {
            return;
        }
        self.verbatim = None;
        let Some(mut reading) = self.open.pop() else {
            return;
        };
        if let Some(decoder) = reading.decoder.take() {
            self.decoded.clear();
            decoder.finish(&mut self.decoded);
            reading.octets += self.decoded.len() as u64;
        }
        let is_meant = match reading.expected.map(|expected| expected.body) {
            Some(ExpectedBody::Decoded(octets)) => octets == reading.octets,
            Some(ExpectedBody::Verbatim(octets)) => octets == at - reading.body_at,
            Some(ExpectedBody::Composite) => true,
            None => false,
        };
        if !is_meant {
            self.fail(Fault::Part(reading.number));
        }
    }

    fn read_to(&mut self, position: u64, tape: &mut Tape) {
        tape.take_to(position, |octets| self.read(&octets));
    }

    /// Octets of the part that is read, which are known.
    fn skip(&mut self, octets: usize) {
        if let Some(reading) = self.open.last_mut().filter(|_| self.verbatim.is_none()) {
            reading.octets += octets as u64;
        }
    }

    fn read(&mut self, octets: &Bytes) {
        if self.verbatim.is_some() {
            return;
        }
        self.read_lines(octets);
        let Some(reading) = self.open.last_mut() else {
            return;
        };
        if let Some(decoder) = &mut reading.decoder {
            self.decoded.clear();
            decoder.push(octets, &mut self.decoded);
            reading.octets += self.decoded.len() as u64;
        }
    }

    fn read_lines(&mut self, octets: &[u8]) {
        let number = self.found.saturating_sub(1);
        if !octets.is_ascii() {
            self.fail(Fault::EightBit(number));
        }
        let mut line_begin = 0;
        for at in memchr2_iter(b'\r', b'\n', octets) {
            let is_cr = octets[at] == b'\r';
            let after_cr = match at.checked_sub(1) {
                Some(before) => octets[before] == b'\r',
                None => self.after_cr,
            };
            let is_bare = match (is_cr, octets.get(at + 1)) {
                (true, Some(next)) => *next != b'\n',
                (true, None) => false,
                (false, _) => !after_cr,
            };
            if is_bare {
                self.fail(Fault::BareLineEnd(number));
            }
            if is_cr {
                continue;
            }
            // The CR may have been counted with it.
            if self.line + at - line_begin > LINE_OCTETS_MAX + 1 {
                self.fail(Fault::LongLine(number));
            }
            (self.line, line_begin) = (0, at + 1);
        }
        if self.after_cr && octets.first().is_some_and(|first| *first != b'\n') {
            self.fail(Fault::BareLineEnd(number));
        }
        self.line += octets.len() - line_begin;
        if self.line > LINE_OCTETS_MAX + 1 {
            self.fail(Fault::LongLine(number));
        }
        self.after_cr = octets.last() == Some(&b'\r');
    }

    fn finish(self) -> Result<Checked, Fault> {
        if let Some(fault) = self.fault {
            return Err(fault);
        }
        let (found, expected) = (self.found, self.expected.len());
        if found != expected {
            return Err(Fault::Parts { found, expected });
        }
        Ok(Checked {
            parts: found + self.others,
            method: self.method,
        })
    }
}

/// What one line of base64 holds (RFC 2045 §6.8).
const ROW_OCTETS: usize = 57;
/// So much of a file is read at its beginning, and as much at its end.
const SAMPLE_OCTETS: usize = 1024 * ROW_OCTETS;

#[cfg(test)]
mod tests;
