//! Where the parts of a message begin and end (RFC 2046 §5.1), while it comes.
//!
//! The scanner keeps positions, not octets: it says which of them begin or end a part, and how far all is settled. Depth, parts
//! and header blocks are bounded, and it goes down into messages within messages without recursion. A delimiter is a line of
//! its boundary and nothing else but blanks.
//!
//! Invariant: the events do not depend on how the input was cut. Held by `fuzz_targets/mime_structure.rs`.

mod part;

use memchr::{memchr, memmem};

use crate::limits::{DELIMITER_OCTETS_MAX, DEPTH_MAX, PART_HEADER_OCTETS_MAX, PARTS_MAX};

pub(crate) use part::{Kind, Part};

/// What is found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Event {
    /// The header block of a part has come; its body begins.
    Begin(Part),
    /// The body of the innermost part that has begun ends, before the line end that belongs to the delimiter.
    End {
        /// How far down the part is.
        depth: usize,
        /// Behind its last octet.
        at: u64,
        /// A multipart's own last delimiter was there.
        closed: bool,
    },
    /// There is more of something than is allowed. No more events follow.
    Excess(Excess),
}

/// Of what there is more than is allowed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
pub enum Excess {
    /// [`DEPTH_MAX`]
    #[error("more than {DEPTH_MAX} parts within each other")]
    Depth,
    /// [`PARTS_MAX`]
    #[error("more than {PARTS_MAX} parts")]
    Parts,
    /// [`PART_HEADER_OCTETS_MAX`]
    #[error("a header block of more than {PART_HEADER_OCTETS_MAX} octets")]
    Header,
}

/// Finds the parts of one message.
#[derive(Debug, Clone)]
pub(crate) struct Scanner {
    state: State,
    /// Of the next octet.
    at: u64,
    /// Of a header, all of it so far; of a body, the line that may be a delimiter.
    gathered: Vec<u8>,
    /// Parts that have begun, from the outermost.
    open: Vec<Open>,
    /// How many of them have a boundary that counts.
    boundaries: usize,
    parts: usize,
    /// What a message/global is.
    global: Kind,
    line_with_dashes: memmem::Finder<'static>,
}

#[derive(Debug, Clone)]
struct Open {
    boundary: Option<Vec<u8>>,
    closed: bool,
    is_digest: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// In a header block; its last line begins at so many of its octets.
    Header { begin: u64, line: usize },
    /// In a line of a body, from its beginning: it may be a delimiter. The line end before it has so many octets.
    Line { begin: u64, line_end: u64 },
    /// In a line of a body that is no delimiter.
    Within { after_cr: bool },
    /// There was too much of something.
    Stopped,
}

/// A delimiter that is found.
#[derive(Debug, Clone, Copy)]
struct Delimiter {
    /// Which of the open parts it is of.
    of: usize,
    is_last: bool,
}

impl Scanner {
    /// Begins before the header block.
    pub(crate) fn new() -> Self {
        Self {
            state: State::Header { begin: 0, line: 0 },
            at: 0,
            gathered: Vec::new(),
            open: Vec::new(),
            boundaries: 0,
            parts: 1,
            global: Kind::Message,
            line_with_dashes: memmem::Finder::new(b"\n--"),
        }
    }

    /// The same, for somebody who cannot put a message/global in another form part by part: it is one body.
    pub(crate) fn with_global_whole() -> Self {
        Self {
            global: Kind::Leaf,
            ..Self::new()
        }
    }

    /// Nothing before this will be told of any more. While a header block is not complete, it is its beginning.
    pub(crate) fn settled(&self) -> u64 {
        match self.state {
            State::Header { begin, .. } => begin,
            State::Line { begin, line_end } => begin - line_end,
            State::Within { after_cr } => self.at - u64::from(after_cr),
            State::Stopped => self.at,
        }
    }

    /// Takes what comes.
    pub(crate) fn push(&mut self, octets: &[u8], tell: &mut impl FnMut(Event)) {
        let mut rest = octets;
        while !rest.is_empty() {
            let taken = match self.state {
                State::Header { begin, line } => self.header(rest, begin, line, tell),
                State::Line { begin, line_end } => self.line(rest, begin, line_end, tell),
                State::Within { after_cr } => self.within(rest, after_cr),
                State::Stopped => rest.len(),
            };
            self.at += taken as u64;
            rest = &rest[taken..];
        }
    }

    /// The end of the message.
    pub(crate) fn finish(mut self, tell: &mut impl FnMut(Event)) {
        if let State::Line { begin, line_end } = self.state
            && let Some(delimiter) = self.delimiter(&self.gathered)
        {
            self.delimit(delimiter, begin - line_end, self.at, tell);
        }
        while let State::Header { begin, line } = self.state {
            let delimiter = self.delimiter(&self.gathered[line..]);
            if delimiter.is_some() {
                self.gathered.truncate(line);
            }
            let end = begin + self.gathered.len() as u64;
            self.begin_body(begin, end, tell);
            if let Some(delimiter) = delimiter {
                self.delimit(delimiter, end, self.at, tell);
            }
        }
        if self.state != State::Stopped {
            self.close(0, self.at, tell);
        }
    }

    fn header(
        &mut self,
        rest: &[u8],
        begin: u64,
        line: usize,
        tell: &mut impl FnMut(Event),
    ) -> usize {
        let line_end = memchr(b'\n', rest);
        let taken = line_end.map_or(rest.len(), |end| end + 1);
        if self.gathered.capacity() == 0 {
            self.gathered.reserve(USUAL_HEADER_OCTETS);
        }
        self.gathered.extend_from_slice(&rest[..taken]);
        let next = self.at + taken as u64;
        if self.gathered.len() > PART_HEADER_OCTETS_MAX {
            self.stop(Excess::Header, tell);
        } else if line_end.is_none() {
            // The rest of the line has to come.
        } else if matches!(&self.gathered[line..], b"\r\n" | b"\n") {
            self.begin_body(begin, next, tell);
        } else if let Some(delimiter) = self.delimiter(&self.gathered[line..]) {
            self.gathered.truncate(line);
            let end = begin + line as u64;
            self.begin_body(begin, end, tell);
            self.delimit(delimiter, end, next, tell);
        } else {
            let line = self.gathered.len();
            self.state = State::Header { begin, line };
        }
        taken
    }

    fn line(
        &mut self,
        rest: &[u8],
        begin: u64,
        line_end: u64,
        tell: &mut impl FnMut(Event),
    ) -> usize {
        if self.boundaries == 0 || (self.gathered.is_empty() && !may_delimit(rest)) {
            self.state = State::Within { after_cr: false };
            return 0;
        }
        let room = DELIMITER_OCTETS_MAX - self.gathered.len();
        let window = &rest[..rest.len().min(room)];
        let Some(end) = memchr(b'\n', window) else {
            self.gathered.extend_from_slice(window);
            if self.gathered.len() == DELIMITER_OCTETS_MAX || !may_delimit(&self.gathered) {
                let after_cr = self.gathered.last() == Some(&b'\r');
                self.gathered.clear();
                self.state = State::Within { after_cr };
            }
            return window.len();
        };
        let taken = end + 1;
        let next = self.at + taken as u64;
        self.gathered.extend_from_slice(&window[..taken]);
        match self.delimiter(&self.gathered) {
            Some(delimiter) => self.delimit(delimiter, begin - line_end, next, tell),
            None => self.begin_line(next, line_end_of(&self.gathered)),
        }
        taken
    }

    fn within(&mut self, rest: &[u8], after_cr: bool) -> usize {
        if self.boundaries == 0 {
            return rest.len();
        }
        let last_line = || {
            let end = rest.strip_suffix(b"-").unwrap_or(rest).len();
            (end > 0 && rest[end - 1] == b'\n').then(|| end - 1)
        };
        let Some(line_end) = self.line_with_dashes.find(rest).or_else(last_line) else {
            let after_cr = rest.last() == Some(&b'\r');
            self.state = State::Within { after_cr };
            return rest.len();
        };
        let cr = match line_end.checked_sub(1) {
            Some(before) => rest[before] == b'\r',
            None => after_cr,
        };
        let taken = line_end + 1;
        self.begin_line(self.at + taken as u64, 1 + u64::from(cr));
        taken
    }

    fn begin_line(&mut self, begin: u64, line_end: u64) {
        self.gathered.clear();
        self.state = State::Line { begin, line_end };
    }

    fn begin_part(&mut self, begin: u64, tell: &mut impl FnMut(Event)) {
        self.parts += 1;
        self.gathered.clear();
        self.state = State::Header { begin, line: 0 };
        if self.open.len() > DEPTH_MAX {
            self.stop(Excess::Depth, tell);
        } else if self.parts > PARTS_MAX {
            self.stop(Excess::Parts, tell);
        }
    }

    /// The header block is what is gathered.
    fn begin_body(&mut self, header_at: u64, body_at: u64, tell: &mut impl FnMut(Event)) {
        let header = std::mem::take(&mut self.gathered);
        let in_digest = self.open.last().is_some_and(|open| open.is_digest);
        let depth = self.open.len();
        let part = Part::read(header, header_at, body_at, depth, in_digest, self.global);
        let boundary = part.boundary();
        self.boundaries += usize::from(boundary.is_some());
        self.open.push(Open {
            boundary,
            closed: false,
            is_digest: part.media.value == "multipart/digest",
        });
        let kind = part.kind;
        tell(Event::Begin(part));
        match kind {
            Kind::Message => self.begin_part(body_at, tell),
            Kind::Leaf | Kind::Multipart => self.begin_line(body_at, 0),
        }
    }

    fn delimit(&mut self, delimiter: Delimiter, end: u64, next: u64, tell: &mut impl FnMut(Event)) {
        let line_end = line_end_of(&self.gathered);
        self.close(delimiter.of + 1, end, tell);
        match delimiter.is_last {
            true => {
                self.open[delimiter.of].closed = true;
                self.boundaries -= 1;
                self.begin_line(next, line_end);
            }
            false => self.begin_part(next, tell),
        }
    }

    /// Ends all parts but the outermost so many.
    fn close(&mut self, but: usize, at: u64, tell: &mut impl FnMut(Event)) {
        while self.open.len() > but {
            let Some(open) = self.open.pop() else { return };
            self.boundaries -= usize::from(open.boundary.is_some() && !open.closed);
            tell(Event::End {
                depth: self.open.len(),
                at,
                closed: open.closed,
            });
        }
    }

    fn stop(&mut self, excess: Excess, tell: &mut impl FnMut(Event)) {
        self.state = State::Stopped;
        self.gathered = Vec::new();
        tell(Event::Excess(excess));
    }

    /// Whether a line delimits parts, those of the innermost multipart first.
    fn delimiter(&self, line: &[u8]) -> Option<Delimiter> {
        let line = line.strip_prefix(b"--")?.trim_ascii_end();
        let mut open = self.open.iter().enumerate().rev();
        open.find_map(|(of, open)| {
            let boundary = open.boundary.as_ref().filter(|_| !open.closed)?;
            match line.strip_prefix(&**boundary)? {
                b"" => Some(Delimiter { of, is_last: false }),
                b"--" => Some(Delimiter { of, is_last: true }),
                _ => None,
            }
        })
    }
}

fn may_delimit(line: &[u8]) -> bool {
    line.starts_with(b"--") || b"--".starts_with(line)
}

fn line_end_of(line: &[u8]) -> u64 {
    match line {
        [.., b'\r', b'\n'] => 2,
        [.., b'\n'] => 1,
        _ => 0,
    }
}

/// What the header of a part seldom exceeds.
const USUAL_HEADER_OCTETS: usize = 256;

#[cfg(test)]
mod tests;
