//! A message that streams: what shows late to be TNEF is converted in its place.
//!
//! Octets go on as they came, a few behind: the line that may be a delimiter, the header block that is not complete, the first
//! octets of a part that may be TNEF. A part that is TNEF is held until it ends; MIME takes its place then, with
//! [`FIELD`](crate::conversion::FIELD) in its header. One that is too large for that, or cannot be converted, goes on as it
//! was below that field. A message that is TNEF itself is held as a part is, and then converted as a whole.
//!
//! Invariant: where there is no TNEF the same octets come out that went in, and what comes out does not depend on how the
//! input was cut.

use std::sync::Arc;

use bytes::Bytes;

use crate::check;
use crate::conversion::{Conversion, Fate, Kept, Report, Standing};
use crate::convert::convert;
use crate::convert::draft::Draft;
use crate::limits::SIGNATURE_OCTETS_MAX;
use crate::options::Options;
use crate::outer::Outer;
use crate::segment::Segments;
use crate::structure::{Event, Kind, Part, Scanner};
use crate::suspicion::Suspicion;
use crate::tape::Tape;

/// Between what comes and what goes on; holds back one TNEF part at most.
#[derive(Debug)]
pub struct Passage {
    scanner: Scanner,
    flow: Flow,
}

#[derive(Debug)]
struct Flow {
    options: Options,
    held_max: usize,
    tape: Tape,
    state: State,
    /// Parts that have begun.
    open: Vec<Open>,
    sealed: Option<usize>,
    report: Report,
}

#[derive(Debug)]
struct Open {
    children: usize,
    number: usize,
    kind: Kind,
    header: Header,
}

/// Of a part that has begun.
#[derive(Debug)]
enum Header {
    /// Of a part of a multipart.
    OfPart,
    /// Of a message.
    OfMessage(Vec<u8>),
    /// The same, once TNEF in it asked for it.
    Read(Arc<Outer>),
}

#[derive(Debug)]
enum State {
    /// What is settled goes on.
    Pass,
    /// Until the first octets of this part show what it is.
    Look(Box<Part>),
    /// This part is TNEF.
    Hold(Box<Part>),
}

impl Passage {
    /// Begins before the header block. A part of more than `held_max` octets is not converted.
    pub fn new(options: &Options, held_max: usize) -> Self {
        Self {
            scanner: Scanner::new(),
            flow: Flow {
                options: options.clone(),
                held_max,
                tape: Tape::default(),
                state: State::Pass,
                open: Vec::new(),
                sealed: None,
                report: Report::default(),
            },
        }
    }

    /// Whether [`Self::push`] of these may convert a part.
    pub fn may_take_long(&self, octets: &[u8]) -> bool {
        let is_small = octets.len() < SIGNATURE_OCTETS_MAX;
        match &self.flow.state {
            State::Hold(_) => true,
            State::Pass | State::Look(_) if is_small => false,
            // A part may begin and end in one piece.
            State::Pass | State::Look(_) => memchr::memmem::find(octets, b"\n--").is_some(),
        }
    }

    /// Takes what comes and gives what can go on.
    pub fn push(&mut self, octets: Bytes, out: &mut Segments) {
        let Self { scanner, flow } = self;
        flow.tape.push(octets.clone());
        scanner.push(&octets, &mut |event| flow.event(event, out));
        flow.settle(scanner.settled(), out);
    }

    /// Nobody has room for the part that is held: it goes on as it was.
    pub fn let_go(&mut self, out: &mut Segments) {
        if let State::Hold(_) = self.flow.state {
            self.flow.state = State::Pass;
            self.flow.too_large(out);
            self.flow.pass_to(self.scanner.settled(), out);
        }
    }

    /// The end of the message: the rest goes on. `None`: there was no TNEF.
    pub fn finish(self, out: &mut Segments) -> Option<Report> {
        let Self { scanner, mut flow } = self;
        scanner.finish(&mut |event| flow.event(event, out));
        flow.pass_to(u64::MAX, out);
        (!flow.report.is_empty()).then_some(flow.report)
    }
}

impl Flow {
    fn event(&mut self, event: Event, out: &mut Segments) {
        match event {
            Event::Begin(part) => self.begin(part, out),
            Event::End { depth, at, .. } => self.end(depth, at, out),
            Event::Excess(excess) => {
                // Nothing of what follows is known; what is held cannot be told to be whole.
                if let State::Hold(_) = self.take_state() {
                    self.keep(excess.into(), out);
                }
                self.pass_to(u64::MAX, out);
            }
        }
    }

    fn begin(&mut self, part: Part, out: &mut Segments) {
        self.pass_to(part.header_at, out);
        self.open_part(&part);
        let is_sealed = self.sealed.is_some();
        match Suspicion::of_header(&part) {
            Suspicion::Said | Suspicion::Shown if is_sealed => {
                let conversion = self.conversion(Fate::Kept(Kept::Sealed));
                self.report.add(conversion);
            }
            Suspicion::Said | Suspicion::Shown => self.state = State::Hold(Box::new(part)),
            Suspicion::Open if !is_sealed => self.state = State::Look(Box::new(part)),
            Suspicion::Open | Suspicion::None => self.pass_to(part.body_at, out),
        }
    }

    fn open_part(&mut self, part: &Part) {
        let parent = self.open.last_mut();
        let is_message = parent
            .as_ref()
            .is_none_or(|open| open.kind == Kind::Message);
        let number = parent.map_or(0, |open| {
            open.children += 1;
            open.children
        });
        if matches!(
            &*part.media.value,
            "multipart/signed" | "multipart/encrypted"
        ) {
            self.sealed.get_or_insert(part.depth);
        }
        self.open.push(Open {
            children: 0,
            // A message's only part has the number of the message.
            number: if is_message { 0 } else { number },
            kind: part.kind,
            header: match is_message {
                true => Header::OfMessage(part.header.clone()),
                false => Header::OfPart,
            },
        });
    }

    fn end(&mut self, depth: usize, at: u64, out: &mut Segments) {
        self.look(at, true, out);
        if let State::Hold(part) = self.take_state() {
            match at - part.header_at > self.held_max as u64 {
                true => self.too_large(out),
                false => self.convert(&part, at, out),
            }
        }
        self.open.pop();
        if self.sealed == Some(depth) {
            self.sealed = None;
        }
    }

    fn settle(&mut self, settled: u64, out: &mut Segments) {
        self.look(settled, false, out);
        match &self.state {
            State::Pass => self.pass_to(settled, out),
            State::Look(_) => {}
            State::Hold(part) if settled - part.header_at > self.held_max as u64 => {
                self.state = State::Pass;
                self.too_large(out);
                self.pass_to(settled, out);
            }
            State::Hold(_) => {}
        }
    }

    /// Whether the octets of a part that are there show what it is.
    fn look(&mut self, settled: u64, is_all: bool, out: &mut Segments) {
        let State::Look(part) = &self.state else {
            return;
        };
        let known = settled.min(part.body_at + SIGNATURE_OCTETS_MAX as u64);
        let pieces: Vec<&[u8]> = self.tape.between(part.body_at, known).collect();
        let joined;
        let body = match pieces[..] {
            [one] => one,
            _ => {
                joined = pieces.concat();
                &joined
            }
        };
        match Suspicion::of_body(part, body, is_all) {
            Suspicion::Open => {}
            Suspicion::None => {
                self.state = State::Pass;
                self.pass_to(settled, out);
            }
            Suspicion::Said | Suspicion::Shown => {
                if let State::Look(part) = self.take_state() {
                    self.state = State::Hold(part);
                }
            }
        }
    }

    fn convert(&mut self, part: &Part, end: u64, out: &mut Segments) {
        if part.depth == 0 {
            self.convert_whole(out);
            return;
        }
        let mut octets = self.tape.clone();
        octets.take_to(part.body_at, drop);
        let mut body = Vec::new();
        octets.take_to(end, |piece| body.push(piece));
        let outer = self.outer();
        let draft = Draft::make(part, body, &outer, &self.options);
        let mut conversion = self.conversion(Fate::Kept(Kept::Encoding));
        conversion.class = draft.class;
        conversion.standing = draft.standing;
        let made = draft.composition.and_then(|made| {
            let checked = check::entity(&made.composed.entity)?;
            Ok((made.composed, checked.method))
        });
        match made {
            Err(kept) => {
                conversion.fate = Fate::Kept(kept);
                out.push(conversion.clone().field());
                self.report.add(conversion);
                self.pass_to(end, out);
            }
            Ok((composed, method)) => {
                conversion.fate = Fate::Converted(composed.report);
                conversion.method = method;
                out.push(conversion.clone().field());
                for (name, value) in composed.fields {
                    out.push(format!("{name}: {value}\r\n"));
                }
                out.append(composed.entity.segments());
                self.report.add(conversion);
                self.tape.take_to(end, drop);
            }
        }
    }

    /// The header of the message around; read once, for a message may hold many parts.
    fn outer(&mut self) -> Arc<Outer> {
        for open in self.open.iter_mut().rev() {
            let outer = match &open.header {
                Header::OfPart => continue,
                Header::OfMessage(header) => Arc::new(Outer::read(header)),
                Header::Read(outer) => Arc::clone(outer),
            };
            open.header = Header::Read(Arc::clone(&outer));
            return outer;
        }
        Arc::default()
    }

    /// A message that is TNEF itself: nothing of it has gone on.
    fn convert_whole(&mut self, out: &mut Segments) {
        let mut pieces = Vec::new();
        self.tape.take_to(u64::MAX, |piece| pieces.push(piece));
        let message = match &pieces[..] {
            [one] => one.clone(),
            _ => pieces.concat().into(),
        };
        match convert(&message, &self.options) {
            Some(converted) => {
                out.append(converted.message);
                self.report = converted.report;
            }
            None => out.push(message),
        }
    }

    fn too_large(&mut self, out: &mut Segments) {
        let most = self.held_max;
        self.keep(Kept::Size { most }, out);
    }

    fn keep(&mut self, why: Kept, out: &mut Segments) {
        let conversion = self.conversion(Fate::Kept(why));
        out.push(conversion.clone().field());
        self.report.add(conversion);
    }

    fn conversion(&self, fate: Fate) -> Conversion {
        let numbers = self.open.iter().filter(|open| open.number > 0);
        let numbers: Vec<String> = numbers.map(|open| open.number.to_string()).collect();
        Conversion {
            place: numbers.join("."),
            class: None,
            method: None,
            standing: Standing::Same,
            fate,
        }
    }

    fn take_state(&mut self) -> State {
        std::mem::replace(&mut self.state, State::Pass)
    }

    fn pass_to(&mut self, position: u64, out: &mut Segments) {
        self.tape.take_to(position, |piece| out.push(piece));
    }
}
