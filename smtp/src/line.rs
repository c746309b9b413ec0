//! The lines of a message: the one place where line endings are judged.
//!
//! A line ends in CRLF and nothing else (RFC 5321 §2.3.8). A bare CR or LF is refused, not repaired: two hops that
//! repair differently see two different messages, which is SMTP smuggling. Where a side is known to send them they are
//! normalised, but a line end made so never ends the message and never makes a stuffed dot.
//!
//! The decoder keeps no octets, only its place, so the output cannot depend on how the network split the input. Held
//! by `fuzz_targets/smtp_data.rs` and `fuzz_targets/smtp_chunk.rs`.

use bytes::{Bytes, BytesMut};
use memchr::memchr2;

use crate::content::{BareNewline, BodyFault, Content, Dotted};

mod gather;

use gather::Gather;

/// Whether a dot at the start of a line is framing (DATA) or content (BDAT).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Dots {
    Stuffed,
    Plain,
}

/// What became of the octets.
#[derive(Debug)]
pub(crate) enum Taken {
    /// All were taken; the content is possibly empty.
    Piece(Content),
    /// The end of the message came, after this content. What follows it is still in the input.
    End(Content),
    /// The message is refused from here on, and possibly at its end already.
    Fault { fault: BodyFault, ended: bool },
}

#[derive(Debug)]
pub(crate) struct LineDecoder {
    dots: Dots,
    newline: BareNewline,
    place: Place,
    size: u64,
    size_max: u64,
    refused: bool,
    /// Of the lines that began in what was looked at last.
    dotted: Dotted,
}

/// Where the next octet stands.
#[derive(Clone, Copy, Debug)]
enum Place {
    /// First of a line, after CRLF or at the beginning.
    Start,
    /// After a bare CR or LF: a new line for content, but not for framing.
    SoftStart,
    /// After nothing but NULs and dots.
    Suspect(Suspect),
    /// Anywhere else in a line.
    Within,
    /// After a CR, which is given out already.
    Cr,
    /// After the dot at the start of a line, which is not given out. Stuffed only.
    Dot,
    /// After that dot and a CR.
    DotCr,
}

impl Place {
    /// Behind an octet of a plain block.
    fn behind(octet: u8) -> Self {
        match octet {
            b'\r' => Self::Cr,
            b'\n' => Self::Start,
            _ => Self::Within,
        }
    }
}

enum Stop {
    Input,
    End,
    Fault(BodyFault),
}

impl LineDecoder {
    pub(crate) fn new(dots: Dots, newline: BareNewline, size_max: u64) -> Self {
        Self {
            dots,
            newline,
            place: Place::Start,
            size: 0,
            size_max,
            refused: false,
            dotted: Dotted::No,
        }
    }

    /// Gives out nothing from here on; only the end is looked for.
    pub(crate) fn refuse(&mut self) {
        self.refused = true;
    }

    pub(crate) fn is_refused(&self) -> bool {
        self.refused
    }

    /// Content octets given out so far.
    pub(crate) fn size(&self) -> u64 {
        self.size
    }

    /// Takes at most `limit` octets of the input.
    pub(crate) fn take(&mut self, input: &mut BytesMut, limit: usize) -> Taken {
        let wire = &input[..limit.min(input.len())];
        let mut out = match self.refused {
            true => Gather::muted(),
            false => Gather::of(wire),
        };
        let (consumed, stop) = self.scan(wire, &mut out);
        self.size = self.size.saturating_add(out.len() as u64);
        let gathered = out.finish();
        let octets = gathered.cut_from(input.split_to(consumed));
        let content = Content::known(octets, self.dotted);
        let ended = matches!(stop, Stop::End);
        if !self.refused && self.size > self.size_max {
            self.refused = true;
            let fault = BodyFault::TooLarge;
            return Taken::Fault { fault, ended };
        }
        match stop {
            Stop::Input => Taken::Piece(content),
            Stop::End => Taken::End(content),
            Stop::Fault(fault) => {
                self.refused = true;
                Taken::Fault { fault, ended }
            }
        }
    }

    /// Judges octets that are no input but go on as they are: only where nothing is put in or left out, that is with
    /// plain dots and bare newlines refused.
    pub(crate) fn check(&mut self, octets: Bytes) -> Result<Content, BodyFault> {
        debug_assert!(self.dots == Dots::Plain && self.newline == BareNewline::Refuse);
        match self.scan(&octets, &mut Gather::muted()).1 {
            Stop::Input | Stop::End => Ok(Content::known(octets, self.dotted)),
            Stop::Fault(fault) => Err(fault),
        }
    }

    /// The message ends here by count, not by framing.
    pub(crate) fn end(&mut self) -> Taken {
        let ended = true;
        let fault = match (self.place, self.newline) {
            _ if self.refused => None,
            (Place::Suspect(line), _) if line.is_lookalike() => Some(BodyFault::NulBesideDot),
            (Place::Cr, BareNewline::Refuse) => Some(BodyFault::BareNewline),
            (Place::Cr, BareNewline::Normalise) if self.size < self.size_max => {
                return Taken::End(Content::new(Bytes::from_static(b"\n")));
            }
            (Place::Cr, BareNewline::Normalise) => Some(BodyFault::TooLarge),
            _ => None,
        };
        match fault {
            None => Taken::End(Content::default()),
            Some(fault) => {
                self.refused = true;
                Taken::Fault { fault, ended }
            }
        }
    }

    fn scan(&mut self, wire: &[u8], out: &mut Gather<'_>) -> (usize, Stop) {
        let mut at = 0;
        let mut blocks = Blocks::default();
        self.dotted = Dotted::No;
        while let Some(&octet) = wire.get(at) {
            if matches!(self.place, Place::Within)
                && let Some(block) = blocks.next(wire, at)
            {
                self.place = Place::behind(block[block.len() - 1]);
                out.keep(at, block.len());
                at += block.len();
                continue;
            }
            let step = match self.place {
                Place::Within => self.within(wire, at, out),
                Place::Start | Place::SoftStart => self.start(octet),
                Place::Suspect(line) => self.suspect(line, octet, at, out),
                Place::Cr => self.after_cr(octet, at, out),
                Place::Dot => self.after_dot(octet, out),
                Place::DotCr if octet == b'\n' => {
                    self.place = Place::Start;
                    return (at + 1, Stop::End);
                }
                Place::DotCr => self.bare_newline(0, b".\r\n", out),
            };
            match step {
                Ok(taken) => at += taken,
                Err(fault) => return (at, Stop::Fault(fault)),
            }
        }
        (at, Stop::Input)
    }

    /// From line end to line end.
    fn within(&mut self, wire: &[u8], at: usize, out: &mut Gather<'_>) -> Step {
        let rest = &wire[at..];
        let Some(length) = memchr2(b'\r', b'\n', rest) else {
            out.keep(at, rest.len());
            return Ok(rest.len());
        };
        if rest[length..].starts_with(b"\r\n") {
            self.place = Place::Start;
            out.keep(at, length + 2);
            return Ok(length + 2);
        }
        if length > 0 {
            out.keep(at, length);
            return Ok(length);
        }
        self.newline(rest[0], at, out)
    }

    /// A CR or LF in a line.
    fn newline(&mut self, octet: u8, at: usize, out: &mut Gather<'_>) -> Step {
        if octet == b'\n' {
            return self.bare_newline(1, b"\r\n", out);
        }
        self.place = Place::Cr;
        out.keep(at, 1);
        Ok(1)
    }

    fn start(&mut self, octet: u8) -> Step {
        let framing = matches!(self.place, Place::Start) && self.dots == Dots::Stuffed;
        if octet == b'.' {
            self.dotted = Dotted::Perhaps;
        }
        self.place = match octet {
            b'.' if framing => {
                self.place = Place::Dot;
                return Ok(1);
            }
            b'.' | 0 => Place::Suspect(Suspect::default()),
            _ => Place::Within,
        };
        Ok(0)
    }

    fn suspect(&mut self, line: Suspect, octet: u8, at: usize, out: &mut Gather<'_>) -> Step {
        match octet {
            b'.' | 0 => {
                self.place = Place::Suspect(line.and(octet));
                out.keep(at, 1);
                Ok(1)
            }
            b'\r' | b'\n' if line.is_lookalike() && !self.refused => {
                self.place = Place::Within;
                Err(BodyFault::NulBesideDot)
            }
            b'\r' | b'\n' => self.newline(octet, at, out),
            _ => {
                self.place = Place::Within;
                Ok(0)
            }
        }
    }

    fn after_cr(&mut self, octet: u8, at: usize, out: &mut Gather<'_>) -> Step {
        match octet {
            b'\n' => {
                self.place = Place::Start;
                out.keep(at, 1);
                Ok(1)
            }
            _ => self.bare_newline(0, b"\n", out),
        }
    }

    fn after_dot(&mut self, octet: u8, out: &mut Gather<'_>) -> Step {
        match octet {
            b'\r' => {
                self.place = Place::DotCr;
                Ok(1)
            }
            // No client that stuffs dots sends this line: the dot is content.
            b'\n' => self.bare_newline(1, b".\r\n", out),
            b'.' | 0 => {
                self.place = Place::Suspect(Suspect::STUFFED);
                Ok(0)
            }
            _ => {
                self.place = Place::Within;
                Ok(0)
            }
        }
    }

    /// A CR or LF that is no part of a CRLF: `taken` octets of input, for which `repair` stands.
    fn bare_newline(&mut self, taken: usize, repair: &[u8], out: &mut Gather<'_>) -> Step {
        self.place = Place::SoftStart;
        match self.repairs() {
            true => {
                out.insert(repair);
                Ok(taken)
            }
            false => Err(BodyFault::BareNewline),
        }
    }

    /// In a refused message nothing more is a fault.
    fn repairs(&self) -> bool {
        self.refused || self.newline == BareNewline::Normalise
    }
}

/// The fast path: blocks of lines that need no judgement. Where a large one has something odd in it (the end of every
/// message is odd) small ones are tried, and in the odd one of those each line is looked at; so no octet is looked at more
/// than three times.
#[derive(Default)]
struct Blocks {
    small_until: usize,
    lines_until: usize,
}

impl Blocks {
    /// The plain block that begins within a line at `at`, if there is one.
    fn next<'a>(&mut self, wire: &'a [u8], at: usize) -> Option<&'a [u8]> {
        let block = |size: usize| &wire[at..wire.len().min(at + size)];
        if at >= self.small_until {
            let large = block(LARGE_BLOCK_OCTETS);
            if is_plain(large) {
                return Some(large);
            }
            self.small_until = at + large.len();
        }
        if at >= self.lines_until {
            let small = block(SMALL_BLOCK_OCTETS);
            if is_plain(small) {
                return Some(small);
            }
            self.lines_until = at + small.len();
        }
        None
    }
}

/// Whether every LF of a block that begins within a line follows a CR, every CR but the last octet comes before an LF, and
/// no line starts with a dot or a NUL. Without a branch, so that the compiler makes it a loop over many octets at once.
fn is_plain(block: &[u8]) -> bool {
    let mut odd = u8::from(block[0] == b'\n');
    for (&before, &octet) in block.iter().zip(&block[1..]) {
        let newline = u8::from(octet == b'\n') ^ u8::from(before == b'\r');
        let framing = u8::from(before == b'\n') & (u8::from(octet == b'.') | u8::from(octet == 0));
        odd |= newline | framing;
    }
    odd == 0
}

/// The first octet and then a round number of neighbours: what is left over of a vector costs as much as all before it.
const LARGE_BLOCK_OCTETS: usize = 1 + 1024;
const SMALL_BLOCK_OCTETS: usize = 1 + 128;

/// How many octets of the input are dealt with.
type Step = Result<usize, BodyFault>;

/// A line that so far holds only NULs and dots. A hop that drops NULs may find the end of the message in it.
#[derive(Clone, Copy, Debug, Default)]
struct Suspect {
    /// Of the dots, whether one was stuffing.
    stuffed: bool,
    dots: u8,
    nul: bool,
}

impl Suspect {
    const STUFFED: Self = Self {
        stuffed: true,
        dots: 1,
        nul: false,
    };

    fn and(self, octet: u8) -> Self {
        Self {
            dots: self.dots.saturating_add(u8::from(octet == b'.')),
            nul: self.nul || octet == 0,
            ..self
        }
    }

    /// As it came, or as it is once unstuffed.
    fn is_lookalike(self) -> bool {
        self.nul && (self.dots == 1 || self.stuffed && self.dots == 2)
    }
}
