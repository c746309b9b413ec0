//! For a hop without 8BITMIME: a message in 7 bit that says the same (RFC 6152 §3).
//!
//! What is 7 bit stays, octet for octet. A part is rewritten by this rule:
//!
//! - Its header and the first [`LOOK_OCTETS_MAX`] octets of its body are held back. A part that ends within them and is 7 bit
//!   stays; if its label is 8bit, only the label is set right.
//! - One with octets above 127 there, and a longer one labelled 8bit or binary, is encoded as it streams: text in
//!   quoted-printable, everything else and what is labelled binary in base64.
//! - A longer one that is 7 bit so far and labelled so, or not labelled, is believed. If it is not true in the end, the
//!   message cannot be rewritten any more, and [`finish`](SevenBit::finish) says so.
//! - multipart/\* and message/rfc822 may not be encoded (RFC 2045 §6.4); their label is set right and what is in them is
//!   rewritten. What is within multipart/signed stays untouched, for RFC 1847 §2.1 has it be 7 bit before it is signed: if it
//!   is not, its signature would not survive, and the message cannot be rewritten. Nor can message/partial (RFC 2046 §5.2.2).
//! - A header field with octets above 127 gets encoded words, or an encoded parameter, in UTF-8 if it is that, otherwise in
//!   the character set unknown-8bit (RFC 1428). Where neither may stand (RFC 2047 §5) the message cannot be rewritten.
//! - Outside of parts, in preamble and epilogue, such octets become question marks.
//!
//! DKIM signatures over what is rewritten do not survive. Held by `fuzz_targets/mime_seven_bit.rs`.

mod base64_rows;
mod header;
mod quoted_printable;

use bytes::Bytes;

use crate::limits::{LINE_OCTETS_MAX, LOOK_OCTETS_MAX};
use crate::segment::Segments;
use crate::structure::{Event, Excess, Kind, Part, Scanner};
use crate::tape::Tape;
use crate::transfer_encoding::TransferEncoding;

use base64_rows::Base64Rows;
use quoted_printable::QuotedPrintable;

/// Rewrites a message while it streams; what is 7-bit already stays as it is.
#[derive(Debug)]
pub struct SevenBit {
    scanner: Scanner,
    flow: Flow,
}

/// What was done.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Rewritten {
    /// Parts that were encoded.
    pub parts: usize,
    /// Header fields that were.
    pub fields: usize,
}

/// Why a message cannot be had in 7 bit. What came out so far must not be used: the hop must not get its end of data.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Impossible {
    /// A signature is over octets that would have to be rewritten.
    #[error("what is signed in it is not 7 bit")]
    Signed,
    /// message/partial may not be encoded.
    #[error("it is a part of a message that was cut, and not 7 bit")]
    Partial,
    /// A large part is not what its label says.
    #[error("a large part is labelled 7bit and is not")]
    Label,
    /// A part in an encoding that nobody knows.
    #[error("a part in an unknown transfer encoding is not 7 bit")]
    Encoding,
    /// A field that may not have encoded words.
    #[error("its field {0} has octets that are not ASCII")]
    Field(String),
    /// There is too much of something.
    #[error("it has {0}")]
    Structure(#[from] Excess),
}

#[derive(Debug)]
struct Flow {
    tape: Tape,
    state: State,
    /// How deep the multipart/signed is.
    sealed: Option<usize>,
    /// The part that begins next is a message.
    is_message: bool,
    done: Rewritten,
    fault: Option<Impossible>,
}

#[derive(Debug)]
enum State {
    /// Outside of parts.
    Between,
    /// The beginning of a part is held back.
    Look(Box<Part>, bool),
    /// A part that is 7 bit; otherwise, this is why nothing can be done.
    Pass(Impossible),
    /// A part that is to be written otherwise.
    Encode(Encoder),
}

#[derive(Debug)]
enum Encoder {
    QuotedPrintable(QuotedPrintable),
    Base64(Base64Rows),
    /// Of base64, what is not in its alphabet says nothing; of quoted-printable it does.
    Scrub(TransferEncoding),
}

impl SevenBit {
    /// Begins before the header block.
    pub fn new() -> Self {
        Self {
            scanner: Scanner::with_global_whole(),
            flow: Flow {
                tape: Tape::default(),
                state: State::Between,
                sealed: None,
                is_message: true,
                done: Rewritten::default(),
                fault: None,
            },
        }
    }

    /// Takes what comes and gives what can go on.
    pub fn push(&mut self, octets: Bytes, out: &mut Segments) {
        let Self { scanner, flow } = self;
        if flow.fault.is_some() {
            return;
        }
        flow.tape.push(octets.clone());
        scanner.push(&octets, &mut |event| flow.event(event, out));
        flow.settle(scanner.settled(), out);
    }

    /// Why the message cannot be rewritten, as soon as it is known.
    pub fn fault(&self) -> Option<&Impossible> {
        self.flow.fault.as_ref()
    }

    /// The end of the message: the rest goes on.
    pub fn finish(self, out: &mut Segments) -> Result<Rewritten, Impossible> {
        let Self { scanner, mut flow } = self;
        scanner.finish(&mut |event| flow.event(event, out));
        flow.write_to(u64::MAX, out);
        match flow.fault {
            Some(fault) => Err(fault),
            None => Ok(flow.done),
        }
    }
}

impl Default for SevenBit {
    fn default() -> Self {
        Self::new()
    }
}

impl Flow {
    fn event(&mut self, event: Event, out: &mut Segments) {
        if self.fault.is_some() {
            return;
        }
        match event {
            Event::Begin(part) => self.begin(part, out),
            Event::End { depth, at, .. } => self.end(depth, at, out),
            Event::Excess(excess) => self.fail(excess.into()),
        }
    }

    fn fail(&mut self, fault: Impossible) {
        self.fault.get_or_insert(fault);
    }

    fn begin(&mut self, part: Part, out: &mut Segments) {
        self.write_to(part.header_at, out);
        if self.sealed.is_some() {
            return;
        }
        let is_message = std::mem::replace(&mut self.is_message, part.kind == Kind::Message);
        if part.kind == Kind::Leaf {
            self.state = State::Look(Box::new(part), is_message);
            return;
        }
        let is_signed = part.media.value == "multipart/signed";
        let is_wide = matches!(
            part.encoding,
            TransferEncoding::EightBit | TransferEncoding::Binary
        );
        let label = (is_wide && !is_signed).then_some("7bit");
        self.write_header(
            &part,
            is_message,
            Labels {
                label,
                media_type: None,
            },
            out,
        );
        if is_signed {
            self.sealed = Some(part.depth);
            self.state = State::Pass(Impossible::Signed);
        }
    }

    fn end(&mut self, depth: usize, at: u64, out: &mut Segments) {
        self.look(at, true, out);
        self.write_to(at, out);
        if self.sealed.is_some_and(|sealed| sealed < depth) {
            return;
        }
        self.sealed = None;
        if let State::Encode(encoder) = std::mem::replace(&mut self.state, State::Between) {
            encoder.finish(out);
        }
    }

    fn settle(&mut self, settled: u64, out: &mut Segments) {
        if self.fault.is_none() {
            self.look(settled, false, out);
        }
        if !matches!(self.state, State::Look(..)) {
            self.write_to(settled, out);
        }
    }

    /// Decides on a part as soon as enough of it is there.
    fn look(&mut self, settled: u64, is_end: bool, out: &mut Segments) {
        let State::Look(part, is_message) = &self.state else {
            return;
        };
        let (part, is_message) = (part.clone(), *is_message);
        let most = part.body_at + LOOK_OCTETS_MAX as u64;
        if !is_end && settled <= most {
            return;
        }
        let window: Vec<&[u8]> = self.tape.between(part.body_at, settled.min(most)).collect();
        let window = window.concat();
        match Choice::of(&part, &window, settled <= most) {
            Err(fault) => self.fail(fault),
            Ok(choice) => {
                self.done.parts += usize::from(choice.is_encoding());
                let labels = Labels {
                    label: choice.label(),
                    media_type: choice.is_encoding().then(|| charset(&window)),
                };
                self.write_header(&part, is_message, labels, out);
                self.state = choice.state(part.encoding);
            }
        }
    }

    fn write_header(&mut self, part: &Part, is_message: bool, labels: Labels, out: &mut Segments) {
        self.state = State::Between;
        if labels.label.is_none() && part.header.is_ascii() {
            self.write_to(part.body_at, out);
            return;
        }
        self.tape.take_to(part.body_at, drop);
        match header::rewritten(&part.header, is_message, &labels) {
            Ok((header, fields)) => {
                self.done.fields += fields;
                out.push(header);
            }
            Err(fault) => self.fail(fault),
        }
    }

    fn write_to(&mut self, position: u64, out: &mut Segments) {
        let Self {
            tape, state, fault, ..
        } = self;
        tape.take_to(position, |piece| match state {
            _ if fault.is_some() => {}
            State::Encode(encoder) => encoder.push(piece, out),
            _ if piece.is_ascii() => out.push(piece),
            State::Pass(why) => *fault = Some(why.clone()),
            State::Between | State::Look(..) => out.push(questioned(&piece)),
        });
    }
}

/// What a header is to say of the content.
#[derive(Debug, Clone, Copy)]
struct Labels {
    /// Content-Transfer-Encoding; `None`: what it says.
    label: Option<&'static str>,
    /// Content-Type, if it has none.
    media_type: Option<&'static str>,
}

/// What is done with a part.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Choice {
    Keep,
    Relabel,
    QuotedPrintable,
    Base64,
}

impl Choice {
    /// By its beginning, or by all of it.
    fn of(part: &Part, window: &[u8], is_all: bool) -> Result<Self, Impossible> {
        let is_ascii = window.is_ascii();
        match part.encoding {
            TransferEncoding::SevenBit if is_ascii => return Ok(Self::Keep),
            TransferEncoding::Base64 | TransferEncoding::QuotedPrintable => return Ok(Self::Keep),
            TransferEncoding::Other if is_ascii => return Ok(Self::Keep),
            TransferEncoding::Other => return Err(Impossible::Encoding),
            TransferEncoding::EightBit | TransferEncoding::Binary
                if is_all && is_ascii && has_lines(window) =>
            {
                return Ok(Self::Relabel);
            }
            TransferEncoding::SevenBit | TransferEncoding::EightBit | TransferEncoding::Binary => {}
        }
        let is_text = match (part.media.top(), part.media.sub()) {
            ("message", "partial" | "external-body") => return Err(Impossible::Partial),
            // It may be encoded, and is a message within; its lines are nobody's (RFC 6532 §3.5).
            ("message", "global") => false,
            ("text" | "message", _) => part.encoding != TransferEncoding::Binary,
            _ => false,
        };
        Ok(match is_text {
            true => Self::QuotedPrintable,
            false => Self::Base64,
        })
    }

    fn is_encoding(self) -> bool {
        matches!(self, Self::QuotedPrintable | Self::Base64)
    }

    fn label(self) -> Option<&'static str> {
        match self {
            Self::Keep => None,
            Self::Relabel => Some("7bit"),
            Self::QuotedPrintable => Some("quoted-printable"),
            Self::Base64 => Some("base64"),
        }
    }

    fn state(self, encoding: TransferEncoding) -> State {
        match self {
            Self::QuotedPrintable => {
                State::Encode(Encoder::QuotedPrintable(QuotedPrintable::default()))
            }
            Self::Base64 => State::Encode(Encoder::Base64(Base64Rows::default())),
            Self::Keep | Self::Relabel => match encoding {
                TransferEncoding::Base64 | TransferEncoding::QuotedPrintable => {
                    State::Encode(Encoder::Scrub(encoding))
                }
                TransferEncoding::Other => State::Pass(Impossible::Encoding),
                _ => State::Pass(Impossible::Label),
            },
        }
    }
}

impl Encoder {
    fn push(&mut self, piece: Bytes, out: &mut Segments) {
        match self {
            Self::QuotedPrintable(text) => out.push(text.push(&piece)),
            Self::Base64(rows) => rows.push(piece, out),
            Self::Scrub(_) if piece.is_ascii() => out.push(piece),
            Self::Scrub(TransferEncoding::QuotedPrintable) => {
                out.push(quoted_printable::escaped(&piece));
            }
            // Without it, the rest of its line could become a delimiter.
            Self::Scrub(_) => out.push(questioned(&piece)),
        }
    }

    fn finish(self, out: &mut Segments) {
        match self {
            Self::QuotedPrintable(text) => out.push(text.finish()),
            Self::Base64(rows) => rows.finish(out),
            Self::Scrub(_) => {}
        }
    }
}

/// RFC 2045 §2.7: lines that end with CRLF and are not too long, and no NUL.
fn has_lines(text: &[u8]) -> bool {
    text.split(|octet| *octet == b'\n').all(|line| {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        line.len() <= LINE_OCTETS_MAX && !line.contains(&b'\r') && !line.contains(&0)
    })
}

fn questioned(piece: &[u8]) -> Vec<u8> {
    let question = |octet: &u8| if octet.is_ascii() { *octet } else { b'?' };
    piece.iter().map(question).collect()
}

/// For text that came without a label. A character may be cut at the end of what is looked at.
fn charset(window: &[u8]) -> &'static str {
    match str::from_utf8(window) {
        Err(error) if error.error_len().is_some() => "text/plain; charset=unknown-8bit",
        Ok(_) | Err(_) => "text/plain; charset=utf-8",
    }
}

#[cfg(test)]
mod tests;
